//! Coupling by flashes.

use bevy_ecs::prelude::*;
use lampyrid_kernel::answer::{PulseResponse, has_fired};

use super::{
    exclusive::{Strategy, begin, end},
    heard::{Published, Publishing, first_place, of_neighbors, publish},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{Drive, IsAgent, Phase},
    answer::{Effort, Gain, Velocity},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    stage::Stage,
};

/// Answers to nothing but the firing of neighbours, their phase passing 2π: each time it jumps
/// ahead, the more so the later in its own turn (Mirollo & Strogatz 1990).
///
/// It hears the neighbours it lists, one step after they fired. A pulse counts by the share of
/// neighbours that sent it, so that hearing many is no louder than hearing few.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_insert = begin::<Pulse>, on_remove = end::<Pulse>)]
#[require(Gain, Effort, Drive, Velocity)]
pub struct Pulse {
    /// ε > 0 \[1\]: how far the pulse of all neighbours raises the state, which fires at 1.
    pub strength: f64,
    /// b > 0 \[1\]: how concave the state's rise is. The larger, the sooner a swarm fires together.
    pub curvature: f64,
    /// The part of a turn in [0, 1) after its own firing in which an agent hears nothing.
    pub refractory: f64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { strength: 0.3, curvature: 3.0, refractory: 0.1 }
    }
}

impl Pulse {
    /// Whether an agent can answer so.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] naming the number.
    pub fn check(&self) -> Result<(), SwarmError> {
        let positive = |name, value: f64| match value > 0.0 && value.is_finite() {
            true => Ok(()),
            false => Err(SwarmError::OutOfRange { name, value, allowed: "positive and finite" }),
        };
        positive("strength of the pulse", self.strength)?;
        positive("curvature of the pulse", self.curvature)?;
        if (0.0..1.0).contains(&self.refractory) {
            return Ok(());
        }
        let (name, allowed) = ("refractory part of a turn", "at least 0 and below 1");
        Err(SwarmError::OutOfRange { name, value: self.refractory, allowed })
    }

    fn response(&self) -> PulseResponse {
        PulseResponse { strength: self.strength, curvature: self.curvature, refractory: self.refractory }
    }
}

impl Strategy for Pulse {
    /// Between pulses it hears nothing.
    fn gain(&self) -> f64 {
        0.0
    }

    const EFFORT: f64 = 2.0;
}

type Pulsing = (Entity, &'static Pulse, &'static Phase, &'static mut Drive);

/// Lets agents jump ahead whose neighbours fired in the step before.
pub(super) fn answer(
    all: Query<Publishing, IsAgent>,
    mut agents: Query<Pulsing, IsAgent>,
    stage: Res<Stage>,
    mut index: ResMut<SwarmIndex>,
    mut fired: Local<Published>,
) {
    if agents.is_empty() {
        return;
    }
    let dt = stage.settings.time_step.seconds;
    let flash = |phase, velocity| f64::from(u8::from(has_fired(phase, velocity, dt)));
    if let Err(error) = publish(&all, &index, &mut fired, flash).and_then(|()| jump(&mut agents, &index, &fired, dt)) {
        index.fail(error);
    }
}

/// The jump is spread over the step as a rate, so that it is paid for like any other displacement.
fn jump(
    agents: &mut Query<Pulsing, IsAgent>,
    index: &SwarmIndex,
    fired: &Published,
    dt: f64,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?;
    for (entities, pulses, phases, mut drives) in tables.filter(|(entities, ..)| !entities.is_empty()) {
        let first = first_place(index, entities)?;
        for (place, ((pulse, phase), drive)) in (first..).zip(pulses.iter().zip(phases).zip(drives.iter_mut())) {
            pulse.check()?;
            let flashes: f64 = of_neighbors(index, fired, place).sum();
            let share = flashes / index.rows().degree(place).max(1) as f64;
            drive.0 = pulse.response().jump(phase.0, share) / dt;
        }
    }
    Ok(())
}
