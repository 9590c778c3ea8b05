//! A ring some of whose links lead elsewhere (Watts & Strogatz 1998): rewired, not added.

use alloc::vec::Vec;

use crate::draw::{Draws, Purpose, below, unit};
use crate::generate::{both_ways, ring::Ring};
use crate::{Link, LinkStream};

/// Node i owns its links to the `reach` nodes after it. Each moves its far end with probability
/// `rewire` to a node drawn uniformly, so there are always n·reach links and every node keeps at
/// least `reach`.
///
/// The classical process looks at all links made so far to avoid duplicates. Here that is decided
/// without a memory: a moved end never lands within the reach of its owner (in the classical
/// process it may land where a link has moved away), and a coin tossed for each pair of nodes says
/// which of the two may own a moved link between them, so they can never both. Over the seeds,
/// every far node is as likely as any other. Where no end is found, in networks that are all but
/// complete, the link stays where it is.
///
/// A part of the rows needs all draws, since any node may move a link to it.
#[derive(Clone, Debug)]
pub(crate) struct SmallWorld {
    ring: Ring,
    rewire: f64,
    moves: Draws,
    ends: Draws,
    owners: Draws,
}

/// Draws for a moved end before its link stays. Half the far nodes are open to an owner, so this
/// many fail once in 2⁶⁴ unless almost nothing is far.
const ATTEMPTS: u64 = 64;

impl SmallWorld {
    pub(crate) fn new(ring: Ring, rewire: f64, seed: u64) -> Self {
        Self {
            ring,
            rewire,
            moves: Draws::new(seed, Purpose::Rewire),
            ends: Draws::new(seed, Purpose::RewiredEnd),
            owners: Draws::new(seed, Purpose::Owner),
        }
    }

    /// The far ends of the links that `owner` owns, into `ends`.
    fn ends(&self, owner: u32, ends: &mut Vec<u32>) {
        ends.clear();
        for places in 1..=self.ring.reach {
            let link = u64::from(owner) * u64::from(self.ring.reach) + u64::from(places) - 1;
            // A block of random bits is good for two links.
            let draw = self.moves.bits(link / 2, 0)[(link % 2) as usize];
            let end = if unit(draw) < self.rewire { self.moved_end(owner, link, ends) } else { None };
            ends.push(end.unwrap_or_else(|| self.ring.after(owner, places)));
        }
    }

    fn moved_end(&self, owner: u32, link: u64, taken: &[u32]) -> Option<u32> {
        (0..ATTEMPTS).map(|attempt| below(self.ends.bits(link, attempt)[0], self.ring.agents.into()) as u32).find(
            |end| self.ring.distance(owner, *end) > self.ring.reach && self.owns(owner, *end) && !taken.contains(end),
        )
    }

    /// Whether the coin of the pair gives a moved link between the two to `owner`.
    fn owns(&self, owner: u32, end: u32) -> bool {
        let heads = self.owners.bits(owner.min(end).into(), owner.max(end).into())[0] & 1 == 1;
        heads == (owner < end)
    }
}

impl LinkStream for SmallWorld {
    fn nodes(&self) -> usize {
        self.ring.nodes()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        let mut ends = Vec::with_capacity(self.ring.reach as usize);
        for owner in 0..self.ring.agents {
            self.ends(owner, &mut ends);
            ends.iter().for_each(|&end| both_ways(owner, end, &mut visit));
        }
    }
}
