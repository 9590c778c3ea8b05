//! Many agents at once, by their ids.

use bevy_ecs::{component::Mutable, prelude::*, world::World};

use crate::{
    agent::{AgentId, Energy, Frequency, Phase},
    error::SwarmError,
    identity::AgentIds,
};

/// What became of a batch of updates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "unknown agents were left out"]
pub struct BatchOutcome {
    /// Updates made.
    pub updated: usize,
    /// Ids that no agent has, in the order given.
    pub unknown: Vec<AgentId>,
    /// Agents that have no such quantity, in the order given; only [`Energy`] is optional.
    pub without: Vec<AgentId>,
}

/// Sets the phases \[rad\] of agents; the last of several updates of one agent holds. Each is
/// marked as changed.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// let agent = world.spawn((AgentId::new(7), Phase(0.0))).id();
/// let outcome = set_phases(&mut world, &[(AgentId::new(7), 1.5), (AgentId::new(8), 2.5)])?;
/// assert_eq!(world.get::<Phase>(agent), Some(&Phase(1.5)));
/// assert_eq!((outcome.updated, outcome.unknown), (1, vec![AgentId::new(8)]));
/// # Ok::<(), SwarmError>(())
/// ```
///
/// # Errors
///
/// [`SwarmError::EntryNotFinite`] naming the first value that is NaN or infinite,
/// [`SwarmError::NotInstalled`] for a world without a swarm. Nothing is updated then.
pub fn set_phases(world: &mut World, updates: &[(AgentId, f64)]) -> Result<BatchOutcome, SwarmError> {
    set(world, "phase", updates, Phase)
}

/// Sets the natural frequencies \[rad/s\] of agents, as [`set_phases`] sets phases.
///
/// # Errors
///
/// As [`set_phases`].
pub fn set_frequencies(world: &mut World, updates: &[(AgentId, f64)]) -> Result<BatchOutcome, SwarmError> {
    set(world, "frequency", updates, Frequency)
}

/// Sets the energies of those agents that have [`Energy`], as [`set_phases`] sets phases.
///
/// # Errors
///
/// As [`set_phases`].
pub fn set_energies(world: &mut World, updates: &[(AgentId, f64)]) -> Result<BatchOutcome, SwarmError> {
    set(world, "energy", updates, Energy)
}

fn set<C: Component<Mutability = Mutable>>(
    world: &mut World,
    what: &'static str,
    updates: &[(AgentId, f64)],
    component: fn(f64) -> C,
) -> Result<BatchOutcome, SwarmError> {
    if let Some(index) = updates.iter().position(|(_, value)| !value.is_finite()) {
        return Err(SwarmError::EntryNotFinite { what, index, value: updates[index].1 });
    }
    let mut column = world.query::<&mut C>();
    world
        .try_resource_scope(|world, ids: Mut<AgentIds>| {
            let mut outcome = BatchOutcome::default();
            for &(id, value) in updates {
                match ids.agent(id).map(|agent| column.get_mut(world, agent)) {
                    Some(Ok(mut old)) => {
                        *old = component(value);
                        outcome.updated += 1;
                    }
                    Some(Err(_)) => outcome.without.push(id),
                    None => outcome.unknown.push(id),
                }
            }
            outcome
        })
        .ok_or(SwarmError::NotInstalled)
}
