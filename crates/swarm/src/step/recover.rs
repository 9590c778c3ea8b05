//! What ends a step: energy recovers, the clock advances.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::energy;

use crate::{
    agent::{Energy, IsAgent},
    clock::SwarmClock,
    index::{SwarmIndex, not_contiguous},
    stage::Stage,
};

/// Gives every agent that has energy its recovery of one step.
pub(crate) fn recover(mut agents: Query<&mut Energy, IsAgent>, stage: Res<Stage>, mut index: ResMut<SwarmIndex>) {
    let Some(rule) = stage.settings.energy.filter(|_| index.error().is_none()) else {
        return;
    };
    let gain = rule.recovery * stage.settings.time_step.seconds;
    if gain == 0.0 {
        return;
    }
    match agents.contiguous_iter_mut() {
        Ok(tables) => {
            for mut energies in tables {
                let ledger = energy::recover(Energy::peel_slice_mut(&mut energies), gain, rule.capacity);
                index.ledger.merge(ledger);
            }
        }
        Err(error) => index.fail(not_contiguous(error)),
    }
}

/// Counts the step. A clock that was taken away meanwhile is missed by the next one.
pub(crate) fn tick(clock: Option<ResMut<SwarmClock>>, stage: Res<Stage>, index: Res<SwarmIndex>) {
    if let Some(mut clock) = clock.filter(|_| index.error().is_none()) {
        clock.advance(stage.settings.time_step.seconds);
    }
}
