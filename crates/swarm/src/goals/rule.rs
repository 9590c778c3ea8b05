//! The local rules that can be chosen for a swarm.

use std::f64::consts::TAU;

use super::goal::Pattern;
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    error::SwarmError,
    settings::{at_least_zero, finite},
    strategy::{Adaptive, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse},
};

/// A strategy with its parameters, for all agents of a swarm.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum Rule {
    /// See [`PhaseNudge`].
    PhaseNudge(PhaseNudge),
    /// See [`FrequencyLock`].
    FrequencyLock(FrequencyLock),
    /// See [`Pulse`].
    Pulse(Pulse),
    /// See [`EnergyAware`].
    EnergyAware(EnergyAware),
    /// See [`Desync`].
    Desync(Desync),
    /// Each agent at an [`Offset`](crate::Offset) of its own, coupled by a [`FrequencyLock`].
    Offset {
        /// How they couple; with a rate of 0 by plain sine coupling, at its price.
        lock: FrequencyLock,
        /// Which offsets.
        spread: Spread,
    },
    /// See [`Adaptive`].
    Adaptive(Adaptive),
}

/// Who gets which offset.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum Spread {
    /// As many slots as there are agents, in the order of their ids.
    Even,
    /// So many slots, in turn.
    Slots(u32),
    /// Everybody the same angle \[rad\].
    Same(f64),
}

impl Spread {
    /// The offset \[rad\] of the agent with this rank among so many.
    #[must_use]
    pub fn offset(&self, rank: usize, agents: usize) -> f64 {
        let slots = match *self {
            Self::Even => agents as u64,
            Self::Slots(slots) => u64::from(slots),
            Self::Same(angle) => return angle,
        };
        TAU * ((rank as u64 % slots.max(1)) as f64 / slots.max(1) as f64)
    }
}

impl Pattern {
    /// The rules by which a swarm comes to it, best first, where it is told nothing else.
    #[must_use]
    pub fn usual_rules(&self) -> Vec<Rule> {
        let nudge = PhaseNudge { gain: 1.0 };
        let lock = FrequencyLock { gain: 1.0, rate: 0.5 };
        let apart = |spread| vec![Rule::Offset { lock: FrequencyLock { gain: 1.0, rate: 0.0 }, spread }];
        match *self {
            Self::InPhase => vec![Rule::PhaseNudge(nudge), Rule::FrequencyLock(lock)],
            Self::Locked { .. } => vec![Rule::FrequencyLock(lock), Rule::PhaseNudge(nudge)],
            Self::Splay => apart(Spread::Even),
            Self::Clusters(m) => apart(Spread::Slots(m)),
            Self::PhaseAt { phase } => apart(Spread::Same(phase)),
        }
    }
}

impl Rule {
    /// Its name in scenario files and reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::PhaseNudge(_) => "phase_nudge",
            Self::FrequencyLock(_) => "frequency_lock",
            Self::Pulse(_) => "pulse",
            Self::EnergyAware(_) => "energy_aware",
            Self::Desync(_) => "desync",
            Self::Offset { .. } => "offset",
            Self::Adaptive(_) => "adaptive",
        }
    }

    /// Whether agents can follow it.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] or [`SwarmError::NotFinite`] naming the number.
    pub fn check(&self) -> Result<(), SwarmError> {
        match self {
            Self::PhaseNudge(rule) => rule.check(),
            Self::FrequencyLock(rule) => rule.check(),
            Self::Pulse(rule) => rule.check(),
            Self::EnergyAware(rule) => rule.check(),
            Self::Desync(rule) => rule.check(),
            Self::Adaptive(rule) => rule.check(),
            Self::Offset { lock, spread } => {
                lock.check()?;
                match *spread {
                    Spread::Slots(slots) => {
                        at_least_zero("number of slots", f64::from(slots) - 1.0).map_err(|_| SwarmError::OutOfRange {
                            name: "number of slots",
                            value: f64::from(slots),
                            allowed: "at least 1",
                        })
                    }
                    Spread::Same(angle) => finite("phase offset", angle),
                    Spread::Even => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_dealt_in_turn() {
        assert_eq!(Spread::Even.offset(1, 4), TAU / 4.0);
        assert_eq!(Spread::Slots(3).offset(4, 100), TAU / 3.0);
        assert_eq!(Spread::Same(1.5).offset(7, 100), 1.5);
        assert_eq!(Spread::Even.offset(0, 0), 0.0);
    }

    #[test]
    fn rules_that_nobody_can_follow_are_refused() {
        let lock = FrequencyLock::default();
        assert!(Rule::PhaseNudge(PhaseNudge { gain: f64::NAN }).check().is_err());
        assert!(Rule::EnergyAware(EnergyAware { reserve: -1.0, ..Default::default() }).check().is_err());
        assert!(Rule::Pulse(Pulse { refractory: 1.0, ..Default::default() }).check().is_err());
        assert!(Rule::Offset { lock, spread: Spread::Slots(0) }.check().is_err());
        assert!(Rule::Offset { lock, spread: Spread::Slots(1) }.check().is_ok());
    }
}
