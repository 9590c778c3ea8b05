//! How a run got on with its goal: the keys `goal` and `energy` of `run.json`.

use serde::{Deserialize, Serialize};

/// How a run got on with its goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoalRecord {
    /// The pattern asked for.
    pub pattern: String,
    /// Whether it was attained at the end: held for its hold time, and not lost since.
    pub attained: bool,
    /// When the pattern was first met that was then held, in s of simulated time; none if it never was.
    pub time_to_goal: Option<f64>,
    /// Since when it has been attained without a break, in s of simulated time.
    pub attained_since: Option<f64>,
    /// How long it has been met without a break at the end, in s; 0 if it is not attained.
    pub held: f64,
    /// One word for the state at the end: attained, holding, converging, stuck, lost, late or unknown.
    pub verdict: String,
    /// How far the swarm was from its goal at the end: 0 where it is met, of the order of 1 in disorder.
    pub distance: f64,
    /// How long each recovery took, from the end of its disruption, in s.
    pub recoveries: Vec<f64>,
    /// The strategies that were followed, and from when on, in s of simulated time.
    pub strategies: Vec<StrategyRecord>,
    /// What was warned of before the run.
    pub warnings: Vec<String>,
}

/// A strategy and when the swarm began to follow it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrategyRecord {
    /// From when on, in s of simulated time.
    pub at: f64,
    /// Its name.
    pub strategy: String,
}

/// Energy over all agents and the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnergyRecord {
    /// Paid for displacements by coupling.
    pub spent: f64,
    /// Regained.
    pub recovered: f64,
    /// The price of displacements that could not be paid.
    pub refused: f64,
}

/// A disruption that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisruptionRecord {
    /// When, in s of simulated time.
    pub at: f64,
    /// What.
    pub kind: String,
    /// How many agents it hit; of cut links, how many directed ones.
    pub hit: u64,
}
