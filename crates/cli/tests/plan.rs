//! `lampyrid plan`: what it tells, and what it refuses.

mod support;

use std::fs;

use serde_json::Value;
use support::{code, done, run, said};
use tempfile::tempdir;

/// As `lampyrid bench --calibrate` prints it, with round numbers.
const HERE: &str = r#"{
  "costs": { "agent": 4e-9, "near_link": 0.5e-9, "far_link": 3e-9, "tell": 2e-9, "hear": 3e-9, "jitter": 0.03 },
  "agents": 1000000,
  "machine": { "processor": "a processor", "cores": 2, "level": "avx2", "system": "linux x86_64", "version": "0.1.0" },
  "load": 1.0
}"#;

const WORLD: [&str; 8] = [
    "--set",
    "network.kind=small_world",
    "--set",
    "network.agents=100000000",
    "--set",
    "network.rewire=0.05",
    "--set",
    "time.integrator=euler",
];

#[test]
fn memory_border_time_and_efficiency_are_told_of_a_swarm_that_no_one_has_room_for() {
    let here = tempdir().unwrap();
    fs::write(here.path().join("here.json"), HERE).unwrap();
    let plan = |nodes: &str| -> Value {
        let asked = ["plan", "--json", "--calibration", "here.json", "--cores", "4", "--nodes", nodes];
        serde_json::from_slice(&done(here.path(), &[&asked[..], &WORLD].concat()).stdout).unwrap()
    };
    let [one, hundred] = ["1", "100"].map(plan);
    let number = |plan: &Value, pointer: &str| plan.pointer(pointer).and_then(Value::as_f64).unwrap();
    assert_eq!(number(&one, "/share/halo"), 0.0);
    assert_eq!([number(&one, "/weak_efficiency"), number(&one, "/strong_efficiency")], [1.0, 1.0]);
    // n (a + k (0.95 near + 0.05 far)) / 4 cores.
    let compute = 1e6 * (4.0 + 8.0 * (0.95 * 0.5 + 0.05 * 3.0)) * 1e-9 / 4.0;
    assert!((number(&hundred, "/step/compute") / compute - 1.0).abs() < 1e-9, "{hundred}");
    assert_eq!(number(&hundred, "/share/partners"), 99.0);
    let efficiency = number(&hundred, "/weak_efficiency");
    assert!(
        efficiency < 1.0
            && (number(&hundred, "/step/compute") / number(&hundred, "/step/total") - efficiency).abs() < 1e-12
    );
    let (all, each) = (number(&one, "/share/memory_bytes"), number(&hundred, "/share/memory_bytes"));
    assert!(each > 0.01 * all && each < 0.02 * all, "{each} of {all}");
}

#[test]
fn what_this_machine_takes_can_be_measured_once_and_planned_with_elsewhere() {
    let here = tempdir().unwrap();
    let asked = ["plan", "--nodes", "2", "--cores", "1"];
    let output = done(here.path(), &[&asked[..], &WORLD, &["--set", "network.agents=4000"]].concat());
    let text = String::from_utf8_lossy(&output.stdout);
    for line in ["a node has", "and holds", "it hears", "a step takes", "efficiency", "a core takes"] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[test]
fn plans_that_cannot_be_are_refused() {
    let here = tempdir().unwrap();
    fs::write(here.path().join("wrong.json"), HERE.replace("agent", "agnet")).unwrap();
    fs::write(here.path().join("here.json"), HERE).unwrap();
    for (arguments, expected, told) in [
        (&["--network", "hdr20"][..], 2, "did you mean \"hdr200\"?"),
        (&["--network", "1,2"], 2, "three numbers"),
        (&["--network", "1e-6,1e-7,0"], 2, "above 0"),
        (&["--nodes", "0"], 2, "--nodes"),
        (&["--nodes", "200000000"], 2, "plan for fewer nodes"),
        (&["--set", "network.builtin=power_grid"], 2, "network"),
        (&["--calibration", "nowhere.json"], 3, "nowhere.json"),
        (&["--calibration", "wrong.json"], 3, "lampyrid bench --calibrate"),
    ] {
        let calibration = ["--calibration", "here.json"];
        let calibration = if arguments[0] == "--calibration" { &[][..] } else { &calibration[..] };
        let output = run(here.path(), &[&["plan"][..], &WORLD, calibration, arguments].concat());
        let message = said(&output);
        assert_eq!(code(&output), expected, "{arguments:?}: {message}");
        assert!(message.contains(told), "{arguments:?}: {message}");
    }
}
