//! What goes wrong, whom it hits, and that it is taken back.

use std::f64::consts::TAU;

use bevy_ecs::prelude::*;
use lampyrid::{graph::Topology, kernel::draw::PhaseDistribution, swarm::*};

fn swarm(agents: usize, weighted: bool) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Euler });
    let mut network = Topology::SmallWorld { agents, neighbors: 8, rewire: 0.3 }.build(1).unwrap();
    if weighted {
        let weights = (0..network.links()).map(|link| 1.0 + (link % 7) as f64).collect();
        network = lampyrid::graph::Adjacency::from_parts(
            network.offsets().to_vec(),
            network.columns().to_vec(),
            Some(weights),
        )
        .unwrap();
    }
    let phases: Vec<_> = (0..agents as u64).map(|id| PhaseDistribution::Uniform.draw(9, id)).collect();
    SwarmSpawner::new(&network).phases(&phases).frequencies(vec![TAU; agents]).spawn(&mut world).unwrap();
    world
}

fn frequencies(world: &mut World) -> Vec<f64> {
    agent_states(world).iter().map(|state| state.frequency).collect()
}

#[test]
fn a_disruption_hits_its_share_at_its_time_and_others_stay_untouched() {
    let shift = DisruptionKind::ShiftFrequencies { by: 2.0 };
    let mut world = swarm(200, false);
    install_disruptions(&mut world, vec![Disruption::new(shift, 0.3, 1.0)]).unwrap();
    advance(&mut world, 100).unwrap();
    assert!(frequencies(&mut world).iter().all(|frequency| *frequency == TAU), "not before its time");
    advance(&mut world, 1).unwrap();
    let shifted = frequencies(&mut world).iter().filter(|frequency| **frequency == TAU + 2.0).count();
    assert_eq!(shifted, 60);
    let history = world.resource::<Disruptions>().history();
    assert_eq!((history.len(), history[0].hit, world.resource::<Disruptions>().are_over()), (1, 60, true));
}

#[test]
fn what_can_be_taken_back_is() {
    let mut world = swarm(100, false);
    let until = |kind| Disruption { until: Some(2.0), ..Disruption::new(kind, 0.4, 1.0) };
    let kinds = [DisruptionKind::Silence, DisruptionKind::ShiftFrequencies { by: 0.5 }, DisruptionKind::FreezeEnergy];
    install_disruptions(&mut world, kinds.map(until).to_vec()).unwrap();
    let count = |world: &mut World| {
        let silent = world.query_filtered::<(), With<Silent>>().iter(world).count();
        let frozen = world.query_filtered::<(), With<EnergyFrozen>>().iter(world).count();
        (silent, frozen, frequencies(world).iter().filter(|frequency| **frequency != TAU).count())
    };
    advance(&mut world, 150).unwrap();
    assert_eq!(count(&mut world), (40, 40, 40));
    assert!(!world.resource::<Disruptions>().are_quiet());
    advance(&mut world, 100).unwrap();
    assert_eq!(count(&mut world), (0, 0, 0));
    assert_eq!(world.resource::<Disruptions>().last(), Some(2.0));
}

#[test]
fn links_are_cut_both_ways_and_come_back_with_their_weights() {
    for weighted in [false, true] {
        let mut world = swarm(200, weighted);
        let cut = Disruption { until: Some(2.0), ..Disruption::new(DisruptionKind::CutLinks, 0.3, 1.0) };
        let links = |world: &mut World| {
            let mut all: Vec<(u64, u64, f64)> = Vec::new();
            let mut agents = world.query::<(&AgentId, &Neighbors, Option<&Weights>)>();
            for (id, neighbors, weights) in agents.iter(world) {
                for (place, other) in neighbors.iter().enumerate() {
                    let other = world.get::<AgentId>(other).unwrap().get();
                    all.push((id.get(), other, weights.map_or(1.0, |weights| weights.as_slice()[place])));
                }
            }
            all.sort_by(|a, b| a.partial_cmp(b).unwrap());
            all
        };
        let before = links(&mut world);
        install_disruptions(&mut world, vec![cut]).unwrap();
        advance(&mut world, 150).unwrap();
        let during = links(&mut world);
        let share = 1.0 - during.len() as f64 / before.len() as f64;
        assert!((share - 0.3).abs() < 0.06, "{share}");
        let is_there = |from: u64, to: u64| during.iter().any(|&(a, b, _)| (a, b) == (from, to));
        assert!(during.iter().all(|&(a, b, _)| is_there(b, a)), "cut in one direction only");
        assert_eq!(topology_report(&world).links, during.len(), "the coupling follows");
        advance(&mut world, 100).unwrap();
        assert_eq!(links(&mut world), before);
    }
}

#[test]
fn the_removed_are_gone_and_the_scrambled_stand_anywhere() {
    let mut world = swarm(300, false);
    assert_eq!(disrupt(&mut world, Disruption::new(DisruptionKind::Remove, 0.3, 0.0)), Ok(90));
    advance(&mut world, 10).unwrap();
    assert_eq!(agent_states(&mut world).len(), 210);
    world.resource_mut::<Coupling>().strength = 20.0;
    advance(&mut world, 3_000).unwrap();
    assert!(coherence(&mut world).unwrap().r > 0.999);
    assert_eq!(disrupt(&mut world, Disruption::new(DisruptionKind::Scramble, 1.0, 0.0)), Ok(210));
    assert!(coherence(&mut world).unwrap().r < 0.25, "a cached coherence does not outlive a scramble");
}

#[test]
fn frozen_energy_neither_comes_nor_goes_and_its_owner_turns_freely() {
    let mut world = swarm(50, false);
    let all: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
    all.iter().for_each(|&agent| {
        world.entity_mut(agent).insert((Energy(7.0), EnergyFrozen));
    });
    let before: Vec<_> = agent_states(&mut world).iter().map(|state| state.phase).collect();
    advance(&mut world, 100).unwrap();
    for (state, before) in agent_states(&mut world).iter().zip(before) {
        assert_eq!(state.energy, Some(7.0));
        let turned = (state.phase - before).rem_euclid(TAU);
        assert!(turned.min(TAU - turned) < 1e-9, "one whole turn: {turned}");
    }
    let ledger = energy_ledger(&world);
    assert!(ledger.refused() > 0.0 && ledger.spent() == 0.0 && ledger.recovered() == 0.0);
}

#[test]
fn seeds_pick_different_agents_and_the_same_seed_the_same_whatever_the_tables() {
    #[derive(Component)]
    struct Painted;
    let hit = |seed: u64, painted: bool| {
        let mut world = swarm(100, false);
        if painted {
            let some: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).step_by(3).collect();
            some.iter().for_each(|&agent| {
                world.entity_mut(agent).insert(Painted);
            });
        }
        disrupt(&mut world, Disruption { seed, ..Disruption::new(DisruptionKind::Silence, 0.3, 0.0) }).unwrap();
        let mut ids: Vec<_> =
            world.query_filtered::<&AgentId, With<Silent>>().iter(&world).map(|id| id.get()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(hit(1, false), hit(1, true));
    assert_ne!(hit(1, false), hit(2, false));
}

#[test]
fn steps_taken_together_meet_a_disruption_at_the_same_step_as_single_ones() {
    let hash = |at_once: u64| {
        let mut world = swarm(100, false);
        let plan = [(DisruptionKind::Scramble, 0.35), (DisruptionKind::Remove, 1.2), (DisruptionKind::CutLinks, 1.21)];
        install_disruptions(&mut world, plan.map(|(kind, at)| Disruption::new(kind, 0.2, at)).to_vec()).unwrap();
        (0..300 / at_once).for_each(|_| advance(&mut world, at_once).unwrap());
        phase_hash(&mut world)
    };
    let expected = hash(1);
    assert!([3, 10, 60, 300].into_iter().all(|at_once| hash(at_once) == expected));
}

#[test]
fn disruptions_that_cannot_be_are_refused_by_name() {
    let good = Disruption::new(DisruptionKind::Silence, 0.3, 1.0);
    let bad = [
        (Disruption { fraction: 1.5, ..good }, "fraction of the disruption is 1.5; it must be above 0 and at most 1"),
        (Disruption { at: -1.0, ..good }, "time of the disruption is -1; it must be at least 0"),
        (Disruption { until: Some(0.5), ..good }, "end of the disruption is 0.5; it must be later than its beginning"),
    ];
    for (disruption, message) in bad {
        let mut world = World::new();
        assert_eq!(install_disruptions(&mut world, vec![disruption]).unwrap_err().to_string(), message);
    }
    let endless = Disruption { until: Some(2.0), ..Disruption::new(DisruptionKind::Remove, 0.3, 1.0) };
    assert!(endless.check().is_err());
    assert_eq!(disrupt(&mut World::new(), good), Err(SwarmError::NotInstalled));
}
