//! Saving a run as it stands, and what is needed to go on from there.

use std::time::Duration;

use lampyrid::{
    checkpoint::write_swarm,
    io::{NetworkRecord, RunDirectory, scenario::Scenario},
    measure::Quantiles,
    swarm::SwarmState,
};
use serde::{Deserialize, Serialize};

use super::{Prepared, Recorder, Session, Stepping, steps_taken};
use crate::error::Failure;

/// Sections of a checkpoint beside those of the swarm.
pub(super) const RUN: &str = "run";
pub(super) const RECORDER: &str = "recorder";
/// Of what processes have recorded beside each other.
pub(super) const PARTS: &str = "phase_parts";

/// What a run knows besides its swarm and what it has recorded.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunState {
    /// With every default filled in, as TOML.
    pub scenario: String,
    pub agents: u64,
    pub links: u64,
    pub network: NetworkRecord,
    /// The file of the network and the checksum of what was in it; none if it was made.
    pub network_file: Option<(String, String)>,
    pub warnings: Vec<String>,
    pub estimated_bytes: u64,
    pub wall_seconds: f64,
    pub step_seconds: f64,
    /// Of the seconds that single steps took.
    pub step_times: Vec<(u64, u64)>,
    pub steps: u64,
}

impl RunState {
    fn of(scenario: &Scenario, prepared: &Prepared, wall: Duration, stepping: &Stepping) -> Self {
        let Prepared { agents, links, ref network, ref network_file, ref warnings, estimated_bytes, .. } = *prepared;
        Self {
            scenario: scenario.to_toml(),
            agents: agents as u64,
            links: links as u64,
            network: network.clone(),
            network_file: network_file.clone(),
            warnings: warnings.clone(),
            estimated_bytes,
            wall_seconds: wall.as_secs_f64(),
            step_seconds: stepping.elapsed.as_secs_f64(),
            step_times: stepping.each.counts().collect(),
            steps: steps_taken(prepared),
        }
    }

    /// The steps so far.
    pub(super) fn stepping(&self) -> Stepping {
        let each = Quantiles::from_counts(self.step_times.iter().copied(), 0);
        Stepping { elapsed: seconds(self.step_seconds), each, ..Stepping::default() }
    }

    /// Time of the wall clock that went by before.
    pub(super) fn wall(&self) -> Duration {
        seconds(self.wall_seconds)
    }
}

/// A duration, or none for what is no number of seconds.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// Steps between checkpoints.
pub(super) fn every(scenario: &Scenario) -> Option<u64> {
    scenario.checkpoint.steps(scenario.time.step)
}

/// Why a run is saved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Occasion {
    Scheduled,
    Interrupted,
    OutOfMemory,
}

impl Occasion {
    /// Its name in the table of events.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Interrupted => "interrupted",
            Self::OutOfMemory => "memory",
        }
    }
}

/// Saves the run as it stands between two steps.
pub(super) fn save(session: &mut Session, occasion: Occasion) -> Result<(), Failure> {
    let wall = session.wall();
    let Session { scenario, prepared, directory, recorder, stepping, .. } = session;
    recorder.events.saved(&prepared.world, occasion)?;
    save_parts(scenario, prepared, directory, recorder, wall, stepping)?;
    if let Some(story) = &mut session.story {
        story.saved(&session.prepared.world, session.directory.path());
    }
    Ok(())
}

/// The same for a run that is not in a session.
pub(crate) fn save_parts(
    scenario: &Scenario,
    prepared: &mut Prepared,
    directory: &mut RunDirectory,
    recorder: &mut Recorder,
    wall: Duration,
    stepping: &Stepping,
) -> Result<(), Failure> {
    let steps = steps_taken(prepared);
    let state = SwarmState::capture(&mut prepared.world).map_err(|error| Failure::Swarm { steps, error })?;
    let recorder = recorder.state(directory)?;
    let run = RunState::of(scenario, prepared, wall, stepping);
    let keep = usize::try_from(scenario.checkpoint.keep).unwrap_or(usize::MAX);
    directory.save_checkpoint(scenario.fingerprint(), steps, keep, |file| {
        file.record(RUN, &run)?;
        recorder.write(file)?;
        write_swarm(&state, file)
    })?;
    Ok(())
}
