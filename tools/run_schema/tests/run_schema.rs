//! `run.json` is what `schemas/run.schema.json` says it is, for every kind of run.
//!
//! The program is the one that `LAMPYRID` names, or the one that `cargo build` made last.

#[path = "../../../crates/cli/tests/support/mod.rs"]
mod support;

use std::{fs, path::Path, process::Command, time::Duration};

use jsonschema::Validator;
use serde_json::Value;
use support::{lampyrid, repository, run, said};

fn schema() -> Value {
    serde_json::from_slice(&fs::read(repository("schemas/run.schema.json")).unwrap()).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).expect("the schema is one")
}

fn read(directory: &Path) -> Value {
    serde_json::from_slice(&fs::read(directory.join("run.json")).unwrap()).unwrap()
}

/// A run with these overrides and the exit code it should have.
const RUNS: &[(&str, i32, &[&str])] = &[
    ("power_grid", 0, &["time.duration=1"]),
    ("nothing", 0, &["network.kind=star", "network.agents=5", "time.steps=0"]),
    ("goal", 0, &["goal.preset=distribute_load", "goal.size=tiny"]),
    (
        "missed",
        1,
        &["goal.pattern=locked", "goal.frequency=1e3", "goal.deadline=2", "network.kind=ring", "network.agents=20"],
    ),
    (
        "energy",
        0,
        &[
            "goal.preset=save_energy",
            "goal.size=tiny",
            "disruption=[{kind=\"cut_links\", fraction=0.2, at=1, until=2}, {kind=\"remove\", fraction=0.1, at=1, seed=3}, \
             {kind=\"shift_frequencies\", by=0.1, fraction=0.5, at=0.5, until=1.5}]",
        ],
    ),
    ("memory", 4, &["network.kind=complete", "network.agents=9", "memory.budget=1 KiB", "memory.policy=pause"]),
    ("mean_field", 0, &["coupling.all_to_all=true", "network.kind=complete", "network.agents=50", "time.steps=9"]),
    (
        "modular",
        0,
        &[
            "network={kind=\"modular\", sizes=[5, 6]}",
            "phases={distribution=\"von_mises\", concentration=2}",
            "frequencies={distribution=\"lorentzian\", sampling=\"quantiles\"}",
            "strategy={kind=\"offset\", slots=3}",
            "checkpoint.every=1",
            "record={phases=true, npy=true, columns=[\"R2\", \"link_coherence\"]}",
            "time.duration=2",
        ],
    ),
    (
        "geometric",
        0,
        &["network={kind=\"geometric\", agents=30, radius=0.3}", "time.steps=3", "memory.per_agent=1 MiB"],
    ),
    ("random", 0, &["network={kind=\"random\", agents=30, links=40}", "time.steps=3", "strategy.kind=adaptive"]),
];

#[test]
fn every_kind_of_run_has_a_record_that_the_schema_describes() {
    let scratch = tempfile::tempdir().unwrap();
    let validator = validator();
    for (name, code, sets) in RUNS {
        let mut arguments = vec!["run", "--quiet", "--out", name];
        sets.iter().for_each(|set| arguments.extend(["--set", set]));
        let output = run(scratch.path(), &arguments);
        assert_eq!(output.status.code(), Some(*code), "{name}: {}", said(&output));
        let record = read(&scratch.path().join(name));
        let errors: Vec<_> =
            validator.iter_errors(&record).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn networks_of_files_are_described_too() {
    let scratch = tempfile::tempdir().unwrap();
    let (network, omega) = (scratch.path().join("net.csv"), scratch.path().join("omega.csv"));
    fs::write(&network, "source,target\n0,1\n1,2\n2,0\n").unwrap();
    fs::write(&omega, "1\n2\n3\n").unwrap();
    let sets = ["network.file=net.csv", "frequencies.file=omega.csv", "phases.file=omega.csv", "time.steps=3"];
    let mut arguments = vec!["run", "--quiet", "--out", "a"];
    sets.iter().for_each(|set| arguments.extend(["--set", set]));
    let output = run(scratch.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let record = read(&scratch.path().join("a"));
    assert!(validator().is_valid(&record), "{record:#}");
}

/// A program without MPI runs twice then, each time alone.
#[test]
fn a_run_over_several_processes_is_described_too() {
    let scratch = tempfile::tempdir().unwrap();
    let mut job = Command::new("mpirun");
    job.args(["--oversubscribe", "--bind-to", "none", "-n", "2"]).arg(lampyrid(scratch.path()).get_program());
    job.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1").current_dir(scratch.path());
    job.args([
        "run",
        "--quiet",
        "--out",
        "a",
        "--force",
        "--set",
        "network.kind=small_world",
        "--set",
        "network.agents=50",
    ]);
    job.args(["--set", "time.steps=9", "--set", "record.columns=[\"R2\"]"]);
    let Ok(output) = job.output() else {
        return support::skip("the record of several processes", "there is no mpirun");
    };
    let record = read(&scratch.path().join("a"));
    if record["ranks"].is_null() {
        return support::skip("the record of several processes", "the program was built without MPI");
    }
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let errors: Vec<_> = validator().iter_errors(&record).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for part in ["ranks", "exchange"] {
        let mut without = record.clone();
        objects(&mut without, String::new(), &mut |way, map| {
            if way.starts_with(&format!("/{part}")) {
                map.insert("unknown".to_owned(), 1.into());
            }
        });
        assert!(!validator().is_valid(&without), "{part} takes an unknown key");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_is_described_too() {
    use std::io::Read;
    let scratch = tempfile::tempdir().unwrap();
    let endless = ["run", "--set", "network.kind=ring", "--set", "network.agents=50", "--set", "time.duration=1e9"];
    let mut child = lampyrid(scratch.path());
    let child = child.args(endless).args(["--out", "a"]).stderr(std::process::Stdio::piped());
    let mut child = child.stdout(std::process::Stdio::null()).spawn().unwrap();
    child.stderr.as_mut().unwrap().read_exact(&mut [0; 1]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let record = read(&scratch.path().join("a"));
    assert!(validator().is_valid(&record), "{record:#}");
}

/// All objects in a value, with the way to each.
fn objects(value: &mut Value, way: String, visit: &mut dyn FnMut(&str, &mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            visit(&way, map);
            map.iter_mut().for_each(|(key, value)| objects(value, format!("{way}/{key}"), visit));
        }
        Value::Array(items) => {
            items.iter_mut().enumerate().for_each(|(place, value)| objects(value, format!("{way}/{place}"), visit));
        }
        _ => {}
    }
}

#[test]
fn the_schema_refuses_keys_that_it_does_not_know_anywhere_and_misses_those_that_it_does() {
    let scratch = tempfile::tempdir().unwrap();
    let sets = ["goal.preset=save_energy", "goal.size=tiny", "disruption=[{kind=\"scramble\", fraction=0.2, at=1}]"];
    let mut arguments = vec!["run", "--quiet", "--out", "a"];
    sets.iter().for_each(|set| arguments.extend(["--set", set]));
    run(scratch.path(), &arguments);
    let (whole, validator) = (read(&scratch.path().join("a")), validator());
    assert!(validator.is_valid(&whole));
    // What a run may be without.
    let optional = ["goal", "energy", "disruptions", "strategy", "disruption", "preset"];
    let mut ways = Vec::new();
    objects(&mut whole.clone(), String::new(), &mut |way, map| ways.push((way.to_owned(), map.clone())));
    assert!(ways.len() > 20, "{} objects", ways.len());
    for (way, map) in &ways {
        let altered = |alter: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut record = whole.clone();
            objects(&mut record, String::new(), &mut |found, map| {
                if found == way {
                    alter(map)
                }
            });
            record
        };
        let more = altered(&|map| drop(map.insert("unknown".to_owned(), 1.into())));
        assert!(!validator.is_valid(&more), "{way} takes an unknown key");
        for key in map.keys().filter(|key| !optional.contains(&key.as_str())) {
            assert!(!validator.is_valid(&altered(&|map| drop(map.remove(key)))), "{way} does not miss {key}");
            let of_another_kind = altered(&|map| drop(map.insert(key.clone(), serde_json::json!({"no": "such"}))));
            assert!(!validator.is_valid(&of_another_kind), "{way}/{key} may be anything");
        }
    }
}

#[test]
fn every_key_is_described_with_its_unit_if_it_is_a_number() {
    let units = ["in s", "in rad", "in 1/s", "in bytes", "without unit", "in energy", "robabilit", "in sides"];
    let counted = ["umber", "integer"];
    let mut keys = 0;
    objects(&mut schema(), String::new(), &mut |way, map| {
        let Some(Value::Object(properties)) = map.get("properties") else { return };
        for (key, property) in properties {
            keys += 1;
            let text = property["description"].as_str().unwrap_or_default();
            assert!(text.ends_with('.'), "{way}/{key} is not described");
            let is_real = property["type"] == "number" || property["type"] == serde_json::json!(["number", "null"]);
            let has_unit = units.iter().chain(&counted).any(|unit| text.contains(unit)) || text.contains("part of");
            assert!(!is_real || has_unit || text.contains("per agent"), "{way}/{key} has no unit: {text}");
        }
        assert_eq!(map["additionalProperties"], false, "{way}");
    });
    assert!(keys > 150, "{keys} keys");
}
