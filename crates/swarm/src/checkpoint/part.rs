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

use bevy_ecs::{entity::Entity, world::World};
use lampyrid_graph::Members;

pub use pieces::PartHead;

use super::{StateError, SwarmState, census::Census, columns};
use crate::{
    agent::IsAgent, identity::AgentIds, index::SwarmIndex, install::install_swarm, parts::Ghost, spawn::batch,
};
use cut::{Cut, among, cut};

/// What one of several worlds has of a swarm between two steps: the state of its agents, and who of all the swarm is gone.
/// It knows agents by their ids, and so nothing of who has the others.
///
/// Like a [`SwarmState`] it is a [head](Self::head) for `serde` and [blocks](Self::blocks) of numbers.
#[derive(Clone, Debug)]
pub struct PartState {
    /// Ids that its agents have, or had.
    own: Members,
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
    /// The ids of agents elsewhere whom any of them can hear, by their owners and ids, those who are gone among them.
    pub outside: Vec<u32>,
}

impl PartState {
    /// The ids that its agents have, or had.
    #[must_use]
    pub fn own(&self) -> &Members {
        &self.own
    }

    /// What it has of the agents with the ids `own`.
    ///
    /// # Errors
    ///
    /// [`StateError::Unfit`] where it does not fit together.
    pub fn among(self, own: &Members) -> Result<Self, StateError> {
        among(self, own)
    }

    /// Puts the agents with the ids `own` into a world that has no agents, setting a bare one up first, with ghosts for
    /// those elsewhere whom they listen to, by `owner` and id: as
    /// [`SwarmSpawner::part_of`](crate::SwarmSpawner::part_of) began with. Of `parts` no others are needed than those with
    /// any of these ids.
    /// What the swarm has spent and regained so far is told by the world with id 0.
    ///
    /// # Errors
    ///
    /// As [`SwarmState::restore`]; [`StateError::Unfit`] where ids are missing, or parts are not of one swarm.
    pub fn restore(
        parts: &[Self],
        own: &Members,
        owner: impl Fn(u32) -> usize,
        world: &mut World,
    ) -> Result<RestoredPart, StateError> {
        let agents = world.query_filtered::<(), IsAgent>().iter(world).count();
        if agents > 0 {
            return Err(StateError::HasAgents { agents });
        }
        let Cut { state, outside, are_there, elsewhere } = cut(parts, own, &owner)?;
        if !world.contains_resource::<AgentIds>() {
            install_swarm(world);
        }
        if let (Some(mut ids), Some(part)) = (world.get_resource_mut::<AgentIds>(), parts.first()) {
            ids.reserve_of(part.all.into(), own);
        }
        state.settings.restore_before(world);
        let order = state.spawn(world);
        let known: Vec<u32> =
            outside.iter().zip(&are_there).filter(|(_, is_there)| **is_there).map(|(&id, _)| id).collect();
        let mut ghosts = batch(world, known.len(), |place| Ghost(known[place])).into_iter();
        let ghost = |&is_there: &bool| if is_there { ghosts.next() } else { None };
        let ghosts: Vec<Entity> =
            are_there.iter().map(ghost).map(|ghost| ghost.unwrap_or(Entity::PLACEHOLDER)).collect();
        if let Some(mut index) = world.get_resource_mut::<SwarmIndex>() {
            index.ghosts.replace(ghosts.clone().into(), &outside, own.clone(), elsewhere);
        }
        let census = Census { ghosts, ..Census::of(state.ids, order) };
        state.links.restore(world, &census)?;
        columns::restore(world, &census, state.columns)?;
        state.purpose.restore(world, &census)?;
        state.settings.restore_after(world);
        let agent = |id: u32| census.ids.place(id.into()).map_or(Entity::PLACEHOLDER, |place| census.agent(place));
        Ok(RestoredPart { agents: own.iter().map(agent).collect(), outside })
    }
}

impl SwarmState {
    /// The state of a swarm of which these are all parts: what one world with all agents would
    /// [give](Self::capture).
    ///
    /// # Errors
    ///
    /// [`StateError::Unfit`] for none, or parts that do not go together.
    pub fn join(parts: &[PartState]) -> Result<Self, StateError> {
        let all = parts.first().map_or(0, |part| part.all);
        Ok(cut(parts, &Members::from(0..all), &|_| 0)?.state)
    }
}
