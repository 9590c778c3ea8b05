//! Setting up a swarm in a world, duty by duty. The plugins do it for an app.

use bevy_ecs::{
    prelude::*,
    schedule::{Schedule, Schedules},
};

use crate::{
    clock::SwarmClock,
    coherence::{AgentsQuery, Coherence},
    community::Communities,
    duties::is_new,
    identity,
    index::{SwarmIndex, follow},
    schedule::{self, StepSystems, SwarmSchedule},
    settings::{Coupling, EnergyRule, SwarmSeed, TimeStep},
    step::{Kept, integrate, recover, sample, tick},
    workers::Workers,
};

/// Sets up a whole swarm, without agents, in a bare world: what
/// [`SwarmPlugins`](crate::SwarmPlugins) does for an app. A second call changes nothing.
pub fn install_swarm(world: &mut World) {
    install_stepping(world);
    install_topology(world);
    install_coupling(world);
    install_integration(world);
    install_energy(world);
    install_coherence(world);
}

/// What all parts of the swarm share.
fn install_core(world: &mut World) {
    identity::install(world);
    schedule::install(world);
    #[cfg(feature = "reflect")]
    crate::reflect::register_in(world);
    world.init_resource::<SwarmIndex>();
    world.init_resource::<Communities>();
    world.init_resource::<SwarmClock>();
    world.init_resource::<TimeStep>();
    world.init_resource::<SwarmSeed>();
    world.init_resource::<Workers>();
    world.init_resource::<Kept>();
}

/// Adds systems to the schedule of a step.
type Add = fn(&mut Schedule);

/// Systems that came while the schedule was not there: before it was set up, or in the middle of a step.
#[derive(Resource, Default)]
struct Joining(Vec<Add>);

pub(crate) fn add_systems(world: &mut World, add: Add) {
    match world.get_resource_or_init::<Schedules>().get_mut(SwarmSchedule) {
        Some(schedule) => add(schedule),
        None => world.get_resource_or_init::<Joining>().0.push(add),
    }
}

/// Lets those join the schedule who wait for it; false if nobody does.
pub(crate) fn join(world: &mut World, schedule: &mut Schedule) -> bool {
    let joining = world.remove_resource::<Joining>().unwrap_or_default().0;
    let any = !joining.is_empty();
    joining.into_iter().for_each(|add| add(schedule));
    any
}

pub(crate) fn install_stepping(world: &mut World) {
    if is_new(world, |duties| &mut duties.stepping) {
        install_core(world);
        add_systems(world, |step| _ = step.add_systems(tick.in_set(StepSystems::Finalize)));
    }
}

pub(crate) fn install_topology(world: &mut World) {
    if is_new(world, |duties| &mut duties.topology) {
        add_systems(world, |step| _ = step.add_systems(follow.in_set(StepSystems::Topology)));
    }
}

pub(crate) fn install_coupling(world: &mut World) {
    if is_new(world, |duties| &mut duties.coupling) {
        world.init_resource::<Coupling>();
        add_systems(world, |step| _ = step.add_systems(sample.in_set(StepSystems::Sample)));
    }
}

pub(crate) fn install_integration(world: &mut World) {
    if is_new(world, |duties| &mut duties.integration) {
        add_systems(world, |step| _ = step.add_systems(integrate.in_set(StepSystems::Integrate)));
    }
}

pub(crate) fn install_energy(world: &mut World) {
    if is_new(world, |duties| &mut duties.energy) {
        world.init_resource::<EnergyRule>();
        add_systems(world, |step| _ = step.add_systems(recover.in_set(StepSystems::Energy)));
    }
}

pub(crate) fn install_coherence(world: &mut World) {
    if is_new(world, |duties| &mut duties.coherence) {
        world.init_resource::<Coherence>();
        world.init_resource::<AgentsQuery>();
        // Whoever of two readers comes first measures, and both see the same.
        world.allow_ambiguous_resource::<Coherence>();
    }
}
