//! Who is to have which agents of a network whose ids say little about who listens to whom.

use lampyrid_graph::{Adjacency, NodeOrder};

use crate::numbering::{halo_of, owners_of_blocks};

/// By what agents are given to ranks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placement {
    /// Blocks of consecutive ids.
    #[default]
    Blocks,
    /// Blocks in an order along links ([`NodeOrder::reverse_cuthill_mckee`]).
    CuthillMcKee,
    /// As many parts as there are ranks, with few links between them (Karypis & Kumar 1998), as METIS finds them: with the
    /// feature `metis`.
    Metis,
}

impl Placement {
    /// Its name in records: `blocks`, `cuthill_mckee` or `metis`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::CuthillMcKee => "cuthill_mckee",
            Self::Metis => "metis",
        }
    }

    /// Of the placements that there are for so many ranks, the one by which they hear the fewest agents of others, with the
    /// rank of each agent; nobody's for blocks, which are kept where nothing is better.
    ///
    /// It looks at the whole network, and takes some seconds for a million nodes. Nothing that becomes of a swarm depends
    /// on it, so that ranks may be given agents anew at any restart.
    ///
    /// ```
    /// use lampyrid_distributed::{Partition, Placement};
    /// use lampyrid_graph::{NodeOrder, Topology};
    ///
    /// let lattice = Topology::Lattice { width: 32, height: 32, periodic: true }.build(1)?;
    /// assert_eq!(Placement::best(&lattice, 4), (Placement::Blocks, vec![]));
    /// let shuffled = lattice.reordered(&NodeOrder::new((0..1024).map(|node| 421 * node % 1024).collect())?);
    /// let (placement, owners) = Placement::best(&shuffled, 4);
    /// assert_ne!(placement, Placement::Blocks);
    /// assert_eq!(Partition::of_owners(&owners, 4)?.agents(), 1024);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn best(network: &Adjacency, ranks: usize) -> (Self, Vec<u32>) {
        let nodes = network.nodes();
        if ranks < 2 || nodes < ranks {
            return (Self::Blocks, Vec::new());
        }
        let along = NodeOrder::reverse_cuthill_mckee(network);
        let others = [
            Some((Self::CuthillMcKee, owners_of_blocks(nodes, Some(&along), ranks))),
            #[cfg(feature = "metis")]
            crate::numbering::parts(network, ranks).map(|owners| (Self::Metis, owners)),
        ];
        let has_all = |owners: &[u32]| {
            let mut have = vec![false; ranks];
            owners.iter().for_each(|&owner| have[owner as usize] = true);
            have.iter().all(|has| *has)
        };
        let mut best = (Self::Blocks, Vec::new());
        let mut least = halo_of(network, &owners_of_blocks(nodes, None, ranks), ranks);
        for (placement, owners) in others.into_iter().flatten().filter(|(_, owners)| has_all(owners)) {
            let halo = halo_of(network, &owners, ranks);
            if halo < least {
                (best, least) = ((placement, owners), halo);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::{Part, Topology};

    use super::*;
    use crate::Partition;

    fn heard(network: &Adjacency, partition: &Partition) -> usize {
        let network = partition.order().map_or_else(|| network.clone(), |order| network.reordered(order));
        (0..partition.ranks()).map(|rank| Part::of(&network, partition.range(rank)).outside().len()).sum()
    }

    #[test]
    fn a_shuffled_lattice_is_given_to_ranks_along_its_links() {
        let lattice = Topology::Lattice { width: 40, height: 40, periodic: true }.build(1).unwrap();
        let mixed = lattice.reordered(&NodeOrder::new((0..1600).map(|node| node * 461 % 1600).collect()).unwrap());
        for ranks in [2, 3, 8] {
            let (placement, owners) = Placement::best(&mixed, ranks);
            let partition = Partition::of_owners(&owners, ranks).unwrap();
            let blocks = Partition::blocks(1600, ranks).unwrap();
            assert!(2 * heard(&mixed, &partition) < heard(&mixed, &blocks), "{placement:?} for {ranks}");
            let sizes: Vec<usize> = (0..ranks).map(|rank| partition.range(rank).len()).collect();
            let even = 1600.0 / ranks as f64;
            assert!(sizes.iter().all(|&size| (0.9..1.1).contains(&(size as f64 / even))), "{sizes:?}");
        }
    }

    #[test]
    fn blocks_stay_where_nothing_is_better() {
        let ring = Topology::Ring { agents: 600, neighbors: 4 }.build(1).unwrap();
        let complete = Topology::Complete { agents: 20 }.build(1).unwrap();
        let nobody = Adjacency::without_links(5).unwrap();
        for network in [&ring, &complete, &nobody] {
            assert_eq!(Placement::best(network, 4), (Placement::Blocks, vec![]));
        }
        assert_eq!(Placement::best(&ring, 1).0, Placement::Blocks);
        assert_eq!(Placement::best(&Adjacency::without_links(2).unwrap(), 3).0, Placement::Blocks);
    }
}
