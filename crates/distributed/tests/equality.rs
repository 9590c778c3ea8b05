//! One swarm: however many ranks it is spread over, and whoever has whom, every bit is that of a single world.

#[path = "support/scattered.rs"]
mod scattered;

use bevy_ecs::prelude::*;
use lampyrid_distributed::{
    Partition, RankSpawner, Ranks, Telling, ThreadRank, Transport, coherence, energy_ledger, gather_states, on_threads,
    phase_hash, predicted_bytes, predicted_halo, traffic,
};
use lampyrid_graph::{Adjacency, Link, LinkStream, Part, Topology, TopologyStream};
use lampyrid_kernel::draw::{FrequencyDistribution, PhaseDistribution};
use lampyrid_swarm::{
    AgentState, Coupling, Desync, EnergyLedger, EnergyRule, FrequencyLock, Integrator, Normalization, OrderParameter,
    PhaseNudge, PhasorPrecision, Pulse, Rule, Spread, SwarmSeed, SwarmSpawner, TimeStep, Workers, adopt, advance,
    agent_states, install_swarm,
};

use scattered::{part_of, scattered};

const RANKS: [usize; 5] = [1, 2, 3, 4, 8];
const STEPS: u64 = 40;

/// A swarm to be stepped in one world and in several.
#[derive(Clone)]
struct Case {
    name: &'static str,
    topology: Topology,
    weighted: bool,
    coupling: Coupling,
    integrator: Integrator,
    energy: Option<f64>,
    rule: Option<Rule>,
    threads: usize,
}

/// What must not depend on the number of ranks.
#[derive(Debug, PartialEq)]
struct Outcome {
    hash: Option<String>,
    order: OrderParameter,
    ledger: EnergyLedger,
    states: Vec<AgentState>,
}

/// The links of a topology, each with a weight of its own.
struct Weighted(TopologyStream);

impl LinkStream for Weighted {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn is_weighted(&self) -> bool {
        true
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        self.0.for_each_link(|link| {
            let weight = 0.25 + f64::from((3 * link.receiver + link.sender) % 7) * 0.125;
            visit(Link { weight, ..link });
        });
    }
}

fn case(name: &'static str, topology: Topology) -> Case {
    let coupling = Coupling { strength: 1.5, ..Coupling::default() };
    let (weighted, energy, rule, threads) = (false, None, None, 1);
    Case { name, topology, weighted, coupling, integrator: Integrator::Euler, energy, rule, threads }
}

fn small_world() -> Topology {
    Topology::SmallWorld { agents: 500, neighbors: 8, rewire: 0.2 }
}

impl Case {
    fn agents(&self) -> usize {
        self.topology.agents()
    }

    fn whole(&self) -> Adjacency {
        let stream = self.topology.stream(7).unwrap();
        match self.weighted {
            true => Adjacency::from_stream(&Weighted(stream)).unwrap().adjacency,
            false => Adjacency::from_stream(&stream).unwrap().adjacency,
        }
    }

    fn part(&self, range: std::ops::Range<u32>) -> Part {
        let stream = self.topology.stream(7).unwrap();
        match self.weighted {
            true => Part::from_stream(&Weighted(stream), range).unwrap(),
            false => Part::from_stream(&stream, range).unwrap(),
        }
    }

    fn set_up(&self, world: &mut World) {
        world.insert_resource(self.coupling);
        world.insert_resource(TimeStep { seconds: 1.0 / 64.0, integrator: self.integrator });
        world.insert_resource(EnergyRule { recovery: 0.3, ..EnergyRule::default() });
        world.insert_resource(SwarmSeed(5));
        let mut workers = Workers::with_threads(self.threads);
        workers.sequential_below = 0;
        world.insert_resource(workers);
    }

    fn alone(&self) -> Outcome {
        let mut world = World::new();
        install_swarm(&mut world);
        self.set_up(&mut world);
        let graph = self.whole();
        let (phases, frequencies) = (phases(0..self.agents() as u32), frequencies(0..self.agents() as u32));
        let spawner = SwarmSpawner::new(&graph).phases(phases).frequencies(frequencies);
        self.energy.into_iter().fold(spawner, SwarmSpawner::energy).spawn(&mut world).unwrap();
        self.rule.iter().for_each(|rule| adopt(&mut world, rule).unwrap());
        advance(&mut world, STEPS).unwrap();
        Outcome {
            hash: Some(lampyrid_swarm::phase_hash(&mut world)),
            order: lampyrid_swarm::coherence(&mut world).unwrap(),
            ledger: lampyrid_swarm::energy_ledger(&world),
            states: agent_states(&mut world),
        }
    }

    /// A rank's world at its beginning.
    fn begin(&self, partition: &Partition, rank: std::sync::Arc<ThreadRank>) -> World {
        let own = partition.agents_of(rank.rank());
        let part = match partition.order() {
            None => self.part(partition.range(rank.rank())),
            Some(_) => part_of(&self.whole(), partition, rank.rank()),
        };
        let mut world = World::new();
        self.set_up(&mut world);
        let spawner = RankSpawner::new(partition, part);
        let spawner = spawner.phases(phases(own.iter())).frequencies(frequencies(own.iter()));
        self.energy.into_iter().fold(spawner, RankSpawner::energy).spawn(&mut world, rank).unwrap();
        self.rule.iter().for_each(|rule| adopt(&mut world, rule).unwrap());
        world
    }

    fn spread(&self, partition: &Partition) -> Outcome {
        let outcomes = on_threads(partition.ranks(), |rank| {
            let mut world = self.begin(partition, rank);
            // In two calls, so that a step begins where steps of this world alone might have ended.
            advance(&mut world, 1).unwrap();
            advance(&mut world, STEPS - 1).unwrap();
            Outcome {
                hash: phase_hash(&mut world).unwrap(),
                order: coherence(&mut world).unwrap(),
                ledger: energy_ledger(&world).unwrap(),
                states: gather_states(&mut world).unwrap(),
            }
        });
        assert!(outcomes.iter().all(|one| (one.order, one.ledger) == (outcomes[0].order, outcomes[0].ledger)));
        assert!(outcomes[1..].iter().all(|one| one.hash.is_none() && one.states.is_empty()));
        outcomes.into_iter().next().unwrap()
    }

    fn check(&self) {
        let alone = self.alone();
        for ranks in RANKS {
            for partition in [Partition::blocks(self.agents(), ranks).unwrap(), scattered(self.agents(), ranks)] {
                let spread = self.spread(&partition);
                assert_eq!((&spread.hash, spread.order), (&alone.hash, alone.order), "{}, {ranks} ranks", self.name);
                assert_eq!(spread, alone, "{}, {ranks} ranks", self.name);
            }
        }
    }
}

fn phases(ids: impl Iterator<Item = u32>) -> Vec<f64> {
    ids.map(|agent| PhaseDistribution::Uniform.draw(11, agent.into())).collect()
}

fn frequencies(ids: impl Iterator<Item = u32>) -> Vec<f64> {
    let law = FrequencyDistribution::Normal { mean: 1.0, std: 0.5 };
    ids.map(|agent| law.draw(11, agent.into())).collect()
}

#[test]
fn every_topology_is_one_swarm() {
    let topologies = [
        ("complete", Topology::Complete { agents: 60 }),
        ("ring", Topology::Ring { agents: 301, neighbors: 6 }),
        ("lattice", Topology::Lattice { width: 23, height: 17, periodic: true }),
        ("open lattice", Topology::Lattice { width: 19, height: 11, periodic: false }),
        ("star", Topology::Star { agents: 100 }),
        ("random", Topology::Random { agents: 400, probability: 0.02 }),
        ("random links", Topology::RandomLinks { agents: 400, links: 900 }),
        ("small world", small_world()),
        ("scale-free", Topology::ScaleFree { agents: 400, attach: 3 }),
        ("modular", Topology::Modular { sizes: vec![100, 150, 80], within: 0.1, between: 0.01 }),
        ("geometric", Topology::Geometric { agents: 400, radius: 0.08, periodic: true }),
        ("one agent each", Topology::Ring { agents: 8, neighbors: 4 }),
    ];
    topologies.into_iter().for_each(|(name, topology)| case(name, topology).check());
}

#[test]
fn every_integrator_with_and_without_noise_is_one_swarm() {
    for integrator in [Integrator::Euler, Integrator::Heun, Integrator::Rk4] {
        for noise in [0.0, 0.05] {
            let plain = case("integrators", small_world());
            Case { integrator, coupling: Coupling { noise, ..plain.coupling }, ..plain }.check();
        }
    }
}

#[test]
fn every_coupling_is_one_swarm() {
    let plain = case("coupling", small_world());
    let couplings = [
        Coupling { phase_lag: 0.4, normalization: Normalization::Sum, strength: 0.2, ..plain.coupling },
        Coupling { normalization: Normalization::Size, strength: 90.0, ..plain.coupling },
        Coupling { phasors: PhasorPrecision::Single, ..plain.coupling },
        Coupling { phasors: PhasorPrecision::SingleAngle, ..plain.coupling },
        Coupling { strength: 0.0, ..plain.coupling },
    ];
    for coupling in couplings {
        for weighted in [false, true] {
            Case { weighted, coupling, integrator: Integrator::Heun, ..plain.clone() }.check();
        }
    }
}

#[test]
fn a_mean_field_is_one_swarm() {
    for integrator in [Integrator::Euler, Integrator::Rk4] {
        for noise in [0.0, 0.01] {
            let plain = case("mean field", Topology::Ring { agents: 700, neighbors: 0 });
            Case { integrator, coupling: Coupling { all_to_all: true, noise, ..plain.coupling }, ..plain }.check();
        }
    }
}

#[test]
fn energy_is_one_ledger() {
    let plain = case("energy", small_world());
    Case { energy: Some(0.05), integrator: Integrator::Heun, ..plain }.check();
}

#[test]
fn strategies_hear_those_of_other_ranks() {
    let lock = FrequencyLock { gain: 1.0, rate: 0.5 };
    let rules = [
        Rule::PhaseNudge(PhaseNudge { gain: 1.3 }),
        Rule::FrequencyLock(lock),
        Rule::Pulse(Pulse::default()),
        Rule::EnergyAware(lampyrid_swarm::EnergyAware::default()),
        Rule::Desync(Desync::default()),
        Rule::Adaptive(lampyrid_swarm::Adaptive { every: 0.1, ..Default::default() }),
        Rule::Offset { lock: FrequencyLock { rate: 0.0, ..lock }, spread: Spread::Even },
        Rule::Offset { lock, spread: Spread::Slots(3) },
    ];
    for rule in rules {
        for integrator in [Integrator::Euler, Integrator::Rk4] {
            let plain = case(rule.name(), small_world());
            Case { rule: Some(rule), energy: Some(20.0), integrator, ..plain }.check();
        }
    }
}

#[test]
fn threads_within_ranks_change_no_bit() {
    let plain = case("threads", Topology::SmallWorld { agents: 5000, neighbors: 8, rewire: 0.2 });
    let coupling = Coupling { noise: 0.02, ..plain.coupling };
    Case { threads: 3, coupling, integrator: Integrator::Rk4, ..plain }.check();
}

#[test]
fn silent_agents_are_silent_at_other_ranks_too() {
    let case = case("silence", small_world());
    let silent = |id: u64| id.is_multiple_of(5);
    let silence = |world: &mut World| {
        let mut agents = world.query::<(Entity, &lampyrid_swarm::AgentId)>();
        let hit: Vec<Entity> = agents.iter(world).filter(|(_, id)| silent(id.get())).map(|(agent, _)| agent).collect();
        hit.into_iter().for_each(|agent| _ = world.entity_mut(agent).insert(lampyrid_swarm::Silent));
    };
    let mut alone = World::new();
    install_swarm(&mut alone);
    case.set_up(&mut alone);
    let all = 0..case.agents() as u32;
    let graph = case.whole();
    SwarmSpawner::new(&graph).phases(phases(all.clone())).frequencies(frequencies(all)).spawn(&mut alone).unwrap();
    advance(&mut alone, 5).unwrap();
    silence(&mut alone);
    advance(&mut alone, 10).unwrap();
    let partition = Partition::blocks(case.agents(), 3).unwrap();
    let hashes = on_threads(3, |rank| {
        let mut world = case.begin(&partition, rank);
        advance(&mut world, 5).unwrap();
        silence(&mut world);
        advance(&mut world, 10).unwrap();
        phase_hash(&mut world).unwrap()
    });
    assert_eq!(hashes[0], Some(lampyrid_swarm::phase_hash(&mut alone)));
}

#[test]
fn bytes_are_within_a_twentieth_of_what_was_predicted() {
    let agents = 64 * 64;
    let topologies = [
        Topology::Ring { agents, neighbors: 4 },
        Topology::Lattice { width: 64, height: 64, periodic: true },
        Topology::SmallWorld { agents, neighbors: 8, rewire: 0.1 },
    ];
    let desync = Some(Rule::Desync(Desync::default()));
    for topology in topologies {
        for (integrator, stages, phasors, rule) in [
            (Integrator::Euler, 1, PhasorPrecision::Double, None),
            (Integrator::Rk4, 4, PhasorPrecision::Double, None),
            (Integrator::Rk4, 4, PhasorPrecision::Single, None),
            (Integrator::Rk4, 4, PhasorPrecision::SingleAngle, None),
            (Integrator::Heun, 2, PhasorPrecision::SingleAngle, desync),
        ] {
            let ranks = 4;
            let plain = case("bytes", topology.clone());
            let case = Case { integrator, coupling: Coupling { phasors, ..plain.coupling }, rule, ..plain };
            let partition = Partition::blocks(agents, ranks).unwrap();
            let traffic = on_threads(ranks, |rank| {
                let mut world = case.begin(&partition, rank);
                advance(&mut world, 3).unwrap();
                traffic(&world)
            });
            let bytes: u64 = traffic.iter().map(|traffic| traffic.bytes).sum();
            let telling = Telling { stages, phasors, strategies: rule.is_some() };
            let predicted = 3.0 * predicted_bytes(predicted_halo(&topology, ranks).unwrap(), ranks, telling);
            let ratio = predicted / bytes as f64;
            assert!((0.95..1.05).contains(&ratio), "{topology:?}: {predicted} not {bytes}");
        }
    }
}

#[test]
fn angles_of_half_the_bytes_are_half_the_traffic_and_another_swarm() {
    let plain = case("angles", small_world());
    let with = |phasors| Case { coupling: Coupling { phasors, ..plain.coupling }, ..plain.clone() };
    let found = [PhasorPrecision::Double, PhasorPrecision::SingleAngle].map(|phasors| {
        let case = with(phasors);
        let partition = Partition::blocks(case.agents(), 3).unwrap();
        let told = on_threads(3, |rank| {
            let mut world = case.begin(&partition, rank);
            advance(&mut world, 5).unwrap();
            traffic(&world)
        });
        (told.iter().map(|traffic| traffic.bytes).sum::<u64>(), told[0].messages, case.spread(&partition).hash)
    });
    let [(bytes, messages, hash), (half_the_bytes, as_many, other_hash)] = found;
    assert_eq!((half_the_bytes * 2, as_many), (bytes, messages));
    assert_ne!(hash, other_hash);
}

/// Strategies look at numbers that are not rounded.
#[test]
fn strategies_are_one_swarm_with_single_angles_too() {
    let plain = case("rounded", small_world());
    let coupling = Coupling { phasors: PhasorPrecision::SingleAngle, ..plain.coupling };
    for rule in [Rule::Desync(Desync::default()), Rule::FrequencyLock(FrequencyLock { gain: 1.0, rate: 0.5 })] {
        Case { rule: Some(rule), coupling, integrator: Integrator::Heun, ..plain.clone() }.check();
    }
}

#[test]
fn a_phase_that_is_no_number_ends_the_step_of_all() {
    let case = case("broken", small_world());
    let partition = Partition::blocks(case.agents(), 3).unwrap();
    let errors = on_threads(3, |rank| {
        let is_broken = rank.rank() == 1;
        let mut world = case.begin(&partition, rank);
        advance(&mut world, 2).unwrap();
        if is_broken {
            let mut agents = world.query::<&mut lampyrid_swarm::Phase>();
            agents.iter_mut(&mut world).next().unwrap().0 = f64::NAN;
        }
        let outcome = advance(&mut world, 2);
        drop(world.remove_resource::<Ranks>());
        outcome.unwrap_err()
    });
    assert!(matches!(errors[1], lampyrid_swarm::SwarmError::PhaseNotFinite { .. }), "{errors:?}");
    for error in [errors[0], errors[2]] {
        assert!(matches!(error, lampyrid_swarm::SwarmError::PartMissing { .. }), "{errors:?}");
    }
}
