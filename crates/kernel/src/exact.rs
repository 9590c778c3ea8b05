//! Sums whose bits do not depend on the order of their terms.
//!
//! Floating-point addition is not associative: sum the same phasors in another order, or over
//! another number of threads, and the last bits change. A mean field computed like that would
//! make whole trajectories depend on the machine. Here every term is rounded once to a fixed
//! grid of 2⁻⁵¹ and the grid points are added as integers, which *is* associative. The result is
//! the same for any order, any partition into blocks and any number of threads or processes, and
//! as accurate as a plain sum: each term is off by at most 2⁻⁵² ≈ 2.2e-16.

use crate::{Phasor, level::at_every_level};

/// Grid points per unit: terms are multiples of 2⁻⁵¹.
const GRID: f64 = (1_u64 << 51) as f64;

/// x + 3 lies in [2, 4] for |x| ≤ 1, where doubles are 2⁻⁵¹ apart: the addition rounds x to the
/// grid and leaves the grid point in the low bits.
const SHIFT: f64 = 3.0;
const SHIFT_BITS: u64 = SHIFT.to_bits();

/// Terms that fit into 64 bits: each is at most 2⁵¹ grid points.
const BLOCK: usize = 2048;

/// The sum of any number of phasors, kept exactly on a grid of 2⁻⁵¹.
///
/// ```
/// use lampyrid_kernel::{Phasor, ExactSum, Level};
/// let phasors: Vec<Phasor> = (0..1000).map(|i| Phasor::from_angle(f64::from(i))).collect();
/// let mut whole = ExactSum::default();
/// whole.add(Level::detect(), &phasors);
/// let mut parts = ExactSum::default();
/// parts.add(Level::BASELINE, &phasors[700..]);
/// parts.add(Level::BASELINE, &phasors[..700]);
/// assert_eq!(whole, parts);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExactSum {
    cos: i128,
    sin: i128,
    count: u64,
    invalid: bool,
}

impl ExactSum {
    /// Adds every phasor of a slice. The parts must lie in [−1, 1], as cosines and sines do;
    /// anything else (NaN above all) makes the sum invalid.
    pub fn add(&mut self, level: crate::Level, phasors: &[Phasor]) {
        for block in phasors.chunks(BLOCK) {
            let (cos, sin, valid) = grid_sums(level, block);
            self.cos += i128::from(cos);
            self.sin += i128::from(sin);
            self.invalid |= !valid;
        }
        self.count += phasors.len() as u64;
    }

    /// Adds another sum, e.g. of another block, thread or process.
    pub fn merge(&mut self, other: Self) {
        self.cos += other.cos;
        self.sin += other.sin;
        self.count += other.count;
        self.invalid |= other.invalid;
    }

    /// How many phasors were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean phasor R e^{iψ}; the origin for no phasors; `None` if a part was not a number in
    /// [−1, 1].
    #[must_use]
    pub fn mean(&self) -> Option<Phasor> {
        if self.invalid {
            return None;
        }
        let per_unit = GRID * self.count.max(1) as f64;
        Some(Phasor {
            cos: self.cos as f64 / per_unit,
            sin: self.sin as f64 / per_unit,
        })
    }
}

/// Independent partial sums of a block, so that they fill the widest registers.
const LANES: usize = 8;

#[inline(always)]
fn on_grid(part: f64) -> u64 {
    (part + SHIFT).to_bits()
}

#[inline(always)]
fn outside(part: f64) -> u64 {
    // Rounding may leave a cosine one unit above 1; NaN is outside whatever the bound.
    u64::from(!(part.abs() < 1.5))
}

at_every_level! {
    /// The sums in grid points of at most [`BLOCK`] phasors, and whether all were valid.
    fn grid_sums(block: &[Phasor]) -> (i64, i64, bool) {
        let mut sums = [[0_u64; 2]; LANES];
        let mut invalid = [[0_u64; 2]; LANES];
        let (wide, rest) = block.as_chunks::<LANES>();
        for phasors in wide {
            for lane in 0..LANES {
                let phasor = phasors[lane];
                sums[lane][0] = sums[lane][0].wrapping_add(on_grid(phasor.cos));
                sums[lane][1] = sums[lane][1].wrapping_add(on_grid(phasor.sin));
                invalid[lane][0] |= outside(phasor.cos);
                invalid[lane][1] |= outside(phasor.sin);
            }
        }
        for phasor in rest {
            sums[0][0] = sums[0][0].wrapping_add(on_grid(phasor.cos));
            sums[0][1] = sums[0][1].wrapping_add(on_grid(phasor.sin));
            invalid[0][0] |= outside(phasor.cos) | outside(phasor.sin);
        }
        // Every term carries the bits of the shift; the true sum fits, so the wrapped one is it.
        let shifts = SHIFT_BITS.wrapping_mul(block.len() as u64);
        let total = |part: usize| {
            sums.iter()
                .fold(0_u64, |sum, lane| sum.wrapping_add(lane[part]))
                .wrapping_sub(shifts)
                .cast_signed()
        };
        let valid = invalid.iter().flatten().all(|&flag| flag == 0);
        (total(0), total(1), valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn phasors(count: u32) -> Vec<Phasor> {
        (0..count)
            .map(|i| Phasor::from_angle(f64::from(i) * 0.7))
            .collect()
    }

    #[test]
    fn the_largest_block_of_equal_terms_does_not_overflow() {
        let ones = std::vec![Phasor { cos: 1.0, sin: -1.0 }; 3 * BLOCK + 5];
        for level in Level::available() {
            let mut sum = ExactSum::default();
            sum.add(level, &ones);
            assert_eq!(
                sum.mean(),
                Some(Phasor {
                    cos: 1.0,
                    sin: -1.0
                })
            );
        }
    }

    #[test]
    fn no_phasors_have_their_mean_at_the_origin() {
        assert_eq!(ExactSum::default().mean(), Some(Phasor::ZERO));
    }

    #[test]
    fn one_nan_among_many_is_never_averaged_away() {
        for place in [0, 7, 8, 4000, 4999] {
            for level in Level::available() {
                let mut some = phasors(5000);
                some[place].sin = f64::NAN;
                let mut sum = ExactSum::default();
                sum.add(level, &some);
                assert_eq!(sum.mean(), None, "NaN at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn neither_order_nor_blocks_nor_level_change_a_bit(cut in 0_usize..5000, count in 1_u32..5000) {
            let some = phasors(count);
            let mut whole = ExactSum::default();
            whole.add(Level::BASELINE, &some);
            let cut = cut.min(some.len());
            let mut reversed = some.clone();
            reversed.reverse();
            for level in Level::available() {
                let mut parts = ExactSum::default();
                parts.add(level, &reversed[..cut]);
                let mut second = ExactSum::default();
                second.add(level, &reversed[cut..]);
                parts.merge(second);
                prop_assert_eq!(parts, whole);
            }
        }

        #[test]
        fn the_mean_is_that_of_a_compensated_sum(count in 1_u32..5000) {
            let some = phasors(count);
            let mut sum = ExactSum::default();
            sum.add(Level::detect(), &some);
            let (mut total, mut carry) = (0.0_f64, 0.0_f64);
            for phasor in &some {
                let term = phasor.cos - carry;
                let next = total + term;
                carry = (next - total) - term;
                total = next;
            }
            let mean = sum.mean().unwrap();
            prop_assert!((mean.cos - total / f64::from(count)).abs() < 3e-16);
        }
    }
}
