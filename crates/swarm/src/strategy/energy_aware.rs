//! Coupling that fades as energy does.

use bevy_ecs::prelude::*;
use lampyrid_kernel::answer::willingness;

use super::exclusive::{Strategy, begin, end};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{Energy, IsAgent},
    answer::{Effort, Gain},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    settings::{at_least_zero, finite},
    stage::Stage,
};

/// Answers by sine coupling whose gain falls linearly to 0 as the agent's energy falls from its
/// capacity to `reserve`.
///
/// In a world without an [`EnergyRule`](crate::EnergyRule) nothing costs and nothing fades.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_insert = begin::<EnergyAware>, on_remove = end::<EnergyAware>)]
#[require(Energy, Gain, Effort)]
pub struct EnergyAware {
    /// Factor on the coupling strength with full energy, any finite number.
    pub gain: f64,
    /// Energy that is not touched, ≥ 0 \[dimensionless\].
    pub reserve: f64,
}

impl Default for EnergyAware {
    fn default() -> Self {
        Self { gain: 1.0, reserve: 20.0 }
    }
}

impl EnergyAware {
    /// Whether an agent can answer so.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] or [`SwarmError::OutOfRange`] naming the number.
    pub fn check(&self) -> Result<(), SwarmError> {
        finite("gain of the energy-aware", self.gain)?;
        at_least_zero("energy reserve", self.reserve)
    }
}

impl Strategy for EnergyAware {
    fn gain(&self) -> f64 {
        self.gain
    }

    const EFFORT: f64 = 1.0;
}

/// Sets gains by what energy there is.
pub(super) fn answer(
    mut agents: Query<(&EnergyAware, &Energy, &mut Gain), IsAgent>,
    stage: Res<Stage>,
    mut index: ResMut<SwarmIndex>,
) {
    if let Some(rule) = stage.settings.energy
        && let Err(error) = fade(&mut agents, rule.capacity)
    {
        index.fail(error);
    }
}

fn fade(agents: &mut Query<(&EnergyAware, &Energy, &mut Gain), IsAgent>, capacity: f64) -> Result<(), SwarmError> {
    for (aware, energies, mut gains) in agents.contiguous_iter_mut().map_err(not_contiguous)? {
        for ((aware, energy), gain) in aware.iter().zip(energies).zip(gains.iter_mut()) {
            aware.check()?;
            gain.0 = aware.gain * willingness(energy.0, aware.reserve, capacity);
        }
    }
    Ok(())
}
