//! What the program promises: results, exit codes, and that nothing is ever lost.

mod support;

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use support::{code, lampyrid, repository, run, said};

const SMALL: &[&str] = &["run", "--set", "network.kind=ring", "--set", "network.agents=50", "--set", "time.duration=1"];

fn small(directory: &Path, further: &[&str]) -> Output {
    run(directory, &[SMALL, further].concat())
}

fn record(directory: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(directory.join("run.json")).unwrap()).unwrap()
}

fn files(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_leaves_numbers_and_pictures_and_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let output = small(scratch.path(), &["--out", "results"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let results = scratch.path().join("results");
    let expected = [
        "events.csv",
        "final_state.csv",
        "order_parameter.csv",
        "order_parameter.png",
        "order_parameter.svg",
        "phase_circles.png",
        "phase_circles.svg",
        "phase_raster.png",
        "phase_raster.svg",
        "recording.lampyrid",
        "report.html",
        "run.json",
    ];
    assert_eq!(files(&results), expected);
    let record = record(&results);
    assert_eq!((record["agents"].as_u64(), record["steps"].as_u64()), (Some(50), Some(50)));
    assert_eq!(record["time"].as_f64(), Some(1.0));
    let last = fs::read_to_string(results.join("order_parameter.csv")).unwrap();
    let last: Vec<&str> = last.lines().last().unwrap().split(',').collect();
    assert_eq!(last[1].parse::<f64>().unwrap(), record["final"]["R"].as_f64().unwrap());
    assert!(String::from_utf8_lossy(&output.stdout).contains("Results are in results"));
}

#[test]
fn step_times_are_told_in_their_order_and_not_without_steps() {
    let scratch = tempfile::tempdir().unwrap();
    let output = small(scratch.path(), &["--out", "some", "--steps", "300"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("95 % at most"));
    let some = record(&scratch.path().join("some"));
    let [p50, p95, p99] = ["p50", "p95", "p99"].map(|p| some[format!("step_seconds_{p}")].as_f64().unwrap());
    assert!(0.0 < p50 && p50 <= p95 && p95 <= p99 && p99 <= some["wall_seconds"].as_f64().unwrap());
    small(scratch.path(), &["--out", "none", "--steps", "0"]);
    assert!(record(&scratch.path().join("none"))["step_seconds_p50"].is_null());
}

#[test]
fn a_swarm_beyond_its_budget_is_refused_before_anything_is_built_or_written() {
    let scratch = tempfile::tempdir().unwrap();
    let refused = |further: &[&str]| {
        let output = small(scratch.path(), &[&["--out", "refused"], further].concat());
        assert_eq!(code(&output), 4, "{}", said(&output));
        assert!(files(scratch.path()).is_empty());
        said(&output)
    };
    let total = refused(&["--set", "memory.budget=1 KiB"]);
    assert!(total.contains("in total") && total.contains("memory.budget = 1.0 KiB") && total.contains("raise it"));
    let each = refused(&["--set", "memory.per_agent=100"]);
    assert!(each.contains("per agent, more than memory.per_agent = 100 B"), "{each}");
    // Its network alone would take more than any machine has.
    refused(&["--set", "memory.budget=1 MiB", "--set", "network.agents=4e9"]);
}

#[test]
fn a_swarm_that_outgrows_its_budget_ends_with_whole_files_and_its_own_exit_code() {
    let scratch = tempfile::tempdir().unwrap();
    let paused = ["--set", "memory.policy=pause", "--set", "memory.budget=1 KiB", "--out", "paused"];
    let output = small(scratch.path(), &paused);
    assert_eq!(code(&output), 4, "{}", said(&output));
    assert!(said(&output).contains("ended at step 1: the swarm holds"), "{}", said(&output));
    let found = record(&scratch.path().join("paused"));
    assert_eq!((found["exit_code"].as_u64(), found["steps"].as_u64()), (Some(4), Some(1)));
    assert_eq!(found["memory"]["budget_exceeded"], true);
    assert!(scratch.path().join("paused/final_state.csv").exists());
}

#[test]
fn a_budget_that_only_warns_or_is_kept_changes_no_result() {
    let scratch = tempfile::tempdir().unwrap();
    let run = |name: &str, further: &[&str]| {
        let output = small(scratch.path(), &[&["--out", name], further].concat());
        assert_eq!(code(&output), 0, "{}", said(&output));
        (record(&scratch.path().join(name)), said(&output))
    };
    let (free, _) = run("free", &[]);
    let (kept, _) = run("kept", &["--set", "memory.budget=1 MiB"]);
    let (warned, said) = run("warned", &["--set", "memory.budget=1 KiB", "--set", "memory.policy=warn"]);
    assert!(said.contains("warning: the swarm held more memory"), "{said}");
    for other in [&kept, &warned] {
        assert_eq!(other["phase_hash"], free["phase_hash"]);
    }
    assert_eq!(
        (&kept["memory"]["budget_exceeded"], &warned["memory"]["budget_exceeded"]),
        (&false.into(), &true.into())
    );
    assert_eq!(kept["memory"]["estimated_bytes"], free["memory"]["estimated_bytes"]);
}

#[test]
fn metrics_tell_what_the_run_cost_and_did() {
    let scratch = tempfile::tempdir().unwrap();
    small(scratch.path(), &["--out", "a", "--threads", "2"]);
    let record = record(&scratch.path().join("a"));
    let metrics = &record["metrics"];
    assert_eq!((metrics["threads"].as_u64(), metrics["agents"].as_u64()), (Some(2), Some(50)));
    assert_eq!((&metrics["links"], &metrics["index_rebuilds"]), (&record["links"], &1.into()));
    assert_eq!(metrics["agent_updates_per_second"], record["agent_steps_per_second"]);
    let bytes = |key: &str| metrics[key].as_u64().unwrap();
    assert!(bytes("live_bytes") > 10_000 && bytes("peak_bytes") >= bytes("live_bytes"), "{metrics}");
    assert!(bytes("resident_bytes") <= record["memory"]["peak_resident_bytes"].as_u64().unwrap() + (1 << 20));
}

#[cfg(feature = "prometheus")]
#[test]
fn metrics_for_prometheus_are_written_whole_or_the_run_does_not_begin() {
    let scratch = tempfile::tempdir().unwrap();
    let output = small(scratch.path(), &["--out", "a", "--metrics", "lampyrid.prom"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let text = fs::read_to_string(scratch.path().join("lampyrid.prom")).unwrap();
    for line in ["# TYPE lampyrid_steps_total counter", "lampyrid_steps_total 50", "lampyrid_agents 50"] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    assert_eq!(files(scratch.path()), ["a", "lampyrid.prom"]);

    let nowhere = small(scratch.path(), &["--out", "b", "--metrics", "nowhere/lampyrid.prom"]);
    assert_eq!(code(&nowhere), 5, "{}", said(&nowhere));
    assert!(said(&nowhere).contains("nowhere/lampyrid.prom") && said(&nowhere).contains("--metrics"));
    assert!(!scratch.path().join("b").exists());
}

#[test]
fn no_steps_write_the_initial_state() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("ring.csv"), "source,target\n0,1\n1,2\n2,0\n").unwrap();
    fs::write(scratch.path().join("theta0.csv"), "0.5\n1.5\n-1.0\n").unwrap();
    let output = run(
        scratch.path(),
        &["run", "--steps", "0", "--out", "start", "--set", "network.file=ring.csv", "--set", "phases.file=theta0.csv"],
    );
    assert_eq!(code(&output), 0, "{}", said(&output));
    let state = fs::read_to_string(scratch.path().join("start/final_state.csv")).unwrap();
    let phases: Vec<&str> = state.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(phases, ["0.50000000000000000", "1.5000000000000000", "5.2831853071795862"]);
    assert_eq!(record(&scratch.path().join("start"))["steps"], 0);
}

#[test]
fn threads_and_repetition_change_no_bit() {
    let scratch = tempfile::tempdir().unwrap();
    let hash = |name: &str, further: &[&str]| {
        let noise = ["--set", "coupling.noise=0.1", "--set", "network.agents=20000", "--steps", "20"];
        let output = small(scratch.path(), &[&noise, further, &["--out", name, "--quiet"]].concat());
        assert_eq!(code(&output), 0, "{}", said(&output));
        record(&scratch.path().join(name))["phase_hash"].as_str().unwrap().to_owned()
    };
    let first = hash("one", &["--threads", "1"]);
    for threads in ["2", "3", "4", "8"] {
        assert_eq!(hash(threads, &["--threads", threads]), first, "{threads} threads");
    }
    assert_ne!(hash("seed", &["--seed", "7"]), first);
}

#[test]
fn an_earlier_run_is_replaced_only_when_forced_and_only_by_a_whole_one() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    assert_eq!(code(&small(here, &["--out", "results", "--set", "record.phases=true"])), 0);
    let before = record(&here.join("results"));

    let refused = small(here, &["--out", "results", "--seed", "7"]);
    assert_eq!(code(&refused), 2);
    assert!(said(&refused).contains("already holds a run") && said(&refused).contains("--force"));
    assert_eq!(record(&here.join("results")), before);

    let broken = small(here, &["--out", "results", "--force", "--set", "phases.file=missing.csv"]);
    assert_eq!(code(&broken), 3);
    assert_eq!(record(&here.join("results")), before);

    assert_eq!(code(&small(here, &["--out", "results", "--force", "--seed", "7"])), 0);
    assert_eq!(record(&here.join("results"))["seed"], 7);
    assert!(!here.join("results/phases.csv").exists(), "a file of the earlier run has stayed");
}

#[test]
fn quiet_is_quiet_and_json_is_json() {
    let scratch = tempfile::tempdir().unwrap();
    let quiet = small(scratch.path(), &["--quiet", "--out", "a"]);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
    let json = small(scratch.path(), &["--json", "--out", "b"]);
    let printed: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(printed, record(&scratch.path().join("b")));
}

#[test]
fn without_a_terminal_progress_is_a_line_for_each_tenth() {
    let scratch = tempfile::tempdir().unwrap();
    let output = small(scratch.path(), &["--out", "a", "--steps", "1000"]);
    let text = said(&output);
    assert_eq!(text.lines().filter(|line| line.contains('%')).count(), 10, "{text}");
    assert!(!text.contains('\r') && !text.contains('\u{1b}'), "control codes outside a terminal");
}

/// Wrong arguments and scenarios, the exit code, and what the message must say.
#[test]
fn wrong_input_has_its_exit_code_and_a_message_with_the_place_and_a_remedy() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let write = |name: &str, bytes: &[u8]| fs::write(here.join(name), bytes).unwrap();
    write("typo.toml", b"seed = 1\n[coupling]\nstrenght = 2.0\n");
    write("type.toml", b"[time]\nstep = \"fast\"\n");
    write("empty.mtx", b"");
    write("binary.mtx", &[0, 159, 146, 150, 0, 1, 2]);
    write("banner.mtx", b"%%MatrixMarkt matrix coordinate pattern general\n1 1 0\n");
    write("short.mtx", b"%%MatrixMarket matrix coordinate pattern general\n3 3 4\n1 2\n2 3\n");
    write("range.mtx", b"%%MatrixMarket matrix coordinate pattern general\n3 3 1\n1 4\n");
    write(
        "huge.mtx",
        b"%%MatrixMarket matrix coordinate pattern general\n1000000000000000000 1000000000000000000 1\n1 1\n",
    );
    write("nan.mtx", b"%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 nan\n");
    write("ok.mtx", b"%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 2\n");
    write("twice.mtx", b"%%MatrixMarket matrix coordinate pattern general\n3 3 2\n2 1\n2 1\n");
    write("two.csv", b"0.1\n0.2\n");
    write("inf.csv", b"0.1\n0.2\ninf\n");
    write("broken.graphml", b"<graphml><graph edgedefault=\"directed\"><node id=\"a\"/>");
    write("file", b"not a directory");
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&["run", "typo.toml"], 2, &["typo.toml:3:1", "strenght", "strength"]),
        (&["run", "type.toml"], 2, &["type.toml:2:8", "time.step"]),
        (&["run", "missing.toml"], 2, &["missing.toml"]),
        (&["run", "--set", "time.step=0"], 2, &["time.step", "--set"]),
        (&["run", "--set", "time.step=inf"], 2, &["time.step"]),
        (&["run", "--set", "network.kind=ring", "--set", "network.agents=0"], 2, &["agents"]),
        (&["run", "--set", "coupling.strenght=1"], 2, &["strength"]),
        (&["run", "--set", "nonsense"], 2, &["key=value"]),
        (&["run", "--seed", "-1"], 2, &["--seed"]),
        (&["run", "--threads", "0"], 2, &["--threads"]),
        (&["run", "--unknown"], 2, &["--unknown"]),
        (&["run", "--set", "network.file=missing.mtx"], 3, &["missing.mtx"]),
        (&["run", "--set", "network.file=empty.mtx"], 3, &["empty.mtx"]),
        (&["run", "--set", "network.file=binary.mtx"], 3, &["binary.mtx"]),
        (&["run", "--set", "network.file=banner.mtx"], 3, &["banner.mtx:1"]),
        (&["run", "--set", "network.file=short.mtx"], 3, &["short.mtx", "4", "2"]),
        (&["run", "--set", "network.file=range.mtx"], 3, &["range.mtx:3:3", "4"]),
        (&["run", "--set", "network.file=huge.mtx"], 3, &["huge.mtx:2"]),
        (&["run", "--set", "network.file=nan.mtx"], 3, &["nan.mtx:3:5"]),
        (&["run", "--set", "network.file=broken.graphml"], 3, &["broken.graphml"]),
        (&["run", "--set", "network.file=twice.mtx", "--strict"], 3, &["twice.mtx:4"]),
        (&["run", "--set", "network.file=."], 3, &["directory"]),
        (&["run", "--set", "network.file=ok.mtx", "--set", "phases.file=two.csv"], 3, &["two.csv", "3", "2"]),
        (&["run", "--set", "network.file=ok.mtx", "--set", "frequencies.file=inf.csv"], 3, &["inf.csv:3:1"]),
        (&["run", "--set", "network.file=ok.mtx", "--out", "file"], 5, &["file"]),
        (&["run", "--set", "network.file=ok.mtx", "--out", "file/below"], 5, &["file"]),
        (&["inspect", "missing.mtx"], 3, &["missing.mtx"]),
        (&["inspect", "short.mtx"], 3, &["short.mtx"]),
    ];
    let before = files(here);
    for (arguments, expected, parts) in cases {
        let output = run(here, arguments);
        assert_eq!(code(&output), *expected, "{arguments:?}: {}", said(&output));
        for part in *parts {
            assert!(said(&output).contains(part), "{arguments:?} does not say {part}: {}", said(&output));
        }
        assert!(output.stdout.is_empty());
        assert_eq!(files(here), before, "{arguments:?} left something behind");
    }
}

#[test]
fn a_swarm_of_drifters_is_legal() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("none.mtx"), "%%MatrixMarket matrix coordinate pattern general\n4 4 0\n").unwrap();
    let output = run(scratch.path(), &["run", "--set", "network.file=none.mtx", "--out", "a", "--steps", "10"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(record(&scratch.path().join("a"))["links"], 0);
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_ends_with_whole_files_and_its_own_exit_code() {
    let scratch = tempfile::tempdir().unwrap();
    for (signal, name) in [("-INT", "interrupted"), ("-TERM", "terminated")] {
        let mut child = lampyrid(scratch.path())
            .args(SMALL)
            .args(["--set", "time.duration=1e9", "--out", name])
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The first line is printed when everything is ready to run.
        let mut first = [0; 1];
        child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let sent = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 130);
        let results = scratch.path().join(name);
        let record = record(&results);
        assert_eq!(record["interrupted"], true);
        assert_eq!(record["exit_code"], 130);
        let steps = record["steps"].as_u64().unwrap();
        let series = fs::read_to_string(results.join("order_parameter.csv")).unwrap();
        let last: f64 = series.lines().last().unwrap().split(',').next().unwrap().parse().unwrap();
        assert!((last - steps as f64 * 0.02).abs() < 1e-6, "the last row is at {last} s, the run at step {steps}");
        assert!(files(&results).iter().all(|name| !name.ends_with(".partial")));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_standard_output_is_an_error_that_costs_no_file() {
    let scratch = tempfile::tempdir().unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = lampyrid(scratch.path()).args(SMALL).args(["--out", "a"]).stdout(full).stderr(Stdio::piped()).spawn();
    let output = child.unwrap().wait_with_output().unwrap();
    assert_eq!(code(&output), 5);
    assert!(said(&output).contains("standard output"));
    assert_eq!(record(&scratch.path().join("a"))["exit_code"], 0);

    let mut child = lampyrid(scratch.path())
        .args(["inspect", repository("data/power.mtx").to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 5, "{}", said(&output));
}

#[test]
fn a_run_with_a_goal_ends_when_it_is_attained_at_the_same_step_on_any_number_of_threads() {
    let scratch = tempfile::tempdir().unwrap();
    let goal = ["run", "--set", "goal.preset=distribute_load", "--set", "goal.size=small"];
    let outcome = |threads: &str, out: &str| {
        let output = run(scratch.path(), &[&goal[..], &["--threads", threads, "--out", out]].concat());
        assert_eq!(code(&output), 0, "{}", said(&output));
        let record = record(&scratch.path().join(out));
        let goal = &record["goal"];
        assert_eq!((goal["attained"].as_bool(), goal["pattern"].as_str()), (Some(true), Some("splay")));
        let (since, time) = (goal["time_to_goal"].as_f64().unwrap(), record["time"].as_f64().unwrap());
        assert!((time - since - 1.0).abs() < 1e-9, "held for a second, then over");
        (record["steps"].as_u64().unwrap(), record["phase_hash"].as_str().unwrap().to_owned())
    };
    let expected = outcome("1", "one");
    assert_eq!(outcome("3", "three"), expected);
}

#[test]
fn a_goal_that_is_missed_ends_with_its_own_exit_code_and_all_its_files() {
    let scratch = tempfile::tempdir().unwrap();
    let missed = ["--set", "goal.pattern=in_phase", "--set", "coupling.strength=0", "--out", "missed"];
    let output = small(scratch.path(), &missed);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let record = record(&scratch.path().join("missed"));
    assert_eq!((record["goal"]["attained"].as_bool(), record["exit_code"].as_u64()), (Some(false), Some(1)));
    assert!(said(&output).contains("warning: a coupling strength of 0 rad/s brings no phases together"));
    assert!(record["goal"]["time_to_goal"].is_null());
}

#[test]
fn a_run_tells_of_disruptions_recoveries_strategies_and_energy() {
    let scratch = tempfile::tempdir().unwrap();
    let scenario = r#"
        [goal]
        preset = "save_energy"
        size = "small"
        [record]
        phases = true
        columns = ["link_coherence", "local_coherence"]
        [[disruption]]
        kind = "scramble"
        fraction = 0.3
        at = 5.0
        [[disruption]]
        kind = "remove"
        fraction = 0.3
        at = 9.0
    "#;
    fs::write(scratch.path().join("goal.toml"), scenario).unwrap();
    let output = run(scratch.path(), &["run", "goal.toml", "--out", "a"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let record = record(&scratch.path().join("a"));
    let hits: Vec<_> = record["disruptions"].as_array().unwrap().iter().map(|one| one["hit"].as_u64()).collect();
    assert_eq!(hits, [Some(15), Some(15)]);
    assert_eq!(record["goal"]["recoveries"].as_array().unwrap().len(), 2);
    assert_eq!(record["goal"]["strategies"][0]["strategy"], "energy_aware");
    let energy = |key: &str| record["energy"][key].as_f64().unwrap();
    assert!(energy("spent") > 50.0 && energy("recovered") > 0.0 && energy("refused") >= 0.0);
    let phases = fs::read_to_string(scratch.path().join("a/phases.csv")).unwrap();
    let last = phases.lines().last().unwrap();
    assert_eq!(last.split(',').filter(|field| field.is_empty()).count(), 15, "the removed have no phase");
    let states = fs::read_to_string(scratch.path().join("a/final_state.csv")).unwrap();
    assert_eq!(states.lines().count(), 1 + 35);
}

#[test]
fn wrong_goals_strategies_and_disruptions_are_pointed_at() {
    let scratch = tempfile::tempdir().unwrap();
    let cases = [
        ("goal.preset=save_enrgy", "did you mean \"save_energy\"?"),
        ("goal.target=1.5", "above 0 and at most 1"),
        ("goal.hold=0", "above 0"),
        ("goal={pattern=\"clusters\", clusters=0}", "from 1 to 1000"),
        ("goal.size=tiny", "goal without preset"),
        ("strategy.kind=frequency_look", "did you mean \"frequency_lock\"?"),
        ("strategy={kind=\"desync\", gain=2}", "desync takes rate"),
        ("energy.capacity=0", "above 0"),
        ("disruption=[{kind=\"scramble\", fraction=1.5, at=1}]", "above 0 and at most 1"),
        ("disruption=[{kind=\"scramble\", fraction=0.5, at=-1}]", "0 or above"),
        ("disruption=[{kind=\"silence\", fraction=0.5, at=3, until=2}]", "later than its beginning"),
        ("disruption=[{kind=\"remove\", fraction=0.5, at=3, until=4}]", "it cannot be taken back"),
        ("disruption=[{kind=\"silence\", at=3}]", "fraction"),
        ("disruption=[{kind=\"silence\", fraction=0.5, at=3, fractoin=1}]", "did you mean `fraction`?"),
    ];
    for (set, expected) in cases {
        let output = run(scratch.path(), &["run", "--set", set]);
        let text = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code(&output), 2, "{set}: {text}");
        assert!(text.contains(expected), "{set}: {text}");
    }
    assert!(files(scratch.path()).is_empty());
}

#[test]
fn inspect_tells_what_is_known_of_the_power_grid() {
    let output = run(&repository("."), &["inspect", "data/power.mtx", "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((found["nodes"].as_u64(), found["links"].as_u64()), (Some(4941), Some(13_188)));
    assert_eq!((found["components"].as_u64(), found["symmetric"].as_bool()), (Some(1), Some(true)));
    // Watts & Strogatz 1998, table 1: C = 0.080, k = 2.67.
    assert!((found["average_clustering"].as_f64().unwrap() - 0.080).abs() < 0.001);
    assert!((found["in_degree"]["mean"].as_f64().unwrap() - 2.67).abs() < 0.005);
}

#[test]
fn inspect_warns_of_a_network_that_falls_into_parts() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("parts.csv"), "source,target\n0,1\n1,0\n2,3\n3,2\n").unwrap();
    let output = run(scratch.path(), &["inspect", "parts.csv"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(text.contains("its 2 parts do not hear each other"), "{text}");
    // Two of each: half the difference of their frequencies.
    let json = run(scratch.path(), &["inspect", "parts.csv", "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let [degree, sum] = ["degree", "sum"].map(|by| found["critical_coupling"][by].as_f64().unwrap());
    assert!(degree > 0.0 && (degree - sum).abs() < 1e-12);
    assert_eq!(found["algebraic_connectivity"].as_f64(), Some(0.0));
}

#[test]
fn bench_tells_each_number_it_was_asked_for_with_its_bar() {
    let scratch = tempfile::tempdir().unwrap();
    let asked = ["bench", "--quick", "--json", "construction", "coherence/read"];
    let output = run(scratch.path(), &asked);
    assert_eq!(code(&output), 0, "{}", said(&output));
    fs::write(scratch.path().join("before.json"), &output.stdout).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cases = report["cases"].as_array().unwrap();
    let names: Vec<_> = cases.iter().map(|case| case["name"].as_str().unwrap()).collect();
    let sizes = ["fixed", "10", "100", "500", "1000"];
    let mut expected: Vec<_> = sizes
        .iter()
        .flat_map(|size| ["bytes", "allocations"].map(|measure| format!("construction/{size}/{measure}")))
        .collect();
    expected.push("coherence/read/ns".to_owned());
    assert_eq!(names, expected);
    // Counted, not timed: these hold on any machine.
    for case in &cases[2..10] {
        assert!(case["value"].as_f64().unwrap() > 0.0 && case["holds"] == true, "{case}");
        assert!(case["value"].as_f64() <= case["bar"].as_f64() && !case["unit"].as_str().unwrap().is_empty());
    }

    let compared = run(scratch.path(), &["bench", "--quick", "construction/10", "--against", "before.json"]);
    let table = String::from_utf8(compared.stdout.clone()).unwrap();
    assert_eq!(code(&compared), 0, "{}", said(&compared));
    let row = table.lines().find(|line| line.starts_with("construction/10/bytes")).unwrap();
    assert!(row.ends_with("as before"), "{table}");
    assert!(!table.contains("construction/100/"), "{table}");
}

#[test]
fn bench_names_what_it_cannot_find_before_it_measures_anything() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("wrong.json"), "{\"cases\": 3}").unwrap();
    for (arguments, expected, hints) in [
        (&["bench", "stp"][..], 2, &["stp", "did you mean", "step"][..]),
        (&["bench", "construction/11"], 2, &["construction/11", "construction/1"]),
        (&["bench", "--against", "missing.json"], 3, &["missing.json", "lampyrid bench --json"]),
        (&["bench", "--against", "wrong.json"], 3, &["wrong.json", "lampyrid bench --json"]),
    ] {
        let output = run(scratch.path(), arguments);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", said(&output));
        assert!(output.stdout.is_empty());
        assert!(hints.iter().all(|hint| said(&output).contains(hint)), "{arguments:?}: {}", said(&output));
    }
}

/// The same swarm, set up by hand with the library.
#[test]
fn the_program_has_the_hash_of_the_library() {
    use lampyrid::prelude::*;

    let scratch = tempfile::tempdir().unwrap();
    let settings = [
        "network.kind=small_world",
        "network.agents=300",
        "network.rewire=0.2",
        "frequencies.distribution=lorentzian",
        "frequencies.center=1.0",
        "frequencies.half_width=0.2",
        "coupling.strength=1.5",
        "coupling.phase_lag=0.3",
        "coupling.normalization=degree",
        "coupling.noise=0.02",
        "time.step=0.01",
        "time.integrator=heun",
    ];
    let mut arguments = vec!["run", "--quiet", "--steps", "200", "--seed", "9", "--out", "a"];
    settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
    let output = run(scratch.path(), &arguments);
    assert_eq!(code(&output), 0, "{}", said(&output));

    let graph = Topology::SmallWorld { agents: 300, neighbors: 8, rewire: 0.2 }.build(9).unwrap();
    let law = FrequencyDistribution::Lorentzian { center: 1.0, half_width: 0.2 };
    let phases: Vec<f64> = (0..300).map(|agent| PhaseDistribution::Uniform.draw(9, agent)).collect();
    let frequencies: Vec<f64> = (0..300).map(|agent| law.draw(9, agent)).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Coupling { strength: 1.5, phase_lag: 0.3, noise: 0.02, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Heun });
    world.insert_resource(SwarmSeed(9));
    SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies).spawn(&mut world).unwrap();
    advance(&mut world, 200).unwrap();
    assert_eq!(record(&scratch.path().join("a"))["phase_hash"], phase_hash(&mut world));
}
