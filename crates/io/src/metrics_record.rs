//! What a run cost and did: the key `metrics` of `run.json`.

use serde::{Deserialize, Serialize};

/// Figures of a run as of its end. None where the system does not tell, and where there is no rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MetricsRecord {
    /// Bytes that the process held in the machine's memory.
    pub resident_bytes: Option<u64>,
    /// Bytes that the process had allocated and not given back.
    pub live_bytes: Option<u64>,
    /// The most bytes it ever had allocated at a time.
    pub peak_bytes: Option<u64>,
    /// Threads that worked on large steps.
    pub threads: u64,
    /// Agents.
    pub agents: u64,
    /// Directed links between them.
    pub links: u64,
    /// Steps per second of stepping alone.
    pub steps_per_second: Option<f64>,
    /// Agents times steps per second of stepping alone.
    pub agent_updates_per_second: Option<f64>,
    /// Times the swarm's index was built anew.
    pub index_rebuilds: u64,
    /// Times a small change was patched into it instead.
    pub index_patches: u64,
    /// The price of all displacements that agents could not pay.
    pub refused_energy: f64,
    /// Reads of the coherence that an earlier measurement answered.
    pub coherence_hits: u64,
    /// Reads of the coherence that measured the phases.
    pub coherence_measurements: u64,
}
