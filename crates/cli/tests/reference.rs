//! The program against independent solutions: networks, phases and frequencies from files, the
//! phases after 15 to 50 s known to 13 digits (see `tests/reference/README.md`).

mod support;

use std::{fs, path::Path};

use support::{repository, run};

const CASES: &[&str] = &[
    "undirected_small_world",
    "directed_random",
    "weighted_undirected",
    "weighted_lagged",
    "disconnected",
    "star_summed",
    "complete_by_size",
    "sensitive",
    "duplicates_and_self_links",
];

fn numbers(path: &Path, column: usize) -> Vec<f64> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .map(|line| line.split(',').nth(column).unwrap().parse().unwrap())
        .collect()
}

/// The largest difference, round the circle, of the program's final phases from the solution.
fn error(case: &str, settings: &[&str]) -> f64 {
    let folder = repository("tests/reference").join(case);
    let out = tempfile::tempdir().unwrap();
    let scenario = folder.join("scenario.toml");
    let mut arguments = vec!["run", scenario.to_str().unwrap(), "--quiet", "--out", out.path().to_str().unwrap()];
    settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
    let output = run(out.path(), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = numbers(&out.path().join("final_state.csv"), 1);
    let known = numbers(&folder.join("final.csv"), 0);
    assert_eq!(found.len(), known.len());
    found
        .iter()
        .zip(&known)
        .map(|(a, b)| {
            let apart = (a - b).rem_euclid(std::f64::consts::TAU);
            apart.min(std::f64::consts::TAU - apart)
        })
        .fold(0.0, f64::max)
}

#[test]
fn every_reference_case_is_listed() {
    let folders = fs::read_dir(repository("tests/reference")).unwrap().flatten();
    let cases = folders.filter(|entry| entry.path().is_dir()).count();
    assert_eq!(cases, CASES.len());
}

#[test]
fn final_phases_agree_with_independent_solutions() {
    for case in CASES {
        let error = error(case, &[]);
        let bound = if *case == "sensitive" { 1e-7 } else { 1e-8 };
        assert!(error <= bound, "{case}: {error:.1e}");
    }
}

#[test]
fn halving_the_step_divides_the_error_by_the_power_of_two_of_the_order() {
    for case in ["undirected_small_world", "weighted_lagged"] {
        for (integrator, step, expected) in [("euler", 0.001, 2.0), ("heun", 0.004, 4.0), ("rk4", 0.04, 16.0)] {
            let whole = error_at(case, integrator, step);
            let half = error_at(case, integrator, step / 2.0);
            let ratio = whole / half;
            assert!((ratio / expected - 1.0).abs() <= 0.1, "{case}, {integrator}: {whole:.3e} / {half:.3e} = {ratio}");
        }
    }
}

/// The error at the end of the whole case.
fn error_at(case: &str, integrator: &str, step: f64) -> f64 {
    error(case, &[&format!("time.integrator={integrator}"), &format!("time.step={step}")])
}
