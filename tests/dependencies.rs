//! Each room of the project knows only the rooms it is built on, and only the heart, and what plays
//! its host, knows Bevy.
//!
//! Asks `cargo metadata` for the manifests as cargo understands them.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// Which of our crates a crate may use; a crate that is not listed may not exist.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("lampyrid_graph", &[]),
    ("lampyrid_kernel", &["lampyrid_graph"]),
    ("lampyrid_measure", &["lampyrid_graph", "lampyrid_kernel"]),
    ("lampyrid_io", &["lampyrid_graph", "lampyrid_measure"]),
    ("lampyrid_swarm", &["lampyrid_graph", "lampyrid_kernel", "lampyrid_measure"]),
    ("lampyrid_spatial", &["lampyrid_kernel", "lampyrid_swarm"]),
    ("lampyrid_distributed", &["lampyrid_graph", "lampyrid_kernel", "lampyrid_measure", "lampyrid_swarm"]),
    (
        "lampyrid",
        &[
            "lampyrid_graph",
            "lampyrid_kernel",
            "lampyrid_measure",
            "lampyrid_swarm",
            "lampyrid_io",
            "lampyrid_spatial",
            "lampyrid_distributed",
        ],
    ),
    ("lampyrid_bench", &["lampyrid"]),
    ("lampyrid_cli", &["lampyrid", "lampyrid_bench"]),
];

/// The crates that simulate with platform-independent mathematics.
const MATHEMATICAL: [&str; 3] = ["lampyrid_graph", "lampyrid_kernel", "lampyrid_measure"];

/// One line of a manifest.
struct Dependency {
    user: String,
    used: String,
    /// Needed to build the crate, not only its tests.
    is_normal: bool,
    takes_defaults: bool,
    /// Comes by a feature only.
    is_optional: bool,
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    metadata["packages"].as_array().expect("a list of packages").clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn dependencies() -> Vec<Dependency> {
    let of_package = |package: &Value| {
        let user = text(&package["name"]);
        let lines = package["dependencies"].as_array().expect("a list of dependencies").clone();
        lines.into_iter().map(move |line| Dependency {
            user: user.clone(),
            used: text(&line["name"]),
            is_normal: line["kind"].is_null(),
            takes_defaults: line["uses_default_features"] == true,
            is_optional: line["optional"] == true,
        })
    };
    packages().iter().flat_map(of_package).collect()
}

/// "user → used" of the dependencies that break a rule.
fn offenders(breaks_rule: impl Fn(&Dependency) -> bool) -> Vec<String> {
    let all = dependencies();
    all.iter().filter(|found| breaks_rule(found)).map(|found| format!("{} → {}", found.user, found.used)).collect()
}

fn is_bevy(name: &str) -> bool {
    name == "bevy" || name.starts_with("bevy_")
}

const NONE: [String; 0] = [];

#[test]
fn every_crate_has_its_place_in_the_order() {
    let mut found: Vec<String> = packages().iter().map(|package| text(&package["name"])).collect();
    let mut listed: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    found.sort_unstable();
    listed.sort_unstable();
    assert_eq!(found, listed);
}

#[test]
fn crates_use_only_the_crates_they_are_built_on() {
    let is_ours = |name: &str| ALLOWED.iter().any(|(ours, _)| *ours == name);
    let is_allowed = |found: &Dependency| {
        ALLOWED.iter().any(|(user, used)| *user == found.user && used.contains(&found.used.as_str()))
    };
    assert_eq!(offenders(|found| found.is_normal && is_ours(&found.used) && !is_allowed(found)), NONE);
}

/// The swarm and what plugs into it are made of Bevy, and the benchmarks are a host of it, as an app is.
const KNOW_BEVY: [&str; 4] = ["lampyrid_swarm", "lampyrid_spatial", "lampyrid_distributed", "lampyrid_bench"];

#[test]
fn only_the_swarm_and_its_hosts_know_bevy() {
    let knows = |user: &str| KNOW_BEVY.contains(&user);
    assert_eq!(offenders(|found| found.is_normal && is_bevy(&found.used) && !knows(&found.user)), NONE);
}

/// What only some hosts want, and who hands it to them.
const BY_FEATURE: [(&str, &[&str]); 4] = [
    ("bevy_diagnostic", &["lampyrid_swarm"]),
    ("bevy_reflect", &["lampyrid_swarm", "lampyrid_spatial"]),
    ("metrics", &["lampyrid_swarm"]),
    ("metrics-exporter-prometheus", &["lampyrid_swarm"]),
];

#[test]
fn what_only_some_hosts_want_comes_by_features_alone() {
    let is_by_feature = |found: &Dependency, users: &[&str]| found.is_optional && users.contains(&found.user.as_str());
    let breaks_rule =
        |found: &Dependency| BY_FEATURE.iter().any(|(used, users)| found.used == *used && !is_by_feature(found, users));
    assert_eq!(offenders(breaks_rule), NONE);
}

#[test]
fn transforms_come_to_spatial_swarms_by_a_feature_alone() {
    let is_elsewhere = |found: &Dependency| found.user != "lampyrid_spatial" || !found.is_optional;
    assert_eq!(offenders(|found| found.used == "bevy_transform" && is_elsewhere(found)), NONE);
}

#[test]
fn parquet_comes_to_files_by_a_feature_alone() {
    let is_elsewhere = |found: &Dependency| found.user != "lampyrid_io" || !found.is_optional;
    assert_eq!(offenders(|found| found.used == "parquet" && is_elsewhere(found)), NONE);
}

#[test]
fn mpi_and_metis_come_to_distributed_swarms_by_features_alone() {
    let is_elsewhere = |found: &Dependency| found.user != "lampyrid_distributed" || !found.is_optional;
    assert_eq!(offenders(|found| ["mpi", "metis"].contains(&found.used.as_str()) && is_elsewhere(found)), NONE);
}

/// What asks the operating system, brings atomics into every allocation, or listens to the network.
const FOR_ONE: [(&str, &str); 5] = [
    ("sysinfo", "lampyrid_measure"),
    ("cap", "lampyrid_cli"),
    ("axum", "lampyrid_cli"),
    ("hyper", "lampyrid_cli"),
    ("tokio", "lampyrid_cli"),
];

#[test]
fn one_crate_asks_the_system_and_one_counts_allocations_and_listens() {
    let is_elsewhere =
        |found: &Dependency| FOR_ONE.iter().any(|&(used, user)| found.used == used && found.user != user);
    assert_eq!(offenders(|found| is_elsewhere(found)), NONE);
}

#[test]
fn bevy_comes_in_small_crates_without_their_defaults() {
    assert_eq!(offenders(|found| found.used == "bevy" || is_bevy(&found.used) && found.takes_defaults), NONE);
}

#[test]
fn only_the_mathematical_crates_call_libm() {
    let is_elsewhere = |found: &Dependency| !MATHEMATICAL.contains(&found.user.as_str());
    assert_eq!(offenders(|found| found.is_normal && found.used == "libm" && is_elsewhere(found)), NONE);
}

/// Crates that an app takes in with the swarm, itself included, unless it asks for features.
const MOST_CRATES: usize = 90;

#[test]
fn the_swarm_is_a_small_guest() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", "lampyrid_swarm", "-e", "normal", "--prefix", "none", "--no-dedupe", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let crates: BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    assert!(crates.iter().any(|line| line.starts_with("lampyrid_kernel ")), "{text}");
    assert!(crates.len() <= MOST_CRATES, "{} crates: {crates:#?}", crates.len());
}
