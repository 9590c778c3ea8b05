//! What a swarm is to reach.

use std::f64::consts::{PI, TAU};

use super::measurement::Measurement;
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{error::SwarmError, settings::finite};

/// Each order parameter up to that of the groups is measured at every look, and kept.
const MOST_CLUSTERS: u32 = 1000;

/// The arrangement of phases that a goal asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum Pattern {
    /// All in one phase: R₁ ≥ target.
    InPhase,
    /// Evenly around the circle: R₁ ≤ tolerance, and no gap between neighbouring phases above
    /// [`Pattern::GAPS`] · 2π/N.
    Splay,
    /// m groups, 1 to 1000, evenly around the circle, each in one phase: R_m ≥ target and R₁ … R_{m−1} ≤ tolerance
    /// (Sepulchre, Paley & Leonard 2007).
    Clusters(u32),
    /// All turn at one frequency, in whatever phases: every effective frequency, taken from one look
    /// to the next, within the tolerance \[rad/s\] of it.
    Locked {
        /// Angular frequency Ω \[rad/s\].
        frequency: f64,
    },
    /// All in one phase, R₁ ≥ target, which is ahead of the pacemaker's by a given angle, within
    /// the tolerance \[rad\]; of 0 in a swarm without pacemaker.
    PhaseAt {
        /// Angle φ \[rad\] by which the swarm leads the pacemaker.
        phase: f64,
    },
}

impl Pattern {
    /// How many times the even gap of 2π/N the largest one of a splay may be.
    pub const GAPS: f64 = 2.0;

    /// Its name in scenario files and reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::InPhase => "in_phase",
            Self::Splay => "splay",
            Self::Clusters(_) => "clusters",
            Self::Locked { .. } => "locked",
            Self::PhaseAt { .. } => "phase_at",
        }
    }

    /// The highest order parameter R_m that it looks at.
    #[must_use]
    pub fn orders(&self) -> u32 {
        match self {
            Self::Clusters(m) => *m,
            Self::InPhase | Self::Splay | Self::PhaseAt { .. } => 1,
            Self::Locked { .. } => 0,
        }
    }

    fn tolerance(&self) -> f64 {
        match self {
            Self::InPhase => 0.0,
            Self::Splay => 0.05,
            Self::Clusters(_) => 0.1,
            Self::Locked { .. } => 0.05,
            Self::PhaseAt { .. } => 0.2,
        }
    }
}

/// A pattern, how well it must be met, for how long, and by when.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_goal(&mut world, Goal { hold: 0.5, ..Goal::new(Pattern::InPhase) }, None)?;
/// world.insert_resource(Coupling { strength: 2.0, all_to_all: true, ..Default::default() });
/// world.spawn_batch((0..10).map(|i| Phase(0.3 * f64::from(i))));
/// advance(&mut world, 640)?;
/// assert!(world.resource::<SwarmGoal>().is_attained());
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub struct Goal {
    /// The arrangement of phases.
    pub pattern: Pattern,
    /// Least order parameter in (0, 1], where the pattern asks for one.
    pub target: f64,
    /// Most deviation > 0, in the unit that the pattern says; of no use to [`Pattern::InPhase`].
    pub tolerance: f64,
    /// Simulated seconds > 0 for which the pattern must be met without a break.
    pub hold: f64,
    /// Simulated seconds > 0 by which it must have been.
    pub deadline: f64,
}

impl Goal {
    /// A goal with R ≥ 0.9 or the pattern's usual tolerance (0.05 for a splay, 0.1 for clusters,
    /// 0.05 rad/s for a frequency, 0.2 rad for a phase), held for 1 s within 60 s.
    #[must_use]
    pub fn new(pattern: Pattern) -> Self {
        Self { pattern, target: 0.9, tolerance: pattern.tolerance(), hold: 1.0, deadline: 60.0 }
    }

    /// Whether a swarm could ever meet it.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] or [`SwarmError::NotFinite`] naming the number.
    pub fn check(&self) -> Result<(), SwarmError> {
        let out = |name, value, allowed| Err(SwarmError::OutOfRange { name, value, allowed });
        if !(self.target > 0.0 && self.target <= 1.0) {
            return out("target of the goal", self.target, "above 0 and at most 1");
        }
        let needs_tolerance = self.pattern != Pattern::InPhase;
        if needs_tolerance && !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return out("tolerance of the goal", self.tolerance, "positive and finite");
        }
        for (name, value) in [("hold time of the goal", self.hold), ("deadline of the goal", self.deadline)] {
            if !(value > 0.0 && value.is_finite()) {
                return out(name, value, "a positive, finite number of seconds");
            }
        }
        match self.pattern {
            Pattern::Clusters(clusters) if !(1..=MOST_CLUSTERS).contains(&clusters) => {
                out("number of clusters", f64::from(clusters), "from 1 to 1000")
            }
            Pattern::Locked { frequency } => finite("frequency of the goal", frequency),
            Pattern::PhaseAt { phase } => finite("phase of the goal", phase),
            Pattern::InPhase | Pattern::Splay | Pattern::Clusters(_) => Ok(()),
        }
    }

    /// How far what was measured is from the pattern: 0 where it is met, and the larger the worse,
    /// of the order of 1 for a swarm in disorder. Of several bounds the one missed by most counts.
    /// A swarm of no agents meets nothing.
    #[must_use]
    pub fn distance(&self, found: &Measurement) -> f64 {
        if found.agents == 0 {
            return 1.0;
        }
        let coherence = |order: f64| ((self.target - order) / self.target).max(0.0);
        let above = |value: f64, bound: f64, most: f64| {
            let excess = value - bound;
            if excess <= 0.0 { 0.0 } else { excess / (most - bound).max(excess) }
        };
        match self.pattern {
            Pattern::InPhase => coherence(found.order(1)),
            Pattern::Splay => {
                let even = Self::even_gap(found.agents);
                above(found.order(1), self.tolerance, 1.0).max(above(found.largest_gap, even, TAU))
            }
            Pattern::Clusters(m) => {
                (1..m).map(|k| above(found.order(k), self.tolerance, 1.0)).fold(coherence(found.order(m)), f64::max)
            }
            // Frequencies have no farthest: an error of twice the tolerance counts as a half.
            Pattern::Locked { .. } => {
                let excess = (found.frequency_error / self.tolerance - 1.0).max(0.0);
                if excess.is_finite() { excess / (1.0 + excess) } else { 1.0 }
            }
            Pattern::PhaseAt { phase } => coherence(found.order(1)).max(above(found.off(phase), self.tolerance, PI)),
        }
    }

    /// The largest gap \[rad\] that a splay of so many agents may have.
    #[must_use]
    pub fn even_gap(agents: usize) -> f64 {
        Pattern::GAPS * TAU / agents.max(1) as f64
    }

    /// Whether the pattern is met.
    #[must_use]
    pub fn is_met_by(&self, found: &Measurement) -> bool {
        self.distance(found) == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(orders: &[f64]) -> Measurement {
        Measurement { agents: 20, orders: orders.into(), ..Measurement::default() }
    }

    #[test]
    fn a_goal_in_phase_asks_for_its_target() {
        let goal = Goal::new(Pattern::InPhase);
        assert!(goal.is_met_by(&found(&[0.9])));
        assert!(!goal.is_met_by(&found(&[0.899])));
        assert!((goal.distance(&found(&[0.45])) - 0.5).abs() < 1e-15);
        assert!(!goal.is_met_by(&Measurement { agents: 0, ..found(&[1.0]) }), "nobody meets nothing");
    }

    #[test]
    fn a_splay_asks_for_small_order_and_small_gaps() {
        let goal = Goal::new(Pattern::Splay);
        let even = Goal::even_gap(20);
        assert!(goal.is_met_by(&Measurement { largest_gap: even, ..found(&[0.05]) }));
        assert!(!goal.is_met_by(&Measurement { largest_gap: even, ..found(&[0.06]) }));
        assert!(!goal.is_met_by(&Measurement { largest_gap: even + 1e-9, ..found(&[0.01]) }));
    }

    #[test]
    fn clusters_ask_for_their_harmonic_and_against_those_below() {
        let goal = Goal::new(Pattern::Clusters(3));
        assert!(goal.is_met_by(&found(&[0.1, 0.1, 0.9])));
        assert!(!goal.is_met_by(&found(&[0.2, 0.1, 0.95])));
        assert!(!goal.is_met_by(&found(&[0.0, 0.0, 0.8])));
    }

    #[test]
    fn phases_are_compared_around_the_circle() {
        let goal = Goal::new(Pattern::PhaseAt { phase: 0.1 });
        let at = |psi, reference| Measurement { psi, reference, ..found(&[1.0]) };
        assert!(goal.is_met_by(&at(0.1, 0.0)));
        assert!(goal.is_met_by(&at(TAU - 0.05, 0.0)));
        assert!(goal.is_met_by(&at(2.1, 2.0)));
        assert!(!goal.is_met_by(&at(PI, 0.0)));
    }

    #[test]
    fn a_frequency_is_met_within_its_tolerance() {
        let goal = Goal::new(Pattern::Locked { frequency: 6.0 });
        let error = |frequency_error| Measurement { frequency_error, ..found(&[]) };
        assert!(goal.is_met_by(&error(0.05)));
        assert!((goal.distance(&error(0.1)) - 0.5).abs() < 1e-15);
        assert_eq!(goal.distance(&error(f64::INFINITY)), 1.0);
    }

    #[test]
    fn what_no_swarm_could_meet_is_refused_by_name() {
        let good = Goal::new(Pattern::Splay);
        let bad = [
            Goal { target: 0.0, ..good },
            Goal { target: 1.1, ..good },
            Goal { target: f64::NAN, ..good },
            Goal { tolerance: 0.0, ..good },
            Goal { hold: 0.0, ..good },
            Goal { deadline: -1.0, ..good },
            Goal { deadline: f64::INFINITY, ..good },
            Goal { pattern: Pattern::Clusters(0), ..good },
            Goal { pattern: Pattern::Clusters(1001), ..good },
            Goal { pattern: Pattern::Locked { frequency: f64::NAN }, ..good },
            Goal { pattern: Pattern::PhaseAt { phase: f64::INFINITY }, ..good },
        ];
        assert_eq!(good.check(), Ok(()));
        for goal in bad {
            assert!(goal.check().is_err(), "{goal:?}");
        }
    }
}
