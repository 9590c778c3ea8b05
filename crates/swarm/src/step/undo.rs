//! Takes back the stages of a step that failed.

use bevy_ecs::prelude::*;

use crate::{agent::Phase, index::SwarmIndex};

/// Puts the agents that are still there back to where they began a step that failed in this stage.
pub(crate) fn undo(world: &mut World, stage: usize) {
    if stage == 0 {
        return; // nobody has moved yet
    }
    let mut agents = world.query::<(Entity, &mut Phase)>();
    world.try_resource_scope(|world, index: Mut<SwarmIndex>| {
        for (entity, mut phase) in agents.iter_mut(world) {
            if let Some(&start) = index.place(entity).and_then(|place| index.starts.get(place)) {
                phase.0 = start;
            }
        }
    });
}
