//! Choosing one's answer by what one perceives.

use bevy_ecs::prelude::*;
use lampyrid_kernel::{Phasor, answer::willingness};

use super::{
    FrequencyLock, PhaseNudge,
    exclusive::{Strategy, begin, end},
    frequency_lock::lag,
    heard::{Published, Publishing, first_place, of_neighbors, publish},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{Energy, Frequency, IsAgent},
    answer::{Effort, Gain, Velocity},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    settings::{at_least_zero, finite},
    stage::{Stage, StepSettings},
};

/// Picks its answer from its own context, every so often:
///
/// - short of energy: as [`EnergyAware`](super::EnergyAware);
/// - its neighbours are in phase (local coherence ≥ 0.9) and stay so: as [`FrequencyLock`], so that
///   less and less coupling is needed;
/// - they are not, and do not get closer: as [`PhaseNudge`] with twice the gain;
/// - else as [`PhaseNudge`].
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_insert = begin::<Adaptive>, on_remove = end::<Adaptive>)]
#[require(AdaptiveState, Gain, Effort, Velocity)]
pub struct Adaptive {
    /// Factor on the coupling strength, any finite number.
    pub gain: f64,
    /// How fast frequencies follow while it answers as a frequency lock, ≥ 0 \[1/s\].
    pub rate: f64,
    /// Energy that is not touched, ≥ 0 \[dimensionless\]; below twice that it is short.
    pub reserve: f64,
    /// Simulated seconds between two looks, ≥ 0.
    pub every: f64,
}

impl Default for Adaptive {
    fn default() -> Self {
        Self { gain: 1.0, rate: 0.5, reserve: 20.0, every: 0.5 }
    }
}

impl Adaptive {
    /// Whether an agent can answer so.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] or [`SwarmError::OutOfRange`] naming the number.
    pub fn check(&self) -> Result<(), SwarmError> {
        finite("gain of the adaptive", self.gain)?;
        at_least_zero("rate of the adaptive", self.rate)?;
        at_least_zero("energy reserve", self.reserve)?;
        at_least_zero("time between looks of the adaptive", self.every)
    }
}

impl Strategy for Adaptive {
    fn gain(&self) -> f64 {
        self.gain
    }

    const EFFORT: f64 = 1.0;
}

/// What an [`Adaptive`] agent answers as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum Answering {
    /// As [`PhaseNudge`].
    #[default]
    Nudge,
    /// As [`PhaseNudge`] with twice the gain.
    Urge,
    /// As [`FrequencyLock`].
    Lock,
    /// As [`EnergyAware`](super::EnergyAware).
    Save,
}

/// What an [`Adaptive`] agent remembers.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub struct AdaptiveState {
    /// Its present answer.
    pub answering: Answering,
    /// Its local coherence when it last looked; 0 before.
    pub coherence: f64,
}

/// From this local coherence on an agent counts as in phase with its neighbours.
const COHERENT: f64 = 0.9;

/// A local coherence that changes by less than this from look to look stands still.
const STILL: f64 = 1e-3;

impl AdaptiveState {
    fn look(&mut self, coherence: f64, is_short: bool) {
        let rise = coherence - self.coherence;
        self.coherence = coherence;
        self.answering = match () {
            () if is_short => Answering::Save,
            () if coherence >= COHERENT && rise > -STILL => Answering::Lock,
            () if coherence < COHERENT && rise < STILL => Answering::Urge,
            () => Answering::Nudge,
        };
    }
}

type Choosing = (
    Entity,
    &'static Adaptive,
    &'static mut AdaptiveState,
    Option<&'static Energy>,
    &'static mut Gain,
    &'static mut Effort,
);

/// Lets those look whose time it is, and sets their gain.
pub(super) fn choose(mut agents: Query<Choosing, IsAgent>, stage: Res<Stage>, mut index: ResMut<SwarmIndex>) {
    if let Err(error) = choose_all(&mut agents, &stage.settings, &index) {
        index.fail(error);
    }
}

fn choose_all(
    agents: &mut Query<Choosing, IsAgent>,
    settings: &StepSettings,
    index: &SwarmIndex,
) -> Result<(), SwarmError> {
    let capacity = settings.energy.map(|rule| rule.capacity);
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?;
    for (entities, adaptives, mut states, energies, mut gains, mut efforts) in
        tables.filter(|(entities, ..)| !entities.is_empty())
    {
        let first = first_place(index, entities)?;
        let answers = gains.iter_mut().zip(efforts.iter_mut());
        for (row, ((adaptive, state), (gain, effort))) in
            adaptives.iter().zip(states.iter_mut()).zip(answers).enumerate()
        {
            adaptive.check()?;
            let funds = energies.map(|all| all[row].0).zip(capacity);
            if settings.is_time(adaptive.every) {
                let is_short = funds.is_some_and(|(energy, _)| energy < 2.0 * adaptive.reserve);
                state.look(local_coherence(index, first + row), is_short);
            }
            (gain.0, effort.0) = match (state.answering, funds) {
                (Answering::Urge, _) => (2.0 * adaptive.gain, PhaseNudge::EFFORT),
                (Answering::Lock, _) => (adaptive.gain, FrequencyLock::EFFORT),
                (Answering::Save, Some((energy, capacity))) => {
                    (adaptive.gain * willingness(energy, adaptive.reserve, capacity), PhaseNudge::EFFORT)
                }
                _ => (adaptive.gain, PhaseNudge::EFFORT),
            };
        }
    }
    Ok(())
}

/// |Σ e^{iθ_j}| / |N(i)| of what an agent hears; 0 without neighbours, and in a mean field, where
/// nobody hears single neighbours.
fn local_coherence(index: &SwarmIndex, place: usize) -> f64 {
    let row = index.rows().neighbors(place);
    let phasors = index.heard.phasors();
    let heard = |&neighbor: &u32| phasors.get(neighbor as usize).unwrap_or(Phasor::ZERO);
    let field = row.iter().map(heard).fold(Phasor::ZERO, Phasor::plus);
    (field.cos * field.cos + field.sin * field.sin).sqrt() / row.len().max(1) as f64
}

type Following = (Entity, &'static Adaptive, &'static AdaptiveState, &'static Velocity, &'static mut Frequency);

/// Moves the frequencies of those who answer as a frequency lock.
pub(super) fn follow_frequencies(
    all: Query<Publishing, IsAgent>,
    mut agents: Query<Following, IsAgent>,
    stage: Res<Stage>,
    mut index: ResMut<SwarmIndex>,
    mut velocities: Local<Published>,
) {
    if !agents.iter().any(|(_, _, state, ..)| state.answering == Answering::Lock) {
        return;
    }
    if let Err(error) = publish(&all, &index, &mut velocities, |_, velocity| velocity)
        .and_then(|()| follow(&mut agents, &index, &velocities, stage.settings.time_step.seconds))
    {
        index.fail(error);
    }
}

fn follow(
    agents: &mut Query<Following, IsAgent>,
    index: &SwarmIndex,
    velocities: &Published,
    dt: f64,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?;
    for (entities, adaptives, states, own, mut frequencies) in tables.filter(|(entities, ..)| !entities.is_empty()) {
        let first = first_place(index, entities)?;
        let rows = adaptives.iter().zip(states).zip(own).zip(frequencies.iter_mut());
        for (place, (((adaptive, state), own), frequency)) in (first..).zip(rows) {
            if state.answering == Answering::Lock {
                frequency.0 += adaptive.rate * dt * lag(own.0, of_neighbors(index, velocities, place));
            }
        }
    }
    Ok(())
}
