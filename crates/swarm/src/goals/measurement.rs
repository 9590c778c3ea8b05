//! What a goal is judged by.

use std::f64::consts::{PI, TAU};

use lampyrid_measure::{GapFinder, OrderSum};
use smallvec::SmallVec;

use super::goal::{Goal, Pattern};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{error::SwarmError, parts::Others};

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

    /// Measures phases in [0, 2π) \[rad\] for a goal, together with those of other parts of the swarm. `None` if one is
    /// not a number.
    pub(super) fn of(
        goal: &Goal,
        phases: &[f64],
        reference: f64,
        gaps: &mut GapFinder,
        others: &Others,
    ) -> Result<Option<Self>, SwarmError> {
        let mut found = Self { agents: others.total(phases.len())?, reference, ..Self::default() };
        for m in 1..=goal.pattern.orders() {
            let mut sum = OrderSum::default();
            if m == 1 {
                sum.add(phases);
            } else {
                sum.add_multiples(phases, m);
            }
            let mut parts = sum.to_parts();
            others.add_up(&mut parts)?;
            let Some(order) = OrderSum::from_parts(parts).order_parameter() else { return Ok(None) };
            found.orders.push(order.r);
            if m == 1 {
                found.psi = order.psi;
            }
        }
        // Gaps matter only once the phases balance.
        if goal.pattern == Pattern::Splay && found.order(1) <= goal.tolerance {
            found.largest_gap = largest_gap(phases, gaps, others)?;
        }
        Ok(Some(found))
    }
}

/// The largest gap between neighbouring phases of all parts. Of several, each looks at an arc of the circle of its own.
fn largest_gap(phases: &[f64], gaps: &mut GapFinder, others: &Others) -> Result<f64, SwarmError> {
    if others.are_none() {
        return Ok(gaps.largest(phases));
    }
    let parts = others.parts();
    let mut lists = vec![Vec::new(); parts];
    for phase in phases {
        lists[((phase / TAU * parts as f64) as usize).min(parts - 1)].push(phase.to_bits());
    }
    let mut arc: Vec<f64> = others.trade(lists)?.into_iter().flatten().map(f64::from_bits).collect();
    arc.sort_unstable_by(f64::total_cmp);
    let widest = arc.array_windows().map(|[before, after]| after - before).fold(0.0, f64::max);
    let end = |phase: Option<&f64>| phase.copied().unwrap_or(0.0).to_bits();
    let arcs = others.share([arc.len() as u64, end(arc.first()), end(arc.last()), widest.to_bits()])?;
    let held: SmallVec<[[f64; 3]; 16]> =
        arcs.iter().filter(|arc| arc[0] > 0).map(|&[_, arc @ ..]| arc.map(f64::from_bits)).collect();
    let between = held.array_windows().map(|[before, after]| after[0] - before[1]);
    let largest = held.iter().map(|arc| arc[2]).chain(between).fold(0.0, f64::max);
    let agents: u64 = arcs.iter().map(|arc| arc[0]).sum();
    match (held.first(), held.last()) {
        (Some(first), Some(last)) if agents > 1 => Ok(largest.max(first[0] + TAU - last[1])),
        _ => Ok(TAU),
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

    fn measured(goal: &Goal, phases: &[f64]) -> Option<Measurement> {
        let alone = Others::of(&bevy_ecs::world::World::new());
        Measurement::of(goal, phases, 0.0, &mut GapFinder::default(), &alone).unwrap()
    }

    #[test]
    fn three_clusters_are_three_clusters() {
        let phases: Vec<f64> = (0..30).map(|i| TAU * f64::from(i % 3) / 3.0).collect();
        let goal = Goal::new(Pattern::Clusters(3));
        let found = measured(&goal, &phases).unwrap();
        assert!(found.order(1) < 1e-14 && found.order(2) < 1e-14 && found.order(3) > 1.0 - 1e-14);
        assert!(goal.is_met_by(&found));
        assert!(!Goal::new(Pattern::Clusters(2)).is_met_by(&found));
    }

    #[test]
    fn a_phase_that_is_no_number_is_no_measurement() {
        let goal = Goal::new(Pattern::InPhase);
        assert_eq!(measured(&goal, &[0.0, f64::NAN]), None);
    }

    #[test]
    fn frequencies_are_told_from_how_far_phases_came() {
        assert!((frequency_error(6.0, 0.5, 0.1, 7.0) - ((0.5 + TAU - 6.0) / 0.1 - 7.0).abs()).abs() < 1e-12);
        assert!(frequency_error(1.0, 1.6, 0.1, 6.0) < 1e-12);
    }
}
