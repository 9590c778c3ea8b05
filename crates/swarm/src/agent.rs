//! The components of an agent: its state, and what it may add to it.
//!
//! An agent is any entity with a [`Phase`]. What a phase cannot do without ([`Frequency`],
//! [`AgentId`]) comes with it, and an entity that one of them was taken from is no agent any more;
//! everything else is optional and changes the agent's archetype, so that agents with and without
//! it can live in one swarm. All are table components.

use bevy_ecs::{component::Component, lifecycle::HookContext, query::With, world::DeferredWorld};
use bytemuck::TransparentWrapper;
use lampyrid_kernel::wrap::wrap;

#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    coherence::on_membership_changed,
    error::SwarmError,
    identity::{on_agent_id_discarded, on_agent_id_inserted},
};

/// What makes an entity an agent.
pub(crate) type IsAgent = (With<Phase>, With<Frequency>, With<AgentId>);

/// The phase θ \[rad\] of an agent, in [0, 2π) after every step.
///
/// Any system may write it; the next step starts from there.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_add = phase_added, on_remove = phase_removed)]
#[require(Frequency, AgentId)]
#[repr(transparent)]
pub struct Phase(pub f64);

impl Phase {
    /// A phase from any finite angle \[rad\], wrapped into [0, 2π).
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] for NaN and ±∞.
    pub fn new(angle: f64) -> Result<Self, SwarmError> {
        finite("phase", angle).map(|angle| Self(wrap(angle)))
    }
}

fn phase_added(world: DeferredWorld<'_>, _: HookContext) {
    on_membership_changed(world);
}

fn phase_removed(world: DeferredWorld<'_>, _: HookContext) {
    on_membership_changed(world);
}

/// The natural angular frequency ω \[rad/s\] of an agent: how fast its phase turns on its own.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Frequency(pub f64);

impl Frequency {
    /// A natural frequency from any finite number \[rad/s\].
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] for NaN and ±∞.
    pub fn new(radians_per_second: f64) -> Result<Self, SwarmError> {
        finite("frequency", radians_per_second).map(Self)
    }

    /// A natural frequency from turns per second \[Hz\].
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] for NaN and ±∞.
    pub fn from_hz(hertz: f64) -> Result<Self, SwarmError> {
        finite("frequency", hertz * std::f64::consts::TAU).map(Self)
    }

    /// A natural frequency from the time of one turn \[s\].
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] unless the period is positive and finite.
    pub fn from_period(seconds: f64) -> Result<Self, SwarmError> {
        if !(seconds > 0.0 && seconds.is_finite()) {
            return Err(SwarmError::OutOfRange {
                name: "period",
                value: seconds,
                allowed: "a positive number of seconds",
            });
        }
        finite("frequency", std::f64::consts::TAU / seconds).map(Self)
    }
}

/// What an agent has left to pay for its coupling \[dimensionless\], in [0, capacity].
///
/// An agent in debt (less than 0) cannot pay until it has recovered; NaN and ±∞ are errors. More
/// than the capacity is kept until it is spent.
///
/// Optional: an agent without it couples for free. See [`EnergyRule`](crate::EnergyRule).
#[derive(Component, Clone, Copy, Debug, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Energy(pub f64);

impl Default for Energy {
    /// A full agent by the default [`EnergyRule`](crate::EnergyRule).
    fn default() -> Self {
        Self(crate::EnergyRule::default().capacity)
    }
}

/// An agent's own factor κ on the coupling strength; agents without it have 1.
///
/// 0 lets the agent run free, a negative number makes it a contrarian.
#[derive(Component, Clone, Copy, Debug, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct CouplingScale(pub f64);

impl Default for CouplingScale {
    fn default() -> Self {
        Self(1.0)
    }
}

/// A rate \[rad/s\] that the agent's own coupling law adds to the swarm's, at every stage of a
/// step: the place where a custom law puts its result.
///
/// Systems that write it sit in [`StepSystems::Couple`](crate::StepSystems::Couple). Like any
/// coupling it is paid for by agents that have [`Energy`].
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Drive(pub f64);

/// The stable number of an agent.
///
/// It names the agent in files, orders the agents in results and keys its noise; entities come
/// and go, but equal ids make equal runs. Spawned without one, an agent gets the next free
/// number. To choose it, spawn it: `world.spawn((AgentId::new(7), Phase(0.0)))`.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(immutable, on_insert = on_agent_id_inserted, on_discard = on_agent_id_discarded)]
#[repr(transparent)]
pub struct AgentId(u64);

impl AgentId {
    pub(crate) const UNASSIGNED: Self = Self(u64::MAX);

    /// An id of the caller's choice; ids of one swarm must differ.
    ///
    /// # Panics
    ///
    /// For `u64::MAX`, which stands for an id not yet assigned.
    #[must_use]
    pub fn new(id: u64) -> Self {
        assert!(id != u64::MAX, "agent ids end at u64::MAX - 1");
        Self(id)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Default for AgentId {
    /// Not yet assigned: the world gives out the next free number on spawning.
    fn default() -> Self {
        Self::UNASSIGNED
    }
}

fn finite(name: &'static str, value: f64) -> Result<f64, SwarmError> {
    if value.is_finite() { Ok(value) } else { Err(SwarmError::NotFinite { name, value }) }
}
