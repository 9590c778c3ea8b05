//! What was measured, and how it compares with an earlier time.

use serde::{Deserialize, Serialize};

use crate::machine::Machine;

/// Which way is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Times, bytes.
    Lower,
    /// Rates, speed-ups.
    Higher,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// E.g. `step/1000/ns_per_agent`.
    pub name: String,
    /// The number itself: of times and rates that of the fastest round, of ratios the median.
    pub value: f64,
    /// What it counts.
    pub unit: String,
    /// Which way is up.
    pub better: Better,
    /// The value that it is held to, if any.
    pub bar: Option<f64>,
    /// Whether it keeps to the bar.
    pub holds: Option<bool>,
    /// The smallest and the largest over all rounds, of ratios.
    pub range: Option<[f64; 2]>,
}

impl Outcome {
    /// How often the value goes into another of the same name: above 1, this one is better.
    #[must_use]
    pub fn gain_over(&self, earlier: &Self) -> f64 {
        match self.better {
            Better::Lower => earlier.value / self.value,
            Better::Higher => self.value / earlier.value,
        }
    }
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What it ran on.
    pub machine: Machine,
    /// Load average at the beginning and at the end, where the system tells.
    pub load: [Option<f64>; 2],
    /// Seconds since 1970-01-01 00:00 UTC at the beginning.
    pub unix_time: u64,
    /// Rounds that were timed of every pair.
    pub rounds: usize,
    /// Whether it was over before all cases were measured.
    pub interrupted: bool,
    /// What was measured.
    pub cases: Vec<Outcome>,
}

impl Report {
    /// The outcome of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Outcome> {
        self.cases.iter().find(|outcome| outcome.name == name)
    }
}
