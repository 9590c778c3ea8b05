//! A swarm goes on from its state with any number of ranks.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use lampyrid_distributed::{Partition, ThreadRank, Transport, on_threads, phase_hash, restore_state};
use lampyrid_graph::Topology;
use lampyrid_swarm::{
    AgentState, Disruption, DisruptionKind, PartState, Pattern, StateError, SwarmState, advance, agent_states,
    energy_ledger, install_swarm,
};

use crate::case::{Case, Decided, case, goal, lock, rules};
use crate::scattered::scattered;

/// Numbers of ranks before and after.
const RESTARTS: [(usize, usize); 6] = [(1, 3), (2, 1), (3, 2), (4, 8), (8, 3), (3, 4)];

/// Everything that can be lost on the way: energy, strategies, a supervisor under way, disruptions to be taken back,
/// agents that are gone.
fn busy() -> Case {
    let at = |kind, fraction, at, until| Disruption { until, seed: 4, ..Disruption::new(kind, fraction, at) };
    let disruptions = vec![
        at(DisruptionKind::Remove, 0.1, 0.2, None),
        at(DisruptionKind::CutLinks, 0.2, 0.4, Some(1.9)),
        at(DisruptionKind::Silence, 0.2, 0.6, Some(1.7)),
        at(DisruptionKind::ShiftFrequencies { by: 0.4 }, 0.3, 0.7, Some(1.6)),
        at(DisruptionKind::Remove, 0.1, 1.8, None),
        at(DisruptionKind::Scramble, 0.3, 2.0, None),
    ];
    let (goal, rules) = (Some(goal(Pattern::Clusters(2))), rules());
    Case { goal, rules, disruptions, energy: Some(0.5), noise: 0.02, steps: 160, ..case() }
}

impl Case {
    /// What ranks write down after so many steps.
    fn saved(&self, partition: &Partition, steps: u64) -> Vec<PartState> {
        on_threads(partition.ranks(), |rank| {
            let mut world = self.begin(partition, rank);
            advance(&mut world, steps).unwrap();
            PartState::capture(&mut world).unwrap()
        })
    }

    /// A rank's world that goes on from parts: of all, it is given what it needs.
    fn resume(&self, parts: &[PartState], partition: &Partition, rank: Arc<ThreadRank>) -> World {
        let own = partition.agents_of(rank.rank());
        let is_needed = |part: &&PartState| part.own().iter().any(|id| own.contains(id));
        let needed = parts.iter().filter(is_needed).cloned().map(|part| part.among(&own).unwrap());
        let mut world = World::new();
        restore_state(&needed.collect::<Vec<_>>(), &mut world, partition, rank).unwrap();
        world
    }

    fn blocks(&self, ranks: usize) -> Partition {
        Partition::blocks(self.topology.agents(), ranks).unwrap()
    }

    fn scattered(&self, ranks: usize) -> Partition {
        scattered(self.topology.agents(), ranks)
    }

    /// Steps in one world, then on ranks, then on others, then in one world again.
    fn check_restarts(&self) {
        let half = self.steps / 2;
        let whole = self.alone();
        let mut alone = World::new();
        self.spawn_alone(&mut alone);
        advance(&mut alone, half).unwrap();
        let expected = SwarmState::capture(&mut alone).unwrap();
        let restarts = RESTARTS.into_iter().flat_map(|(before, after)| {
            [
                (self.blocks(before), self.blocks(after)),
                (self.scattered(before), self.blocks(after)),
                (self.blocks(before), self.scattered(after)),
                (self.scattered(before), self.scattered(after)),
            ]
        });
        for (earlier, later) in restarts {
            let (before, after) = (earlier.ranks(), later.ranks());
            let parts = self.saved(&earlier, half);
            let state = SwarmState::join(&parts).unwrap();
            assert_eq!(state.blocks(), expected.blocks(), "{before} ranks");
            let ends = on_threads(after, |rank| {
                let mut world = self.resume(&parts, &later, rank);
                advance(&mut world, self.steps - half).unwrap();
                let ledger = lampyrid_distributed::energy_ledger(&world).unwrap();
                (phase_hash(&mut world).unwrap(), ledger, Decided::of(&world))
            });
            assert_eq!(ends[0], (whole.hash.clone(), whole.ledger, whole.decided.clone()), "{before} to {after} ranks");
            assert!(ends.iter().all(|end| end.2 == ends[0].2));
            let mut single = World::new();
            state.restore(&mut single).unwrap();
            advance(&mut single, self.steps - half).unwrap();
            let end: (Vec<AgentState>, _) = (agent_states(&mut single), energy_ledger(&single));
            assert_eq!(end, (whole.states.clone(), whole.ledger), "{before} ranks to one world");
        }
    }
}

#[test]
fn a_busy_swarm_goes_on_with_any_number_of_ranks() {
    busy().check_restarts();
}

#[test]
fn what_a_single_world_saved_goes_on_over_ranks() {
    let busy = busy();
    let mut world = World::new();
    busy.spawn_alone(&mut world);
    advance(&mut world, 100).unwrap();
    let whole = SwarmState::capture(&mut world).unwrap().into_part().unwrap();
    advance(&mut world, 60).unwrap();
    let hashes = on_threads(4, |rank| {
        let mut world = busy.resume(std::slice::from_ref(&whole), &busy.blocks(4), rank);
        advance(&mut world, 60).unwrap();
        phase_hash(&mut world).unwrap()
    });
    assert_eq!(hashes[0], Some(lampyrid_swarm::phase_hash(&mut world)));
}

#[test]
fn a_swarm_is_saved_again_and_again() {
    let busy = busy();
    let mut parts = busy.saved(&busy.blocks(3), 40);
    for partition in [busy.blocks(2), busy.scattered(5), busy.blocks(1)] {
        parts = on_threads(partition.ranks(), |rank| {
            let mut world = busy.resume(&parts, &partition, rank);
            advance(&mut world, 40).unwrap();
            PartState::capture(&mut world).unwrap()
        });
    }
    let mut world = World::new();
    SwarmState::join(&parts).unwrap().restore(&mut world).unwrap();
    assert_eq!(agent_states(&mut world), busy.alone().states);
}

#[test]
fn every_topology_and_a_pacemaker_go_on() {
    let topologies = [
        Topology::Lattice { width: 15, height: 14, periodic: false },
        Topology::ScaleFree { agents: 200, attach: 3 },
        Topology::Star { agents: 60 },
        Topology::Ring { agents: 100, neighbors: 0 },
    ];
    for topology in topologies {
        Case { topology, rules: vec![lampyrid_swarm::Rule::FrequencyLock(lock())], ..busy() }.check_restarts();
    }
    let locked = Some(goal(Pattern::Locked { frequency: 3.0 }));
    Case { pacemaker: true, goal: locked, rules: rules()[..1].to_vec(), ..busy() }.check_restarts();
}

#[test]
fn agents_that_were_spawned_one_by_one_are_not_spread() {
    let mut world = World::new();
    install_swarm(&mut world);
    case().spawn_alone(&mut world);
    let pair = Topology::Complete { agents: 2 }.build(0).unwrap();
    lampyrid_swarm::SwarmSpawner::new(&pair).spawn(&mut world).unwrap();
    let state = SwarmState::capture(&mut world).unwrap();
    assert!(matches!(state.into_part(), Err(StateError::Unfit(_))));
}

#[test]
fn parts_that_do_not_go_together_are_refused() {
    let busy = busy();
    let (parts, others) = (busy.saved(&busy.blocks(3), 40), busy.saved(&busy.blocks(3), 100));
    let agents = busy.topology.agents() as u32;
    let restore = |parts: &[PartState], own: std::ops::Range<u32>| {
        PartState::restore(parts, &own.into(), |_| 0, &mut World::new())
    };
    let refused = |parts: &[PartState], own| {
        let outcome = restore(parts, own);
        assert!(matches!(outcome, Err(StateError::Unfit(_))), "{outcome:?}");
    };
    refused(&[], 0..agents);
    refused(&parts[..2], 0..agents);
    refused(&parts[1..], 0..1);
    refused(&[parts[0].clone(), parts[0].clone()], 0..1);
    refused(&[parts[0].clone(), parts[1].clone(), others[2].clone()], 0..agents);
    refused(&parts, 0..agents + 1);
    assert!(SwarmState::join(&parts[1..]).is_err());
    assert!(restore(&parts[1..2], parts[1].own().bounds()).is_ok());
    assert!(restore(&[parts[2].clone(), parts[0].clone(), parts[1].clone()], 0..agents).is_ok());
}
