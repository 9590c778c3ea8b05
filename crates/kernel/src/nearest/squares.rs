//! How far away those in question are, and which of them are nearest.

use super::{Border, Number, Sight, Strip, nearest_image, number::sqrt};
use crate::turn::LANES;

/// Who is in question.
#[derive(Clone, Copy)]
pub(super) struct Question {
    /// By place: a bit for every one of them.
    pub(super) known: u32,
    /// A bit for those heard so far.
    pub(super) heard: u32,
    /// How many may be heard.
    pub(super) most: usize,
}

/// The squares of the distances to some agents, by place; infinite where there is none.
pub(super) struct Squares<X, const GROUPS: usize> {
    groups: [[X; LANES]; GROUPS],
    used: usize,
}

impl<X: Number, const GROUPS: usize> Squares<X, GROUPS> {
    /// Measures how far the first `count` of some agents are, given where each is.
    #[inline(always)]
    pub(super) fn measure<'a>(
        period: &[X; 3],
        is_flat: bool,
        at: impl Fn(u32) -> &'a [X; 3],
        own: &[X; 3],
        others: &[u32],
        count: usize,
    ) -> Self
    where
        X: 'a,
    {
        if is_flat {
            Self::along::<2>(period, at, own, others, count)
        } else {
            Self::along::<3>(period, at, own, others, count)
        }
    }

    #[inline(always)]
    fn along<'a, const AXES: usize>(
        period: &[X; 3],
        at: impl Fn(u32) -> &'a [X; 3],
        own: &[X; 3],
        others: &[u32],
        count: usize,
    ) -> Self
    where
        X: 'a,
    {
        let mut squares = Self { groups: [[X::INFINITY; LANES]; GROUPS], used: count.div_ceil(LANES) };
        let others = others.as_chunks::<LANES>().0;
        for (number, (group, others)) in squares.groups.iter_mut().zip(others).take(squares.used).enumerate() {
            let mut there = [[X::ZERO; LANES]; AXES];
            for (lane, &other) in others.iter().enumerate() {
                there.iter_mut().zip(at(other)).for_each(|(along, &x)| along[lane] = x);
            }
            let mut sum = [X::ZERO; LANES];
            for ((along, &own), &period) in there.iter().zip(own).zip(period) {
                for (sum, &x) in sum.iter_mut().zip(along) {
                    let apart = nearest_image(x - own, period);
                    *sum += apart * apart;
                }
            }
            for (lane, (square, &sum)) in group.iter_mut().zip(&sum).enumerate() {
                *square = if number * LANES + lane < count { sum } else { X::INFINITY };
            }
        }
        squares
    }

    /// The best square of some, lane by lane.
    #[inline(always)]
    fn best(&self, of: u32, none: X, is_better: impl Fn(X, X) -> bool) -> X {
        let better = |a: X, b: X| if is_better(a, b) { a } else { b };
        let mut best = [none; LANES];
        for (number, group) in self.groups.iter().take(self.used).enumerate() {
            let of = of >> (number * LANES);
            for (lane, (best, &square)) in best.iter_mut().zip(group).enumerate() {
                *best = better(if of & (1 << lane) != 0 { square } else { none }, *best);
            }
        }
        best.into_iter().fold(none, better)
    }

    /// The farthest of some; less than 0 without any.
    #[inline(always)]
    fn farthest(&self, of: u32) -> X {
        self.best(of, X::LEAST, |a, b| a > b)
    }

    /// The nearest of some; infinite without any.
    #[inline(always)]
    fn nearest(&self, of: u32) -> X {
        self.best(of, X::INFINITY, |a, b| a < b)
    }

    /// The bit of the last of some that are so far away; none if there is nobody.
    #[inline(always)]
    fn last_at(&self, of: u32, square: X) -> u32 {
        let those = of & self.that(|other| other == square);
        if those == 0 { 0 } else { 1 << those.ilog2() }
    }

    /// The bit of the first of them.
    #[inline(always)]
    fn first_at(&self, of: u32, square: X) -> u32 {
        let those = of & self.that(|other| other == square);
        those & those.wrapping_neg()
    }

    /// A bit for each whose square is so.
    #[inline(always)]
    fn that(&self, is_so: impl Fn(X) -> bool) -> u32 {
        let mut bits = 0;
        for (number, group) in self.groups.iter().take(self.used).enumerate() {
            for (lane, &square) in group.iter().enumerate() {
                bits |= u32::from(is_so(square)) << (number * LANES + lane);
            }
        }
        bits
    }

    /// Chooses the nearest within the square of a distance, beginning with those heard so far, of whom hardly any has to
    /// be exchanged, and those within `near`. Returns their bits, and the squares of the distances to the farthest of
    /// them and to the next.
    #[inline(always)]
    pub(super) fn choose(&self, question: &Question, limit: X, near: X) -> (u32, X, X) {
        let &Question { known, mut heard, most } = question;
        let most = most.min(GROUPS * LANES) as u32;
        if near >= X::ZERO {
            heard |= known & self.that(|square| square <= near);
        }
        loop {
            let (farthest, next) = (self.farthest(heard), self.nearest(known & !heard));
            let count = heard.count_ones();
            if count > most || farthest > limit {
                heard &= !self.last_at(heard, farthest);
                continue;
            }
            if count < most {
                if next <= limit && heard != known {
                    heard |= self.first_at(known & !heard, next);
                    continue;
                }
            } else if next <= farthest {
                let (goes, comes) = (self.last_at(heard, farthest), self.first_at(known & !heard, next));
                // Of two equally far away the first is nearer.
                if next < farthest || comes != 0 && comes < goes {
                    heard = heard & !goes | comes;
                    continue;
                }
            }
            return (heard, if farthest > X::ZERO { farthest } else { X::ZERO }, next);
        }
    }
}

impl<const GROUPS: usize> Squares<f64, GROUPS> {
    /// Who is near the border between those heard and those not, as far as `part` of the distance that it is at.
    #[inline(always)]
    pub(super) fn strip(&self, known: u32, sight: &Sight, part: f64) -> Strip {
        let (farthest, next) = (sqrt(sight.farthest), sqrt(sight.next));
        let mut width = part * if next < f64::INFINITY { next } else { farthest };
        for _ in 0..NARROWINGS {
            let (inner, outer) = ((farthest - width).max(0.0), next + width);
            let (least, most) = (inner * inner, outer * outer);
            let places = known & self.that(|square| square >= least && square <= most);
            if places.count_ones() as usize <= Border::WIDTH {
                return Strip { places, inner, outer };
            }
            width /= 2.0;
        }
        Strip::default()
    }
}

/// How often a border may be made half as wide.
const NARROWINGS: usize = 3;
