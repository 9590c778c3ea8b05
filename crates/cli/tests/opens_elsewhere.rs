//! What a run or a sweep has written is opened by DuckDB, pandas and NumPy, and read as it was meant.
//!
//! They are installed from the Python package index into an environment that is thrown away. Without Python or a
//! network this is skipped, and says so past what the test runner captures; where `LAMPYRID_OPENS_ELSEWHERE` is
//! `required` it fails instead. `LAMPYRID_PYTHON` may name a Python that has all three already.
#![cfg(feature = "parquet")]

mod support;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use support::{repository, run, said, skip};

/// A swarm with energies, events of all sorts, and agents that go.
const SCENARIO: &str = r#"
    [goal]
    preset = "save_energy"
    size = "small"
    [[disruption]]
    kind = "scramble"
    fraction = 0.3
    at = 5.0
    [[disruption]]
    kind = "remove"
    fraction = 0.3
    at = 9.0
    [checkpoint]
    every = 2.5
    [record]
    every = 3
    phases = true
    columns = ["R2"]
    format = "both"
    npy = true
"#;

/// Over numbers and over words; with the greater number, phases leave the range of numbers.
const SWEEP: [&str; 18] = [
    "sweep",
    "--vary",
    "coupling.strength=1,1e308",
    "--vary",
    "network.kind=ring,random",
    "--seeds",
    "2",
    "--set",
    "network.agents=20",
    "--set",
    "time.steps=20",
    "--set",
    "time.step=1e300",
    "--set",
    "record.format=both",
    "--out",
    "sweep",
    "--quiet",
];

const PACKAGES: [&str; 4] = ["duckdb", "numpy", "pandas", "pyarrow"];

fn said_by(outcome: std::io::Result<Output>, of: &str) -> Result<(), String> {
    match outcome {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{of}: {}", said(&output).lines().last().unwrap_or("no reason given"))),
        Err(error) => Err(format!("{of}: {error}")),
    }
}

/// A Python that has what is needed, in an environment of its own.
fn python(environment: &Path) -> Result<PathBuf, String> {
    if let Some(python) = env::var_os("LAMPYRID_PYTHON") {
        return Ok(python.into());
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(environment).output();
    said_by(made, "python3 -m venv")?;
    let python = environment.join("bin/python");
    let quietly = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
    let installed = Command::new(&python).args(quietly).args(PACKAGES).output();
    said_by(installed, "pip install")?;
    Ok(python)
}

#[test]
fn other_programs_read_every_file_of_a_run_and_of_a_sweep_as_it_was_meant() {
    let scratch = tempfile::tempdir().unwrap();
    let here = scratch.path();
    let python = match python(&here.join("environment")) {
        Ok(python) => python,
        Err(reason) if env::var("LAMPYRID_OPENS_ELSEWHERE").is_ok_and(|value| value == "required") => {
            panic!("{reason}")
        }
        Err(reason) => return skip("opening a run with DuckDB, pandas and NumPy", &reason),
    };
    fs::write(here.join("scenario.toml"), SCENARIO).unwrap();
    let output = run(here, &["run", "scenario.toml", "--quiet", "--out", "run"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = run(here, &SWEEP);
    assert_eq!(output.status.code(), Some(1), "half of its runs fail: {}", said(&output));
    let check = repository("crates/cli/tests/opens_elsewhere/check.py");
    let output = Command::new(python).arg(check).args(["run", "sweep"]).current_dir(here).output().unwrap();
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), said(&output));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(told.lines().count(), 7, "{told}");
}
