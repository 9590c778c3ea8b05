//! Keeping out of each other's way.

use bevy_ecs::prelude::*;
use lampyrid_kernel::answer::to_midpoint;

use super::{
    exclusive::{Strategy, begin, end},
    heard::{Published, Publishing, first_place, of_neighbors, publish},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{Drive, IsAgent, Phase},
    answer::{Effort, Gain},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    settings::at_least_zero,
};

/// Drifts to the middle between the neighbours that fire just before and just after it, as in
/// DESYNC (Degesys, Rose, Patel & Nagpal 2007), continuously instead of once per turn.
///
/// Where everybody hears everybody, the swarm spreads evenly over the circle; on a sparse network
/// each agent keeps clear of those it hears, two hops apart may share a phase. It hears the
/// neighbours it lists. Two at one and the same phase do not part by themselves.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_insert = begin::<Desync>, on_remove = end::<Desync>)]
#[require(Gain, Effort, Drive)]
pub struct Desync {
    /// How fast the middle is approached, ≥ 0 \[1/s\]; below 1/Δt for small oscillations to die out.
    pub rate: f64,
}

impl Default for Desync {
    fn default() -> Self {
        Self { rate: 2.0 }
    }
}

impl Desync {
    /// Whether an agent can answer so.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] or [`SwarmError::OutOfRange`] naming the rate.
    pub fn check(&self) -> Result<(), SwarmError> {
        at_least_zero("rate of the desynchronisation", self.rate)
    }
}

impl Strategy for Desync {
    /// It looks at single neighbours, not at their sum.
    fn gain(&self) -> f64 {
        0.0
    }

    const EFFORT: f64 = 1.0;
}

type Parting = (Entity, &'static Desync, &'static Phase, &'static mut Drive);

/// Sets drives towards the middle.
pub(super) fn answer(
    all: Query<Publishing, IsAgent>,
    mut agents: Query<Parting, IsAgent>,
    mut index: ResMut<SwarmIndex>,
    mut phases: Local<Published>,
) {
    if agents.is_empty() {
        return;
    }
    if let Err(error) =
        publish(&all, &index, &mut phases, |phase, _| phase).and_then(|()| part(&mut agents, &index, &phases))
    {
        index.fail(error);
    }
}

fn part(agents: &mut Query<Parting, IsAgent>, index: &SwarmIndex, phases: &Published) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?;
    for (entities, desyncs, own, mut drives) in tables.filter(|(entities, ..)| !entities.is_empty()) {
        let first = first_place(index, entities)?;
        for (place, ((desync, own), drive)) in (first..).zip(desyncs.iter().zip(own).zip(drives.iter_mut())) {
            desync.check()?;
            drive.0 = desync.rate * to_midpoint(own.0, of_neighbors(index, phases, place));
        }
    }
    Ok(())
}
