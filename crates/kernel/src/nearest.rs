//! Which of a few candidates are nearest to an agent, wherever all of them are now.
//!
//! An agent that moves a little hears nearly those that it heard. Who else may come into question is
//! known for a while (the lists of Verlet, 1967), so that a look at some twenty others replaces a
//! search among all. All distances are compared by their squares, bit for bit, and of two that are
//! equally far away the one that comes first is the nearer one.

use crate::{level::at_every_level, turn::LANES};

/// A place, by axis.
pub type Point = [f64; 3];

/// Space, open or periodic along each of its axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// By axis: after which length space repeats itself, > 0; infinite where it does not. Along a periodic
    /// axis coordinates are in [0, period).
    pub period: Point,
    /// Whether all places have one z, which then need not be looked at.
    pub is_flat: bool,
}

impl Metric {
    /// The square of the distance between two places, by the nearest image; the same both ways.
    #[must_use]
    #[inline]
    pub fn squared_distance(&self, a: Point, b: Point) -> f64 {
        let [x, y, z] = core::array::from_fn(|axis| nearest_image(a[axis] - b[axis], self.period[axis]));
        x * x + y * y + z * z
    }
}

/// How far apart along an axis, given the difference of two coordinates less than a period apart.
#[inline(always)]
fn nearest_image(difference: f64, period: f64) -> f64 {
    let apart = difference.abs();
    let around = period - apart;
    // Not `min`, which takes more instructions to do right by NaN; here that is never less.
    if around < apart { around } else { apart }
}

/// Vectors that the candidates of an agent fill.
const GROUPS: usize = Candidates::MOST / LANES;

/// Some agents of whom one may hear those that are nearest, and which of them it hears.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Candidates {
    /// By place: a bit for those heard. In front, in the line of memory that the first others are in.
    heard: u32,
    count: u32,
    /// Their numbers, in the order in which those equally far away are preferred; behind the last one
    /// anybody.
    others: [u32; Self::MOST],
}

/// Whom agents hear: those nearest.
#[derive(Clone, Copy, Debug)]
pub struct Hearing {
    /// So many at most.
    pub most: usize,
    /// The square of the largest distance at which one is heard.
    pub limit: f64,
    /// Whoever is within this squared distance is about to be heard, besides those heard before: a guess,
    /// which makes no difference but to the time that it takes. None if it is less than 0.
    pub near: f64,
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
    fn known(&self) -> u32 {
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

/// What an agent sees of its candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    heard: u32,
    /// The square of the distance to the farthest that it is to hear; 0 without any.
    pub farthest: f64,
    /// The square of the distance to the nearest of the others; infinite without any.
    pub next: f64,
}

impl Sight {
    /// How many it is to hear.
    #[must_use]
    pub fn count(&self) -> usize {
        self.heard.count_ones() as usize
    }
}

/// Candidates of so many agents are asked for before any are looked at: from memory, many at once come as fast as
/// those of one.
const AT_ONCE: usize = 16;

at_every_level! {
    /// Looks where the candidates of some agents are now, and which of them are to be heard: for the agents
    /// `first + place` of the `places`, whose candidates lie at these places. `points` has all agents.
    ///
    /// # Panics
    ///
    /// If there are not as many sights as places, or there is no such agent.
    pub fn look(
        metric: &Metric,
        points: &[Point],
        first: usize,
        places: &[u32],
        candidates: &[Candidates],
        hearing: &Hearing,
        sights: &mut [Sight],
    ) {
        assert_eq!(places.len(), sights.len(), "one sight per place");
        for (places, sights) in places.chunks(AT_ONCE).zip(sights.chunks_mut(AT_ONCE)) {
            let touch = |sum: u32, &place: &u32| {
                let Candidates { heard, others, .. } = &candidates[place as usize];
                sum.wrapping_add(*heard).wrapping_add(others[Candidates::MOST / 2])
            };
            core::hint::black_box(places.iter().fold(0, touch));
            for (&place, sight) in places.iter().zip(sights) {
                let place = place as usize;
                let (own, candidates) = (points[first + place], &candidates[place]);
                let squares = if metric.is_flat {
                    Squares::measure::<2>(metric, points, own, candidates)
                } else {
                    Squares::measure::<3>(metric, points, own, candidates)
                };
                *sight = choose(candidates, &squares, hearing);
            }
        }
    }

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

/// The squares of the distances to candidates, by place; infinite where there is none.
struct Squares {
    groups: [[f64; LANES]; GROUPS],
    used: usize,
}

impl Squares {
    #[inline(always)]
    fn measure<const AXES: usize>(metric: &Metric, points: &[Point], own: Point, candidates: &Candidates) -> Self {
        let count = candidates.count as usize;
        let mut squares = Self { groups: [[f64::INFINITY; LANES]; GROUPS], used: count.div_ceil(LANES) };
        let others = candidates.others.as_chunks::<LANES>().0;
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

    /// The best of some value of the candidates, given those `of` whom it is asked, lane by lane.
    #[inline(always)]
    fn best(&self, of: u32, none: f64, is_better: impl Fn(f64, f64) -> bool, value: impl Fn(usize, f64) -> f64) -> f64 {
        let better = |a: f64, b: f64| if is_better(a, b) { a } else { b };
        let mut best = [none; LANES];
        for (number, group) in self.groups.iter().take(self.used).enumerate() {
            let of = of >> (number * LANES);
            for (lane, (best, &square)) in best.iter_mut().zip(group).enumerate() {
                let value = if of & (1 << lane) != 0 { value(number * LANES + lane, square) } else { none };
                *best = better(value, *best);
            }
        }
        best.into_iter().fold(none, better)
    }

    /// The farthest of some candidates, and of those the last; −1 without any.
    #[inline(always)]
    fn farthest(&self, of: u32) -> f64 {
        self.best(of, -1.0, |a, b| a > b, |_, square| square)
    }

    #[inline(always)]
    fn nearest(&self, of: u32) -> f64 {
        self.best(of, f64::INFINITY, |a, b| a < b, |_, square| square)
    }

    /// The bit of the last of some candidates that are so far away.
    #[inline(always)]
    fn last_at(&self, of: u32, square: f64) -> u32 {
        let place = self.best(of, -1.0, |a, b| a > b, |place, other| if other == square { place as f64 } else { -1.0 });
        bit(place)
    }

    /// The bit of the first of them; none if there is nobody.
    #[inline(always)]
    fn first_at(&self, of: u32, square: f64) -> u32 {
        let place = self.best(of, 64.0, |a, b| a < b, |place, other| if other == square { place as f64 } else { 64.0 });
        bit(place)
    }

    #[inline(always)]
    fn within(&self, of: u32, limit: f64) -> u32 {
        let mut within = 0;
        for (number, group) in self.groups.iter().take(self.used).enumerate() {
            for (lane, &square) in group.iter().enumerate() {
                within |= u32::from(square <= limit) << (number * LANES + lane);
            }
        }
        within & of
    }
}

#[inline(always)]
fn bit(place: f64) -> u32 {
    1_u32.checked_shl(place as u32).filter(|_| place >= 0.0).unwrap_or(0)
}

/// Chooses the nearest, beginning with those heard so far: hardly any has to be exchanged.
#[inline(always)]
fn choose(candidates: &Candidates, squares: &Squares, hearing: &Hearing) -> Sight {
    let &Hearing { most, limit, near } = hearing;
    let most = most.min(Candidates::MOST) as u32;
    let known = candidates.known();
    let mut heard = candidates.heard;
    if near >= 0.0 {
        heard |= squares.within(known, near);
    }
    loop {
        let (farthest, next) = (squares.farthest(heard), squares.nearest(known & !heard));
        let count = heard.count_ones();
        if count > most || farthest > limit {
            heard &= !squares.last_at(heard, farthest);
            continue;
        }
        if count < most {
            if next <= limit && heard != known {
                heard |= squares.first_at(known & !heard, next);
                continue;
            }
        } else if next <= farthest {
            let (goes, comes) = (squares.last_at(heard, farthest), squares.first_at(known & !heard, next));
            // Of two equally far away the first is nearer.
            if next < farthest || comes != 0 && comes < goes {
                heard = heard & !goes | comes;
                continue;
            }
        }
        return Sight { heard, farthest: farthest.max(0.0), next };
    }
}

#[cfg(test)]
mod tests {
    use std::{vec, vec::Vec};

    use proptest::prelude::*;

    use super::*;
    use crate::Level;

    /// Numbers of those that one hears, by sorting all.
    fn expected(metric: &Metric, points: &[Point], others: &[u32], ranks: &[u32], most: usize, limit: f64) -> Vec<u32> {
        let square = |other: u32| metric.squared_distance(points[0], points[other as usize]);
        let mut found: Vec<_> = others.iter().map(|&other| (square(other), ranks[other as usize], other)).collect();
        found.retain(|(square, ..)| *square <= limit);
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.truncate(most);
        found.sort_by_key(|(_, rank, _)| *rank);
        found.into_iter().map(|(.., other)| other).collect()
    }

    /// Often on a grid, so that many are equally far away.
    fn coordinate() -> impl Strategy<Value = f64> {
        prop_oneof![2 => (0_i32..6).prop_map(|x| f64::from(x) * 0.5), 1 => 0.0..3.0_f64]
    }

    fn points() -> impl Strategy<Value = Vec<Point>> {
        prop::collection::vec(prop::array::uniform3(coordinate()), 33)
    }

    proptest! {
        #[test]
        fn those_heard_are_the_nearest_wherever_all_have_gone(
            mut places in prop::collection::vec(points(), 1..5),
            count in 0_usize..=32,
            ranks in Just((100..133_u32).collect::<Vec<_>>()).prop_shuffle(),
            most in prop_oneof![0_usize..12, Just(usize::MAX)],
            limit in prop_oneof![Just(f64::INFINITY), 0.0..6.0_f64],
            period in prop_oneof![Just([f64::INFINITY; 3]), Just([3.0, 3.0, f64::INFINITY]), Just([3.0; 3])],
            is_flat: bool,
            near in prop_oneof![Just(-1.0), Just(f64::INFINITY), 0.0..4.0_f64],
        ) {
            let metric = Metric { period, is_flat };
            if is_flat {
                places.iter_mut().flatten().for_each(|point| point[2] = 0.5);
            }
            let others: Vec<u32> = (1..=count as u32).collect();
            for level in Level::available() {
                let mut candidates = [Candidates::new(level, &others, &ranks)];
                let hearing = Hearing { most, limit, near };
                for points in &places {
                    let mut sights = [Sight::default()];
                    look(level, &metric, points, 0, &[0], &candidates, &hearing, &mut sights);
                    candidates[0].hear(&sights[0]);
                    let heard: Vec<u32> = candidates[0].heard().collect();
                    prop_assert_eq!(&heard, &expected(&metric, points, &others, &ranks, most, limit));
                    let square = |other: &u32| metric.squared_distance(points[0], points[*other as usize]);
                    let farthest = heard.iter().map(square).fold(0.0, f64::max);
                    let rest = others.iter().filter(|other| !heard.contains(other));
                    let next = rest.map(square).fold(f64::INFINITY, f64::min);
                    prop_assert_eq!((sights[0].farthest, sights[0].next), (farthest, next));
                    prop_assert_eq!(sights[0].count(), heard.len());
                }
            }
        }
    }

    const NEAREST: Hearing = Hearing { most: 1, limit: f64::INFINITY, near: -1.0 };

    #[test]
    fn those_heard_keep_their_order_under_new_numbers() {
        let ranks = [10, 11, 12, 13];
        let metric = Metric { period: [f64::INFINITY; 3], is_flat: true };
        let points = [0.0, 1.0, 2.0, 3.0].map(|x| [x, 0.0, 0.0]);
        let mut candidates = [Candidates::new(Level::BASELINE, &[3, 2, 1], &ranks)];
        let (mut sights, two) = ([Sight::default()], Hearing { most: 2, ..NEAREST });
        look(Level::BASELINE, &metric, &points, 0, &[0], &candidates, &two, &mut sights);
        candidates[0].hear(&sights[0]);
        let heard = |numbers: [Option<u32>; 4]| candidates[0].heard_renumbered(&numbers).heard().collect::<Vec<_>>();
        assert_eq!(heard([Some(0), Some(7), Some(5), Some(1)]), [7, 5]);
        assert_eq!(heard([Some(0), None, Some(5), Some(1)]), [5]);
    }

    #[test]
    fn a_look_says_whether_others_are_heard_than_before() {
        let ranks = [10, 11, 12];
        let metric = Metric { period: [f64::INFINITY; 3], is_flat: true };
        let mut candidates = [Candidates::new(Level::BASELINE, &[2, 1], &ranks)];
        for (far, expected) in
            [([2.0, 3.0], vec![1]), ([2.5, 3.0], vec![1]), ([4.0, 3.0], vec![2]), ([3.0, 3.0], vec![1])]
        {
            let points = [[0.0; 3], [far[0], 0.0, 0.0], [0.0, far[1], 0.0]];
            let mut sights = [Sight::default()];
            look(Level::BASELINE, &metric, &points, 0, &[0], &candidates, &NEAREST, &mut sights);
            let before: Vec<u32> = candidates[0].heard().collect();
            assert_eq!(candidates[0].hear(&sights[0]), before != expected);
            assert_eq!(candidates[0].heard().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn distances_beyond_all_numbers_are_told_apart_by_ranks() {
        let ranks = [0, 7, 5];
        let metric = Metric { period: [f64::INFINITY; 3], is_flat: false };
        let points = [[-1e308; 3], [1e308; 3], [1e308; 3]];
        let mut candidates = [Candidates::new(Level::BASELINE, &[1, 2], &ranks)];
        let mut sights = [Sight::default()];
        let hearing = Hearing { near: f64::INFINITY, ..NEAREST };
        look(Level::BASELINE, &metric, &points, 0, &[0], &candidates, &hearing, &mut sights);
        candidates[0].hear(&sights[0]);
        assert_eq!(candidates[0].heard().collect::<Vec<_>>(), [2]);
    }
}
