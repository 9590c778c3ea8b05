//! G(n, p): each pair is linked with the same probability (Gilbert 1959).

use core::ops::Range;

use crate::draw::{Draws, Purpose, Successes};
use crate::generate::both_ways_into;
use crate::{Link, LinkStream};

/// Made node by node: node v draws its links to the nodes before it, by jumps of geometric length
/// (Batagelj & Brandes 2005). A part of the rows needs the draws of its own nodes and, of those
/// after it, the first jumps: until they are past it.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    pub(crate) agents: u32,
    pub(crate) probability: f64,
    pub(crate) seed: u64,
}

impl LinkStream for Random {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.agents, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        let draws = Draws::new(self.seed, Purpose::RandomRow);
        for node in rows.start..self.agents {
            let earlier = Successes::new(draws, node.into(), node.min(rows.end).into(), self.probability);
            earlier.for_each(|other| both_ways_into(&rows, node, other as u32, &mut visit));
        }
    }
}
