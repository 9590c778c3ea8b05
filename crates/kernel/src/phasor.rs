//! Phasors: the pair (cos θ, sin θ) that stands for a phase.

mod quick;
mod stored;

use bytemuck::{Pod, Zeroable};
use quick::{Seen, is_near};
pub use stored::{Phasors, SinglePhasor, Stored};

use crate::{
    ExactSum, Level,
    exact::GridSum,
    level::at_every_level,
    turn::{TURN, Turn, in_whole_turns, turns, turns_mut},
};

/// A point of the complex plane, e.g. e^{iθ} = cos θ + i sin θ.
///
/// Aligned to its size, so that a random read never touches two cache lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct Phasor {
    /// The real part, cos θ.
    pub cos: f64,
    /// The imaginary part, sin θ.
    pub sin: f64,
}

impl Phasor {
    /// The origin, the sum of no phasors.
    pub const ZERO: Self = Self { cos: 0.0, sin: 0.0 };

    /// e^{iθ} of one angle \[rad\], by the same arithmetic as [`sin_cos`].
    #[must_use]
    #[inline]
    pub fn from_angle(angle: f64) -> Self {
        let mut phasor = [Self::ZERO];
        sin_cos(Level::BASELINE, &[angle], &mut phasor);
        phasor[0]
    }

    /// The sum.
    #[must_use]
    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        Self { cos: self.cos + other.cos, sin: self.sin + other.sin }
    }

    /// The multiple by a real factor.
    #[must_use]
    #[inline(always)]
    pub fn times(self, factor: f64) -> Self {
        Self { cos: self.cos * factor, sin: self.sin * factor }
    }

    /// The phasor turned back by the angle of `other`: the product with its conjugate.
    #[must_use]
    #[inline(always)]
    pub fn turned_back_by(self, other: Self) -> Self {
        self.turned_by(Self { cos: other.cos, sin: -other.sin })
    }

    /// The phasor turned by the angle of `other`: the complex product.
    #[must_use]
    #[inline(always)]
    pub fn turned_by(self, other: Self) -> Self {
        Self { cos: self.cos * other.cos - self.sin * other.sin, sin: self.sin * other.cos + self.cos * other.sin }
    }
}

at_every_level! {
    fn sin_cos_quickly<P: Stored>(angles: &[f64], phasors: &mut [P]) -> bool {
        let (mut seen, mut seen_of_rest) = (Seen::nothing(), Seen::nothing());
        let (mut cosines, mut sines) = (Turn::default(), Turn::default());
        let (angles, rest) = angles.split_at(in_whole_turns(angles.len()));
        let (phasors, phasors_of_rest) = phasors.split_at_mut(angles.len());
        for (angles, phasors) in turns(angles).iter().zip(phasors.chunks_exact_mut(TURN)) {
            seen.rows(angles, &mut cosines, &mut sines);
            let pairs = cosines.as_flattened().iter().zip(sines.as_flattened());
            for (phasor, (&cos, &sin)) in phasors.iter_mut().zip(pairs) {
                *phasor = P::store(Phasor { cos, sin });
            }
        }
        for (angle, phasor) in rest.iter().zip(phasors_of_rest) {
            *phasor = P::store(seen_of_rest.one(*angle));
        }
        seen.all_near() && seen_of_rest.all_near()
    }

    fn sin_cos_and_sum_quickly(angles: &[f64], cosines: &mut [f64], sines: &mut [f64]) -> (bool, GridSum) {
        let (mut seen, mut seen_of_rest) = (Seen::nothing(), Seen::nothing());
        let (angles, rest) = angles.split_at(in_whole_turns(angles.len()));
        let (cosines, cosines_of_rest) = cosines.split_at_mut(angles.len());
        let (sines, sines_of_rest) = sines.split_at_mut(angles.len());
        for ((angles, cosines), sines) in turns(angles).iter().zip(turns_mut(cosines)).zip(turns_mut(sines)) {
            seen.rows(angles, cosines, sines);
        }
        for ((angle, cos), sin) in rest.iter().zip(cosines_of_rest).zip(sines_of_rest) {
            Phasor { cos: *cos, sin: *sin } = seen_of_rest.one(*angle);
        }
        (seen.all_near() && seen_of_rest.all_near(), seen.sum().plus(seen_of_rest.sum()))
    }

    fn sum_quickly(angles: &[f64]) -> (bool, GridSum) {
        let (mut seen, mut seen_of_rest) = (Seen::nothing(), Seen::nothing());
        let (mut cosines, mut sines) = (Turn::default(), Turn::default());
        let (angles, rest) = angles.split_at(in_whole_turns(angles.len()));
        for angles in turns(angles) {
            seen.rows(angles, &mut cosines, &mut sines);
        }
        for angle in rest {
            seen_of_rest.one(*angle);
        }
        (seen.all_near() && seen_of_rest.all_near(), seen.sum().plus(seen_of_rest.sum()))
    }
}

/// Rounds angles \[rad\] to the nearest that an `f32` can hold: 2⁻²² rad away at most, from −2π to 2π.
///
/// ```
/// let mut angles = [6.123_456_789_012, f64::NAN];
/// lampyrid_kernel::phasor::round_angles(&mut angles);
/// assert_eq!(angles[0], f64::from(6.123_456_8_f32));
/// assert!(angles[1].is_nan());
/// ```
pub fn round_angles(angles: &mut [f64]) {
    for angle in angles {
        *angle = f64::from(*angle as f32);
    }
}

/// Writes (cos θ, sin θ) of every angle \[rad\], as they are to be stored; returns whether every angle was finite.
///
/// The absolute error of either part is at most 2.3e-16 for |θ| ≤ 1e3 and at most 3e-16 for any
/// finite angle (beyond 2²⁰ quarter turns the pair comes from `libm`), before a
/// [`SinglePhasor`] rounds it. NaN and ∞ give NaN.
///
/// # Panics
///
/// If the slices differ in length.
#[inline]
pub fn sin_cos<P: Stored>(level: Level, angles: &[f64], phasors: &mut [P]) -> bool {
    assert_eq!(angles.len(), phasors.len(), "one phasor per angle");
    sin_cos_quickly(level, angles, phasors) || sin_cos_far(angles, phasors)
}

/// The same cosines and sines as [`sin_cos`], each in a column of its own, added to `sum` on the
/// way. If an angle is not finite it returns false and leaves the sum as it was.
///
/// # Panics
///
/// If the slices differ in length.
#[inline]
pub fn sin_cos_and_sum(
    level: Level,
    angles: &[f64],
    cosines: &mut [f64],
    sines: &mut [f64],
    sum: &mut ExactSum,
) -> bool {
    assert_eq!(angles.len(), cosines.len(), "one cosine per angle");
    assert_eq!(angles.len(), sines.len(), "one sine per angle");
    let mut total = ExactSum::default();
    let most = GridSum::MOST;
    for ((angles, cosines), sines) in angles.chunks(most).zip(cosines.chunks_mut(most)).zip(sines.chunks_mut(most)) {
        let (near, block) = sin_cos_and_sum_quickly(level, angles, cosines, sines);
        if near {
            total.add_block(block, angles.len());
        } else if !sum_far(angles, cosines, sines, &mut total) {
            return false;
        }
    }
    sum.merge(total);
    true
}

/// Adds e^{iθ} of every angle \[rad\] to `sum`. If an angle is not finite it returns false and
/// leaves the sum as it was.
#[inline]
pub fn sum(level: Level, angles: &[f64], sum: &mut ExactSum) -> bool {
    let mut total = ExactSum::default();
    for angles in angles.chunks(GridSum::MOST) {
        let (near, block) = sum_quickly(level, angles);
        if near {
            total.add_block(block, angles.len());
        } else if angles.iter().all(|angle| angle.is_finite()) {
            angles.iter().for_each(|&angle| total.add(&[Phasor::from_angle(angle)]));
        } else {
            return false;
        }
    }
    sum.merge(total);
    true
}

/// Does again, one by one, the angles that the vector loop cannot take.
#[cold]
fn sin_cos_far<P: Stored>(angles: &[f64], phasors: &mut [P]) -> bool {
    for (&angle, phasor) in angles.iter().zip(phasors) {
        if !is_near(angle) {
            *phasor = P::store(far_phasor(angle));
        }
    }
    angles.iter().all(|angle| angle.is_finite())
}

/// e^{iθ} of an angle that the vector loops cannot take; NaN for NaN and ∞.
fn far_phasor(angle: f64) -> Phasor {
    if !angle.is_finite() {
        return Phasor { cos: f64::NAN, sin: f64::NAN };
    }
    let (sin, cos) = libm::sincos(angle);
    Phasor { cos, sin }
}

/// Does the same to a block and adds it to `total`, if all its angles are finite.
#[cold]
fn sum_far(angles: &[f64], cosines: &mut [f64], sines: &mut [f64], total: &mut ExactSum) -> bool {
    let finite = angles.iter().all(|angle| angle.is_finite());
    for ((&angle, cos), sin) in angles.iter().zip(cosines).zip(sines) {
        if !is_near(angle) {
            Phasor { cos: *cos, sin: *sin } = far_phasor(angle);
        }
        if finite {
            total.add(&[Phasor { cos: *cos, sin: *sin }]);
        }
    }
    finite
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::{FRAC_PI_2, PI, TAU};
    use std::vec::Vec;

    /// Largest difference of either part from the platform's libm (itself within 0.52 ulp).
    fn largest_error(angles: &[f64]) -> f64 {
        let mut phasors = std::vec![Phasor::ZERO; angles.len()];
        assert!(sin_cos(Level::detect(), angles, &mut phasors));
        angles
            .iter()
            .zip(&phasors)
            .map(|(x, p)| (p.cos - x.cos()).abs().max((p.sin - x.sin()).abs()))
            .fold(0.0, f64::max)
    }

    /// Values where reductions go wrong: zeros, subnormals, the neighbours of multiples of π/2.
    fn awkward() -> Vec<f64> {
        let mut angles = std::vec![
            0.0,
            -0.0,
            f64::MIN_POSITIVE,
            f64::from_bits(1),
            1e-300,
            1e-20,
            1e-9,
            0.5,
            1.0,
            710.0,
            1_048_576.0,
            quick::MOST_QUARTERS as f64 * FRAC_PI_2,
            (quick::MOST_QUARTERS as f64 * FRAC_PI_2).next_up(),
            1e7,
            1e15,
            1e22,
            f64::MAX,
        ];
        for k in 1..=2000 {
            let multiple = f64::from(k) * FRAC_PI_2;
            angles.extend([multiple.next_down(), multiple, multiple.next_up(), multiple - PI / 4.0]);
        }
        let negative: Vec<f64> = angles.iter().map(|x| -x).collect();
        angles.extend(negative);
        angles
    }

    #[test]
    fn one_turn_is_within_one_unit_in_the_last_place_of_one() {
        let angles: Vec<f64> = (0..400_000).map(|i| TAU * f64::from(i) / 400_000.0).collect();
        assert!(largest_error(&angles) <= 2.3e-16);
    }

    #[test]
    fn a_thousand_radians_either_way_are_within_one_unit_in_the_last_place_of_one() {
        let angles: Vec<f64> = (0..400_000).map(|i| f64::from(i - 200_000) * 0.005 + 1e-7).collect();
        assert!(largest_error(&angles) <= 2.3e-16);
    }

    #[test]
    fn awkward_angles_are_as_good_as_the_others() {
        assert!(largest_error(&awkward()) <= 3e-16);
    }

    #[test]
    fn small_angles_keep_their_relative_accuracy() {
        for exponent in -300..0 {
            let x = 1.37 * libm::pow(10.0, f64::from(exponent));
            let sin = Phasor::from_angle(x).sin;
            assert!((sin / x.sin() - 1.0).abs() <= 2.3e-16, "sin({x:e}) = {sin:e}");
        }
    }

    #[test]
    fn every_level_returns_the_same_bits() {
        let mut angles = awkward();
        angles.extend((0..100_003).map(|i| f64::from(i) * 0.017 - 850.0));
        let mut expected = std::vec![Phasor::ZERO; angles.len()];
        sin_cos(Level::BASELINE, &angles, &mut expected);
        let bits =
            |phasors: &[Phasor]| -> Vec<_> { phasors.iter().map(|p| (p.cos.to_bits(), p.sin.to_bits())).collect() };
        for level in Level::available() {
            let mut phasors = std::vec![Phasor::ZERO; angles.len()];
            sin_cos(level, &angles, &mut phasors);
            assert_eq!(bits(&phasors), bits(&expected), "{}", level.name());
        }
    }

    #[test]
    fn what_is_not_finite_is_reported_and_stays_not_a_number() {
        for angle in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut phasors = [Phasor::ZERO; 3];
            assert!(!sin_cos(Level::detect(), &[1.0, angle, 2.0], &mut phasors));
            assert!(phasors[1].cos.is_nan() && phasors[1].sin.is_nan());
            assert_eq!(phasors[2], Phasor::from_angle(2.0));
        }
    }
}
