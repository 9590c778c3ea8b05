//! Pictures, reports and replays of what the program wrote.

mod support;

use std::{fs, path::Path, process::Output};

use support::{code, run, said};

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn done(directory: &Path, arguments: &[&str]) -> String {
    let output = run(directory, arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
    printed(&output)
}

/// A run with something to draw on every picture.
const SCENARIO: &str = r#"
seed = 3
[network]
kind = "small_world"
agents = 40
neighbors = 6
rewire = 0.1
[goal]
preset = "recover_from_failure"
[energy]
capacity = 80.0
[record]
columns = ["link_coherence"]
pictures = ["order_parameter", "strategies"]
[[disruption]]
kind = "scramble"
fraction = 0.5
at = 4.0
"#;

fn disturbed(directory: &Path) {
    fs::write(directory.join("disturbed.toml"), SCENARIO).unwrap();
    done(directory, &["run", "disturbed.toml", "--quiet", "--out", "a"]);
}

#[test]
fn a_run_writes_the_pictures_it_was_asked_for_and_a_report_with_all() {
    let scratch = tempfile::tempdir().unwrap();
    disturbed(scratch.path());
    let exists = |name: &str| scratch.path().join("a").join(name).exists();
    for name in ["order_parameter.svg", "order_parameter.png", "strategies.svg", "report.html", "recording.lampyrid"] {
        assert!(exists(name), "{name}");
    }
    assert!(!exists("phase_raster.png") && !exists("network.svg"));
    let page = fs::read_to_string(scratch.path().join("a/report.html")).unwrap();
    let titles = [
        "Coherence over time",
        "Phases on the circle",
        "Phases over time",
        "Effective frequencies",
        "Frequency\u{2013}phase portrait",
        "The network and its phases",
        "Energy",
        "Strategies",
    ];
    for title in titles {
        assert!(page.contains(&format!("<title>{title}</title>")), "{title}");
    }
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(page.contains("recover_from_failure") && page.contains("small world") && page.contains("scramble"));

    done(
        scratch.path(),
        &[
            "run",
            "disturbed.toml",
            "--quiet",
            "--out",
            "b",
            "--set",
            "record.pictures=[]",
            "--set",
            "record.report=false",
        ],
    );
    let mut names: Vec<_> =
        fs::read_dir(scratch.path().join("b")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["events.csv", "final_state.csv", "order_parameter.csv", "recording.lampyrid", "run.json"]);
    let hash = |run: &str| {
        let text = fs::read_to_string(scratch.path().join(run).join("run.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["phase_hash"].clone()
    };
    assert_eq!(hash("a"), hash("b"), "a view never changes a result");
}

#[test]
fn pictures_drawn_afterwards_are_those_of_the_run_byte_by_byte() {
    let scratch = tempfile::tempdir().unwrap();
    disturbed(scratch.path());
    let listed = done(scratch.path(), &["plot", "a", "--out", "again"]);
    assert_eq!(listed.lines().count(), 16, "{listed}");
    let read = |name: &str| fs::read(scratch.path().join(name)).unwrap();
    for name in ["order_parameter.svg", "order_parameter.png", "strategies.svg", "strategies.png"] {
        assert!(read(&format!("again/{name}")) == read(&format!("a/{name}")), "{name} differs");
    }
    done(scratch.path(), &["report", "a", "--out", "again/report.html"]);
    assert!(read("again/report.html") == read("a/report.html"), "the report differs");
}

#[test]
fn one_picture_in_one_format_at_times_of_ones_own() {
    let scratch = tempfile::tempdir().unwrap();
    disturbed(scratch.path());
    let circles = ["plot", "a", "--only", "phase_circles", "--format", "svg", "--at", "0,4,4.5", "--json"];
    let told: serde_json::Value = serde_json::from_str(&done(scratch.path(), &circles)).unwrap();
    assert_eq!(told["files"].as_array().unwrap().len(), 1);
    let svg = fs::read_to_string(scratch.path().join("a/phase_circles.svg")).unwrap();
    assert!(svg.contains("t = 0 s") && svg.contains("t = 4.5 s"), "{svg}");
    let quiet = run(scratch.path(), &["plot", "a", "--only", "energy", "--quiet"]);
    assert!(code(&quiet) == 0 && quiet.stdout.is_empty() && quiet.stderr.is_empty());
}

#[test]
fn a_replay_comes_to_the_same_hash_and_one_of_something_else_does_not() {
    let scratch = tempfile::tempdir().unwrap();
    disturbed(scratch.path());
    for (what, threads) in [("a/report.html", "1"), ("a/run.json", "3"), ("a", "2")] {
        let told = done(scratch.path(), &["replay", what, "--threads", threads]);
        assert!(told.starts_with("The same to the last bit: phase hash "), "{told}");
    }
    let record = fs::read_to_string(scratch.path().join("a/run.json")).unwrap();
    let other = record.replacen("\"seed\": 3", "\"seed\": 4", 1).replace("\"seed\": 3", "\"seed\": 4");
    fs::write(scratch.path().join("other.json"), other).unwrap();
    let output = run(scratch.path(), &["replay", "other.json", "--json"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let told: serde_json::Value = serde_json::from_str(&printed(&output)).unwrap();
    assert!(told["same"] == false && told["expected"] != told["found"], "{told}");
    let output = run(scratch.path(), &["replay", "other.json"]);
    assert!(
        printed(&output).contains(told["found"].as_str().unwrap())
            && printed(&output).contains(told["expected"].as_str().unwrap())
    );
}

#[test]
fn a_run_that_was_ended_early_is_replayed_to_where_it_ended() {
    let scratch = tempfile::tempdir().unwrap();
    let budget = ["run", "--set", "network.kind=ring", "--set", "network.agents=50", "--set", "time.duration=1"];
    let paused = ["--set", "memory.policy=pause", "--set", "memory.budget=1 KiB", "--out", "paused", "--quiet"];
    assert_eq!(code(&run(scratch.path(), &[&budget[..], &paused].concat())), 4);
    let told = done(scratch.path(), &["replay", "paused/report.html"]);
    assert!(told.contains("after 1 steps"), "{told}");
    assert!(fs::read_to_string(scratch.path().join("paused/report.html")).unwrap().contains("stopped early"));
}

#[test]
fn a_scenario_with_a_hostile_path_cannot_break_its_report() {
    let scratch = tempfile::tempdir().unwrap();
    let name = "<script>alert(1)<!-- &.mtx";
    let network = "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 2\n";
    fs::write(scratch.path().join(name), network).unwrap();
    let toml = format!("[network]\nfile = '{name}'\n[time]\nsteps = 20\n");
    fs::write(scratch.path().join("hostile.toml"), toml).unwrap();
    done(scratch.path(), &["run", "hostile.toml", "--quiet", "--out", "a"]);
    let page = fs::read_to_string(scratch.path().join("a/report.html")).unwrap();
    assert_eq!(page.matches("<script").count(), 1, "the block for replays alone");
    assert_eq!(page.matches("<!--").count(), page.matches("<!-- Generated by kuva").count());
    done(scratch.path(), &["replay", "a/report.html"]);
}

#[test]
fn sweeps_are_drawn_and_told_from_their_points() {
    let scratch = tempfile::tempdir().unwrap();
    let sweep = scratch.path().join("sweep");
    let base = "[coupling]\nall_to_all = true\n[network]\nkind = \"complete\"\nagents = 100\n[frequencies]\ndistribution = \"lorentzian\"\nhalf_width = 0.5\n[time]\nduration = 1.0\n";
    fs::write(scratch.path().join("field.toml"), base).unwrap();
    done(
        scratch.path(),
        &["sweep", "field.toml", "--vary", "coupling.strength=0.5,1.5,2.5", "--out", "sweep", "--quiet"],
    );
    // Three that came to something, and one whose runs have failed.
    let rows = "0,0.5,4,0,0.05,0.01,,,,,,,\n1,1.5,5,1,0.6,0.02,,,,,,,\n2,2.5,1,0,0.77,,,,,,,,\n3,9e9,2,2,,,,,,,,,\n";
    let figures = "runs,failures,R,R_standard_error,R_q05,R_q25,R_q50,R_q75,R_q95,attained,time_to_goal";
    fs::write(sweep.join("points.csv"), format!("point,coupling.strength,{figures}\n{rows}")).unwrap();
    assert_eq!(done(scratch.path(), &["plot", "sweep"]), "sweep/sweep_curves.svg\nsweep/sweep_curves.png\n");
    let svg = fs::read_to_string(sweep.join("sweep_curves.svg")).unwrap();
    assert!(svg.contains("theory, \u{221a}(1 \u{2212} 2γ/K)") && svg.contains("coupling strength K (rad/s)"));
    done(scratch.path(), &["report", "sweep"]);
    let page = fs::read_to_string(sweep.join("report.html")).unwrap();
    for told in ["A sweep over coupling.strength", "0.7700 (1 run)", "(4 runs; 1 run failed)", "no R; 2 runs failed"] {
        assert!(page.contains(told), "{told} is missing in {page}");
    }
    let replayed = run(scratch.path(), &["replay", "sweep/report.html"]);
    assert_eq!(code(&replayed), 3);

    let rows =
        "0,1,0,2,0,0.5,0.1,,,,,,,\n1,2,0,2,0,0.7,0.1,,,,,,,\n2,1,1,2,0,0.2,0.1,,,,,,,\n3,2,1,2,0,0.4,0.1,,,,,,,\n";
    fs::write(sweep.join("points.csv"), format!("point,coupling.strength,coupling.noise,{figures}\n{rows}")).unwrap();
    assert_eq!(done(scratch.path(), &["plot", "sweep", "--format", "svg"]).lines().count(), 2);
}

#[test]
fn wrong_input_has_its_exit_code_and_a_message_with_the_place_and_a_remedy() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let small = ["run", "--set", "network.kind=ring", "--set", "network.agents=20", "--steps", "20", "--quiet"];
    done(here, &[&small[..], &["--out", "a"]].concat());
    for broken in ["damaged", "edited", "without"] {
        done(here, &[&small[..], &["--out", broken]].concat());
    }
    let mut recording = fs::read(here.join("damaged/recording.lampyrid")).unwrap();
    let middle = recording.len() / 2;
    recording[middle] ^= 1;
    fs::write(here.join("damaged/recording.lampyrid"), recording).unwrap();
    let page = fs::read_to_string(here.join("edited/report.html")).unwrap();
    fs::write(here.join("edited/report.html"), page.replacen("\"seed\":42", "\"seed\":43", 1)).unwrap();
    fs::remove_file(here.join("without/recording.lampyrid")).unwrap();
    fs::create_dir(here.join("empty")).unwrap();
    fs::create_dir(here.join("sweep")).unwrap();
    let figures = "runs,failures,R,R_standard_error,R_q05,R_q25,R_q50,R_q75,R_q95,attained,time_to_goal";
    let points = format!("point,coupling.strength,{figures}\n0,1,1,0,high,,,,,,,,\n");
    fs::write(here.join("sweep/points.csv"), points).unwrap();
    fs::create_dir(here.join("lacking")).unwrap();
    fs::write(here.join("lacking/points.csv"), "point,coupling.strength,R\n0,1,0.5\n").unwrap();
    fs::write(here.join("run.json"), "{\"agents\": 1,\n \"links\": \"many\"}").unwrap();
    fs::write(here.join("page.html"), "<html></html>").unwrap();
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&["plot", "a", "--only", "phase_cirlces"], 2, &["phase_cirlces", "did you mean \"phase_circles\""]),
        (&["plot", "a", "--only", "energy"], 2, &["energy", "coupling is free"]),
        (&["plot", "a", "--only", "sweep_map"], 2, &["sweep_map", "there are order_parameter"]),
        (&["plot", "a", "--at", "0,99"], 2, &["--at", "0,99"]),
        (&["plot", "a", "--format", "jpeg"], 2, &["jpeg", "svg"]),
        (&["plot", "empty"], 3, &["empty", "run.json", "points.csv"]),
        (&["plot", "nowhere"], 3, &["nowhere"]),
        (&["plot", "damaged"], 3, &["recording.lampyrid", "damaged", "run the scenario again"]),
        (&["plot", "without"], 3, &["without/recording.lampyrid"]),
        (&["plot", "sweep"], 3, &["points.csv:2:9", "high"]),
        (&["plot", "lacking"], 3, &["points.csv:1:1", "runs"]),
        (&["plot", "a", "--out", "run.json"], 5, &["run.json"]),
        (&["report", "empty"], 3, &["empty"]),
        (&["report", "a", "--out", "run.json/page.html"], 5, &["run.json"]),
        (&["replay", "edited/report.html"], 3, &["edited/report.html:", "edited by hand", "checksum"]),
        (&["replay", "page.html"], 3, &["page.html", "holds nothing to replay"]),
        (&["replay", "run.json"], 3, &["run.json:2:"]),
        (&["replay", "missing.html"], 3, &["missing.html"]),
        (&["replay", "empty"], 3, &["empty/run.json"]),
        (&["replay", "a", "--threads", "0"], 2, &["--threads"]),
        (&["run", "--set", "record.pictures=[\"netwrok\"]"], 2, &["did you mean \"network\""]),
    ];
    for (arguments, expected, parts) in cases {
        let output = run(here, arguments);
        assert_eq!(code(&output), *expected, "{arguments:?}: {}", said(&output));
        for part in *parts {
            assert!(said(&output).contains(part), "{arguments:?} does not say {part}: {}", said(&output));
        }
        assert!(output.stdout.is_empty());
    }
}
