//! Builds the index anew, into the buffers of the old one.

use std::sync::Arc;

use bevy_ecs::entity::Entity;
use lampyrid_graph::Adjacency;

use super::{NOWHERE, SwarmIndex, TableShape, TopologyReport, follow::Table};
use crate::{
    agent::AgentId,
    error::SwarmError,
    links::{Neighbors, Spawned, SpawnedLinks, Weights},
};

impl SwarmIndex {
    /// Follows the world from scratch; after an error the index stays unbuilt.
    pub(super) fn rebuild(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        self.built = false;
        self.report.rebuilds += 1;
        self.read_order(tables)?;
        self.check_ids(tables)?;
        self.read_rows(tables)?;
        self.built = true;
        self.phasors.clear();
        self.phasors.resize(self.order.len(), Default::default());
        Ok(())
    }

    fn read_order(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        self.order.clear();
        self.shapes.clear();
        self.places.fill(NOWHERE);
        for table in tables {
            self.order.extend_from_slice(table.0);
            self.shapes.push(TableShape::of(table));
        }
        let limit = NOWHERE as usize;
        if self.order.len() >= limit {
            return Err(SwarmError::TooMany { what: "agents", count: self.order.len(), limit });
        }
        for (place, entity) in self.order.iter().enumerate() {
            let slot = entity.index_u32() as usize;
            if slot >= self.places.len() {
                self.places.resize(slot + 1, NOWHERE);
            }
            self.places[slot] = place as u32;
        }
        Ok(())
    }

    /// Ids in ascending order, as the spawner leaves them, are checked in passing; others are
    /// sorted first.
    fn check_ids(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        let ids = || tables.iter().flat_map(|(_, ids, ..)| *ids);
        if ids().any(|id| *id == AgentId::UNASSIGNED) {
            return Err(SwarmError::IdsExhausted);
        }
        if ids().is_sorted_by(|a, b| a < b) {
            return Ok(());
        }
        let mut named: Vec<(AgentId, Entity)> = ids().copied().zip(self.order.iter().copied()).collect();
        named.sort_unstable_by_key(|(id, entity)| (*id, entity.index_u32()));
        match named.array_windows().find(|[a, b]| a.0 == b.0) {
            Some([first, second]) => {
                Err(SwarmError::DuplicateAgentId { id: first.0.get(), first: first.1, second: second.1 })
            }
            None => Ok(()),
        }
    }

    fn read_rows(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        let mut report =
            TopologyReport { agents: self.order.len(), rebuilds: self.report.rebuilds, ..Default::default() };
        if let Some(links) = self.spawned_as_they_are(tables) {
            self.adjacency = links.graph().clone();
            report.links = self.adjacency.links();
        } else {
            // Rows of the index's own are rewritten in place.
            let mut rows = Arc::try_unwrap(std::mem::take(&mut self.adjacency)).unwrap_or_default();
            self.write_rows(tables, &mut rows, &mut report)?;
            self.adjacency = Arc::new(rows);
        }
        if report.missing > self.report.missing {
            log::warn!("{} listed neighbors are not agents (any more); they are skipped", report.missing);
        }
        self.report = report;
        Ok(())
    }

    /// The links that all agents were spawned with, if those are still all the agents and links
    /// there are, in the order of the nodes.
    fn spawned_as_they_are(&self, tables: &[Table<'_>]) -> Option<Arc<SpawnedLinks>> {
        let (.., neighbors, _) = tables.iter().find(|(entities, ..)| !entities.is_empty())?;
        let links = &neighbors.as_deref()?.first()?.as_spawned()?.links;
        let weighted = links.graph().weights().is_some();
        if links.agents() != self.order || links.has_self_links() {
            return None;
        }
        let mut nodes = 0..;
        let is_as_it_was = |(spawned, node): (Option<&Spawned>, u32)| {
            spawned.is_some_and(|spawned| spawned.node == node && Arc::ptr_eq(&spawned.links, links))
        };
        let are_as_they_were =
            tables.iter().filter(|(entities, ..)| !entities.is_empty()).all(|(.., neighbors, weights)| {
                neighbors.is_some()
                    && weights.is_some() == weighted
                    && neighbors
                        .as_deref()
                        .into_iter()
                        .flatten()
                        .map(Neighbors::as_spawned)
                        .zip(nodes.by_ref())
                        .all(is_as_it_was)
            });
        let mut nodes = 0..;
        let weights = tables.iter().filter_map(|(.., weights)| weights.as_deref()).flatten();
        let are_weights_as_they_were = weights.map(Weights::as_spawned).zip(nodes.by_ref()).all(is_as_it_was);
        (are_as_they_were && are_weights_as_they_were).then(|| links.clone())
    }

    fn write_rows(
        &self,
        tables: &[Table<'_>],
        adjacency: &mut Adjacency,
        report: &mut TopologyReport,
    ) -> Result<(), SwarmError> {
        let weighted = tables.iter().any(|(_, _, _, weights)| weights.is_some());
        let links: usize =
            tables.iter().filter_map(|(_, _, neighbors, _)| neighbors.as_deref()).flatten().map(Neighbors::len).sum();
        let limit = u32::MAX as usize;
        if links > limit {
            return Err(SwarmError::TooMany { what: "links", count: links, limit });
        }
        let mut rows = adjacency.rebuild(self.order.len(), weighted);
        for (entities, _, neighbors, weights) in tables {
            for (row, &entity) in entities.iter().enumerate() {
                let neighbors = neighbors.as_deref().map(|all| &all[row]);
                let weights = weights.as_deref().map(|all| &all[row]);
                let weights = checked_weights(entity, neighbors.map_or(0, Neighbors::len), weights)?;
                for (place, neighbor) in neighbors.into_iter().flatten().enumerate() {
                    if neighbor == entity {
                        report.self_links += 1;
                    } else if let Some(column) = self.place(neighbor) {
                        rows.push(column as u32, weights.map_or(1.0, |all| all[place]));
                        report.links += 1;
                    } else {
                        report.missing += 1;
                    }
                }
                rows.end_row();
            }
        }
        rows.finish();
        Ok(())
    }
}

/// An agent's weights, if it has any and they go with its neighbours.
fn checked_weights(entity: Entity, neighbors: usize, weights: Option<&Weights>) -> Result<Option<&[f64]>, SwarmError> {
    let Some(weights) = weights.map(Weights::as_slice) else {
        return Ok(None);
    };
    if weights.len() != neighbors {
        return Err(SwarmError::WeightsMismatch { entity, neighbors, weights: weights.len() });
    }
    match weights.iter().position(|weight| !weight.is_finite()) {
        Some(place) => Err(SwarmError::WeightNotFinite { entity, place, value: weights[place] }),
        None => Ok(Some(weights)),
    }
}
