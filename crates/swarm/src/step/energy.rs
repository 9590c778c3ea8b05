//! What energy needs of a step, besides being spent.

use bevy_ecs::{prelude::*, system::If};
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{
    Level,
    energy::{self, EnergyLedger},
};

use super::fetched::Movable;
use crate::{
    agent::{AgentId, Energy, IsAgent},
    answer::EnergyFrozen,
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    stage::{Stage, StepSettings},
};

/// Whether every energy is a number; looked at before anything moves.
pub(super) fn check_energies(agents: &Query<Movable, IsAgent>, stage: &Stage) -> Result<(), SwarmError> {
    if !stage.is_first() {
        return Ok(());
    }
    let mut tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let are_finite = tables.all(|(_, _, _, _, energies, ..)| {
        energies.is_none_or(|energies| energies.iter().fold(true, |finite, energy| finite & energy.0.is_finite()))
    });
    if are_finite { Ok(()) } else { Err(first_energy_not_finite(agents)) }
}

/// The agent with the smallest id among those whose energy is not finite.
#[cold]
fn first_energy_not_finite(agents: &Query<Movable, IsAgent>) -> SwarmError {
    agents
        .iter()
        .filter_map(|(entity, _, _, id, energy, ..)| Some((entity, *id, energy?.0)))
        .filter(|(_, _, energy)| !energy.is_finite())
        .min_by_key(|(_, id, _)| *id)
        .map_or(SwarmError::NotFinite { name: "energy", value: f64::NAN }, |(entity, id, value)| {
            SwarmError::EnergyNotFinite { entity, id: id.get(), value }
        })
}

/// The same before strategies answer, which may learn: what they learn from a step that is refused
/// would stay learned.
pub(crate) fn refuse_energies(agents: Query<(Entity, &AgentId, &Energy), IsAgent>, mut index: ResMut<SwarmIndex>) {
    let broken = agents.iter().filter(|(.., energy)| !energy.0.is_finite()).min_by_key(|(_, id, _)| id.get());
    if let Some((entity, id, energy)) = broken {
        index.fail(SwarmError::EnergyNotFinite { entity, id: id.get(), value: energy.0 });
    }
}

/// Agents whose energy comes back.
type Recovering = (IsAgent, Without<EnergyFrozen>);

/// Gives every agent that has energy its recovery of one step.
pub(crate) fn recover(
    mut agents: Query<&mut Energy, Recovering>,
    stage: If<Res<Stage>>,
    mut index: If<ResMut<SwarmIndex>>,
) {
    let goes_on = index.goes_on();
    let Some(recovery) = Recovery::of(&stage.settings).filter(|_| goes_on) else {
        return;
    };
    match agents.contiguous_iter_mut() {
        Err(error) => index.fail(not_contiguous(error)),
        Ok(tables) => tables.for_each(|mut energies| {
            index.ledger.merge(recovery.give(Energy::peel_slice_mut(&mut energies)));
        }),
    }
}

/// The energy that comes back in a step.
pub(super) struct Recovery {
    level: Level,
    gain: f64,
    capacity: f64,
}

impl Recovery {
    /// None where none comes back.
    pub(super) fn of(settings: &StepSettings) -> Option<Self> {
        let rule = settings.energy.filter(|rule| rule.recovery > 0.0)?;
        let gain = rule.recovery * settings.time_step.seconds;
        Some(Self { level: Level::detect(), gain, capacity: rule.capacity })
    }

    /// Gives it to agents.
    pub(super) fn give(&self, energies: &mut [f64]) -> EnergyLedger {
        energy::recover(self.level, energies, self.gain, self.capacity)
    }
}
