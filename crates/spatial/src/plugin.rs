//! Setting it up.

use bevy_app::{App, Plugin};
use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid_swarm::{StepSystems, SwarmSchedule, install_swarm};

use crate::{
    follow::{Known, is_due, refresh},
    proximity::Proximity,
};

/// The set in which neighbours follow positions, within [`StepSystems::First`] of the step: before it is
/// taken. Systems of the step that move agents come before it; those of a host's own schedules do as
/// long as they run before [`SwarmSystems::Step`](lampyrid_swarm::SwarmSystems::Step).
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpatialSystems;

/// Lets agents that have a [`Position`](crate::Position) listen to whoever is near, by
/// [`Proximity`]. Goes with [`SwarmPlugins`](lampyrid_swarm::SwarmPlugins), in any order.
///
/// | feature | adds |
/// |---|---|
/// | `reflect` | positions, reaches and the setting for inspectors, scenes and the remote protocol |
/// | `serialize` | the same for serde |
/// | `transform` | `SpatialTransformPlugin`: positions follow the transforms of `bevy_transform` |
#[derive(Clone, Copy, Debug, Default)]
pub struct SpatialPlugin;

impl Plugin for SpatialPlugin {
    fn build(&self, app: &mut App) {
        install(app.world_mut());
    }

    fn is_unique(&self) -> bool {
        false
    }
}

/// Lets the agents of a bare world listen to whoever is near, setting the swarm up first if it is not
/// there yet. A second call changes nothing.
pub fn install_spatial(world: &mut World) {
    install_swarm(world);
    install(world);
}

fn install(world: &mut World) {
    #[cfg(feature = "reflect")]
    crate::reflect::register_in(world);
    world.init_resource::<Proximity>();
    if !world.contains_resource::<Known>() {
        world.init_resource::<Known>();
        let mut schedules = world.get_resource_or_init::<Schedules>();
        schedules.configure_sets(SwarmSchedule, SpatialSystems.in_set(StepSystems::First));
        schedules.add_systems(SwarmSchedule, refresh.run_if(is_due).in_set(SpatialSystems));
    }
}
