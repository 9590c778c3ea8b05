//! What ends a step: energy recovers, the clock advances.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::energy;

use crate::{
    agent::{Energy, Phase},
    clock::SwarmClock,
    index::SwarmIndex,
    settings::{EnergyRule, TimeStep},
};

/// Gives every agent that has energy its recovery of one step.
pub(crate) fn recover(
    mut agents: Query<&mut Energy, With<Phase>>,
    rule: Res<EnergyRule>,
    time_step: Res<TimeStep>,
    mut index: ResMut<SwarmIndex>,
) {
    if index.error().is_some() {
        return;
    }
    let gain = rule.recovery * time_step.seconds;
    if gain == 0.0 {
        return;
    }
    for mut energies in agents.contiguous_iter_mut().expect("all components of an agent are table components") {
        let ledger = energy::recover(Energy::peel_slice_mut(&mut energies), gain, rule.capacity);
        index.ledger.merge(ledger);
    }
}

/// Counts the step.
pub(crate) fn tick(mut clock: ResMut<SwarmClock>, time_step: Res<TimeStep>, index: Res<SwarmIndex>) {
    if index.error().is_none() {
        clock.advance(time_step.seconds);
    }
}
