//! Where the tables of agents lie among the places of the index.

use std::ops::Range;

use super::follow::Table;

/// A table of agents as the index knows it: its agents have consecutive places, in the order of their
/// rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) agents: usize,
    /// What tells tables apart that hold the same agents in the same order: an agent that loses its
    /// neighbours leaves no changed column behind.
    pub(super) shape: Shape,
}

/// Which columns with links a table has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    has_neighbors: bool,
    has_weights: bool,
}

impl Shape {
    pub(super) fn of(table: &Table<'_>) -> Self {
        Self { has_neighbors: table.neighbors.is_some(), has_weights: table.weights.is_some() }
    }
}

impl Span {
    pub(super) fn places(&self) -> Range<usize> {
        self.start..self.start + self.agents
    }
}

/// Places left free behind a table when it is moved, so that it may grow in place.
fn slack(agents: usize) -> usize {
    agents / 8 + 16
}

/// Whether all tables fit where they lie; the last one always does.
pub(super) fn fit(spans: &[Span], tables: &[Table<'_>]) -> bool {
    let next_starts = spans.iter().skip(1).map(|next| next.start);
    spans.iter().zip(next_starts).zip(tables).all(|((span, next), table)| span.start + table.entities.len() <= next)
}

/// The tables one after the other, with room to grow for all but the last. There is room for the
/// agents of before, too.
pub(super) fn spread(spans: &[Span], tables: &[Table<'_>]) -> Vec<Span> {
    let mut start = 0;
    let spread = |(place, table): (usize, &Table<'_>)| {
        let known = spans.get(place).copied().unwrap_or_default();
        let span = Span { start, ..known };
        let agents = known.agents.max(table.entities.len());
        start += agents + slack(agents);
        span
    };
    tables.iter().enumerate().map(spread).collect()
}

/// Adds spans for tables that are new.
pub(super) fn append(spans: &mut Vec<Span>, tables: &[Table<'_>]) {
    while spans.len() < tables.len() {
        let start = spans.last().map_or(0, |last| {
            let agents = last.agents.max(tables[spans.len() - 1].entities.len());
            last.start + agents + slack(agents)
        });
        spans.push(Span { start, ..Span::default() });
    }
}
