//! Carries rows over from one index to the next.
//!
//! Where a few of many agents came, went or were linked anew, most lists are as they were; only the
//! places of the agents in them may have changed. To translate a row costs a tenth of reading its
//! list, which has to look up every entity.

use std::sync::Arc;

use bevy_ecs::entity::{Entities, Entity};
use lampyrid_graph::{Adjacency, RowWriter};

use super::{NOWHERE, SwarmIndex, TableShape, follow::Table};

/// What of an agent's list is not in its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    /// Entries that are no agents.
    pub(super) missing: u32,
    /// Whether the row has to be read anew at every change: its list names the agent itself, or an
    /// entity that may yet become an agent. The others are gone for ever.
    pub(super) is_irregular: bool,
}

/// Buffers of an earlier index, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Spare {
    order: Vec<Entity>,
    shapes: Vec<TableShape>,
    lost: Vec<Lost>,
    adjacency: Adjacency,
    new_places: Vec<u32>,
    old_places: Vec<u32>,
}

impl Spare {
    pub(super) fn heap_bytes(&self) -> usize {
        self.order.capacity() * size_of::<Entity>()
            + self.lost.capacity() * size_of::<Lost>()
            + self.adjacency.heap_bytes()
            + (self.new_places.capacity() + self.old_places.capacity()) * size_of::<u32>()
    }
}

/// The index before a change.
pub(super) struct Before {
    order: Vec<Entity>,
    shapes: Vec<TableShape>,
    lost: Vec<Lost>,
    adjacency: Arc<Adjacency>,
    /// Where an old place has gone.
    new_places: Vec<u32>,
    /// Where a new place was.
    old_places: Vec<u32>,
}

impl SwarmIndex {
    /// Puts the present order and rows aside, and empty buffers in their place.
    pub(super) fn set_aside(&mut self) -> Before {
        let spare = std::mem::take(&mut self.spare);
        Before {
            order: std::mem::replace(&mut self.order, spare.order),
            shapes: std::mem::replace(&mut self.shapes, spare.shapes),
            lost: std::mem::replace(&mut self.lost, spare.lost),
            adjacency: std::mem::replace(&mut self.adjacency, Arc::new(spare.adjacency)),
            new_places: spare.new_places,
            old_places: spare.old_places,
        }
    }
}

impl Before {
    pub(super) fn links(&self) -> usize {
        self.adjacency.links()
    }

    /// Finds out who went where.
    pub(super) fn compared_with(mut self, index: &SwarmIndex) -> Self {
        self.old_places.clear();
        self.old_places.resize(index.len(), NOWHERE);
        self.new_places.clear();
        for (old, &agent) in (0..).zip(&self.order) {
            let new = index.place(agent);
            self.new_places.push(new.map_or(NOWHERE, |new| new as u32));
            if let Some(new) = new {
                self.old_places[new] = old;
            }
        }
        self
    }

    /// The old row of an agent whose list is the one it was read from.
    pub(super) fn row(&self, table: &Table<'_>, row: usize, place: usize) -> Option<OldRow<'_>> {
        let old = self.old_places[place];
        if old == NOWHERE || self.lost_at(old as usize).is_irregular {
            return None;
        }
        let shape = self.shape_at(old as usize)?;
        let as_it_was = shape.has_neighbors == table.neighbors.is_some()
            && shape.has_weights == table.weights.is_some()
            && table.neighbors.as_ref().is_none_or(|column| column.is_row_untouched(row))
            && table.weights.as_ref().is_none_or(|column| column.is_row_untouched(row));
        as_it_was.then_some(OldRow { before: self, old: old as usize })
    }

    fn lost_at(&self, place: usize) -> Lost {
        self.lost.get(place).copied().unwrap_or_default()
    }

    /// The table that held an old place.
    fn shape_at(&self, place: usize) -> Option<&TableShape> {
        let mut end = 0;
        self.shapes.iter().find(|shape| {
            end += shape.agents;
            place < end
        })
    }

    pub(super) fn into_spare(self) -> Spare {
        Spare {
            order: self.order,
            shapes: self.shapes,
            lost: self.lost,
            adjacency: Arc::try_unwrap(self.adjacency).unwrap_or_default(),
            new_places: self.new_places,
            old_places: self.old_places,
        }
    }
}

/// A row that can be carried over.
pub(super) struct OldRow<'a> {
    before: &'a Before,
    old: usize,
}

impl OldRow<'_> {
    /// Writes the row with the places of now, without those who went.
    pub(super) fn carry_over(self, rows: &mut RowWriter<'_>, entities: &Entities) -> Lost {
        let Before { adjacency, new_places, order, .. } = self.before;
        let (row, weights) = (adjacency.neighbors(self.old), adjacency.weights_of(self.old));
        let mut lost = self.before.lost_at(self.old);
        let new = |column: u32| new_places[column as usize];
        if weights.is_none() && row.iter().all(|&column| new(column) != NOWHERE) {
            rows.extend(row.iter().map(|&column| new(column)));
            return lost;
        }
        for (link, &column) in row.iter().enumerate() {
            if new(column) != NOWHERE {
                rows.push(new(column), weights.map_or(1.0, |weights| weights[link]));
            } else {
                lost.missing += 1;
                lost.is_irregular |= entities.contains(order[column as usize]);
            }
        }
        lost
    }
}
