//! Which parts of a swarm a world has, and whether their settings will do.

use bevy_ecs::prelude::*;

use crate::{
    clock::SwarmClock,
    error::SwarmError,
    settings::{Coupling, EnergyRule, SwarmSeed, TimeStep},
    workers::Workers,
};

/// Which duties this world has; each is installed once.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct Duties {
    pub(crate) stepping: bool,
    pub(crate) topology: bool,
    pub(crate) coupling: bool,
    pub(crate) integration: bool,
    pub(crate) energy: bool,
    pub(crate) coherence: bool,
}

/// Notes a duty; false if the world had it already.
pub(crate) fn is_new(world: &mut World, duty: impl Fn(&mut Duties) -> &mut bool) -> bool {
    let mut duties = world.get_resource_or_init::<Duties>();
    !std::mem::replace(duty(&mut duties), true)
}

/// Whether every setting that the installed duties need is there, and is one they can take. Looked
/// at before each step, so that a step is either taken whole or not at all.
pub(crate) fn check_settings(world: &World) -> Result<(), SwarmError> {
    fn setting<'w, R: Resource>(world: &'w World, name: &'static str) -> Result<&'w R, SwarmError> {
        world.get_resource::<R>().ok_or(SwarmError::SettingsMissing { name })
    }
    let duties = world.get_resource::<Duties>().ok_or(SwarmError::NotInstalled)?;
    setting::<TimeStep>(world, "TimeStep")?.check()?;
    setting::<Workers>(world, "Workers")?;
    setting::<SwarmClock>(world, "SwarmClock")?;
    setting::<SwarmSeed>(world, "SwarmSeed")?;
    if duties.coupling {
        setting::<Coupling>(world, "Coupling")?.check()?;
    }
    if duties.energy {
        setting::<EnergyRule>(world, "EnergyRule")?.check()?;
    }
    Ok(())
}
