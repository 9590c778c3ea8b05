//! Angles into [0, 2π).

use core::f64::consts::TAU;

/// 2π in two parts: 33 bits, whose product with up to 2²⁰ turns is exact, and the next 53. Four
/// times `pio2_1` and `pio2_1t` of fdlibm's `e_rem_pio2.c` (Cody & Waite 1980).
const TURN: [f64; 2] = [4.0 * 1.570_796_326_734_125_6, 4.0 * 6.077_100_506_506_192e-11];
const INVERSE_TAU: f64 = 1.0 / TAU;

/// Adding and subtracting 1.5 · 2⁵² rounds to the nearest integer, on every instruction level.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// From here on neighbouring doubles are more than a radian apart.
const FAR: f64 = 4_503_599_627_370_496.0;

/// The largest double below 2π.
const BELOW_TAU: f64 = TAU.next_down();

/// The angle in [0, 2π) that equals `angle` modulo 2π, for any finite angle; NaN for NaN and ∞.
///
/// An angle that lies in [0, 2π) comes back unchanged, to the bit. Others are off by no more than
/// the distance between `angle` and the next double: 1e-15 rad at a turn, 1.5e-8 rad at 10⁸ rad,
/// and anything from 2⁵² rad on, where doubles are further than a radian apart.
///
/// ```
/// use lampyrid_kernel::wrap::wrap;
/// assert_eq!(wrap(1.5), 1.5);
/// assert!((wrap(-0.5) - (core::f64::consts::TAU - 0.5)).abs() < 1e-15);
/// assert!(wrap(-1e-300) < core::f64::consts::TAU);
/// ```
#[must_use]
#[inline]
pub fn wrap(angle: f64) -> f64 {
    if angle.abs() < FAR || angle.is_nan() { wrap_near(angle) } else { wrap_far(angle) }
}

/// [`wrap`] without a branch. Beyond 2⁵² rad, where a double has no phase left to keep, it still
/// lands in [0, 2π) but anywhere; ±∞ and NaN become NaN.
#[inline(always)]
pub(crate) fn wrap_near(angle: f64) -> f64 {
    // The nearest integer to (turns − ½) is the number of whole turns below the angle: exactly 0
    // for angles in [0, 2π), which therefore keep their bits.
    let turns = (angle * INVERSE_TAU - 0.5 + ROUND) - ROUND;
    let near = (angle - turns * TURN[0]) - turns * TURN[1];
    // One rounding either way is left. Written so that NaN passes.
    let near = if near < 0.0 { 0.0 } else { near };
    if near > BELOW_TAU { BELOW_TAU } else { near }
}

/// The exact remainder.
#[cold]
fn wrap_far(angle: f64) -> f64 {
    let remainder = libm::fmod(angle, TAU);
    let positive = if remainder < 0.0 { remainder + TAU } else { remainder };
    if positive >= TAU { 0.0 } else { positive }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_of_the_range_stay_inside() {
        for angle in [
            0.0,
            -0.0,
            TAU,
            -TAU,
            2.0 * TAU,
            f64::MIN_POSITIVE,
            -f64::MIN_POSITIVE,
            -1e-17,
            TAU.next_down(),
            TAU.next_up(),
            1e300,
            -1e300,
            f64::MAX,
        ] {
            let wrapped = wrap(angle);
            assert!((0.0..TAU).contains(&wrapped), "{angle:e} became {wrapped:e}");
        }
    }

    #[test]
    fn what_has_no_angle_becomes_nan() {
        for angle in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(wrap(angle).is_nan());
        }
    }

    #[test]
    fn a_million_turns_cost_no_more_than_rounding_the_angle_did() {
        for turns in [1_u32, 2, 3, 1000, 999_999] {
            let angle = f64::from(turns) * TAU + 1.25;
            let error = (wrap(angle) - 1.25).abs();
            assert!(error <= angle * f64::EPSILON / 2.0 + 1e-15, "{turns} turns: {error:e}");
        }
    }

    proptest! {
        #[test]
        fn a_far_angle_is_off_by_no_more_than_its_own_spacing(turns in 1_u32..1 << 30, angle in 0.0..TAU) {
            // 2π to 106 bits, so that the exact sum of turns and angle is known to far below the spacing.
            let turns = f64::from(turns);
            let (high, low) = (TURN[0] * turns, TURN[1] * turns);
            let far = high + low + angle;
            let lost = ((high - far) + low) + angle;
            let difference = (wrap(far) + lost - angle).abs();
            prop_assert!(difference.min((difference - TAU).abs()) <= far.next_up() - far);
        }

        #[test]
        fn an_angle_in_range_keeps_its_bits(angle in 0.0..TAU) {
            prop_assert_eq!(wrap(angle).to_bits(), angle.to_bits());
        }

        #[test]
        fn any_finite_angle_lands_in_range(angle in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
            prop_assert!((0.0..TAU).contains(&wrap(angle)));
        }

        #[test]
        fn the_quick_way_agrees_with_the_exact_remainder(angle in -1e4_f64..1e4) {
            let difference = (wrap(angle) - wrap_far(angle)).abs();
            // The exact remainder is of the rounded 2π, which is off by 2.45e-16 a turn.
            let allowed = angle.abs() / TAU * 2.5e-16 + 2e-15;
            prop_assert!(difference <= allowed || (difference - TAU).abs() <= allowed);
        }
    }
}
