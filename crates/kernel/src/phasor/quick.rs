//! Cosine and sine of many angles at a time, without a branch.

use core::array::{from_fn, from_mut};

use crate::{Phasor, exact::GridSum};

/// Most quarter turns either way that the vector loops reduce themselves: up to 2²⁰ their products
/// with the first part of π/2 are exact. Angles further out are taken from `libm`.
pub(super) const MOST_QUARTERS: u64 = 1 << 20;

/// Adding this rounds to the nearest integer and leaves that integer, [`MOST_QUARTERS`] more, in
/// the low bits: none is negative that the loops can take.
const ROUND: f64 = 6_755_399_441_055_744.0 + MOST_QUARTERS as f64;

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

/// What the phasors computed so far have in common, by lane.
pub(super) struct Seen<const LANES: usize> {
    /// The bits in which quarter turns differ from [`ROUND`] without the excess: few for near angles
    /// of either sign, the exponent's too for far ones, infinities and NaN.
    reach: [u64; LANES],
    cosines: [u64; LANES],
    sines: [u64; LANES],
}

impl<const LANES: usize> Seen<LANES> {
    #[inline(always)]
    pub(super) fn nothing() -> Self {
        Self { reach: [0; LANES], cosines: [0; LANES], sines: [0; LANES] }
    }

    /// Cosines and sines of rows of angles, side by side.
    #[inline(always)]
    pub(super) fn rows<const ROWS: usize>(
        &mut self,
        angles: &[[f64; LANES]; ROWS],
        cosines: &mut [[f64; LANES]; ROWS],
        sines: &mut [[f64; LANES]; ROWS],
    ) {
        for lane in 0..LANES {
            let angles: [f64; ROWS] = from_fn(|row| angles[row][lane]);
            let shifted = angles.map(quarters);
            let phasors = quick(angles, shifted);
            for row in 0..ROWS {
                let (cos, sin) = phasors[row];
                (cosines[row][lane], sines[row][lane]) = (cos, sin);
                self.reach[lane] |= distance(shifted[row]);
                self.cosines[lane] = self.cosines[lane].wrapping_add(GridSum::term(cos));
                self.sines[lane] = self.sines[lane].wrapping_add(GridSum::term(sin));
            }
        }
    }

    /// Whether no angle was too far out; else phasors and sum are meaningless.
    #[inline(always)]
    pub(super) fn all_near(&self) -> bool {
        self.reach.iter().fold(0, |all, reach| all | reach) < 2 * MOST_QUARTERS
    }

    /// The sum of the phasors.
    #[inline(always)]
    pub(super) fn sum(&self) -> GridSum {
        let total = |lanes: &[u64; LANES]| lanes.iter().fold(0, |sum: u64, lane| sum.wrapping_add(*lane));
        GridSum { cos: total(&self.cosines), sin: total(&self.sines) }
    }
}

impl Seen<1> {
    /// The phasor of a single angle.
    #[inline(always)]
    pub(super) fn one(&mut self, angle: f64) -> Phasor {
        let (mut cos, mut sin) = (0.0, 0.0);
        self.rows(&[[angle]], from_mut(from_mut(&mut cos)), from_mut(from_mut(&mut sin)));
        Phasor { cos, sin }
    }
}

/// Whether the quick way can take an angle.
pub(super) fn is_near(angle: f64) -> bool {
    distance(quarters(angle)) < 2 * MOST_QUARTERS
}

/// The nearest number of quarter turns, added to [`ROUND`].
#[inline(always)]
fn quarters(angle: f64) -> f64 {
    angle * core::f64::consts::FRAC_2_PI + ROUND
}

#[inline(always)]
fn distance(shifted: f64) -> u64 {
    shifted.to_bits() ^ (ROUND - MOST_QUARTERS as f64).to_bits()
}

/// (cos θ, sin θ) of near angles, given with their quarter turns; step by step for all of them.
#[inline(always)]
fn quick<const N: usize>(angles: [f64; N], shifted: [f64; N]) -> [(f64, f64); N] {
    let quarter = shifted.map(|shifted| shifted - ROUND);
    let r: [f64; N] = from_fn(|i| (angles[i] - quarter[i] * HALF_PI[0]) - quarter[i] * HALF_PI[1]);
    let z = r.map(|r| r * r);
    let (p, q) = (polynomial(z, &SIN), polynomial(z, &COS));
    let sin: [f64; N] = from_fn(|i| r[i] + r[i] * z[i] * p[i]);
    let cos: [f64; N] = from_fn(|i| 1.0 - (0.5 * z[i] - z[i] * z[i] * q[i]));
    from_fn(|i| turned(cos[i], sin[i], shifted[i].to_bits()))
}

/// c₀ + z (c₁ + z (c₂ + …)).
#[inline(always)]
fn polynomial<const N: usize>(z: [f64; N], c: &[f64; 6]) -> [f64; N] {
    c[..5].iter().rev().fold([c[5]; N], |sum, c| from_fn(|i| c + z[i] * sum[i]))
}

/// Odd quarters swap the two, and two of four turn each sign: selections and bit masks instead of
/// branches.
#[inline(always)]
fn turned(cos: f64, sin: f64, quadrant: u64) -> (f64, f64) {
    let (cos, sin) = if quadrant & 1 == 0 { (cos, sin) } else { (sin, cos) };
    (
        f64::from_bits(cos.to_bits() ^ ((quadrant.wrapping_add(1) & 2) << 62)),
        f64::from_bits(sin.to_bits() ^ ((quadrant & 2) << 62)),
    )
}
