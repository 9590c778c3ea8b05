//! Giving a rule to the agents of a world.

use bevy_ecs::{bundle::Bundle, bundle::NoBundleEffect, prelude::*};

use super::{
    pacemaker::Pacemaker,
    rule::{Rule, Spread},
};
use crate::{
    agent::{AgentId, IsAgent},
    answer::Offset,
    error::SwarmError,
    strategy::{FrequencyLock, PhaseNudge, install_strategies},
};

/// Lets every agent but pacemakers follow a rule from now on, in place of the one before.
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
    let agents = followers(world);
    let offsets = world.query_filtered::<Entity, With<Offset>>().iter(world).next().is_some();
    if offsets && !matches!(rule, Rule::Offset { .. }) {
        agents.iter().for_each(|&agent| {
            world.entity_mut(agent).remove::<Offset>();
        });
    }
    match *rule {
        Rule::PhaseNudge(strategy) => give(world, &agents, |_| strategy),
        Rule::FrequencyLock(strategy) => give(world, &agents, |_| strategy),
        Rule::Pulse(strategy) => give(world, &agents, |_| strategy),
        Rule::EnergyAware(strategy) => give(world, &agents, |_| strategy),
        Rule::Desync(strategy) => give(world, &agents, |_| strategy),
        Rule::Adaptive(strategy) => give(world, &agents, |_| strategy),
        Rule::Offset { lock, spread } => give_offsets(world, &agents, lock, spread),
    }
    Ok(())
}

/// Agents that follow rules, in the order of their ids.
fn followers(world: &mut World) -> Vec<Entity> {
    let mut query = world.query_filtered::<(&AgentId, Entity), (IsAgent, Without<Pacemaker>)>();
    let mut agents: Vec<_> = query.iter(world).map(|(&id, agent)| (id, agent)).collect();
    agents.sort_unstable();
    agents.into_iter().map(|(_, agent)| agent).collect()
}

fn give_offsets(world: &mut World, agents: &[Entity], lock: FrequencyLock, spread: Spread) {
    let offset = |rank| Offset(spread.offset(rank, agents.len()));
    if lock.rate == 0.0 {
        give(world, agents, |rank| (PhaseNudge { gain: lock.gain }, offset(rank)));
    } else {
        give(world, agents, |rank| (lock, offset(rank)));
    }
}

fn give<B: Bundle<Effect: NoBundleEffect>>(world: &mut World, agents: &[Entity], strategy: impl Fn(usize) -> B) {
    let given: Vec<_> = agents.iter().enumerate().map(|(rank, &agent)| (agent, strategy(rank))).collect();
    world.insert_batch(given);
    world.flush();
}
