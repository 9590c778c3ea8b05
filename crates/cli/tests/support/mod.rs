//! Running the program as a user would.

#![allow(dead_code, reason = "each of its users needs its part")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The program, ready for arguments, in a directory.
pub(crate) fn lampyrid(directory: &Path) -> Command {
    let mut command = Command::new(program());
    command.current_dir(directory).env("NO_COLOR", "1");
    command
}

fn program() -> PathBuf {
    match (option_env!("CARGO_BIN_EXE_lampyrid"), std::env::var_os("LAMPYRID")) {
        (Some(built), _) => built.into(),
        (None, Some(named)) => named.into(),
        (None, None) => repository("target/debug/lampyrid"),
    }
}

/// Runs the program and returns what it said.
pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Output {
    lampyrid(directory).args(arguments).output().expect("the program starts")
}

/// The same, where it has to end well.
pub(crate) fn done(directory: &Path, arguments: &[&str]) -> Output {
    let output = run(directory, arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
    output
}

/// Its exit code.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("the program was not killed")
}

/// A path inside the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    // Tests of the program and tools alike are two floors up.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// What it said on standard error.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Says, past what the test runner captures, that something was not tested, and why.
pub(crate) fn skip(what: &str, why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "SKIPPED {what}: {why}");
}
