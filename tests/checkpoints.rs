//! A swarm that was saved and loaded goes on to the same bits, and what is no checkpoint is refused.

#[path = "support/counting_allocator.rs"]
mod counting_allocator;

use std::{fs, io, path::Path};

use bevy_ecs::prelude::*;
use counting_allocator::{Count, Counting};
use lampyrid::{
    checkpoint::{CheckpointFailure, load_checkpoint, read_part, read_swarm, save_checkpoint, write_part, write_swarm},
    io::{Checkpoint, CheckpointError, CheckpointWriter},
    prelude::*,
    swarm::{
        Adaptive, Desync, Disruption, DisruptionKind, Disruptions, EnergyAware, FrequencyLock, Goal, MemoryBudget,
        Offset, Pacemaker, PartState, Pattern, PhaseNudge, Pulse, Rule, Silent, StateError, Supervisor,
        SupervisorPolicy, SwarmGoal, SwarmState, adopt, energy_ledger, install_disruptions, install_goal,
        install_memory_budget, install_strategies, topology_report,
    },
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const AGENTS: usize = 120;
const STEPS: u64 = 120;
const CUTS: [u64; 5] = [0, 1, 37, 60, 119];

/// What a host does before a step.
type Act = fn(&mut World, u64);

/// How a swarm begins.
type Build = fn() -> World;

/// The swarms of the matrix: how they begin, and what their host does.
const SCENARIOS: [(&str, Build, Act); 6] = [
    ("noise", noise, nothing),
    ("energy", energy, nothing),
    ("goals", goals, nothing),
    ("disruption", disruption, nothing),
    ("churn", churn, replace),
    ("weights", weights, edit),
];

fn graph() -> Adjacency {
    Topology::SmallWorld { agents: AGENTS, neighbors: 6, rewire: 0.2 }.build(3).unwrap()
}

fn weighted() -> Adjacency {
    let graph = graph();
    let weights = (0..graph.links()).map(|link| 0.5 + (link % 7) as f64 / 4.0).collect();
    Adjacency::from_parts(graph.offsets().to_vec(), graph.columns().to_vec(), Some(weights)).unwrap()
}

fn swarm(graph: Adjacency, energy: Option<f64>, coupling: Coupling, integrator: Integrator) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(coupling);
    world.insert_resource(TimeStep { seconds: 0.02, integrator });
    world.insert_resource(SwarmSeed(5));
    let phases: Vec<f64> = (0..graph.nodes()).map(|agent| 0.77 * agent as f64 % 6.2).collect();
    let frequencies: Vec<f64> = (0..graph.nodes()).map(|agent| 1.0 + 0.3 * (agent as f64).sin()).collect();
    let mut spawner = SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies);
    if let Some(energy) = energy {
        spawner = spawner.energy(energy);
    }
    spawner.spawn(&mut world).unwrap();
    world
}

fn noise() -> World {
    swarm(graph(), None, Coupling { noise: 0.1, phase_lag: 0.2, ..Coupling::default() }, Integrator::Rk4)
}

fn energy() -> World {
    let mut world = swarm(graph(), Some(3.0), Coupling { strength: 4.0, ..Coupling::default() }, Integrator::Euler);
    world.insert_resource(EnergyRule { capacity: 3.0, cost_per_radian: 2.0, recovery: 0.4 });
    adopt(&mut world, &Rule::Adaptive(Adaptive { every: 0.1, reserve: 0.5, ..Adaptive::default() })).unwrap();
    world
}

/// Stuck at once, so that the supervisor tries its rules and adds noise.
fn goals() -> World {
    let mut world = swarm(graph(), None, Coupling::default(), Integrator::Heun);
    let rules = vec![
        Rule::FrequencyLock(FrequencyLock::default()),
        Rule::Pulse(Pulse::default()),
        Rule::Desync(Desync::default()),
    ];
    let policy = SupervisorPolicy { dwell: 0.2, noise_for: 0.2, ..SupervisorPolicy::default() };
    let goal = Goal { hold: 0.05, deadline: 0.5, ..Goal::new(Pattern::Locked { frequency: 1.05 }) };
    adopt(&mut world, &rules[0]).unwrap();
    install_goal(&mut world, goal, Some(Supervisor::new(rules, policy))).unwrap();
    world
}

/// All kinds of disruptions, some under way at every cut, and a goal to recover.
fn disruption() -> World {
    let mut world = swarm(weighted(), Some(5.0), Coupling { strength: 3.0, ..Coupling::default() }, Integrator::Euler);
    let agent = agent_of(&world, AgentId::new(0)).unwrap();
    world.entity_mut(agent).insert(Pacemaker);
    adopt(&mut world, &Rule::Offset { lock: FrequencyLock::default(), spread: lampyrid::swarm::Spread::Even }).unwrap();
    install_goal(&mut world, Goal { hold: 0.1, target: 0.2, ..Goal::new(Pattern::InPhase) }, None).unwrap();
    world.resource_mut::<SwarmGoal>().set_rule(Some(Rule::PhaseNudge(PhaseNudge::default())));
    let all = |kind, at, until| Disruption { kind, fraction: 0.3, at, until, seed: 2 };
    let planned = vec![
        all(DisruptionKind::CutLinks, 0.0, Some(1.5)),
        all(DisruptionKind::Silence, 0.1, Some(1.3)),
        all(DisruptionKind::Remove, 0.2, None),
        all(DisruptionKind::ShiftFrequencies { by: 0.7 }, 0.5, Some(2.0)),
        all(DisruptionKind::FreezeEnergy, 0.6, Some(1.25)),
        all(DisruptionKind::Scramble, 1.9, None),
    ];
    install_disruptions(&mut world, planned).unwrap();
    world
}

/// Agents of many kinds and of several spawners, some without lists, with ids that do not follow each other.
fn churn() -> World {
    let mut world = swarm(graph(), None, Coupling { noise: 0.02, ..Coupling::default() }, Integrator::Euler);
    install_strategies(&mut world);
    install_memory_budget(&mut world, MemoryBudget::default()).unwrap();
    world.spawn((AgentId::new(1_000_000), Phase(1.0), Drive(0.3), CouplingScale(-0.5)));
    let ring = Topology::Ring { agents: 30, neighbors: 4 }.build(1).unwrap();
    let others = SwarmSpawner::new(&ring).energy(7.0).spawn(&mut world).unwrap();
    world.entity_mut(others[3]).insert((EnergyAware::default(), Offset(0.4)));
    world.entity_mut(others[4]).insert(Silent);
    world.entity_mut(others[5]).insert(Pulse::default());
    world
}

fn weights() -> World {
    swarm(weighted(), None, Coupling { strength: 0.6, ..Coupling::default() }, Integrator::Heun)
}

fn nothing(_: &mut World, _: u64) {}

/// Every few steps an agent goes, and another comes and listens to some of those who are there.
fn replace(world: &mut World, step: u64) {
    if !step.is_multiple_of(3) {
        return;
    }
    let states = agent_states(world);
    let id = |place: u64| AgentId::new(states[(place * 31 % states.len() as u64) as usize].id);
    let goes = agent_of(world, id(step)).unwrap();
    let heard: Vec<Entity> = (0..6).map(|k| agent_of(world, id(step + 7 * k + 1)).unwrap()).collect();
    let listener = agent_of(world, id(step + 5)).unwrap();
    let comes = world.spawn((Phase(0.1 * step as f64), Frequency(0.9), heard.into_iter().collect::<Neighbors>())).id();
    world.get_mut::<Neighbors>(listener).into_iter().for_each(|mut list| list.push(comes));
    world.despawn(goes);
}

/// Weights grow, and some links are taken from their lists.
fn edit(world: &mut World, step: u64) {
    let Some(agent) = agent_of(world, AgentId::new(step * 7 % AGENTS as u64)) else {
        return;
    };
    let mut agent = world.entity_mut(agent);
    if let Some(mut weights) = agent.get_mut::<Weights>() {
        weights.as_mut_slice().iter_mut().for_each(|weight| *weight *= 1.1);
        if step.is_multiple_of(5) && weights.len() > 1 {
            weights.remove(0);
            let mut neighbors = agent.get_mut::<Neighbors>().unwrap();
            let first = neighbors.iter().next().unwrap();
            neighbors.remove(first);
        }
    }
}

/// What a run shows of itself.
#[derive(Debug, PartialEq)]
struct Course {
    /// R and ψ after each step, as bits.
    series: Vec<(u64, u64)>,
    hash: String,
    energy: [i128; 3],
    links: usize,
    goal: Option<String>,
    disruptions: Option<Disruptions>,
}

fn step(world: &mut World, act: Act, from: u64, to: u64) -> Vec<(u64, u64)> {
    (from..to)
        .map(|step| {
            act(world, step);
            advance(world, 1).unwrap();
            let order = coherence(world).unwrap();
            (order.r.to_bits(), order.psi.to_bits())
        })
        .collect()
}

fn course(world: &mut World, series: Vec<(u64, u64)>) -> Course {
    let goal = world.get_resource::<SwarmGoal>().map(|goal| {
        let found = (goal.verdict(), goal.distance(), goal.time_to_goal(), goal.recoveries(), goal.switches());
        format!("{found:?} {:?} {:?}", goal.measurement(), world.get_resource::<Supervisor>())
    });
    let disruptions = world.get_resource::<Disruptions>().cloned();
    Course {
        series,
        hash: phase_hash(world),
        energy: energy_ledger(world).to_parts(),
        links: topology_report(world).links,
        goal,
        // Who is still to be taken back goes by entities, which differ.
        disruptions: disruptions.filter(Disruptions::are_over),
    }
}

fn with_threads(world: &mut World, threads: usize) {
    let mut workers = Workers::with_threads(threads);
    (workers.sequential_below, workers.block) = (0, 16);
    world.insert_resource(workers);
}

fn written(write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = CheckpointWriter::new(&mut bytes).unwrap();
    write(&mut file).unwrap();
    file.finish().unwrap();
    bytes
}

fn bytes_of(state: &SwarmState) -> Vec<u8> {
    written(|file| write_swarm(state, file))
}

fn read(bytes: &[u8]) -> Result<SwarmState, CheckpointError> {
    Checkpoint::read(bytes, bytes.len() as u64, Path::new("matrix.lampyrid"))
        .and_then(|mut found| read_swarm(&mut found))
}

/// A world in which entities have other numbers.
fn elsewhere(bytes: &[u8]) -> World {
    let mut world = World::new();
    let others: Vec<Entity> = (0..57).map(|_| world.spawn_empty().id()).collect();
    others.into_iter().step_by(2).for_each(|entity| _ = world.despawn(entity));
    read(bytes).unwrap().restore(&mut world).unwrap();
    world
}

#[test]
fn a_swarm_cut_anywhere_goes_on_to_the_same_bits_on_any_number_of_threads() {
    for (name, build, act) in SCENARIOS {
        let mut world = build();
        with_threads(&mut world, 1);
        let series = step(&mut world, act, 0, STEPS);
        let whole = course(&mut world, series);
        for before in [1, 2, 4] {
            let mut world = build();
            with_threads(&mut world, before);
            let mut done = 0;
            let mut rows = Vec::new();
            for cut in CUTS {
                rows.extend(step(&mut world, act, done, cut));
                done = cut;
                let saved = bytes_of(&SwarmState::capture(&mut world).unwrap());
                for after in [1, 2, 4] {
                    let mut resumed = elsewhere(&saved);
                    with_threads(&mut resumed, after);
                    let rest = step(&mut resumed, act, cut, STEPS);
                    let series = rows.iter().copied().chain(rest).collect();
                    let found = course(&mut resumed, series);
                    assert_eq!(found, whole, "{name}: {before} threads up to step {cut}, {after} from there on");
                }
            }
        }
    }
}

#[test]
fn what_is_saved_again_at_once_is_what_was_saved() {
    for (name, build, act) in SCENARIOS {
        let mut world = build();
        step(&mut world, act, 0, 50);
        let saved = bytes_of(&SwarmState::capture(&mut world).unwrap());
        let mut again = elsewhere(&saved);
        assert_eq!(bytes_of(&SwarmState::capture(&mut again).unwrap()), saved, "{name}");
    }
}

#[test]
fn a_swarm_of_one_graph_is_also_its_only_part() {
    for (name, build, act) in SCENARIOS.into_iter().filter(|(name, ..)| *name != "churn") {
        let mut world = build();
        step(&mut world, act, 0, 60);
        let part = SwarmState::capture(&mut world).unwrap().into_part().unwrap();
        let bytes = written(|file| write_part(&part, file));
        let mut file = Checkpoint::read(&bytes[..], bytes.len() as u64, Path::new("part.lampyrid")).unwrap();
        let part = read_part(&mut file).unwrap();
        let (joined, whole) =
            (SwarmState::join(std::slice::from_ref(&part)).unwrap(), SwarmState::capture(&mut world).unwrap());
        assert!(joined.blocks() == whole.blocks(), "{name}");
        let mut again = World::new();
        PartState::restore(std::slice::from_ref(&part), part.own(), |_| 0, &mut again).unwrap();
        step(&mut world, act, 60, STEPS);
        step(&mut again, act, 60, STEPS);
        assert_eq!(phase_hash(&mut again), phase_hash(&mut world), "{name}");
    }
    let several = SwarmState::capture(&mut churn()).unwrap().into_part();
    assert!(matches!(several, Err(StateError::Unfit(_))));
    let lone = PartState::capture(&mut noise());
    assert!(matches!(lone, Err(SwarmError::PartUnfit { .. })));
}

#[test]
fn links_that_were_spawned_together_are_saved_and_shared_together() {
    let mut world = noise();
    let saved = bytes_of(&SwarmState::capture(&mut world).unwrap());
    let raw = AGENTS * (8 + 8) + 4 * (AGENTS + 1) + 4 * graph().links();
    assert!(saved.len() < raw + 2_000, "{} bytes for {raw}", saved.len());
    let mut again = elsewhere(&saved);
    advance(&mut world, 1).unwrap();
    advance(&mut again, 1).unwrap();
    let bytes = |world: &mut World| lampyrid::swarm::swarm_bytes(world);
    // Entities have other numbers, which the index lists.
    assert!(bytes(&mut again).abs_diff(bytes(&mut world)) < 2_000);
}

#[test]
fn an_app_saves_and_loads_by_two_calls_and_nothing_is_lost_by_a_third() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("swarm.lampyrid");
    let mut world = disruption();
    advance(&mut world, 30).unwrap();
    save_checkpoint(&mut world, &path).unwrap();
    let mut later = World::new();
    load_checkpoint(&mut later, &path).unwrap();
    let full = load_checkpoint(&mut later, &path).unwrap_err();
    assert!(matches!(full, CheckpointFailure::State(StateError::HasAgents { agents }) if agents > 0), "{full}");
    advance(&mut world, 60).unwrap();
    advance(&mut later, 60).unwrap();
    assert_eq!(phase_hash(&mut later), phase_hash(&mut world));

    let before = fs::read(&path).unwrap();
    let nowhere = save_checkpoint(&mut World::new(), &path).unwrap_err();
    assert!(matches!(nowhere, CheckpointFailure::Swarm(SwarmError::NotInstalled)), "{nowhere}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let missing = load_checkpoint(&mut World::new(), &scratch.path().join("missing")).unwrap_err();
    assert!(matches!(missing, CheckpointFailure::Input(CheckpointError::Unreadable { .. })), "{missing}");
}

/// Numbers in no order that helps anyone.
fn scattered() -> impl Iterator<Item = usize> {
    (1_u64..).map(|k| (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 17) as usize)
}

#[test]
fn what_was_cut_or_altered_is_refused_within_twice_its_size() {
    let mut world = churn();
    step(&mut world, replace, 0, 20);
    let whole = bytes_of(&SwarmState::capture(&mut world).unwrap());
    let refused = |bytes: &[u8], what: &str, place: usize| {
        let before = Count::of_thread();
        let found = Checkpoint::read(bytes, bytes.len() as u64, Path::new("altered"));
        let taken = (Count::of_thread() - before).bytes;
        assert!(found.is_err(), "{what} {place}");
        assert!(taken <= 2 * bytes.len() as u64 + 1024, "{what} {place}: {taken} bytes for {}", bytes.len());
    };
    (0..whole.len()).for_each(|length| refused(&whole[..length], "cut to", length));
    let mut altered = whole.clone();
    for bit in scattered().take(10_000).map(|number| number % (8 * whole.len())) {
        altered[bit / 8] ^= 1 << (bit % 8);
        refused(&altered, "bit", bit);
        altered[bit / 8] ^= 1 << (bit % 8);
    }
}

/// Sections as the format says: where their contents are.
fn sections(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 32;
    while at < bytes.len() {
        let length = u64::from_le_bytes(bytes[at + 48..at + 56].try_into().unwrap()) as usize;
        found.push(at + 56..at + 56 + length);
        at += 56 + length + 4;
    }
    found
}

#[test]
fn a_forged_checkpoint_is_refused_or_taken_but_never_panics() {
    let mut world = disruption();
    step(&mut world, edit, 0, 30);
    let whole = bytes_of(&SwarmState::capture(&mut world).unwrap());
    let sections = sections(&whole);
    let (mut refused, mut taken) = (0, 0);
    let mut numbers = scattered();
    for _ in 0..3_000 {
        let contents = sections[numbers.next().unwrap() % sections.len()].clone();
        if contents.is_empty() {
            continue;
        }
        let mut forged = whole.clone();
        for _ in 0..1 + numbers.next().unwrap() % 3 {
            let place = contents.start + numbers.next().unwrap() % contents.len();
            forged[place] = [0, 1, 0x7f, 0x80, 0xff][numbers.next().unwrap() % 5];
        }
        let mut checksum = crc(&forged[contents.start - 56..contents.end]);
        forged[contents.end..contents.end + 4].copy_from_slice(&std::mem::take(&mut checksum).to_le_bytes());
        let outcome = read(&forged).map_err(|_| ()).and_then(|state| state.restore(&mut World::new()).map_err(|_| ()));
        *if outcome.is_ok() { &mut taken } else { &mut refused } += 1;
    }
    assert!(refused > 100 && taken > 100, "{refused} refused, {taken} taken");
}

/// CRC-32 as of ISO 3309, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// The swarm of the committed file, at step 60.
fn of_the_committed_file() -> World {
    let mut world = disruption();
    with_threads(&mut world, 1);
    install_memory_budget(&mut world, MemoryBudget::default()).unwrap();
    let rules = vec![Rule::PhaseNudge(PhaseNudge::default()), Rule::Adaptive(Adaptive::default())];
    world.insert_resource(Supervisor::new(rules, SupervisorPolicy::default()));
    step(&mut world, edit, 0, 60);
    world.spawn((AgentId::new(9_999), Phase(1.0), Drive(0.3), CouplingScale(-0.5)));
    world
}

/// `LAMPYRID_WRITE_CHECKPOINT=1` writes the file anew; that is for a new version of the format.
#[test]
fn the_file_of_every_version_is_read_and_goes_on_to_its_hash() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints");
    let path = directory.join("v1.lampyrid");
    if std::env::var_os("LAMPYRID_WRITE_CHECKPOINT").is_some() {
        fs::create_dir_all(&directory).unwrap();
        save_checkpoint(&mut of_the_committed_file(), &path).unwrap();
    }
    let mut world = World::new();
    load_checkpoint(&mut world, &path).unwrap();
    with_threads(&mut world, 1);
    let mut same = of_the_committed_file();
    assert_eq!(bytes_of(&SwarmState::capture(&mut same).unwrap()), fs::read(&path).unwrap(), "the format has changed");
    advance(&mut world, 60).unwrap();
    advance(&mut same, 60).unwrap();
    assert_eq!(phase_hash(&mut world), "2cef08675046f368");
    assert_eq!(phase_hash(&mut same), "2cef08675046f368");
}
