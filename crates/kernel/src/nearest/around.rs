//! Who of many is within some distance.

use core::ops::Range;

use super::{Metric, Point, nearest_image};
use crate::level::{at_every_level, fetch};

/// Somebody, and about where: in single precision a place takes a quarter of a line of memory, which is what a search
/// waits for.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(16))]
pub struct Place {
    at: [f32; 3],
    agent: u32,
}

impl Place {
    /// Behind those that are searched as many more have to be.
    pub const PADDING: usize = TOGETHER - 1;

    /// An agent at a place, counted from where coordinates are small.
    #[must_use]
    #[inline]
    pub fn new(at: Point, agent: u32) -> Self {
        Self { at: at.map(|x| x as f32), agent }
    }

    /// Gives the agent there another number.
    pub fn renumber(&mut self, agent: u32) {
        self.agent = agent;
    }

    /// Whose place it is.
    #[must_use]
    #[inline]
    pub fn agent(&self) -> u32 {
        self.agent
    }
}

/// Places whose distances are measured together.
const TOGETHER: usize = 4;

at_every_level! {
    /// Finds all agents in some ranges of places that are no farther from a point than `reach`, and maybe some that are
    /// a little farther, and writes them down in front of `found`. Returns how many there are.
    ///
    /// # Panics
    ///
    /// If there are no such places with [`Place::PADDING`] behind them, or `found` is shorter than all ranges together.
    pub fn find_within(
        metric: &Metric,
        places: &[Place],
        ranges: &[Range<u32>],
        point: Point,
        reach: f64,
        found: &mut [u32],
    ) -> usize {
        for range in ranges {
            let lines = places[range.start as usize..range.end as usize].iter().step_by(TOGETHER);
            lines.for_each(fetch);
        }
        if metric.is_flat {
            find::<2>(metric, places, ranges, point, reach, found)
        } else {
            find::<3>(metric, places, ranges, point, reach, found)
        }
    }
}

/// The square of a distance below which nobody is overlooked who is within `reach` of a point.
///
/// Coordinates are rounded by 2⁻²⁴ of them, which are no larger than those of the point and the reach together or a
/// period; differences and their squares likewise. Beyond all numbers of single precision everybody is found.
#[inline(always)]
fn limit(metric: &Metric, point: Point, reach: f64) -> f32 {
    let largest =
        |axis: usize| if metric.period[axis] < f64::INFINITY { metric.period[axis] } else { point[axis].abs() };
    let largest = largest(0).max(largest(1)).max(largest(2));
    let reach = reach + (largest + reach) / f64::from(1 << 21) + f64::from(f32::MIN_POSITIVE);
    (reach * reach * (1.0 + 1e-6)) as f32
}

#[inline(always)]
fn find<const AXES: usize>(
    metric: &Metric,
    places: &[Place],
    ranges: &[Range<u32>],
    point: Point,
    reach: f64,
    found: &mut [u32],
) -> usize {
    let (limit, point) = (limit(metric, point, reach), point.map(|x| x as f32));
    let period = metric.period.map(|period| period as f32);
    let mut squares = [[0.0; TOGETHER]; ROOM / TOGETHER];
    let mut count = 0;
    for range in ranges {
        let range = range.start as usize..range.end as usize;
        for start in range.clone().step_by(ROOM) {
            let end = range.end.min(start + ROOM);
            for (squares, start) in squares.iter_mut().zip((start..end).step_by(TOGETHER)) {
                *squares = [0.0; TOGETHER];
                for axis in 0..AXES {
                    for (square, place) in squares.iter_mut().zip(&places[start..start + TOGETHER]) {
                        let apart = nearest_image(place.at[axis] - point[axis], period[axis]);
                        *square += apart * apart;
                    }
                }
            }
            // Without a branch per agent: which are found cannot be foreseen.
            let places = &places[start..end];
            let room = &mut found[count..count + places.len()];
            let mut more = 0;
            for (place, &square) in places.iter().zip(squares.as_flattened()) {
                room[more] = place.agent;
                // What is not a number is too far from here for single precision.
                more += usize::from(!(square > limit));
            }
            count += more;
        }
    }
    count
}

/// Places whose squares are kept at a time.
const ROOM: usize = 64;
