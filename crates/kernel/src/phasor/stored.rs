//! How phasors are kept where others read them.

use bytemuck::{Pod, Zeroable};

use crate::Phasor;

/// A phasor as it lies in memory.
pub trait Stored: Pod + Default + Send + Sync {
    /// One of its two numbers: cosine and sine follow each other.
    type Part: Pod + Into<f64>;

    /// The nearest phasor that can be kept.
    fn store(phasor: Phasor) -> Self;

    /// The phasor that is kept.
    fn load(self) -> Phasor;
}

impl Stored for Phasor {
    type Part = f64;

    #[inline(always)]
    fn store(phasor: Phasor) -> Self {
        phasor
    }

    #[inline(always)]
    fn load(self) -> Phasor {
        self
    }
}

/// A phasor in half the bytes: each part rounded to the nearest `f32`, off by at most
/// 2⁻²⁵ ≈ 3·10⁻⁸.
///
/// Products of two such parts are exact in `f64`, so that sin(θ_j − θ_i) computed from two of them is
/// to the bit the negative of sin(θ_i − θ_j), and 0 where they are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C, align(8))]
pub struct SinglePhasor {
    /// The real part, cos θ.
    pub cos: f32,
    /// The imaginary part, sin θ.
    pub sin: f32,
}

impl Stored for SinglePhasor {
    type Part = f32;

    #[inline(always)]
    fn store(phasor: Phasor) -> Self {
        Self { cos: phasor.cos as f32, sin: phasor.sin as f32 }
    }

    #[inline(always)]
    fn load(self) -> Phasor {
        Phasor { cos: f64::from(self.cos), sin: f64::from(self.sin) }
    }
}

/// What the nodes of a network publish, one phasor each.
#[derive(Clone, Copy, Debug)]
pub enum Phasors<'a> {
    /// In full.
    Double(&'a [Phasor]),
    /// Rounded.
    Single(&'a [SinglePhasor]),
}

impl Phasors<'_> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Double(phasors) => phasors.len(),
            Self::Single(phasors) => phasors.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a node publishes, if it is one.
    #[must_use]
    pub fn get(&self, node: usize) -> Option<Phasor> {
        match self {
            Self::Double(phasors) => phasors.get(node).copied(),
            Self::Single(phasors) => phasors.get(node).map(|phasor| phasor.load()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExactSum, Level, phasor::sin_cos};
    use proptest::prelude::*;
    use std::vec::Vec;

    fn stored<P: Stored>(level: Level, angles: &[f64]) -> Vec<P> {
        let mut phasors = std::vec![P::default(); angles.len()];
        assert!(sin_cos(level, angles, &mut phasors));
        phasors
    }

    proptest! {
        #[test]
        fn rounding_moves_neither_part_by_more_than_a_2_to_the_25th(
            angles in prop::collection::vec(-1e7..1e7_f64, 1..200)
        ) {
            let exact = stored::<Phasor>(Level::detect(), &angles);
            for level in Level::available() {
                for (rounded, exact) in stored::<SinglePhasor>(level, &angles).into_iter().zip(&exact) {
                    prop_assert_eq!(rounded, SinglePhasor::store(*exact), "{}", level.name());
                    let rounded = rounded.load();
                    let most = f64::powi(2.0, -25);
                    prop_assert!((rounded.cos - exact.cos).abs() <= most && (rounded.sin - exact.sin).abs() <= most);
                }
            }
        }

        #[test]
        fn rounded_phasors_have_one_sum_in_any_order(mut angles in prop::collection::vec(0.0..6.2, 1..5000)) {
            let sum = |angles: &[f64]| {
                let mut sum = ExactSum::default();
                sum.add(&stored::<SinglePhasor>(Level::detect(), angles));
                sum
            };
            let before = sum(&angles);
            angles.sort_by(f64::total_cmp);
            prop_assert_eq!(sum(&angles), before);
        }
    }

    #[test]
    fn an_angle_that_is_not_finite_is_not_a_number_when_rounded() {
        let mut phasors = [SinglePhasor::default(); 2];
        assert!(!sin_cos(Level::detect(), &[1.0, f64::INFINITY], &mut phasors));
        assert!(phasors[1].cos.is_nan() && phasors[1].sin.is_nan());
    }
}
