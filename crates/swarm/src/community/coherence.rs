//! A community's own coherence.

use std::marker::PhantomData;

use bevy_ecs::{
    lifecycle::{Add, Remove},
    prelude::*,
    system::SystemParam,
};
use lampyrid_measure::OrderParameter;

use crate::{
    agent::IsAgent,
    clock::SwarmClock,
    coherence::{Coherence, Measurable, measure},
    error::SwarmError,
    kept::KeptQuery,
};

type Members<M> = (IsAgent, With<M>);

/// The last measurement of a community.
#[derive(Resource)]
pub(super) struct Cache<M: Component> {
    coherence: Coherence,
    /// How often the swarm's had been made to measure anew by then.
    invalidations: u64,
    marker: PhantomData<fn() -> M>,
}

impl<M: Component> Cache<M> {
    fn cached(&mut self, common: &Coherence, now: f64) -> Option<OrderParameter> {
        self.coherence.time_to_live = common.time_to_live;
        self.coherence.cached(now).filter(|_| self.invalidations == common.invalidations())
    }

    fn store(&mut self, common: &Coherence, now: f64, value: OrderParameter) -> OrderParameter {
        self.invalidations = common.invalidations();
        self.coherence.store(now, value)
    }
}

/// System parameter: reads the order parameter of the agents with the marker `M`, as
/// [`SwarmCoherence`](crate::SwarmCoherence) does that of all: measured when the last measurement is
/// older than [`Coherence::time_to_live`], or agents joined or left since.
///
/// A system that reads the swarm's as well takes both in a set, since that one may write what this one
/// reads: `ParamSet<(SwarmCoherence, CommunityCoherence<Choir>)>`. Two systems need no order.
#[derive(SystemParam)]
pub struct CommunityCoherence<'w, 's, M: Component> {
    cache: Option<ResMut<'w, Cache<M>>>,
    common: Option<Res<'w, Coherence>>,
    clock: Option<Res<'w, SwarmClock>>,
    agents: Query<'w, 's, Measurable, Members<M>>,
}

impl<M: Component> CommunityCoherence<'_, '_, M> {
    /// R and ψ of the community's phases; R = 0 for no agents.
    ///
    /// # Errors
    ///
    /// [`SwarmError::PhaseNotFinite`] naming an agent whose phase is NaN or infinite;
    /// [`SwarmError::SettingsMissing`] if the community was not installed, or without [`Coherence`] or
    /// [`SwarmClock`] in the world.
    pub fn read(&mut self) -> Result<OrderParameter, SwarmError> {
        let now = self.clock.as_ref().ok_or(missing("SwarmClock"))?.seconds();
        let common = self.common.as_ref().ok_or(missing("Coherence"))?;
        let cache = self.cache.as_mut().ok_or(missing("CommunityCoupling"))?.bypass_change_detection();
        match cache.cached(common, now) {
            Some(value) => Ok(value),
            None => Ok(cache.store(common, now, measure(&self.agents)?)),
        }
    }
}

fn missing(name: &'static str) -> SwarmError {
    SwarmError::SettingsMissing { name }
}

/// The order parameter of the agents with the marker `M`, for those who have the world.
///
/// # Errors
///
/// As [`CommunityCoherence::read`].
pub fn community_coherence<M: Component>(world: &mut World) -> Result<OrderParameter, SwarmError> {
    let now = world.get_resource::<SwarmClock>().ok_or(missing("SwarmClock"))?.seconds();
    let common = *world.get_resource::<Coherence>().ok_or(missing("Coherence"))?;
    let mut cache = world.get_resource_mut::<Cache<M>>().ok_or(missing("CommunityCoupling"))?;
    if let Some(value) = cache.bypass_change_detection().cached(&common, now) {
        return Ok(value);
    }
    let value = MembersQuery::<M>::look(world, |world, agents| measure(&agents.query(world)))?;
    Ok(world.resource_mut::<Cache<M>>().bypass_change_detection().store(&common, now, value))
}

/// What agents with the marker `M` are looked at with from outside.
type MembersQuery<M> = KeptQuery<Measurable, Members<M>>;

pub(super) fn install<M: Component>(world: &mut World) {
    world.insert_resource(Cache::<M> { coherence: Coherence::default(), invalidations: 0, marker: PhantomData });
    world.init_resource::<MembersQuery<M>>();
    // Whoever of two readers comes first measures, and both see the same.
    world.allow_ambiguous_resource::<Cache<M>>();
    world.add_observer(|_: On<Add<M>>, cache: Option<ResMut<Cache<M>>>| forget(cache));
    world.add_observer(|_: On<Remove<M>>, cache: Option<ResMut<Cache<M>>>| forget(cache));
}

/// Somebody joined or left: what was measured is of another community.
fn forget<M: Component>(cache: Option<ResMut<'_, Cache<M>>>) {
    if let Some(mut cache) = cache {
        cache.bypass_change_detection().coherence.invalidate();
    }
}
