//! Networks from files: each process keeps its own rows of them, and all have the network of one process.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use super::{assert_refused_once, compare, json, run_on, said, support, turn};

const SCENARIO: &str = "
seed = 5
[network]
file = \"net.mtx\"
[coupling]
strength = 2.0
[time]
step = 0.01
steps = 40
[record]
every = 20
columns = [\"link_coherence\", \"local_coherence\"]
";

/// Nodes of each file but the last two, whom nobody hears and who hear nobody.
const LINKED: usize = 60;

/// Ends of links: some in one direction, some in both, three times between two nodes far apart, and one loop.
fn ends() -> Vec<(usize, usize)> {
    let chords = (0..LINKED).flat_map(|node| [1, 7, 25].map(|step| (node, (step * node + step) % LINKED)));
    chords.filter(|(a, b)| a != b).chain([(2, 55), (2, 55), (2, 55), (55, 2), (9, 9)]).collect()
}

/// Weights whose sums depend on their order.
fn weight(place: usize) -> f64 {
    [0.1, 0.2, 0.3, 0.7][place % 4]
}

/// A directory with the scenario and the links as a matrix with weights, a list without, and a graph of both kinds.
fn scratch() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(scratch.path().join(name), text).unwrap();
    let lines = |line: &dyn Fn(usize, usize, usize) -> String| {
        ends().into_iter().enumerate().map(|(place, (a, b))| line(place, a, b)).collect::<String>()
    };
    let (nodes, entries) = (LINKED + 2, ends().len());
    let head = format!("%%MatrixMarket matrix coordinate real general\n{nodes} {nodes} {entries}\n");
    write("net.mtx", head + &lines(&|place, a, b| format!("{} {} {}\n", a + 1, b + 1, weight(place))));
    write("net.csv", "source,target\n".to_owned() + &lines(&|_, a, b| format!("drone {a},drone {b}\n")));
    let elements: String = (0..nodes).rev().map(|node| format!("<node id='{node}'/>\n")).collect();
    let edges = lines(&|place, a, b| format!("<edge source='{a}' target='{b}' directed='{}'/>\n", place % 3 > 0));
    write("net.graphml", format!("<graphml><graph edgedefault='directed'>{elements}{edges}</graph></graphml>"));
    write("swarm.toml", SCENARIO.to_owned());
    scratch
}

#[test]
fn every_number_of_processes_reads_the_same_network() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    for (file, direction) in
        [("net.mtx", "both"), ("net.mtx", "reversed"), ("net.csv", "as_stored"), ("net.graphml", "as_stored")]
    {
        compare(directory, &[&format!("network.file={file}"), &format!("network.direction={direction}")]);
        let network = json(directory, "spread")["network"].clone();
        assert_eq!((&network["weighted"], &network["self_links"]), (&true.into(), &1.into()), "{network}");
        assert!(network["duplicates"].as_u64() >= Some(2), "{network}");
        assert_eq!(network["isolated"], if file == "net.csv" { 0 } else { 2 }, "{network}");
    }
    let led = ["goal.pattern=phase_at", "goal.phase=0.5", "goal.pacemaker=true", "network.direction=both"];
    compare(directory, &[&led[..], &["network.numbering=cuthill_mckee"]].concat());
    compare(directory, &["coupling.all_to_all=true", "record.columns=[]"]);
}

#[test]
fn a_link_that_is_stated_twice_is_refused_once() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let arguments = ["run", "swarm.toml", "--strict", "--quiet", "--out", "run"];
    let alone = said(&support::run(scratch.path(), &arguments));
    assert!(alone.contains("was stated on line"), "{alone}");
    assert_refused_once(&run_on(scratch.path(), 3, &arguments), 3, alone.trim_end());
}

/// Begun alone and by three, gone on with by three and alone.
#[test]
fn a_run_on_a_file_goes_on_with_any_number_of_processes() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let settings = ["--set", "network.direction=both", "--set", "network.numbering=cuthill_mckee"];
    let saved = ["--checkpoint-every", "0.2", "--set", "checkpoint.keep=9"];
    let on = |ranks: usize, arguments: &[&str]| {
        let arguments = [arguments, &["--quiet"]].concat();
        let done = if ranks == 1 { support::run(directory, &arguments) } else { run_on(directory, ranks, &arguments) };
        assert!(done.status.success(), "{}", said(&done));
    };
    let checkpoint = |run: &str| {
        let files = fs::read_dir(directory.join(run).join("checkpoints")).unwrap().map(|file| file.unwrap().path());
        let is_saved = |path: &std::path::PathBuf| path.extension().is_some_and(|ending| ending == "lampyrid");
        files.filter(is_saved).min().expect("a checkpoint").to_str().unwrap().to_owned()
    };
    for (ranks, then) in [(1, 3), (3, 1), (3, 2)] {
        let run = format!("run{ranks}{then}");
        on(ranks, &[&["run", "swarm.toml", "--out", &run], &saved[..], &settings].concat());
        on(then, &["resume", &checkpoint(&run), "--out", "again", "--force"]);
        let [before, after] = [run.as_str(), "again"].map(|run| json(directory, run));
        for key in ["phase_hash", "final", "links", "network", "numbering"] {
            assert_eq!(before[key], after[key], "{key}, {ranks} and then {then}");
        }
        for file in ["order_parameter.csv", "final_state.csv"] {
            let of = |run: &str| fs::read(directory.join(run).join(file)).unwrap();
            assert!(of(&run) == of("again"), "{file}, {ranks} and then {then}");
        }
    }
    let mut file = OpenOptions::new().append(true).open(directory.join("net.mtx")).unwrap();
    file.write_all(b"% another file\n").unwrap();
    let output = run_on(directory, 2, &["resume", &checkpoint("run13"), "--out", "again", "--force"]);
    assert_refused_once(&output, 3, "has changed since the run began");
}
