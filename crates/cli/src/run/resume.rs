//! `lampyrid resume`: a checkpoint in, the rest of its run into the same files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use lampyrid::{
    checkpoint::read_swarm,
    io::{
        Checkpoint, CheckpointError, OutputError, RunDirectory, saved_checkpoints, scenario::Scenario,
        sweep::SweepDirectory,
    },
    swarm::SwarmState,
};
use lampyrid_bench::machine::cores;
use serde_json::Value;

use super::{
    Asked, Session, Voice,
    checkpoint::{RUN, RunState},
    prepare,
    recorder::{Recorder, RecorderState},
};
use crate::{arguments::ResumeArguments, error::Failure, exit_code, sweep};

/// Goes on with a run or a sweep; returns the exit code.
pub(crate) fn resume(arguments: &ResumeArguments) -> Result<u8, Failure> {
    if let Some(sweep) = SweepDirectory::record_in(&arguments.run)? {
        return sweep::resume(sweep, arguments);
    }
    let started = Instant::now();
    let voice = Voice { json: arguments.json, quiet: arguments.quiet };
    let source = Source::of(arguments)?;
    // Nobody writes into it from here on; a run that is under way is not disturbed.
    let here = source.occupy()?;
    let Some((Saved { mut checkpoint, run, scenario }, state)) = source.find()? else {
        return tell_finished(&source.directory, voice);
    };
    let name = checkpoint.path().display().to_string();
    scenario.record.format.check()?;
    let threads = arguments.threads.map_or_else(cores, usize::from);
    let recorder = RecorderState::read(&mut checkpoint, &scenario)?;
    let mut prepared = prepare::resumed(&scenario, &run, state, threads, &checkpoint)?;
    let mut directory = match here {
        Some(directory) => directory,
        None => RunDirectory::create(&source.out, arguments.force)?,
    };
    directory.keep_checkpoints_of(scenario.fingerprint());
    directory.record_as(&scenario)?;
    let recorder =
        Recorder::resume(&scenario, &mut prepared, &mut directory, &source.directory, recorder, &checkpoint)?;
    let asked = Asked {
        threads,
        voice,
        events: arguments.events,
        #[cfg(feature = "prometheus")]
        metrics: arguments.metrics.clone(),
        started,
    };
    let session = Session::new(scenario, prepared, directory, recorder, asked);
    session.progress.announce_rest(&name, run.steps, threads);
    Session { wall_before: run.wall(), stepping: run.stepping(), ..session }.carry_out()
}

/// What is gone on with, and where.
pub(super) struct Source {
    named: PathBuf,
    /// The directory of the run.
    pub(super) directory: PathBuf,
    /// The directory of what comes of it.
    pub(super) out: PathBuf,
    is_elsewhere: bool,
}

/// A run as it was saved, but for its swarm, which is in the checkpoint still.
pub(super) struct Saved {
    pub(super) checkpoint: Checkpoint,
    pub(super) run: RunState,
    pub(super) scenario: Scenario,
}

impl Source {
    pub(super) fn of(arguments: &ResumeArguments) -> Result<Self, CheckpointError> {
        let directory = directory_of(&arguments.run)?;
        let out = arguments.out.clone().unwrap_or_else(|| directory.clone());
        let is_elsewhere = out.canonicalize().ok() != directory.canonicalize().ok();
        Ok(Self { named: arguments.run.clone(), directory, out, is_elsewhere })
    }

    /// Takes the directory for oneself, unless results go elsewhere.
    pub(super) fn occupy(&self) -> Result<Option<RunDirectory>, OutputError> {
        if self.is_elsewhere { Ok(None) } else { RunDirectory::resume(&self.directory).map(Some) }
    }

    /// The newest checkpoint that is whole, and its swarm; none if the run has come to its end.
    fn find(&self) -> Result<Option<(Saved, SwarmState)>, Failure> {
        let mut passed_over = Vec::new();
        for path in self.candidates()? {
            let mut saved = match self.open(&path) {
                Ok(saved) => saved,
                Err(error) => {
                    passed_over.push(error);
                    continue;
                }
            };
            if self.is_over(Some(&saved.scenario)) {
                return Ok(None);
            }
            match read_swarm(&mut saved.checkpoint) {
                Ok(state) => {
                    passed_over.iter().for_each(|error| warn(error, ""));
                    return Ok(Some((saved, state)));
                }
                Err(error) => passed_over.push(error),
            }
        }
        passed_over.into_iter().next().map_or(Ok(None), |newest| Err(newest.into()))
    }

    /// Checkpoints to go on from, the newest first: the one that was named, or all of the run; none if it has come to its
    /// end.
    pub(super) fn candidates(&self) -> Result<Vec<PathBuf>, CheckpointError> {
        if !self.named.is_dir() {
            return Ok(vec![self.named.clone()]);
        }
        let unreadable = |source| CheckpointError::Unreadable { path: self.named.clone(), source };
        let saved = saved_checkpoints(&self.named).map_err(unreadable)?;
        if saved.is_empty() && !self.is_over(None) {
            return Err(CheckpointError::NoneFound { directory: self.named.clone() });
        }
        Ok(saved.into_iter().map(|one| one.path).collect())
    }

    /// Reads a checkpoint, but for its swarm.
    pub(super) fn open(&self, path: &Path) -> Result<Saved, CheckpointError> {
        let mut checkpoint = Checkpoint::load(path)?;
        let run: RunState = checkpoint.record(RUN)?;
        let mut scenario = Scenario::parse(&run.scenario, &path.display().to_string())
            .map_err(|error| checkpoint.unfit(error.to_string()))?;
        scenario.output.dir.clone_from(&self.out);
        Ok(Saved { checkpoint, run, scenario })
    }

    /// Whether a run has come to its end, one of this scenario if one is given, and results go nowhere else.
    pub(super) fn is_over(&self, scenario: Option<&Scenario>) -> bool {
        !self.is_elsewhere && is_finished(&self.directory, scenario)
    }
}

/// Says why a newer checkpoint was not taken; the run goes on all the same.
pub(super) fn warn(error: &CheckpointError, whose: &str) {
    let _ = writeln!(std::io::stderr().lock(), "warning: {error}{whose}");
}

/// The directory of the run: the one named, or the one above the `checkpoints` that the named file is in.
fn directory_of(run: &Path) -> Result<PathBuf, CheckpointError> {
    if run.is_dir() {
        return Ok(run.to_path_buf());
    }
    let unreadable = |source| CheckpointError::Unreadable { path: run.to_path_buf(), source };
    let whole = run.canonicalize().map_err(unreadable)?;
    let above = whole.parent().and_then(Path::parent);
    Ok(above.map_or_else(|| PathBuf::from("/"), Path::to_path_buf))
}

/// Whether a directory holds the whole results of a run, of this scenario if one is given.
fn is_finished(directory: &Path, scenario: Option<&Scenario>) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let Some(record) = fs::read_to_string(directory.join("run.json")).ok().as_deref().and_then(read) else {
        return false;
    };
    let code = record["exit_code"].as_u64();
    let has_ended = [exit_code::DONE, exit_code::GOAL_MISSED].into_iter().any(|known| code == Some(known.into()));
    let is_it = scenario.is_none_or(|scenario| {
        let own = serde_json::to_string(scenario).ok().as_deref().and_then(read);
        own.map(what_decides) == Some(what_decides(record["scenario"].clone()))
    });
    record["interrupted"] == false && has_ended && is_it
}

/// A scenario without where results go and how often it is saved.
fn what_decides(mut scenario: Value) -> Value {
    if let Some(keys) = scenario.as_object_mut() {
        keys.remove("output");
        keys.remove("checkpoint");
    }
    scenario
}

pub(super) fn tell_finished(directory: &Path, voice: Voice) -> Result<u8, Failure> {
    let mut out = std::io::stdout().lock();
    if voice.json {
        out.write_all(&fs::read(directory.join("run.json"))?)?;
    } else if !voice.quiet {
        writeln!(out, "The run in {} has come to its end; there is nothing to resume.", directory.display())?;
    }
    out.flush()?;
    Ok(exit_code::DONE)
}
