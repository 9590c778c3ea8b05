//! How far away those in question are, and which of them are nearest.

use super::{Border, Hearing, Metric, Point, Sight, Strip, nearest_image};
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
pub(super) struct Squares<const GROUPS: usize> {
    groups: [[f64; LANES]; GROUPS],
    used: usize,
}

impl<const GROUPS: usize> Squares<GROUPS> {
    /// Measures how far the first `count` of some agents are.
    #[inline(always)]
    pub(super) fn measure(metric: &Metric, points: &[Point], own: Point, others: &[u32], count: usize) -> Self {
        if metric.is_flat {
            Self::along::<2>(metric, points, own, others, count)
        } else {
            Self::along::<3>(metric, points, own, others, count)
        }
    }

    #[inline(always)]
    fn along<const AXES: usize>(metric: &Metric, points: &[Point], own: Point, others: &[u32], count: usize) -> Self {
        let mut squares = Self { groups: [[f64::INFINITY; LANES]; GROUPS], used: count.div_ceil(LANES) };
        let others = others.as_chunks::<LANES>().0;
        for (number, (group, others)) in squares.groups.iter_mut().zip(others).take(squares.used).enumerate() {
            let mut there = [[0.0; LANES]; AXES];
            for (lane, &other) in others.iter().enumerate() {
                let point = &points[other as usize];
                there.iter_mut().zip(point).for_each(|(along, &x)| along[lane] = x);
            }
            let mut sum = [0.0; LANES];
            for ((along, own), period) in there.iter().zip(own).zip(metric.period) {
                for (sum, &x) in sum.iter_mut().zip(along) {
                    let apart = nearest_image(x - own, period);
                    *sum += apart * apart;
                }
            }
            for (lane, (square, &sum)) in group.iter_mut().zip(&sum).enumerate() {
                *square = if number * LANES + lane < count { sum } else { f64::INFINITY };
            }
        }
        squares
    }

    /// The best square of some, lane by lane.
    #[inline(always)]
    fn best(&self, of: u32, none: f64, is_better: impl Fn(f64, f64) -> bool) -> f64 {
        let better = |a: f64, b: f64| if is_better(a, b) { a } else { b };
        let mut best = [none; LANES];
        for (number, group) in self.groups.iter().take(self.used).enumerate() {
            let of = of >> (number * LANES);
            for (lane, (best, &square)) in best.iter_mut().zip(group).enumerate() {
                *best = better(if of & (1 << lane) != 0 { square } else { none }, *best);
            }
        }
        best.into_iter().fold(none, better)
    }

    /// The farthest of some; −1 without any.
    #[inline(always)]
    fn farthest(&self, of: u32) -> f64 {
        self.best(of, -1.0, |a, b| a > b)
    }

    /// The nearest of some; infinite without any.
    #[inline(always)]
    fn nearest(&self, of: u32) -> f64 {
        self.best(of, f64::INFINITY, |a, b| a < b)
    }

    /// The bit of the last of some that are so far away; none if there is nobody.
    #[inline(always)]
    fn last_at(&self, of: u32, square: f64) -> u32 {
        let those = of & self.that(|other| other == square);
        if those == 0 { 0 } else { 1 << those.ilog2() }
    }

    /// The bit of the first of them.
    #[inline(always)]
    fn first_at(&self, of: u32, square: f64) -> u32 {
        let those = of & self.that(|other| other == square);
        those & those.wrapping_neg()
    }

    /// A bit for each whose square is so.
    #[inline(always)]
    fn that(&self, is_so: impl Fn(f64) -> bool) -> u32 {
        let mut bits = 0;
        for (number, group) in self.groups.iter().take(self.used).enumerate() {
            for (lane, &square) in group.iter().enumerate() {
                bits |= u32::from(is_so(square)) << (number * LANES + lane);
            }
        }
        bits
    }

    /// Chooses the nearest, beginning with those heard so far: hardly any has to be exchanged.
    #[inline(always)]
    pub(super) fn choose(&self, question: &Question, hearing: &Hearing) -> Sight {
        let &Hearing { limit, near, .. } = hearing;
        let &Question { known, mut heard, most } = question;
        let most = most.min(GROUPS * LANES) as u32;
        if near >= 0.0 {
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
            return Sight { heard, farthest: farthest.max(0.0), next, strip: Strip::default() };
        }
    }

    /// Who is near the border between those heard and those not, as far as `part` of the distance that it is at.
    #[inline(always)]
    pub(super) fn strip(&self, known: u32, sight: &Sight, part: f64) -> Strip {
        let (farthest, next) = (sight.farthest.sqrt(), sight.next.sqrt());
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
