//! Who of many is within some distance.

use core::ops::Range;

use super::{Metric, Place, Point, nearest_image, place::RELATIVE};
use crate::level::{at_every_level, fetch};

/// So many more places have to be behind those that are searched.
pub const PADDING: usize = TOGETHER - 1;

/// Places whose distances are measured together.
const TOGETHER: usize = 4;

at_every_level! {
    /// Finds all agents in some ranges of places that are no farther from a point than `reach`, and maybe some that are
    /// a little farther, and writes them down in front of `found`. Returns how many there are.
    ///
    /// # Panics
    ///
    /// If there are no such places with [`PADDING`] behind them, or `found` is shorter than all ranges together.
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

#[inline(always)]
#[allow(clippy::neg_cmp_op_on_partial_ord, reason = "what is not a number counts as within")]
fn find<const AXES: usize>(
    metric: &Metric,
    places: &[Place],
    ranges: &[Range<u32>],
    point: Point,
    reach: f64,
    found: &mut [u32],
) -> usize {
    let own = Place::new(point, 0);
    let farthest = (reach + own.blur(metric)) * (1.0 + 2.0 * RELATIVE);
    let limit = (farthest * farthest) as f32;
    let period = metric.period.map(|period| period as f32);
    let mut squares = [[0.0; TOGETHER]; ROOM / TOGETHER];
    let mut count = 0;
    for range in ranges {
        let range = range.start as usize..range.end as usize;
        for start in range.clone().step_by(ROOM) {
            let end = range.end.min(start + ROOM);
            for (squares, start) in squares.iter_mut().zip((start..end).step_by(TOGETHER)) {
                *squares = [0.0; TOGETHER];
                for (axis, &period) in period.iter().enumerate().take(AXES) {
                    for (square, place) in squares.iter_mut().zip(&places[start..start + TOGETHER]) {
                        let apart = nearest_image(place.at[axis] - own.at[axis], period);
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
