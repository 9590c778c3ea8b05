//! `run.json`: what was run, and what came of it.

use std::path::Path;

use lampyrid_measure::{OrderParameter, Quantiles};
use serde::{Deserialize, Serialize};

use crate::{
    goal_record::{DisruptionRecord, EnergyRecord, GoalRecord},
    metrics_record::MetricsRecord,
    record_error::{RecordError, read_text},
    scenario::Scenario,
};

/// The record of a run. Scripts may rely on the names and meanings of its keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Number of agents.
    pub agents: u64,
    /// Number of directed links: an undirected one counts twice.
    pub links: u64,
    /// Number of steps taken.
    pub steps: u64,
    /// Simulated time reached, in s.
    pub time: f64,
    /// Number of compute threads.
    pub threads: u64,
    /// The seed.
    pub seed: u64,
    /// Hash of all final phases in the order of agents, 16 hexadecimal digits.
    pub phase_hash: String,
    /// How it got on with its goal, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalRecord>,
    /// What became of the energy, if coupling cost any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy: Option<EnergyRecord>,
    /// Disruptions that happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disruptions: Vec<DisruptionRecord>,
    /// Coherence at the end.
    pub r#final: FinalCoherence,
    /// Wall time of everything, loading and recording included, in s.
    pub wall_seconds: f64,
    /// Wall time of stepping alone, in s.
    pub step_seconds: f64,
    /// How long single steps took.
    #[serde(flatten)]
    pub step_times: StepTimes,
    /// Agents times steps by `step_seconds`; none if no time was spent stepping.
    pub agent_steps_per_second: Option<f64>,
    /// Of a run that was spread over several processes, the share of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranks: Vec<RankRecord>,
    /// What they told each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeRecord>,
    /// Memory taken.
    pub memory: MemoryRecord,
    /// What the run cost and did.
    pub metrics: MetricsRecord,
    /// Exit code of the program.
    pub exit_code: u8,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// What it was run with.
    pub versions: Versions,
    /// The network as it was read or made.
    pub network: NetworkRecord,
    /// How the nodes of a network that was read came to be numbered, where another numbering was asked for: as stored if that
    /// was no better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<String>,
    /// The files written. [`RunDirectory::finish`](crate::RunDirectory::finish) fills them in.
    pub files: Vec<String>,
    /// The scenario with every default filled in.
    pub scenario: Scenario,
}

/// What one of several processes had of a swarm, and what exchanging cost it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RankRecord {
    /// Number of its agents.
    pub agents: u64,
    /// Number of agents of others that it heard.
    pub halo: u64,
    /// Messages that it sent while it stepped.
    pub messages: u64,
    /// Bytes of what its agents told, in those messages.
    pub bytes: u64,
    /// Wall time of stepping since it was begun or resumed, in s.
    pub step_seconds: f64,
    /// Of it, what packing, waiting and adding up leave: stepping its own agents.
    #[serde(default)]
    pub compute_seconds: f64,
    /// Of that, stepping agents who hear nobody of other processes while messages were under way.
    #[serde(default)]
    pub overlap_seconds: f64,
    /// Of it, collecting what agents tell.
    pub pack_seconds: f64,
    /// Of it, sending and waiting for what others tell, with nothing else to do.
    pub wait_seconds: f64,
    /// Of it, adding up means, and deciding together for goals and disruptions.
    pub reduce_seconds: f64,
    /// Bytes that its part of the simulation held.
    pub swarm_bytes: u64,
    /// The most memory that the process ever held, in bytes; 0 where the system does not tell.
    pub peak_resident_bytes: u64,
}

/// What the processes of a run told each other while it stepped, and what of that was told before it began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// By what agents were given to processes: `blocks` of their ids, or along links by `cuthill_mckee` or `metis`.
    pub placement: String,
    /// In how many digits agents were heard by those of other processes: `double` or `single`.
    pub angles: String,
    /// How many agents of others a process was going to hear, on the mean, by the formula of the network; none if it has
    /// no formula.
    pub predicted_halo: Option<f64>,
    /// Bytes that all processes were going to tell each other in a step.
    pub predicted_bytes_per_step: f64,
    /// The part of a step that was going to be communication.
    pub predicted_communication: f64,
    /// The part of all processes' time of stepping that was; none if no time was spent stepping.
    pub communication: Option<f64>,
}

/// Wall times of single steps in s: half, 95 in 100 and 99 in 100 steps took no longer. None if no step was taken.
///
/// Short steps are timed several at a time, and count as equally long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepTimes {
    /// The median.
    #[serde(rename = "step_seconds_p50")]
    pub p50: Option<f64>,
    /// The 95th percentile.
    #[serde(rename = "step_seconds_p95")]
    pub p95: Option<f64>,
    /// The 99th percentile.
    #[serde(rename = "step_seconds_p99")]
    pub p99: Option<f64>,
}

impl From<&Quantiles> for StepTimes {
    fn from(seconds: &Quantiles) -> Self {
        Self { p50: seconds.quantile(0.5), p95: seconds.quantile(0.95), p99: seconds.quantile(0.99) }
    }
}

/// Coherence R e^{iψ} at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FinalCoherence {
    /// R in [0, 1].
    #[serde(rename = "R")]
    pub r: f64,
    /// ψ in [0, 2π), in rad.
    pub psi: f64,
}

impl From<OrderParameter> for FinalCoherence {
    fn from(coherence: OrderParameter) -> Self {
        Self { r: coherence.r, psi: coherence.psi }
    }
}

/// Memory taken by a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemoryRecord {
    /// The most memory the process ever held, in bytes; none where the system does not tell.
    pub peak_resident_bytes: Option<u64>,
    /// Bytes that the simulation holds per agent; none without agents.
    pub bytes_per_agent: Option<f64>,
    /// Bytes that the simulation was expected to hold, before it was built.
    pub estimated_bytes: Option<u64>,
    /// Whether the simulation ever held more than its budget.
    pub budget_exceeded: bool,
}

/// The versions that a result can depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    /// Of this program.
    pub lampyrid: String,
    /// Operating system, such as `linux`.
    pub os: String,
    /// Processor architecture, such as `x86_64`.
    pub arch: String,
}

impl Versions {
    /// The versions of the program that is running.
    #[must_use]
    pub fn of_this_program() -> Self {
        Self {
            lampyrid: env!("CARGO_PKG_VERSION").to_owned(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
        }
    }
}

/// What was found out about a network while reading or making it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkRecord {
    /// The format it was read in, such as `Matrix Market`; none if it was made.
    pub format: Option<String>,
    /// Whether links had a direction of their own.
    pub directed: bool,
    /// Whether links have weights.
    pub weighted: bool,
    /// Links met more than once, whose weights were added.
    pub duplicates: u64,
    /// Links from an agent to itself, which were left out.
    pub self_links: u64,
    /// Agents that listen to nobody.
    pub isolated: u64,
}

impl RunRecord {
    /// Agents times steps per second of stepping; none if no time was spent.
    #[must_use]
    pub fn speed(agents: u64, steps: u64, step_seconds: f64) -> Option<f64> {
        let speed = agents as f64 * steps as f64 / step_seconds;
        speed.is_finite().then_some(speed)
    }

    /// Reads a `run.json`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no JSON, lacks a key or has a value of another type.
    pub fn read(path: &Path) -> Result<Self, RecordError> {
        let text = read_text(path)?;
        serde_json::from_str(&text).map_err(|error| RecordError::malformed(path, (1, 1), &error))
    }

    /// The record as it stands in `run.json`. A number that is not finite becomes `null`.
    ///
    /// # Panics
    ///
    /// Never: the record holds nothing that JSON cannot.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("a record holds only what JSON can");
        json.push('\n');
        json
    }
}
