//! A sweep over several processes leaves the tables of one process, whatever happens on the way.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use super::{
    PROGRAM, assert_refused_once, mpirun, run_on, said, scratch, started_by, support, tells_who_was_killed, turn,
};

/// Six points, three runs each; those of the second strength leave the range of numbers, and fail.
const GRID: [&str; 12] = [
    "swarm.toml",
    "--vary",
    "coupling.strength=1,1e308",
    "--vary",
    "network.agents=40,90,60",
    "--seeds",
    "3",
    "--set",
    "time.integrator=euler",
    "--set",
    "time.step=1e300",
    "--out",
];

/// Twelve runs of some tenths of a second each.
const LONG: [&str; 10] = [
    "swarm.toml",
    "--vary",
    "coupling.strength=0.5:2:0.5",
    "--seeds",
    "3",
    "--set",
    "time.steps=3000",
    "--set",
    "network.agents=100",
    "--out",
];

fn sweep<'a>(grid: &[&'a str], out: &'a str, further: &[&'a str]) -> Vec<&'a str> {
    [&["sweep"], grid, &[out], further].concat()
}

/// What is the same whatever happens on the way.
fn tables(directory: &Path, sweep: &str) -> [String; 2] {
    ["runs.csv", "points.csv"].map(|name| fs::read_to_string(directory.join(sweep).join(name)).expect(name))
}

/// Rows that are there, the heading left out.
fn rows(directory: &Path, sweep: &str) -> usize {
    let table = fs::read_to_string(directory.join(sweep).join("runs.csv"));
    table.map_or(0, |table| table.lines().count().saturating_sub(1))
}

#[test]
fn the_tables_are_those_of_one_process_and_told_of_once() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let alone = support::run(directory, &sweep(&GRID, "alone", &["--jobs", "2", "--quiet"]));
    assert_eq!(alone.status.code(), Some(1), "{}", said(&alone));
    assert!(tables(directory, "alone")[0].contains("the swarm stopped after "));
    for ranks in [1, 2, 4] {
        let out = format!("on{ranks}");
        let spread = run_on(directory, ranks, &sweep(&GRID, &out, &["--json"]));
        assert_eq!(spread.status.code(), Some(1), "{}", said(&spread));
        assert_eq!(tables(directory, &out), tables(directory, "alone"), "{ranks} ranks");
        // Standard output has one object and nothing else, and what is run was said once.
        let record: serde_json::Value = serde_json::from_slice(&spread.stdout).expect("one JSON object");
        assert_eq!((record["done"].as_u64(), record["failed"].as_u64()), (Some(18), Some(9)));
        assert_eq!(said(&spread).matches("2 × 3 = 6 points × 3 seeds = 18 runs").count(), 1, "{}", said(&spread));
        assert_eq!(said(&spread).matches("100 %  run 18/18").count(), 1, "{}", said(&spread));
    }
    // Rows are rows, failed or not: there is nothing left to do.
    let again = run_on(directory, 2, &["resume", "on4"]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    assert_eq!(said(&again).matches("18 runs, which are done").count(), 1, "{}", said(&again));
}

/// Begins a sweep on three ranks, and waits for some of its runs to be done.
fn begin(directory: &Path, out: &str) -> Child {
    let mut command = mpirun(directory);
    command.args(["-n", "3", PROGRAM]).args(sweep(&LONG, out, &["--patience", "3"]));
    let job = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("mpirun starts");
    while rows(directory, out) < 2 {
        sleep(Duration::from_millis(5));
    }
    job
}

fn signal(job: &Child, name: &str, victim: usize) {
    let mut ranks = started_by(job.id());
    ranks.sort_unstable();
    assert!(Command::new("kill").args([name, &ranks[victim].to_string()]).status().unwrap().success());
}

#[test]
fn a_sweep_that_lost_a_process_or_was_interrupted_goes_on_with_the_runs_that_are_missing() {
    let Some(_turn) = turn().filter(|_| cfg!(target_os = "linux")) else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let alone = support::run(directory, &sweep(&LONG, "alone", &["--quiet"]));
    assert!(alone.status.success(), "{}", said(&alone));
    for (out, name, victim) in [("killed", "-KILL", 1), ("headless", "-KILL", 0), ("interrupted", "-INT", 2)] {
        let job = begin(directory, out);
        signal(&job, name, victim);
        let output = job.wait_with_output().unwrap();
        let before = rows(directory, out);
        assert!((2..12).contains(&before), "{before} rows");
        if out == "interrupted" {
            assert_refused_once(&output, 130, &format!("interrupted with {before} of 12 runs done"));
        } else {
            assert!(!output.status.success() && tells_who_was_killed(&output, victim), "{}", said(&output));
        }
        // By the command or by the directory, by fewer ranks or by one.
        let on = match out {
            "killed" => run_on(directory, 2, &sweep(&LONG, out, &[])),
            "headless" => run_on(directory, 2, &["resume", out]),
            _ => support::run(directory, &["resume", out]),
        };
        assert!(on.status.success(), "{}", said(&on));
        assert_eq!(said(&on).matches(&format!("goes on after {before} of them")).count(), 1, "{}", said(&on));
        assert_eq!(tables(directory, out), tables(directory, "alone"), "{out}");
        // A run more would have a line more here.
        assert_eq!(fs::read_to_string(directory.join(out).join("timings.csv")).unwrap().lines().count(), 13);
    }
}

#[test]
fn a_sweep_of_which_a_process_stands_still_ends_and_names_it() {
    let Some(_turn) = turn().filter(|_| cfg!(target_os = "linux")) else { return };
    let scratch = scratch();
    let directory = scratch.path();
    for (out, victim) in [("follower", 1), ("leader", 0)] {
        let job = begin(directory, out);
        signal(&job, "-STOP", victim);
        let output = job.wait_with_output().unwrap();
        assert!(!output.status.success());
        let message = format!("rank {victim} has not been heard of for 3s");
        assert!(said(&output).contains(&message), "{}", said(&output));
        assert!(rows(directory, out) < 12);
    }
    let on = run_on(directory, 2, &["resume", "follower", "--quiet"]);
    assert!(on.status.success(), "{}", said(&on));
    assert_eq!(rows(directory, "follower"), 12);
}

#[test]
fn a_sweep_that_cannot_be_spread_is_refused_once() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let refused = |arguments: &[&str], code, message| {
        assert_refused_once(&run_on(directory, 3, &sweep(&LONG, "refused", arguments)), code, message);
        assert!(!directory.join("refused").exists());
    };
    refused(&["--jobs", "2"], 2, "each process does one run of a sweep at a time");
    refused(&["--set", "phases.file=missing.csv"], 3, "missing.csv");
    refused(&["--vary", "coupling.noyse=1,2"], 2, "unknown key `noyse`");
    let mut command = mpirun(directory);
    command.args(["-n", "1", PROGRAM]).args(sweep(&LONG, "refused", &[]));
    command.args([":", "-n", "1", PROGRAM]).args(sweep(&LONG, "refused", &["--set", "coupling.noise=0.5"]));
    let output = command.output().expect("mpirun starts");
    assert_refused_once(&output, 2, "rank 1 has another sweep");
    assert!(!directory.join("refused").exists());

    let other = support::run(directory, &["run", "swarm.toml", "--quiet", "--out", "run"]);
    assert!(other.status.success(), "{}", said(&other));
    let output = run_on(directory, 2, &sweep(&LONG, "run", &[]));
    assert_refused_once(&output, 2, "run.json");
}
