//! Tables as a query meets them, brought into the order of the index.

use bevy_ecs::{entity::Entity, query::QueryNotDenseError};
use smallvec::SmallVec;

use super::{SwarmIndex, are_same};
use crate::error::SwarmError;

/// The agents of one table: consecutive places of the index, and what a query fetched of them.
pub(crate) struct Run<'w, C> {
    start: usize,
    entities: &'w [Entity],
    pub(crate) columns: C,
}

/// All tables of a swarm. More of them than this go to the heap.
pub(crate) type Runs<'w, C> = SmallVec<[Run<'w, C>; 16]>;

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
        let mut rest = self.order.as_slice();
        let are_known = runs.iter().all(|run| {
            rest.split_off(..run.entities.len()).is_some_and(|known| match compare_all {
                true => are_same(known, run.entities),
                false => known.first() == run.entities.first(),
            })
        });
        if are_known && rest.is_empty() {
            Ok(())
        } else {
            Err(SwarmError::ChangedMidStep { before: self.len(), after: agents })
        }
    }
}

/// What a query over the agents' tables says where it cannot go table by table.
pub(crate) fn not_contiguous(_: QueryNotDenseError) -> SwarmError {
    SwarmError::SparseDisabling
}
