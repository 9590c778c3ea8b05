//! Whom a disruption hits.

use bevy_ecs::prelude::*;
use lampyrid_kernel::noise::{Stream, bits, unit};

use super::plan::Disruption;
use crate::{
    agent::{AgentId, IsAgent},
    goals::Pacemaker,
};

/// The agents that a disruption hits, in the order of their ids: those with the smallest draws, as
/// many as the fraction makes, rounded.
pub(super) fn agents(world: &mut World, disruption: &Disruption, occasion: u64) -> Vec<(AgentId, Entity)> {
    let mut query = world.query_filtered::<(Entity, &AgentId), (IsAgent, Without<Pacemaker>)>();
    let mut drawn: Vec<_> = query
        .iter(world)
        .map(|(agent, &id)| (bits(disruption.seed, Stream::Disruption, id.get(), occasion)[0], id, agent))
        .collect();
    let count = (disruption.fraction * drawn.len() as f64).round() as usize;
    if count < drawn.len() {
        drawn.select_nth_unstable(count);
        drawn.truncate(count);
    }
    let mut hit: Vec<_> = drawn.into_iter().map(|(_, id, agent)| (id, agent)).collect();
    hit.sort_unstable();
    hit
}

/// Whether a disruption cuts the link between two agents: the same for both directions.
pub(super) fn cuts(disruption: &Disruption, occasion: u64, one: AgentId, other: AgentId) -> bool {
    let (low, high) = (one.min(other).get(), one.max(other).get());
    let pair = bits(disruption.seed, Stream::Disruption, low, occasion)[1] ^ high;
    unit(bits(disruption.seed, Stream::Disruption, pair, high)[0]) < disruption.fraction
}
