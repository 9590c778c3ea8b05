//! The state of a swarm as plain data: all that decides what becomes of it.
//!
//! [`SwarmState::capture`] takes it from a world between two steps, [`SwarmState::restore`] puts it into another one,
//! whose steps then have the same bits: entities and the order of tables may differ, ids do not. In between it is a
//! [head](SwarmState::head) for `serde` and [blocks](SwarmState::blocks) of numbers, which this crate writes nowhere.
//!
//! | part | what |
//! |---|---|
//! | `census` | who is who: ids, and the places that stand for entities |
//! | `columns` | components that an agent may have |
//! | `links` | neighbours and weights, shared stores and lists of one's own |
//! | `settings` | resources: clock, seed, coupling, time step, energy, coherence, memory budget |
//! | `purpose` | goals, supervisors, disruptions to come and under way |
//! | `part` | the same of a swarm that is spread over several worlds |
//!
//! Not in it: the number of threads, which changes nothing, and whatever a host has of its own. A host's components
//! go by the ids of their agents, its resources by themselves; so do communities, whose markers, couplings and goals
//! have types of the host's.

mod blocks;
mod census;
mod columns;
mod links;
mod part;
mod purpose;
mod settings;

use bevy_ecs::{entity::Entity, world::World};

pub use blocks::{StateBlock, StateBlockRef, SwarmHead};
pub use part::{PartHead, PartState, RestoredPart};

use crate::{
    agent::{AgentId, Energy, Frequency, IsAgent, Phase},
    duties::Duties,
    error::SwarmError,
    identity::AgentIds,
    index::SwarmIndex,
    install::install_swarm,
    links::{Neighbors, Weights},
    spawn::batch,
};
use census::{Census, Ids};
use columns::Column;
use links::Links;
use purpose::Purpose;
use settings::Settings;

/// A swarm as it stands between two steps.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.spawn((Phase(0.5), Frequency(1.0)));
/// advance(&mut world, 100)?;
/// let state = SwarmState::capture(&mut world)?;
/// advance(&mut world, 100)?;
///
/// let mut again = World::new();
/// state.restore(&mut again)?;
/// advance(&mut again, 100)?;
/// assert_eq!(phase_hash(&mut again), phase_hash(&mut world));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SwarmState {
    ids: Ids,
    phases: Vec<f64>,
    frequencies: Vec<f64>,
    columns: Vec<Column>,
    links: Links,
    settings: Settings,
    purpose: Purpose,
}

/// Why a state could not be put into a world, or is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The swarm did not take it.
    #[error(transparent)]
    Swarm(#[from] SwarmError),
    /// Agents are there already.
    #[error("the world has {agents} agents already; restore into an empty one, or despawn them first")]
    HasAgents {
        /// How many.
        agents: usize,
    },
    /// Its parts do not go together.
    #[error("the state of the swarm does not fit together: {0}")]
    Unfit(&'static str),
}

impl SwarmState {
    /// Takes the state of the swarm in this world; nothing in it is changed. Copies phases, frequencies and other
    /// columns; a network that agents were spawned from is shared.
    ///
    /// # Errors
    ///
    /// [`SwarmError::NotInstalled`] for a world without a swarm, [`SwarmError::PartUnfit`] for one with a part of
    /// a swarm (see [`PartState::capture`]), [`SwarmError::DuplicateAgentId`] and [`SwarmError::IdsExhausted`] where agents
    /// cannot be told apart.
    pub fn capture(world: &mut World) -> Result<Self, SwarmError> {
        if !world.contains_resource::<Duties>() {
            return Err(SwarmError::NotInstalled);
        }
        if world.get_resource::<SwarmIndex>().is_some_and(|index| index.elsewhere() > 0) {
            return Err(SwarmError::PartUnfit { what: "be written down without the others" });
        }
        let (census, phases, frequencies) = Census::take(world)?;
        let columns = columns::capture(world, &census.ids);
        let links = Links::capture(world, &census);
        let (settings, purpose) = (Settings::capture(world), Purpose::capture(world, &census));
        Ok(Self { ids: census.ids, phases, frequencies, columns, links, settings, purpose })
    }

    /// Puts the swarm into a world that has no agents, setting a bare one up first; goal and disruptions of that world
    /// are replaced, its number of threads stays. Returns the agents in the order of their ids.
    ///
    /// What a host gives its agents besides the swarm's components is missing: it is for the host to add, by
    /// [`agent_of`](crate::agent_of) or the order of what is returned.
    ///
    /// # Errors
    ///
    /// [`StateError::HasAgents`], with nothing changed; [`StateError::Unfit`] for a state that was put together of
    /// parts that do not go together: then part of it may be there.
    pub fn restore(self, world: &mut World) -> Result<Vec<Entity>, StateError> {
        let agents = world.query_filtered::<(), IsAgent>().iter(world).count();
        if agents > 0 {
            return Err(StateError::HasAgents { agents });
        }
        if !world.contains_resource::<AgentIds>() {
            install_swarm(world);
        }
        self.settings.restore_before(world);
        let order = self.spawn(world);
        let census = Census::of(self.ids, order);
        self.links.restore(world, &census)?;
        columns::restore(world, &census, self.columns)?;
        self.purpose.restore(world, &census)?;
        self.settings.restore_after(world);
        Ok(census.order)
    }

    /// Spawns agents with what most of them have, so that few have to move to another table afterwards.
    fn spawn(&self, world: &mut World) -> Vec<Entity> {
        let count = self.ids.len();
        let agent = |place: usize| {
            let (id, phase) = (AgentId::new(self.ids.get(place)), Phase(self.phases[place]));
            (id, phase, Frequency(self.frequencies[place]))
        };
        let energy = Energy(0.0);
        let all_have_energy = self.columns.iter().any(|column| column.name == "energy" && column.at.is_none());
        let linked = |place| (agent(place), Neighbors::new());
        match (self.links.are_complete(count), all_have_energy) {
            ((true, false), false) => batch(world, count, linked),
            ((true, false), true) => batch(world, count, |place| (linked(place), energy)),
            ((true, true), false) => batch(world, count, |place| (linked(place), Weights::default())),
            ((true, true), true) => batch(world, count, |place| (linked(place), Weights::default(), energy)),
            ((false, _), _) => batch(world, count, agent),
        }
    }

    /// Number of agents.
    #[must_use]
    pub fn agents(&self) -> usize {
        self.ids.len()
    }
}
