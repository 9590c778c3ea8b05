//! What a network lets a swarm reach, told before it runs.

use std::fmt;

use lampyrid_graph::{
    Adjacency,
    properties::{CriticalCoupling, DividedBy, components, critical_coupling},
};

use super::{
    goal::{Goal, Pattern},
    rule::Rule,
};
use crate::{Normalization, settings::Coupling};

/// Why a goal may be out of reach.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Concern {
    /// The network falls into parts that do not hear each other.
    Parts {
        /// How many.
        count: usize,
        /// Agents of the largest.
        largest: usize,
        /// All agents.
        agents: usize,
    },
    /// The coupling is weaker than frequencies so different need.
    WeakCoupling {
        /// K times the largest gain among the rules \[rad/s\].
        strength: f64,
        /// The estimate of what is needed \[rad/s\].
        critical: f64,
    },
    /// Nobody is coupled to anybody, or is pushed away.
    NoCoupling {
        /// K \[rad/s\].
        strength: f64,
    },
    /// No rule spreads the phases, which sine coupling brings together.
    NothingSpreads {
        /// The pattern's name.
        pattern: &'static str,
    },
    /// A mean field: rules that look at single neighbours hear nobody.
    NobodyHeard,
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Parts { count, largest, agents } => write!(
                f,
                "the network falls into {count} parts (the largest has {largest} of {agents} agents), and parts that do not hear each other agree on no phase"
            ),
            Self::WeakCoupling { strength, critical } => write!(
                f,
                "the coupling of {strength:.3} rad/s is below the {critical:.3} rad/s that frequencies so different are estimated to need to lock (Dörfler, Chertkov & Bullo 2013)"
            ),
            Self::NoCoupling { strength } => {
                write!(f, "a coupling strength of {strength} rad/s brings no phases together")
            }
            Self::NothingSpreads { pattern } => write!(
                f,
                "no strategy spreads phases, which the pattern \"{pattern}\" asks for; take \"offset\" or \"desync\""
            ),
            Self::NobodyHeard => {
                write!(
                    f,
                    "with all-to-all coupling agents list no neighbours, and some of the strategies hear nobody else"
                )
            }
        }
    }
}

/// Links of networks up to which the critical coupling is worked out: a second or so.
const MOST_LINKS: usize = 4_000_000;

/// Times that the Laplacian is applied at the most.
const MOST_PRODUCTS: usize = 2_000;

/// Why a swarm on this network, with these natural frequencies \[rad/s\], this coupling and these rules
/// may not reach a goal. Nothing is found in most cases, and what is found is no proof: it is for
/// warnings before a run, and never lowers a target. Phase lag, noise and agents' own coupling scales are not
/// looked at. Parts that do not hear each other may coincide by chance, and with equal frequencies stay so.
#[must_use]
pub fn concerns(
    goal: &Goal,
    network: &Adjacency,
    frequencies: &[f64],
    coupling: &Coupling,
    rules: &[Rule],
) -> Vec<Concern> {
    let mut found = Vec::new();
    let strength = coupling.strength * strongest_gain(rules);
    let hears_sines = rules.is_empty() || rules.iter().any(|rule| gain(rule).is_some());
    if hears_sines && strength <= 0.0 {
        found.push(Concern::NoCoupling { strength: coupling.strength });
    }
    let is_spread = matches!(goal.pattern, Pattern::Splay | Pattern::Clusters(2..));
    if is_spread && !rules.iter().any(|rule| matches!(rule, Rule::Offset { .. } | Rule::Desync(_))) {
        found.push(Concern::NothingSpreads { pattern: goal.pattern.name() });
    }
    if coupling.all_to_all {
        if rules.iter().any(|rule| gain(rule).is_none()) {
            found.push(Concern::NobodyHeard);
        }
        return found;
    }
    let parts = components(network);
    if parts.count() > 1 {
        let (count, largest, agents) = (parts.count(), parts.largest(), network.nodes());
        found.push(Concern::Parts { count, largest, agents });
    }
    // Learnt frequencies end equal: any coupling does.
    let learns = rules.iter().any(|rule| matches!(rule, Rule::FrequencyLock(_) | Rule::Adaptive(_)));
    if hears_sines && strength > 0.0 && !learns && network.links() <= MOST_LINKS {
        found.extend(weak_coupling(network, frequencies, coupling.normalization, strength));
    }
    found
}

fn weak_coupling(network: &Adjacency, frequencies: &[f64], by: Normalization, strength: f64) -> Option<Concern> {
    let divided_by = match by {
        Normalization::Degree => DividedBy::Degree,
        Normalization::Sum => DividedBy::One,
        Normalization::Size => DividedBy::Nodes,
    };
    let found =
        critical_coupling(network, frequencies, divided_by, MOST_PRODUCTS).filter(CriticalCoupling::is_settled)?;
    let critical = found.strength;
    (strength < critical).then_some(Concern::WeakCoupling { strength, critical })
}

/// What a rule multiplies sine coupling by, if it answers by it.
fn gain(rule: &Rule) -> Option<f64> {
    match rule {
        Rule::PhaseNudge(rule) => Some(rule.gain),
        Rule::FrequencyLock(rule) => Some(rule.gain),
        Rule::EnergyAware(rule) => Some(rule.gain),
        Rule::Adaptive(rule) => Some(rule.gain),
        Rule::Offset { lock, .. } => Some(lock.gain),
        Rule::Pulse(_) | Rule::Desync(_) => None,
    }
}

fn strongest_gain(rules: &[Rule]) -> f64 {
    rules.iter().filter_map(gain).reduce(f64::max).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PhasorPrecision, strategy::PhaseNudge};
    use lampyrid_graph::Topology;

    const PLAIN: Coupling = Coupling {
        strength: 1.0,
        phase_lag: 0.0,
        normalization: Normalization::Sum,
        all_to_all: false,
        phasors: PhasorPrecision::Double,
        noise: 0.0,
    };

    fn path() -> Adjacency {
        Topology::Lattice { width: 4, height: 1, periodic: false }.build(0).unwrap()
    }

    #[test]
    fn what_is_within_reach_raises_no_concern() {
        let goal = Goal::new(Pattern::InPhase);
        assert_eq!(concerns(&goal, &path(), &[0.1, 0.0, 0.0, -0.1], &PLAIN, &[]), []);
    }

    #[test]
    fn a_coupling_below_the_critical_one_is_told_with_both_numbers() {
        let goal = Goal::new(Pattern::InPhase);
        let found = concerns(&goal, &path(), &[2.0, 0.0, 0.0, -2.0], &PLAIN, &[]);
        let [Concern::WeakCoupling { strength, critical }] = found[..] else { panic!("{found:?}") };
        assert!(strength == 1.0 && (critical - 2.0).abs() < 1e-6);
        let stronger = [Rule::PhaseNudge(PhaseNudge { gain: 3.0 })];
        assert_eq!(concerns(&goal, &path(), &[2.0, 0.0, 0.0, -2.0], &PLAIN, &stronger), []);
    }

    #[test]
    fn parts_missing_coupling_and_missing_rules_are_told() {
        let parts = Topology::Modular { sizes: vec![2, 3], within: 1.0, between: 0.0 }.build(0).unwrap();
        let goal = Goal::new(Pattern::InPhase);
        assert_eq!(
            concerns(&goal, &parts, &[0.0; 5], &PLAIN, &[]),
            [Concern::Parts { count: 2, largest: 3, agents: 5 }]
        );
        let off = Coupling { strength: 0.0, ..PLAIN };
        assert_eq!(concerns(&goal, &path(), &[0.0; 4], &off, &[]), [Concern::NoCoupling { strength: 0.0 }]);
        let splay = Goal::new(Pattern::Splay);
        assert_eq!(concerns(&splay, &path(), &[0.0; 4], &PLAIN, &[]), [Concern::NothingSpreads { pattern: "splay" }]);
    }
}
