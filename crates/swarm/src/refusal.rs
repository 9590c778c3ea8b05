//! How a system that takes part in a step says that the step cannot be taken.

use bevy_ecs::{prelude::*, system::SystemParam};

use crate::{
    error::SwarmError,
    index::{Rewiring, SwarmIndex},
};

/// System parameter: ends the present step with an error, as the built-in systems do. No time passes
/// and no phase moves; [`advance`](crate::advance) returns the error, and a host's plugin reports it
/// as [`SwarmStopped`](crate::SwarmStopped). The step is tried again at the next attempt.
///
/// For systems in [`SwarmSchedule`](crate::SwarmSchedule). Of several errors in one step the first
/// counts.
///
/// ```
/// use bevy_ecs::{prelude::*, schedule::Schedules};
/// use lampyrid_swarm::*;
///
/// #[derive(Resource)]
/// struct Battery(f64);
///
/// fn need_power(battery: Res<Battery>, mut step: StepRefusal) {
///     if battery.0 <= 0.0 {
///         step.refuse(SwarmError::OutOfRange { name: "battery", value: battery.0, allowed: "above 0" });
///     }
/// }
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.insert_resource(Battery(0.0));
/// world.resource_mut::<Schedules>().add_systems(SwarmSchedule, need_power.in_set(StepSystems::First));
/// assert!(advance(&mut world, 1).is_err());
/// world.resource_mut::<Battery>().0 = 1.0;
/// assert!(advance(&mut world, 1).is_ok());
/// ```
#[derive(SystemParam)]
pub struct StepRefusal<'w> {
    index: Option<ResMut<'w, SwarmIndex>>,
}

impl StepRefusal<'_> {
    /// Ends the present step.
    pub fn refuse(&mut self, error: SwarmError) {
        if let Some(index) = &mut self.index {
            index.fail(error);
        }
    }

    /// A way to tell the swarm of many lists at once. For our own crates.
    #[doc(hidden)]
    pub fn rewiring(&mut self) -> Option<Rewiring<'_>> {
        self.index.as_mut().map(|index| Rewiring(index))
    }
}
