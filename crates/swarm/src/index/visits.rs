//! How the rows of a network are gone through: in which order, and how far their phasors are.

use std::ops::Range;

use lampyrid_graph::Rows;
use lampyrid_kernel::coupling::{by_degree, fetching_pays, may_be_far, order_pays};

/// Rows in the order of their degrees, block by block, or as they lie; and whether to ask for phasors
/// ahead of time.
///
/// To find out pays from the second step on that takes the rows as they are, so that is when it is done. Small
/// changes leave it as it is, but for the blocks at the end of tables that grew or shrank: the order
/// may then be a little off, which costs next to nothing, until so many rows have changed that it is
/// made anew.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    /// By place: rows of its block, counted from the block's first; empty where blocks are to be
    /// computed as they lie.
    pub(crate) places: Vec<u16>,
    /// Whether to ask for phasors ahead of time.
    pub(crate) fetch_ahead: bool,
    /// Which rows it has seen.
    seen: Option<Version>,
    /// Small changes since it was made; none if it was not.
    made: Option<u64>,
    /// The tables it was made for.
    tables: Vec<Range<usize>>,
}

/// What tells rows apart that need visits of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// Times the rows were built.
    pub(crate) rebuilds: u64,
    /// Times they were changed a little.
    pub(crate) patches: u64,
    /// Agents of a block.
    pub(crate) block: usize,
}

impl Visits {
    /// Looks at the rows before they are used. Blocks are cut from `tables`, which are places.
    pub(crate) fn follow(
        &mut self,
        rows: Rows<'_>,
        version: Version,
        tables: impl Iterator<Item = Range<usize>> + Clone,
    ) {
        let before = self.seen.replace(version);
        if before == Some(version) && self.made.is_some() {
            return;
        }
        let patches = |before: Version| version.patches - before.patches;
        let is_older = before.filter(|before| Version { patches: version.patches, ..*before } == version);
        match (is_older, self.made) {
            // Rows so different that there may be no further step with them.
            (None, _) => {
                self.made = None;
                self.places.clear();
                self.fetch_ahead = may_be_far(rows.nodes());
            }
            (Some(before), Some(made)) if self.can_be_mended(&tables, rows.nodes()) => {
                self.made = Some(made + patches(before));
                self.mend(rows, version.block, tables);
            }
            _ => self.make(rows, version.block, tables),
        }
    }

    /// Whether tables begin where they began, and most rows are as they were.
    fn can_be_mended(&self, tables: &(impl Iterator<Item = Range<usize>> + Clone), rows: usize) -> bool {
        let starts = |table: &Range<usize>| table.start;
        self.made.is_some_and(|patches| patches < rows as u64 / 16)
            && self.tables.iter().map(starts).eq(tables.clone().map(|table| table.start))
    }

    fn make(&mut self, rows: Rows<'_>, block: usize, tables: impl Iterator<Item = Range<usize>>) {
        self.made = Some(0);
        self.tables = tables.collect();
        self.fetch_ahead = fetching_pays(rows);
        self.places.clear();
        if order_pays(rows.nodes()) && !have_one_degree(rows, &self.tables) {
            self.places.resize(rows.nodes(), 0);
            for table in self.tables.clone() {
                self.sort(rows, block, table);
            }
        }
    }

    /// Makes the blocks at the end of tables anew that have another number of agents now.
    fn mend(&mut self, rows: Rows<'_>, block: usize, tables: impl Iterator<Item = Range<usize>>) {
        if self.places.is_empty() {
            return;
        }
        self.places.resize(rows.nodes(), 0);
        for (number, table) in tables.enumerate() {
            let known = std::mem::replace(&mut self.tables[number], table.clone());
            if known != table {
                let same = known.len().min(table.len()) / block * block;
                self.sort(rows, block, table.start + same..table.end);
            }
        }
    }

    fn sort(&mut self, rows: Rows<'_>, block: usize, places: Range<usize>) {
        let mut first = places.start;
        for places in self.places[places].chunks_mut(block) {
            by_degree(rows, first, places);
            first += places.len();
        }
    }
}

/// Whether all agents of these tables listen to as many.
fn have_one_degree(rows: Rows<'_>, tables: &[Range<usize>]) -> bool {
    let mut degrees = tables.iter().cloned().flatten().map(|node| rows.degree(node));
    let first = degrees.next();
    degrees.all(|degree| Some(degree) == first)
}

#[cfg(test)]
mod tests {
    use std::iter::once;

    use super::*;
    use lampyrid_graph::{Adjacency, Topology};

    const BLOCK: usize = 512;

    fn version(rebuilds: u64, patches: u64) -> Version {
        Version { rebuilds, patches, block: BLOCK }
    }

    fn followed(network: &Adjacency, tables: impl Iterator<Item = Range<usize>> + Clone, times: usize) -> Visits {
        let mut visits = Visits::default();
        (0..times).for_each(|_| visits.follow(network.rows(), version(1, 0), tables.clone()));
        visits
    }

    #[test]
    fn blocks_begin_anew_with_every_table() {
        let agents = 5000;
        let network = Topology::Random { agents, probability: 0.001 }.build(3).unwrap();
        let visits = followed(&network, [0..700, 700..5000].into_iter(), 2);
        assert_eq!(visits.places.len(), agents);
        let blocks = visits.places[..700].chunks(BLOCK).chain(visits.places[700..].chunks(BLOCK));
        let mut first = 0;
        for block in blocks {
            assert!(block.is_sorted_by_key(|&place| network.degree(first + usize::from(place))));
            assert_eq!(block.iter().map(|&place| usize::from(place)).max(), Some(block.len() - 1));
            first += block.len();
        }
    }

    #[test]
    fn rows_used_once_are_left_as_they_lie() {
        let network = Topology::Random { agents: 5000, probability: 0.001 }.build(3).unwrap();
        let table = once(0..5000);
        let mut visits = followed(&network, table.clone(), 1);
        assert!(visits.places.is_empty());
        visits.follow(network.rows(), version(1, 0), table.clone());
        assert!(!visits.places.is_empty());
        visits.follow(network.rows(), version(2, 0), table.clone());
        assert!(visits.places.is_empty(), "these are other rows");
        visits.follow(network.rows(), version(2, 0), table.clone());
        visits.follow(network.rows(), Version { block: 2 * BLOCK, ..version(2, 0) }, table);
        assert!(visits.places.is_empty(), "these are other blocks");
    }

    /// Whatever the order is, a row that is left out keeps the rate of before.
    #[test]
    fn small_changes_leave_every_row_visited_once() {
        let network = |agents| Topology::Random { agents, probability: 0.001 }.build(3).unwrap();
        let mut visits = followed(&network(5000), [0..3000, 3100..5000].into_iter(), 2);
        let before = visits.places.clone();
        for (patch, first, agents) in [(1, 3010, 5000), (2, 2990, 5010), (900, 3000, 4000)] {
            let tables = [0..first, 3100..agents];
            visits.follow(network(agents).rows(), version(1, patch), tables.clone().into_iter());
            for block in tables.iter().flat_map(|table| visits.places[table.clone()].chunks(BLOCK)) {
                let mut visited = block.to_vec();
                visited.sort_unstable();
                assert!(visited.iter().zip(0..).all(|(&visited, row)| visited == row), "{patch}");
            }
            assert_eq!(visits.places[..BLOCK], before[..BLOCK], "{patch}");
        }
        visits.follow(network(4000).rows(), version(1, 901), [0..3000, 3100..4000].into_iter());
        assert_ne!(visits.places[..BLOCK], before[..BLOCK], "too many rows have changed");
    }

    #[test]
    fn rows_of_one_degree_and_small_swarms_need_no_order() {
        let ring = Topology::Ring { agents: 5000, neighbors: 4 }.build(0).unwrap();
        assert!(followed(&ring, once(0..5000), 3).places.is_empty());
        let small = Topology::Random { agents: 1000, probability: 0.01 }.build(3).unwrap();
        assert!(followed(&small, once(0..1000), 3).places.is_empty());
    }
}
