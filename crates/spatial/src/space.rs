//! Where agents are, and how far apart.

use lampyrid_kernel::nearest::Metric;
use lampyrid_swarm::SwarmError;

pub(crate) use lampyrid_kernel::nearest::Point;

/// Space, open or periodic along each of its axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Space {
    /// By axis: after which length space repeats itself; infinite where it does not.
    period: [f64; 3],
    /// The square of a distance that is the same without periods as long as it is not larger.
    plain: f64,
}

impl Space {
    pub(crate) fn new(period: [f64; 3]) -> Result<Self, SwarmError> {
        const NAMES: [&str; 3] = ["period along x", "period along y", "period along z"];
        if let Some(axis) = period.iter().position(|&length| length.is_nan() || length <= 0.0) {
            let allowed = "a positive length, or infinite for an open axis";
            return Err(SwarmError::OutOfRange { name: NAMES[axis], value: period[axis], allowed });
        }
        let plain = 0.499 * period.iter().fold(f64::INFINITY, |least: f64, length| least.min(*length));
        Ok(Self { period, plain: plain * plain })
    }

    pub(crate) fn period(&self, axis: usize) -> f64 {
        self.period[axis]
    }

    /// The same place with coordinates in [0, period) along periodic axes.
    pub(crate) fn reduce(&self, point: Point) -> Point {
        std::array::from_fn(|axis| {
            let (x, length) = (point[axis], self.period[axis]);
            if length.is_infinite() || (0.0..length).contains(&x) {
                return x;
            }
            let reduced = x.rem_euclid(length);
            // A tiny negative number comes to the length itself by rounding.
            if reduced < length { reduced } else { 0.0 }
        })
    }

    /// How distances between reduced places are measured, if these have one z or not.
    pub(crate) fn metric(&self, is_flat: bool) -> Metric {
        Metric { period: self.period, is_flat }
    }

    /// The square of the distance between two reduced places, by the nearest image.
    ///
    /// Every comparison of distances goes by this number, bit for bit; it is the same both ways.
    pub(crate) fn squared_distance(&self, a: Point, b: Point) -> f64 {
        self.metric(false).squared_distance(a, b)
    }

    /// What rounding does to coordinates of reduced places and to distances between them is less, given how
    /// large the coordinates are.
    pub(crate) fn margin(&self, largest: Point) -> f64 {
        let largest = |axis: usize| if self.period[axis].is_finite() { self.period[axis] } else { largest[axis] };
        let largest = [0, 1, 2].map(largest).into_iter().fold(0.0, f64::max);
        // Squares of distances shorter than that vanish.
        (64.0 * f64::EPSILON * largest).max(1e-160)
    }

    /// The largest of these numbers for any of the other places; 0 without any.
    pub(crate) fn farthest(&self, point: Point, others: impl Iterator<Item = Point> + Clone) -> f64 {
        let farthest = others.clone().map(|other| plain(point, other)).fold(0.0, f64::max);
        if farthest <= self.plain {
            return farthest;
        }
        others.map(|other| self.squared_distance(point, other)).fold(0.0, f64::max)
    }
}

/// What [`Space::squared_distance`] is along open axes, and along periodic ones for places less than half a
/// period apart.
pub(crate) fn plain(a: Point, b: Point) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    x * x + y * y + z * z
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
    fn the_farthest_is_found_across_the_ends_too() {
        let space = Space::new([10.0, 20.0, f64::INFINITY]).unwrap();
        for others in [vec![], vec![[1.0, 2.0, 3.0]], vec![[9.0, 0.0, 0.0], [2.0, 19.0, 0.0]], vec![[5.0, 10.0, 1.0]]] {
            let each = others.iter().map(|&other| space.squared_distance([0.0; 3], other));
            assert_eq!(space.farthest([0.0; 3], others.iter().copied()), each.fold(0.0, f64::max));
        }
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
