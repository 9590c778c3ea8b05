//! What the documents say of features and versions is what the manifests say.

use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file of the project")
}

/// The features of a manifest but `default`.
fn features(manifest: &str) -> BTreeSet<String> {
    let text = read(manifest);
    let begin = text.find("\n[features]\n").expect("a manifest with features") + 1;
    let lines = text[begin..].lines().skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name.to_owned()).filter(|name| name != "default").collect()
}

/// The first cells of the rows of the table under the heading "Features" of a crate's documentation.
fn documented(source: &str) -> BTreeSet<String> {
    let text = read(source);
    let begin = text.find("//! # Features\n").expect("a heading");
    let lines = text[begin..].lines().skip_while(|line| !line.starts_with("//! |"));
    let rows = lines.take_while(|line| line.starts_with("//! |")).filter_map(|line| line.strip_prefix("//! | `"));
    rows.filter_map(|row| row.split_once('`')).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_feature_is_in_the_table_and_every_row_is_a_feature() {
    assert_eq!(documented("src/lib.rs"), features("Cargo.toml"));
    assert_eq!(documented("crates/swarm/src/lib.rs"), features("crates/swarm/Cargo.toml"));
}

/// The cells of the first row of the README's table of versions.
fn newest() -> Vec<String> {
    let text = read("README.md");
    let mut lines = text.lines().skip_while(|line| *line != "| Lampyrid | Bevy | Rust |").skip(2);
    let row = lines.next().expect("a table of versions");
    row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// The first version number after `key` in the manifest, without what follows the second dot.
fn version(key: &str) -> String {
    let text = read("Cargo.toml");
    let line = text.lines().find(|line| line.starts_with(key)).expect("a line of the manifest");
    let number = line[key.len()..].split('"').nth(1).expect("a version in quotes");
    number.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

#[test]
fn the_table_of_versions_begins_with_the_present_ones() {
    let found = ["version = ", "bevy_ecs = { version = ", "rust-version = "].map(version);
    assert_eq!(newest(), found);
}

/// The features of the swarm that the feature `io` of `lampyrid` brings, which is on by default.
fn by_default() -> BTreeSet<String> {
    let text = read("Cargo.toml");
    let line = text.lines().find(|line| line.starts_with("io = ")).expect("the default feature");
    line.split('"').filter_map(|word| word.strip_prefix("lampyrid_swarm/")).map(str::to_owned).collect()
}

#[test]
fn continuous_integration_builds_every_feature_of_the_swarm() {
    let mut built: BTreeSet<String> = read("scripts/features").trim().split(',').map(str::to_owned).collect();
    built.extend(by_default());
    let missing: Vec<String> = features("crates/swarm/Cargo.toml").difference(&built).cloned().collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_documentation_on_docs_rs_has_every_feature() {
    for manifest in ["Cargo.toml", "crates/spatial/Cargo.toml", "crates/swarm/Cargo.toml"] {
        let text = read(manifest);
        let mut lines = text.lines().skip_while(|line| *line != "[package.metadata.docs.rs]").skip(1);
        let list = lines.next().and_then(|line| line.strip_prefix("features = ")).expect("a list of features");
        let built: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        // There is no MPI where that is built.
        let all: BTreeSet<String> = features(manifest).into_iter().filter(|name| name != "mpi").collect();
        assert_eq!(built, all, "{manifest}");
    }
}
