//! Which rank has which agents.

use std::ops::Range;

use crate::DistributedError;

/// The agents of a swarm, cut into one block of consecutive ids for each rank; blocks differ by one agent at most.
///
/// Blocks are as good as the ids are local. Rings, lattices, and what was made of them have such ids.
///
/// ```
/// use lampyrid_distributed::Partition;
///
/// let partition = Partition::blocks(10, 4)?;
/// assert_eq!((partition.range(0), partition.range(3)), (0..2, 7..10));
/// assert_eq!(partition.owner(7), 3);
/// # Ok::<(), lampyrid_distributed::DistributedError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The first agent of each rank, and one past the last of all.
    starts: Vec<u32>,
}

impl Partition {
    /// Blocks of `agents` agents for so many ranks.
    ///
    /// # Errors
    ///
    /// [`DistributedError::TooManyRanks`] where there is not an agent for each, [`DistributedError::Graph`] for more
    /// agents than 32 bits can name.
    pub fn blocks(agents: usize, ranks: usize) -> Result<Self, DistributedError> {
        let limit = u64::from(u32::MAX);
        if agents as u64 > limit {
            let error = lampyrid_graph::GraphError::TooMany { what: "nodes", count: agents as u64, limit };
            return Err(error.into());
        }
        if ranks == 0 || ranks > agents {
            return Err(DistributedError::TooManyRanks { ranks, agents });
        }
        let start = |rank: usize| (agents as u128 * rank as u128 / ranks as u128) as u32;
        Ok(Self { starts: (0..=ranks).map(start).collect() })
    }

    /// How many ranks there are.
    #[must_use]
    pub fn ranks(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many agents all of them have.
    #[must_use]
    pub fn agents(&self) -> usize {
        self.starts[self.ranks()] as usize
    }

    /// The ids of a rank's agents.
    ///
    /// # Panics
    ///
    /// If there is no such rank.
    #[must_use]
    pub fn range(&self, rank: usize) -> Range<u32> {
        self.starts[rank]..self.starts[rank + 1]
    }

    /// Who has an agent.
    ///
    /// # Panics
    ///
    /// If there is no such agent.
    #[must_use]
    pub fn owner(&self, agent: u32) -> usize {
        assert!((agent as usize) < self.agents(), "agent {agent} of {}", self.agents());
        self.starts.partition_point(|&start| start <= agent) - 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn more_ranks_than_agents_are_refused() {
        assert!(matches!(Partition::blocks(3, 4), Err(DistributedError::TooManyRanks { ranks: 4, agents: 3 })));
        assert!(Partition::blocks(3, 0).is_err() && Partition::blocks(0, 1).is_err());
        assert!(Partition::blocks(1 << 33, 4).is_err());
        assert!(Partition::blocks(4, 4).is_ok());
    }

    proptest! {
        #[test]
        fn every_agent_is_in_the_block_of_its_owner(agents in 1_usize..500, ranks in 1_usize..20) {
            prop_assume!(ranks <= agents);
            let partition = Partition::blocks(agents, ranks).unwrap();
            let sizes: Vec<usize> = (0..ranks).map(|rank| partition.range(rank).len()).collect();
            prop_assert_eq!(sizes.iter().sum::<usize>(), agents);
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
            for agent in 0..agents as u32 {
                prop_assert!(partition.range(partition.owner(agent)).contains(&agent));
            }
        }
    }
}
