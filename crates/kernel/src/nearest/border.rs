//! The border between those an agent hears and those it does not.

use super::{Candidates, Sight, number::sqrt, place::RELATIVE, squares::Question};
use crate::turn::LANES;

/// Those candidates of an agent that are near the border between whom it hears and whom it does not; in a line of
/// memory.
///
/// As long as none of the others can have come to that border, who is heard is decided among these.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Border {
    /// Their numbers, in the order of their places; behind the last one anybody.
    pub(super) others: [u32; Self::WIDTH],
    /// Their places among the candidates.
    places: [u8; Self::WIDTH],
    /// By lane: a bit for those heard.
    heard: u8,
    pub(super) count: u8,
    /// How many are heard besides.
    settled: u32,
    /// Those are at most as far away, all the time, less what has been flown.
    inner: f64,
    /// All others are at least as far away, with what has been flown.
    outer: f64,
}

/// What an agent sees by a glance at its border.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glimpse {
    /// By lane: a bit for those to be heard.
    pub(super) heard: u8,
    /// The squares of the distances to the farthest of them, and to the nearest of the others.
    pub(super) farthest: f32,
    pub(super) next: f32,
    /// How uncertain those distances are.
    pub(super) blur: f64,
}

impl Border {
    /// Most that can be at it.
    pub const WIDTH: usize = LANES;

    /// Of an agent that has to look at all of its candidates.
    pub const NONE: Self = Self {
        others: [0; Self::WIDTH],
        places: [0; Self::WIDTH],
        heard: 0,
        count: 0,
        settled: 0,
        inner: f64::INFINITY,
        outer: f64::NEG_INFINITY,
    };

    /// The border that an agent saw when it last looked at its candidates. `flown` is how far anybody may have flown
    /// up to then, in all; all others than candidates are at least `unseen` away.
    #[must_use]
    pub fn new(candidates: &Candidates, sight: &Sight, flown: f64, unseen: f64) -> Self {
        let strip = &sight.strip;
        let inside = sight.heard & !strip.places;
        let outside = candidates.known() & !sight.heard & !strip.places;
        let inner = if inside == 0 { f64::NEG_INFINITY } else { strip.inner };
        let outer = if outside == 0 { unseen } else { unseen.min(strip.outer) };
        let count = strip.places.count_ones() as u8;
        let mut border = Self {
            count,
            settled: inside.count_ones(),
            inner: inner - 2.0 * flown,
            outer: outer + 2.0 * flown,
            ..Self::NONE
        };
        let mut left = strip.places;
        for lane in 0..Self::WIDTH {
            // Without a branch that cannot be foreseen: once none is left, anybody.
            let place = left.trailing_zeros() % Candidates::MOST as u32;
            border.others[lane] = candidates.others[place as usize];
            border.places[lane] = place as u8;
            border.heard |= u8::from(sight.heard & left & left.wrapping_neg() != 0) << lane;
            left &= left.wrapping_sub(1);
        }
        border
    }

    /// Calls all by their new numbers, as [`Candidates::renumber`] does.
    ///
    /// # Panics
    ///
    /// If one of them is not among the old numbers.
    pub fn renumber(&mut self, numbers: &[u32]) {
        self.others.iter_mut().for_each(|other| *other = numbers[*other as usize]);
    }

    /// What is to be asked about those at the border, if so many may be heard in all.
    #[inline(always)]
    pub(super) fn question(&self, most: usize) -> Question {
        let known = (1 << self.count) - 1;
        Question { known, heard: self.heard.into(), most: most.saturating_sub(self.settled as usize) }
    }

    /// How many an agent is to hear that has seen this at its border, how far the farthest of them is at most, and how
    /// far the others are at least; given how far anybody may have flown in all.
    #[must_use]
    #[inline]
    pub fn bounds(&self, seen: &Glimpse, flown: f64) -> (usize, f64, f64) {
        let farthest = sqrt(f64::from(seen.farthest)) * (1.0 + RELATIVE) + seen.blur;
        // Nobody is known to be farther away than single precision can tell.
        let next = sqrt(f64::from(seen.next.min(f32::MAX))) * (1.0 - RELATIVE) - seen.blur;
        let count = self.settled + seen.heard.count_ones();
        (count as usize, farthest.max(self.inner + 2.0 * flown), next.min(self.outer - 2.0 * flown))
    }

    /// Whether those that were seen to be nearest are others than are heard.
    #[must_use]
    #[inline]
    pub fn is_crossed(&self, seen: &Glimpse) -> bool {
        self.heard != seen.heard
    }

    /// Has the agent hear those at its border that were seen to be nearest, and those inside.
    pub fn hear(&mut self, seen: &Glimpse, candidates: &mut Candidates) {
        let changed = self.heard ^ seen.heard;
        self.heard = seen.heard;
        let flips = self.places.iter().enumerate().map(|(lane, place)| u32::from(changed >> lane & 1) << place);
        candidates.heard ^= flips.fold(0, |flips, flip| flips | flip);
    }
}
