//! Tables as a query meets them, brought into the order of the index.

use std::ops::Range;

use bevy_ecs::{entity::Entity, query::QueryNotDenseError};
use smallvec::SmallVec;

use super::{SwarmIndex, are_same};
use crate::error::SwarmError;

/// The agents of one table: consecutive places of the index, and what a query fetched of them.
#[derive(Clone, Copy)]
pub(crate) struct Run<'w, C> {
    /// The place of the first.
    pub(crate) start: usize,
    entities: &'w [Entity],
    pub(crate) columns: C,
}

/// All tables of a swarm. More of them than this go to the heap.
pub(crate) type Runs<'w, C> = SmallVec<[Run<'w, C>; 16]>;

impl<'w, C> Run<'w, C> {
    /// The places of its agents.
    pub(crate) fn places(&self) -> Range<usize> {
        self.start..self.start + self.entities.len()
    }

    /// One of its agents.
    pub(crate) fn first(&self) -> Entity {
        self.entities[0]
    }

    /// The same agents with other columns.
    pub(crate) fn with<D>(&self, columns: D) -> Run<'w, D> {
        Run { start: self.start, entities: self.entities, columns }
    }
}

impl SwarmIndex {
    /// Fills `runs` with the tables of a query, in the order of the index.
    ///
    /// Queries meet tables in an order of their own: archetypes that came while a query was not
    /// looking come to it in the order of a hash map. An error if they do not hold just the agents
    /// of the index; with `compare_all` every agent is compared, else the first of each table.
    pub(crate) fn runs<'w, C>(
        &self,
        tables: impl Iterator<Item = (&'w [Entity], C)>,
        compare_all: bool,
        runs: &mut Runs<'w, C>,
    ) -> Result<(), SwarmError> {
        let mut agents = 0;
        for (entities, columns) in tables.filter(|(entities, _)| !entities.is_empty()) {
            agents += entities.len();
            let start = self.place(entities[0]).unwrap_or(usize::MAX);
            runs.push(Run { start, entities, columns });
        }
        if !runs.is_sorted_by_key(|run| run.start) {
            runs.sort_unstable_by_key(|run| run.start);
        }
        let mut known = self.spans.iter().filter(|span| span.agents > 0);
        let are_known = runs.iter().all(|run| {
            known.next().is_some_and(|span| {
                (span.start, span.agents) == (run.start, run.entities.len())
                    && (!compare_all || are_same(&self.order[span.places()], run.entities))
            })
        });
        if are_known && known.next().is_none() {
            Ok(())
        } else {
            Err(SwarmError::ChangedMidStep { before: self.agents, after: agents })
        }
    }
}

/// A column by place, cut into what belongs to each run.
pub(crate) struct Parts<'a, T> {
    rest: &'a mut [T],
    /// Place of the first of the rest.
    start: usize,
}

impl<'a, T> Parts<'a, T> {
    pub(crate) fn of(column: &'a mut [T]) -> Self {
        Self { rest: column, start: 0 }
    }

    /// The part of a run behind all those before; nothing of an empty column.
    pub(crate) fn next<C>(&mut self, run: &Run<'_, C>) -> &'a mut [T] {
        let agents = run.entities.len();
        let _free = self.rest.split_off_mut(..run.start - self.start);
        self.start = run.start + agents;
        self.rest.split_off_mut(..agents).unwrap_or_default()
    }
}

/// What the index has of the agents of one run.
pub(crate) struct PlacesOfRun<'a> {
    /// The place of the first.
    pub(crate) first: usize,
    pub(crate) starts: &'a mut [f64],
    pub(crate) sums: &'a mut [f64],
    pub(crate) visits: &'a [u16],
    pub(crate) cosines: &'a mut [f64],
    pub(crate) sines: &'a mut [f64],
}

/// What the index has of all agents, to be cut into what belongs to each run; columns that are not
/// needed are empty.
pub(crate) struct Places<'a> {
    pub(super) visits: &'a [u16],
    pub(super) starts: Parts<'a, f64>,
    pub(super) sums: Parts<'a, f64>,
    pub(super) cosines: Parts<'a, f64>,
    pub(super) sines: Parts<'a, f64>,
}

impl<'a> Places<'a> {
    /// The part of a run behind all those before.
    pub(crate) fn next<C>(&mut self, run: &Run<'_, C>) -> PlacesOfRun<'a> {
        PlacesOfRun {
            first: run.start,
            starts: self.starts.next(run),
            sums: self.sums.next(run),
            visits: self.visits.get(run.places()).unwrap_or_default(),
            cosines: self.cosines.next(run),
            sines: self.sines.next(run),
        }
    }
}

/// What a query over the agents' tables says where it cannot go table by table.
pub(crate) fn not_contiguous(_: QueryNotDenseError) -> SwarmError {
    SwarmError::SparseDisabling
}
