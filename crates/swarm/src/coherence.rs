//! The lazily measured coherence of the swarm.

use bevy_ecs::{prelude::*, query::ArchetypeFilter, system::SystemParam, world::DeferredWorld};
use bytemuck::TransparentWrapper;
use lampyrid_measure::{OrderParameter, OrderSum};

#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{AgentId, IsAgent, Phase},
    clock::SwarmClock,
    error::SwarmError,
    index::not_contiguous,
    kept::KeptQuery,
};

/// The last measured order parameter and how long it may be reused.
///
/// Read it through [`SwarmCoherence`], or by [`coherence`] from outside.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// [0.0, 1.0].map(|phase| world.spawn(Phase(phase)).id());
/// assert_eq!(coherence(&mut world)?, coherence(&mut world)?);
/// let cache = world.resource::<Coherence>();
/// assert_eq!((cache.measurements(), cache.hits()), (1, 1));
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Copy, Debug)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default, Clone))]
pub struct Coherence {
    /// For how many simulated seconds a measurement answers later reads, ≥ 0; 0 measures anew
    /// whenever time has passed.
    pub time_to_live: f64,
    #[cfg_attr(feature = "reflect", reflect(skip_serializing))]
    pub(crate) last: Option<Measured>,
    pub(crate) measurements: u64,
    pub(crate) hits: u64,
    /// How often it was made to measure anew.
    pub(crate) invalidations: u64,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub(crate) struct Measured {
    pub(crate) at: f64,
    #[cfg_attr(feature = "reflect", reflect(remote = OrderParameterMirror))]
    pub(crate) value: OrderParameter,
}

impl Default for Coherence {
    /// Measurements live for 0.1 s of simulated time.
    fn default() -> Self {
        Self { time_to_live: 0.1, last: None, measurements: 0, hits: 0, invalidations: 0 }
    }
}

impl Coherence {
    /// Makes the next read measure anew, also of communities, e.g. after phases were set from outside.
    pub fn invalidate(&mut self) {
        self.last = None;
        self.invalidations += 1;
    }

    /// How often the phases were really measured.
    #[must_use]
    pub fn measurements(&self) -> u64 {
        self.measurements
    }

    /// How often a read was answered by an earlier measurement.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits
    }

    pub(crate) fn invalidations(&self) -> u64 {
        self.invalidations
    }

    pub(crate) fn cached(&mut self, now: f64) -> Option<OrderParameter> {
        // A clock that was put back makes what was measured later no answer.
        let is_fresh = |last: &Measured| now == last.at || (0.0..self.time_to_live).contains(&(now - last.at));
        let last = self.last.filter(is_fresh)?;
        self.hits += 1;
        Some(last.value)
    }

    pub(crate) fn store(&mut self, now: f64, value: OrderParameter) -> OrderParameter {
        self.last = Some(Measured { at: now, value });
        self.measurements += 1;
        value
    }
}

/// Agents came or went: what was measured is of another swarm.
pub(crate) fn on_membership_changed(mut world: DeferredWorld<'_>) {
    if let Some(mut coherence) = world.get_resource_mut::<Coherence>() {
        coherence.bypass_change_detection().invalidate();
    }
}

/// System parameter: reads the swarm's order parameter, measuring it only when the last
/// measurement is too old or agents came or went since.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::SwarmCoherence;
///
/// fn watch(mut coherence: SwarmCoherence) -> Result {
///     let order = coherence.read()?;
///     assert!((0.0..=1.0).contains(&order.r));
///     Ok(())
/// }
/// ```
#[derive(SystemParam)]
pub struct SwarmCoherence<'w, 's> {
    cache: Option<ResMut<'w, Coherence>>,
    clock: Option<Res<'w, SwarmClock>>,
    agents: Query<'w, 's, Measurable, IsAgent>,
}

impl SwarmCoherence<'_, '_> {
    /// R and ψ of all agents' phases, at most [`Coherence::time_to_live`] old; R = 0 for no
    /// agents.
    ///
    /// # Errors
    ///
    /// [`SwarmError::PhaseNotFinite`] naming an agent whose phase is NaN or infinite;
    /// [`SwarmError::SettingsMissing`] without [`Coherence`] or [`SwarmClock`] in the world.
    pub fn read(&mut self) -> Result<OrderParameter, SwarmError> {
        let now = self.clock.as_ref().ok_or(SwarmError::SettingsMissing { name: "SwarmClock" })?.seconds();
        let cache = self.cache.as_mut().ok_or(SwarmError::SettingsMissing { name: "Coherence" })?;
        if let Some(value) = cache.bypass_change_detection().cached(now) {
            return Ok(value);
        }
        let value = measure(&self.agents)?;
        Ok(cache.bypass_change_detection().store(now, value))
    }
}

/// What all agents are looked at with from outside.
pub(crate) type AgentsQuery = KeptQuery<Measurable, IsAgent>;

/// What measuring an agent needs of it.
pub(crate) type Measurable = (Entity, &'static Phase, &'static AgentId);

/// The swarm's order parameter, at most [`Coherence::time_to_live`] old.
///
/// # Errors
///
/// As [`SwarmCoherence::read`].
pub fn coherence(world: &mut World) -> Result<OrderParameter, SwarmError> {
    let clock = world.get_resource::<SwarmClock>().ok_or(SwarmError::SettingsMissing { name: "SwarmClock" })?;
    let now = clock.seconds();
    let mut cache = world.get_resource_mut::<Coherence>().ok_or(SwarmError::SettingsMissing { name: "Coherence" })?;
    if let Some(value) = cache.bypass_change_detection().cached(now) {
        return Ok(value);
    }
    let value = AgentsQuery::look(world, |world, agents| measure(&agents.query(world)))?;
    Ok(world.resource_mut::<Coherence>().bypass_change_detection().store(now, value))
}

/// Measures the phases of all these agents now.
pub(crate) fn measure<F: ArchetypeFilter>(agents: &Query<Measurable, F>) -> Result<OrderParameter, SwarmError> {
    let mut sum = OrderSum::default();
    for (_, phases, _) in agents.contiguous_iter().map_err(not_contiguous)? {
        sum.add(Phase::peel_slice(phases));
    }
    sum.order_parameter().ok_or_else(|| first_not_finite(agents.iter()))
}

/// The agent with the smallest id among those whose phase is not finite.
#[cold]
pub(crate) fn first_not_finite<'w>(agents: impl Iterator<Item = (Entity, &'w Phase, &'w AgentId)>) -> SwarmError {
    agents
        .filter(|(_, phase, _)| !phase.0.is_finite())
        .min_by_key(|(_, _, id)| **id)
        .map_or(SwarmError::NotFinite { name: "phase", value: f64::NAN }, |(entity, phase, id)| {
            SwarmError::PhaseNotFinite { entity, id: id.get(), value: phase.0 }
        })
}
