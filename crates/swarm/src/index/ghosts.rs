//! Agents of elsewhere, who are heard here.
//!
//! A swarm may be spread over several worlds, each with some of its agents. Those of other worlds whom
//! agents here listen to are entities without a phase: they can be listed as neighbours, and the
//! index gives them places behind all agents, with empty rows. What they publish comes from elsewhere, by
//! [`SwarmExchange`](crate::SwarmExchange).

use bevy_ecs::entity::Entity;

/// Columns of what ghosts publish, one row per ghost.
#[derive(Debug, Default)]
pub(crate) struct Ghosts {
    pub(super) entities: Box<[Entity]>,
    /// The angles that their phasors are made of \[rad\]; NaN of those that are silent.
    pub(crate) heard: Vec<f64>,
    /// Their phases \[rad\], for strategies; NaN of those that are silent.
    pub(crate) phases: Vec<f64>,
    /// How fast they turn \[rad/s\], likewise.
    pub(crate) velocities: Vec<f64>,
    /// Agents of the swarm that are not in this world, whether heard here or not.
    pub(super) elsewhere: usize,
    /// How often they were replaced by others.
    pub(super) version: u64,
}

impl Ghosts {
    /// Replaces the ghosts by others. They are silent until something is heard of them.
    pub(crate) fn replace(&mut self, entities: Box<[Entity]>, elsewhere: usize) {
        for column in [&mut self.heard, &mut self.phases, &mut self.velocities] {
            column.clear();
            column.resize(entities.len(), f64::NAN);
        }
        self.entities = entities;
        self.elsewhere = elsewhere;
        self.version += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.entities.len()
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let columns = [&self.heard, &self.phases, &self.velocities];
        self.entities.len() * size_of::<Entity>() + columns.map(Vec::capacity).iter().sum::<usize>() * size_of::<f64>()
    }
}
