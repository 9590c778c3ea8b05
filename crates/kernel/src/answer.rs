//! Local rules by which an agent answers its neighbours, besides sine coupling.
//!
//! Each is a function of what one agent knows: its own state and what its neighbours publish.

use core::f64::consts::TAU;

use crate::wrap::wrap;

/// How willing an agent is to spend: 1 with full `energy`, falling linearly to 0 at `reserve`, and
/// 0 below it. An agent whose capacity is its reserve never spends.
#[must_use]
#[inline]
pub fn willingness(energy: f64, reserve: f64, capacity: f64) -> f64 {
    if energy > reserve { ((energy - reserve) / (capacity - reserve)).min(1.0) } else { 0.0 }
}

/// How an agent answers the firing of a neighbour: the integrate-and-fire oscillator of Mirollo &
/// Strogatz (1990).
///
/// Its state x = f(φ) = ln(1 + (eᵇ − 1) φ) / b rises with the phase φ \[turns\] ever more slowly, a
/// pulse raises it by ε, and at 1 the agent fires itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PulseResponse {
    /// How much the pulse of one neighbour out of all raises the state, ε > 0 \[1\], where every
    /// neighbour of the agent fires at once; a share of them raises it by that share.
    pub strength: f64,
    /// How concave the rise is, b > 0 \[1\].
    pub curvature: f64,
    /// The part of a turn, in [0, 1), in which an agent that has just fired hears nothing. Without
    /// it agents that are a step apart would go on answering each other.
    pub refractory: f64,
}

impl PulseResponse {
    /// How far \[rad\] the agent at `phase` in [0, 2π) jumps ahead when a share in [0, 1] of its
    /// neighbours fires: never beyond 2π, where it fires itself.
    #[must_use]
    pub fn jump(&self, phase: f64, share: f64) -> f64 {
        let turns = phase / TAU;
        if share <= 0.0 || turns < self.refractory {
            return 0.0;
        }
        // f⁻¹(f(φ) + ε) is affine in φ.
        let factor = libm::exp(self.curvature * self.strength * share);
        let raised = factor * turns + (factor - 1.0) / libm::expm1(self.curvature);
        (raised.min(1.0) - turns).max(0.0) * TAU
    }
}

/// Whether an agent's phase has passed 2π in the step that brought it to `phase`, moving at
/// `velocity` \[rad/s\] for Δt \[s\]: whether it has fired.
#[must_use]
#[inline]
pub fn has_fired(phase: f64, velocity: f64, dt: f64) -> bool {
    phase < velocity * dt
}

/// How far \[rad\] an agent is from the middle between the neighbours that fire just before and
/// just after it (Degesys et al. 2007), positive if the middle lies ahead; 0 without neighbours.
///
/// Phases are in [0, 2π). A neighbour at the agent's own phase is a whole turn ahead and behind.
#[must_use]
#[inline]
pub fn to_midpoint(own: f64, neighbors: impl Iterator<Item = f64>) -> f64 {
    let (mut ahead, mut behind) = (TAU, TAU);
    for other in neighbors {
        let gap = other - own;
        let forward = if gap > 0.0 { gap } else { gap + TAU };
        let backward = if gap < 0.0 { -gap } else { TAU - gap };
        ahead = ahead.min(forward);
        behind = behind.min(backward);
    }
    0.5 * (ahead - behind)
}

/// The phase that an agent with the offset δ \[rad\] publishes, θ − δ in [0, 2π).
#[must_use]
#[inline]
pub fn without_offset(phase: f64, offset: f64) -> f64 {
    wrap(phase - offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::PI;

    const PULSE: PulseResponse = PulseResponse { strength: 0.2, curvature: 3.0, refractory: 0.1 };

    #[test]
    fn the_willing_spend_less_as_they_near_their_reserve() {
        assert_eq!(willingness(100.0, 20.0, 100.0), 1.0);
        assert_eq!(willingness(60.0, 20.0, 100.0), 0.5);
        assert_eq!(willingness(20.0, 20.0, 100.0), 0.0);
        assert_eq!(willingness(-5.0, 20.0, 100.0), 0.0);
        assert_eq!(willingness(120.0, 20.0, 100.0), 1.0);
        assert_eq!(willingness(5.0, 5.0, 5.0), 0.0);
    }

    #[test]
    fn a_pulse_raises_the_state_by_its_strength() {
        let state = |turns: f64| (1.0 + (3.0_f64.exp() - 1.0) * turns).ln() / 3.0;
        for turns in [0.1, 0.3, 0.5] {
            for share in [0.25, 1.0] {
                let after = turns + PULSE.jump(TAU * turns, share) / TAU;
                assert!((state(after) - state(turns) - 0.2 * share).abs() < 1e-12, "{turns}");
            }
        }
    }

    #[test]
    fn a_pulse_takes_nobody_beyond_its_own_firing_and_no_refractory_agent_anywhere() {
        assert!((PULSE.jump(TAU * 0.9, 1.0) - 0.1 * TAU).abs() < 1e-12);
        assert_eq!(PULSE.jump(TAU * 0.09, 1.0), 0.0);
        assert_eq!(PULSE.jump(3.0, 0.0), 0.0);
    }

    #[test]
    fn an_agent_fires_when_it_passes_a_whole_turn() {
        assert!(has_fired(0.01, 2.0, 0.01));
        assert!(!has_fired(0.03, 2.0, 0.01));
        assert!(!has_fired(6.2, 2.0, 0.01));
        assert!(!has_fired(0.0, -2.0, 0.01), "passing 2π backwards is no firing");
    }

    #[test]
    fn the_midpoint_lies_between_the_nearest_before_and_after() {
        assert!((to_midpoint(1.0, [0.5, 2.5, 4.0].into_iter()) - 0.5).abs() < 1e-15);
        assert!((to_midpoint(0.1, [6.1, 1.1].into_iter()) - 0.5 * (1.0 - (0.1 - 6.1 + TAU))).abs() < 1e-15);
        assert_eq!(to_midpoint(2.0, core::iter::empty()), 0.0);
        assert_eq!(to_midpoint(2.0, [2.0].into_iter()), 0.0, "the same phase is as far ahead as behind");
        // Of two, each is the other's neighbour on both sides: half a turn apart is their aim.
        assert!((to_midpoint(0.0, [1.0].into_iter()) - (1.0 - PI)).abs() < 1e-15);
    }

    #[test]
    fn an_offset_is_taken_off_and_wrapped() {
        assert!((without_offset(1.0, 2.0) - (TAU - 1.0)).abs() < 1e-15);
        assert_eq!(without_offset(3.0, 0.0), 3.0);
    }
}
