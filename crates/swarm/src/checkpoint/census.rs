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
    /// The others, where a part of a swarm is taken from a world: places are then those of the whole.
    pub(super) elsewhere: Option<Elsewhere>,
}

/// The places of a whole swarm, for a world with a part of it.
pub(super) struct Elsewhere {
    /// The place of the first agent here.
    pub(super) first: u32,
    pub(super) roll: Roll,
}

/// The places of a whole swarm whose agents had the ids 0, 1, 2, …: each comes after those with smaller ids who are there
/// still.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Roll {
    /// The ids that are gone, ascending.
    pub(super) gone: Vec<u64>,
}

impl Roll {
    /// The place of an id; `None` if it is gone.
    pub(super) fn place(&self, id: u64) -> Option<u32> {
        let before = self.gone.binary_search(&id).err()?;
        u32::try_from(id - before as u64).ok()
    }

    /// How many with smaller ids are there.
    pub(super) fn before(&self, id: u32) -> u32 {
        id - self.gone.partition_point(|gone| *gone < id.into()) as u32
    }

    /// The id at a place.
    pub(super) fn id(&self, place: u32) -> u64 {
        let (mut low, mut high) = (0, self.gone.len());
        while low < high {
            let middle = low.midpoint(high);
            // So many of those who are gone had smaller ids than this one, and so many are there before it.
            if self.gone[middle] - middle as u64 <= place.into() { low = middle + 1 } else { high = middle }
        }
        u64::from(place) + low as u64
    }
}

impl Census {
    /// Of a world with all agents of a swarm.
    pub(super) fn of(ids: Ids, order: Vec<Entity>) -> Self {
        Self { ids, order, ghosts: Vec::new(), elsewhere: None }
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

    /// The place of an entity; `NOBODY` if it is no agent.
    pub(super) fn place(&self, world: &World, entity: Entity) -> u32 {
        let place = world.get::<AgentId>(entity).and_then(|id| self.ids.place(id.get()));
        let place = place.filter(|&place| self.order[place as usize] == entity);
        let place = match &self.elsewhere {
            None => place,
            Some(all) => match world.get::<Ghost>(entity) {
                Some(ghost) => all.roll.place(ghost.id().get()),
                None => place.map(|place| place + all.first),
            },
        };
        place.unwrap_or(NOBODY)
    }

    /// The agent at a place; of `NOBODY`, an entity that never is one.
    pub(super) fn agent(&self, place: u32) -> Entity {
        let place = place as usize;
        let ghost = || self.ghosts.get(place.checked_sub(self.order.len())?);
        self.order.get(place).or_else(ghost).copied().unwrap_or(Entity::PLACEHOLDER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_ids_of_a_roll_belong_together() {
        let roll = Roll { gone: vec![0, 2, 3, 7] };
        let there = [1, 4, 5, 6, 8, 9];
        assert_eq!(Vec::from_iter((0..6).map(|place| roll.id(place))), there);
        assert_eq!(Vec::from_iter(there.map(|id| roll.place(id))), Vec::from_iter((0..6).map(Some)));
        assert!(roll.gone.iter().all(|id| roll.place(*id).is_none()));
        assert_eq!(Vec::from_iter((0..10).map(|id| roll.before(id))), [0, 0, 1, 1, 1, 2, 3, 4, 4, 5]);
        assert_eq!((Roll::default().id(5), Roll::default().place(5), Roll::default().before(5)), (5, Some(5), 5));
    }
}
