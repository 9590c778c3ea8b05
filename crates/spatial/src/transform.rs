//! The bridge to `bevy_transform`: agents are where their entities are.

use bevy_app::{App, Plugin};
use bevy_ecs::{intern::Interned, prelude::*, schedule::ScheduleLabel};
use bevy_transform::components::GlobalTransform;
use lampyrid_swarm::SwarmSystems;

use crate::position::Position;

/// Lets positions follow the global translations of their entities, in [`SwarmSystems::Prepare`] of
/// the schedule that the swarm is stepped in: an agent with a [`Position`] and a `GlobalTransform` is
/// where that says. Only those are written that have moved.
///
/// A `GlobalTransform` is brought up to date by Bevy's `TransformPlugin`, once per frame in `PostUpdate`.
/// Agents without one are left alone.
#[derive(Clone, Copy, Debug)]
pub struct SpatialTransformPlugin {
    schedule: Interned<dyn ScheduleLabel>,
}

impl SpatialTransformPlugin {
    /// For a swarm that is stepped in `schedule`.
    pub fn new(schedule: impl ScheduleLabel) -> Self {
        Self { schedule: schedule.intern() }
    }
}

impl Default for SpatialTransformPlugin {
    /// For a swarm that is stepped in `FixedUpdate`.
    fn default() -> Self {
        Self::new(bevy_app::FixedUpdate)
    }
}

impl Plugin for SpatialTransformPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(self.schedule, follow_transforms.in_set(SwarmSystems::Prepare));
    }
}

fn follow_transforms(mut agents: Query<(&GlobalTransform, &mut Position), Changed<GlobalTransform>>) {
    for (transform, mut position) in &mut agents {
        position.set_if_neq(Position(transform.translation().to_array().map(f64::from)));
    }
}
