//! Whom a disruption hits.

use bevy_ecs::prelude::*;
use lampyrid_kernel::noise::{Stream, bits, unit};

use super::plan::Disruption;
use crate::{
    agent::{AgentId, IsAgent},
    error::SwarmError,
    goals::Pacemaker,
    parts::Others,
};

/// By whom a disruption hits first: a draw, and the id where two have the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lot(u128);

impl Lot {
    pub(super) fn of(disruption: &Disruption, occasion: u64, id: AgentId) -> Self {
        let draw = bits(disruption.seed, Stream::Disruption, id.get(), occasion)[0];
        Self(u128::from(draw) << 64 | u128::from(id.get()))
    }
}

/// Whom a disruption hits.
pub(super) struct Hit {
    /// Those in this world, in the order of their ids.
    pub(super) agents: Vec<(AgentId, Entity)>,
    /// Everybody in the swarm with a smaller lot, but for pacemakers; everybody if `None`.
    pub(super) below: Option<Lot>,
}

/// The agents that a disruption hits: those with the smallest draws, as many as the fraction makes, rounded.
pub(super) fn agents(
    world: &mut World,
    disruption: &Disruption,
    occasion: u64,
    others: &Others,
) -> Result<Hit, SwarmError> {
    let mut query = world.query_filtered::<(Entity, &AgentId), (IsAgent, Without<Pacemaker>)>();
    let drawn = query.iter(world).map(|(agent, &id)| (Lot::of(disruption, occasion, id), id, agent));
    let mut drawn: Vec<_> = drawn.collect();
    let all = others.total(drawn.len())?;
    let count = (disruption.fraction * all as f64).round() as usize;
    let below = match count < all {
        false => None,
        true if others.are_none() => Some(drawn.select_nth_unstable(count).1.0),
        true => Some(limit(drawn.iter().map(|(lot, ..)| *lot).collect(), count, others)?),
    };
    let is_hit = |lot: &Lot| below.is_none_or(|below| *lot < below);
    let mut hit: Vec<_> = drawn.into_iter().filter(|(lot, ..)| is_hit(lot)).map(|(_, id, agent)| (id, agent)).collect();
    hit.sort_unstable();
    Ok(Hit { agents: hit, below })
}

/// The largest lot that `count` lots of all parts together are below, found by halves.
fn limit(mut lots: Vec<Lot>, count: usize, others: &Others) -> Result<Lot, SwarmError> {
    lots.sort_unstable();
    let (mut low, mut high) = (0, u128::MAX);
    while low < high {
        let middle = high - (high - low) / 2;
        let below = others.total(lots.partition_point(|lot| lot.0 < middle))?;
        if below <= count { low = middle } else { high = middle - 1 }
    }
    Ok(Lot(low))
}

/// The ids of all pacemakers in any part of the swarm.
pub(super) fn spared(world: &mut World, others: &Others) -> Result<Vec<u64>, SwarmError> {
    let mut query = world.query_filtered::<&AgentId, (IsAgent, With<Pacemaker>)>();
    let own = query.iter(world).map(|id| id.get()).collect();
    others.collect(own)
}

/// Whether a disruption cuts the link between two agents: the same for both directions.
pub(super) fn cuts(disruption: &Disruption, occasion: u64, one: AgentId, other: AgentId) -> bool {
    let (low, high) = (one.min(other).get(), one.max(other).get());
    let pair = bits(disruption.seed, Stream::Disruption, low, occasion)[1] ^ high;
    unit(bits(disruption.seed, Stream::Disruption, pair, high)[0]) < disruption.fraction
}
