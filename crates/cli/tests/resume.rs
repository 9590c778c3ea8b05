//! A run that was cut off anywhere, and resumed, is the run that was not.

mod support;

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use lampyrid::{checkpoint::save_checkpoint, prelude::*};
use support::{code, done, lampyrid, repository, run, said};

/// A swarm that uses what a checkpoint has to remember of a run: noise, all phases, columns over links.
const NOISY: &str = r#"
    seed = 11
    [network]
    kind = "small_world"
    agents = 60
    neighbors = 4
    rewire = 0.2
    [coupling]
    noise = 0.05
    [time]
    step = 0.02
    steps = 1500
    [record]
    every = 7
    phases = true
    columns = ["link_coherence", "R2"]
"#;

/// A goal that is reached, disrupted and reached again.
const GOAL: &str = r#"
    [goal]
    preset = "save_energy"
    size = "small"
    [[disruption]]
    kind = "cut_links"
    fraction = 0.4
    at = 4.0
    until = 5.0
    [[disruption]]
    kind = "remove"
    fraction = 0.3
    at = 4.5
"#;

fn record(directory: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(directory.join("run.json")).unwrap()).unwrap()
}

/// All results but the record and the report, which tell how long it took.
fn results(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries
        .filter(|path| path.is_file() && !["run.json", "report.html"].iter().any(|name| path.ends_with(name)))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

/// The rows of the table of events that tell of the swarm: those that tell of its run depend on what happened to it.
fn events_of_the_swarm(directory: &Path) -> Vec<String> {
    let events = fs::read_to_string(directory.join("events.csv")).unwrap_or_default();
    let is_of_the_run = |line: &&str| line.contains(",checkpoint,") || line.contains(",resumed,");
    events.lines().filter(|line| !is_of_the_run(line)).map(str::to_owned).collect()
}

/// The same results to the last byte, pictures included, and what the record tells of the swarm.
fn assert_same(found: &Path, expected: &Path) {
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (results, others) = (results(found), results(expected));
    assert_eq!(names(&results), names(&others));
    for ((name, bytes), (_, other)) in results.iter().zip(&others) {
        assert!(bytes == other || name.starts_with("events."), "{name} in {} differs", found.display());
    }
    assert_eq!(events_of_the_swarm(found), events_of_the_swarm(expected));
    let (record, other) = (record(found), record(expected));
    for key in
        ["phase_hash", "steps", "time", "final", "goal", "energy", "disruptions", "links", "network", "exit_code"]
    {
        assert_eq!(record[key], other[key], "{key}");
    }
}

fn checkpoints(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory.join("checkpoints")).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "lampyrid"));
    found.sort();
    found
}

/// A run that was killed while it put its results in place.
fn unfinished(here: &Path, name: &str, scenario: &str, further: &[&str]) -> PathBuf {
    fs::write(here.join("scenario.toml"), scenario).unwrap();
    done(here, &[&["run", "scenario.toml", "--quiet", "--out", name], further].concat());
    fs::remove_file(here.join(name).join("run.json")).unwrap();
    here.join(name)
}

fn whole(here: &Path, scenario: &str) -> PathBuf {
    fs::write(here.join("scenario.toml"), scenario).unwrap();
    done(here, &["run", "scenario.toml", "--quiet", "--out", "whole"]);
    here.join("whole")
}

/// The noisy swarm, recorded in every format that this program has.
fn in_all_formats() -> String {
    let format = if cfg!(feature = "parquet") { "both" } else { "csv" };
    NOISY.replace("phases = true", &format!("phases = true\nnpy = true\nformat = \"{format}\""))
}

#[test]
fn every_checkpoint_of_a_run_leads_to_its_end() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    for (name, scenario, every) in [("noisy", &in_all_formats()[..], "5"), ("goal", GOAL, "1.3")] {
        let whole = whole(here, scenario);
        let saved = here.join(name);
        let keep = ["--checkpoint-every", every, "--set", "checkpoint.keep=100", "--threads", "2"];
        done(here, &[&["run", "scenario.toml", "--quiet", "--out", name], &keep[..]].concat());
        assert_same(&saved, &whole);
        let found = checkpoints(&saved);
        assert!(found.len() > 3, "{found:?}");
        for (file, threads) in found.iter().zip(["1", "2", "4"].iter().cycle()) {
            let out = here.join("again");
            let file = file.to_str().unwrap();
            done(here, &["resume", file, "--threads", threads, "--quiet", "--out", "again"]);
            assert_same(&out, &whole);
            assert_eq!(record(&out)["scenario"]["output"]["dir"], "again");
            fs::remove_dir_all(&out).unwrap();
        }
        fs::remove_dir_all(&whole).unwrap();
    }
}

#[test]
fn a_run_is_resumed_in_its_own_directory_and_keeps_its_latest_checkpoints() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = whole(scratch.path(), NOISY);
    let cut = unfinished(scratch.path(), "cut", NOISY, &["--checkpoint-every", "4", "--set", "checkpoint.keep=2"]);
    assert_eq!(checkpoints(&cut).len(), 2);
    let output = done(scratch.path(), &["resume", "cut"]);
    assert!(said(&output).contains("goes on from step 1,400 of 1,500"), "{}", said(&output));
    assert_same(&cut, &whole);
    assert_eq!(checkpoints(&cut).len(), 2);

    let before = fs::read(cut.join("run.json")).unwrap();
    let again = done(scratch.path(), &["resume", "cut"]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("has come to its end"));
    let json = done(scratch.path(), &["resume", "cut", "--json"]);
    assert_eq!(json.stdout, before);
    assert_eq!(fs::read(cut.join("run.json")).unwrap(), before);
}

#[test]
fn a_damaged_checkpoint_is_passed_over_for_the_one_before_it_and_that_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = whole(scratch.path(), NOISY);
    let cut = unfinished(scratch.path(), "cut", NOISY, &["--checkpoint-every", "4"]);
    let saved = checkpoints(&cut);
    let [first, second, third] = &saved[..] else { panic!("{saved:?}") };
    let bytes = fs::read(third).unwrap();
    fs::write(third, &bytes[..bytes.len() / 2]).unwrap();
    let mut bytes = fs::read(second).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(second, bytes).unwrap();
    // Whatever the times of the files are, the good one is found.
    let output = done(scratch.path(), &["resume", "cut", "--quiet"]);
    assert!(said(&output).contains("is damaged") && said(&output).contains("warning: "), "{}", said(&output));
    assert_same(&cut, &whole);

    fs::remove_file(cut.join("run.json")).unwrap();
    for saved in checkpoints(&cut) {
        fs::write(saved, b"\x8bLAMPYR\n and nothing more").unwrap();
    }
    let before = results(&cut);
    let output = run(scratch.path(), &["resume", "cut"]);
    assert_eq!(code(&output), 3, "{}", said(&output));
    assert!(said(&output).contains("is damaged"), "{}", said(&output));
    assert_eq!(results(&cut), before);
    assert!(first.exists());
}

#[test]
fn what_cannot_be_resumed_is_refused_with_its_exit_code_and_nothing_is_lost() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let cut = unfinished(here, "cut", NOISY, &["--checkpoint-every", "4"]);
    let saved = checkpoints(&cut).remove(0);
    let saved = saved.to_str().unwrap();
    done(here, &["run", "scenario.toml", "--seed", "12", "--quiet", "--out", "other"]);
    fs::create_dir_all(here.join("other/checkpoints")).unwrap();
    let stray = here.join("other/checkpoints").join(Path::new(saved).file_name().unwrap());
    fs::copy(saved, &stray).unwrap();
    fs::create_dir(here.join("empty")).unwrap();
    fs::write(here.join("text"), "not a checkpoint").unwrap();
    let forged = |name: &str, place: usize, bytes: [u8; 4]| {
        let mut whole = fs::read(saved).unwrap();
        whole[place..place + 4].copy_from_slice(&bytes);
        let checksum = crc(&whole[..28]);
        whole[28..32].copy_from_slice(&checksum.to_le_bytes());
        fs::write(here.join(name), whole).unwrap();
    };
    fs::write(here.join("file"), "in the way").unwrap();
    let mut world = World::new();
    install_swarm(&mut world);
    save_checkpoint(&mut world, &here.join("app")).unwrap();
    forged("newer", 8, 99_u32.to_le_bytes());
    forged("swapped", 12, 0x0a0b_0c0d_u32.to_be_bytes());
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&["resume", "missing"], 3, &["missing", "check the path"]),
        (&["resume", "empty"], 3, &["holds no checkpoint", "--checkpoint-every"]),
        (&["resume", "text"], 3, &["text is no checkpoint"]),
        (&["resume", "newer"], 3, &["format version 99", "newer"]),
        (&["resume", "swapped"], 3, &["another byte order"]),
        (&["resume", "app"], 3, &["it has no record run"]),
        (&["resume", "scenario.toml"], 3, &["scenario.toml is no checkpoint"]),
        (&["resume", "cut", "--out", "file"], 5, &["a file is in the way"]),
        (&["resume", saved, "--out", "other"], 2, &["already holds a run", "--force"]),
        (&["resume", stray.to_str().unwrap()], 3, &["does not begin with the", "rows"]),
        (&["resume", "other"], 3, &["does not begin with the", "rows"]),
        (&["run", "scenario.toml", "--out", "cut"], 2, &["already holds a run"]),
        (&["run", "--checkpoint-every", "0"], 2, &["--checkpoint-every"]),
        (&["run", "--set", "checkpoint.keep=0"], 2, &["checkpoint.keep"]),
        (&["run", "--set", "checkpoint.evry=1"], 2, &["did you mean", "every"]),
    ];
    let before = (results(&cut), results(&here.join("other")), record(&here.join("other")));
    let mut report = String::new();
    for (arguments, expected, parts) in cases {
        let output = run(here, arguments);
        let text = format!("## {}\n{}\n", arguments.join(" "), said(&output));
        report += &text.replace(here.to_str().unwrap(), "/here");
        assert_eq!(code(&output), *expected, "{arguments:?}: {}", said(&output));
        for part in *parts {
            assert!(said(&output).contains(part), "{arguments:?} does not say {part}: {}", said(&output));
        }
        let after = (results(&cut), results(&here.join("other")), record(&here.join("other")));
        assert!(after == before, "{arguments:?}");
    }
    insta::assert_snapshot!(report);
    // What a run leaves that was killed before it had any results under their names.
    let names = results(&cut).into_iter().map(|(name, _)| name).chain(["report.html".to_owned()]);
    for name in names {
        let partial = format!(".{name}.partial");
        fs::rename(cut.join(&name), cut.join(partial)).unwrap();
    }
    let output = run(here, &["run", "scenario.toml", "--out", "cut"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("lampyrid resume cut"), "{}", said(&output));
    done(here, &["resume", "cut", "--quiet"]);
}

#[test]
fn a_network_that_has_changed_since_is_noticed() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let network = here.join("net.csv");
    fs::write(&network, "source,target\na,b\nb,a\nb,c\nc,b\n").unwrap();
    let scenario = "[network]\nfile = \"net.csv\"\n[time]\nsteps = 100\nstep = 0.1\n";
    let cut = unfinished(here, "cut", scenario, &["--checkpoint-every", "4"]);
    let names = fs::read_to_string(cut.join("final_state.csv")).unwrap();
    let kept = fs::read(&network).unwrap();
    fs::write(&network, "source,target\na,b\nb,a\nc,a\nc,b\n").unwrap();
    let output = run(here, &["resume", "cut"]);
    assert_eq!(code(&output), 3, "{}", said(&output));
    assert!(said(&output).contains("net.csv has changed since"), "{}", said(&output));
    fs::write(&network, kept).unwrap();
    // From another directory too.
    fs::create_dir(here.join("deeper")).unwrap();
    done(&here.join("deeper"), &["resume", "../cut", "--quiet"]);
    assert_eq!(fs::read_to_string(cut.join("final_state.csv")).unwrap(), names);
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_goes_on_where_it_was_and_nobody_else_may_write_meanwhile() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let long = NOISY.replace("steps = 1500", "steps = 60000").replace("every = 7", "every = 700");
    let whole = whole(here, &long);
    for (signal, name) in [("-INT", "interrupted"), ("-TERM", "terminated")] {
        let mut child = lampyrid(here)
            .args(["run", "scenario.toml", "--out", name])
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The first line is printed when everything is ready to run.
        child.stderr.as_mut().unwrap().read_exact(&mut [0; 1]).unwrap();
        for arguments in [&["resume", name][..], &["run", "scenario.toml", "--force", "--out", name]] {
            let refused = run(here, arguments);
            assert_eq!(code(&refused), 5, "{arguments:?}: {}", said(&refused));
            assert!(said(&refused).contains("is being written by another run"), "{}", said(&refused));
        }
        let id = child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 130, "{}", said(&output));
        assert_eq!(record(&here.join(name))["interrupted"], true);
        assert_eq!(checkpoints(&here.join(name)).len(), 1);
        done(here, &["resume", name, "--quiet", "--threads", "1"]);
        assert_same(&here.join(name), &whole);
    }
}

#[test]
fn a_run_that_outgrew_its_memory_leaves_a_checkpoint_with_its_files() {
    let scratch = tempfile::tempdir().unwrap();
    let memory = "\n[memory]\nbudget = \"1 KiB\"\npolicy = \"pause\"\n";
    fs::write(scratch.path().join("scenario.toml"), format!("{NOISY}{memory}")).unwrap();
    for arguments in [&["run", "scenario.toml", "--out", "large"][..], &["resume", "large"]] {
        let output = run(scratch.path(), arguments);
        assert_eq!(code(&output), 4, "{arguments:?}: {}", said(&output));
        let large = scratch.path().join("large");
        assert_eq!((checkpoints(&large).len(), &record(&large)["steps"]), (1, &1.into()));
        let series = fs::read_to_string(large.join("order_parameter.csv")).unwrap();
        assert_eq!(series.lines().count(), 3, "{series}");
    }
}

#[test]
fn another_run_takes_the_place_of_one_with_checkpoints_whole_and_only_at_its_end() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    fs::write(here.join("scenario.toml"), NOISY).unwrap();
    done(here, &["run", "scenario.toml", "--quiet", "--out", "a", "--checkpoint-every", "4"]);
    let (before, saved) = (results(&here.join("a")), checkpoints(&here.join("a")));
    let broken = ["--set", "coupling.strength=1e308", "--set", "time.step=1e300", "--checkpoint-every", "1e300"];
    let failed = run(here, &[&["run", "scenario.toml", "--force", "--out", "a"], &broken[..]].concat());
    assert_ne!(code(&failed), 0);
    assert_eq!(results(&here.join("a")), before);
    assert!(saved.iter().all(|file| file.exists()), "of the run that is still there");
    done(here, &["run", "scenario.toml", "--quiet", "--force", "--seed", "3", "--out", "a"]);
    assert_eq!(record(&here.join("a"))["seed"], 3);
    assert!(checkpoints(&here.join("a")).is_empty());
}

/// One run directory of each version of the format stays here: a run that was killed, its rows and a checkpoint.
#[test]
fn a_run_that_the_first_version_left_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let (left, cut) = (repository("crates/cli/tests/runs/v1"), scratch.path().join("cut"));
    for below in ["", "checkpoints"] {
        fs::create_dir_all(cut.join(below)).unwrap();
        let files = fs::read_dir(left.join(below)).unwrap().map(|entry| entry.unwrap().path());
        for path in files.filter(|path| path.is_file() && path.extension().is_some_and(|of| of != "md")) {
            fs::copy(&path, cut.join(below).join(path.file_name().unwrap())).unwrap();
        }
    }
    let output = done(scratch.path(), &["resume", "cut"]);
    assert!(said(&output).contains("goes on from step 60 of 100"), "{}", said(&output));
    let record = record(&cut);
    assert_eq!((record["phase_hash"].as_str(), record["steps"].as_u64()), (Some(V1_HASH), Some(100)));
    let rows = |path: PathBuf| fs::read_to_string(path).unwrap();
    let series = rows(cut.join("order_parameter.csv"));
    assert!(series.starts_with(&rows(left.join(".order_parameter.csv.partial"))));
    assert!(rows(cut.join("phases.csv")).starts_with(&rows(left.join(".phases.csv.partial"))));
    let times: Vec<&str> = series.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(times, ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.4000000000000001", "1.6", "1.8", "2"]);
    let events = rows(cut.join("events.csv"));
    assert!(events.contains(",disruption,") && events.contains("1.2,resumed,60,"), "{events}");
}

/// Of the run of `runs/v1` at its end, as it was when nothing had happened to it.
const V1_HASH: &str = "4a530eb38e11a690";

/// `LAMPYRID_KILLS` says how often; 20 times if it does not.
#[test]
fn a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_been() {
    let kills: u64 = std::env::var("LAMPYRID_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(20);
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let whole = whole(here, &in_all_formats());
    let cut = here.join("cut");
    let run_it = ["run", "scenario.toml", "--checkpoint-every", "0.1", "--quiet", "--out", "cut"];
    let mut numbers = (1_u64..).map(|k| k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33);
    let (mut killed, mut resumed, mut ended) = (0, 0, 0);
    while killed < kills {
        let is_saved = !checkpoints(&cut).is_empty();
        let arguments = if is_saved { &["resume", "cut", "--quiet"][..] } else { &run_it };
        let mut child = lampyrid(here).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(5_000 + numbers.next().unwrap() % 250_000));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            None => (killed, resumed) = (killed + 1, resumed + u64::from(is_saved)),
            Some(0) => {
                // It was quicker than the kill.
                assert_same(&cut, &whole);
                fs::remove_dir_all(&cut).unwrap();
                ended += 1;
            }
            Some(code) => panic!("{arguments:?} ended with {code}: {}", said(&output)),
        }
    }
    if checkpoints(&cut).is_empty() {
        done(here, &run_it);
    }
    done(here, &["resume", "cut", "--quiet"]);
    assert_same(&cut, &whole);
    assert!(resumed > 0 || ended > 0, "{killed} kills, {resumed} of a run that was resumed");
}

/// CRC-32 as of ISO 3309, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
