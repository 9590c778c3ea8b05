//! Notices what changed.

use bevy_ecs::{
    change_detection::{ContiguousComponentTicksRef, ContiguousRef},
    entity::{Entities, Entity},
    prelude::*,
};

use super::{SwarmIndex, TableShape, are_same, not_contiguous};
use crate::{
    agent::{AgentId, IsAgent},
    error::SwarmError,
    identity::AgentIds,
    links::{Neighbors, Weights},
};

/// The structure of the swarm, table by table.
pub(crate) type Structure = (Entity, &'static AgentId, Option<Ref<'static, Neighbors>>, Option<Ref<'static, Weights>>);

/// The columns of one table.
pub(super) struct Table<'w> {
    pub(super) entities: &'w [Entity],
    pub(super) ids: &'w [AgentId],
    pub(super) neighbors: Option<Column<'w, Neighbors>>,
    pub(super) weights: Option<Column<'w, Weights>>,
}

/// Values, and when they were written.
pub(super) struct Column<'w, T> {
    pub(super) values: &'w [T],
    ticks: ContiguousComponentTicksRef<'w>,
}

impl<'w, T> Column<'w, T> {
    fn new(column: ContiguousRef<'w, T>) -> Self {
        let (values, ticks) = ContiguousRef::split(column);
        Self { values, ticks }
    }

    /// Whether no row was written since this system last ran.
    fn is_untouched(&self) -> bool {
        self.ticks.summary_tick_is_changed() == Some(false)
    }

    /// Whether this row was not.
    pub(super) fn is_row_untouched(&self, row: usize) -> bool {
        !self.ticks.changed()[row].is_newer_than(self.ticks.last_run(), self.ticks.this_run())
    }
}

/// All tables of the swarm.
fn tables<'w>(agents: &'w Query<Structure, IsAgent>) -> Result<impl Iterator<Item = Table<'w>>, SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    Ok(tables.map(|(entities, ids, neighbors, weights)| Table {
        entities,
        ids,
        neighbors: neighbors.map(Column::new),
        weights: weights.map(Column::new),
    }))
}

/// Compares the index with the world and rebuilds it if an agent came, went or changed its row, or
/// if any list of neighbours or weights was touched, or an id replaced.
///
/// Comparing every table's entities costs about half a nanosecond per agent. Lifecycle hooks would
/// cost nothing per step but miss moves between archetypes, which reorder rows.
pub(crate) fn follow(
    agents: Query<Structure, IsAgent>,
    entities: &Entities,
    mut ids: ResMut<AgentIds>,
    mut index: ResMut<SwarmIndex>,
) {
    if index.goes_on()
        && let Err(error) = index.follow(&agents, entities, ids.bypass_change_detection())
    {
        index.fail(error);
    }
}

impl SwarmIndex {
    fn follow(
        &mut self,
        agents: &Query<Structure, IsAgent>,
        entities: &Entities,
        ids: &mut AgentIds,
    ) -> Result<(), SwarmError> {
        // A build that failed left nothing to compare with: it is tried again at every step.
        if ids.take_renamed() || !self.is_current(agents)? {
            let tables: Vec<_> = tables(agents)?.collect();
            self.rebuild(&tables, entities, ids)?;
        }
        Ok(())
    }

    fn is_current(&self, agents: &Query<Structure, IsAgent>) -> Result<bool, SwarmError> {
        let mut order = self.order.as_slice();
        let mut shapes = self.shapes.as_slice();
        for table in tables(agents)? {
            let same = shapes.split_off_first() == Some(&TableShape::of(&table))
                && order.split_off(..table.entities.len()).is_some_and(|known| are_same(known, table.entities))
                && table.neighbors.is_none_or(|column| column.is_untouched())
                && table.weights.is_none_or(|column| column.is_untouched());
            if !same {
                return Ok(false);
            }
        }
        Ok(self.is_built() && order.is_empty() && shapes.is_empty())
    }
}

impl TableShape {
    pub(super) fn of(table: &Table<'_>) -> Self {
        Self {
            agents: table.entities.len(),
            has_neighbors: table.neighbors.is_some(),
            has_weights: table.weights.is_some(),
        }
    }
}
