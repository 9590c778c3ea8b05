//! What is different from what the index knows, as long as it is little.

use bevy_ecs::change_detection::Tick;

use super::{
    SwarmIndex, are_same,
    follow::Table,
    spans::{Shape, Span},
};

/// A row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seat {
    pub(super) table: usize,
    pub(super) row: usize,
}

/// A few differences.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Seats of before whose agents are no longer there.
    pub(super) left: Vec<Seat>,
    /// Seats whose agents were not there before.
    pub(super) came: Vec<Seat>,
    /// Seats whose lists of neighbours or weights were written.
    pub(super) written: Vec<Seat>,
}

/// Seats per agent of a change that is still small. An agent that is replaced takes up to three. With a
/// tenth of the agents replaced, patching took from a third to nine tenths of building anew, with half
/// of them half (1,000 to 100,000 agents, 2026-11-24); beyond, compact rows are worth more.
const SMALL: usize = 1;

/// So many seats are few in any swarm.
const ALWAYS_FEW: usize = 8;

/// Rows that are compared at once.
pub(super) const CHUNK: usize = 64;

impl Changes {
    fn len(&self) -> usize {
        self.left.len() + self.came.len() + self.written.len()
    }

    fn clear(&mut self) {
        self.left.clear();
        self.came.clear();
        self.written.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks for differences, but for lists that were written when those were whose rows have been handed over; false
    /// if there are many, or tables that are not those of before.
    pub(super) fn find(&mut self, index: &SwarmIndex, tables: &[Table<'_>], handed_over: Option<Tick>) -> bool {
        self.clear();
        let limit = SMALL * index.agents + ALWAYS_FEW;
        tables.len() >= index.spans.len()
            && tables.iter().enumerate().all(|(place, table)| {
                let known = index.spans.get(place).copied().unwrap_or_default();
                let is_the_same = known.agents == 0 || table.entities.is_empty() || known.shape == Shape::of(table);
                is_the_same && self.add(index, known, place, table, limit, handed_over)
            })
    }

    fn add(
        &mut self,
        index: &SwarmIndex,
        known: Span,
        table: usize,
        now: &Table<'_>,
        limit: usize,
        handed_over: Option<Tick>,
    ) -> bool {
        let before = &index.order[known.places()];
        let seat = |row| Seat { table, row };
        for (chunk, (old, new)) in before.chunks(CHUNK).zip(now.entities.chunks(CHUNK)).enumerate() {
            if old.len() != new.len() || !are_same(old, new) {
                let differing = (0..old.len().min(new.len())).filter(|&row| old[row] != new[row]);
                let seats = differing.map(|row| seat(chunk * CHUNK + row));
                self.left.extend(seats.clone());
                self.came.extend(seats);
                if self.len() > limit {
                    return false;
                }
            }
        }
        let (old, new) = (before.len(), now.entities.len());
        if self.len() + old.abs_diff(new) > limit {
            return false;
        }
        self.left.extend((new.min(old)..old).map(seat));
        self.came.extend((old.min(new)..new).map(seat));
        let mut written = |rows: &mut dyn Iterator<Item = usize>| {
            self.written.extend(rows.map(seat).take(limit + 1));
        };
        now.neighbors.iter().for_each(|column| written(&mut column.written_rows(handed_over)));
        now.weights.iter().for_each(|column| written(&mut column.written_rows(None)));
        self.len() <= limit
    }
}
