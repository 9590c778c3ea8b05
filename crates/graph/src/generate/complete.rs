//! Everybody listens to everybody else.

use core::ops::Range;

use crate::{Link, LinkStream};

#[derive(Clone, Debug)]
pub(crate) struct Complete {
    pub(crate) agents: u32,
}

impl LinkStream for Complete {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.agents, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        for receiver in rows {
            for sender in (0..self.agents).filter(|&sender| sender != receiver) {
                visit(Link::new(receiver, sender));
            }
        }
    }
}
