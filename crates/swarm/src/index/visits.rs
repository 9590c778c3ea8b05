//! In which order the rows of a block are computed.

use lampyrid_graph::Adjacency;
use lampyrid_kernel::coupling::{by_degree, is_far};

/// Fewer agents than this repeat themselves often enough for a processor to learn when each row
/// ends; measured with 1,000 and 10,000.
const FEW: usize = 2048;

/// Rows in the order of their degrees, block by block.
///
/// It pays from the second step on that takes the rows as they are, so that is when it is made: a
/// swarm whose links change all the time never comes to it.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    /// By place: rows of its block, counted from the block's first; empty where blocks are to be
    /// computed as they lie.
    pub(crate) places: Vec<u16>,
    /// Of which build of the rows, and for blocks of how many agents.
    seen: Option<(u64, usize)>,
    made: bool,
}

impl Visits {
    /// Whether the order of their rows matters to so many agents.
    pub(crate) fn pay(agents: usize) -> bool {
        agents >= FEW && !is_far(agents)
    }

    /// Looks at the rows before they are used: `build` tells builds of them apart, `runs` are the
    /// numbers of agents that blocks of `block` agents are cut from, in the order of the rows.
    pub(crate) fn follow(
        &mut self,
        adjacency: &Adjacency,
        build: u64,
        block: usize,
        runs: impl Iterator<Item = usize>,
    ) {
        if self.seen != Some((build, block)) {
            self.seen = Some((build, block));
            self.made = false;
            self.places.clear();
        } else if !self.made {
            self.made = true;
            if Self::pay(adjacency.nodes()) && !has_one_degree(adjacency) {
                self.make(adjacency, block, runs);
            }
        }
    }

    fn make(&mut self, adjacency: &Adjacency, block: usize, runs: impl Iterator<Item = usize>) {
        self.places.resize(adjacency.nodes(), 0);
        let mut rest = self.places.as_mut_slice();
        let mut first = 0;
        for agents in runs {
            let run = rest.split_off_mut(..agents).unwrap_or_default();
            for places in run.chunks_mut(block) {
                by_degree(adjacency, first, places);
                first += places.len();
            }
        }
    }
}

fn has_one_degree(adjacency: &Adjacency) -> bool {
    let offsets = adjacency.offsets();
    let mut degrees = offsets.array_windows().map(|[start, end]| end - start);
    let first = degrees.next();
    degrees.all(|degree| Some(degree) == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lampyrid_graph::Topology;

    const BLOCK: usize = 512;

    fn followed(network: &Adjacency, runs: &[usize], times: usize) -> Visits {
        let mut visits = Visits::default();
        (0..times).for_each(|_| visits.follow(network, 1, BLOCK, runs.iter().copied()));
        visits
    }

    #[test]
    fn blocks_begin_anew_with_every_run() {
        let agents = 5000;
        let network = Topology::Random { agents, probability: 0.001 }.build(3).unwrap();
        let visits = followed(&network, &[700, 4300], 2);
        assert_eq!(visits.places.len(), agents);
        let blocks = visits.places[..700].chunks(BLOCK).chain(visits.places[700..].chunks(BLOCK));
        let mut first = 0;
        for block in blocks {
            assert!(block.is_sorted_by_key(|&place| network.degree(first + usize::from(place))));
            assert_eq!(block.iter().map(|&place| usize::from(place)).max(), Some(block.len() - 1));
            first += block.len();
        }
    }

    #[test]
    fn rows_used_once_are_left_as_they_lie() {
        let network = Topology::Random { agents: 5000, probability: 0.001 }.build(3).unwrap();
        let mut visits = followed(&network, &[5000], 1);
        assert!(visits.places.is_empty());
        visits.follow(&network, 1, BLOCK, [5000].into_iter());
        assert!(!visits.places.is_empty());
        visits.follow(&network, 2, BLOCK, [5000].into_iter());
        assert!(visits.places.is_empty(), "these are other rows");
        visits.follow(&network, 2, BLOCK, [5000].into_iter());
        visits.follow(&network, 2, 2 * BLOCK, [5000].into_iter());
        assert!(visits.places.is_empty(), "these are other blocks");
    }

    #[test]
    fn rows_of_one_degree_and_small_swarms_need_no_order() {
        let ring = Topology::Ring { agents: 5000, neighbors: 4 }.build(0).unwrap();
        assert!(followed(&ring, &[5000], 3).places.is_empty());
        let small = Topology::Random { agents: 1000, probability: 0.01 }.build(3).unwrap();
        assert!(followed(&small, &[1000], 3).places.is_empty());
    }
}
