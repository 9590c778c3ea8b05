//! The state of a swarm that is spread over several worlds: taken part by part and joined to that of the whole, which knows
//! nothing of parts; and cut into other parts, as many as one likes.
//!
//! | part | what |
//! |---|---|
//! | `capture` | what a world with a part has, in the places of the whole |
//! | `join` | parts one after the other, as one world would have written them |
//! | `cut` | what one world needs of the whole, in places of its own |

mod capture;
mod cut;
mod join;

use bevy_ecs::{entity::Entity, world::World};

use super::{StateError, SwarmState, census::Census, columns};
use crate::{
    agent::IsAgent, identity::AgentIds, index::SwarmIndex, install::install_swarm, parts::Ghost, spawn::batch,
};
use cut::Cut;

/// A part of a swarm that has just been restored.
#[derive(Clone, Debug)]
pub struct RestoredPart {
    /// Who has the ids of the part, in their order; a placeholder where an agent is gone.
    pub agents: Vec<Entity>,
    /// The ids of agents elsewhere whom any of them can hear, ascending, those who are gone among them.
    pub outside: Vec<u32>,
}

impl SwarmState {
    /// Puts the agents with the ids `range` into a world that has no agents, setting a bare one up first, with ghosts for
    /// those elsewhere whom they listen to: as [`SwarmSpawner::part_of`](crate::SwarmSpawner::part_of) began with.
    /// What the swarm has spent and regained so far is told by the part with id 0.
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore); [`StateError::Unfit`] for a swarm whose agents were not spawned from one graph, by
    /// the order of its nodes, or have undirected links.
    pub fn restore_part(self, world: &mut World, range: std::ops::Range<u32>) -> Result<RestoredPart, StateError> {
        let agents = world.query_filtered::<(), IsAgent>().iter(world).count();
        if agents > 0 {
            return Err(StateError::HasAgents { agents });
        }
        let all = self.agents();
        let Cut { state: own, outside, are_there } = self.cut(range.clone())?;
        if !world.contains_resource::<AgentIds>() {
            install_swarm(world);
        }
        own.settings.restore_before(world);
        let order = own.spawn(world);
        let known: Vec<u32> =
            outside.iter().zip(&are_there).filter(|(_, is_there)| **is_there).map(|(&id, _)| id).collect();
        let mut ghosts = batch(world, known.len(), |place| Ghost(known[place])).into_iter();
        let ghost = |&is_there: &bool| if is_there { ghosts.next() } else { None };
        let ghosts: Vec<Entity> =
            are_there.iter().map(ghost).map(|ghost| ghost.unwrap_or(Entity::PLACEHOLDER)).collect();
        if let Some(mut index) = world.get_resource_mut::<SwarmIndex>() {
            index.ghosts.replace(ghosts.clone().into(), &outside, range.clone(), all - order.len());
        }
        let census = Census { ghosts, ..Census::of(own.ids, order) };
        own.links.restore(world, &census)?;
        columns::restore(world, &census, own.columns)?;
        own.purpose.restore(world, &census)?;
        own.settings.restore_after(world);
        let mut agents = vec![Entity::PLACEHOLDER; range.len()];
        for (place, &agent) in census.order.iter().enumerate() {
            agents[(census.ids.get(place) - u64::from(range.start)) as usize] = agent;
        }
        Ok(RestoredPart { agents, outside })
    }
}
