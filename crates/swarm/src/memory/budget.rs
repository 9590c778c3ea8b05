//! How much a swarm may hold, and what happens when it holds more.

use bevy_ecs::{event::Event, message::Message, resource::Resource};
use lampyrid_measure::machine;

use crate::error::SwarmError;
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// How much memory the swarm may hold, as counted by [`swarm_bytes`](crate::swarm_bytes).
///
/// Inserted by [`install_memory_budget`](crate::install_memory_budget) or
/// [`MemoryBudgetPlugin`](crate::MemoryBudgetPlugin); change it in any system. Removing it removes
/// the budget.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let budget = MemoryBudget { total: Some(1 << 20), policy: MemoryPolicy::Stop, ..Default::default() };
/// let mut world = World::new();
/// install_memory_budget(&mut world, budget)?;
/// world.spawn_batch((0..100_000).map(|_| Phase(0.0)));
/// assert!(matches!(advance(&mut world, 64), Err(SwarmError::MemoryBudgetExceeded { .. })));
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct MemoryBudget {
    /// Most bytes in total, from 1 to the memory of the machine.
    pub total: Option<u64>,
    /// Most bytes per agent, on average, from 1 to the memory of the machine.
    pub per_agent: Option<u64>,
    /// What happens above.
    pub policy: MemoryPolicy,
    /// Simulated seconds between looks, ≥ 0; 0 looks after every step. A look takes about as long
    /// as a step.
    pub every: f64,
}

/// What happens while a swarm holds more than its budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum MemoryPolicy {
    /// It goes on, and the log says so once per crossing.
    #[default]
    Warn,
    /// It does not step: every attempt looks again, and goes on once the swarm holds less or the
    /// budget was raised.
    Pause,
    /// It does not step any more, even if it should hold less, until the budget is changed.
    Stop,
}

impl Default for MemoryBudget {
    /// A warning above 1 KiB per agent; no limit in total; looks every second of simulated time.
    ///
    /// Of 100,000 agents with eight neighbours each, one was measured to take 241 bytes, all in;
    /// of 10,000 with lists of their own, weights and every other optional component, moved by
    /// Runge–Kutta, 664 (bytes allocated and not given back, 2026-11-23).
    fn default() -> Self {
        Self { total: None, per_agent: Some(1024), policy: MemoryPolicy::Warn, every: 1.0 }
    }
}

impl MemoryBudget {
    /// Whether every number is one that can be held.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] for a limit of 0 and for a time between looks that is negative or
    /// not finite; [`SwarmError::BudgetBeyondMachine`] for a limit above the memory of the machine.
    pub fn check(&self) -> Result<(), SwarmError> {
        for (name, limit) in [("memory budget", self.total), ("memory budget per agent", self.per_agent)] {
            let Some(limit) = limit else { continue };
            if limit == 0 {
                return Err(SwarmError::OutOfRange { name, value: 0.0, allowed: "at least 1 byte" });
            }
            if let Some(memory) = machine::memory_bytes().filter(|&memory| limit > memory) {
                return Err(SwarmError::BudgetBeyondMachine { budget: limit, memory });
            }
        }
        if !(self.every >= 0.0 && self.every.is_finite()) {
            return Err(SwarmError::OutOfRange {
                name: "time between looks at the memory",
                value: self.every,
                allowed: "a finite number of seconds, at least 0",
            });
        }
        Ok(())
    }

    /// What of so many bytes for so many agents is above a limit.
    #[must_use]
    pub fn exceeded(&self, bytes: u64, agents: u64) -> Option<BudgetExceeded> {
        let each = bytes.checked_div(agents).unwrap_or(0);
        let total = (MemoryMeasure::Total, bytes, self.total);
        let per_agent = (MemoryMeasure::PerAgent, each, self.per_agent);
        [total, per_agent].into_iter().find_map(|(measure, bytes, limit)| {
            let limit = limit.filter(|&limit| bytes > limit)?;
            Some(BudgetExceeded { measure, bytes, limit, policy: self.policy })
        })
    }
}

/// What was compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub enum MemoryMeasure {
    /// All bytes of the swarm.
    Total,
    /// Bytes per agent.
    PerAgent,
}

impl std::fmt::Display for MemoryMeasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Total => "in total",
            Self::PerAgent => "per agent",
        })
    }
}

/// The swarm holds more than its budget: sent once when it begins to, by every policy.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub struct BudgetExceeded {
    /// What is above its limit; the total, if both are.
    pub measure: MemoryMeasure,
    /// Bytes held.
    pub bytes: u64,
    /// Bytes allowed.
    pub limit: u64,
    /// What happens now.
    pub policy: MemoryPolicy,
}

impl From<BudgetExceeded> for SwarmError {
    fn from(exceeded: BudgetExceeded) -> Self {
        let BudgetExceeded { measure, bytes, limit, .. } = exceeded;
        Self::MemoryBudgetExceeded { measure, bytes, limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(total: Option<u64>, per_agent: Option<u64>) -> MemoryBudget {
        MemoryBudget { total, per_agent, ..Default::default() }
    }

    #[test]
    fn budgets_of_nothing_and_beyond_the_machine_are_refused() {
        assert_eq!(MemoryBudget::default().check(), Ok(()));
        for wrong in [budget(Some(0), None), budget(None, Some(0))] {
            assert!(matches!(wrong.check(), Err(SwarmError::OutOfRange { .. })), "{wrong:?}");
        }
        if let Some(memory) = machine::memory_bytes() {
            assert_eq!(budget(Some(memory), None).check(), Ok(()));
            let beyond = budget(Some(memory + 1), None).check();
            assert_eq!(beyond, Err(SwarmError::BudgetBeyondMachine { budget: memory + 1, memory }));
        }
        for every in [-1.0, f64::NAN, f64::INFINITY] {
            let wrong = MemoryBudget { every, ..Default::default() };
            assert!(matches!(wrong.check(), Err(SwarmError::OutOfRange { .. })));
        }
    }

    #[test]
    fn a_limit_is_exceeded_above_it_and_not_at_it() {
        let both = budget(Some(1000), Some(100));
        assert_eq!(both.exceeded(1000, 10), None);
        let per_agent = both.exceeded(1000, 9).unwrap();
        assert_eq!((per_agent.measure, per_agent.bytes, per_agent.limit), (MemoryMeasure::PerAgent, 111, 100));
        assert_eq!(both.exceeded(1001, 1).unwrap().measure, MemoryMeasure::Total);
        assert_eq!(both.exceeded(1000, 0), None);
        assert_eq!(budget(None, None).exceeded(u64::MAX, 1), None);
    }
}
