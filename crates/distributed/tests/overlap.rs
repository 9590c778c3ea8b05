//! Agents who hear nobody of another rank move while messages are under way, and no bit is another.

use std::{ops::Range, sync::Arc, time::Duration};

use bevy_ecs::prelude::*;
use lampyrid_distributed::{
    Mail, Partition, RankSpawner, Ranks, ThreadRank, Traffic, Transport, on_threads, phase_hash, traffic,
};
use lampyrid_graph::{Part, Topology};
use lampyrid_swarm::{
    AgentId, Coupling, EnergyRule, Integrator, PhasorPrecision, Silent, SwarmError, SwarmSpawner, TimeStep, Workers,
    advance, install_swarm, read_phases,
};

const STEPS: u64 = 12;

/// A swarm whose agents go through the kernels in blocks so small that there are many of them.
#[derive(Clone)]
struct Case {
    topology: Topology,
    coupling: Coupling,
    integrator: Integrator,
    energy: Option<f64>,
    threads: usize,
    block: usize,
    /// Whether every seventh agent is silent, and so in another table.
    has_silence: bool,
}

fn case(topology: Topology) -> Case {
    let coupling = Coupling { strength: 1.5, ..Coupling::default() };
    let (integrator, energy, threads, block, has_silence) = (Integrator::Euler, None, 1, 4, false);
    Case { topology, coupling, integrator, energy, threads, block, has_silence }
}

fn ring() -> Topology {
    Topology::Ring { agents: 1203, neighbors: 6 }
}

fn phases(range: Range<u32>) -> Vec<f64> {
    range.map(|agent| f64::from(agent) * 0.7).collect()
}

fn frequencies(range: Range<u32>) -> Vec<f64> {
    range.map(|agent| f64::from(agent % 11) * 0.1).collect()
}

impl Case {
    fn set_up(&self, world: &mut World) {
        install_swarm(world);
        world.insert_resource(self.coupling);
        world.insert_resource(TimeStep { seconds: 1.0 / 64.0, integrator: self.integrator });
        world.insert_resource(EnergyRule { recovery: 0.3, ..EnergyRule::default() });
        let mut workers = Workers::with_threads(self.threads);
        (workers.sequential_below, workers.block) = (0, self.block);
        world.insert_resource(workers);
    }

    fn silence(&self, world: &mut World) {
        let mut agents = world.query::<(Entity, &AgentId)>();
        let hit: Vec<Entity> =
            agents.iter(world).filter(|(_, id)| id.get().is_multiple_of(7)).map(|(agent, _)| agent).collect();
        hit.into_iter().filter(|_| self.has_silence).for_each(|agent| _ = world.entity_mut(agent).insert(Silent));
    }

    fn alone(&self) -> String {
        let mut world = World::new();
        self.set_up(&mut world);
        let (graph, all) = (self.topology.build(7).unwrap(), 0..self.topology.agents() as u32);
        let spawner = SwarmSpawner::new(&graph).phases(phases(all.clone())).frequencies(frequencies(all));
        self.energy.into_iter().fold(spawner, SwarmSpawner::energy).spawn(&mut world).unwrap();
        self.silence(&mut world);
        advance(&mut world, STEPS).unwrap();
        lampyrid_swarm::phase_hash(&mut world)
    }

    /// A rank's world at its beginning.
    fn begin(&self, rank: Arc<ThreadRank>) -> World {
        let partition = Partition::blocks(self.topology.agents(), rank.size()).unwrap();
        let range = partition.range(rank.rank());
        let part = Part::from_stream(&self.topology.stream(7).unwrap(), range.clone()).unwrap();
        let mut world = World::new();
        self.set_up(&mut world);
        let spawner = RankSpawner::new(&partition, part).phases(phases(range.clone())).frequencies(frequencies(range));
        self.energy.into_iter().fold(spawner, RankSpawner::energy).spawn(&mut world, rank).unwrap();
        self.silence(&mut world);
        world
    }

    fn spread(&self, ranks: usize) -> (String, Vec<Traffic>) {
        let mut found = on_threads(ranks, |rank| {
            let mut world = self.begin(rank);
            advance(&mut world, STEPS).unwrap();
            (phase_hash(&mut world).unwrap(), traffic(&world))
        });
        let hash = found[0].0.take().expect("the first rank has the hash");
        (hash, found.into_iter().map(|(_, traffic)| traffic).collect())
    }

    fn check(&self) {
        let alone = self.alone();
        for ranks in [2, 3, 5] {
            let (hash, traffic) = self.spread(ranks);
            assert_eq!(hash, alone, "{:?}, {ranks} ranks", self.topology);
            assert!(traffic.iter().all(|one| one.meanwhile > Duration::ZERO), "{:?}: {traffic:?}", self.topology);
        }
    }
}

#[test]
fn rings_and_lattices_are_one_swarm() {
    let lattice = |periodic| Topology::Lattice { width: 23, height: 61, periodic };
    // Of the last one, whose agents have uneven numbers of links, blocks are gone through in another order.
    let random = Topology::Geometric { agents: 6000, radius: 0.001, periodic: false };
    for topology in [ring(), lattice(true), lattice(false), random] {
        case(topology).check();
    }
}

#[test]
fn every_integrator_and_whatever_else_moves_agents_is_one_swarm() {
    for integrator in [Integrator::Euler, Integrator::Heun, Integrator::Rk4] {
        let plain = case(ring());
        let coupling = Coupling { noise: 0.05, phasors: PhasorPrecision::SingleAngle, ..plain.coupling };
        Case { integrator, ..plain.clone() }.check();
        Case { integrator, coupling, energy: Some(0.05), ..plain.clone() }.check();
        Case { integrator, threads: 3, has_silence: true, ..plain }.check();
    }
}

#[test]
fn small_worlds_have_nobody_to_move_meanwhile_and_are_one_swarm() {
    let case = case(Topology::SmallWorld { agents: 1200, neighbors: 8, rewire: 0.3 });
    assert_eq!(case.spread(3).0, case.alone());
}

/// A rank that misses the other one, which ends when it has been told something; and the phases before and after.
fn after_a_loss(case: &Case) -> (World, SwarmError, [Vec<f64>; 2]) {
    let found = on_threads(2, |rank| {
        let mut world = case.begin(rank.clone());
        advance(&mut world, 3).unwrap();
        if rank.rank() == 1 {
            while matches!(rank.collect(), Ok(None)) {
                std::thread::yield_now();
            }
            return None;
        }
        let mut phases = [Vec::new(), Vec::new()];
        read_phases(&mut world, &mut phases[0]);
        let error = advance(&mut world, 1).unwrap_err();
        read_phases(&mut world, &mut phases[1]);
        Some((world, error, phases))
    });
    found.into_iter().flatten().next().expect("what the first rank found")
}

#[test]
fn a_rank_that_misses_another_after_some_have_moved_takes_no_further_step() {
    let (mut world, error, [before, after]) = after_a_loss(&case(ring()));
    assert!(matches!(error, SwarmError::PartMissing { part: 1, .. }), "{error}");
    assert_ne!(before, after);
    // Nobody is asked again.
    world.remove_resource::<Ranks>();
    assert_eq!(advance(&mut world, 1), Err(error));
}

#[test]
fn a_rank_that_misses_another_before_any_has_moved_leaves_all_where_they_were() {
    let (_, error, [before, after]) = after_a_loss(&Case { block: 1024, ..case(ring()) });
    assert!(matches!(error, SwarmError::PartMissing { part: 1, .. }), "{error}");
    assert_eq!(before, after);
}
