//! A memory budget is that of each process: what is too much for one of them ends all, said once.

use std::fs;

use super::{PROGRAM, assert_refused_once, json, mpirun, run_on, said, scratch, support, turn};

/// Communities of uneven sizes: of three ranks, the last has most of the links.
const UNEVEN: &str = "
seed = 11
[network]
kind = \"modular\"
sizes = [100, 100, 100, 100, 200]
within = 0.5
[time]
step = 0.01
steps = 60
[memory]
every = 0.05
";

/// A scratch directory with such a scenario, and what each rank holds of it without a budget.
fn uneven() -> (tempfile::TempDir, Vec<u64>) {
    let scratch = scratch();
    fs::write(scratch.path().join("uneven.toml"), UNEVEN).unwrap();
    let free = run_on(scratch.path(), 3, &["run", "uneven.toml", "--quiet", "--out", "free"]);
    assert!(free.status.success(), "{}", said(&free));
    let record = json(scratch.path(), "free");
    let ranks = record["ranks"].as_array().expect("ranks").iter();
    let held: Vec<u64> = ranks.filter_map(|rank| rank["swarm_bytes"].as_u64()).collect();
    assert!(held[2] > held[0].max(held[1]) + 20_000, "{held:?}");
    (scratch, held)
}

#[test]
fn a_rank_that_outgrows_its_budget_stops_all_and_the_run_goes_on_with_more_of_them() {
    let Some(_turn) = turn() else { return };
    let (scratch, held) = uneven();
    let directory = scratch.path();
    // A swarm that may wait for room is begun in spite of what it is expected to take.
    let budget = format!("memory.budget={}", held[2] - 1000);
    let run = |out: &'static str, policy: &'static str, further: &[&'static str]| {
        let arguments = ["run", "uneven.toml", "--out", out, "--set", &budget, "--set", policy];
        run_on(directory, 3, &[&arguments[..], further].concat())
    };
    let stopped = run("tight", "memory.policy=pause", &["--quiet"]);
    assert_refused_once(&stopped, 4, "error: the run ended at step 1: ");
    assert!(said(&stopped).contains("(at rank 2 of 3)"), "{}", said(&stopped));
    let record = json(directory, "tight");
    assert_eq!((record["exit_code"].as_u64(), record["steps"].as_u64()), (Some(4), Some(1)));
    assert_eq!(record["memory"]["budget_exceeded"], true);
    let estimated = record["memory"]["estimated_bytes"].as_f64().unwrap() / held.iter().sum::<u64>() as f64;
    assert!((0.8..1.2).contains(&estimated), "{estimated}");
    let events = fs::read_to_string(directory.join("tight/events.csv")).unwrap();
    assert_eq!(events.lines().filter(|line| line.contains("memory,")).count(), 1, "{events}");
    // As many as had too much go on to the same point; with more of them each has less.
    let again = run_on(directory, 3, &["resume", "tight", "--quiet"]);
    assert_refused_once(&again, 4, "error: the run ended at step 2: ");
    let more = run_on(directory, 5, &["resume", "tight", "--quiet"]);
    assert!(more.status.success(), "{}", said(&more));
    assert_eq!(json(directory, "tight")["phase_hash"], json(directory, "free")["phase_hash"]);
    // Where it is only to be told of, it is told of once.
    let warned = run("loud", "memory.policy=warn", &[]);
    assert_refused_once(&warned, 0, "warning: the swarm held more memory than its budget (at rank 2 of 3)");
}

#[test]
fn a_part_that_is_too_large_is_refused_before_it_is_made() {
    let Some(_turn) = turn() else { return };
    let (scratch, held) = uneven();
    let directory = scratch.path();
    let refused = |budget: &str, agents: &[&str]| {
        let arguments = ["run", "uneven.toml", "--out", "refused", "--set", budget];
        let output = run_on(directory, 3, &[&arguments[..], agents].concat());
        assert_refused_once(&output, 4, "a process' part of the swarm would take about");
        assert!(!directory.join("refused").exists());
        said(&output)
    };
    let between = format!("memory.budget={}", (held[2] + held[0].max(held[1])) / 2);
    let said = refused(&between, &[]);
    assert!(said.contains("(at rank 2 of 3)"), "{said}");
    // By its agents alone, before any links.
    refused("memory.budget=1 GiB", &["--set", "network.sizes=[20000000,20000000]"]);
}

#[test]
fn a_process_with_less_memory_than_the_others_is_found_before_anything_is_made() {
    let Some(_turn) = turn().filter(|_| cfg!(target_os = "linux")) else { return };
    let scratch = scratch();
    let run = ["run", "swarm.toml", "--set", "network.agents=30000000", "--out", "refused"];
    let mut command = mpirun(scratch.path());
    command.args(["-n", "1", PROGRAM]).args(run);
    // In kilobytes; MPI itself maps some hundred thousand.
    command.args([":", "-n", "1", "sh", "-c", "ulimit -v 1500000 && exec \"$0\" \"$@\"", PROGRAM]).args(run);
    let output = command.output().expect("mpirun starts");
    assert_refused_once(&output, 4, "the parts of the swarm on one machine would take about");
    assert!(said(&output).contains("(at rank 1 of 2)"), "{}", said(&output));
    assert!(!scratch.path().join("refused").exists());
}

#[test]
fn one_process_is_held_to_the_whole_as_ever() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let run = ["run", "swarm.toml", "--set", "memory.budget=100 KiB", "--out", "one"];
    for output in [support::run(scratch.path(), &run), run_on(scratch.path(), 1, &run)] {
        assert_refused_once(&output, 4, "the swarm would take about");
    }
}
