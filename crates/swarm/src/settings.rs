//! What a user may set, as resources. All fields are public: change them in any system, the next
//! step checks and follows.

use bevy_ecs::resource::Resource;
use lampyrid_kernel::{Integrator, Normalization, SineCoupling};

use crate::error::SwarmError;
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// How agents pull at each other, for the whole swarm.
///
/// dθ_i/dt = ω_i + κ_i K H_i + ξ_i with H_i = (1/n_i) Σ_j w_ij sin(θ_j − θ_i − α): Kuramoto
/// (1975), with the phase lag of Sakaguchi & Kuramoto (1986).
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.insert_resource(Coupling { strength: 2.0, all_to_all: true, ..Default::default() });
/// [0.0, 1.0, 2.0].map(|phase| world.spawn(Phase(phase)).id());
/// advance(&mut world, 500)?;
/// assert!(coherence(&mut world)?.r > 0.999);
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct Coupling {
    /// Coupling strength K \[rad/s\], any finite number.
    pub strength: f64,
    /// Phase lag α \[rad\], any finite number.
    pub phase_lag: f64,
    /// What the sum over neighbours is divided by (n_i).
    #[cfg_attr(feature = "reflect", reflect(remote = NormalizationMirror))]
    pub normalization: Normalization,
    /// Couples every agent to the mean phasor of all, instead of to its neighbours; costs the same
    /// for any number of agents each.
    pub all_to_all: bool,
    /// In how many digits a network's agents hear each other; the swarm's setting is that of all its
    /// communities.
    pub phasors: PhasorPrecision,
    /// Diffusion constant D ≥ 0 \[rad²/s\] of the white noise ξ: E\[ξ(t) ξ(t')\] = 2 D δ(t − t').
    pub noise: f64,
}

impl Default for Coupling {
    fn default() -> Self {
        Self {
            strength: 1.0,
            phase_lag: 0.0,
            normalization: Normalization::Degree,
            all_to_all: false,
            phasors: PhasorPrecision::Double,
            noise: 0.0,
        }
    }
}

/// How (cos θ, sin θ) of an agent on a network is kept for those who listen to it. Phases, sums and all
/// else are `f64` either way; a mean field has no such table.
///
/// Either gives the same bits at every instruction level, with any number of threads and in any order of
/// agents; the bits of one are not those of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum PhasorPrecision {
    /// As two `f64`.
    #[default]
    Double,
    /// As two `f32`, half the bytes to be read at random, and to be converted: whether that is quicker
    /// depends on the machine (`lampyrid bench single` tells). Each pull
    /// w sin(θ_j − θ_i − α) is off by no more than |w| 2⁻²³·⁵ ≈ 8.4·10⁻⁸ |w|.
    Single,
    /// As two `f32`, of an angle that is an `f32` too: where a swarm is spread over several processes, it is half as many
    /// bytes that they tell each other. Phases from 4 to 2π are rounded most, by 2⁻²² at most, so that each pull
    /// is off by no more than |w| (2⁻²¹ + 2⁻²³·⁵) ≈ 5.7·10⁻⁷ |w|.
    SingleAngle,
}

impl PhasorPrecision {
    /// Whether agents hear each other by angles that are `f32`.
    #[must_use]
    pub fn has_single_angles(self) -> bool {
        self == Self::SingleAngle
    }
}

impl Coupling {
    /// Whether every number is one that the dynamics can take.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] or [`SwarmError::OutOfRange`], naming the first that is not.
    pub fn check(&self) -> Result<(), SwarmError> {
        finite("coupling strength", self.strength)?;
        finite("phase lag", self.phase_lag)?;
        at_least_zero("noise", self.noise)
    }

    pub(crate) fn sine(&self) -> SineCoupling {
        SineCoupling::new(self.strength, self.phase_lag, self.normalization)
    }
}

/// How far a step goes, and by which method.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Rk4 });
/// advance(&mut world, 100)?;
/// assert_eq!(world.resource::<SwarmClock>().seconds(), 1.0);
/// assert!(TimeStep { seconds: 0.0, ..Default::default() }.check().is_err());
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct TimeStep {
    /// Δt > 0 in simulated seconds.
    pub seconds: f64,
    /// The integrator.
    #[cfg_attr(feature = "reflect", reflect(remote = IntegratorMirror))]
    pub integrator: Integrator,
}

impl Default for TimeStep {
    /// 1/64 s as Bevy's fixed time step, by explicit Euler.
    fn default() -> Self {
        Self { seconds: 1.0 / 64.0, integrator: Integrator::Euler }
    }
}

impl TimeStep {
    /// Whether the step is one that time can take.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] unless it is positive and finite.
    pub fn check(&self) -> Result<(), SwarmError> {
        if self.seconds > 0.0 && self.seconds.is_finite() {
            Ok(())
        } else {
            Err(SwarmError::OutOfRange {
                name: "time step",
                value: self.seconds,
                allowed: "a positive, finite number of seconds",
            })
        }
    }
}

/// What coupling costs agents that have [`Energy`](crate::Energy), and how they recover.
///
/// A coupling displacement of d radians costs `cost_per_radian` · |d|; what an agent cannot pay
/// for, it does not move. Then its energy recovers by `recovery` · Δt, up to `capacity`.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.insert_resource(EnergyRule { cost_per_radian: 3.0, recovery: 0.0, ..Default::default() });
/// let first = world.spawn((Phase(0.0), Neighbors::new())).id();
/// let payer = world.spawn((Phase(1.0), Neighbors::from([first]), Energy(100.0))).id();
/// advance(&mut world, 10)?;
/// let (phase, energy) = (world.get::<Phase>(payer).unwrap().0, world.get::<Energy>(payer).unwrap().0);
/// assert!(phase < 1.0 && (100.0 - energy - 3.0 * (1.0 - phase)).abs() < 1e-9);
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct EnergyRule {
    /// Most energy an agent can hold, > 0 \[dimensionless\].
    pub capacity: f64,
    /// Price of a radian, ≥ 0.
    pub cost_per_radian: f64,
    /// Energy regained per simulated second, ≥ 0.
    pub recovery: f64,
}

impl Default for EnergyRule {
    fn default() -> Self {
        Self { capacity: 100.0, cost_per_radian: 2.0, recovery: 1.0 }
    }
}

impl EnergyRule {
    /// Whether every number is one that the rule can take.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotFinite`] or [`SwarmError::OutOfRange`], naming the first that is not.
    pub fn check(&self) -> Result<(), SwarmError> {
        at_least_zero("energy capacity", self.capacity)?;
        at_least_zero("cost per radian", self.cost_per_radian)?;
        at_least_zero("energy recovery", self.recovery)
    }
}

/// The seed of the swarm's noise. Equal seeds, equal noise, whatever the threads or the order of
/// agents.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub struct SwarmSeed(pub u64);

pub(crate) fn finite(name: &'static str, value: f64) -> Result<(), SwarmError> {
    if value.is_finite() { Ok(()) } else { Err(SwarmError::NotFinite { name, value }) }
}

pub(crate) fn at_least_zero(name: &'static str, value: f64) -> Result<(), SwarmError> {
    finite(name, value)?;
    if value >= 0.0 { Ok(()) } else { Err(SwarmError::OutOfRange { name, value, allowed: "at least 0" }) }
}
