//! Who is who: agents in the order of their ids. A place is a rank in that order.

use bevy_ecs::{entity::Entity, world::World};

use crate::{
    agent::{AgentId, Frequency, IsAgent, Phase},
    error::SwarmError,
    parts::Ghost,
};

/// Stands for a listed neighbour that is no agent.
pub(super) const NOBODY: u32 = u32::MAX;

/// The ids of all agents, ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ids {
    /// So many, one after the other.
    Consecutive {
        first: u64,
        count: usize,
    },
    Listed(Vec<u64>),
}

impl Ids {
    pub(super) fn of(ids: Vec<u64>) -> Self {
        let (first, count) = (ids.first().copied().unwrap_or(0), ids.len());
        let is_consecutive = ids.last().is_none_or(|last| last - first == count as u64 - 1);
        if is_consecutive { Self::Consecutive { first, count } } else { Self::Listed(ids) }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Consecutive { count, .. } => *count,
            Self::Listed(ids) => ids.len(),
        }
    }

    pub(super) fn get(&self, place: usize) -> u64 {
        match self {
            Self::Consecutive { first, .. } => first + place as u64,
            Self::Listed(ids) => ids[place],
        }
    }

    pub(super) fn place(&self, id: u64) -> Option<u32> {
        let place = match self {
            Self::Consecutive { first, .. } => usize::try_from(id.checked_sub(*first)?).ok()?,
            Self::Listed(ids) => ids.binary_search(&id).ok()?,
        };
        if place < self.len() { u32::try_from(place).ok() } else { None }
    }

    /// Whether agents could have these.
    pub(super) fn are_valid(&self) -> bool {
        let unassigned = AgentId::UNASSIGNED.get();
        match self {
            Self::Consecutive { first, count } => first.checked_add(*count as u64).is_some_and(|end| end <= unassigned),
            Self::Listed(ids) => ids.is_sorted_by(|a, b| a < b) && ids.last().is_none_or(|last| *last < unassigned),
        }
    }
}

/// All agents of a world.
pub(super) struct Census {
    pub(super) ids: Ids,
    /// By place.
    pub(super) order: Vec<Entity>,
    /// Those behind them, where a part of a swarm is put into a world: ghosts, a placeholder for one that is gone.
    pub(super) ghosts: Vec<Entity>,
    /// Whether ids stand for agents in place of places, where a part of a swarm is taken from a world.
    pub(super) by_id: bool,
}

impl Census {
    /// Of a world with all agents of a swarm.
    pub(super) fn of(ids: Ids, order: Vec<Entity>) -> Self {
        Self { ids, order, ghosts: Vec::new(), by_id: false }
    }

    /// Goes through all agents; returns their phases and frequencies too, by place.
    pub(super) fn take(world: &mut World) -> Result<(Self, Vec<f64>, Vec<f64>), SwarmError> {
        let mut agents = world.query_filtered::<(&AgentId, Entity, &Phase, &Frequency), IsAgent>();
        let mut found: Vec<_> =
            agents.iter(world).map(|(id, agent, phase, frequency)| (*id, agent, phase.0, frequency.0)).collect();
        // Ids of one spawner arrive in order already, which this sort finds in one pass.
        found.sort_by_key(|(id, ..)| *id);
        if found.last().is_some_and(|(id, ..)| *id == AgentId::UNASSIGNED) {
            return Err(SwarmError::IdsExhausted);
        }
        if let Some([a, b]) = found.array_windows().find(|[a, b]| a.0 == b.0) {
            return Err(SwarmError::DuplicateAgentId { id: a.0.get(), first: a.1, second: b.1 });
        }
        let limit = NOBODY as usize;
        if found.len() >= limit {
            return Err(SwarmError::TooMany { what: "agents", count: found.len(), limit });
        }
        let ids = Ids::of(found.iter().map(|(id, ..)| id.get()).collect());
        let order = found.iter().map(|(_, agent, ..)| *agent).collect();
        let phases = found.iter().map(|(_, _, phase, _)| *phase).collect();
        let frequencies = found.iter().map(|(.., frequency)| *frequency).collect();
        Ok((Self::of(ids, order), phases, frequencies))
    }

    /// The place of an entity, or its id if ids are asked for; `NOBODY` if it is no agent.
    pub(super) fn place(&self, world: &World, entity: Entity) -> u32 {
        let id = world.get::<AgentId>(entity).map(|id| id.get());
        let place = id.and_then(|id| self.ids.place(id)).filter(|&place| self.order[place as usize] == entity);
        if !self.by_id {
            return place.unwrap_or(NOBODY);
        }
        let elsewhere = || world.get::<Ghost>(entity).map(|ghost| ghost.id().get());
        let id = place.and(id).or_else(elsewhere).and_then(|id| u32::try_from(id).ok());
        id.unwrap_or(NOBODY)
    }

    /// The agent at a place; of `NOBODY`, an entity that never is one.
    pub(super) fn agent(&self, place: u32) -> Entity {
        let place = place as usize;
        let ghost = || self.ghosts.get(place.checked_sub(self.order.len())?);
        self.order.get(place).or_else(ghost).copied().unwrap_or(Entity::PLACEHOLDER)
    }
}
