//! A sweep that was cut off anywhere, and begun again, is the sweep that was not.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Output, Stdio},
    time::Duration,
};

use support::{code, lampyrid, repository, run, said};

const SMALL: &str = r#"
    seed = 5
    [network]
    kind = "small_world"
    agents = 40
    neighbors = 4
    [coupling]
    noise = 0.05
    [time]
    step = 0.02
    steps = 300
    [record]
    every = 7
"#;

/// Five points of one key and two of the other, three seeds each.
const GRID: [&str; 7] =
    ["scenario.toml", "--vary", "coupling.strength=0:2:0.5", "--vary", "network.rewire=0.1,0.9", "--seeds", "3"];

/// A directory with a scenario, in which anything may happen.
fn here(scenario: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("scenario.toml"), scenario).unwrap();
    scratch
}

fn sweep(directory: &Path, arguments: &[&str], further: &[&str]) -> Output {
    run(directory, &[&["sweep"], arguments, further].concat())
}

fn done(directory: &Path, arguments: &[&str], further: &[&str]) -> PathBuf {
    let output = sweep(directory, arguments, &[further, &["--quiet", "--out", "whole"]].concat());
    assert_eq!((code(&output), said(&output)), (0, String::new()));
    assert!(output.stdout.is_empty());
    directory.join("whole")
}

fn text(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap()
}

/// What is the same whatever happens on the way.
fn tables(directory: &Path) -> [String; 2] {
    ["runs.csv", "points.csv"].map(|name| text(directory, name))
}

fn record(directory: &Path) -> serde_json::Value {
    serde_json::from_str(&text(directory, "sweep.json")).unwrap()
}

/// The rows of a table, each with its values by the names of their columns.
fn rows(table: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut lines = table.lines().map(|line| line.split(',').map(str::to_owned));
    let heading: Vec<String> = lines.next().unwrap().collect();
    lines.map(|line| heading.iter().cloned().zip(line).collect()).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

/// Waits until a table has so many rows.
fn wait_for_rows(directory: &Path, count: usize) {
    let has = || fs::read_to_string(directory.join("runs.csv")).is_ok_and(|table| table.lines().count() > count);
    while !has() {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn the_tables_are_the_same_for_any_number_of_jobs_and_tell_of_every_run() {
    let scratch = here(SMALL);
    let one = tables(&done(scratch.path(), &GRID, &["--jobs", "1"]));
    for jobs in ["2", "4", "60000"] {
        fs::remove_dir_all(scratch.path().join("whole")).unwrap();
        assert_eq!(tables(&done(scratch.path(), &GRID, &["--jobs", jobs])), one, "{jobs} jobs");
    }
    let runs = rows(&one[0]);
    let places: Vec<(u64, u64)> =
        runs.iter().map(|run| (run["point"].parse().unwrap(), run["replicate"].parse().unwrap())).collect();
    assert_eq!(places, (0..10).flat_map(|point| (0..3).map(move |one| (point, one))).collect::<Vec<_>>());
    // At every point the replicates have the same seeds, and differ among themselves.
    for run in &runs {
        let same = runs.iter().filter(|other| other["seed"] == run["seed"]).count();
        let replicates = runs.iter().filter(|other| other["replicate"] == run["replicate"]).count();
        assert_eq!((same, replicates), (10, 10));
    }
    let points = rows(&one[1]);
    assert_eq!(points.len(), 10);
    for point in &points {
        let r = runs.iter().filter(|run| run["point"] == point["point"]).map(|run| number(&run["R_mean"]));
        let r: Vec<f64> = r.collect();
        let mean = r.iter().sum::<f64>() / 3.0;
        let error = (r.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / 2.0 / 3.0).sqrt();
        assert!((number(&point["R"]) - mean).abs() < 1e-12, "{point:?}");
        assert!((number(&point["R_standard_error"]) - error).abs() < 1e-12, "{point:?}");
        let mut sorted = r.clone();
        sorted.sort_by(f64::total_cmp);
        let quantiles = ["R_q05", "R_q50", "R_q95"].map(|q| number(&point[q]));
        assert_eq!(quantiles.to_vec(), sorted);
        assert_eq!((point["runs"].as_str(), point["failures"].as_str()), ("3", "0"));
    }
    let record = record(&scratch.path().join("whole"));
    assert_eq!(
        (record["runs"].as_u64(), record["done"].as_u64(), record["failed"].as_u64()),
        (Some(30), Some(30), Some(0))
    );
    assert_eq!((record["finished"].as_bool(), record["seed"].as_u64()), (Some(true), Some(5)));
    assert_eq!(text(&scratch.path().join("whole"), "timings.csv").lines().count(), 31);
}

/// The later half of the R of a run on its own, of an odd number of rows with the middle one.
fn later_half(run: &Path) -> f64 {
    let r: Vec<f64> = rows(&text(run, "order_parameter.csv")).iter().map(|row| number(&row["R"])).collect();
    let half = &r[r.len() / 2..];
    half.iter().sum::<f64>() / half.len() as f64
}

#[test]
fn a_row_tells_of_the_run_that_anybody_can_make_with_its_seed_and_values() {
    let goal =
        "[goal]\npattern = \"in_phase\"\n[network]\nkind = \"random\"\nagents = 50\n[coupling]\nstrength = 3.0\n";
    let cases: [(&str, &[&str]); 3] = [
        (SMALL, &["coupling.strength=1.5", "network.rewire=0.9"]),
        (goal, &["goal.target=0.7,0.95", "coupling.noise=0.0,0.01"]),
        ("[goal]\npreset = \"save_energy\"\n[network]\nagents=30\n", &["goal.preset=maintain_rhythm,save_energy"]),
    ];
    for (scenario, vary) in cases {
        let scratch = here(scenario);
        let vary: Vec<&str> = vary.iter().flat_map(|vary| ["--vary", vary]).collect();
        let whole = done(scratch.path(), &[&["scenario.toml", "--seeds", "2"], &vary[..]].concat(), &[]);
        let runs = rows(&text(&whole, "runs.csv"));
        assert!(runs.len() >= 2);
        for row in runs {
            let keys = vary.iter().filter_map(|vary| vary.split_once('=')).map(|(key, _)| key);
            let set: Vec<String> = keys.flat_map(|key| ["--set".to_owned(), format!("{key}={}", row[key])]).collect();
            let set: Vec<&str> = set.iter().map(String::as_str).collect();
            let further = ["--seed", &row["seed"], "--quiet", "--force", "--out", "one"];
            let output = run(scratch.path(), &[&["run", "scenario.toml"], &further[..], &set].concat());
            assert!([0, 1].contains(&code(&output)), "{}", said(&output));
            let one = scratch.path().join("one");
            let record: serde_json::Value = serde_json::from_str(&text(&one, "run.json")).unwrap();
            assert_eq!(record["phase_hash"], row["phase_hash"].as_str(), "{row:?}");
            assert_eq!(record["steps"].as_u64().unwrap().to_string(), row["steps"]);
            assert_eq!(record["agents"].as_u64().unwrap().to_string(), row["agents"]);
            let series = rows(&text(&one, "order_parameter.csv"));
            assert_eq!(number(&series[series.len() - 1]["R"]), number(&row["R_final"]));
            assert!((later_half(&one) - number(&row["R_mean"])).abs() < 1e-9, "{} and {row:?}", later_half(&one));
            let attained = record["goal"]["attained"].as_bool().map_or(String::new(), |attained| attained.to_string());
            assert_eq!(attained, row["attained"]);
            let time = (!row["time_to_goal"].is_empty()).then(|| number(&row["time_to_goal"]));
            match (record["goal"]["time_to_goal"].as_f64(), time) {
                (Some(expected), Some(time)) => assert!((time - expected).abs() < 1e-9, "{time} and {expected}"),
                (expected, time) => assert_eq!(time, expected),
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_sweep_that_is_cut_off_is_an_even_sample_and_goes_on_from_anywhere() {
    let long = SMALL.replace("steps = 300", "steps = 6000");
    let scratch = here(&long);
    let whole = done(scratch.path(), &GRID, &[]);
    for (name, signal_name) in [("interrupted", "-INT"), ("terminated", "-TERM")] {
        let cut = scratch.path().join(name);
        let mut command = lampyrid(scratch.path());
        command.arg("sweep").args(GRID).args(["--jobs", "1", "--out", name]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for_rows(&cut, 3);
        // Meanwhile it is nobody else's.
        let refused = sweep(scratch.path(), &GRID, &["--out", name]);
        assert_eq!(code(&refused), 5, "{}", said(&refused));
        assert!(said(&refused).contains("is being written by another run"), "{}", said(&refused));
        signal(&child, signal_name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 130, "{}", said(&output));
        assert!(
            said(&output).contains(&format!("of 30 runs done; go on by the same command or `lampyrid resume {name}`"))
        );

        let sample = rows(&text(&cut, "runs.csv"));
        assert!((3..30).contains(&sample.len()), "{} rows", sample.len());
        for (place, row) in sample.iter().enumerate() {
            assert_eq!(
                (row["point"].clone(), row["replicate"].clone()),
                ((place % 10).to_string(), (place / 10).to_string())
            );
        }
        let points = rows(&text(&cut, "points.csv"));
        assert_eq!(points.len(), sample.len().min(10));
        assert_eq!(record(&cut)["finished"], false);
        assert_eq!(record(&cut)["done"].as_u64(), Some(sample.len() as u64));

        fs::create_dir_all(scratch.path().join("deeper")).unwrap();
        let output = run(&scratch.path().join("deeper"), &["resume", &format!("../{name}"), "--threads", "2"]);
        assert_eq!(code(&output), 0, "{}", said(&output));
        assert!(said(&output).contains(&format!("goes on after {} of them", sample.len())), "{}", said(&output));
        assert_eq!(tables(&cut), tables(&whole));
    }
}

/// `LAMPYRID_KILLS` says how often; 20 times if it does not.
#[test]
fn a_sweep_that_is_killed_again_and_again_ends_with_the_same_tables() {
    let kills: u64 = std::env::var("LAMPYRID_KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(20);
    let scratch = here(SMALL);
    let whole = done(scratch.path(), &GRID, &[]);
    let cut = scratch.path().join("cut");
    let mut numbers = (1_u64..).map(|k| k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33);
    let (mut killed, mut went_on, mut ended) = (0, 0, 0);
    while killed < kills {
        let before = fs::read_to_string(cut.join("runs.csv")).map_or(0, |table| table.lines().count());
        let mut command = lampyrid(scratch.path());
        command.arg("sweep").args(GRID).args(["--quiet", "--out", "cut"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(2_000 + numbers.next().unwrap() % 150_000));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            None => (killed, went_on) = (killed + 1, went_on + u64::from(before > 1)),
            Some(0) => {
                // It was quicker than the kill.
                assert_eq!(tables(&cut), tables(&whole));
                fs::remove_dir_all(&cut).unwrap();
                ended += 1;
            }
            Some(code) => panic!("it ended with {code} after {killed} kills: {}", said(&output)),
        }
    }
    let output = sweep(scratch.path(), &GRID, &["--quiet", "--out", "cut"]);
    assert_eq!((code(&output), said(&output)), (0, String::new()));
    assert_eq!(tables(&cut), tables(&whole));
    assert_eq!(record(&cut)["runs_crc32"], record(&whole)["runs_crc32"]);
    assert!(went_on > 0, "{killed} kills, {went_on} of a sweep that went on, {ended} too late");
    println!("{killed} kills, {went_on} of a sweep that went on, {ended} too late");
}

#[test]
fn runs_that_fail_are_rows_with_their_error_and_the_others_go_on() {
    let scratch = here(SMALL);
    let random = ["--set", "network.kind=random", "--set", "network.neighbors=100", "--set", "time.integrator=euler"];
    let cases: [(Vec<&str>, &str); 2] = [
        // Phases leave the range of numbers.
        (vec!["--vary", "coupling.strength=1,1e308", "--set", "time.step=1e300"], "the swarm stopped after "),
        // What a random network takes is known once it is made: some 593 KiB where 577 KiB are the least.
        (
            [&["--vary", "network.agents=500,1000", "--set", "memory.budget=586 KiB"], &random[..]].concat(),
            "the swarm would take about 59",
        ),
    ];
    for (place, (arguments, reason)) in cases.iter().enumerate() {
        let out = format!("sweep{place}");
        let further = ["--seeds", "2", "--out", &out, "--quiet"];
        let output = sweep(scratch.path(), &[&["scenario.toml"][..], arguments, &further].concat(), &[]);
        assert_eq!((code(&output), said(&output)), (1, String::new()), "{arguments:?}");
        let directory = scratch.path().join(&out);
        let runs = rows(&text(&directory, "runs.csv"));
        let failed: Vec<_> = runs.iter().filter(|run| run["status"] == "failed").collect();
        assert_eq!((runs.len(), failed.len()), (4, 2), "{runs:#?}");
        assert!(failed.iter().all(|run| run["error"].contains(reason) && run["R_mean"].is_empty()), "{failed:#?}");
        assert!(failed.iter().all(|run| run["point"] == "1"));
        let points = rows(&text(&directory, "points.csv"));
        assert_eq!((points[0]["failures"].as_str(), points[1]["failures"].as_str()), ("0", "2"));
        assert_eq!(record(&directory)["failed"], 2);
        // Rows are rows: there is nothing left to do.
        let again = sweep(scratch.path(), &[&["scenario.toml"][..], arguments, &further].concat(), &[]);
        assert_eq!(code(&again), 1);
    }
}

#[test]
fn what_cannot_be_swept_is_refused_before_anything_is_run_or_written() {
    let scratch = here(SMALL);
    let directory = scratch.path();
    fs::write(directory.join("theta0.csv"), "0.1\n0.2\n").unwrap();
    let cases: [(&[&str], i32); 28] = [
        (&["--vary", "coupling.strenght=0:4:0.1"], 2),
        (&["--vary", "copling.strength=1,2"], 2),
        (&["--vary", "coupling.strength=1,strong"], 2),
        (&["--vary", "coupling.strength=1,nan"], 2),
        (&["--vary", "network.rewire=0.5:1.5:0.5"], 2),
        (&["--vary", "network.agents=10,20", "--vary", "network.neighbors=4,12"], 2),
        (&["--vary", "network.kind=ring,hypercube"], 2),
        (&["--vary", "coupling.strength"], 2),
        (&["--vary", "coupling.strength="], 2),
        (&["--vary", "=1,2"], 2),
        (&["--vary", "coupling.strength=1,,2"], 2),
        (&["--vary", "coupling.strength=1,2,1"], 2),
        (&["--vary", "coupling.strength=0:4:0"], 2),
        (&["--vary", "coupling.strength=4:0:0.1"], 2),
        (&["--vary", "coupling.strength=0:4:-0.1"], 2),
        (&["--vary", "coupling.strength=0:nan:0.1"], 2),
        (&["--vary", "coupling.strength=0:inf:0.1"], 2),
        (&["--vary", "coupling.strength=1,2", "--vary", "coupling.strength=3"], 2),
        (&["--vary", "coupling.strength=1,2", "--set", "coupling.strength=3"], 2),
        (&["--vary", "seed=1,2"], 2),
        (&["--vary", "output.dir=a,b"], 2),
        (&["--vary", "coupling.strength=0:1:1e-9"], 2),
        (&["--vary", "coupling.strength=0:1:1e-12", "--vary", "coupling.noise=0:1:1e-12", "--yes"], 2),
        (&["--vary", "coupling.strength=1,2", "--set", "network.file=missing.mtx"], 3),
        (&["--vary", "coupling.strength=1,2", "--set", "phases.file=theta0.csv"], 3),
        (&["--vary", "network.agents=1000,1000000", "--set", "memory.budget=1 MiB"], 4),
        (&["--vary", "coupling.strength=1,2", "--out", "scenario.toml"], 5),
        (&["--vary", "coupling.strength=1,2", "--set", "time.stop=3"], 2),
    ];
    let mut told = String::new();
    for (arguments, expected) in cases {
        let output = sweep(directory, &[&["scenario.toml", "--seeds", "20"], arguments].concat(), &[]);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", said(&output));
        assert!(output.stdout.is_empty());
        let names = fs::read_dir(directory).unwrap().count();
        assert_eq!(names, 2, "{arguments:?} left something behind");
        told += &format!("$ lampyrid sweep scenario.toml --seeds 20 {}\n{}\n", arguments.join(" "), said(&output));
    }
    insta::assert_snapshot!(told);
    for usage in [&["--seeds", "0"][..], &["--seeds", "-1"], &["--seeds", "many"], &["--jobs", "0"]] {
        let output = sweep(directory, &["scenario.toml", "--vary", "coupling.strength=1,2"], usage);
        assert_eq!(code(&output), 2);
        assert!(said(&output).contains(usage[0]), "{}", said(&output));
    }
    let output = sweep(directory, &["scenario.toml"], &[]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("--vary <KEY=VALUES>"), "{}", said(&output));
}

#[test]
fn a_directory_of_another_sweep_or_of_a_run_stays_as_it_is() {
    let scratch = here(SMALL);
    let directory = scratch.path();
    fs::write(directory.join("net.csv"), "source,target\na,b\nb,a\nb,c\nc,b\n").unwrap();
    let file = "[network]\nfile = \"net.csv\"\n[time]\nsteps = 10\n";
    fs::write(directory.join("file.toml"), file).unwrap();
    let of_file = ["file.toml", "--vary", "coupling.strength=1,2"];
    let small = ["scenario.toml", "--vary", "coupling.strength=1,2", "--set", "time.steps=10"];
    for (arguments, out) in [(&small[..], "small"), (&of_file, "of_file")] {
        assert_eq!(code(&sweep(directory, arguments, &["--quiet", "--out", out])), 0);
    }
    assert_eq!(code(&run(directory, &["run", "scenario.toml", "--quiet", "--out", "run"])), 0);
    fs::create_dir(directory.join("foreign")).unwrap();
    fs::write(directory.join("foreign/runs.csv"), "mine").unwrap();
    fs::write(directory.join("net.csv"), "source,target\na,b\nb,a\nc,a\nc,b\n").unwrap();
    let cases: [(Vec<&str>, &str, i32); 8] = [
        ([&small[..], &["--seeds", "2"]].concat(), "small", 2),
        ([&small[..2], &["coupling.strength=1,3"], &small[3..]].concat(), "small", 2),
        ([&small[..], &["--set", "coupling.noise=0.1"]].concat(), "small", 2),
        ([&small[..], &["--vary", "network.rewire=0.1"]].concat(), "small", 2),
        (of_file.to_vec(), "small", 2),
        (of_file.to_vec(), "of_file", 2),
        (small.to_vec(), "run", 2),
        (small.to_vec(), "foreign", 2),
    ];
    let all = || -> Vec<String> {
        let names = ["small/runs.csv", "small/sweep.json", "of_file/runs.csv", "run/run.json", "foreign/runs.csv"];
        names.iter().map(|name| text(directory, name)).collect()
    };
    let before = all();
    let mut told = String::new();
    for (arguments, out, expected) in cases {
        let output = sweep(directory, &arguments, &["--out", out]);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", said(&output));
        let message = said(&output).replace(directory.to_str().unwrap(), "HERE");
        told += &format!("$ lampyrid sweep {} --out {out}\n{message}\n", arguments.join(" "));
        assert_eq!(all(), before, "{arguments:?}");
        assert_eq!(fs::read_dir(directory.join("foreign")).unwrap().count(), 1);
    }
    insta::assert_snapshot!(told);

    let refused = run(directory, &["resume", "small", "--out", "elsewhere"]);
    assert_eq!(code(&refused), 2);
    assert!(said(&refused).contains("leave --out out"), "{}", said(&refused));
    fs::write(directory.join("small/sweep.json"), "{").unwrap();
    let damaged = sweep(directory, &small, &["--out", "small"]);
    assert_eq!(code(&damaged), 3);
    assert!(said(&damaged).contains("small/sweep.json: it cannot be read"), "{}", said(&damaged));
}

#[test]
fn progress_is_a_line_for_each_tenth_and_quiet_and_json_mean_what_they_do_elsewhere() {
    let scratch = here(SMALL);
    let loud = sweep(scratch.path(), &GRID, &["--out", "loud"]);
    let tenths: Vec<String> = said(&loud).lines().filter(|line| line.contains('%')).map(str::to_owned).collect();
    assert_eq!(tenths.len(), 10, "{}", said(&loud));
    assert!(tenths.iter().all(|line| line.contains("/30") && line.contains("ETA ")), "{tenths:#?}");
    assert!(said(&loud).starts_with("5 × 2 = 10 points × 3 seeds = 30 runs, "), "{}", said(&loud));
    let summary = String::from_utf8(loud.stdout).unwrap();
    assert!(summary.contains("coupling.strength=0.5  network.rewire=0.9  R 0."), "{summary}");
    assert!(summary.contains("Results are in loud: points.csv, runs.csv"), "{summary}");

    let json = sweep(scratch.path(), &GRID, &["--quiet", "--json", "--out", "json"]);
    assert!(json.stderr.is_empty());
    assert_eq!(String::from_utf8(json.stdout).unwrap(), text(&scratch.path().join("json"), "sweep.json"));
    // Where nobody says where, it goes beside the results of a run.
    let beside = sweep(scratch.path(), &GRID, &["--set", "output.dir=runs/small", "--quiet"]);
    assert_eq!(code(&beside), 0);
    assert_eq!(tables(&scratch.path().join("runs/small-sweep")), tables(&scratch.path().join("json")));
}

#[test]
fn the_sweep_of_the_examples_shows_the_onset_of_synchrony() {
    let scratch = tempfile::tempdir().unwrap();
    let scenario = repository("examples/scenarios/onset.toml");
    let small =
        ["--set", "network.agents=300", "--set", "time.duration=20", "--seeds", "4", "--out", "onset", "--quiet"];
    let vary = ["--vary", "coupling.strength=0:4:2"];
    let output = sweep(scratch.path(), &[&[scenario.to_str().unwrap()], &vary[..], &small].concat(), &[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let r: Vec<f64> =
        rows(&text(&scratch.path().join("onset"), "points.csv")).iter().map(|point| number(&point["R"])).collect();
    // Without coupling what chance makes of 300 phases, 0.05; then √(1 − 1/K) but for the finite size.
    assert!(r[0] < 0.1 && (r[1] - 0.707).abs() < 0.12 && (r[2] - 0.866).abs() < 0.07, "{r:?}");
}
