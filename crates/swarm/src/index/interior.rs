//! Agents who hear nobody of elsewhere: they can be moved while what the others hear is still under way.

use std::ops::Range;

use lampyrid_graph::Rows;

use super::visits::Version;
use crate::step::SwarmMotion;

/// Blocks of agents none of whom hears a ghost.
///
/// Blocks are those that the kernels take at a time: rows are in the order of their degrees within each.
#[derive(Debug, Default)]
pub(crate) struct Interior {
    /// Places, ascending; whole blocks, and no more of them at a time than are moved between two looks at what is under
    /// way.
    runs: Vec<Range<usize>>,
    /// Which rows it has seen.
    seen: Option<Version>,
}

/// Blocks of a run at most: with 1024 agents each they take some tenths of a millisecond.
const MOST: usize = 32;

impl Interior {
    /// Looks at the rows before they are used. Blocks are cut from `tables`, which are places; ghosts have the last ones,
    /// from `ghosts` on.
    pub(super) fn follow(
        &mut self,
        rows: Rows<'_>,
        version: Version,
        tables: impl Iterator<Item = Range<usize>>,
        ghosts: usize,
    ) {
        if self.seen.replace(version) == Some(version) {
            return;
        }
        self.runs.clear();
        let is_inner = |place: usize| rows.neighbors(place).iter().all(|&heard| (heard as usize) < ghosts);
        for table in tables {
            for start in table.clone().step_by(version.block) {
                let block = start..table.end.min(start + version.block);
                if block.clone().all(is_inner) {
                    self.add(block, version.block);
                }
            }
        }
        if self.runs.iter().map(Range::len).sum::<usize>() < SwarmMotion::LEAST_BLOCKS * version.block {
            self.runs.clear();
        }
    }

    fn add(&mut self, places: Range<usize>, block: usize) {
        match self.runs.last_mut() {
            // A block that is not whole ends its table.
            Some(last) if last.end == places.start && last.len() < MOST * block && last.len() % block == 0 => {
                last.end = places.end;
            }
            _ => self.runs.push(places),
        }
    }

    /// How many runs there are.
    pub(crate) fn len(&self) -> usize {
        self.runs.len()
    }

    /// The places of some runs.
    pub(crate) fn places(&self, runs: Range<usize>) -> &[Range<usize>] {
        &self.runs[runs]
    }

    /// As many runs from one on as so many threads are given at a time, and how many agents these have.
    pub(crate) fn portion(&self, first: usize, block: usize, threads: usize) -> (Range<usize>, usize) {
        let (mut end, mut agents) = (first, 0);
        while end < self.runs.len() && agents < MOST * block * threads {
            agents += self.runs[end].len();
            end += 1;
        }
        (first..end, agents)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.runs.capacity() * size_of::<Range<usize>>()
    }
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::{Part, Topology};

    use super::*;

    const BLOCK: usize = 8;

    fn version(rebuilds: u64) -> Version {
        Version { rebuilds, patches: 0, block: BLOCK }
    }

    /// Of the agents of a part, cut into tables at these places.
    fn interior(part: &Part, cuts: &[usize]) -> (Interior, usize) {
        let own = part.range().len();
        let ends = cuts.iter().copied().chain([own]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let mut interior = Interior::default();
        interior.follow(part.adjacency().rows(), version(1), starts.zip(ends).map(|(start, end)| start..end), own);
        (interior, own)
    }

    fn ring(agents: usize) -> Part {
        let ring = Topology::Ring { agents, neighbors: 4 }.stream(1).unwrap();
        Part::from_stream(&ring, 0..agents as u32 / 2).unwrap()
    }

    #[test]
    fn of_a_ring_only_the_blocks_at_both_ends_hear_others() {
        let (interior, own) = interior(&ring(4000), &[]);
        let places = interior.places(0..interior.len());
        assert_eq!((places[0].start, places[places.len() - 1].end), (BLOCK, own - BLOCK));
        assert!(places.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!(places.iter().all(|run| run.len() <= MOST * BLOCK));
    }

    #[test]
    fn blocks_begin_anew_with_every_table_and_nobody_in_them_hears_a_ghost() {
        let part = ring(4000);
        let (interior, own) = interior(&part, &[5, 777, 1999]);
        let places = interior.places(0..interior.len());
        let inner: usize = places.iter().map(Range::len).sum();
        // The first table has no whole block, the last one a single agent; those beside them hear ghosts as well or not.
        assert!((own - 2 * BLOCK - 2..own).contains(&inner), "{inner} of {own}");
        for place in places.iter().cloned().flatten() {
            assert!(part.adjacency().neighbors(place).iter().all(|&heard| (heard as usize) < own), "{place}");
        }
        for start in places.iter().map(|run| run.start) {
            let table = [0, 5, 777, 1999].into_iter().rfind(|&table| table <= start).unwrap();
            assert!((start - table).is_multiple_of(BLOCK), "{start}");
        }
    }

    #[test]
    fn a_few_blocks_are_none() {
        let agents = |blocks: usize| 2 * BLOCK * (blocks + 2);
        assert_eq!(interior(&ring(agents(SwarmMotion::LEAST_BLOCKS - 1)), &[]).0.len(), 0);
        assert_ne!(interior(&ring(agents(SwarmMotion::LEAST_BLOCKS)), &[]).0.len(), 0);
        let world = Topology::SmallWorld { agents: 4000, neighbors: 8, rewire: 0.5 }.stream(1).unwrap();
        assert_eq!(interior(&Part::from_stream(&world, 0..2000).unwrap(), &[]).0.len(), 0);
    }

    #[test]
    fn portions_are_all_runs_one_after_the_other() {
        for threads in [1, 3] {
            let (interior, _) = interior(&ring(4000), &[100, 777]);
            let all: usize = interior.places(0..interior.len()).iter().map(Range::len).sum();
            let (mut next, mut moved) = (0, 0);
            while next < interior.len() {
                let (runs, agents) = interior.portion(next, BLOCK, threads);
                assert_eq!(runs.start, next);
                assert_eq!(interior.places(runs.clone()).iter().map(Range::len).sum::<usize>(), agents);
                assert!(agents < 2 * MOST * BLOCK * threads);
                (next, moved) = (runs.end, moved + agents);
            }
            assert_eq!(moved, all);
        }
    }

    #[test]
    fn rows_are_looked_at_when_they_are_others() {
        let (mut interior, own) = interior(&ring(4000), &[]);
        let all = Topology::Ring { agents: own, neighbors: 4 }.build(1).unwrap();
        let (before, table) = (interior.len(), std::iter::once(0..own));
        interior.follow(all.rows(), version(1), table.clone(), own);
        assert_eq!(interior.len(), before);
        interior.follow(all.rows(), version(2), table, own);
        assert_eq!(interior.places(0..1)[0].start, 0);
    }
}
