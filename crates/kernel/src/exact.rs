//! Sums whose bits do not depend on the order of their terms.
//!
//! Floating-point addition is not associative: sum the same phasors in another order, or over
//! another number of threads, and the last bits change. A mean field computed like that would
//! make whole trajectories depend on the machine. Here every term is rounded once to a fixed
//! grid of 2⁻⁵¹ and the grid points are added as integers, which *is* associative. The result is
//! the same for any order, any partition into blocks and any number of threads or processes, and
//! as accurate as a plain sum: each term is off by at most 2⁻⁵² ≈ 2.2e-16.

use crate::{
    Phasor,
    level::{Level, at_every_level},
    phasor::Stored,
};

/// Grid points per unit: terms are multiples of 2⁻⁵¹.
const GRID: f64 = (1_u64 << 51) as f64;

/// x + 3 lies in [2, 4] for |x| ≤ 1, where doubles are 2⁻⁵¹ apart: the addition rounds x to the
/// grid and leaves the grid point in the low bits.
const SHIFT: f64 = 3.0;

/// The sum of any number of phasors, kept exactly on a grid of 2⁻⁵¹.
///
/// ```
/// use lampyrid_kernel::{Phasor, ExactSum};
/// let phasors: Vec<Phasor> = (0..1000).map(|i| Phasor::from_angle(f64::from(i))).collect();
/// let mut whole = ExactSum::default();
/// whole.add(&phasors);
/// let mut parts = ExactSum::default();
/// parts.add(&phasors[700..]);
/// parts.add(&phasors[..700]);
/// assert_eq!(whole, parts);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExactSum {
    cos: i128,
    sin: i128,
    count: u64,
}

impl ExactSum {
    /// Adds every phasor of a slice. Their parts must lie in [−1, 1], as cosines and sines do,
    /// give or take a rounding; another number (NaN above all) makes the sum meaningless.
    pub fn add<P: Stored>(&mut self, phasors: &[P]) {
        let level = Level::detect();
        for block in phasors.chunks(GridSum::MOST) {
            self.add_block(block_sum(level, block), block.len());
        }
    }

    /// Adds the sum of a block of `count` phasors.
    pub(crate) fn add_block(&mut self, block: GridSum, count: usize) {
        self.cos += i128::from(GridSum::total(block.cos, count));
        self.sin += i128::from(GridSum::total(block.sin, count));
        self.count += count as u64;
    }

    /// Counts phasors that are the origin: of oscillators that are not heard.
    pub fn add_zeros(&mut self, count: usize) {
        self.count += count as u64;
    }

    /// Adds another sum, e.g. of another block, thread or process.
    pub fn merge(&mut self, other: Self) {
        self.cos += other.cos;
        self.sin += other.sin;
        self.count += other.count;
    }

    /// The sums of cosines and of sines in units of 2⁻⁵¹, and how many phasors were added: to be written down or
    /// sent elsewhere. Parts of two sums add up to those of both.
    #[must_use]
    pub fn to_parts(&self) -> [i128; 3] {
        [self.cos, self.sin, i128::from(self.count)]
    }

    /// The sum of such parts. A number of phasors that is none counts as the nearest that is.
    #[must_use]
    pub fn from_parts([cos, sin, count]: [i128; 3]) -> Self {
        Self { cos, sin, count: count.clamp(0, i128::from(u64::MAX)) as u64 }
    }

    /// How many phasors were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean phasor R e^{iψ}; the origin for no phasors.
    #[must_use]
    pub fn mean(&self) -> Phasor {
        let per_unit = GRID * self.count.max(1) as f64;
        Phasor { cos: self.cos as f64 / per_unit, sin: self.sin as f64 / per_unit }
    }
}

/// Numbers that are summed side by side, cosines in even places and sines in odd ones; and how many for
/// each place at a time, so that sums stay in registers meanwhile.
const LANES: usize = 16;
const DEEP: usize = 4;

at_every_level! {
    fn block_sum<P: Stored>(phasors: &[P]) -> GridSum {
        // Number by number as they lie: to be summed apart, cosines and sines would have to be shuffled.
        let (rows, rest) = bytemuck::cast_slice::<P, P::Part>(phasors).as_chunks::<{ LANES * DEEP }>();
        let term = |part: P::Part| {
            let value = part.into();
            debug_assert!(value.abs() < 1.5, "{value}");
            GridSum::term(value)
        };
        let mut sums = [0_u64; LANES];
        for row in rows {
            for lane in 0..LANES {
                let terms = (0..DEEP).map(|line| term(row[line * LANES + lane]));
                sums[lane] = terms.fold(sums[lane], u64::wrapping_add);
            }
        }
        let mut total = GridSum::default();
        let lanes = sums.into_iter().chain(rest.iter().map(|&part| term(part)));
        for (place, sum) in lanes.enumerate() {
            let part = if place % 2 == 0 { &mut total.cos } else { &mut total.sin };
            *part = part.wrapping_add(sum);
        }
        total
    }
}

/// Sums of a block in the making: wrapping sums of shifted bits, which vectorise.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GridSum {
    pub(crate) cos: u64,
    pub(crate) sin: u64,
}

impl GridSum {
    /// Terms that fit: each is at most 2⁵¹ grid points.
    pub(crate) const MOST: usize = 2048;

    /// The bits that one cosine or sine adds, wrapping.
    #[inline(always)]
    pub(crate) fn term(value: f64) -> u64 {
        (value + SHIFT).to_bits()
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { cos: self.cos.wrapping_add(other.cos), sin: self.sin.wrapping_add(other.sin) }
    }

    /// Every term carries the bits of the shift; the true sum fits, so the wrapped one is it.
    fn total(sum: u64, count: usize) -> i64 {
        sum.wrapping_sub(SHIFT.to_bits().wrapping_mul(count as u64)).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phasor;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn angles(count: u32) -> Vec<f64> {
        (0..count).map(|i| f64::from(i) * 0.7).collect()
    }

    #[test]
    fn the_largest_block_of_equal_terms_does_not_overflow() {
        let extreme = Phasor { cos: 1.0, sin: -1.0 };
        let mut sum = ExactSum::default();
        sum.add(&std::vec![extreme; 3 * GridSum::MOST + 5]);
        assert_eq!(sum.mean(), extreme);
    }

    #[test]
    fn parts_of_two_sums_add_up_to_those_of_both() {
        let phasors: Vec<Phasor> = angles(3000).into_iter().map(Phasor::from_angle).collect();
        let sum = |phasors: &[Phasor]| {
            let mut sum = ExactSum::default();
            sum.add(phasors);
            sum
        };
        let (first, second) = (sum(&phasors[..700]).to_parts(), sum(&phasors[700..]).to_parts());
        let both = core::array::from_fn(|part| first[part] + second[part]);
        assert_eq!(ExactSum::from_parts(both), sum(&phasors));
    }

    #[test]
    fn no_phasors_have_their_mean_at_the_origin() {
        assert_eq!(ExactSum::default().mean(), Phasor::ZERO);
    }

    #[test]
    fn one_nan_among_many_refuses_the_whole_sum() {
        for place in [0, 7, 8, 4000, 4999] {
            for level in Level::available() {
                let mut some = angles(5000);
                some[place] = f64::NAN;
                let mut sum = ExactSum::default();
                let (mut cosines, mut sines) = (std::vec![0.0; 5000], std::vec![0.0; 5000]);
                assert!(!phasor::sum(level, &some, &mut sum), "NaN at {place}");
                assert!(!phasor::sin_cos_and_sum(level, &some, &mut cosines, &mut sines, &mut sum));
                assert!(cosines[place].is_nan() && sines[place].is_nan());
                assert_eq!(sum, ExactSum::default());
            }
        }
    }

    #[test]
    fn far_angles_are_summed_like_near_ones() {
        let mut some = angles(3000);
        some[1234] = 1e9;
        let mut phasors = std::vec![Phasor::ZERO; 3000];
        let (mut cosines, mut sines) = (std::vec![0.0; 3000], std::vec![0.0; 3000]);
        for level in Level::available() {
            let (mut alone, mut with_columns, mut after) = Default::default();
            assert!(phasor::sum(level, &some, &mut alone));
            assert!(phasor::sin_cos_and_sum(level, &some, &mut cosines, &mut sines, &mut with_columns));
            assert!(phasor::sin_cos(level, &some, &mut phasors));
            let columns = cosines.iter().zip(&sines);
            assert!(columns.zip(&phasors).all(|((&cos, &sin), phasor)| Phasor { cos, sin } == *phasor));
            ExactSum::add(&mut after, &phasors);
            assert!(alone == with_columns && alone == after);
        }
    }

    proptest! {
        #[test]
        fn neither_order_nor_blocks_nor_level_change_a_bit(cut in 0_usize..5000, count in 1_u32..5000) {
            let some = angles(count);
            let mut whole = ExactSum::default();
            prop_assert!(phasor::sum(Level::BASELINE, &some, &mut whole));
            let cut = cut.min(some.len());
            let mut reversed = some.clone();
            reversed.reverse();
            for level in Level::available() {
                let mut parts = ExactSum::default();
                prop_assert!(phasor::sum(level, &reversed[..cut], &mut parts));
                let mut second = ExactSum::default();
                let mut cosines = std::vec![0.0; reversed.len() - cut];
                let mut sines = cosines.clone();
                prop_assert!(phasor::sin_cos_and_sum(level, &reversed[cut..], &mut cosines, &mut sines, &mut second));
                parts.merge(second);
                prop_assert_eq!(parts, whole);
            }
        }

        #[test]
        fn the_mean_is_that_of_a_compensated_sum(count in 1_u32..5000) {
            let some = angles(count);
            let mut sum = ExactSum::default();
            prop_assert!(phasor::sum(Level::detect(), &some, &mut sum));
            let (mut total, mut carry) = (0.0_f64, 0.0_f64);
            for angle in &some {
                let term = Phasor::from_angle(*angle).cos - carry;
                let next = total + term;
                carry = (next - total) - term;
                total = next;
            }
            prop_assert!((sum.mean().cos - total / f64::from(count)).abs() < 3e-16);
        }
    }
}
