//! How much memory reading a network takes: no more than twice the file and 16 MiB on top,
//! whatever numbers the file states; and of a part, no more than its own links and all names.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the child process reports to its parent")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use lampyrid_io::{ReadOptions, read_network, survey_network};

/// What the kernel reports about this process under `key`, in bytes.
fn status(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has /proc");
    let line = status.lines().find(|line| line.starts_with(key)).expect(key);
    let kibibytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
    kibibytes.expect(key) * 1024
}

/// Forgets the peak so far.
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("a process may reset its own peak");
}

/// A sequence that visits numbers below `below` in no order that helps anyone.
fn scattered(below: u64) -> impl Iterator<Item = u64> {
    (1_u64..).map(move |k| k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20).map(move |x| x % below)
}

/// A file of `links` lines made by `line` from two scattered nodes.
fn listing(head: &str, links: usize, nodes: u64, line: impl Fn(&mut String, u64, u64)) -> String {
    let mut ends = scattered(nodes);
    let mut text = head.to_owned();
    for _ in 0..links {
        let (a, b) = (ends.next().unwrap_or(0), ends.next().unwrap_or(0));
        line(&mut text, a, b);
    }
    text
}

fn files() -> Vec<(&'static str, String)> {
    let (nodes, links) = (100_000, 400_000);
    let banner = |kind: &str| format!("%%MatrixMarket matrix coordinate {kind}\n{nodes} {nodes} {links}\n");
    let hostile = |size: &str| format!("%%MatrixMarket matrix coordinate real general\n{size}\n1 2 0.5\n");
    vec![
        (
            "pattern.mtx",
            listing(&banner("pattern general"), links, nodes, |text, a, b| {
                writeln!(text, "{} {}", a + 1, b + 1).unwrap();
            }),
        ),
        (
            "symmetric.mtx",
            listing(&banner("real symmetric"), links, nodes, |text, a, b| {
                writeln!(text, "{} {} 0.{}", a + 1, b + 1, b % 1000).unwrap();
            }),
        ),
        ("numbers.txt", listing("", links, nodes, |text, a, b| writeln!(text, "{a} {b}").unwrap())),
        (
            "names.csv",
            listing("source,target,weight\n", links, nodes, |text, a, b| {
                writeln!(text, "\"node {a}\",\"node {b}\",0.5").unwrap();
            }),
        ),
        (
            "graph.graphml",
            listing("<graphml><graph edgedefault='undirected'>\n", links / 4, nodes, |text, a, b| {
                writeln!(text, "<edge source='{}' target='{}'/>", a % 1000, b % 1000).unwrap();
            }) + &listing("", 1000, 1000, |text, _, _| {
                let node = text.lines().count();
                writeln!(text, "<node id='{node}'/>").unwrap();
            }) + "</graph></graphml>\n",
        ),
        ("many_nodes.mtx", hostile("1048576 1048576 1")),
        ("too_many_nodes.mtx", hostile("4000000000 4000000000 1")),
        ("absurd_nodes.mtx", hostile("1000000000000000000 1000000000000000000 1")),
        ("absurd_entries.mtx", hostile("3 3 1000000000000000000")),
        ("one_line.csv", "x".repeat(4_000_000)),
        ("one_tag.graphml", "<".to_owned() + &"x".repeat(4_000_000)),
        ("deep.graphml", "<graphml>".repeat(400_000)),
    ]
}

/// Names the file that this program, started by itself, is to read.
const FILE: &str = "LAMPYRID_TEST_FILE";

/// Reads `path` and prints the peak memory that took. In a process of its own, as memory freed after
/// an earlier file would be used again unseen.
fn report(read: impl FnOnce()) {
    forget_peak();
    let before = status("VmRSS:");
    read();
    let peak = status("VmHWM:") - before;
    println!("peak={peak}=");
}

/// The peak that a test of this program reports when it is started alone on a file.
fn peak_of(test: &str, path: &Path) -> usize {
    let mut child = Command::new(env::current_exe().unwrap());
    let child = child.args(["--nocapture", "--exact", test]).env(FILE, path).output().unwrap();
    let printed = String::from_utf8_lossy(&child.stdout);
    let peak = printed.split('=').nth(1).and_then(|peak| peak.parse::<usize>().ok());
    peak.unwrap_or_else(|| panic!("{}: {printed}", path.display()))
}

#[test]
fn peak_memory_stays_within_twice_the_file_and_16_mib() {
    if let Some(path) = env::var_os(FILE) {
        return report(|| drop(read_network(Path::new(&path), &ReadOptions::default())));
    }
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files() {
        let path = directory.path().join(name);
        fs::write(&path, &text).unwrap();
        let peak = peak_of("peak_memory_stays_within_twice_the_file_and_16_mib", &path);
        let allowed = 2 * text.len() + (16 << 20);
        assert!(peak <= allowed, "{name}: peak {peak}, allowed {allowed} bytes for a file of {}", text.len());
    }
}

/// Of how many parts one is read.
const PARTS: u32 = 16;

#[test]
fn a_part_takes_memory_for_its_own_links_and_for_all_names() {
    if let Some(path) = env::var_os(FILE) {
        return report(|| {
            let survey = survey_network(Path::new(&path), &ReadOptions::default()).unwrap();
            let nodes = survey.nodes() as u32;
            drop(survey.part(nodes / PARTS..2 * nodes / PARTS, None).unwrap());
        });
    }
    let directory = tempfile::tempdir().unwrap();
    let (nodes, links) = (50_000, 2_000_000);
    let banner = |kind: &str| format!("%%MatrixMarket matrix coordinate {kind}\n{nodes} {nodes} {links}\n");
    let matrix =
        |kind: &str| listing(&banner(kind), links, nodes, |text, a, b| writeln!(text, "{} {}", a + 1, b + 1).unwrap());
    let files = [
        ("pattern.mtx", matrix("pattern general")),
        ("symmetric.mtx", matrix("pattern symmetric")),
        ("list.csv", listing("source,target\n", links, nodes, |text, a, b| writeln!(text, "n{a},n{b}").unwrap())),
    ];
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::write(&path, &text).unwrap();
        let peak = peak_of("a_part_takes_memory_for_its_own_links_and_for_all_names", &path);
        // A link takes 12 bytes while it is read and has a row at most at either end; a name and its number some 32.
        let own = 2 * 12 * links / PARTS as usize;
        let allowed = 2 * own + 64 * nodes as usize + (1 << 20);
        println!("{name}: {peak} of {allowed}");
        assert!(peak <= allowed && allowed < 12 * links / 2, "{name}: peak {peak}, allowed {allowed}");
    }
}
