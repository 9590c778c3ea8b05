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
    let others = Others::of(world);
    let counts = others.share([agents.len() as u64])?;
    let sum = |counts: &[[u64; 1]]| counts.iter().map(|[count]| *count as usize).sum();
    // Ids ascend with the parts of a swarm.
    let (first, all): (usize, usize) = (sum(&counts[..others.part()]), sum(&counts));
    let offset = |rank| Offset(spread.offset(first + rank, all));
    if lock.rate == 0.0 {
        give(world, agents, |rank| (PhaseNudge { gain: lock.gain }, offset(rank)));
    } else {
        give(world, agents, |rank| (lock, offset(rank)));
    }
    Ok(())
}

fn give<B: Bundle<Effect: NoBundleEffect>>(world: &mut World, agents: &[Entity], strategy: impl Fn(usize) -> B) {
    let given: Vec<_> = agents.iter().enumerate().map(|(rank, &agent)| (agent, strategy(rank))).collect();
    // Hooks of a host's may have despawned some.
    let _ = world.try_insert_batch(given);
    world.flush();
}
