//! Plain sine coupling, more or less of it.

use bevy_ecs::{change_detection::ContiguousRef, prelude::*};

use super::exclusive::{Strategy, begin, end};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::IsAgent,
    answer::{Effort, Gain},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    settings::finite,
};

/// Answers by the swarm's sine coupling, K · gain (Kuramoto 1975).
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(summary_tick, on_insert = begin::<PhaseNudge>, on_remove = end::<PhaseNudge>)]
#[require(Gain, Effort)]
pub struct PhaseNudge {
    /// Factor on the coupling strength, any finite number; a negative one shies away from what it
    /// hears.
    pub gain: f64,
}

impl Default for PhaseNudge {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl PhaseNudge {
    /// Whether an agent can answer so.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] naming the gain.
    pub fn check(&self) -> Result<(), SwarmError> {
        finite("gain of the phase nudge", self.gain)
    }
}

impl Strategy for PhaseNudge {
    fn gain(&self) -> f64 {
        self.gain
    }

    const EFFORT: f64 = 1.0;
}

/// Passes on gains that were changed. After an error all are looked at again, since the one that was
/// refused once must not be taken the next time for having stayed as it was.
pub(super) fn answer(
    mut agents: Query<(Ref<PhaseNudge>, &mut Gain), IsAgent>,
    mut index: ResMut<SwarmIndex>,
    mut is_settled: Local<bool>,
) {
    let outcome = pass_on(&mut agents, *is_settled);
    *is_settled = outcome.is_ok();
    if let Err(error) = outcome {
        index.fail(error);
    }
}

fn pass_on(agents: &mut Query<(Ref<PhaseNudge>, &mut Gain), IsAgent>, is_settled: bool) -> Result<(), SwarmError> {
    for (nudges, mut gains) in agents.contiguous_iter_mut().map_err(not_contiguous)? {
        let (nudges, ticks) = ContiguousRef::split(nudges);
        if is_settled && ticks.summary_tick_is_changed() == Some(false) {
            continue;
        }
        for (nudge, gain) in nudges.iter().zip(gains.iter_mut()) {
            nudge.check()?;
            gain.0 = nudge.gain;
        }
    }
    Ok(())
}
