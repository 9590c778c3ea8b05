//! Whom a rank hears, and who hears it.

use std::ops::Range;

use lampyrid_graph::Part;

use crate::{
    DistributedError,
    partition::Partition,
    transport::{Partner, Transport},
};

/// The border of a rank's part: with whom it exchanges what its agents tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halo {
    partners: Vec<Partner>,
    /// By partner: the nodes of the part that are told of.
    told: Vec<u32>,
    heard: usize,
}

impl Halo {
    /// Lets every rank know whom it has to tell of which agents. All ranks call it together.
    ///
    /// # Errors
    ///
    /// [`DistributedError::Unfit`] for a part that is not this rank's, [`DistributedError::Disagreement`] if another
    /// rank wants to hear agents that are not here.
    pub fn agree(transport: &dyn Transport, partition: &Partition, part: &Part) -> Result<Self, DistributedError> {
        Self::between(transport, partition, part.range(), part.outside())
    }

    /// The same for the agents with the ids `range`, who hear those outside.
    pub(crate) fn between(
        transport: &dyn Transport,
        partition: &Partition,
        range: Range<u32>,
        outside: &[u32],
    ) -> Result<Self, DistributedError> {
        let (rank, ranks) = (transport.rank(), transport.size());
        if partition.ranks() != ranks || partition.range(rank) != range {
            return Err(DistributedError::Unfit { what: "the part", rank, ranks });
        }
        // The nodes outside ascend, and so do blocks: those of one owner lie together.
        let mut wanted = vec![Vec::new(); ranks];
        for &node in outside {
            wanted[partition.owner(node)].push(u64::from(node));
        }
        let heard: Vec<usize> = wanted.iter().map(Vec::len).collect();
        let asked = transport.trade(wanted)?;
        let own = |(rank, node): (usize, u64)| {
            let node = u32::try_from(node).ok().filter(|node| range.contains(node));
            node.map(|node| node - range.start).ok_or(DistributedError::Disagreement { rank, what: "partition" })
        };
        let by_rank = asked.iter().enumerate().flat_map(|(rank, nodes)| nodes.iter().map(move |&node| (rank, node)));
        let told = by_rank.map(own).collect::<Result<Vec<u32>, _>>()?;
        let asked: Vec<usize> = asked.iter().map(Vec::len).collect();
        Ok(Self { partners: partners(&asked, &heard), told, heard: outside.len() })
    }

    /// The ranks that hear this one or are heard by it, ascending.
    #[must_use]
    pub fn partners(&self) -> &[Partner] {
        &self.partners
    }

    /// Those whom others hear, by partner: nodes of the part. One may be there several times.
    #[must_use]
    pub fn told(&self) -> &[u32] {
        &self.told
    }

    /// How many agents of others are heard.
    #[must_use]
    pub fn heard(&self) -> usize {
        self.heard
    }
}

/// Everybody who is told or heard something, with their shares one after the other.
fn partners(told: &[usize], heard: &[usize]) -> Vec<Partner> {
    let (mut next_told, mut next_heard) = (0, 0);
    let mut partners = Vec::new();
    for (rank, (&told, &heard)) in told.iter().zip(heard).enumerate() {
        if told + heard > 0 {
            let (told, heard) = (next_told..next_told + told, next_heard..next_heard + heard);
            partners.push(Partner { rank, told, heard });
        }
        (next_told, next_heard) = (next_told + told, next_heard + heard);
    }
    partners
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::Topology;

    use super::*;
    use crate::on_threads;

    #[test]
    fn what_one_rank_tells_the_other_hears() {
        let topology = Topology::SmallWorld { agents: 103, neighbors: 6, rewire: 0.2 };
        let (partition, stream) = (Partition::blocks(103, 5).unwrap(), topology.stream(3).unwrap());
        let halos = on_threads(5, |rank| {
            let part = Part::from_stream(&stream, partition.range(rank.rank())).unwrap();
            (Halo::agree(&*rank, &partition, &part).unwrap(), part)
        });
        for (rank, (halo, part)) in halos.iter().enumerate() {
            assert_eq!(halo.heard(), part.outside().len());
            for partner in halo.partners() {
                let (theirs, _) = &halos[partner.rank];
                let back = theirs.partners().iter().find(|back| back.rank == rank).expect("partners of each other");
                let heard = &part.outside()[partner.heard.clone()];
                let first = partition.range(partner.rank).start;
                let told: Vec<u32> = theirs.told()[back.told.clone()].iter().map(|node| first + node).collect();
                assert_eq!(heard, told);
            }
        }
    }

    #[test]
    fn a_part_of_another_rank_is_refused() {
        let ring = Topology::Ring { agents: 9, neighbors: 2 }.stream(0).unwrap();
        let partition = Partition::blocks(9, 3).unwrap();
        let outcomes = on_threads(3, |rank| {
            let part = Part::from_stream(&ring, partition.range((rank.rank() + 1) % 3)).unwrap();
            Halo::agree(&*rank, &partition, &part)
        });
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(DistributedError::Unfit { ranks: 3, .. }))));
    }
}
