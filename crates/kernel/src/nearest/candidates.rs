//! Whom an agent knows: some others of whom it hears a few.

use super::Sight;
use crate::{level::at_every_level, turn::LANES};

/// Vectors that the candidates of an agent fill.
pub(super) const GROUPS: usize = Candidates::MOST / LANES;

/// Some agents of whom one may hear those that are nearest, and which of them it hears.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Candidates {
    /// By place: a bit for those heard. In front, in the line of memory that the first others are in.
    pub(super) heard: u32,
    pub(super) count: u32,
    /// Their numbers, in the order in which those equally far away are preferred; behind the last one
    /// anybody.
    pub(super) others: [u32; Self::MOST],
}

impl Candidates {
    /// Most that an agent can have.
    pub const MOST: usize = 32;

    /// Nobody.
    pub const NONE: Self = Self { heard: 0, count: 0, others: [0; Self::MOST] };

    /// These others, of whom nobody is heard yet. Of two equally far away the one with the smaller rank is
    /// nearer; `ranks` has those of all agents, by number.
    ///
    /// # Panics
    ///
    /// If there are more than [`Self::MOST`] others, or one has no rank.
    #[must_use]
    pub fn new(level: crate::Level, others: &[u32], ranks: &[u32]) -> Self {
        let mut sorted = [others.first().copied().unwrap_or(0); Self::MOST];
        sort_by_rank(level, others, ranks, &mut sorted);
        Self { heard: 0, count: others.len() as u32, others: sorted }
    }

    /// Calls all by their new numbers. By number, the new ones.
    ///
    /// # Panics
    ///
    /// If one of them is not among the old numbers.
    pub fn renumber(&mut self, numbers: &[u32]) {
        self.others.iter_mut().for_each(|other| *other = numbers[*other as usize]);
    }

    /// Nobody but those heard, by their new numbers; without those who have none. By number, the new ones.
    ///
    /// # Panics
    ///
    /// If one that is heard is not among the old numbers.
    #[must_use]
    pub fn heard_renumbered(&self, numbers: &[Option<u32>]) -> Self {
        let mut left = Self::NONE;
        for number in self.heard().filter_map(|old| numbers[old as usize]) {
            left.others[left.count as usize] = number;
            left.count += 1;
        }
        Self { heard: left.known(), ..left }
    }

    /// Those heard, by number, in the order of their ranks.
    #[must_use]
    pub fn heard(&self) -> Heard<'_> {
        Heard { others: &self.others, left: self.heard }
    }

    /// Has the agent hear those that were seen to be nearest. Returns whether they are others than before.
    pub fn hear(&mut self, sight: &Sight) -> bool {
        let before = core::mem::replace(&mut self.heard, sight.heard);
        before != self.heard
    }

    /// By place: a bit for every one of them.
    pub(super) fn known(&self) -> u32 {
        u32::MAX.checked_shl(self.count).map_or(u32::MAX, |beyond| !beyond)
    }
}

/// Those heard of some candidates, by number.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    others: &'a [u32; Candidates::MOST],
    left: u32,
}

impl Iterator for Heard<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let place = self.left.trailing_zeros();
        self.left &= self.left.wrapping_sub(1);
        self.others.get(place as usize).copied()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.left.count_ones() as usize;
        (count, Some(count))
    }
}

impl ExactSizeIterator for Heard<'_> {}

at_every_level! {
    /// Writes numbers of agents into `sorted`, in the order of their ranks.
    fn sort_by_rank(others: &[u32], ranks: &[u32], sorted: &mut [u32; Candidates::MOST]) {
        let mut keys = [u32::MAX; Candidates::MOST];
        keys[..others.len()].iter_mut().zip(others).for_each(|(key, &other)| *key = ranks[other as usize]);
        // What fills up the last group is smaller than nobody.
        let groups = &keys.as_chunks::<LANES>().0[..others.len().div_ceil(LANES)];
        for (others, own) in others.chunks(LANES).zip(groups) {
            // Each goes behind as many as have smaller ranks: no branch that cannot be foreseen.
            let mut smaller = [0_u32; LANES];
            for &key in groups.as_flattened() {
                smaller.iter_mut().zip(own).for_each(|(smaller, own)| *smaller += u32::from(key < *own));
            }
            others.iter().zip(smaller).for_each(|(&other, place)| sorted[place as usize] = other);
        }
    }
}
