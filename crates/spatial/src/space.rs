//! Where agents are, and how far apart.

use lampyrid_swarm::SwarmError;

/// A place, by axis.
pub(crate) type Point = [f64; 3];

/// Space, open or periodic along each of its axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Space {
    /// By axis: after which length space repeats itself; infinite where it does not.
    period: [f64; 3],
}

impl Space {
    pub(crate) fn new(period: [f64; 3]) -> Result<Self, SwarmError> {
        const NAMES: [&str; 3] = ["period along x", "period along y", "period along z"];
        match period.iter().position(|&length| length.is_nan() || length <= 0.0) {
            Some(axis) => {
                let allowed = "a positive length, or infinite for an open axis";
                Err(SwarmError::OutOfRange { name: NAMES[axis], value: period[axis], allowed })
            }
            None => Ok(Self { period }),
        }
    }

    pub(crate) fn period(&self, axis: usize) -> f64 {
        self.period[axis]
    }

    pub(crate) fn is_open(&self) -> bool {
        self.period.iter().all(|length| length.is_infinite())
    }

    /// The same place with coordinates in [0, period) along periodic axes.
    pub(crate) fn reduce(&self, point: Point) -> Point {
        std::array::from_fn(|axis| {
            let (x, length) = (point[axis], self.period[axis]);
            if length.is_infinite() {
                return x;
            }
            let reduced = x.rem_euclid(length);
            // A tiny negative number comes to the length itself by rounding.
            if reduced < length { reduced } else { 0.0 }
        })
    }

    /// The square of the distance between two reduced places, by the nearest image.
    ///
    /// Every comparison of distances goes by this number, bit for bit; it is the same both ways.
    pub(crate) fn squared_distance(&self, a: Point, b: Point) -> f64 {
        let [x, y, z] = std::array::from_fn(|axis| {
            let apart = (a[axis] - b[axis]).abs();
            apart.min(self.period[axis] - apart)
        });
        x * x + y * y + z * z
    }
}

/// Places, a column per axis, so that a processor compares several at a time.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) x: &'a [f64],
    pub(crate) y: &'a [f64],
    pub(crate) z: &'a [f64],
}

impl Space {
    /// How many of these places lie no farther from `point` than the root of `limit`.
    pub(crate) fn count_within(&self, point: Point, limit: f64, places: Columns<'_>) -> usize {
        if self.is_open() {
            count(places, |x, y, z| {
                let [x, y, z] = [point[0] - x, point[1] - y, point[2] - z];
                x * x + y * y + z * z <= limit
            })
        } else {
            count(places, |x, y, z| self.squared_distance(point, [x, y, z]) <= limit)
        }
    }
}

fn count(places: Columns<'_>, is_within: impl Fn(f64, f64, f64) -> bool) -> usize {
    let Columns { x, y, z } = places;
    let each = x.iter().zip(y).zip(z);
    each.map(|((&x, &y), &z)| u64::from(is_within(x, y, z))).sum::<u64>() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_periodic_axis_are_next_to_each_other_across_its_ends() {
        let space = Space::new([10.0, f64::INFINITY, f64::INFINITY]).unwrap();
        let [a, b] = [[0.5, 9.5, 0.0], [9.5, 0.5, 0.0]].map(|point| space.reduce(point));
        assert_eq!(space.squared_distance(a, b), 1.0 + 81.0);
        assert_eq!(space.reduce([-0.5, -0.5, 3.0]), [9.5, -0.5, 3.0]);
    }

    #[test]
    fn reduced_coordinates_are_less_than_the_period() {
        let space = Space::new([0.1; 3]).unwrap();
        for x in [-1e-300, -0.1, 0.1, 0.3, -1e9, 1e300] {
            let [reduced, ..] = space.reduce([x, 0.0, 0.0]);
            assert!((0.0..0.1).contains(&reduced), "{x} became {reduced}");
        }
    }

    #[test]
    fn a_period_must_be_positive() {
        for length in [0.0, -1.0, f64::NAN] {
            let error = Space::new([1.0, length, 1.0]).unwrap_err();
            assert!(error.to_string().contains("period along y"), "{error}");
        }
    }
}
