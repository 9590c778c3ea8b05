//! `[memory]`: how much a swarm may hold.

use lampyrid_measure::machine;
use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::word::{self, Word};

/// Limits of the swarm's memory, and what happens above.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Memory {
    /// Most bytes in total, at least 1; none: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    /// Most bytes per agent, on average, at least 1; none: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_agent: Option<u64>,
    /// What happens above.
    #[serde(serialize_with = "word::serialize")]
    pub policy: MemoryPolicy,
    /// Simulated time between looks at the memory, ≥ 0, in s; 0 looks after every step.
    pub every: f64,
}

/// What happens when a swarm holds more than its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemoryPolicy {
    /// A swarm that is going to hold more is not built; one that comes to hold more does not step any more.
    Stop,
    /// It waits until there is room.
    Pause,
    /// It goes on, and the user is told.
    Warn,
}

impl Word for MemoryPolicy {
    const WORDS: &'static [(&'static str, Self)] =
        &[("stop", Self::Stop), ("pause", Self::Pause), ("warn", Self::Warn)];
}

impl Memory {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        Ok(Self {
            budget: limit(section, "budget")?,
            per_agent: limit(section, "per_agent")?,
            policy: section.word("policy", MemoryPolicy::Stop)?,
            every: section.number("every", Bound::NotNegative, 1.0)?,
        })
    }

    /// Whether there is anything to be held.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.budget.is_some() || self.per_agent.is_some()
    }
}

/// A limit that a swarm on this machine could reach.
fn limit(section: &mut Section<'_>, key: &'static str) -> Result<Option<u64>, ScenarioError> {
    let Some(bytes) = section.bytes(key)? else { return Ok(None) };
    match (section.entry(key), machine::memory_bytes()) {
        (Some(entry), Some(memory)) if bytes > memory => {
            let memory = bytesize::ByteSize(memory).display().iec();
            Err(section.out_of_range(entry, format!("at most the memory of this machine, {memory}")))
        }
        _ => Ok(Some(bytes)),
    }
}
