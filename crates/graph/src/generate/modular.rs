//! Blocks, dense inside and sparse between (Holland, Laskey & Leinhardt 1983).

use alloc::vec::Vec;
use core::ops::Range;

use crate::draw::{Draws, Purpose, Successes, pair};
use crate::generate::both_ways_into;
use crate::{Link, LinkStream};

/// Nodes are numbered block by block. Each pair of blocks draws its links by jumps of geometric
/// length (Batagelj & Brandes 2005). A part of the rows needs the pairs with a block that has some of
/// them.
#[derive(Clone, Debug)]
pub(crate) struct Modular {
    /// Where each block begins, and where the last one ends.
    pub(crate) starts: Vec<u32>,
    pub(crate) within: f64,
    pub(crate) between: f64,
    pub(crate) seed: u64,
}

impl Modular {
    fn block(&self, block: usize) -> (u32, u64) {
        (self.starts[block], u64::from(self.starts[block + 1] - self.starts[block]))
    }
}

impl LinkStream for Modular {
    fn nodes(&self) -> usize {
        self.starts.last().map_or(0, |&end| end as usize)
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.nodes() as u32, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        let draws = Draws::new(self.seed, Purpose::BlockPair);
        let blocks = self.starts.len() - 1;
        let touched = |block: usize| self.starts[block] < rows.end && rows.start < self.starts[block + 1];
        let linked = |a: usize, b: usize, pairs, p| {
            let pairs = if touched(a) || touched(b) { pairs } else { 0 };
            Successes::new(draws, (a as u64) << 32 | b as u64, pairs, p)
        };
        for a in 0..blocks {
            let (first, size) = self.block(a);
            for place in linked(a, a, size * size.saturating_sub(1) / 2, self.within) {
                let (i, j) = pair(place);
                both_ways_into(&rows, first + i as u32, first + j as u32, &mut visit);
            }
            for b in 0..a {
                let (other, other_size) = self.block(b);
                for place in linked(a, b, size * other_size, self.between) {
                    let (i, j) = (place / other_size, place % other_size);
                    both_ways_into(&rows, first + i as u32, other + j as u32, &mut visit);
                }
            }
        }
    }
}
