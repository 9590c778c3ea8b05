//! A circle in which each node is linked to its nearest on either side.

use core::ops::Range;

use crate::{Link, LinkStream};

#[derive(Clone, Debug)]
pub(crate) struct Ring {
    pub(crate) agents: u32,
    /// Neighbours on either side, less than half of the agents.
    pub(crate) reach: u32,
}

impl Ring {
    /// The node `places` further on.
    pub(crate) fn after(&self, node: u32, places: u32) -> u32 {
        ((u64::from(node) + u64::from(places)) % u64::from(self.agents)) as u32
    }

    /// The number of places between two nodes, the shorter way.
    pub(crate) fn distance(&self, a: u32, b: u32) -> u32 {
        let apart = a.abs_diff(b);
        apart.min(self.agents - apart)
    }
}

impl LinkStream for Ring {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.agents, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        for receiver in rows {
            for places in 1..=self.reach {
                visit(Link::new(receiver, self.after(receiver, places)));
                visit(Link::new(receiver, self.after(receiver, self.agents - places)));
            }
        }
    }
}
