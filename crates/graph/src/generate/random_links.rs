//! G(n, m): a given number of links among all pairs (Erdős & Rényi 1959).

use crate::draw::{Draws, Purpose, below, pair};
use crate::generate::both_ways;
use crate::{Link, LinkStream};
use rand_philox::splitmix64;

/// The first m places of a pseudo-random permutation of all pairs: distinct without a memory of
/// those before.
///
/// The permutation is a Feistel network whose halves are numbers below a = ⌈√pairs⌉, added modulo
/// a: it permutes the a² numbers that two such halves make, at most a few more than there are
/// pairs; what lands beyond the pairs is permuted again until it does not ("generalised Feistel"
/// and "cycle walking", Black & Rogaway 2002). A part of the rows needs all draws.
#[derive(Clone, Debug)]
pub(crate) struct RandomLinks {
    agents: u32,
    links: u64,
    pairs: u64,
    /// a, the number of values of a half.
    half: u64,
    /// What makes the round functions differ.
    keys: [u64; ROUNDS],
}

const ROUNDS: usize = 8;

impl RandomLinks {
    /// `links` must be at most [`pairs`] of the agents.
    pub(crate) fn new(agents: u32, links: u64, seed: u64) -> Self {
        let pairs = pairs(agents.into());
        let draws = Draws::new(seed, Purpose::Permutation);
        let root = pairs.isqrt();
        Self {
            agents,
            links,
            pairs,
            half: root + u64::from(root * root < pairs),
            keys: core::array::from_fn(|round| draws.bits(round as u64, 0)[0]),
        }
    }

    fn permuted(&self, index: u64) -> u64 {
        let mut value = index;
        loop {
            let (mut left, mut right) = (value / self.half, value % self.half);
            for key in self.keys {
                let sum = left + below(splitmix64(right ^ key), self.half);
                (left, right) = (right, if sum < self.half { sum } else { sum - self.half });
            }
            value = left * self.half + right;
            if value < self.pairs {
                return value;
            }
        }
    }
}

/// How many pairs so many agents have.
pub(crate) fn pairs(agents: u64) -> u64 {
    agents * agents.saturating_sub(1) / 2
}

impl LinkStream for RandomLinks {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for index in 0..self.links {
            let (a, b) = pair(self.permuted(index));
            both_ways(a as u32, b as u32, &mut visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_one_place_in_the_permutation() {
        for agents in [2, 3, 4, 5, 10, 77] {
            let all = RandomLinks::new(agents, 0, 5);
            let mut places: Vec<u64> = (0..all.pairs).map(|index| all.permuted(index)).collect();
            places.sort_unstable();
            assert!(places.into_iter().eq(0..all.pairs), "{agents} agents");
        }
    }

    #[test]
    fn the_halves_of_the_largest_network_hold_all_its_pairs() {
        let all = RandomLinks::new(u32::MAX, 1, 5);
        assert!(all.half.pow(2) >= all.pairs && (all.half - 1).pow(2) < all.pairs);
        assert!(all.permuted(all.pairs - 1) < all.pairs);
    }
}
