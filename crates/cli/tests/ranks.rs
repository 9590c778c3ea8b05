//! The program over several processes of MPI: the swarm of one process, and whatever is wrong said once.
//!
//! Needs `mpirun` of the MPI library that the program was built with, and skips without.
#![cfg(feature = "mpi")]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    thread::sleep,
    time::Duration,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_lampyrid");

const SCENARIO: &str = "
seed = 11
[network]
kind = \"small_world\"
agents = 600
neighbors = 8
rewire = 0.2
[coupling]
strength = 1.5
noise = 0.02
[time]
step = 0.01
steps = 60
integrator = \"rk4\"
[record]
every = 20
columns = [\"R2\"]
";

/// `mpirun`, ready for programs, on a machine with fewer cores than ranks and for whatever user.
fn mpirun(directory: &Path) -> Command {
    let mut command = Command::new("mpirun");
    command.current_dir(directory).env("NO_COLOR", "1");
    command.args(["--oversubscribe", "--bind-to", "none"]);
    command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    command
}

/// Whether there is an `mpirun`; says so if not.
fn is_there() -> bool {
    let found = Command::new("mpirun").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: there is no mpirun");
    }
    found
}

fn run_on(directory: &Path, ranks: usize, arguments: &[&str]) -> Output {
    mpirun(directory).args(["-n", &ranks.to_string(), PROGRAM]).args(arguments).output().expect("mpirun starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(directory: &Path, run: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(directory.join(run).join("run.json")).expect("a record")).expect("JSON")
}

fn scratch() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("swarm.toml"), SCENARIO).unwrap();
    scratch
}

/// Runs a scenario alone and on ranks, and compares all that must not depend on it.
fn compare(directory: &Path, settings: &[&str]) {
    let settings: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    let arguments = |out| [&["run", "swarm.toml", "--quiet", "--force", "--out", out], &settings[..]].concat();
    let alone = support::run(directory, &arguments("alone"));
    assert!(alone.status.success(), "{}", said(&alone));
    for ranks in [2, 3, 4] {
        let spread = run_on(directory, ranks, &arguments("spread"));
        assert!(spread.status.success(), "{ranks} ranks: {}", said(&spread));
        let (one, several) = (json(directory, "alone"), json(directory, "spread"));
        for key in ["phase_hash", "final", "agents", "links", "steps", "time", "energy", "network", "files"] {
            assert_eq!(one[key], several[key], "{key}, {ranks} ranks, {settings:?}");
        }
        for file in ["order_parameter.csv", "final_state.csv"] {
            let of = |run: &str| fs::read(directory.join(run).join(file)).unwrap();
            assert!(of("alone") == of("spread"), "{file}, {ranks} ranks, {settings:?}");
        }
        let shares = several["ranks"].as_array().expect("a share for each rank");
        assert_eq!(shares.len(), ranks);
        assert_eq!(shares.iter().map(|share| share["agents"].as_u64().unwrap()).sum::<u64>(), 600);
    }
}

#[test]
fn results_are_those_of_one_process() {
    if is_there() {
        let scratch = scratch();
        compare(scratch.path(), &[]);
        compare(scratch.path(), &["time.integrator=heun", "energy.capacity=1.0", "strategy.kind=frequency_lock"]);
    }
}

#[test]
fn a_mean_field_is_that_of_one_process() {
    if is_there() {
        let scratch = scratch();
        compare(scratch.path(), &["coupling.all_to_all=true", "network.kind=complete", "time.integrator=euler"]);
    }
}

/// One message, of one process.
fn assert_refused_once(output: &Output, code: i32, message: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.matches(message).count(), 1, "{said}");
}

#[test]
fn what_cannot_be_spread_is_refused_once() {
    if !is_there() {
        return;
    }
    let scratch = scratch();
    let refused = |arguments: &[&str], code, message| {
        let output = run_on(scratch.path(), 3, &[&["run", "swarm.toml"], arguments].concat());
        assert_refused_once(&output, code, message);
    };
    refused(&["--set", "network.kind=ring", "--set", "network.agents=2", "--set", "network.neighbors=0"], 2, "3 ranks");
    refused(&["--set", "goal.pattern=in_phase"], 2, "a goal");
    refused(&["--set", "network.kindd=ring"], 2, "unknown key `kindd`");
    refused(&["--set", "network.file=missing.mtx"], 3, "missing.mtx");
    let output = run_on(scratch.path(), 2, &["inspect", "swarm.toml"]);
    assert_refused_once(&output, 2, "only `lampyrid run`");
}

#[test]
fn processes_that_do_not_go_together_are_refused_once() {
    if !is_there() {
        return;
    }
    let scratch = scratch();
    let directory = scratch.path();
    let pair = |second: &[&str]| {
        let first = ["-n", "1", PROGRAM, "run", "swarm.toml", "--seed", "1", ":", "-n", "1"];
        mpirun(directory).args(first).args(second).output().expect("mpirun starts")
    };
    let output = pair(&[PROGRAM, "run", "swarm.toml", "--seed", "2"]);
    assert_refused_once(&output, 2, "rank 1 has another scenario");

    let other = directory.join("other");
    fs::copy(PROGRAM, &other).unwrap();
    let mut bytes = fs::read(&other).unwrap();
    bytes.push(0);
    fs::write(&other, bytes).unwrap();
    let output = pair(&[other.to_str().unwrap(), "run", "swarm.toml", "--seed", "1"]);
    assert_refused_once(&output, 2, "rank 1 has another program");
}

#[test]
fn a_file_that_one_process_does_not_find_ends_all() {
    if !is_there() {
        return;
    }
    let scratch = scratch();
    let with = scratch.path().join("with");
    let without = scratch.path().join("without");
    for directory in [&with, &without] {
        fs::create_dir(directory).unwrap();
        fs::write(directory.join("swarm.toml"), "[network]\nfile = \"net.csv\"\n").unwrap();
    }
    fs::write(with.join("net.csv"), "source,target\n0,1\n1,2\n2,0\n").unwrap();
    let arguments = ["run", "swarm.toml", "--steps", "3"];
    let (with, without) = (with.to_str().unwrap(), without.to_str().unwrap());
    let mut command = mpirun(scratch.path());
    command.args(["-wdir", with, "-n", "1", PROGRAM]).args(arguments);
    command.args([":", "-wdir", without, "-n", "1", PROGRAM]).args(arguments);
    let output = command.output().expect("mpirun starts");
    assert_refused_once(&output, 3, "net.csv");
    assert!(said(&output).contains("(at rank 1 of 2)"), "{}", said(&output));
}

/// Processes that another MPI library started take themselves for the whole.
#[test]
fn a_launcher_that_does_not_go_with_the_library_is_found_out() {
    let scratch = scratch();
    for (number, messages) in [("0", 1), ("1", 0)] {
        let mut command = support::lampyrid(scratch.path());
        command.args(["run", "swarm.toml"]).env("PMI_SIZE", "2").env("PMI_RANK", number);
        let output = command.output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert_eq!(said(&output).matches("2 processes were started together").count(), messages);
        assert!(!scratch.path().join("runs").exists());
    }
}

/// The processes that a process has started.
fn children(of: u32) -> Vec<u32> {
    let stat = |entry: fs::DirEntry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let (name, rest) = stat.rsplit_once(')')?;
        let parent: u32 = rest.split_whitespace().nth(1)?.parse().ok()?;
        (parent == of && name.contains("lampyrid")).then_some(number)
    };
    fs::read_dir("/proc").unwrap().filter_map(|entry| stat(entry.ok()?)).collect()
}

/// Begins an endless run on three ranks, and sends one of them a signal; the job must end, and not well.
fn ends_after(signal: &str, victim: usize) {
    let scratch = scratch();
    let mut command = mpirun(scratch.path());
    command.args(["-n", "3", PROGRAM, "run", "swarm.toml", "--steps", "100000000", "--quiet", "--patience", "3"]);
    let mut job = command.spawn().expect("mpirun starts");
    let mut ranks = Vec::new();
    while ranks.len() < 3 {
        sleep(Duration::from_millis(100));
        ranks = children(job.id());
    }
    // All of them are there once there is a place for results.
    while !scratch.path().join("runs").exists() {
        sleep(Duration::from_millis(100));
    }
    sleep(Duration::from_secs(1));
    ranks.sort_unstable();
    assert!(Command::new("kill").args([signal, &ranks[victim].to_string()]).status().unwrap().success());
    assert!(!job.wait().unwrap().success());
    assert!(!scratch.path().join("runs/latest/run.json").exists());
}

#[test]
fn a_process_that_is_killed_ends_the_job() {
    if is_there() && cfg!(target_os = "linux") {
        ends_after("-KILL", 0);
        ends_after("-KILL", 2);
    }
}

#[test]
fn a_process_that_stands_still_ends_the_job() {
    if is_there() && cfg!(target_os = "linux") {
        ends_after("-STOP", 1);
    }
}
