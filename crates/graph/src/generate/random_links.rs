//! G(n, m): a given number of links among all pairs (Erdős & Rényi 1959).

use crate::draw::{Purpose, bits, pair};
use crate::{Link, LinkStream, generate::both_ways};

/// The first m places of a pseudo-random permutation of all pairs: distinct without a memory of
/// those before. The permutation is a Feistel network of ten rounds over the next power of four,
/// walked along its cycles until it lands on a pair (Black & Rogaway 2002).
#[derive(Clone, Debug)]
pub(crate) struct RandomLinks {
    pub(crate) agents: u32,
    pub(crate) links: u64,
    pub(crate) seed: u64,
}

const ROUNDS: u64 = 10;

impl RandomLinks {
    /// How many pairs so many agents have.
    pub(crate) fn pairs(agents: u64) -> u64 {
        (u128::from(agents) * u128::from(agents.saturating_sub(1)) / 2) as u64
    }

    fn permuted(&self, index: u64, pairs: u64) -> u64 {
        let half_bits = (u64::BITS - (pairs - 1).leading_zeros()).div_ceil(2).max(1);
        let mask = (1_u64 << half_bits) - 1;
        let mut value = index;
        loop {
            let (mut left, mut right) = (value >> half_bits, value & mask);
            for round in 0..ROUNDS {
                let mixed = bits(self.seed, Purpose::Permutation, right, round)[0] & mask;
                (left, right) = (right, left ^ mixed);
            }
            value = left << half_bits | right;
            if value < pairs {
                return value;
            }
        }
    }
}

impl LinkStream for RandomLinks {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        let pairs = Self::pairs(self.agents.into());
        for index in 0..self.links {
            let (a, b) = pair(self.permuted(index, pairs));
            both_ways(a as u32, b as u32, &mut visit);
        }
    }
}
