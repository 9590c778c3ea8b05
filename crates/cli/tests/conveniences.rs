//! `new`, `list`, `--explain`, `--events`, `completions`, `man`, and what was probably meant.

mod support;

use std::{fs, path::Path, process::Output};

use serde_json::Value;
use support::{code, run, said};

fn printed(output: &Output) -> String {
    assert_eq!(code(output), 0, "{}", said(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn object(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

#[test]
fn a_new_scenario_runs_and_is_not_overwritten_unless_forced() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    assert!(printed(&run(here, &["new"])).contains("lampyrid run scenario.toml"));
    let short = ["--set", "time.duration=0.1", "--quiet", "--out", "a"];
    assert_eq!(code(&run(here, &[&["run", "scenario.toml"][..], &short].concat())), 0);
    let refused = run(here, &["new"]);
    assert_eq!(code(&refused), 2);
    assert!(said(&refused).contains("scenario.toml is there already") && said(&refused).contains("--force"));
    let forced = run(here, &["new", "--force", "--preset", "save_energy", "--json"]);
    assert_eq!(object(&forced)["file"], "scenario.toml");
    assert!(fs::read_to_string(here.join("scenario.toml")).unwrap().contains("\npreset = \"save_energy\""));
    assert_eq!(printed(&run(here, &["new", "-"])).lines().next().unwrap().chars().next(), Some('#'));
    let nowhere = run(here, &["new", "nowhere/a.toml"]);
    assert_eq!(code(&nowhere), 5, "{}", said(&nowhere));
}

#[test]
fn what_was_probably_meant_is_said_everywhere() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("keys.txt"), "1 pause\n2 scrambel\n").unwrap();
    for (arguments, hint) in [
        (&["rnu"][..], "did you mean `lampyrid run`?"),
        (&["wacth"], "did you mean `lampyrid watch`?"),
        (&["run", "--sed", "3"], "'--seed'"),
        (&["run", "--set", "coupling.strenght=1"], "did you mean `strength`?"),
        (&["run", "--set", "networ.agents=1"], "did you mean `network`?"),
        (&["run", "--set", "network.kind=smal_world"], "did you mean \"small_world\"?"),
        (&["run", "--set", "network.builtin=powergrid"], "did you mean \"power_grid\"?"),
        (&["run", "--set", "goal.preset=save_enrgy"], "did you mean \"save_energy\"?"),
        (&["run", "--set", "goal.pattern=spaly"], "did you mean \"splay\"?"),
        (&["run", "--set", "strategy.kind=puls"], "did you mean \"pulse\"?"),
        (&["new", "--preset", "save_enrgy"], "did you mean `save_energy`?"),
        (&["list", "preset"], "presets"),
        (&["completions", "bahs"], "bash"),
        (&["man", "rnu"], "did you mean \"run\"?"),
        (&["inspect", "x.mtx", "--direction", "revesed"], "'reversed'"),
        (&["bench", "stp"], "did you mean \"step\"?"),
        (&["watch", "--script", "keys.txt"], "keys.txt:2:3: unknown key `scrambel`; did you mean `scramble`?"),
    ] {
        let output = run(scratch.path(), arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(hint), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn lists_are_words_with_their_meaning_or_json() {
    let all = printed(&run(Path::new("."), &["list"]));
    for word in ["save_energy", "small_world", "pulse", "splay", "cut_links", "celegans", "first_sync"] {
        assert!(all.contains(word), "{word}");
    }
    let presets = object(&run(Path::new("."), &["list", "presets", "--json"]));
    assert_eq!(presets["presets"].as_array().unwrap().len(), 8);
    assert_eq!(printed(&run(Path::new("."), &["list", "--quiet"])), "");
}

#[test]
fn an_explanation_tells_cost_and_reach_and_runs_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let explain = |settings: &[&str]| {
        let sets = settings.iter().flat_map(|set| ["--set", set]);
        let arguments: Vec<_> = ["run", "--explain", "--json"].into_iter().chain(sets).collect();
        let output = run(scratch.path(), &arguments);
        (code(&output), object(&output))
    };
    let (done, grid) = explain(&[]);
    assert_eq!(
        (done, &grid["agents"], &grid["links"], &grid["steps"]),
        (0, &4941.into(), &13_188.into(), &2000.into())
    );
    assert!(grid["stepping"]["seconds"].as_f64().unwrap() > 0.0);
    assert!(grid["memory"]["estimated_bytes"].as_u64().unwrap() > 100_000);
    let (_, small) = explain(&["network.kind=small_world", "network.agents=100"]);
    assert!(small["critical_coupling"]["strength"].as_f64().unwrap() > 0.0);

    let lorentzian = ["coupling.all_to_all=true", "frequencies.distribution=lorentzian", "frequencies.half_width=0.5"];
    let (_, field) = explain(&[&lorentzian[..], &["coupling.strength=2", "network.kind=complete"]].concat());
    assert_eq!(field["critical_coupling"]["strength"], 1.0);
    assert!((field["critical_coupling"]["R"].as_f64().unwrap() - 0.5_f64.sqrt()).abs() < 1e-12);

    let made = ["network.kind=small_world", "goal.pattern=in_phase", "coupling.strength=0"];
    let (_, weak) = explain(&made);
    assert!(weak["concerns"][0].as_str().unwrap().contains("brings no phases together"));
    let (_, huge) = explain(&["network.kind=ring", "network.agents=1000000000"]);
    assert_eq!((&huge["links"], &huge["links_are_counted"]), (&8_000_000_000_u64.into(), &false.into()));
    let (refused, _) = explain(&["network.kind=ring", "memory.budget=1 KiB"]);
    assert_eq!(refused, 4);

    let text = printed(&run(scratch.path(), &["run", "--explain"]));
    assert!(text.contains("4,941 with 13,188 directed links") && text.contains("[coupling]"), "{text}");
    assert!(fs::read_dir(scratch.path()).unwrap().next().is_none(), "something was written");
}

#[test]
fn events_are_one_object_a_line_from_started_to_finished() {
    let scratch = tempfile::tempdir().unwrap();
    let scenario = "[goal]\npreset = \"save_energy\"\nsize = \"small\"\n[checkpoint]\nevery = 4.0\n\
                    [[disruption]]\nkind = \"scramble\"\nfraction = 0.5\nat = 5.0\n";
    fs::write(scratch.path().join("goal.toml"), scenario).unwrap();
    let output = run(scratch.path(), &["run", "goal.toml", "--events", "--out", "a"]);
    let text = printed(&output);
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((names[0], names[names.len() - 1]), ("started", "finished"));
    let place =
        |name| names.iter().position(|known| *known == name).unwrap_or_else(|| panic!("no {name} in {names:?}"));
    assert!(place("attained") < place("disruption") && place("disruption") < place("recovery"), "{names:?}");
    assert!(place("checkpoint") < place("finished"));
    let times: Vec<_> = events.iter().map(|event| event["time"].as_f64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(events[place("disruption")]["hit"], 25);
    let record: Value = serde_json::from_slice(&fs::read(scratch.path().join("a/run.json")).unwrap()).unwrap();
    assert_eq!(events.last().unwrap()["phase_hash"], record["phase_hash"]);
    let both = run(scratch.path(), &["run", "goal.toml", "--events", "--json", "--out", "b"]);
    assert_eq!(code(&both), 2);
}

#[test]
fn shells_and_man_are_told_of_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = printed(&run(Path::new("."), &["completions", shell]));
        assert!(text.contains("resume") && text.contains("checkpoint-every"), "{shell}");
    }
    let page = printed(&run(Path::new("."), &["man"]));
    assert!(page.contains(".TH") && page.contains("lampyrid"));
    assert!(printed(&run(Path::new("."), &["man", "watch"])).contains("script"));
}

#[test]
fn logs_go_to_standard_error_and_only_when_asked_for() {
    let scratch = tempfile::tempdir().unwrap();
    let short = ["--set", "network.kind=ring", "--set", "network.agents=20", "--steps", "5", "--quiet", "--force"];
    let scenario =
        "[[disruption]]\nkind = \"scramble\"\nfraction = 0.5\nat = 0.0\n[network]\nkind = \"ring\"\nagents = 20\n";
    fs::write(scratch.path().join("a.toml"), scenario).unwrap();
    let silent = run(scratch.path(), &[&["run", "a.toml"][..], &short].concat());
    assert_eq!(said(&silent), "");
    let told = run(scratch.path(), &[&["run", "a.toml", "-v"][..], &short].concat());
    assert!(said(&told).contains("scramble hit 10"), "{}", said(&told));
    assert!(told.stdout.is_empty() && !said(&told).contains('\u{1b}'));
}

/// Whatever stood before it, clap once took the command for a scenario.
#[test]
fn a_command_is_one_behind_the_verbose_flag_too_and_other_options_stand_behind_it() {
    let scratch = tempfile::tempdir().unwrap();
    for arguments in [&["-v", "list", "--quiet"][..], &["-vv", "list", "--quiet"], &["list", "-v", "--quiet"]] {
        assert_eq!(printed(&run(scratch.path(), arguments)), "", "{arguments:?}");
    }
    let short = ["--set", "time.duration=0.1", "--quiet", "--out", "a"];
    assert_eq!(code(&run(scratch.path(), &[&["-v", "run"][..], &short].concat())), 0);
    assert_eq!(code(&run(scratch.path(), &[&["-v"][..], &short, &["--force"]].concat())), 0);
    for arguments in [&["--seed", "7", "run"][..], &["--quiet", "list"], &["a.toml", "run"], &["-v", "--json", "run"]] {
        let refused = run(scratch.path(), arguments);
        assert_eq!(code(&refused), 2, "{arguments:?}");
        assert!(said(&refused).contains("stands before the command"), "{arguments:?}: {}", said(&refused));
    }
}
