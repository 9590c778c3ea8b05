//! Coupling that also learns the rhythm.

use bevy_ecs::prelude::*;

use super::{
    exclusive::{Strategy, begin, end},
    heard::{Published, Publishing, first_place, of_neighbors, publish},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{Frequency, IsAgent},
    answer::{Effort, Gain, Velocity},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    settings::{at_least_zero, finite},
    stage::Stage,
};

/// Answers by sine coupling, and lets its natural frequency follow how fast its neighbours turn:
/// dω_i/dt = rate · mean_j (θ̇_j − θ̇_i), after the adaptive-frequency oscillators of Righetti,
/// Buchli & Ijspeert (2006).
///
/// The frequencies of all end equal, whatever they were. But as a velocity is the change of a phase,
/// they take up phase differences as well: of those that were there to begin with, the share
/// rate / (rate + K · gain) stays for ever. Let `rate` be small beside the coupling where phases
/// matter too.
///
/// It hears the neighbours it lists, also where the swarm couples all to all. Frequencies move by
/// one explicit Euler step per step, whatever the integrator.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_insert = begin::<FrequencyLock>, on_remove = end::<FrequencyLock>)]
#[require(Gain, Effort, Velocity)]
pub struct FrequencyLock {
    /// Factor on the coupling strength, any finite number.
    pub gain: f64,
    /// How fast frequencies follow, ≥ 0 \[1/s\].
    pub rate: f64,
}

impl Default for FrequencyLock {
    fn default() -> Self {
        Self { gain: 1.0, rate: 0.5 }
    }
}

impl FrequencyLock {
    /// Whether an agent can answer so.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] or [`SwarmError::OutOfRange`] naming the number.
    pub fn check(&self) -> Result<(), SwarmError> {
        finite("gain of the frequency lock", self.gain)?;
        at_least_zero("rate of the frequency lock", self.rate)
    }
}

impl Strategy for FrequencyLock {
    fn gain(&self) -> f64 {
        self.gain
    }

    const EFFORT: f64 = 1.5;
}

type Locking = (Entity, &'static FrequencyLock, &'static Velocity, &'static mut Frequency, &'static mut Gain);

/// Moves the frequencies of those who follow.
pub(super) fn answer(
    all: Query<Publishing, IsAgent>,
    mut agents: Query<Locking, IsAgent>,
    stage: Res<Stage>,
    mut index: ResMut<SwarmIndex>,
    mut velocities: Local<Published>,
) {
    if agents.is_empty() {
        return;
    }
    if let Err(error) = publish(&all, &index, &mut velocities, |_, velocity| velocity)
        .and_then(|()| follow(&mut agents, &index, &velocities, stage.settings.time_step.seconds))
    {
        index.fail(error);
    }
}

fn follow(
    agents: &mut Query<Locking, IsAgent>,
    index: &SwarmIndex,
    velocities: &Published,
    dt: f64,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?;
    for (entities, locks, own, mut frequencies, mut gains) in tables.filter(|(entities, ..)| !entities.is_empty()) {
        let first = first_place(index, entities)?;
        let rows = locks.iter().zip(own).zip(frequencies.iter_mut()).zip(gains.iter_mut());
        for (place, (((lock, own), frequency), gain)) in (first..).zip(rows) {
            lock.check()?;
            gain.0 = lock.gain;
            frequency.0 += lock.rate * dt * lag(own.0, of_neighbors(index, velocities, place));
        }
    }
    Ok(())
}

/// How much faster the neighbours turn, on the mean \[rad/s\]; 0 without neighbours.
pub(super) fn lag(own: f64, neighbors: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for velocity in neighbors {
        sum += velocity - own;
        count += 1;
    }
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}
