//! Choosing another rule when the swarm is stuck.

use bevy_ecs::resource::Resource;
use lampyrid_measure::upper_confidence_bound;
use smallvec::SmallVec;

use super::{monitor::Verdict, rule::Rule};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    error::SwarmError,
    settings::{at_least_zero, finite},
};

/// How a supervisor goes about it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub struct SupervisorPolicy {
    /// Simulated seconds ≥ 0 for which a rule is tried at the least.
    pub dwell: f64,
    /// How much a rule that was tried little is preferred to one that did well, ≥ 0: the constant c
    /// of UCB1, 2 in the original.
    pub exploration: f64,
    /// Noise \[rad²/s\], ≥ 0, that is added for a while where every rule got stuck; 0 for none.
    pub noise: f64,
    /// For how many simulated seconds > 0.
    pub noise_for: f64,
}

impl Default for SupervisorPolicy {
    /// Five seconds a rule, exploration 2, noise of 0.2 rad²/s for 3 s.
    fn default() -> Self {
        Self { dwell: 5.0, exploration: 2.0, noise: 0.2, noise_for: 3.0 }
    }
}

/// What a supervisor has decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// All stays as it is.
    Keep,
    /// The swarm follows the rule at this place of the list from now on.
    Switch {
        /// The place, from 0.
        place: usize,
    },
    /// Noise is added.
    RaiseNoise {
        /// How much \[rad²/s\].
        diffusion: f64,
    },
    /// The added noise is taken away.
    Calm,
}

/// How well a rule did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
pub(crate) struct Record {
    pub(crate) tries: u32,
    /// Mean success, in [0, 1].
    pub(crate) success: f64,
}

/// Chooses among rules by what they achieved and how seldom they were tried: UCB1 (Auer,
/// Cesa-Bianchi & Fischer 2002), where the reward of a rule is the part of the distance that was
/// covered while it was followed. It has no randomness of its own.
///
/// When every rule got stuck it adds noise for a while: what keeps a swarm in a local optimum, a
/// twisted state say, gives way to it (stochastic resonance; Gammaitoni et al. 1998).
///
/// ```
/// use lampyrid_swarm::*;
///
/// let supervisor = Supervisor::new(Vec::new(), SupervisorPolicy { dwell: 2.0, ..Default::default() });
/// let mut world = World::new();
/// install_goal(&mut world, Goal::new(Pattern::Splay), Some(supervisor))?;
/// assert!(!world.resource::<Supervisor>().is_noisy());
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource))]
pub struct Supervisor {
    pub(crate) rules: Vec<Rule>,
    pub(crate) policy: SupervisorPolicy,
    pub(crate) records: SmallVec<[Record; 8]>,
    pub(crate) present: usize,
    /// When the present rule was chosen, and how far the goal was then.
    pub(crate) since: Option<(f64, f64)>,
    pub(crate) noisy_since: Option<f64>,
}

impl Supervisor {
    /// A supervisor with rules in the order in which they are to be tried; the swarm follows the
    /// first one to begin with. Without any it only ever adds noise.
    #[must_use]
    pub fn new(rules: Vec<Rule>, policy: SupervisorPolicy) -> Self {
        let records = rules.iter().map(|_| Record::default()).collect();
        Self { rules, policy, records, present: 0, since: None, noisy_since: None }
    }

    /// Whether it can do its work.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] or [`SwarmError::NotFinite`] for a number of the policy or a rule.
    pub fn check(&self) -> Result<(), SwarmError> {
        let SupervisorPolicy { dwell, exploration, noise, noise_for } = self.policy;
        at_least_zero("time that a rule is tried", dwell)?;
        at_least_zero("exploration of the supervisor", exploration)?;
        at_least_zero("noise of the supervisor", noise)?;
        finite("time of noise", noise_for)?;
        if noise_for <= 0.0 {
            let (name, allowed) = ("time of noise", "a positive number of seconds");
            return Err(SwarmError::OutOfRange { name, value: noise_for, allowed });
        }
        self.rules.iter().try_for_each(Rule::check)
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule that the swarm follows.
    #[must_use]
    pub fn present(&self) -> Option<&Rule> {
        self.rules.get(self.present)
    }

    /// Whether noise is added now.
    #[must_use]
    pub fn is_noisy(&self) -> bool {
        self.noisy_since.is_some()
    }

    /// Decides by the verdict and the distance to the goal at a time \[simulated s\].
    pub fn decide(&mut self, verdict: &Verdict, distance: f64, time: f64) -> Decision {
        let (since, _) = *self.since.get_or_insert((time, distance));
        if let Some(noisy) = self.noisy_since {
            let is_done = distance == 0.0 || time - noisy >= self.policy.noise_for;
            if is_done {
                self.noisy_since = None;
                self.since = Some((time, distance));
                return Decision::Calm;
            }
            return Decision::Keep;
        }
        let is_stuck = matches!(verdict, Verdict::Stuck { .. } | Verdict::Lost { .. } | Verdict::Late { .. });
        if !is_stuck || time - since < self.policy.dwell {
            return Decision::Keep;
        }
        self.credit(distance);
        self.since = Some((time, distance));
        let were_all_tried = self.records.iter().all(|record| record.tries > 0);
        let next = self.best();
        if were_all_tried && self.policy.noise > 0.0 && (self.rules.len() < 2 || next == self.present) {
            self.noisy_since = Some(time);
            return Decision::RaiseNoise { diffusion: self.policy.noise };
        }
        match next == self.present {
            true => Decision::Keep,
            false => {
                self.present = next;
                Decision::Switch { place: next }
            }
        }
    }

    /// Books what the present rule achieved.
    fn credit(&mut self, distance: f64) {
        let Some((_, before)) = self.since else {
            return;
        };
        if let Some(record) = self.records.get_mut(self.present) {
            let gained = if before > 0.0 { ((before - distance) / before).clamp(0.0, 1.0) } else { 0.0 };
            record.tries += 1;
            record.success += (gained - record.success) / f64::from(record.tries);
        }
    }

    /// The first rule that was never tried, else the one with the largest upper confidence bound;
    /// of equal ones the first.
    fn best(&self) -> usize {
        if let Some(untried) = self.records.iter().position(|record| record.tries == 0) {
            return untried;
        }
        let tries: u32 = self.records.iter().map(|record| record.tries).sum();
        let c = self.policy.exploration;
        let bound = |record: &Record| upper_confidence_bound(record.success, record.tries, tries, c);
        let better = |best: usize, (place, record): (usize, &Record)| {
            if bound(record) > bound(&self.records[best]) { place } else { best }
        };
        self.records.iter().enumerate().fold(self.present.min(self.records.len().saturating_sub(1)), better)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::{Desync, FrequencyLock, PhaseNudge};

    const STUCK: Verdict = Verdict::Stuck { since: 0.0, best: 0.5 };

    fn supervisor() -> Supervisor {
        let rules = vec![
            Rule::PhaseNudge(PhaseNudge::default()),
            Rule::FrequencyLock(FrequencyLock::default()),
            Rule::Desync(Desync::default()),
        ];
        Supervisor::new(rules, SupervisorPolicy::default())
    }

    #[test]
    fn nothing_is_changed_while_it_goes_well() {
        let mut supervisor = supervisor();
        for time in 0..100 {
            let verdict = Verdict::Converging { rate: 0.1, left: 3.0 };
            assert_eq!(supervisor.decide(&verdict, 0.5, f64::from(time)), Decision::Keep);
        }
    }

    #[test]
    fn every_rule_is_tried_in_order_and_for_its_time_before_noise_is_added() {
        let mut supervisor = supervisor();
        let decisions: Vec<_> = (0..30)
            .map(|time| (time, supervisor.decide(&STUCK, 0.5, f64::from(time))))
            .filter(|(_, decision)| *decision != Decision::Keep)
            .collect();
        assert_eq!(decisions[..2], [(5, Decision::Switch { place: 1 }), (10, Decision::Switch { place: 2 })]);
        assert!(decisions[2..].iter().any(|(_, decision)| matches!(decision, Decision::RaiseNoise { .. })));
        assert!(decisions.iter().any(|(_, decision)| *decision == Decision::Calm));
    }

    #[test]
    fn the_rule_that_covered_most_of_the_way_is_chosen_again() {
        let mut supervisor =
            Supervisor { policy: SupervisorPolicy { exploration: 0.1, ..Default::default() }, ..supervisor() };
        let mut chosen = Vec::new();
        // The second rule halves the distance, the others cover nothing.
        for round in 0..8 {
            let time = 10.0 * f64::from(round);
            supervisor.decide(&STUCK, 1.0, time);
            let after = if supervisor.present == 1 { 0.5 } else { 1.0 };
            supervisor.since = supervisor.since.map(|(since, _)| (since, 1.0));
            supervisor.decide(&STUCK, after, time + 6.0);
            chosen.push(supervisor.present);
        }
        assert!(chosen.iter().filter(|&&place| place == 1).count() >= 3, "{chosen:?}");
    }

    #[test]
    fn a_single_rule_is_helped_by_noise() {
        let mut supervisor =
            Supervisor::new(vec![Rule::PhaseNudge(PhaseNudge::default())], SupervisorPolicy::default());
        assert_eq!(supervisor.decide(&STUCK, 0.5, 0.0), Decision::Keep);
        assert_eq!(supervisor.decide(&STUCK, 0.5, 5.0), Decision::RaiseNoise { diffusion: 0.2 });
        assert_eq!(supervisor.decide(&STUCK, 0.5, 6.0), Decision::Keep);
        assert_eq!(supervisor.decide(&STUCK, 0.5, 8.0), Decision::Calm);
    }

    #[test]
    fn policies_out_of_range_are_refused() {
        let bad = [
            SupervisorPolicy { dwell: -1.0, ..Default::default() },
            SupervisorPolicy { noise: f64::NAN, ..Default::default() },
            SupervisorPolicy { noise_for: 0.0, ..Default::default() },
        ];
        for policy in bad {
            assert!(Supervisor::new(Vec::new(), policy).check().is_err(), "{policy:?}");
        }
        assert!(supervisor().check().is_ok());
    }
}
