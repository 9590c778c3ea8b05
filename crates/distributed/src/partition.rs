//! Which rank has which agents.

use std::{ops::Range, sync::Arc};

use lampyrid_graph::{GraphError, Members, NodeOrder};

use crate::DistributedError;

/// The agents of a swarm in an order, cut into one block for each rank.
///
/// A *place* is that of an agent in the order. By default it is the agent's id, and blocks differ by one agent at most: as
/// good as the ids are local, which those of rings, lattices, and what was made of them are. In any other order, agents
/// of a block are in the order of their ids. Nothing that becomes of a swarm depends on it.
///
/// ```
/// use lampyrid_distributed::Partition;
/// use lampyrid_graph::Members;
///
/// let partition = Partition::blocks(10, 4)?;
/// assert_eq!((partition.range(0), partition.range(3)), (0..2, 7..10));
/// assert_eq!(partition.owner(7), 3);
///
/// let scattered = Partition::of_owners(&[1, 0, 1, 0, 0], 2)?;
/// assert_eq!((scattered.range(1), scattered.agents_of(1)), (3..5, Members::listed(vec![0, 2])));
/// # Ok::<(), lampyrid_distributed::DistributedError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The first place of each rank, and one past the last of all.
    starts: Vec<u32>,
    /// Where places are no ids.
    order: Option<Arc<Order>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Order {
    /// Ids by place.
    ids: NodeOrder,
    /// Places by id.
    places: Vec<u32>,
}

impl Partition {
    /// Blocks of `agents` agents for so many ranks, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`DistributedError::TooManyRanks`] where there is not an agent for each, [`DistributedError::Graph`] for more
    /// agents than 32 bits can name.
    pub fn blocks(agents: usize, ranks: usize) -> Result<Self, DistributedError> {
        check(agents, ranks)?;
        let start = |rank: usize| (agents as u128 * rank as u128 / ranks as u128) as u32;
        Ok(Self { starts: (0..=ranks).map(start).collect(), order: None })
    }

    /// Each agent, by id, at the rank that `owners` has for it. Takes 8 bytes an agent at every rank.
    ///
    /// # Errors
    ///
    /// As [`blocks`](Self::blocks); [`DistributedError::Idle`] for a rank without an agent.
    ///
    /// # Panics
    ///
    /// If an owner is none of the ranks.
    pub fn of_owners(owners: &[u32], ranks: usize) -> Result<Self, DistributedError> {
        check(owners.len(), ranks)?;
        let mut starts = vec![0; ranks + 1];
        owners.iter().for_each(|&owner| starts[owner as usize + 1] += 1);
        if let Some(rank) = (0..ranks).find(|rank| starts[rank + 1] == 0) {
            return Err(DistributedError::Idle { rank });
        }
        (0..ranks).for_each(|rank| starts[rank + 1] += starts[rank]);
        let mut next = starts.clone();
        let mut ids = vec![0; owners.len()];
        for (id, &owner) in (0..).zip(owners) {
            ids[next[owner as usize] as usize] = id;
            next[owner as usize] += 1;
        }
        let is_order = !ids.is_sorted();
        let ids = NodeOrder::new(ids)?;
        let order = is_order.then(|| Arc::new(Order { places: ids.places(), ids }));
        Ok(Self { starts, order })
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

    /// The places of a rank's agents.
    ///
    /// # Panics
    ///
    /// If there is no such rank.
    #[must_use]
    pub fn range(&self, rank: usize) -> Range<u32> {
        self.starts[rank]..self.starts[rank + 1]
    }

    /// The ids of a rank's agents, in the order of their places.
    ///
    /// # Panics
    ///
    /// If there is no such rank.
    #[must_use]
    pub fn agents_of(&self, rank: usize) -> Members {
        match &self.order {
            None => self.range(rank).into(),
            Some(_) => Members::listed(self.range(rank).map(|place| self.id(place)).collect()),
        }
    }

    /// The ids of all agents, by their places, where those are no ids.
    #[must_use]
    pub fn order(&self) -> Option<&NodeOrder> {
        self.order.as_ref().map(|order| &order.ids)
    }

    /// The id of the agent at a place.
    ///
    /// # Panics
    ///
    /// If there is no such place.
    #[must_use]
    pub fn id(&self, place: u32) -> u32 {
        self.order.as_ref().map_or(place, |order| order.ids.nodes()[place as usize])
    }

    /// The place of the agent with an id.
    ///
    /// # Panics
    ///
    /// If there is no such agent.
    #[must_use]
    pub fn place(&self, id: u32) -> u32 {
        self.order.as_ref().map_or(id, |order| order.places[id as usize])
    }

    /// Who has the agent at a place.
    ///
    /// # Panics
    ///
    /// If there is no such agent.
    #[must_use]
    pub fn owner(&self, place: u32) -> usize {
        assert!((place as usize) < self.agents(), "agent {place} of {}", self.agents());
        self.starts.partition_point(|&start| start <= place) - 1
    }
}

/// Refuses what cannot be named, and ranks without agents.
fn check(agents: usize, ranks: usize) -> Result<(), DistributedError> {
    let limit = u64::from(u32::MAX);
    if agents as u64 > limit {
        let error = GraphError::TooMany { what: "nodes", count: agents as u64, limit };
        return Err(error.into());
    }
    if ranks == 0 || ranks > agents {
        return Err(DistributedError::TooManyRanks { ranks, agents });
    }
    Ok(())
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

    #[test]
    fn a_rank_without_agents_is_refused() {
        assert!(matches!(Partition::of_owners(&[0, 2, 2], 3), Err(DistributedError::Idle { rank: 1 })));
        assert_eq!(Partition::of_owners(&[0, 0, 1, 1], 2).unwrap(), Partition::blocks(4, 2).unwrap());
    }

    proptest! {
        #[test]
        fn ids_and_places_belong_together(owners in prop::collection::vec(0_u32..4, 4..60)) {
            let ranks = 1 + *owners.iter().max().unwrap() as usize;
            let idle = (0..ranks).find(|rank| !owners.contains(&(*rank as u32)));
            match Partition::of_owners(&owners, ranks) {
                Err(DistributedError::Idle { rank }) => prop_assert_eq!(Some(rank), idle),
                Err(error) => prop_assert!(ranks > owners.len(), "{}", error),
                Ok(partition) => for (id, &owner) in (0..).zip(&owners) {
                    let place = partition.place(id);
                    prop_assert_eq!((partition.id(place), partition.owner(place)), (id, owner as usize));
                    let own = partition.agents_of(owner as usize);
                    prop_assert_eq!(own.place(id), Some((place - partition.range(owner as usize).start) as usize));
                },
            }
        }

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
