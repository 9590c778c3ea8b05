//! Machines on which a run cannot have what it needs: it ends with the exit code that says so, and no file under a final
//! name is less than whole.
//!
//! Disks are made of memory in a mount namespace of their own, which goes with its process. Only root may do so; for
//! others these tests say that they are skipped.

#![cfg(target_os = "linux")]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use support::{lampyrid, run};

/// Some 700 kB of results, pictures and all phases.
const SCENARIO: &str = r#"
    [network]
    kind = "ring"
    agents = 50
    [time]
    step = 0.02
    steps = 300
    [record]
    every = 1
    phases = true
"#;

/// What a script ends with where nothing can be mounted.
const NO_DISK: i32 = 77;

fn code(output: &Output) -> i32 {
    output.status.code().expect("a script ends by itself")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a script in a directory with a scenario in it, where `$lampyrid` is the program.
fn script(here: &Path, script: &str) -> Output {
    fs::write(here.join("scenario.toml"), SCENARIO).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(here).env("lampyrid", env!("CARGO_BIN_EXE_lampyrid")).env("NO_COLOR", "1");
    command.output().expect("a shell")
}

/// Runs a script that finds a disk of its own in `disk`; none where that is not allowed.
fn with_disk(here: &Path, options: &str, then: &str) -> Option<Output> {
    fs::create_dir_all(here.join("disk")).unwrap();
    let mount = format!("mount -t tmpfs -o {options} tmpfs disk 2>/dev/null || exit {NO_DISK}\n{then}");
    let output = script(here, &format!("exec unshare --mount sh -c '{mount}' 2>&1"));
    if code(&output) == NO_DISK || String::from_utf8_lossy(&output.stdout).contains("unshare failed") {
        println!("skipped: nothing can be mounted here");
        return None;
    }
    Some(output)
}

/// All that a script has printed.
fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_full_disk_costs_a_run_and_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let run = "$lampyrid run scenario.toml --quiet --out disk/run\ncode=$?\nls -A disk disk/run\nexit $code";
    let (mut failed, mut done) = (0, 0);
    for kib in [4, 16, 64, 128, 256, 384, 512, 640, 768, 4096] {
        let Some(output) = with_disk(scratch.path(), &format!("size={kib}k"), run) else { return };
        let printed = printed(&output);
        let is_whole = printed.lines().any(|line| line == "run.json");
        match code(&output) {
            0 => done += 1,
            5 => {
                failed += 1;
                assert!(printed.contains("free some space"), "{kib} KiB: {printed}");
                let visible = printed.lines().filter(|line| line.ends_with(".csv") || line.ends_with("g"));
                assert_eq!(visible.filter(|line| !line.starts_with('.')).count(), 0, "{kib} KiB: {printed}");
            }
            other => panic!("{kib} KiB: {other}, {printed}"),
        }
        assert_eq!(is_whole, code(&output) == 0, "{kib} KiB: {printed}");
    }
    assert!(failed > 3 && done > 0, "{failed} failed, {done} done");
}

#[test]
fn a_full_disk_leaves_the_earlier_run_as_it_was() {
    let scratch = tempfile::tempdir().unwrap();
    let script = "
        $lampyrid run scenario.toml --quiet --seed 1 --out disk/run || exit 90
        before=$(cksum disk/run/*)
        dd if=/dev/zero of=disk/filling bs=4k 2>/dev/null
        $lampyrid run scenario.toml --quiet --seed 2 --out disk/run --force
        code=$?
        test \"$before\" = \"$(cksum disk/run/*)\" || exit 91
        exit $code";
    let Some(output) = with_disk(scratch.path(), "size=2m", script) else { return };
    assert_eq!(code(&output), 5, "{}", printed(&output));
    assert!(printed(&output).contains("free some space"), "{}", printed(&output));
}

#[test]
fn a_run_that_filled_the_disk_is_resumed_once_there_is_room_again() {
    let scratch = tempfile::tempdir().unwrap();
    let script = "
        $lampyrid run scenario.toml --quiet --out whole || exit 90
        $lampyrid run scenario.toml --quiet --checkpoint-every 0.4 --out disk/run
        test $? = 5 || exit 91
        ls disk/run/checkpoints/*.lampyrid || exit 92
        mount -o remount,size=10m disk || exit 93
        $lampyrid resume disk/run --quiet || exit 94
        cmp whole/order_parameter.csv disk/run/order_parameter.csv && cmp whole/phases.csv disk/run/phases.csv";
    let Some(output) = with_disk(scratch.path(), "size=300k", script) else { return };
    assert_eq!(code(&output), 0, "{}", printed(&output));
}

#[test]
fn a_directory_that_may_only_be_read_is_refused_at_once() {
    let scratch = tempfile::tempdir().unwrap();
    let script = "
        $lampyrid run scenario.toml --quiet --checkpoint-every 1 --out disk/old || exit 90
        mount -o remount,ro disk
        for out in disk/new disk/old; do
            $lampyrid run scenario.toml --quiet --force --out $out
            test $? = 5 || exit 91
        done
        $lampyrid resume disk/old --json > record || exit 92
        cmp record disk/old/run.json";
    let Some(output) = with_disk(scratch.path(), "size=4m", script) else { return };
    let printed = printed(&output);
    assert_eq!(code(&output), 0, "{printed}");
    assert_eq!(printed.matches("choose a directory you may write to").count(), 2, "{printed}");
}

#[test]
fn a_closed_output_and_no_environment_change_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let output = script(here, "$lampyrid run scenario.toml --out a <&- >&- 2>&-");
    assert_eq!(code(&output), 0, "{}", said(&output));
    let bare = lampyrid(here).env_clear().args(["run", "scenario.toml", "--quiet", "--out", "b"]).output().unwrap();
    assert_eq!(code(&bare), 0, "{}", said(&bare));
    for name in ["order_parameter.csv", "phases.csv", "final_state.csv"] {
        assert_eq!(fs::read(here.join("a").join(name)).unwrap(), fs::read(here.join("b").join(name)).unwrap());
    }
}

#[test]
fn few_open_files_are_enough_and_too_few_are_told_of() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let enough = "ulimit -n 64; $lampyrid run scenario.toml --quiet --threads 4 --checkpoint-every 1 --out a";
    assert_eq!(code(&script(here, enough)), 0);
    assert_eq!(code(&script(here, "ulimit -n 64; $lampyrid resume a --threads 4")), 0);
    for files in 3..12 {
        let output = script(here, &format!("ulimit -n {files}; exec $lampyrid run scenario.toml --quiet --out b"));
        let is_told = said(&output).contains("open files");
        assert!(
            matches!(code(&output), 0 | 2 | 3 | 5) && is_told == (code(&output) != 0),
            "{files}: {}",
            said(&output)
        );
        let results = fs::read_dir(here.join("b")).into_iter().flatten().flatten();
        let is_visible = |name: &str| !name.starts_with('.');
        let visible = results.filter(|entry| entry.file_name().to_str().is_some_and(is_visible)).count();
        assert_eq!(visible > 0, code(&output) == 0, "{files}");
        let _ = fs::remove_dir_all(here.join("b"));
    }
}

/// A swarm that is known to be too large is refused; where memory ends before that can be known, the process is stopped,
/// and what was written stays under its temporary name.
#[test]
fn a_limit_of_memory_ends_a_run_without_half_a_result() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let large = "--set network.kind=ring --set network.agents=400000 --steps 2 --threads 1 --quiet --out a";
    let output = script(here, &format!("ulimit -v 100000; exec $lampyrid run {large}"));
    assert_eq!(code(&output), 4, "{}", said(&output));
    assert!(said(&output).contains("fewer agents"), "{}", said(&output));
    assert!(!here.join("a").exists());
    for kib in (150_000..400_000).step_by(50_000) {
        let output = script(here, &format!("ulimit -v {kib}; exec $lampyrid run {large} --force"));
        assert!(output.status.success() || said(&output).contains("memory"), "{kib}: {}", said(&output));
        assert_eq!(here.join("a/run.json").exists(), output.status.success(), "{kib}: {}", said(&output));
        let _ = fs::remove_dir_all(here.join("a"));
    }
    let output = run(here, &large.split(' ').fold(vec!["run"], |all, word| [all, vec![word]].concat()));
    assert_eq!(code(&output), 0, "{}", said(&output));
}
