//! The swarm that is abused, its twin that is not, and what must hold of both.

use bevy_ecs::{prelude::*, schedule::Schedules, system::ScheduleSystem};
use lampyrid::{
    graph::Topology,
    swarm::{
        StepSystems, SwarmClock, SwarmError, SwarmSchedule, SwarmSpawner, World, advance, agent_states, install_swarm,
        phase_hash,
    },
};

/// A case: what it shows, as a sentence, and the showing, which fails by panicking.
pub(crate) type Case = (&'static str, fn());

/// Fills a world with six agents on a ring, of phases and frequencies of their own.
pub(crate) fn populate(world: &mut World) -> Vec<Entity> {
    let ring = Topology::Ring { agents: 6, neighbors: 4 }.build(1).unwrap();
    let phases: Vec<f64> = (0..6).map(|i| 0.9 * f64::from(i)).collect();
    let frequencies: Vec<f64> = (0..6).map(|i| 0.1 * f64::from(i)).collect();
    SwarmSpawner::new(&ring).phases(phases).frequencies(frequencies).spawn(world).unwrap()
}

/// A swarm that has taken one step.
pub(crate) fn swarm() -> (World, Vec<Entity>) {
    let mut world = World::new();
    install_swarm(&mut world);
    let agents = populate(&mut world);
    advance(&mut world, 1).unwrap();
    (world, agents)
}

/// The phases of a swarm that nobody abused, after so many steps.
pub(crate) fn twin(steps: u64) -> String {
    let (mut world, _) = swarm();
    advance(&mut world, steps - 1).unwrap();
    phase_hash(&mut world)
}

pub(crate) fn steps(world: &World) -> u64 {
    world.resource::<SwarmClock>().steps()
}

/// Steps are refused, change nothing, and say why.
pub(crate) fn refused(world: &mut World) -> SwarmError {
    let state =
        |world: &mut World| format!("{:?} {:?}", world.get_resource::<SwarmClock>().copied(), agent_states(world));
    let before = state(world);
    let errors = [advance(world, 1).unwrap_err(), advance(world, 3).unwrap_err()];
    assert_eq!(errors[0].to_string(), errors[1].to_string());
    assert_eq!(state(world), before, "a refused step changed something");
    errors[0]
}

/// Whatever steps can be taken are, and all phases are angles; else somebody is named and nothing moves.
pub(crate) fn is_honest(world: &mut World) {
    for _ in 0..5 {
        let before = steps(world);
        if let Err(error) = advance(world, 1) {
            assert_eq!(steps(world), before, "{error}");
            assert_eq!(refused(world).to_string(), error.to_string());
            return;
        }
        let states = agent_states(world);
        let angles =
            states.iter().all(|state| (0.0..std::f64::consts::TAU).contains(&state.phase) || !state.phase.is_finite());
        assert!(angles, "{states:?}");
        if states.iter().any(|state| !state.phase.is_finite()) {
            assert!(matches!(refused(world), SwarmError::PhaseNotFinite { .. }));
            return;
        }
    }
}

/// Adds a system to the step.
pub(crate) fn in_step<M>(world: &mut World, set: StepSystems, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, systems.in_set(set));
}

pub(crate) const EMPTY_CHAIRS: [StepSystems; 4] =
    [StepSystems::First, StepSystems::Exchange, StepSystems::Couple, StepSystems::Last];
