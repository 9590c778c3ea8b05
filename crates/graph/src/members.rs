//! Some of the nodes of a network.

use alloc::{sync::Arc, vec::Vec};
use core::ops::Range;

/// Some nodes of a network, or agents of a swarm, by ascending numbers: a run of them, or any others in a list.
///
/// ```
/// use lampyrid_graph::Members;
///
/// let (run, list) = (Members::from(4..7), Members::listed(vec![9, 2, 5]));
/// assert_eq!((run.len(), run.get(1), run.place(6)), (3, 5, Some(2)));
/// assert_eq!((list.len(), list.get(1), list.place(6)), (3, 5, None));
/// assert_eq!(list.bounds(), 2..10);
/// assert_eq!(Members::listed(vec![6, 4, 5]), run);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Run(Range<u32>),
    /// Neither empty nor a run.
    Listed(Arc<[u32]>),
}

impl Members {
    /// Those with these numbers, in whatever order, once each.
    #[must_use]
    pub fn listed(mut numbers: Vec<u32>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        match numbers[..] {
            [] => Self(Kind::Run(0..0)),
            [first, .., last] if (last - first) as usize >= numbers.len() => Self(Kind::Listed(numbers.into())),
            [first, ..] => Self(Kind::Run(first..first + numbers.len() as u32)),
        }
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Run(run) => run.len(),
            Kind::Listed(numbers) => numbers.len(),
        }
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of the one at a place.
    ///
    /// # Panics
    ///
    /// If there are not so many.
    #[must_use]
    pub fn get(&self, place: usize) -> u32 {
        assert!(place < self.len(), "member {place} of {}", self.len());
        match &self.0 {
            Kind::Run(run) => run.start + place as u32,
            Kind::Listed(numbers) => numbers[place],
        }
    }

    /// The place of the one with this number, if it is among them.
    #[must_use]
    pub fn place(&self, number: u32) -> Option<usize> {
        match &self.0 {
            Kind::Run(run) => run.contains(&number).then(|| (number - run.start) as usize),
            Kind::Listed(numbers) => numbers.binary_search(&number).ok(),
        }
    }

    /// Whether one with this number is among them.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.place(number).is_some()
    }

    /// Their numbers, ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        (0..self.len()).map(|place| self.get(place))
    }

    /// The smallest run that has all of them.
    #[must_use]
    pub fn bounds(&self) -> Range<u32> {
        match &self.0 {
            Kind::Run(run) => run.clone(),
            Kind::Listed(numbers) => numbers[0]..numbers[numbers.len() - 1] + 1,
        }
    }

    /// The numbers of those that are no run.
    #[must_use]
    pub fn as_list(&self) -> Option<&[u32]> {
        match &self.0 {
            Kind::Run(_) => None,
            Kind::Listed(numbers) => Some(numbers),
        }
    }
}

impl From<Range<u32>> for Members {
    fn from(run: Range<u32>) -> Self {
        Self(Kind::Run(run))
    }
}
