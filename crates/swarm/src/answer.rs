//! Components that change how a single agent answers its neighbours, or how they hear it.
//!
//! Strategies set them, and so may any system of a host's. All are optional table components; an
//! agent without one answers as the swarm's [`Coupling`](crate::Coupling) says.

#[cfg(feature = "reflect")]
use crate::reflect::*;
use bevy_ecs::component::Component;
use bytemuck::TransparentWrapper;

/// The factor by which an agent's strategy multiplies its coupling, besides its
/// [`CouplingScale`](crate::CouplingScale); agents without it have 1.
///
/// 0 keeps the strategy's agent from answering by sine coupling at all.
#[derive(Component, Clone, Copy, Debug, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Gain(pub f64);

impl Default for Gain {
    fn default() -> Self {
        Self(1.0)
    }
}

/// What a radian of displacement costs an agent, in units of
/// [`EnergyRule::cost_per_radian`](crate::EnergyRule::cost_per_radian); agents without it pay 1.
#[derive(Component, Clone, Copy, Debug, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Effort(pub f64);

impl Default for Effort {
    fn default() -> Self {
        Self(1.0)
    }
}

/// How fast an agent's phase turned in the last step, θ̇ \[rad/s\]: natural frequency, coupling,
/// drive and noise together.
///
/// The step writes it; 0 until the first. Strategies that listen to more than phases give it to all
/// agents.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Velocity(pub f64);

/// The phase offset δ \[rad\] that an agent publishes with its phase: neighbours hear θ − δ, and it
/// compares θ − δ with what it hears. Any finite number.
///
/// A swarm that comes into phase by what it hears ends with every agent at its own offset: with
/// equal steps of 2π/N spread over the whole circle, with m different ones in m clusters, as fast as
/// in-phase synchrony and on any connected network.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, PartialOrd, TransparentWrapper)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[repr(transparent)]
pub struct Offset(pub f64);

impl Offset {
    /// The offset of one of `slots` equal slots of the circle, 2π slot/slots; slots beyond the last
    /// start anew. 0 for no slots.
    #[must_use]
    pub fn slot(slot: u64, slots: u64) -> Self {
        Self(if slots == 0 { 0.0 } else { std::f64::consts::TAU * ((slot % slots) as f64 / slots as f64) })
    }
}

/// An agent that is off the air: nobody hears it, and it hears nobody. Its phase turns freely.
///
/// Those who list it still count it among their neighbours.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub struct Silent;

/// An agent whose energy is frozen: it neither spends nor recovers any, and whatever its coupling
/// would cost is refused.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub struct EnergyFrozen;
