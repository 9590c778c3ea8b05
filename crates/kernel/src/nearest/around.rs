//! Who of many is within some distance.

use core::ops::Range;

use super::{Metric, Point, nearest_image};
use crate::level::at_every_level;

/// Agents by place, where they were when they were put there. All columns are as long, and the last
/// [`Places::PADDING`] places are nobody's.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Their coordinates, by axis.
    pub columns: [&'a [f64]; 3],
    /// Who they are.
    pub agents: &'a [u32],
}

impl Places<'_> {
    /// Places behind the last agent's.
    pub const PADDING: usize = TOGETHER - 1;
}

/// Places whose distances are measured together.
const TOGETHER: usize = 4;

at_every_level! {
    /// Finds all agents in some ranges of places that are no farther from a point than the square root of `limit`, and
    /// writes them down in front of `found`. Returns how many there are.
    ///
    /// # Panics
    ///
    /// If there are no such places, or `found` is shorter than all ranges together and [`Places::PADDING`].
    pub fn find_within(
        metric: &Metric,
        places: &Places<'_>,
        ranges: &[Range<u32>],
        point: Point,
        limit: f64,
        found: &mut [u32],
    ) -> usize {
        if metric.is_flat {
            find::<2>(metric, places, ranges, point, limit, found)
        } else {
            find::<3>(metric, places, ranges, point, limit, found)
        }
    }
}

/// Without a branch per agent: which are found cannot be foreseen.
#[inline(always)]
fn find<const AXES: usize>(
    metric: &Metric,
    places: &Places<'_>,
    ranges: &[Range<u32>],
    point: Point,
    limit: f64,
    found: &mut [u32],
) -> usize {
    let mut count = 0;
    for range in ranges {
        for start in (range.start as usize..range.end as usize).step_by(TOGETHER) {
            let together = start..start + TOGETHER;
            let mut squares = [0.0; TOGETHER];
            for axis in 0..AXES {
                for (square, x) in squares.iter_mut().zip(&places.columns[axis][together.clone()]) {
                    let apart = nearest_image(x - point[axis], metric.period[axis]);
                    *square += apart * apart;
                }
            }
            let left = range.end as usize - start;
            let room = &mut found[count..count + TOGETHER];
            let mut more = 0;
            for (lane, &agent) in places.agents[together].iter().enumerate() {
                room[more % TOGETHER] = agent;
                more += usize::from((squares[lane] <= limit) & (lane < left));
            }
            count += more;
        }
    }
    count
}
