//! What a run writes beside its series: events, arrays for NumPy, Parquet.

mod support;

use std::{fs, path::Path};

use support::{code, done, run, said};

/// A goal that is attained, disrupted and attained again.
const GOAL: &str = r#"
    [goal]
    preset = "save_energy"
    size = "small"
    [[disruption]]
    kind = "scramble"
    fraction = 0.3
    at = 5.0
"#;

/// Rows of a table as CSV, split at commas: nothing in these tests has one in it.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn kinds(rows: &[Vec<String>]) -> Vec<&str> {
    rows[1..].iter().map(|row| row[1].as_str()).collect()
}

#[test]
fn events_tell_of_goals_disruptions_and_recoveries_as_run_json_does() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("goal.toml"), GOAL).unwrap();
    done(scratch.path(), &["run", "goal.toml", "--out", "a"]);
    let here = scratch.path().join("a");
    let events = rows(&here.join("events.csv"));
    assert_eq!(events[0], ["time", "kind", "value", "detail"]);
    assert_eq!(kinds(&events), ["goal_attained", "disruption", "goal_lost", "goal_attained", "recovered"]);
    let record: serde_json::Value = serde_json::from_slice(&fs::read(here.join("run.json")).unwrap()).unwrap();
    let number = |row: usize, column: usize| events[row][column].parse::<f64>().unwrap();
    let is = |found: f64, told: &serde_json::Value| Some(found) == told.as_f64();
    assert!(is(number(1, 2), &record["goal"]["time_to_goal"]));
    assert!(is(number(2, 0), &record["disruptions"][0]["at"]) && is(number(2, 2), &record["disruptions"][0]["hit"]));
    assert_eq!(events[2][3], "scramble");
    assert!(is(number(5, 2), &record["goal"]["recoveries"][0]));
    assert!(events[1..].is_sorted_by(|one, next| one[0].parse::<f64>().unwrap() <= next[0].parse().unwrap()));
}

#[test]
fn events_tell_of_switched_strategies_of_memory_and_of_the_run_itself() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let stuck = ["run", "--set", "goal.pattern=in_phase", "--set", "network.kind=ring", "--set", "network.agents=50"];
    let apart = ["--set", "frequencies.std=3", "--set", "coupling.strength=1", "--out", "stuck"];
    assert_eq!(code(&run(here, &[&stuck[..], &apart].concat())), 1);
    let events = rows(&here.join("stuck/events.csv"));
    let switched: Vec<_> = events.iter().filter(|row| row[1] == "strategy").collect();
    let record: serde_json::Value = serde_json::from_slice(&fs::read(here.join("stuck/run.json")).unwrap()).unwrap();
    let told = &record["goal"]["strategies"].as_array().unwrap()[1..];
    assert!(!told.is_empty(), "the supervisor tries another rule");
    assert_eq!(switched.len(), told.len());
    for (row, told) in switched.iter().zip(told) {
        assert_eq!((row[0].parse().ok(), row[3].as_str()), (told["at"].as_f64(), told["strategy"].as_str().unwrap()));
    }

    let small = ["run", "--set", "network.kind=ring", "--set", "network.agents=50", "--set", "time.duration=1"];
    let tight = ["--set", "memory.policy=pause", "--set", "memory.budget=1 KiB", "--out", "tight"];
    assert_eq!(code(&run(here, &[&small[..], &tight].concat())), 4);
    let events = rows(&here.join("tight/events.csv"));
    assert_eq!(kinds(&events), ["memory", "checkpoint"]);
    assert_eq!((events[2][2].as_str(), events[2][3].as_str()), ("1", "memory"));
    assert!(events[1][3].starts_with("\"in total") && events[1][2].parse::<f64>().unwrap() > 1024.0, "{events:?}");

    let saved = ["--set", "checkpoint.every=0.4", "--out", "saved"];
    done(here, &[&small[..], &saved].concat());
    fs::remove_file(here.join("saved/run.json")).unwrap();
    done(here, &["resume", "saved", "--quiet"]);
    let events = rows(&here.join("saved/events.csv"));
    assert_eq!(kinds(&events), ["checkpoint", "checkpoint", "resumed"]);
    assert!(events[1..3].iter().all(|row| row[3] == "scheduled"));
    assert_eq!(events[3][..3], ["0.8", "resumed", "40"]);
}

#[test]
fn the_array_for_numpy_holds_the_final_state_to_the_bit() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("goal.toml"), GOAL).unwrap();
    done(scratch.path(), &["run", "goal.toml", "--set", "record.npy=true", "--out", "a"]);
    let bytes = fs::read(scratch.path().join("a/final_state.npy")).unwrap();
    let head = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert!(bytes[..head].ends_with(b"\n") && head % 64 == 0);
    let states = rows(&scratch.path().join("a/final_state.csv"));
    let records: Vec<&[u8]> = bytes[head..].chunks(32).collect();
    assert_eq!(records.len(), states.len() - 1);
    for (record, state) in records.iter().zip(&states[1..]) {
        let word = |at: usize| <[u8; 8]>::try_from(&record[at..at + 8]).unwrap();
        assert_eq!(u64::from_le_bytes(word(0)).to_string(), state[0]);
        for (at, text) in [(8, &state[1]), (16, &state[2]), (24, &state[3])] {
            assert_eq!(f64::from_le_bytes(word(at)), text.parse::<f64>().unwrap());
        }
    }
    done(scratch.path(), &["run", "goal.toml", "--out", "b"]);
    assert!(!scratch.path().join("b/final_state.npy").exists(), "only where it was asked for");
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_program_without_parquet_says_how_to_get_one_and_writes_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    for format in ["parquet", "both"] {
        let output = run(scratch.path(), &["run", "--set", &format!("record.format={format}"), "--out", "a"]);
        assert_eq!(code(&output), 2, "{}", said(&output));
        assert!(said(&output).contains("--features parquet") && said(&output).contains("record.format"));
        assert!(!scratch.path().join("a").exists());
    }
}

#[cfg(feature = "parquet")]
#[test]
fn a_run_in_parquet_changes_no_result_and_leaves_no_rows_behind() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("goal.toml"), GOAL).unwrap();
    let run = |name: &str, format: &str| {
        let format = format!("record.format={format}");
        done(scratch.path(), &["run", "goal.toml", "--set", "record.phases=true", "--set", &format, "--out", name]);
        let entries = fs::read_dir(scratch.path().join(name)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !(name.ends_with(".png") || name.ends_with(".svg")));
        names.sort();
        names
    };
    let csv = [
        "events.csv",
        "final_state.csv",
        "order_parameter.csv",
        "phases.csv",
        "recording.lampyrid",
        "report.html",
        "run.json",
    ];
    let parquet = [
        "events.parquet",
        "final_state.csv",
        "order_parameter.parquet",
        "phases.parquet",
        "recording.lampyrid",
        "report.html",
        "run.json",
    ];
    assert_eq!(run("csv", "csv"), csv);
    assert_eq!(run("parquet", "parquet"), parquet);
    let mut both = [&csv[..], &parquet[..]].concat();
    both.sort_unstable();
    both.dedup();
    assert_eq!(run("both", "both"), both);
    let read = |path: &str| fs::read(scratch.path().join(path)).unwrap();
    for (one, other) in [
        ("csv/order_parameter.csv", "both/order_parameter.csv"),
        ("csv/phases.csv", "both/phases.csv"),
        ("csv/events.csv", "both/events.csv"),
        ("csv/final_state.csv", "parquet/final_state.csv"),
    ] {
        assert!(read(one) == read(other), "{one} and {other} differ");
    }
    for name in &parquet[2..4] {
        // The format is told in the scenario of the metadata, which is at the end; the data come first.
        let (one, other) = (read(&format!("parquet/{name}")), read(&format!("both/{name}")));
        assert!(one[..one.len() / 2] == other[..one.len() / 2], "{name}");
    }
}

#[cfg(feature = "prometheus")]
#[test]
fn a_resumed_run_writes_metrics_as_a_run_does() {
    let scratch = tempfile::tempdir().unwrap();
    let small = ["run", "--set", "network.kind=ring", "--set", "network.agents=50", "--set", "time.duration=1"];
    done(scratch.path(), &[&small[..], &["--checkpoint-every", "0.4", "--out", "a"]].concat());
    fs::remove_file(scratch.path().join("a/run.json")).unwrap();
    done(scratch.path(), &["resume", "a", "--quiet", "--metrics", "lampyrid.prom"]);
    let text = fs::read_to_string(scratch.path().join("lampyrid.prom")).unwrap();
    assert!(text.lines().any(|line| line == "lampyrid_steps_total 50"), "{text}");

    fs::remove_file(scratch.path().join("a/run.json")).unwrap();
    let nowhere = run(scratch.path(), &["resume", "a", "--metrics", "nowhere/lampyrid.prom"]);
    assert_eq!(code(&nowhere), 5, "{}", said(&nowhere));
    done(scratch.path(), &["resume", "a", "--quiet"]);
}
