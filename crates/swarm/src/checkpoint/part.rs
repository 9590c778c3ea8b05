//! The state of a swarm that is spread over several worlds: each writes down the part that it has, and from parts come the
//! state of the whole, or other parts, as many as one likes. A world needs but those of the parts that its own agents
//! were in.
//!
//! | part | what |
//! |---|---|
//! | `capture` | what a world has of the whole |
//! | `pieces` | a part as data, and whether it is sound |
//! | `cut` | what a world needs of parts |

mod capture;
mod cut;
mod pieces;

use std::ops::Range;

use bevy_ecs::{entity::Entity, world::World};

pub use pieces::PartHead;

use super::{StateError, SwarmState, census::Census, columns};
use crate::{
    agent::IsAgent, identity::AgentIds, index::SwarmIndex, install::install_swarm, parts::Ghost, spawn::batch,
};
use cut::{Cut, cut};

/// What one of several worlds has of a swarm between two steps: the state of the agents of a run of ids, and who of all the
/// swarm is gone. It knows agents by their ids, and so nothing of who has the others.
///
/// Like a [`SwarmState`] it is a [head](Self::head) for `serde` and [blocks](Self::blocks) of numbers.
#[derive(Clone, Debug)]
pub struct PartState {
    /// Ids that its agents have, or had.
    range: Range<u32>,
    /// How many ids all parts have together, from 0 on.
    all: u32,
    /// Those of them whose agents are gone, ascending.
    gone: Vec<u32>,
    /// With ids in place of places. Its store, if it has one, has the rows of its own ids first; `agents` are the ids of
    /// its nodes.
    state: SwarmState,
}

/// A part of a swarm that has just been restored.
#[derive(Clone, Debug)]
pub struct RestoredPart {
    /// Who has the ids of the part, in their order; a placeholder where an agent is gone.
    pub agents: Vec<Entity>,
    /// The ids of agents elsewhere whom any of them can hear, ascending, those who are gone among them.
    pub outside: Vec<u32>,
}

impl PartState {
    /// The ids that its agents have, or had.
    #[must_use]
    pub fn range(&self) -> Range<u32> {
        self.range.clone()
    }

    /// Puts the agents with the ids `range` into a world that has no agents, setting a bare one up first, with ghosts for
    /// those elsewhere whom they listen to: as [`SwarmSpawner::part_of`](crate::SwarmSpawner::part_of) began with.
    /// `parts` follow one another; no others are needed than those with any of these ids.
    /// What the swarm has spent and regained so far is told by the world with id 0.
    ///
    /// # Errors
    ///
    /// As [`SwarmState::restore`]; [`StateError::Unfit`] where ids are missing, or parts are not of one swarm.
    pub fn restore(parts: Vec<Self>, range: Range<u32>, world: &mut World) -> Result<RestoredPart, StateError> {
        let agents = world.query_filtered::<(), IsAgent>().iter(world).count();
        if agents > 0 {
            return Err(StateError::HasAgents { agents });
        }
        let Cut { state: own, outside, are_there, elsewhere } = cut(parts, range.clone())?;
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
            index.ghosts.replace(ghosts.clone().into(), &outside, range.clone(), elsewhere);
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

impl SwarmState {
    /// The state of a swarm of which these are all parts, in their order: what one world with all agents would
    /// [give](Self::capture).
    ///
    /// # Errors
    ///
    /// [`StateError::Unfit`] for none, or parts that do not go together.
    pub fn join(parts: Vec<PartState>) -> Result<Self, StateError> {
        let all = parts.first().map_or(0, |part| part.all);
        Ok(cut(parts, 0..all)?.state)
    }
}
