//! Agents at ranks by no rule of their ids.

use lampyrid_distributed::Partition;
use lampyrid_graph::{Adjacency, Part};

/// So many agents, each at whatever rank.
pub(crate) fn scattered(agents: usize, ranks: usize) -> Partition {
    let drawn = |agent: usize| (agent as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    // Everybody has one at least.
    let owner = |agent: usize| if agent < ranks { ranks - 1 - agent } else { drawn(agent) as usize % ranks };
    Partition::of_owners(&(0..agents).map(|agent| owner(agent) as u32).collect::<Vec<_>>(), ranks).unwrap()
}

/// A rank's part of a network that is there.
pub(crate) fn part_of(network: &Adjacency, partition: &Partition, rank: usize) -> Part {
    let range = partition.range(rank);
    partition
        .order()
        .map_or_else(|| Part::of(network, range.clone()), |order| Part::of(&network.reordered(order), range.clone()))
}
