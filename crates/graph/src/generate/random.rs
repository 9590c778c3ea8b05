//! G(n, p): each pair is linked with the same probability (Gilbert 1959).

use crate::draw::{Purpose, Successes};
use crate::{Link, LinkStream, generate::both_ways};

/// Made node by node: node v draws its links to the nodes before it, by jumps of geometric length
/// (Batagelj & Brandes 2005). A part of the rows needs all draws, since later nodes choose too.
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

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for node in 0..self.agents {
            let earlier = Successes::new(self.seed, Purpose::RandomRow, node.into(), node.into(), self.probability);
            earlier.for_each(|other| both_ways(node, other as u32, &mut visit));
        }
    }
}
