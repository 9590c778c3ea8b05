//! Phasors: the pair (cos θ, sin θ) that stands for a phase.

use crate::{ExactSum, Level, exact::GridSum, level::at_every_level};

/// A point of the complex plane, e.g. e^{iθ} = cos θ + i sin θ.
///
/// Aligned to its size, so that a random read never touches two cache lines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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

/// Most quarter turns either way that the vector loops reduce themselves: up to 2²⁰ their products
/// with the first part of π/2 are exact. Angles further out are taken from `libm`.
const QUICK_QUARTERS: u64 = 1 << 20;

/// Adding this rounds to the nearest integer and leaves that integer, [`QUICK_QUARTERS`] more, in
/// the low bits: none is negative that the loops can take.
const ROUND: f64 = 6_755_399_441_055_744.0 + QUICK_QUARTERS as f64;

/// π/2 in two parts: 33 bits, and the next 53 (Cody & Waite 1980; `pio2_1` and `pio2_1t` of
/// fdlibm's `e_rem_pio2.c`, Sun Microsystems 1993).
const HALF_PI: [f64; 2] = [1.570_796_326_734_125_6, 6.077_100_506_506_192e-11];

/// Minimax coefficients of (sin r − r)/r³ in r² on [−π/4, π/4] (fdlibm `k_sin.c`).
const SIN: [f64; 6] = [
    -1.666_666_666_666_663_243_48e-1,
    8.333_333_333_322_489_461_24e-3,
    -1.984_126_982_985_794_931_34e-4,
    2.755_731_370_707_006_767_89e-6,
    -2.505_076_025_340_686_341_95e-8,
    1.589_690_995_211_550_102_21e-10,
];

/// Minimax coefficients of (cos r − 1 + r²/2)/r⁴ in r² on [−π/4, π/4] (fdlibm `k_cos.c`).
const COS: [f64; 6] = [
    4.166_666_666_666_660_190_37e-2,
    -1.388_888_888_887_410_957_49e-3,
    2.480_158_728_947_672_941_78e-5,
    -2.755_731_435_139_066_330_35e-7,
    2.087_572_321_298_174_827_90e-9,
    -1.135_964_755_778_819_482_65e-11,
];

#[inline(always)]
fn polynomial(z: f64, c: &[f64; 6]) -> f64 {
    c[0] + z * (c[1] + z * (c[2] + z * (c[3] + z * (c[4] + z * c[5]))))
}

/// The nearest number of quarter turns, added to [`ROUND`].
#[inline(always)]
fn quarters(angle: f64) -> f64 {
    angle * core::f64::consts::FRAC_2_PI + ROUND
}

/// e^{iθ} for an angle that [`Reach`] finds near, without a branch.
#[inline(always)]
fn quick(angle: f64) -> Phasor {
    let shifted = quarters(angle);
    let quarter = shifted - ROUND;
    let r = (angle - quarter * HALF_PI[0]) - quarter * HALF_PI[1];

    let z = r * r;
    let sin = r + r * z * polynomial(z, &SIN);
    let cos = 1.0 - (0.5 * z - z * z * polynomial(z, &COS));

    // Odd quarters swap the two, and two of four turn each sign: selections and bit masks instead
    // of branches.
    let quadrant = shifted.to_bits();
    let (c, s) = if quadrant & 1 == 0 { (cos, sin) } else { (sin, cos) };
    Phasor {
        cos: f64::from_bits(c.to_bits() ^ ((quadrant.wrapping_add(1) & 2) << 62)),
        sin: f64::from_bits(s.to_bits() ^ ((quadrant & 2) << 62)),
    }
}

/// How far out the farthest of some angles lies.
#[derive(Default)]
struct Reach(u64);

impl Reach {
    /// Collects the bits in which quarter turns differ from [`ROUND`] without the excess: few for
    /// near angles of either sign, the exponent's too for far ones, infinities and NaN.
    #[inline(always)]
    fn see(&mut self, angle: f64) {
        self.0 |= quarters(angle).to_bits() ^ (ROUND - QUICK_QUARTERS as f64).to_bits();
    }

    /// Whether [`quick`] can take all of them.
    #[inline(always)]
    fn is_near(&self) -> bool {
        self.0 < 2 * QUICK_QUARTERS
    }
}

fn is_near(angle: f64) -> bool {
    let mut reach = Reach::default();
    reach.see(angle);
    reach.is_near()
}

at_every_level! {
    fn sin_cos_quickly(angles: &[f64], phasors: &mut [Phasor]) -> bool {
        let mut reach = Reach::default();
        for (phasor, &angle) in phasors.iter_mut().zip(angles) {
            *phasor = quick(angle);
            reach.see(angle);
        }
        reach.is_near()
    }

    fn sin_cos_and_sum_quickly(angles: &[f64], cosines: &mut [f64], sines: &mut [f64]) -> (bool, GridSum) {
        let mut reach = Reach::default();
        let mut sum = GridSum::default();
        for ((cos, sin), &angle) in cosines.iter_mut().zip(sines).zip(angles) {
            let phasor = quick(angle);
            (*cos, *sin) = (phasor.cos, phasor.sin);
            sum.add(phasor);
            reach.see(angle);
        }
        (reach.is_near(), sum)
    }

    fn sum_quickly(angles: &[f64]) -> (bool, GridSum) {
        let mut reach = Reach::default();
        let mut sum = GridSum::default();
        for &angle in angles {
            sum.add(quick(angle));
            reach.see(angle);
        }
        (reach.is_near(), sum)
    }
}

/// Writes (cos θ, sin θ) of every angle \[rad\]; returns whether every angle was finite.
///
/// The absolute error of either part is at most 2.3e-16 for |θ| ≤ 1e3 and at most 3e-16 for any
/// finite angle (beyond 2²⁰ quarter turns the pair comes from `libm`). NaN and ∞ give NaN.
///
/// # Panics
///
/// If the slices differ in length.
#[inline]
pub fn sin_cos(level: Level, angles: &[f64], phasors: &mut [Phasor]) -> bool {
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
fn sin_cos_far(angles: &[f64], phasors: &mut [Phasor]) -> bool {
    for (&angle, phasor) in angles.iter().zip(phasors) {
        if !is_near(angle) {
            *phasor = far_phasor(angle);
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
            QUICK_QUARTERS as f64 * FRAC_PI_2,
            (QUICK_QUARTERS as f64 * FRAC_PI_2).next_up(),
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
