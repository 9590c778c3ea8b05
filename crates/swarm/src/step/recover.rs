//! What ends a step: energy recovers, the clock advances.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::energy;

use crate::{
    agent::{Energy, Phase},
    clock::SwarmClock,
    error::SwarmError,
    index::SwarmIndex,
    settings::{EnergyRule, TimeStep},
};

/// Gives every agent that has energy its recovery of one step.
pub(crate) fn recover(
    mut agents: Query<'_, '_, &mut Energy, With<Phase>>,
    rule: Option<Res<'_, EnergyRule>>,
    time_step: Option<Res<'_, TimeStep>>,
    mut index: ResMut<'_, SwarmIndex>,
) {
    if index.error().is_some() || agents.is_empty() {
        return;
    }
    let (Some(rule), Some(time_step)) = (rule, time_step) else {
        return index.fail(SwarmError::SettingsMissing { name: "EnergyRule" });
    };
    if let Err(error) = rule.check() {
        return index.fail(error);
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
pub(crate) fn tick(
    mut clock: ResMut<'_, SwarmClock>,
    time_step: Option<Res<'_, TimeStep>>,
    index: Res<'_, SwarmIndex>,
) {
    if let (None, Some(time_step)) = (index.error(), time_step) {
        clock.advance(time_step.seconds);
    }
}
