//! Notices what changed.

use bevy_ecs::{
    change_detection::{ContiguousComponentTicksRef, ContiguousRef, MAX_CHANGE_AGE, Tick},
    entity::{Entities, Entity},
    prelude::*,
    system::If,
};

use super::{SwarmIndex, are_same, changes::CHUNK, not_contiguous, spans::Shape};
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
    pub(super) fn is_untouched(&self) -> bool {
        self.ticks.summary_tick_is_changed() == Some(false)
    }

    /// The rows that were written since then, but at another time than that.
    pub(super) fn written_rows(&self, but_at: Option<Tick>) -> impl Iterator<Item = usize> {
        let ticks = if self.is_untouched() { &[] } else { self.ticks.changed() };
        let this = self.ticks.this_run().get();
        let since = this.wrapping_sub(self.ticks.last_run().get()).min(MAX_CHANGE_AGE);
        // What `Tick::is_newer_than` says, in as few instructions: this goes through all rows.
        // No tick is that large.
        let but_at = but_at.map_or(u64::MAX, |tick| u64::from(tick.get()));
        let is_newer = move |tick: &Tick| (this.wrapping_sub(tick.get()) < since) & (u64::from(tick.get()) != but_at);
        let any_newer = move |ticks: &[Tick]| ticks.iter().fold(false, |any, tick| any | is_newer(tick));
        let chunks = ticks.chunks(CHUNK).enumerate().filter(move |(_, ticks)| any_newer(ticks));
        chunks.flat_map(move |(chunk, ticks)| {
            let rows = ticks.iter().enumerate().filter(move |(_, tick)| is_newer(tick));
            rows.map(move |(row, _)| chunk * CHUNK + row)
        })
    }
}

/// All tables of the swarm.
pub(super) fn tables<'w>(agents: &'w Query<Structure, IsAgent>) -> Result<impl Iterator<Item = Table<'w>>, SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    Ok(tables.map(|(entities, ids, neighbors, weights)| Table {
        entities,
        ids,
        neighbors: neighbors.map(Column::new),
        weights: weights.map(Column::new),
    }))
}

/// Compares the index with the world and brings it up to date if an agent came, went or changed its
/// row, or if any list of neighbours or weights was touched, or an id replaced.
///
/// Comparing every table's entities costs about half a nanosecond per agent. Lifecycle hooks would
/// cost nothing per step but miss moves between archetypes, which reorder rows.
pub(crate) fn follow(
    agents: Query<Structure, IsAgent>,
    entities: &Entities,
    ids: Option<ResMut<AgentIds>>,
    mut index: If<ResMut<SwarmIndex>>,
) {
    if !index.goes_on() {
        return;
    }
    let missing = SwarmError::SettingsMissing { name: "AgentIds" };
    let followed =
        ids.ok_or(missing).and_then(|mut ids| index.follow(&agents, entities, ids.bypass_change_detection()));
    if let Err(error) = followed {
        index.fail(error);
    }
}

impl SwarmIndex {
    pub(super) fn follow(
        &mut self,
        agents: &Query<Structure, IsAgent>,
        entities: &Entities,
        ids: &mut AgentIds,
    ) -> Result<(), SwarmError> {
        let handed_over = self.handed_over.take();
        let doubtful = ids.are_doubtful();
        if !doubtful && self.is_current(agents)? {
            return Ok(());
        }
        let tables: Vec<_> = tables(agents)?.collect();
        if doubtful || !self.patch(&tables, entities, handed_over)? {
            self.rebuild(&tables, entities, ids)?;
        }
        debug_assert!(handed_over.is_none() || self.are_as_listed(&tables, entities), "rows handed over were wrong");
        Ok(())
    }

    /// Whether all rows are those of the lists: what was handed over is checked by it.
    fn are_as_listed(&self, tables: &[Table<'_>], entities: &Entities) -> bool {
        let is_as_listed = |(table, row): (&Table<'_>, usize)| {
            let Some(place) = self.place(table.entities[row]) else { return false };
            let rows = self.rows.rows();
            let (mut known, mut same) = (rows.neighbors(place).iter(), true);
            let read = self.read_row(table, row, entities, |column, _| same &= known.next() == Some(&column));
            read.is_ok() && same && known.next().is_none()
        };
        tables.iter().flat_map(|table| (0..table.entities.len()).map(move |row| (table, row))).all(is_as_listed)
    }

    fn is_current(&self, agents: &Query<Structure, IsAgent>) -> Result<bool, SwarmError> {
        let mut spans = self.spans.iter();
        for table in tables(agents)? {
            let same = spans.next().is_some_and(|span| {
                span.agents == table.entities.len()
                    && span.shape == Shape::of(&table)
                    && are_same(&self.order[span.places()], table.entities)
                    && table.neighbors.is_none_or(|column| column.is_untouched())
                    && table.weights.is_none_or(|column| column.is_untouched())
            });
            if !same {
                return Ok(false);
            }
        }
        // A build that failed left nothing to compare with: it is tried again at every step.
        Ok(self.built && self.ghosts_placed == self.ghosts.version && spans.next().is_none())
    }
}
