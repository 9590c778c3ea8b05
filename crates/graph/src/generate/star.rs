//! Node 0 in the middle, linked to all others.

use core::ops::Range;

use crate::{Link, LinkStream};

#[derive(Clone, Debug)]
pub(crate) struct Star {
    pub(crate) agents: u32,
}

impl LinkStream for Star {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.agents, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        for receiver in rows {
            if receiver == 0 {
                (1..self.agents).for_each(|leaf| visit(Link::new(0, leaf)));
            } else {
                visit(Link::new(receiver, 0));
            }
        }
    }
}
