//! The other ranks, as a world knows them.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bevy_ecs::prelude::*;
use lampyrid_swarm::{Communicator, SwarmError};

use crate::{
    DistributedError, sums,
    transport::{Transport, TransportError},
};

/// Resource: the ranks that a swarm is spread over, this one among them.
///
/// All ranks make the same calls in the same order, and wait in each for the others.
#[derive(Resource, Clone)]
pub struct Ranks(Arc<dyn Transport>);

impl Ranks {
    /// These ranks.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    /// The number of this one.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.0.rank()
    }

    /// How many there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.size()
    }

    /// Whether this is the one that speaks for all.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.rank() == 0
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.0
    }

    /// Replaces each number by its sum over all ranks, exactly; one that leaves 128 bits ends at their limit.
    ///
    /// # Errors
    ///
    /// If ranks do not come together.
    pub fn add_up(&self, numbers: &mut [i128]) -> Result<(), TransportError> {
        sums::add_up(&*self.0, numbers)
    }

    /// Collects the lists of all ranks, in their order; elsewhere than at the first one there is nothing then.
    ///
    /// # Errors
    ///
    /// If ranks do not come together.
    pub fn gather(&self, list: Vec<u64>) -> Result<Vec<Vec<u64>>, TransportError> {
        let mut lists = vec![Vec::new(); self.size()];
        lists[0] = list;
        let lists = self.0.trade(lists)?;
        Ok(if self.is_first() { lists } else { Vec::new() })
    }

    /// The number that each rank has here, in their order.
    ///
    /// # Errors
    ///
    /// If ranks do not come together.
    pub fn share(&self, number: u64) -> Result<Vec<u64>, TransportError> {
        let lists = self.0.trade(vec![vec![number]; self.size()])?;
        let number = |(rank, list): (usize, Vec<u64>)| match list[..] {
            [number] => Ok(number),
            _ => Err(TransportError::Unexpected { rank }),
        };
        lists.into_iter().enumerate().map(number).collect()
    }

    /// The numbers that the first rank has, at all of them; whatever others have counts for nothing. It is for long lists:
    /// no more than a piece of it is held twice.
    ///
    /// # Errors
    ///
    /// If ranks do not come together.
    pub fn announce(&self, numbers: Vec<u32>) -> Result<Vec<u32>, TransportError> {
        /// Numbers that are under way at a time.
        const PIECE: usize = 1 << 16;
        let mut numbers = if self.is_first() { numbers } else { Vec::new() };
        let count = self.share(numbers.len() as u64)?[0];
        numbers.resize(count as usize, 0);
        for piece in numbers.chunks_mut(PIECE) {
            // Where all others have 0, the sum is what the first has.
            let mut sums: Vec<i64> = piece.iter().map(|&number| number.into()).collect();
            self.0.add_up(&mut sums)?;
            piece.iter_mut().zip(sums).for_each(|(number, sum)| *number = sum as u32);
        }
        Ok(numbers)
    }

    /// Whether all ranks have the same number here, such as a hash of what they are about to do.
    ///
    /// # Errors
    ///
    /// [`DistributedError::Disagreement`] at all of them, naming the first that differs.
    pub fn agree(&self, what: &'static str, number: u64) -> Result<(), DistributedError> {
        let numbers = self.share(number)?;
        match numbers.iter().position(|other| *other != numbers[0]) {
            Some(rank) => Err(DistributedError::Disagreement { rank, what }),
            None => Ok(()),
        }
    }
}

/// The ranks as goals and disruptions ask them, and what that took.
pub(crate) struct Council {
    ranks: Ranks,
    asked: Mutex<Asked>,
}

/// What asking all ranks took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) sums: u64,
    pub(crate) time: Duration,
}

impl Council {
    pub(crate) fn of(ranks: Ranks) -> Self {
        Self { ranks, asked: Mutex::default() }
    }

    /// What was asked up to now.
    pub(crate) fn asked(&self) -> Asked {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timed<T>(&self, sums: u64, ask: impl FnOnce() -> Result<T, TransportError>) -> Result<T, SwarmError> {
        let begun = Instant::now();
        let answer = ask();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.sums += sums;
        asked.time += begun.elapsed();
        Ok(answer?)
    }
}

impl Communicator for Council {
    fn part(&self) -> usize {
        self.ranks.rank()
    }

    fn parts(&self) -> usize {
        self.ranks.size()
    }

    fn add_up(&self, numbers: &mut [i128]) -> Result<(), SwarmError> {
        self.timed(1, || self.ranks.add_up(numbers))
    }

    fn trade(&self, lists: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>, SwarmError> {
        self.timed(0, || self.ranks.0.trade(lists))
    }
}

impl std::fmt::Debug for Ranks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ranks({} of {})", self.rank(), self.size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_threads;

    #[test]
    fn all_ranks_learn_who_differs() {
        let outcomes = on_threads(4, |rank| {
            let own = rank.rank();
            Ranks::new(rank).agree("scenario", if own == 2 { 7 } else { 5 })
        });
        let expected = Err(DistributedError::Disagreement { rank: 2, what: "scenario" });
        assert_eq!(outcomes, vec![expected; 4]);
        assert!(on_threads(3, |rank| Ranks::new(rank).agree("scenario", 5)).iter().all(Result::is_ok));
    }

    #[test]
    fn all_ranks_have_the_numbers_of_all() {
        let found = on_threads(3, |rank| {
            let own = rank.rank() as u64;
            Ranks::new(rank).share(10 * own)
        });
        assert_eq!(found, vec![Ok(vec![0, 10, 20]); 3]);
    }

    #[test]
    fn all_ranks_learn_the_list_of_the_first() {
        let list: Vec<u32> = (0..150_000).rev().chain([u32::MAX]).collect();
        let heard = on_threads(3, |rank| {
            let own = if rank.rank() == 0 { list.clone() } else { vec![7; rank.rank()] };
            Ranks::new(rank).announce(own).unwrap()
        });
        assert!(heard.iter().all(|heard| *heard == list));
        assert_eq!(on_threads(2, |rank| Ranks::new(rank).announce(Vec::new())), [Ok(vec![]), Ok(vec![])]);
    }

    #[test]
    fn only_the_first_rank_gets_the_lists() {
        let lists = on_threads(3, |rank| {
            let own = rank.rank() as u64;
            Ranks::new(rank).gather(vec![own, own]).unwrap()
        });
        assert_eq!(lists, [vec![vec![0, 0], vec![1, 1], vec![2, 2]], vec![], vec![]]);
    }
}
