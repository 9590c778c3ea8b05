//! Builds the index anew, into the buffers of the old one.

use std::sync::Arc;

use bevy_ecs::entity::{Entities, Entity};
use lampyrid_graph::Adjacency;

use super::{
    Lost, NOWHERE, SwarmIndex, TopologyReport,
    follow::Table,
    row_store::RowStore,
    spans::{Shape, Span},
};
use crate::{
    agent::AgentId,
    error::SwarmError,
    identity::AgentIds,
    links::{Neighbors, Spawned, SpawnedLinks, Weights},
};

impl SwarmIndex {
    /// Follows the world anew; after an error the index stays unbuilt.
    pub(super) fn rebuild(
        &mut self,
        tables: &[Table<'_>],
        entities: &Entities,
        ids: &mut AgentIds,
    ) -> Result<(), SwarmError> {
        self.built = false;
        self.version += 1;
        self.read_order(tables)?;
        self.check_ids(tables, ids)?;
        self.read_rows(tables, entities)?;
        self.built = true;
        Ok(())
    }

    fn read_order(&mut self, tables: &[Table<'_>]) -> Result<(), SwarmError> {
        self.order.clear();
        self.spans.clear();
        self.places.fill(NOWHERE);
        // Ghosts come last, and must not be what doubles the list.
        self.order.reserve(tables.iter().map(|table| table.entities.len()).sum::<usize>() + self.ghosts.len());
        for table in tables {
            let (start, agents) = (self.order.len(), table.entities.len());
            self.spans.push(Span { start, agents, shape: Shape::of(table) });
            self.order.extend_from_slice(table.entities);
        }
        self.agents = self.order.len();
        self.order.extend_from_slice(&self.ghosts.entities);
        self.ghosts_placed = self.ghosts.version;
        let (count, limit) = (self.room(), NOWHERE as usize);
        if count >= limit {
            return Err(SwarmError::TooMany { what: "agents", count, limit });
        }
        for place in 0..count {
            let agent = self.order[place];
            if agent != Entity::PLACEHOLDER {
                self.note_place(agent, place);
            }
        }
        Ok(())
    }

    /// Every agent must have an id of its own. The directory knows if two have ever had the same one
    /// at a time; only then are all compared.
    fn check_ids(&mut self, tables: &[Table<'_>], directory: &mut AgentIds) -> Result<(), SwarmError> {
        let ids = || tables.iter().flat_map(|table| table.ids);
        if ids().any(|id| *id == AgentId::UNASSIGNED) {
            return Err(SwarmError::IdsExhausted);
        }
        directory.all_have_one();
        if !directory.has_clashed() {
            return Ok(());
        }
        let mut named: Vec<(AgentId, Entity)> = ids().copied().zip(self.order.iter().copied()).collect();
        named.sort_unstable_by_key(|(id, entity)| (*id, entity.index_u32()));
        if let Some([first, second]) = named.array_windows().find(|[a, b]| a.0 == b.0) {
            return Err(SwarmError::DuplicateAgentId { id: first.0.get(), first: first.1, second: second.1 });
        }
        directory.settle(&named);
        Ok(())
    }

    fn read_rows(&mut self, tables: &[Table<'_>], entities: &Entities) -> Result<(), SwarmError> {
        let counts =
            TopologyReport { rebuilds: self.report.rebuilds + 1, patches: self.report.patches, ..Default::default() };
        let mut report = TopologyReport { agents: self.agents, ..counts };
        self.lost.clear();
        self.waiting = 0;
        if let Some(links) = self.spawned_as_they_are(tables) {
            self.rows = RowStore::Built(links.graph().clone());
            report.links = links.graph().links();
        } else {
            Self::check_links(tables)?;
            let mut rows = std::mem::take(&mut self.rows).into_own();
            self.write_rows(tables, entities, &mut rows, &mut report)?;
            report.links = rows.links();
            self.rows = RowStore::Built(Arc::new(rows));
        }
        self.announce(report);
        Ok(())
    }

    /// The links that all agents were spawned with, if those are still all the agents, ghosts and links
    /// there are, in the order of the nodes.
    fn spawned_as_they_are(&self, tables: &[Table<'_>]) -> Option<Arc<SpawnedLinks>> {
        let tables = || tables.iter().filter(|table| !table.entities.is_empty());
        let first = tables().next()?.neighbors.as_ref()?.values.first()?;
        let links = &first.as_spawned()?.links;
        let weighted = links.graph().weights().is_some();
        if links.agents() != self.order.as_slice() || links.has_self_links() {
            return None;
        }
        if tables().any(|table| table.neighbors.is_none() || table.weights.is_some() != weighted) {
            return None;
        }
        let is_as_it_was = |(spawned, node): (Option<&Spawned>, u32)| {
            spawned.is_some_and(|spawned| spawned.node == node && Arc::ptr_eq(&spawned.links, links))
        };
        let mut neighbors = tables().filter_map(|table| table.neighbors.as_ref()).flat_map(|column| column.values);
        let mut weights = tables().filter_map(|table| table.weights.as_ref()).flat_map(|column| column.values);
        let are_as_they_were = neighbors.by_ref().map(Neighbors::as_spawned).zip(0..).all(is_as_it_was)
            && weights.by_ref().map(Weights::as_spawned).zip(0..).all(is_as_it_was);
        are_as_they_were.then(|| links.clone())
    }

    fn write_rows(
        &mut self,
        tables: &[Table<'_>],
        entities: &Entities,
        adjacency: &mut Adjacency,
        report: &mut TopologyReport,
    ) -> Result<(), SwarmError> {
        let weighted = tables.iter().any(|table| table.weights.is_some());
        let mut rows = adjacency.rebuild(self.room(), weighted);
        for table in tables {
            for row in 0..table.entities.len() {
                let lost = self.read_row(table, row, entities, |column, weight| rows.push(column, weight))?;
                report.add(lost);
                self.waiting += usize::from(lost.is_waiting);
                self.lost.push(lost);
                rows.end_row();
            }
        }
        self.ghosts.entities.iter().for_each(|_| rows.end_row());
        rows.finish();
        Ok(())
    }

    /// Goes through the links of an agent to others, as places and weights.
    pub(super) fn read_row(
        &self,
        table: &Table<'_>,
        row: usize,
        entities: &Entities,
        mut link: impl FnMut(u32, f64),
    ) -> Result<Lost, SwarmError> {
        let entity = table.entities[row];
        let neighbors = table.neighbors.as_ref().map(|column| &column.values[row]);
        let weights = table.weights.as_ref().map(|column| &column.values[row]);
        let weights = checked_weights(entity, neighbors.map_or(0, Neighbors::len), weights)?;
        let mut lost = Lost::default();
        for (place, neighbor) in neighbors.into_iter().flatten().enumerate() {
            if neighbor == entity {
                lost.self_links += 1;
            } else if let Some(column) = self.place(neighbor) {
                link(column as u32, weights.map_or(1.0, |all| all[place]));
            } else {
                lost.missing += 1;
                lost.is_waiting |= entities.contains(neighbor);
            }
        }
        Ok(lost)
    }

    /// Rows name links by 32 bits.
    fn check_links(tables: &[Table<'_>]) -> Result<(), SwarmError> {
        let lists = tables.iter().filter_map(|table| table.neighbors.as_ref()).flat_map(|column| column.values);
        let (count, limit) = (lists.map(Neighbors::len).sum(), u32::MAX as usize);
        if count > limit { Err(SwarmError::TooMany { what: "links", count, limit }) } else { Ok(()) }
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
