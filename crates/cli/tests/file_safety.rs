//! Whatever a system withholds from a run (room, rights, memory, files, an output), the run ends with its exit code, no
//! file is under its name before it is whole, and what was there before is still there.
#![cfg(target_os = "linux")]

mod support;

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use support::{lampyrid, run, said, skip};

/// Some 30 kB of phases, and checkpoints.
const SCENARIO: &str = r#"
    [network]
    kind = "ring"
    agents = 50
    neighbors = 4
    [time]
    step = 0.02
    steps = 1000
    [record]
    phases = true
    every = 20
"#;

/// The same, with so many rows that they do not fit into what is left.
const LARGE: [&str; 4] = ["--set", "record.every=1", "--set", "network.agents=200"];

type Files = BTreeMap<String, Vec<u8>>;

/// All files of a directory, checkpoints too.
fn files(directory: &Path) -> Files {
    let mut found = Files::new();
    for below in [directory.to_path_buf(), directory.join("checkpoints")] {
        for entry in fs::read_dir(below).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// What is under its final name.
fn results(directory: &Path) -> Files {
    results_among(files(directory))
}

fn results_among(mut found: Files) -> Files {
    found.retain(|name, _| !name.starts_with('.') && !name.contains('/'));
    found
}

/// No results, or all that `run.json` lists.
fn assert_whole_or_none(directory: &Path) {
    let found = files(directory);
    let names: Vec<&String> = found.keys().filter(|name| !(name.starts_with('.') || name.contains('/'))).collect();
    let Some(record) = found.get("run.json") else {
        assert_eq!(names, Vec::<&String>::new(), "results without run.json in {}", directory.display());
        return;
    };
    let record: serde_json::Value = serde_json::from_slice(record).expect("run.json is whole");
    let listed: Vec<&str> = record["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(names, listed, "in {}", directory.display());
    assert!(found["order_parameter.csv"].ends_with(b"\n") && found["phases.csv"].ends_with(b"\n"));
}

/// A directory with the scenario in it.
fn place() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("scenario.toml"), SCENARIO).unwrap();
    scratch
}

/// A whole run in a directory.
fn whole(here: &Path, out: &str) -> Files {
    let output = run(here, &["run", "scenario.toml", "--quiet", "--out", out]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    files(&here.join(out))
}

fn hash(files: &Files) -> String {
    let record: serde_json::Value = serde_json::from_slice(&files["run.json"]).unwrap();
    record["phase_hash"].as_str().unwrap().to_owned()
}

fn assert_failed(output: &Output, code: i32, parts: &[&str]) {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    for part in parts {
        assert!(said(output).contains(part), "it does not say {part}: {}", said(output));
    }
    assert!(!said(output).contains("panicked"), "{}", said(output));
}

/// The program under a limit of the shell's.
fn limited(here: &Path, limit: &str, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_lampyrid");
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), program]).args(arguments).current_dir(here);
    shell.env("NO_COLOR", "1").output().expect("there is a shell")
}

/// A disk of some KiB, which goes when this does.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where nobody may mount one.
    fn new(at: &Path, kibibytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let size = format!("size={kibibytes}k");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "lampyrid"]).arg(at).output();
        mount.is_ok_and(|output| output.status.success()).then(|| Self(at.to_path_buf()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// The program as somebody who may not write where it is not allowed: as nobody, for root may write anywhere. None
/// where that cannot be had.
fn without_privilege(here: &Path, arguments: &[&str]) -> Option<Output> {
    let mut command = lampyrid(here);
    command.args(arguments);
    if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        command.uid(65_534).gid(65_534);
    }
    command.output().ok()
}

#[test]
fn however_large_a_full_disk_is_it_ends_a_run_and_leaves_nothing_or_all() {
    let scratch = place();
    let (mut failed, mut done) = (0, 0);
    for kibibytes in [4, 16, 64, 256, 512, 4096] {
        let Some(disk) = SmallDisk::new(&scratch.path().join("disk"), kibibytes) else {
            return skip("a full disk", "nobody here may mount a small one");
        };
        let output = run(scratch.path(), &["run", "scenario.toml", "--quiet", "--out", "disk/run"]);
        if output.status.success() {
            assert_whole_or_none(&disk.0.join("run"));
            done += 1;
        } else {
            assert_failed(&output, 5, &["cannot ", "free some space", "--out"]);
            assert!(!disk.0.join("run").exists(), "{kibibytes} KiB");
            failed += 1;
        }
    }
    assert!(failed > 2 && done > 0, "{failed} failed, {done} done");
}

#[test]
fn a_full_disk_leaves_the_earlier_run_as_it_was() {
    let scratch = place();
    let Some(disk) = SmallDisk::new(&scratch.path().join("disk"), 1024) else {
        return skip("a full disk with a run on it", "nobody here may mount a small one");
    };
    let before = whole(scratch.path(), "disk/run");
    let arguments = ["run", "scenario.toml", "--quiet", "--force", "--out", "disk/run"];
    let output = run(scratch.path(), &[&arguments[..], &LARGE].concat());
    assert_failed(&output, 5, &["cannot write", "free some space"]);
    assert_eq!(files(&disk.0.join("run")), before);
}

#[test]
fn a_run_whose_disk_was_full_is_resumed_when_there_is_room_again() {
    let scratch = place();
    let expected = hash(&whole(scratch.path(), "whole"));
    let Some(disk) = SmallDisk::new(&scratch.path().join("disk"), 2048) else {
        return skip("a disk that is full for a while", "nobody here may mount a small one");
    };
    let ballast = disk.0.join("ballast");
    fs::write(&ballast, vec![1; 1_950_000]).unwrap();
    let saved = ["run", "scenario.toml", "--quiet", "--out", "disk/run", "--checkpoint-every", "2"];
    let output = run(scratch.path(), &saved);
    assert_failed(&output, 5, &["free some space"]);
    assert_whole_or_none(&disk.0.join("run"));
    fs::remove_file(ballast).unwrap();
    let again: &[&str] = match files(&disk.0.join("run")).keys().any(|name| name.starts_with("checkpoints/step-")) {
        true => &["resume", "disk/run", "--quiet"],
        false => &saved,
    };
    let output = run(scratch.path(), again);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_whole_or_none(&disk.0.join("run"));
    assert_eq!(hash(&files(&disk.0.join("run"))), expected);
}

#[test]
fn a_limit_of_file_sizes_is_an_output_error_where_its_signal_is_ignored() {
    let scratch = place();
    let before = whole(scratch.path(), "run");
    let arguments = [&["run", "scenario.toml", "--quiet", "--force", "--out", "run"][..], &LARGE].concat();
    let output = limited(scratch.path(), "trap '' XFSZ; ulimit -f 64", &arguments);
    assert_failed(&output, 5, &["cannot write"]);
    assert_eq!(files(&scratch.path().join("run")), before);
}

#[test]
fn a_limit_of_file_sizes_that_kills_costs_no_file() {
    let scratch = place();
    let before = whole(scratch.path(), "run");
    let arguments = [&["run", "scenario.toml", "--quiet", "--force", "--out", "run"][..], &LARGE].concat();
    let output = limited(scratch.path(), "ulimit -c 0; ulimit -f 64", &arguments);
    assert_eq!(output.status.signal(), Some(25), "SIGXFSZ: {:?}: {}", output.status, said(&output));
    let mut after = files(&scratch.path().join("run"));
    after.retain(|name, _| !name.starts_with('.'));
    assert_eq!(after, before);
    // What it left under temporary names is in nobody's way.
    let output = run(scratch.path(), &["run", "scenario.toml", "--quiet", "--force", "--out", "run"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_whole_or_none(&scratch.path().join("run"));
    assert!(files(&scratch.path().join("run")).keys().all(|name| !name.starts_with('.')));
}

#[test]
fn a_directory_that_may_not_be_written_is_refused_before_anything_is_run() {
    let scratch = place();
    fs::create_dir(scratch.path().join("locked")).unwrap();
    for path in [scratch.path(), &scratch.path().join("locked")] {
        fs::set_permissions(path, Permissions::from_mode(0o555)).unwrap();
    }
    let refused = |out: &str| {
        let output = without_privilege(scratch.path(), &["run", "scenario.toml", "--quiet", "--out", out])?;
        assert_failed(&output, 5, &["Permission denied", "you may write to (--out)"]);
        Some(())
    };
    if refused("locked").and_then(|()| refused("locked/run")).is_none() {
        skip("a read-only directory", "the program cannot be started as nobody");
    }
    assert!(files(&scratch.path().join("locked")).is_empty());
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_run_that_may_not_be_replaced_stays_and_can_be_read() {
    let scratch = place();
    let before = whole(scratch.path(), "run");
    let directory = scratch.path().join("run");
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o555)).unwrap();
    let arguments = ["run", "scenario.toml", "--quiet", "--force", "--out", "run"];
    match without_privilege(scratch.path(), &arguments) {
        Some(output) => assert_failed(&output, 5, &["Permission denied"]),
        None => skip("a read-only run", "the program cannot be started as nobody"),
    }
    if let Some(output) = without_privilege(scratch.path(), &["resume", "run"]) {
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("has come to its end"));
    }
    fs::set_permissions(&directory, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(files(&directory), before);
}

#[test]
fn a_pipe_that_nobody_reads_is_an_output_error_and_costs_no_file() {
    let scratch = place();
    let program = env!("CARGO_BIN_EXE_lampyrid");
    // The reader is gone before the first byte: it ends at once, and the program begins when it has.
    let piped = |arguments: &str| {
        let script = format!("set -o pipefail; (sleep 0.3; exec \"$0\" {arguments}) | head -n 0");
        Command::new("bash").args(["-c", &script, program]).current_dir(scratch.path()).output().unwrap()
    };
    assert_failed(&piped("run scenario.toml --out run"), 5, &["standard output"]);
    assert_whole_or_none(&scratch.path().join("run"));
    assert!(scratch.path().join("run/run.json").exists());
    assert_failed(&piped("run scenario.toml --json --force --out run"), 5, &["standard output"]);
    assert_whole_or_none(&scratch.path().join("run"));
    assert_failed(&piped("resume run"), 5, &["standard output"]);
    assert_failed(&piped("bench --quick construction/10"), 5, &["standard output"]);
    // Help has been asked for, and nobody wants it any more.
    assert_failed(&piped("--help"), 0, &[]);
}

#[test]
fn without_standard_streams_a_run_is_the_same() {
    let scratch = place();
    let expected = hash(&whole(scratch.path(), "whole"));
    for closed in ["exec 2>&-", "exec <&- >&- 2>&-"] {
        let output = limited(scratch.path(), closed, &["run", "scenario.toml", "--force", "--out", "run"]);
        assert_eq!(output.status.code(), Some(0), "{closed}");
        assert_eq!(hash(&files(&scratch.path().join("run"))), expected);
    }
    // What it would say is lost, its exit code is not.
    assert_eq!(limited(scratch.path(), "exec 2>&-", &["run", "missing.toml"]).status.code(), Some(2));
}

#[test]
fn without_a_home_and_an_environment_a_run_is_the_same() {
    let scratch = place();
    let expected = hash(&whole(scratch.path(), "whole"));
    let mut command = lampyrid(scratch.path());
    let output =
        command.env_clear().args(["run", "scenario.toml", "--out", "run"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(hash(&files(&scratch.path().join("run"))), expected);
}

#[test]
fn sixty_four_open_files_are_enough_and_too_few_are_an_error() {
    let scratch = place();
    let expected = hash(&whole(scratch.path(), "whole"));
    let arguments = ["run", "scenario.toml", "--quiet", "--checkpoint-every", "2", "--out", "run"];
    let output = limited(scratch.path(), "ulimit -n 64", &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    // Rows that a checkpoint counts on stay under their hidden names.
    let before = results(&scratch.path().join("run"));
    assert_eq!(hash(&before), expected);
    for limit in 4..8 {
        let output = limited(scratch.path(), &format!("ulimit -n {limit}"), &[&arguments[..], &["--force"]].concat());
        // With the fewest it is not even the program that ends.
        assert!(matches!(output.status.code(), Some(2 | 5 | 127)), "{limit}: {:?}, {}", output.status, said(&output));
        assert!(said(&output).to_lowercase().contains("open files"), "{limit}: {}", said(&output));
        assert!(results(&scratch.path().join("run")) == before, "{limit}");
    }
}

#[test]
fn where_memory_is_short_a_small_swarm_runs_and_a_large_one_costs_no_file() {
    let scratch = place();
    let before = whole(scratch.path(), "run");
    let arguments = ["run", "scenario.toml", "--quiet", "--threads", "1", "--force", "--out", "run"];
    let output = limited(scratch.path(), "ulimit -v 524288", &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let after = results(&scratch.path().join("run"));
    assert_eq!(hash(&after), hash(&before));
    let large = |agents: &'static str| [&arguments[..], &["--steps", "1", "--set", agents]].concat();
    // What is known to be too much is refused.
    let refused = limited(scratch.path(), "ulimit -v 524288", &large("network.agents=40000000"));
    assert_failed(&refused, 4, &["more than the 512 MiB of memory that there are", "fewer agents"]);
    let refused = limited(scratch.path(), "ulimit -v 524288", &large("network.agents=2000000"));
    assert_failed(&refused, 4, &["of addresses that are left to this process", "ulimit -v", "fewer agents"]);
    let budget = [&large("network.agents=2000000")[..], &["--set", "memory.budget=400 MiB"]].concat();
    assert_failed(&limited(scratch.path(), "ulimit -v 524288", &budget), 4, &["memory.budget"]);
    assert!(results(&scratch.path().join("run")) == after);
}

/// Of swarms that are larger each time, all run until one is refused, and none after it does. None comes between, where
/// memory would have been refused to it later on.
#[test]
fn where_memory_is_short_swarms_run_up_to_a_size_and_are_refused_from_there_on() {
    let scratch = place();
    let arguments = ["run", "scenario.toml", "--quiet", "--threads", "2", "--steps", "1", "--force", "--out", "run"];
    let mut codes = Vec::new();
    for thousands in [100, 300, 500, 700, 900, 1100, 1300, 1500] {
        let agents = format!("network.agents={thousands}000");
        let set = ["--set", "record.phases=false", "--set", &agents];
        let output = limited(scratch.path(), "ulimit -v 524288", &[&arguments[..], &set].concat());
        if !output.status.success() {
            assert_failed(&output, 4, &["of addresses that are left"]);
        }
        codes.push(output.status.code());
    }
    println!("{codes:?}");
    assert!(codes.is_sorted() && codes.first() == Some(&Some(0)) && codes.last() == Some(&Some(4)), "{codes:?}");
}

/// Nobody foresees everything; here it is not even tried.
#[test]
fn memory_that_is_refused_later_on_ends_with_its_exit_code_and_costs_no_file() {
    let scratch = place();
    let before = results_among(whole(scratch.path(), "run"));
    let arguments = ["run", "scenario.toml", "--quiet", "--force", "--out", "run", "--steps", "1"];
    for agents in ["network.agents=1500000", "network.agents=3000000"] {
        let unforeseen = ["--set", agents, "--set", "memory.policy=warn"];
        let output = limited(scratch.path(), "ulimit -v 524288", &[&arguments[..], &unforeseen].concat());
        assert_failed(&output, 4, &["memory allocation of", "bytes failed"]);
        assert!(results(&scratch.path().join("run")) == before, "{agents}");
    }
}
