//! What agents are coupled to has the coherence of their phases at that time.

use bevy_ecs::prelude::*;
use lampyrid_graph::Topology;
use lampyrid_swarm::*;

/// What two kinds of measurement said in a step.
#[derive(Resource, Default)]
struct Measured {
    phases: Vec<OrderParameter>,
    snapshots: Vec<Option<OrderParameter>>,
    before: Vec<Option<OrderParameter>>,
}

const AGENTS: usize = 3000;
const STEPS: u64 = 20;

/// A swarm that is measured in every step, both ways.
fn measured_swarm(all_to_all: bool, threads: usize) -> (World, Vec<Entity>) {
    let mut world = World::new();
    install_swarm(&mut world);
    world.init_resource::<Measured>();
    world.insert_resource(Coupling { all_to_all, ..Coupling::default() });
    world.resource_mut::<Coherence>().time_to_live = 0.0;
    let mut workers = Workers::with_threads(threads);
    workers.sequential_below = 0;
    world.insert_resource(workers);
    let phases = |mut coherence: SwarmCoherence, mut measured: ResMut<Measured>| -> Result {
        measured.phases.push(coherence.read()?);
        Ok(())
    };
    let before = |snapshot: SwarmSnapshot, mut measured: ResMut<Measured>| {
        measured.before.push(snapshot.order_parameter());
    };
    let snapshots = |snapshot: SwarmSnapshot, mut measured: ResMut<Measured>| {
        measured.snapshots.push(snapshot.order_parameter());
    };
    let mut schedules = world.get_resource_or_init::<Schedules>();
    schedules.add_systems(SwarmSchedule, phases.in_set(StepSystems::First));
    schedules.add_systems(SwarmSchedule, before.in_set(StepSystems::Exchange));
    schedules.add_systems(SwarmSchedule, snapshots.in_set(StepSystems::Couple));
    let graph = Topology::Random { agents: AGENTS, probability: 0.003 }.build(1).unwrap();
    let values: Vec<f64> = (0..AGENTS).map(|agent| agent as f64 * 0.37 % 6.0).collect();
    let agents = SwarmSpawner::new(&graph).phases(&values).frequencies(&values).spawn(&mut world).unwrap();
    (world, agents)
}

#[test]
fn a_snapshot_has_the_coherence_of_the_phases_to_the_bit() {
    for all_to_all in [false, true] {
        for threads in [1, 3] {
            let (mut world, mut agents) = measured_swarm(all_to_all, threads);
            for step in 0..STEPS {
                advance(&mut world, 1).unwrap();
                // Agents come and go: the index has gaps then.
                if step % 2 == 1 {
                    world.despawn(agents.pop().unwrap());
                    world.spawn(Phase(step as f64));
                }
            }
            let measured = world.resource::<Measured>();
            let phases: Vec<_> = measured.phases.iter().copied().map(Some).collect();
            assert_eq!(measured.snapshots, phases, "all to all: {all_to_all}, {threads} threads");
        }
    }
}

#[test]
fn a_snapshot_of_rounded_phasors_is_off_by_no_more_than_they_are() {
    let off = [(PhasorPrecision::Single, f64::powf(2.0, -24.5)), (PhasorPrecision::SingleAngle, f64::powf(2.0, -21.5))];
    for (threads, (phasors, most)) in [1, 3].into_iter().flat_map(|threads| off.map(|off| (threads, off))) {
        let (mut world, _) = measured_swarm(false, threads);
        world.resource_mut::<Coupling>().phasors = phasors;
        advance(&mut world, STEPS).unwrap();
        let measured = world.resource::<Measured>();
        assert_eq!(measured.snapshots.len() as u64, STEPS);
        for (snapshot, phases) in measured.snapshots.iter().zip(&measured.phases) {
            let apart = (snapshot.unwrap().r - phases.r).abs();
            assert!(0.0 < apart && apart < most, "{apart:e}");
        }
    }
}

#[test]
fn nothing_is_said_of_agents_that_are_not_there_any_more() {
    let (mut world, agents) = measured_swarm(false, 1);
    advance(&mut world, 2).unwrap();
    world.despawn(agents[0]);
    advance(&mut world, 1).unwrap();
    let measured = world.resource::<Measured>();
    assert_eq!(measured.before, [None, measured.snapshots[0], None]);
}
