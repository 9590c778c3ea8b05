//! What a goal is judged by.

use std::f64::consts::{PI, TAU};

use lampyrid_measure::{GapFinder, harmonic_order_parameter, order_parameter};
use smallvec::SmallVec;

use super::goal::{Goal, Pattern};
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// The numbers of one look at the swarm, as far as its goal needs them.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
pub struct Measurement {
    /// Agents, without pacemakers.
    pub agents: usize,
    /// R₁ … R_m.
    pub orders: SmallVec<[f64; 4]>,
    /// Mean phase ψ in [0, 2π) \[rad\].
    pub psi: f64,
    /// Largest gap between neighbouring phases \[rad\].
    pub largest_gap: f64,
    /// Largest |Ω_i − Ω| \[rad/s\]; infinite until two looks were taken.
    pub frequency_error: f64,
    /// The pacemaker's phase \[rad\], the one with the smallest id of several; 0 without.
    pub reference: f64,
}

impl Default for Measurement {
    /// Nothing was measured.
    fn default() -> Self {
        let orders = SmallVec::new();
        Self { agents: 0, orders, psi: 0.0, largest_gap: TAU, frequency_error: f64::INFINITY, reference: 0.0 }
    }
}

impl Measurement {
    /// R_m; 0 where it was not measured.
    #[must_use]
    pub fn order(&self, m: u32) -> f64 {
        let place = (m as usize).wrapping_sub(1);
        self.orders.get(place).copied().unwrap_or(0.0)
    }

    /// How far \[rad\], in [0, π], the mean phase is from `phase` ahead of the pacemaker's.
    #[must_use]
    pub fn off(&self, phase: f64) -> f64 {
        let lead = (self.psi - self.reference - phase).rem_euclid(TAU);
        if lead > PI { TAU - lead } else { lead }
    }

    /// Measures phases in [0, 2π) \[rad\] for a goal. `None` if one is not a number.
    pub(super) fn of(goal: &Goal, phases: &[f64], reference: f64, gaps: &mut GapFinder) -> Option<Self> {
        let mut found = Self { agents: phases.len(), reference, ..Self::default() };
        for m in 1..=goal.pattern.orders() {
            let order = if m == 1 { order_parameter(phases)? } else { harmonic_order_parameter(phases, m)? };
            found.orders.push(order.r);
            if m == 1 {
                found.psi = order.psi;
            }
        }
        // Gaps matter only once the phases balance.
        if goal.pattern == Pattern::Splay && found.order(1) <= goal.tolerance {
            found.largest_gap = gaps.largest(phases);
        }
        Some(found)
    }
}

/// How far \[rad/s\] an oscillator that turned from one phase to another in `seconds` is from the
/// frequency Ω: right as long as the two are less than half a turn apart by then.
pub(super) fn frequency_error(before: f64, after: f64, seconds: f64, frequency: f64) -> f64 {
    let off = (after - before - frequency * seconds).rem_euclid(TAU);
    (if off > PI { TAU - off } else { off }) / seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_clusters_are_three_clusters() {
        let phases: Vec<f64> = (0..30).map(|i| TAU * f64::from(i % 3) / 3.0).collect();
        let goal = Goal::new(Pattern::Clusters(3));
        let found = Measurement::of(&goal, &phases, 0.0, &mut GapFinder::default()).unwrap();
        assert!(found.order(1) < 1e-14 && found.order(2) < 1e-14 && found.order(3) > 1.0 - 1e-14);
        assert!(goal.is_met_by(&found));
        assert!(!Goal::new(Pattern::Clusters(2)).is_met_by(&found));
    }

    #[test]
    fn a_phase_that_is_no_number_is_no_measurement() {
        let goal = Goal::new(Pattern::InPhase);
        assert_eq!(Measurement::of(&goal, &[0.0, f64::NAN], 0.0, &mut GapFinder::default()), None);
    }

    #[test]
    fn frequencies_are_told_from_how_far_phases_came() {
        assert!((frequency_error(6.0, 0.5, 0.1, 7.0) - ((0.5 + TAU - 6.0) / 0.1 - 7.0).abs()).abs() < 1e-12);
        assert!(frequency_error(1.0, 1.6, 0.1, 6.0) < 1e-12);
    }
}
