//! What is seen of a swarm that runs.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{pace::Pace, verdict::Judgement};
use crate::events::Event;

/// Everything that a view shows, as of one moment between two steps. Its size does not grow with the swarm. What is
/// skipped when it is written down is passed on in other forms.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Snapshot {
    /// How often the swarm was made anew: what was seen of an earlier one is of another.
    pub run: u64,
    pub state: State,
    pub pace: Pace,
    /// Whether the time was reached that a hold was asked for, or will not be while it stands still.
    pub held: bool,
    /// Commands carried out so far.
    pub taken: u64,
    /// Simulated s of this run.
    pub time: f64,
    /// Simulated s since watching began, over all runs.
    pub elapsed: f64,
    pub steps: u64,
    /// Steps until it ends by itself, if it does.
    pub end: Option<u64>,
    /// As text, since it has more digits than many readers of JSON keep.
    #[serde(serialize_with = "in_digits")]
    pub seed: u64,
    pub agents: u64,
    /// How many there were in the beginning.
    pub initial: u64,
    /// Directed links, in the beginning.
    pub links: u64,
    /// What the network is called.
    pub network: String,
    /// Agents in a row of a lattice, in the order of ids.
    pub columns: Option<u64>,
    /// Mean natural frequency in the beginning [rad/s].
    pub frequency: f64,
    /// Coupling strength K [rad/s].
    pub coupling: f64,
    pub r: f64,
    /// Mean phase [rad].
    pub psi: f64,
    pub goal: Option<Judgement>,
    /// How many agents have phases in each of these equal parts of the circle, from 0 on.
    pub histogram: Vec<u32>,
    #[serde(skip)]
    pub sample: Sample,
    pub energy: Option<Energies>,
    /// How many agents answer by which strategy.
    pub strategies: Vec<Share>,
    /// The rule they were told last, if any.
    pub rule: Option<&'static str>,
    /// The latest, oldest first.
    #[serde(skip)]
    pub events: Vec<Happening>,
    /// The scenario of this run, with everything in it, as TOML.
    #[serde(skip)]
    pub scenario: Arc<str>,
    pub figures: Figures,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn in_digits<S: Serializer>(number: &u64, into: S) -> Result<S::Ok, S::Error> {
    into.collect_str(number)
}

impl Snapshot {
    /// Parts of the circle that phases are counted in.
    pub(crate) const BINS: usize = 64;
    /// Most events that are kept.
    pub(crate) const EVENTS: usize = 64;
}

impl Default for Snapshot {
    /// Nothing was seen yet.
    fn default() -> Self {
        Self {
            run: 0,
            state: State::Paused,
            pace: Pace::Times(1.0),
            held: false,
            taken: 0,
            time: 0.0,
            elapsed: 0.0,
            steps: 0,
            end: None,
            seed: 0,
            agents: 0,
            initial: 0,
            links: 0,
            network: String::new(),
            columns: None,
            frequency: 0.0,
            coupling: 0.0,
            r: 0.0,
            psi: 0.0,
            goal: None,
            histogram: vec![0; Self::BINS],
            sample: Sample::default(),
            energy: None,
            strategies: Vec::new(),
            rule: None,
            events: Vec::new(),
            scenario: Arc::default(),
            figures: Figures::default(),
        }
    }
}

/// Whether steps are taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum State {
    Running,
    Paused,
    /// The scenario is over, or its goal attained: it stands still until asked to go on.
    Finished,
    /// The swarm cannot step.
    Stopped {
        reason: String,
    },
}

/// Some agents one by one: all, or every so many-th in the order of ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Sample {
    pub ids: Vec<u64>,
    /// In [0, 2π) [rad].
    pub phases: Vec<f32>,
}

/// What coupling has cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Energies {
    /// Mean part of their capacity that agents have left.
    pub mean: f64,
    /// Part of the agents that have next to none.
    pub empty: f64,
    pub spent: f64,
    pub recovered: f64,
    pub refused: f64,
}

/// How many agents do something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Share {
    pub name: &'static str,
    pub agents: u64,
}

/// An event, counted from the first on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Happening {
    pub number: u64,
    #[serde(flatten)]
    pub what: What,
}

/// Something worth a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum What {
    /// The swarm did it, or it was done to it.
    Event(Event),
    /// A word to whoever is watching.
    Note { time: f64, note: String, is_refusal: bool },
}

/// What the run costs; of the wall clock and the machine, and no part of any result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Figures {
    /// Over the last second or so.
    pub steps_per_second: f64,
    pub agent_steps_per_second: f64,
    /// What the process holds, if the system tells.
    pub resident_bytes: Option<u64>,
    pub bytes_per_agent: Option<f64>,
    /// Most that the swarm may hold, if there is a budget.
    pub budget_bytes: Option<u64>,
}
