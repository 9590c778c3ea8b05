//! Giving a rule to the agents of a world.

use bevy_ecs::{bundle::Bundle, bundle::NoBundleEffect, prelude::*, query::QueryFilter};

use super::{
    pacemaker::Pacemaker,
    rule::{Rule, Spread},
};
use crate::{
    agent::{AgentId, IsAgent},
    answer::Offset,
    error::SwarmError,
    parts::Others,
    strategy::{Adaptive, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse, install_strategies},
};

/// Lets every agent but pacemakers follow a rule from now on, in place of the one before.
///
/// In a world with a part of a swarm that is [connected](crate::connect) to the others, all of them do so together.
///
/// Agents that come later are given it by whoever spawns them; in a world with a goal, at its next
/// look. With [`Spread::Even`] slots are then dealt anew.
///
/// # Errors
///
/// As [`Rule::check`]; nothing is changed then.
pub fn adopt(world: &mut World, rule: &Rule) -> Result<(), SwarmError> {
    rule.check()?;
    install_strategies(world);
    let agents = followers::<()>(world);
    let offsets = world.query_filtered::<Entity, With<Offset>>().iter(world).next().is_some();
    if offsets && !matches!(rule, Rule::Offset { .. }) {
        agents.iter().for_each(|&agent| {
            if let Ok(mut agent) = world.get_entity_mut(agent) {
                agent.remove::<Offset>();
            }
        });
    }
    hand_out(world, rule, &agents)
}

/// Lets those follow the rule who follow none. Slots for all are dealt anew, for their number and
/// order matter.
pub(super) fn adopt_newcomers(world: &mut World, rule: &Rule) -> Result<(), SwarmError> {
    if let Rule::Offset { spread: Spread::Even | Spread::Slots(_), .. } = rule {
        return adopt(world, rule);
    }
    rule.check()?;
    let newcomers = followers::<Free>(world);
    hand_out(world, rule, &newcomers)
}

/// Agents that follow no strategy.
type Free = (
    Without<PhaseNudge>,
    Without<FrequencyLock>,
    Without<Pulse>,
    Without<EnergyAware>,
    Without<Desync>,
    Without<Adaptive>,
);

fn hand_out(world: &mut World, rule: &Rule, agents: &[Entity]) -> Result<(), SwarmError> {
    match *rule {
        Rule::PhaseNudge(strategy) => give(world, agents, |_| strategy),
        Rule::FrequencyLock(strategy) => give(world, agents, |_| strategy),
        Rule::Pulse(strategy) => give(world, agents, |_| strategy),
        Rule::EnergyAware(strategy) => give(world, agents, |_| strategy),
        Rule::Desync(strategy) => give(world, agents, |_| strategy),
        Rule::Adaptive(strategy) => give(world, agents, |_| strategy),
        Rule::Offset { lock, spread } => give_offsets(world, agents, lock, spread)?,
    }
    Ok(())
}

/// Agents that follow rules, in the order of their ids.
fn followers<F: QueryFilter>(world: &mut World) -> Vec<Entity> {
    let mut query = world.query_filtered::<(&AgentId, Entity), (IsAgent, Without<Pacemaker>, F)>();
    let mut agents: Vec<_> = query.iter(world).map(|(&id, agent)| (id, agent)).collect();
    agents.sort_unstable();
    agents.into_iter().map(|(_, agent)| agent).collect()
}

fn give_offsets(world: &mut World, agents: &[Entity], lock: FrequencyLock, spread: Spread) -> Result<(), SwarmError> {
    let (places, all) = places_by_id(world, agents)?;
    let offset = |agent: usize| Offset(spread.offset(places.get(agent), all));
    if lock.rate == 0.0 {
        give(world, agents, |agent| (PhaseNudge { gain: lock.gain }, offset(agent)));
    } else {
        give(world, agents, |agent| (lock, offset(agent)));
    }
    Ok(())
}

/// The places of agents among all of a swarm that are asked for.
enum Places {
    From(usize),
    Listed(Vec<usize>),
}

impl Places {
    fn get(&self, agent: usize) -> usize {
        match self {
            Self::From(first) => first + agent,
            Self::Listed(places) => places[agent],
        }
    }
}

/// The places of these agents, who come by their ids, among those of all parts of the swarm by theirs, and how many all are.
fn places_by_id(world: &World, agents: &[Entity]) -> Result<(Places, usize), SwarmError> {
    let others = Others::of(world);
    let id = |agent: &Entity| world.get::<AgentId>(*agent).map_or(u64::MAX, |id| id.get());
    let (first, last) = (agents.first().map_or(0, id), agents.last().map_or(0, id));
    let shares = others.share([agents.len() as u64, first, last])?;
    let all = shares.iter().map(|[count, ..]| *count as usize).sum();
    let mut there = shares.iter().filter(|[count, ..]| *count > 0).map(|[_, first, last]| (*first, *last));
    let ascend = there.next().is_none_or(|(_, last)| {
        let mut latest = last;
        there.all(|(first, last)| std::mem::replace(&mut latest, last) < first)
    });
    if ascend {
        let before = shares[..others.part()].iter().map(|[count, ..]| *count as usize).sum();
        return Ok((Places::From(before), all));
    }
    let mut ids = others.collect(agents.iter().map(id).collect())?;
    ids.sort_unstable();
    let place = |agent: &Entity| ids.partition_point(|other| *other < id(agent));
    Ok((Places::Listed(agents.iter().map(place).collect()), all))
}

fn give<B: Bundle<Effect: NoBundleEffect>>(world: &mut World, agents: &[Entity], strategy: impl Fn(usize) -> B) {
    let given: Vec<_> = agents.iter().enumerate().map(|(rank, &agent)| (agent, strategy(rank))).collect();
    // Hooks of a host's may have despawned some.
    let _ = world.try_insert_batch(given);
    world.flush();
}
