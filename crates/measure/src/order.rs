//! The order parameter (coherence) of a swarm.
//!
//! R e^{iψ} = (1/N) Σ e^{iθ_j} (Kuramoto 1975), and its harmonics R_m = |(1/N) Σ e^{imθ_j}|
//! (Daido 1992), which tell m clusters from disorder. The sums are exact on a fixed grid
//! ([`lampyrid_kernel::exact`]), so neither the order of the phases nor the number of threads
//! changes a bit.

use lampyrid_kernel::{ExactSum, Level, Phasor, wrap::wrap};

/// Phases multiplied at a time.
const BLOCK: usize = 512;

/// Magnitude and direction of a mean phasor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OrderParameter {
    /// R in [0, 1]: 1 when all phases agree, of the order 1/√N for independent ones.
    pub r: f64,
    /// ψ in [0, 2π) \[rad\]: the mean phase; 0 where R = 0.
    pub psi: f64,
}

impl OrderParameter {
    /// R and ψ of a mean phasor.
    #[must_use]
    pub fn from_mean(mean: Phasor) -> Self {
        let r = libm::sqrt(mean.cos * mean.cos + mean.sin * mean.sin);
        let psi = if r == 0.0 { 0.0 } else { wrap(libm::atan2(mean.sin, mean.cos)) };
        // The phasors' own rounding may leave the mean of equal phases a unit above 1.
        Self { r: r.min(1.0), psi }
    }
}

/// The sum behind an order parameter, for phases that come in pieces.
///
/// ```
/// use lampyrid_measure::OrderSum;
/// let mut sum = OrderSum::default();
/// sum.add(&[0.1, 0.1]);
/// sum.add(&[0.1]);
/// assert!((sum.order_parameter().unwrap().r - 1.0).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderSum {
    sum: ExactSum,
    /// Whether a phase was NaN or infinite, which no sum must hide.
    invalid: bool,
}

impl OrderSum {
    /// Adds phases \[rad\].
    pub fn add(&mut self, phases: &[f64]) {
        self.invalid |= !lampyrid_kernel::phasor::sum(Level::detect(), phases, &mut self.sum);
    }

    /// Adds m times the phases \[rad\].
    pub fn add_multiples(&mut self, phases: &[f64], m: u32) {
        let mut multiples = [0.0; BLOCK];
        for block in phases.chunks(BLOCK) {
            for (multiple, phase) in multiples.iter_mut().zip(block) {
                *multiple = f64::from(m) * phase;
            }
            self.add(&multiples[..block.len()]);
        }
    }

    /// Adds the phases of another sum.
    pub fn merge(&mut self, other: Self) {
        self.sum.merge(other.sum);
        self.invalid |= other.invalid;
    }

    /// The sum of the phasors as [`ExactSum::to_parts`], and whether a phase was NaN or infinite: 0 if none was. Parts
    /// of two sums add up to those of both.
    #[must_use]
    pub fn to_parts(&self) -> [i128; 4] {
        let [cos, sin, count] = self.sum.to_parts();
        [cos, sin, count, self.invalid.into()]
    }

    /// The sum of such parts.
    #[must_use]
    pub fn from_parts([cos, sin, count, invalid]: [i128; 4]) -> Self {
        Self { sum: ExactSum::from_parts([cos, sin, count]), invalid: invalid != 0 }
    }

    /// R and ψ of all phases added: R = 0 for none, `None` if one was NaN or infinite.
    #[must_use]
    pub fn order_parameter(&self) -> Option<OrderParameter> {
        (!self.invalid).then(|| OrderParameter::from_mean(self.sum.mean()))
    }
}

/// R and ψ of a slice of phases \[rad\]: R = 0 for none, `None` if one is NaN or infinite.
#[must_use]
pub fn order_parameter(phases: &[f64]) -> Option<OrderParameter> {
    let mut sum = OrderSum::default();
    sum.add(phases);
    sum.order_parameter()
}

/// The m-th (Daido) order parameter: R and ψ of the phases times m. R_m = 1 with R_1 = 0 means m
/// clusters evenly around the circle. `None` if a phase is NaN or infinite.
#[must_use]
pub fn harmonic_order_parameter(phases: &[f64], m: u32) -> Option<OrderParameter> {
    let mut sum = OrderSum::default();
    sum.add_multiples(phases, m);
    sum.order_parameter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{PI, TAU};

    #[test]
    fn equal_phases_have_order_one_at_their_phase() {
        let order = order_parameter(&[2.5; 1000]).unwrap();
        assert!((order.r - 1.0).abs() < 1e-15 && (order.psi - 2.5).abs() < 1e-15);
    }

    #[test]
    fn a_splay_state_has_no_order_but_its_own_harmonic_does() {
        let splay: Vec<f64> = (0..12).map(|i| TAU * f64::from(i) / 12.0).collect();
        for m in 1..12 {
            assert!(harmonic_order_parameter(&splay, m).unwrap().r < 1e-15, "R_{m}");
        }
        assert!((harmonic_order_parameter(&splay, 12).unwrap().r - 1.0).abs() < 1e-14);
    }

    #[test]
    fn two_opposite_clusters_show_in_the_second_harmonic_only() {
        let clusters = [0.3, 0.3 + PI, 0.3, 0.3 + PI];
        assert!(order_parameter(&clusters).unwrap().r < 1e-15);
        assert!((harmonic_order_parameter(&clusters, 2).unwrap().r - 1.0).abs() < 1e-15);
    }

    #[test]
    fn parts_of_two_sums_add_up_to_those_of_both() {
        let phases: Vec<f64> = (0..700).map(|i| 0.1 * f64::from(i)).collect();
        let sum = |phases: &[f64]| {
            let mut sum = OrderSum::default();
            sum.add_multiples(phases, 3);
            sum
        };
        let (one, other) = (sum(&phases[..200]).to_parts(), sum(&phases[200..]).to_parts());
        let both = OrderSum::from_parts(core::array::from_fn(|part| one[part] + other[part]));
        assert_eq!(both, sum(&phases));
        assert_eq!(both.order_parameter(), harmonic_order_parameter(&phases, 3));
        let broken = OrderSum::from_parts(sum(&[f64::NAN]).to_parts());
        assert_eq!(broken.order_parameter(), None);
    }

    #[test]
    fn no_agents_have_no_order() {
        assert_eq!(order_parameter(&[]), Some(OrderParameter { r: 0.0, psi: 0.0 }));
    }

    #[test]
    fn a_phase_that_is_not_a_number_is_never_averaged() {
        assert_eq!(order_parameter(&[0.0, f64::NAN]), None);
        assert_eq!(order_parameter(&[0.0, f64::INFINITY]), None);
    }

    proptest! {
        #[test]
        fn r_is_in_the_unit_interval_and_turning_the_swarm_turns_psi(
            phases in prop::collection::vec(0.0..TAU, 1..300), turn in 0.0..TAU
        ) {
            let before = order_parameter(&phases).unwrap();
            let turned: Vec<f64> = phases.iter().map(|phase| phase + turn).collect();
            let after = order_parameter(&turned).unwrap();
            prop_assert!((0.0..=1.0).contains(&before.r));
            prop_assert!((before.r - after.r).abs() < 1e-14);
            if before.r > 1e-3 {
                let difference = (after.psi - before.psi - turn).rem_euclid(TAU);
                prop_assert!(difference < 1e-11 || TAU - difference < 1e-11);
            }
        }

        #[test]
        fn the_order_of_the_phases_changes_no_bit(mut phases in prop::collection::vec(0.0..TAU, 1..2000)) {
            let before = order_parameter(&phases).unwrap();
            phases.sort_by(f64::total_cmp);
            prop_assert_eq!(order_parameter(&phases).unwrap(), before);
        }
    }
}
