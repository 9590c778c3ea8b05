//! Which of a few candidates are nearest to an agent, wherever all of them are now.
//!
//! An agent that moves a little hears nearly those that it heard. Who else may come into question is
//! known for a while (the lists of Verlet, 1967), so that a look at some twenty others replaces a
//! search among all. Of those, in turn, few are near the border between whom it hears and whom it does
//! not, and for a while it is enough to glance at them. All distances are compared by their squares, bit
//! for bit, and of two that are equally far away the one that comes first is the nearer one.

mod around;
mod border;
mod candidates;
mod number;
mod place;
mod squares;

pub use around::{PADDING, find_within};
pub use border::{Border, Glimpse};
pub use candidates::{Candidates, Heard};
use number::Number;
pub use place::Place;
use squares::{Question, Squares};

use crate::level::{at_every_level, fetch};

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
fn nearest_image<X: Number>(difference: X, period: X) -> X {
    let apart = difference.abs();
    let around = period - apart;
    // Not `min`, which takes more instructions to do right by NaN; here that is never less.
    if around < apart { around } else { apart }
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
    /// How far a [`Border`] is to extend to either side, in parts of the distance that it is at. It is
    /// made narrower where it would hold too many.
    pub border: f64,
}

/// What an agent sees of those it looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    heard: u32,
    /// The square of the distance to the farthest that it is to hear; 0 without any.
    pub farthest: f64,
    /// The square of the distance to the nearest of the others; infinite without any.
    pub next: f64,
    strip: Strip,
}

impl Sight {
    /// How many of them it is to hear.
    #[must_use]
    pub fn count(&self) -> usize {
        self.heard.count_ones() as usize
    }
}

/// Who is near the border between those heard and those not.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Strip {
    /// A bit for every one of them; none where they would be too many.
    places: u32,
    /// All others who are heard are at most as far away.
    inner: f64,
    /// All others who are not are at least as far away.
    outer: f64,
}

impl Default for Strip {
    /// Nothing is known of the others.
    fn default() -> Self {
        Self { places: 0, inner: f64::INFINITY, outer: f64::NEG_INFINITY }
    }
}

/// What is known of so many agents is asked for before it is that of the first one's turn: in the time that they take
/// it arrives from memory.
const AHEAD: usize = 8;

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
        for ((number, &place), sight) in places.iter().enumerate().zip(sights) {
            if let Some(&ahead) = places.get(number + AHEAD) {
                fetch(&candidates[ahead as usize]);
            }
            let candidates = &candidates[place as usize];
            let squares = Squares::<f64, { candidates::GROUPS }>::measure(
                &metric.period,
                metric.is_flat,
                |other| &points[other as usize],
                &points[first + place as usize],
                &candidates.others,
                candidates.count as usize,
            );
            let question = Question { known: candidates.known(), heard: candidates.heard, most: hearing.most };
            let (heard, farthest, next) = squares.choose(&question, hearing.limit, hearing.near);
            *sight = Sight { heard, farthest, next, strip: Strip::default() };
            if hearing.border > 0.0 {
                sight.strip = squares.strip(question.known, sight, hearing.border);
            }
        }
    }

    /// The same for those candidates alone that are at the borders of these agents, and for where about all agents are;
    /// which makes no sense to an agent whose [`Border`] is [`Border::NONE`].
    ///
    /// # Panics
    ///
    /// If there are not as many glimpses as places, or there is no such agent.
    pub fn glance(
        metric: &Metric,
        whereabouts: &[Place],
        first: usize,
        places: &[u32],
        borders: &[Border],
        hearing: &Hearing,
        glimpses: &mut [Glimpse],
    ) {
        assert_eq!(places.len(), glimpses.len(), "one glimpse per place");
        let period = metric.period.map(|period| period as f32);
        for ((number, &place), glimpse) in places.iter().enumerate().zip(glimpses) {
            if let Some(&ahead) = places.get(number + AHEAD) {
                fetch(&borders[ahead as usize]);
            }
            let border = &borders[place as usize];
            let own = &whereabouts[first + place as usize];
            let squares = Squares::<f32, 1>::measure(
                &period,
                metric.is_flat,
                |other| &whereabouts[other as usize].at,
                &own.at,
                &border.others,
                border.count as usize,
            );
            let (heard, farthest, next) = squares.choose(&border.question(hearing.most), hearing.limit as f32, -1.0);
            *glimpse = Glimpse { heard: heard as u8, farthest, next, blur: own.blur(metric) };
        }
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
                let hearing = Hearing { most, limit, near, border: 0.0 };
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

    proptest! {
        /// Whoever is sure by a glance at its border hears the nearest of all, and the others look again.
        #[test]
        fn a_glance_that_is_sure_sees_whom_a_look_at_all_would(
            mut points in points(),
            far_away in prop::sample::select(vec![0.0, 1.0, 1e6, 1e18, 1e25, 1e308]),
            flights in prop::collection::vec(prop::collection::vec(prop::array::uniform3(-0.02..0.02_f64), 33), 1..12),
            count in 0_usize..=32,
            most in 0_usize..12,
            limit in prop_oneof![Just(f64::INFINITY), 0.0..6.0_f64],
            border in prop_oneof![0.01..0.5_f64, Just(1e3)],
            is_flat: bool,
        ) {
            let (ranks, others): (Vec<u32>, Vec<u32>) = ((0..33).collect(), (1..=count as u32).collect());
            let metric = Metric { period: [f64::INFINITY; 3], is_flat };
            let axes = if is_flat { 2 } else { 3 };
            points.iter_mut().for_each(|point| point[axes..].fill(0.5));
            // Some where single precision tells nobody from anybody, or knows no numbers.
            points.iter_mut().step_by(5).for_each(|point| point[0] += far_away);
            let hearing = Hearing { most, limit, near: -1.0, border };
            for level in Level::available() {
                let mut candidates = [Candidates::new(level, &others, &ranks)];
                let (mut borders, mut flown) = ([Border::NONE], 0.0);
                for flight in &flights {
                    let (mut sights, mut glimpses) = ([Sight::default()], [Glimpse::default()]);
                    let whereabouts: Vec<Place> = points.iter().map(|&point| Place::new(point, 0)).collect();
                    glance(level, &metric, &whereabouts, 0, &[0], &borders, &hearing, &mut glimpses);
                    let (heard, farthest, next) = borders[0].bounds(&glimpses[0], flown);
                    let radius = limit.sqrt();
                    if farthest < radius && farthest < next && (heard == most || radius < next) {
                        borders[0].hear(&glimpses[0], &mut candidates[0]);
                    } else {
                        look(level, &metric, &points, 0, &[0], &candidates, &hearing, &mut sights);
                        candidates[0].hear(&sights[0]);
                        borders[0] = Border::new(&candidates[0], &sights[0], flown, f64::INFINITY);
                    }
                    let heard: Vec<u32> = candidates[0].heard().collect();
                    prop_assert_eq!(&heard, &expected(&metric, &points, &others, &ranks, most, limit));
                    for (point, by) in points.iter_mut().zip(flight) {
                        point.iter_mut().zip(by).take(axes).for_each(|(x, by)| *x += by);
                    }
                    // More than rounding does.
                    flown += 0.02 * 3_f64.sqrt() + 1e-12;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn nobody_within_reach_is_overlooked_and_hardly_anybody_beyond_is_found(
            points in points(),
            scale in prop::sample::select(vec![1.0, 1e-45, 1e-30, 1e18, 1e30, 1e38, 1e300]),
            reach in 0.0..4.0_f64,
            period in prop::sample::select(vec![f64::INFINITY, 3.0]),
            cut in 0_u32..33,
            is_flat: bool,
        ) {
            let metric = Metric { period: [period * scale; 3], is_flat };
            let (reach, axes) = (reach * scale, if is_flat { 2 } else { 3 });
            let scaled = |point: &Point| core::array::from_fn(|axis| if axis < axes { point[axis] * scale } else { 0.0 });
            let points: Vec<Point> = points.iter().map(scaled).collect();
            let mut places: Vec<Place> = (0..).zip(&points).map(|(agent, &point)| Place::new(point, agent)).collect();
            places.extend([Place::default(); PADDING]);
            for level in Level::available() {
                let mut found = [0; 33];
                let count = find_within(level, &metric, &places, &[0..cut, cut..33], points[0], reach, &mut found);
                for (agent, &point) in (0..).zip(&points) {
                    let distance = metric.squared_distance(points[0], point).sqrt();
                    let is_found = found[..count].contains(&agent);
                    prop_assert!(is_found || distance > reach, "{} at {} of {}", agent, distance, reach);
                    let is_far = distance > reach + 1e-5 * scale && scale == 1.0;
                    prop_assert!(!(is_found && is_far), "{} at {} of {}", agent, distance, reach);
                }
            }
        }
    }

    const NEAREST: Hearing = Hearing { most: 1, limit: f64::INFINITY, near: -1.0, border: 0.0 };

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
