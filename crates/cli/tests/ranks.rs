//! The program over several processes of MPI: the swarm of one process, and whatever is wrong said once.
//!
//! Needs `mpirun` of the MPI library that the program was built with, and skips without; `LAMPYRID_MPIRUN` names another, as
//! `scripts/mpich.sh` does.
#![cfg(feature = "mpi")]

#[path = "ranks/files.rs"]
mod files;
#[path = "ranks/memory.rs"]
mod memory;
#[path = "ranks/recording.rs"]
mod recording;
mod support;
#[path = "ranks/sweep.rs"]
mod sweep;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::Duration,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_lampyrid");

const SCENARIO: &str = "
seed = 11
[network]
kind = \"small_world\"
agents = 600
neighbors = 8
rewire = 0.2
[coupling]
strength = 1.5
noise = 0.02
[time]
step = 0.01
steps = 60
integrator = \"rk4\"
[record]
every = 20
columns = [\"R2\"]
";

fn launcher() -> Command {
    Command::new(std::env::var_os("LAMPYRID_MPIRUN").unwrap_or("mpirun".into()))
}

/// What the launcher says of itself; nothing where there is none.
fn version() -> Option<String> {
    let output = launcher().arg("--version").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_of_open_mpi() -> bool {
    version().is_some_and(|version| version.contains("Open MPI"))
}

/// Whether somebody tells that this process was killed: Open MPI's launcher does, MPICH's only that one was.
fn tells_who_was_killed(output: &Output, victim: usize) -> bool {
    if is_of_open_mpi() {
        return said(output).contains(&format!("rank {victim}"));
    }
    String::from_utf8_lossy(&output.stdout).contains("Killed (signal 9)")
}

/// The launcher, ready for programs, on a machine with fewer cores than ranks and for whatever user.
fn mpirun(directory: &Path) -> Command {
    let mut command = launcher();
    command.current_dir(directory).env("NO_COLOR", "1");
    if is_of_open_mpi() {
        command.args(["--oversubscribe", "--bind-to", "none"]);
        command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    }
    command
}

/// Ranks that wait for each other are many where cores are few: a job at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for the jobs of other tests to end; none without an `mpirun`, which it says.
fn turn() -> Option<MutexGuard<'static, ()>> {
    if version().is_none() {
        support::skip("a swarm over several processes", "there is no mpirun");
        return None;
    }
    Some(TURN.lock().unwrap_or_else(PoisonError::into_inner))
}

fn run_on(directory: &Path, ranks: usize, arguments: &[&str]) -> Output {
    mpirun(directory).args(["-n", &ranks.to_string(), PROGRAM]).args(arguments).output().expect("mpirun starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(directory: &Path, run: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(directory.join(run).join("run.json")).expect("a record")).expect("JSON")
}

fn scratch() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("swarm.toml"), SCENARIO).unwrap();
    scratch
}

/// Without what is told of a goal beforehand, for which one would have to look at the whole network.
fn without_warnings(mut record: serde_json::Value) -> serde_json::Value {
    record["goal"].as_object_mut().map(|goal| goal.remove("warnings"));
    record
}

/// Numbers of ranks to compare: those that `LAMPYRID_RANKS` lists, such as `1,2,3,4,8`, or two and four.
fn counts() -> Vec<usize> {
    let list = std::env::var("LAMPYRID_RANKS").unwrap_or("2,4".to_owned());
    list.split(',').map(|count| count.parse().expect("numbers of ranks with commas between them")).collect()
}

/// Runs a scenario alone and on ranks, and compares all that must not depend on it.
fn compare(directory: &Path, settings: &[&str]) {
    let settings: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    let arguments = |out| [&["run", "swarm.toml", "--quiet", "--force", "--out", out], &settings[..]].concat();
    let alone = support::run(directory, &arguments("alone"));
    assert!(matches!(alone.status.code(), Some(0 | 1)), "{}", said(&alone));
    for ranks in counts() {
        let spread = run_on(directory, ranks, &arguments("spread"));
        assert_eq!(spread.status.code(), alone.status.code(), "{ranks} ranks: {}", said(&spread));
        let [one, several] = ["alone", "spread"].map(|run| without_warnings(json(directory, run)));
        for key in [
            "phase_hash",
            "final",
            "agents",
            "links",
            "steps",
            "time",
            "energy",
            "network",
            "numbering",
            "files",
            "goal",
            "disruptions",
            "exit_code",
        ] {
            assert_eq!(one[key], several[key], "{key}, {ranks} ranks, {settings:?}");
        }
        for file in ["order_parameter.csv", "final_state.csv", "events.csv"] {
            let of = |run: &str| fs::read(directory.join(run).join(file)).unwrap();
            assert!(of("alone") == of("spread"), "{file}, {ranks} ranks, {settings:?}");
        }
        let Some(shares) = several["ranks"].as_array() else {
            assert_eq!(ranks, 1, "a share for each rank of several");
            continue;
        };
        assert_eq!(shares.len(), ranks);
        assert_eq!(
            several["metrics"]["agents"],
            shares.iter().filter_map(|share| share["agents"].as_u64()).sum::<u64>()
        );
    }
}

#[test]
fn results_are_those_of_one_process() {
    if let Some(_turn) = turn() {
        let scratch = scratch();
        compare(scratch.path(), &[]);
        compare(scratch.path(), &["time.integrator=heun", "energy.capacity=1.0", "strategy.kind=frequency_lock"]);
        compare(scratch.path(), &["coupling.phasors=single_angle"]);
    }
}

/// Whatever looks at links needs phases of agents that are elsewhere.
const BY_LINKS: &str = "record.columns=[\"link_coherence\", \"local_coherence\", \"R2\"]";

#[test]
fn columns_that_look_at_links_are_those_of_one_process() {
    if let Some(_turn) = turn() {
        let scratch = scratch();
        compare(scratch.path(), &[BY_LINKS]);
        let disruptions =
            "disruption=[{kind=\"remove\", fraction=0.2, at=0.1}, {kind=\"cut_links\", fraction=0.2, at=0.2}]";
        compare(
            scratch.path(),
            &[BY_LINKS, disruptions, "goal.pattern=phase_at", "goal.phase=1", "goal.pacemaker=true"],
        );
        compare(scratch.path(), &[BY_LINKS, "coupling.all_to_all=true", "network.kind=complete"]);
    }
}

#[test]
fn what_is_told_meanwhile_is_told_by_the_first_process() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let disruption = "disruption=[{kind=\"scramble\", fraction=0.5, at=0.1}]";
    let arguments = |out| {
        ["run", "swarm.toml", "--events", "--checkpoint-every", "0.3", "--set", disruption, "--force", "--out", out]
    };
    // How fast it went, and where to, is another story.
    let events = |output: &Output| -> Vec<serde_json::Value> {
        let lines = std::str::from_utf8(&output.stdout).unwrap().lines();
        let mut events: Vec<serde_json::Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        events.retain(|event| event["event"] != "progress");
        for event in events.iter_mut().filter_map(serde_json::Value::as_object_mut) {
            for key in ["threads", "path", "directory"] {
                event.remove(key);
            }
        }
        events
    };
    let alone = events(&support::run(directory, &arguments("alone")));
    for told in ["started", "disruption", "checkpoint", "finished"] {
        assert!(alone.iter().any(|event| event["event"] == told), "{told} is not told: {alone:?}");
    }
    assert_eq!(events(&run_on(directory, 3, &arguments("spread"))), alone);

    let explained = run_on(directory, 2, &["run", "swarm.toml", "--explain", "--json"]);
    let explained: serde_json::Value = serde_json::from_slice(&explained.stdout).expect("one object");
    assert_eq!(explained["agents"], json(directory, "alone")["agents"]);
}

#[cfg(feature = "prometheus")]
#[test]
fn each_process_keeps_metrics_of_its_part() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let output =
        run_on(scratch.path(), 2, &["run", "swarm.toml", "--quiet", "--metrics", "swarm.prom", "--out", "run"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let agents = |rank: usize| -> f64 {
        let text = fs::read_to_string(scratch.path().join(format!("swarm.rank{rank}.prom"))).expect("its metrics");
        let line = text.lines().find_map(|line| line.strip_prefix("lampyrid_agents ")).expect("how many agents");
        line.parse().unwrap()
    };
    assert_eq!(agents(0) + agents(1), json(scratch.path(), "run")["agents"].as_f64().unwrap());
}

#[test]
fn halos_and_the_share_of_communication_are_told_before_a_run_and_after_it() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let arguments = ["run", "swarm.toml", "--out", "run", "--set", "coupling.phasors=single_angle"];
    let output = run_on(scratch.path(), 2, &arguments);
    let told = said(&output);
    let record = json(scratch.path(), "run");
    let ranks = record["ranks"].as_array().unwrap();
    let halos: Vec<u64> = ranks.iter().map(|rank| rank["halo"].as_u64().unwrap()).collect();
    assert!(told.contains(&format!("rank 0 hears {}, rank 1 hears {} agents of others", halos[0], halos[1])), "{told}");
    assert!(told.contains("angles of 32 bits") && told.contains("% of a step is going to be communication"), "{told}");
    let summary = String::from_utf8_lossy(&output.stdout);
    assert!(
        summary.contains("angles in single precision") && summary.contains("whose hash is not that of"),
        "{summary}"
    );

    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let exchange = &record["exchange"];
    assert_eq!(exchange["angles"], "single");
    let mean = halos.iter().sum::<u64>() as f64 / 2.0;
    assert!((number(&exchange["predicted_halo"]) / mean - 1.0).abs() < 0.1, "{exchange}");
    let bytes: f64 = ranks.iter().map(|rank| number(&rank["bytes"])).sum();
    assert_eq!(number(&exchange["predicted_bytes_per_step"]) * 60.0, bytes);
    for share in ["predicted_communication", "communication"].map(|key| number(&exchange[key])) {
        assert!(0.0 < share && share < 1.0, "{exchange}");
    }
    for rank in ranks {
        let parts = ["compute_seconds", "pack_seconds", "wait_seconds", "reduce_seconds"].map(|key| number(&rank[key]));
        assert!((parts.iter().sum::<f64>() - number(&rank["step_seconds"])).abs() < 1e-6, "{rank}");
        assert!(number(&rank["overlap_seconds"]) <= number(&rank["compute_seconds"]), "{rank}");
    }
    let quiet = run_on(scratch.path(), 2, &[&arguments[..], &["--quiet", "--force"]].concat());
    assert_eq!((said(&quiet), quiet.stdout.len()), (String::new(), 0));
}

/// Blocks of a thousand agents each, most of which hear nobody of another process.
#[test]
fn agents_move_while_messages_are_under_way() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let lattice = ["network={kind=\"lattice\", width=300, height=300}", "time.steps=5", "record.every=5"];
    for integrator in ["time.integrator=euler", "time.integrator=heun"] {
        compare(scratch.path(), &[&lattice[..], &[integrator]].concat());
        let record = json(scratch.path(), "spread");
        for rank in record["ranks"].as_array().unwrap() {
            assert!(rank["overlap_seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{rank}");
        }
    }
}

/// A directory with a lattice whose nodes are stored in no order at all.
fn mixed_lattice() -> tempfile::TempDir {
    const SIDE: u32 = 32;
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path();
    let mixed = |node: u32| (node * 421) % (SIDE * SIDE);
    let mut links = String::from("source,target\n");
    for (row, column) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column))) {
        for other in [((row + 1) % SIDE) * SIDE + column, row * SIDE + (column + 1) % SIDE] {
            links += &format!("{},{}\n", mixed(row * SIDE + column), mixed(other));
        }
    }
    fs::write(directory.join("net.csv"), links).unwrap();
    let omega: String = (0..SIDE * SIDE).map(|node| format!("{}\n", f64::from(node % 7) * 0.1)).collect();
    fs::write(directory.join("omega.csv"), omega).unwrap();
    fs::write(
        directory.join("swarm.toml"),
        "[network]\nfile = \"net.csv\"\ndirection = \"both\"\n[frequencies]\nfile = \"omega.csv\"\n\
         [time]\nsteps = 60\n[record]\nevery = 20\ncolumns = [\"R2\", \"link_coherence\"]\n",
    )
    .unwrap();
    scratch
}

/// How many agents of others all processes of a run hear.
fn heard(record: &serde_json::Value) -> u64 {
    record["ranks"].as_array().unwrap().iter().filter_map(|rank| rank["halo"].as_u64()).sum()
}

#[test]
fn nodes_numbered_along_their_links_are_one_swarm_with_short_borders() {
    let Some(_turn) = turn() else { return };
    let scratch = mixed_lattice();
    let directory = scratch.path();
    for numbering in ["cuthill_mckee", "metis"] {
        compare(directory, &[&format!("network.numbering={numbering}")]);
        let setting = format!("network.numbering={numbering}");
        let output = run_on(directory, 4, &["run", "swarm.toml", "--force", "--out", "run", "--set", &setting]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let record = json(directory, "run");
        assert_eq!((&record["numbering"], &record["exchange"]["placement"]), (&numbering.into(), &"blocks".into()));
        // Blocks of ids as they are stored would hear nearly all others, some 3000.
        assert!(heard(&record) < 800, "{numbering}: {}", heard(&record));
    }
}

/// Whoever has an agent, it is called as it is in the file.
#[test]
fn agents_are_given_to_processes_along_links_and_are_one_swarm_with_short_borders() {
    let Some(_turn) = turn() else { return };
    let scratch = mixed_lattice();
    let directory = scratch.path();
    let kinds = "disruption=[{kind=\"remove\", fraction=0.1, at=0.1}, {kind=\"cut_links\", fraction=0.2, at=0.2, until=0.4}, \
                 {kind=\"silence\", fraction=0.2, at=0.25, until=0.35}, {kind=\"scramble\", fraction=0.3, at=0.3}]";
    let lasting = ["record.phases=true", "coupling.noise=0.01", "energy.capacity=1.0"];
    compare(directory, &lasting);
    let goal = ["goal.pattern=splay", "goal.supervisor=true", "goal.deadline=0.5", "goal.hold=0.05"];
    compare(directory, &[&lasting[..], &goal, &[kinds]].concat());
    compare(directory, &["goal.pattern=phase_at", "goal.phase=0.5", "goal.pacemaker=true", "goal.frequency=2", kinds]);

    let settings =
        ["--set", kinds, "--set", "record.phases=true", "--set", "checkpoint.keep=9", "--checkpoint-every", "0.15"];
    let run = |out| [&["run", "swarm.toml", "--out", out], &settings[..]].concat();
    let [alone, spread] = [support::run(directory, &run("alone1")), run_on(directory, 4, &run("run"))];
    assert!(alone.status.success() && spread.status.success(), "{}", said(&spread));
    assert!(said(&spread).contains("of few links between them (METIS)"), "{}", said(&spread));
    let (expected, record) = (json(directory, "alone1"), json(directory, "run"));
    assert_eq!(record["exchange"]["placement"], "metis");
    assert!(heard(&record) < 600, "{} and not some 3000", heard(&record));
    let saved = checkpoints(&directory.join("run"));
    for (place, ranks) in [1, 2, 3, 4].into_iter().enumerate() {
        let from = saved[place % saved.len()].to_str().unwrap();
        let arguments = ["resume", from, "--quiet", "--force", "--out", "again"];
        let resumed =
            if ranks == 1 { support::run(directory, &arguments) } else { run_on(directory, ranks, &arguments) };
        assert!(resumed.status.success(), "{ranks} ranks: {}", said(&resumed));
        let found = json(directory, "again");
        for key in ["phase_hash", "final", "steps", "files", "disruptions"] {
            assert_eq!(found[key], expected[key], "{key}: {ranks} ranks");
        }
        for file in ["order_parameter.csv", "final_state.csv", "phases.csv"] {
            let of = |run: &str| fs::read(directory.join(run).join(file)).unwrap();
            assert!(of("alone1") == of("again"), "{file}: {ranks} ranks");
        }
        assert!(ranks == 1 || found["exchange"]["placement"] != "blocks", "{ranks} ranks");
    }
}

#[test]
fn goals_and_disruptions_are_those_of_one_process() {
    if let Some(_turn) = turn() {
        let scratch = scratch();
        let disruptions = "disruption=[{kind=\"remove\", fraction=0.1, at=0.1}, {kind=\"cut_links\", fraction=0.2, at=0.2, \
                           until=0.4}, {kind=\"scramble\", fraction=0.3, at=0.3}]";
        let goal = ["goal.pattern=in_phase", "goal.supervisor=true", "goal.deadline=0.5", "goal.hold=0.05"];
        compare(scratch.path(), &[&goal[..], &[disruptions, "energy.capacity=1.0"]].concat());
        let led = ["goal.pattern=phase_at", "goal.phase=0.5", "goal.pacemaker=true", "goal.frequency=2"];
        compare(scratch.path(), &led);
    }
}

#[test]
fn a_mean_field_is_that_of_one_process() {
    if let Some(_turn) = turn() {
        let scratch = scratch();
        compare(scratch.path(), &["coupling.all_to_all=true", "network.kind=complete", "time.integrator=euler"]);
    }
}

/// One message, of one process.
fn assert_refused_once(output: &Output, code: i32, message: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.matches(message).count(), 1, "{said}");
}

#[test]
fn what_cannot_be_spread_is_refused_once() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let refused = |arguments: &[&str], code, message| {
        let output = run_on(scratch.path(), 3, &[&["run", "swarm.toml"], arguments].concat());
        assert_refused_once(&output, code, message);
    };
    refused(&["--set", "network.kind=ring", "--set", "network.agents=2", "--set", "network.neighbors=0"], 2, "3 ranks");
    refused(&["--set", "network.kindd=ring"], 2, "unknown key `kindd`");
    refused(&["--set", "network.file=missing.mtx"], 3, "missing.mtx");
    let output = run_on(scratch.path(), 2, &["inspect", "swarm.toml"]);
    assert_refused_once(&output, 2, "only `lampyrid run`, `lampyrid resume` and `lampyrid sweep`");
}

#[test]
fn processes_that_do_not_go_together_are_refused_once() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let pair = |second: &[&str]| {
        let first = ["-n", "1", PROGRAM, "run", "swarm.toml", "--seed", "1", ":", "-n", "1"];
        mpirun(directory).args(first).args(second).output().expect("mpirun starts")
    };
    let output = pair(&[PROGRAM, "run", "swarm.toml", "--seed", "2"]);
    assert_refused_once(&output, 2, "rank 1 has another scenario");

    let other = directory.join("other");
    fs::copy(PROGRAM, &other).unwrap();
    let mut bytes = fs::read(&other).unwrap();
    bytes.push(0);
    fs::write(&other, bytes).unwrap();
    let output = pair(&[other.to_str().unwrap(), "run", "swarm.toml", "--seed", "1"]);
    assert_refused_once(&output, 2, "rank 1 has another program");
}

/// Runs a scenario on two ranks, each in a directory of its own with these files.
fn run_apart(scenario: &str, files: [&[(&str, &str)]; 2]) -> Output {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = mpirun(scratch.path());
    for (rank, files) in files.into_iter().enumerate() {
        let directory = scratch.path().join(rank.to_string());
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("swarm.toml"), scenario).unwrap();
        files.iter().for_each(|(name, text)| fs::write(directory.join(name), text).unwrap());
        command.args(if rank == 0 { &[][..] } else { &[":"] }).arg("-wdir").arg(directory);
        command.args(["-n", "1", PROGRAM, "run", "swarm.toml", "--steps", "3"]);
    }
    command.output().expect("mpirun starts")
}

const NETWORK: (&str, &str) = ("net.csv", "source,target\n0,1\n1,2\n2,0\n");

#[test]
fn a_file_that_one_process_does_not_find_ends_all() {
    let Some(_turn) = turn() else { return };
    let scenario = "[network]\nfile = \"net.csv\"\n";
    let output = run_apart(scenario, [&[NETWORK], &[]]);
    assert_refused_once(&output, 3, "net.csv");
    assert!(said(&output).contains("(at rank 1 of 2)"), "{}", said(&output));
    // Whoever speaks for all says it as it is said of one process.
    let output = run_apart(scenario, [&[], &[NETWORK]]);
    assert_refused_once(&output, 3, "net.csv");
    assert!(!said(&output).contains("at rank"), "{}", said(&output));
}

#[test]
fn files_that_differ_from_process_to_process_end_all() {
    let Some(_turn) = turn() else { return };
    let other = ("net.csv", "source,target\n0,1\n1,2\n2,1\n");
    let output = run_apart("[network]\nfile = \"net.csv\"\n", [&[NETWORK], &[other]]);
    assert_refused_once(&output, 2, "rank 1 has another network than rank 0");
    let scenario = "[network]\nfile = \"net.csv\"\n[phases]\nfile = \"phases.csv\"\n";
    let phases = |text| ("phases.csv", text);
    let output = run_apart(scenario, [&[NETWORK, phases("0.1\n0.2\n0.3\n")], &[NETWORK, phases("0.1\n0.2\n0.4\n")]]);
    assert_refused_once(&output, 2, "rank 1 has another file of phases than rank 0");
    let output = run_apart(scenario, [&[NETWORK, phases("0.1\n0.2\n0.3\n")], &[NETWORK, phases("0.1\n")]]);
    assert_refused_once(&output, 3, "phases.csv");
}

/// Processes that another MPI library started take themselves for the whole.
#[test]
fn a_launcher_that_does_not_go_with_the_library_is_found_out() {
    let scratch = scratch();
    for (number, messages) in [("0", 1), ("1", 0)] {
        let mut command = support::lampyrid(scratch.path());
        command.args(["run", "swarm.toml"]).env("PMI_SIZE", "2").env("PMI_RANK", number);
        let output = command.output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert_eq!(said(&output).matches("2 processes were started together").count(), messages);
        assert!(!scratch.path().join("runs").exists());
    }
}

/// Network namespaces with TCP between them, where whoever tests may make any.
#[test]
fn hosts_with_a_network_between_them_come_to_the_hash_of_one_process() {
    let Some(_turn) = turn() else { return };
    if !is_of_open_mpi() {
        return support::skip("several hosts on one machine", "they are started by Open MPI");
    }
    for hosts in ["2", "3"] {
        let mut command = Command::new(support::repository("scripts/hosts.sh"));
        let output = command
            .args([hosts, "--set", "network.agents=3000"])
            .env("LAMPYRID", PROGRAM)
            .output()
            .expect("the script starts");
        if output.status.code() == Some(77) {
            return support::skip("several hosts on one machine", said(&output).trim());
        }
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{told}{}", said(&output));
        assert!(told.lines().next().is_some_and(|line| line.starts_with("one process  ")), "{told}");
    }
}

/// The processes of the program that a launcher has started, by itself or, as MPICH's does, by a helper on each host.
fn started_by(launcher: u32) -> Vec<u32> {
    let stat = |entry: fs::DirEntry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let (name, rest) = stat.rsplit_once(')')?;
        let parent: u32 = rest.split_whitespace().nth(1)?.parse().ok()?;
        Some((number, parent, name.contains("lampyrid")))
    };
    let all: Vec<_> = fs::read_dir("/proc").unwrap().filter_map(|entry| stat(entry.ok()?)).collect();
    let is_helper = |number: u32| all.iter().any(|&(this, parent, _)| this == number && parent == launcher);
    let is_ours =
        |&&(_, parent, is_program): &&(u32, u32, bool)| is_program && (parent == launcher || is_helper(parent));
    all.iter().filter(is_ours).map(|&(number, ..)| number).collect()
}

/// Begins an endless run on three ranks, and sends one of them a signal; the job must end, and not well.
fn ends_after(signal: &str, victim: usize) {
    let scratch = scratch();
    let mut command = mpirun(scratch.path());
    command.args(["-n", "3", PROGRAM, "run", "swarm.toml", "--steps", "100000000", "--quiet", "--patience", "3"]);
    let mut job = command.spawn().expect("mpirun starts");
    let mut ranks = Vec::new();
    while ranks.len() < 3 {
        sleep(Duration::from_millis(100));
        ranks = started_by(job.id());
    }
    // All of them are there once there is a place for results.
    while !scratch.path().join("runs").exists() {
        sleep(Duration::from_millis(100));
    }
    sleep(Duration::from_secs(1));
    ranks.sort_unstable();
    assert!(Command::new("kill").args([signal, &ranks[victim].to_string()]).status().unwrap().success());
    assert!(!job.wait().unwrap().success());
    assert!(!scratch.path().join("runs/latest/run.json").exists());
}

#[test]
fn a_process_that_is_killed_ends_the_job() {
    if let Some(_turn) = turn().filter(|_| cfg!(target_os = "linux")) {
        ends_after("-KILL", 0);
        ends_after("-KILL", 2);
    }
}

#[test]
fn a_process_that_stands_still_ends_the_job() {
    if let Some(_turn) = turn().filter(|_| cfg!(target_os = "linux")) {
        ends_after("-STOP", 1);
    }
}

/// What a run with checkpoints is started with.
const SAVED: [&str; 8] = ["run", "swarm.toml", "--quiet", "--steps", "1500", "--checkpoint-every", "0.2", "--force"];

/// The checkpoints in the directory of a run, by their steps.
fn checkpoints(directory: &Path) -> Vec<PathBuf> {
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("step-") && name.ends_with(".lampyrid")
    };
    let files = fs::read_dir(directory.join("checkpoints")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = files.map(|file| file.path()).filter(is_one).collect();
    found.sort();
    found
}

fn is_saved(directory: &Path) -> bool {
    !checkpoints(directory).is_empty()
}

/// Goes on with a run by so many processes.
fn resume_on(directory: &Path, ranks: usize) -> Output {
    let arguments = ["resume", "run", "--quiet"];
    if ranks == 1 { support::run(directory, &arguments) } else { run_on(directory, ranks, &arguments) }
}

/// Each process is killed at some time, as often as `LAMPYRID_FAULTS` says: the job ends, tells whose process it was, and
/// any number of processes comes to the result that it would have had.
#[test]
fn a_job_that_lost_a_process_goes_on_with_any_number_of_them() {
    let Some(_turn) = turn().filter(|_| cfg!(target_os = "linux")) else { return };
    let rounds = std::env::var("LAMPYRID_FAULTS").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let scratch = scratch();
    let directory = scratch.path();
    let alone = support::run(directory, &[&SAVED[..], &["--out", "alone"]].concat());
    assert!(alone.status.success(), "{}", said(&alone));
    let expected = json(directory, "alone");
    let (mut draw, mut killed) = (7_u64, 0);
    for (round, victim) in (0..rounds).flat_map(|round| (0..3).map(move |victim| (round, victim))) {
        let run = directory.join("run");
        let _ = fs::remove_dir_all(&run);
        let mut command = mpirun(directory);
        command.args(["-n", "3", PROGRAM]).args(SAVED).args(["--out", "run"]);
        let job = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("mpirun starts");
        while !is_saved(&run) {
            sleep(Duration::from_millis(5));
        }
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sleep(Duration::from_millis((draw >> 33) % 300));
        let mut ranks = started_by(job.id());
        ranks.sort_unstable();
        // The job may have come to its end meanwhile, which is to be gone on with as well.
        if let Some(&rank) = ranks.get(victim) {
            let _ = Command::new("kill").args(["-KILL", &rank.to_string()]).status();
        }
        let output = job.wait_with_output().unwrap();
        if !run.join("run.json").exists() {
            killed += 1;
            assert!(!output.status.success());
            assert!(tells_who_was_killed(&output, victim), "{}", said(&output));
        }
        let after = [1, 2, 4][(round + victim) % 3];
        let resumed = resume_on(directory, after);
        assert_eq!(resumed.status.code(), Some(0), "{after} ranks: {}", said(&resumed));
        let found = json(directory, "run");
        for key in ["phase_hash", "final", "steps", "time", "files"] {
            assert_eq!(found[key], expected[key], "{key}: rank {victim} killed, {after} ranks after");
        }
        for file in ["order_parameter.csv", "final_state.csv"] {
            let of = |run: &str| fs::read(directory.join(run).join(file)).unwrap();
            assert!(of("alone") == of("run"), "{file}: rank {victim} killed, {after} ranks after");
        }
    }
    assert!(killed > rounds, "{killed} of {} jobs were killed before their end", 3 * rounds);
}

#[test]
fn what_one_process_saved_goes_on_over_several() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let busy =
        "disruption=[{kind=\"remove\", fraction=0.1, at=0.1}, {kind=\"cut_links\", fraction=0.2, at=0.25, until=0.5}]";
    let settings =
        ["--set", busy, "--set", "goal.pattern=in_phase", "--set", "goal.deadline=9", "--set", "checkpoint.keep=9"];
    let run = ["run", "swarm.toml", "--quiet", "--checkpoint-every", "0.3", "--out", "run"];
    let alone = support::run(directory, &[&run[..], &settings].concat());
    assert!(matches!(alone.status.code(), Some(0 | 1)), "{}", said(&alone));
    let saved = checkpoints(&directory.join("run"));
    let first = saved.first().expect("a checkpoint");
    let spread = run_on(directory, 3, &["resume", first.to_str().unwrap(), "--out", "again", "--quiet"]);
    assert_eq!(spread.status.code(), alone.status.code(), "{}", said(&spread));
    let [one, several] = ["run", "again"].map(|run| json(directory, run));
    for key in ["phase_hash", "final", "steps", "goal", "disruptions", "links"] {
        assert_eq!(one[key], several[key], "{key}");
    }
}

/// Each process writes what it has into a file of its own, and no process reads but what it needs.
#[test]
fn what_several_processes_saved_is_passed_over_if_a_part_of_it_is_damaged() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let run = ["run", "swarm.toml", "--quiet", "--checkpoint-every", "0.2", "--out", "run"];
    let spread = run_on(directory, 3, &[&run[..], &["--set", "network.agents=6000"]].concat());
    assert_eq!(spread.status.code(), Some(0), "{}", said(&spread));
    let hash = json(directory, "run")["phase_hash"].clone();
    let newest = checkpoints(&directory.join("run")).pop().expect("a checkpoint");
    let shard = |number: u32| newest.with_extension("shards").join(format!("{number:06}-of-000003.lampyrid"));
    let whole = fs::read(shard(1)).unwrap();
    let sizes = [0, 1, 2].map(|number| fs::metadata(shard(number)).unwrap().len() as f64);
    assert!(sizes.iter().all(|size| (0.8..1.2).contains(&(3.0 * size / sizes.iter().sum::<f64>()))), "{sizes:?}");
    assert!((fs::metadata(&newest).unwrap().len() as f64) < sizes[0], "no agents are in it");

    // A process that has agents of no damaged part finds nothing wrong by itself.
    fs::write(shard(2), &fs::read(shard(2)).unwrap()[..100]).unwrap();
    for ranks in [1, 2, 4] {
        let out = format!("after-{ranks}");
        let arguments = ["resume", "run", "--quiet", "--out", &out];
        let resumed =
            if ranks == 1 { support::run(directory, &arguments) } else { run_on(directory, ranks, &arguments) };
        assert_eq!(resumed.status.code(), Some(0), "{ranks}: {}", said(&resumed));
        assert_eq!(said(&resumed).matches("warning: ").count(), 1, "{ranks}: {}", said(&resumed));
        assert!(said(&resumed).contains("000002-of-000003.lampyrid is damaged"), "{ranks}: {}", said(&resumed));
        assert_eq!(json(directory, &out)["phase_hash"], hash, "{ranks} ranks");
    }

    // One that was asked for by name is not passed over.
    fs::remove_file(shard(1)).unwrap();
    let named = newest.to_str().unwrap();
    for ranks in [2, 4] {
        let refused = run_on(directory, ranks, &["resume", named, "--out", "none"]);
        assert_refused_once(&refused, 3, "there is no ");
        assert!(!directory.join("none").exists());
    }
    fs::write(shard(1), whole).unwrap();
}

#[test]
fn a_checkpoint_of_another_scenario_is_refused_once() {
    let Some(_turn) = turn() else { return };
    let scratch = scratch();
    let directory = scratch.path();
    let begin = |out, seed| {
        let arguments = ["run", "swarm.toml", "--quiet", "--checkpoint-every", "0.3", "--out", out, "--seed", seed];
        let done = support::run(directory, &arguments);
        assert!(done.status.success(), "{}", said(&done));
    };
    begin("run", "1");
    begin("other", "2");
    // Each process another one.
    let mut command = mpirun(directory);
    command.args([
        "-n", "1", PROGRAM, "resume", "run", "--out", "x", ":", "-n", "1", PROGRAM, "resume", "other", "--out", "x",
    ]);
    assert_refused_once(&command.output().expect("mpirun starts"), 2, "rank 1 has another checkpoint");
    // All of them one that is not of the rows in its directory.
    fs::remove_dir_all(directory.join("run/checkpoints")).unwrap();
    fs::create_dir(directory.join("run/checkpoints")).unwrap();
    for file in checkpoints(&directory.join("other")) {
        fs::copy(&file, directory.join("run/checkpoints").join(file.file_name().unwrap())).unwrap();
    }
    let before = fs::read(directory.join("run/run.json")).unwrap();
    let output = run_on(directory, 3, &["resume", "run"]);
    assert_refused_once(&output, 3, "rows that the checkpoint goes on from");
    assert!(fs::read(directory.join("run/run.json")).unwrap() == before);
    assert!(!directory.join("x").exists());
}
