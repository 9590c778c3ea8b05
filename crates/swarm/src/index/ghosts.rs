//! Agents of elsewhere, who are heard here.
//!
//! A swarm may be spread over several worlds, each with some of its agents. Those of other worlds whom
//! agents here listen to are entities without a phase: they can be listed as neighbours, and the
//! index gives them places behind all agents, with empty rows. What they publish comes from elsewhere, by
//! [`SwarmExchange`](crate::SwarmExchange).

use std::collections::HashSet;

use bevy_ecs::entity::Entity;
use lampyrid_graph::Members;

use crate::error::SwarmError;

/// Columns of what ghosts publish, one row per ghost.
#[derive(Debug, Default)]
pub(crate) struct Ghosts {
    /// A placeholder for one that was dismissed.
    pub(super) entities: Box<[Entity]>,
    /// The angles that their phasors are made of \[rad\]; NaN of those that are silent.
    pub(crate) heard: Vec<f64>,
    /// Their phases \[rad\], for strategies; NaN of those that are silent.
    pub(crate) phases: Vec<f64>,
    /// How fast they turn \[rad/s\], likewise.
    pub(crate) velocities: Vec<f64>,
    /// The ids of those they stand for.
    ids: Box<[u32]>,
    /// The ids of the agents here; nobody in a world with all of a swarm.
    own: Option<Members>,
    /// Agents of the swarm that are not in this world, whether heard here or not.
    pub(super) elsewhere: usize,
    /// How often they were replaced by others, or some were dismissed.
    pub(super) version: u64,
    /// Agents of this world that a disruption removed, ascending: others know that they tell nothing any more.
    removed: Vec<Entity>,
    /// Whether what is heard in the present stage comes when agents move.
    pub(crate) are_late: bool,
    /// What was met when some agents had moved and others could not, which nothing takes back.
    pub(crate) torn: Option<SwarmError>,
}

impl Ghosts {
    /// Replaces the ghosts by others, which stand for those with these ids, in a world with the agents `own`. They are
    /// silent until something is heard of them.
    pub(crate) fn replace(&mut self, entities: Box<[Entity]>, ids: &[u32], own: Members, elsewhere: usize) {
        for column in [&mut self.heard, &mut self.phases, &mut self.velocities] {
            column.clear();
            column.resize(entities.len(), f64::NAN);
        }
        self.entities = entities;
        self.ids = ids.into();
        self.own = Some(own);
        self.elsewhere = elsewhere;
        self.torn = None;
        self.version += 1;
    }

    /// Has ghosts forgotten whose agents are gone; so many of other worlds are, heard here or not, and these of this
    /// one.
    pub(crate) fn dismiss(&mut self, gone: &[Entity], elsewhere: usize, here: impl Iterator<Item = Entity>) {
        let gone: HashSet<Entity> = gone.iter().copied().collect();
        for ghost in self.entities.iter_mut().filter(|ghost| gone.contains(ghost)) {
            *ghost = Entity::PLACEHOLDER;
        }
        self.removed.extend(here);
        self.removed.sort_unstable();
        self.elsewhere -= elsewhere;
        self.version += 1;
    }

    /// The ids that agents here have, or had.
    #[cfg_attr(not(feature = "checkpoint"), expect(dead_code, reason = "only what is written down names agents by id"))]
    pub(crate) fn own(&self) -> Members {
        self.own.clone().unwrap_or_else(|| Members::from(0..0))
    }

    /// The ids of those whom ghosts stand for, or stood for.
    #[cfg_attr(not(feature = "checkpoint"), expect(dead_code, reason = "only what is written down names agents by id"))]
    pub(crate) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Whether an agent of this world is known to be gone.
    pub(crate) fn is_removed(&self, agent: Entity) -> bool {
        agent == Entity::PLACEHOLDER || self.removed.binary_search(&agent).is_ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let columns = [&self.heard, &self.phases, &self.velocities];
        (self.entities.len() + self.removed.capacity()) * size_of::<Entity>()
            + self.ids.len() * size_of::<u32>()
            + columns.map(Vec::capacity).iter().sum::<usize>() * size_of::<f64>()
    }
}
