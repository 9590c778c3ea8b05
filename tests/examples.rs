//! Examples say how to run them, and those that promise to be short are.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(example: &str) -> String {
    fs::read_to_string(root().join(format!("examples/{example}.rs"))).expect("the example is there")
}

fn examples() -> Vec<PathBuf> {
    let files = fs::read_dir(root().join("examples")).expect("a folder of examples");
    files.map(|file| file.expect("a readable entry").path()).filter(|path| path.extension().is_some()).collect()
}

/// Lines that are neither empty nor comments.
fn is_code(line: &&str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with("//")
}

#[test]
fn embedding_a_swarm_takes_25_lines_in_all() {
    assert!(text("embed_minimal").lines().count() <= 25);
}

#[test]
fn a_strategy_of_ones_own_takes_30_lines_of_code() {
    let example = text("own_strategy");
    let (strategy, swarm) = example.split_once("fn main").expect("a strategy, and a swarm to try it in");
    // Beside its component and system: that it takes part, and who follows it.
    let used = swarm.lines().filter(|line| line.contains("add_systems") || line.contains("Shy {")).count();
    let lines = strategy.lines().filter(is_code).count() + used;
    assert!(used >= 2 && lines <= 30, "{lines} lines");
}

#[test]
fn every_example_says_what_it_shows_and_how_to_run_it() {
    let all = examples();
    assert!(all.len() > 20);
    for path in all {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name in ASCII");
        let head: Vec<String> =
            text(name).lines().take_while(|line| line.starts_with("//!")).map(str::to_owned).collect();
        let is_command = |line: &String| {
            line.starts_with("//!     cargo run --release ") && line.contains(&format!("--example {name}"))
        };
        assert!(head.len() >= 3 && head.iter().any(is_command), "{name}: {head:?}");
    }
}
