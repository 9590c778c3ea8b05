//! Saving a run over several processes, and going on from where any run was saved: a checkpoint knows nothing of processes.

use std::{
    ffi::OsStr,
    path::Path,
    time::{Duration, Instant},
};

use lampyrid::{
    checkpoint::{read_parts, write_part},
    distributed::{DistributedError, Partition, Placement, Ranks, gather_phases, traffic},
    io::{Checkpoint, CheckpointError, PhaseParts, RunDirectory, Shard},
    swarm::PartState,
};

use super::{
    Before, First, Spread,
    begin::filed_again,
    filed::{self, Filed},
    member::Member,
    outlook::Outlook,
};
use crate::{
    arguments::ResumeArguments,
    error::Failure,
    exit_code,
    ranks::{Ending, Rank, agree, hash, hash_of_this_program, together},
    run::{
        Voice,
        checkpoint::{Occasion, RUN, RunState},
        heartbeat::Heartbeat,
        progress::Progress,
        recorder::{Recorder, RecorderState},
        resume::{Saved, Source, tell_finished, warn},
        story::Story,
    },
};

impl Spread {
    /// Saves the run as it stands between two steps.
    pub(super) fn save(&mut self, occasion: Occasion) -> Result<(), Ending> {
        self.close_parts()?;
        let part = PartState::capture(&mut self.member.world).map_err(DistributedError::from)?;
        let ranks = &self.member.ranks;
        let run = (self.scenario.fingerprint(), self.member.steps());
        let whose = (ranks.rank() as u32, ranks.size() as u32);
        let directory = &self.scenario.output.dir;
        let written = Shard::save(directory, run, whose, part.own().bounds(), |file| write_part(&part, file));
        drop(part);
        let own = together(ranks, written.map_err(Failure::from))?;
        let told = ranks.gather(vec![own.ids.start.into(), own.ids.end.into(), own.bytes, own.checksum])?;
        let shard = |(number, words): (usize, Vec<u64>)| match words[..] {
            [start, end, bytes, checksum] => {
                let (number, ids) = (number as u32, start as u32..end as u32);
                Some(Shard { number, ids, bytes, checksum, ..own })
            }
            _ => None,
        };
        let shards: Vec<Shard> = told.into_iter().enumerate().filter_map(shard).collect();
        let named = self.name_shards(&shards, occasion);
        together(&self.member.ranks, named)?;
        if let Some(First { story: Some(story), directory, .. }) = &mut self.first {
            story.saved(&self.member.world, directory.path());
        }
        Ok(())
    }

    /// Writes the checkpoint that they belong to, when all of them are there.
    fn name_shards(&mut self, shards: &[Shard], occasion: Occasion) -> Result<(), Failure> {
        let (run, steps) = (self.state(), self.member.steps());
        let Some(First { recorder, directory, .. }) = &mut self.first else { return Ok(()) };
        recorder.events.saved(&self.member.world, occasion)?;
        let recorded = recorder.state(directory)?;
        let keep = usize::try_from(self.scenario.checkpoint.keep).unwrap_or(usize::MAX);
        directory.save_checkpoint(self.scenario.fingerprint(), steps, keep, |file| {
            file.record(RUN, &run)?;
            recorded.write(file)?;
            file.shards(shards)
        })?;
        Ok(())
    }

    fn state(&self) -> RunState {
        let Self { scenario, member, first, stepping, .. } = self;
        RunState {
            scenario: scenario.to_toml(),
            agents: member.agents as u64,
            links: member.links,
            network: member.network.clone(),
            network_file: member.network_file.clone(),
            warnings: first.as_ref().map_or(Vec::new(), |first| first.warnings.clone()),
            estimated_bytes: member.estimated_bytes,
            wall_seconds: self.wall().as_secs_f64(),
            step_seconds: stepping.elapsed.as_secs_f64(),
            step_times: stepping.each.counts().collect(),
            steps: member.steps(),
        }
    }
}

/// Goes on with this process' part of a run; returns the exit code.
pub(crate) fn resume(arguments: &ResumeArguments, rank: Rank) -> Result<u8, Ending> {
    let started = Instant::now();
    let ranks = Ranks::new(rank.clone());
    let heartbeat = Heartbeat::watch(Duration::from_secs(arguments.patience.into()), ranks.rank());
    agree(&ranks, "program", hash_of_this_program())?;
    let source = together(&ranks, Source::of(arguments).map_err(Failure::from))?;
    // What an exchange of files left behind is put in order before anybody looks.
    let here = if ranks.is_first() { source.occupy().map_err(Failure::from) } else { Ok(None) };
    let here = together(&ranks, here)?;
    let voice = Voice { json: arguments.json, quiet: arguments.quiet };
    let Some(found) = find(&source, &ranks)? else {
        let told = if ranks.is_first() { tell_finished(&source.directory, voice) } else { Ok(exit_code::DONE) };
        return together(&ranks, told);
    };
    together(&ranks, found.saved.scenario.record.format.check().map_err(Failure::from))?;
    let threads = super::threads(arguments.threads, &ranks);
    let (member, Saved { checkpoint, run, scenario }) = Member::resume(found, threads, rank)?;
    let stepping = run.stepping();
    let before = Before { wall: run.wall(), stepping: stepping.elapsed, traffic: traffic(&member.world) };
    let mut session = Spread { scenario, member, first: None, parts: None, threads, voice, started, before, stepping };
    session.reopen(arguments, &source, here, &run, checkpoint)?;
    #[cfg(feature = "prometheus")]
    session.member.write_metrics_into(arguments.metrics.as_deref())?;
    session.carry_out(heartbeat)
}

/// What all processes go on from.
pub(super) struct Found {
    pub(super) saved: Saved,
    /// Its network, if that is from a file.
    pub(super) filed: Option<Filed>,
    pub(super) placement: Placement,
    pub(super) partition: Partition,
    /// Of the swarm, what concerns agents of this process.
    pub(super) parts: Vec<PartState>,
}

/// The newest checkpoint of which every process can read what it needs; none if the run has come to its end.
fn find(source: &Source, ranks: &Ranks) -> Result<Option<Found>, Ending> {
    let paths = together(ranks, source.candidates().map_err(Failure::from))?;
    let names: Vec<u8> =
        paths.iter().flat_map(|path| path.file_name()).flat_map(OsStr::as_encoded_bytes).copied().collect();
    agree(ranks, "checkpoint", hash(&names))?;
    let mut passed_over = PassedOver { ranks, found: Vec::new() };
    for path in paths {
        let Some(mut saved) = passed_over.unless_read(source.open(&path))? else { continue };
        agree(ranks, "checkpoint", hash(saved.run.scenario.as_bytes()))?;
        if ranks.share(source.is_over(Some(&saved.scenario)).into())?[0] > 0 {
            return Ok(None);
        }
        let agents = usize::try_from(saved.run.agents).unwrap_or(usize::MAX);
        let filed = filed_again(&saved.scenario, &saved.run, &saved.checkpoint, ranks)?;
        let (placement, partition) = filed::place(&saved.scenario, filed.as_ref(), agents, ranks)?;
        let own = read_parts(&mut saved.checkpoint, &partition.agents_of(ranks.rank()));
        if let Some(parts) = passed_over.unless_read(own)? {
            passed_over.warn();
            return Ok(Some(Found { saved, filed, placement, partition, parts }));
        }
    }
    let newest = passed_over.found.into_iter().next().and_then(|(error, _)| error);
    together(ranks, newest.map_or(Ok(None), |error| Err(error.into())))
}

/// Checkpoints that not every process could read, the newest first.
struct PassedOver<'r> {
    ranks: &'r Ranks,
    /// What this process has found wrong with each, and whether it is the one to tell of it.
    found: Vec<(Option<CheckpointError>, bool)>,
}

impl PassedOver<'_> {
    /// What has been read here, if all others could read it as well.
    fn unless_read<T>(&mut self, own: Result<T, CheckpointError>) -> Result<Option<T>, Ending> {
        let have_failed = self.ranks.share(own.is_err().into())?;
        let Some(first) = have_failed.iter().position(|&has_failed| has_failed > 0) else { return Ok(own.ok()) };
        self.found.push((own.err(), self.ranks.rank() == first));
        Ok(None)
    }

    /// Says why they were not taken.
    fn warn(&self) {
        let whose = match self.ranks.is_first() {
            true => String::new(),
            false => format!(" (at rank {} of {})", self.ranks.rank(), self.ranks.size()),
        };
        let told_here = self.found.iter().filter(|(_, is_told)| *is_told).filter_map(|(error, _)| error.as_ref());
        told_here.for_each(|error| warn(error, &whose));
    }
}

impl Spread {
    /// Opens what the first process needs to go on with the files of a run.
    fn reopen(
        &mut self,
        arguments: &ResumeArguments,
        source: &Source,
        here: Option<RunDirectory>,
        run: &RunState,
        mut checkpoint: Checkpoint,
    ) -> Result<(), Ending> {
        let (scenario, member) = (&self.scenario, &mut self.member);
        let outlook = Outlook::of(scenario, member, self.threads)?;
        let phases = gather_phases(&mut member.world)?;
        let name = checkpoint.path().display().to_string();
        let state = together(&member.ranks, RecorderState::read(&mut checkpoint, scenario).map_err(Failure::from))?;
        let is_in_parts = state.is_in_parts();
        let open = || -> Result<First, Failure> {
            let mut directory = match here {
                Some(directory) => directory,
                None => RunDirectory::create(&source.out, arguments.force)?,
            };
            directory.keep_checkpoints_of(scenario.fingerprint());
            directory.record_as(scenario)?;
            let from: &Path = &source.directory;
            let mut recorder =
                Recorder::reopen(scenario, member.agents, &member.world, &mut directory, from, state, &checkpoint)?;
            recorder.see(phases);
            let progress = Progress::new(arguments.quiet, member.agents, scenario.steps());
            progress.announce_rest(&name, run.steps, self.threads);
            outlook.iter().for_each(|outlook| progress.say(&outlook.text()));
            let story = arguments.events.then(|| Story::of(scenario, member.agents, &member.world));
            Ok(First { recorder, directory, progress, outlook, story, warnings: run.warnings.clone() })
        };
        let first = if member.ranks.is_first() { open().map(Some) } else { Ok(None) };
        self.first = together(&member.ranks, first)?;
        self.parts = is_in_parts.then(|| PhaseParts::new(&scenario.output.dir, self.member.ranks.rank(), scenario));
        Ok(())
    }
}
