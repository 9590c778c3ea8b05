//! Saving a run over several processes, and going on from where any run was saved: a checkpoint knows nothing of processes.

use std::{
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use lampyrid::{
    checkpoint::{read_swarm, write_swarm},
    distributed::{Ranks, gather_phases, gather_state, traffic},
    io::{Checkpoint, PhaseParts, RunDirectory},
    swarm::SwarmState,
};

use super::{Before, First, Spread, member::Member, outlook::Outlook};
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
        resume::{Saved, Source, tell_finished},
        story::Story,
    },
};

impl Spread {
    /// Saves the run as it stands between two steps.
    pub(super) fn save(&mut self, occasion: Occasion) -> Result<(), Ending> {
        self.close_parts()?;
        let state = gather_state(&mut self.member.world)?;
        let written = match state {
            Some(state) => self.write_state(&state, occasion),
            None => Ok(()),
        };
        together(&self.member.ranks, written)?;
        if let Some(First { story: Some(story), directory, .. }) = &mut self.first {
            story.saved(&self.member.world, directory.path());
        }
        Ok(())
    }

    fn write_state(&mut self, state: &SwarmState, occasion: Occasion) -> Result<(), Failure> {
        let (run, steps) = (self.state(), self.member.steps());
        let Some(First { recorder, directory, .. }) = &mut self.first else { return Ok(()) };
        recorder.events.saved(&self.member.world, occasion)?;
        let recorded = recorder.state(directory)?;
        let keep = usize::try_from(self.scenario.checkpoint.keep).unwrap_or(usize::MAX);
        directory.save_checkpoint(self.scenario.fingerprint(), steps, keep, |file| {
            file.record(RUN, &run)?;
            recorded.write(file)?;
            write_swarm(state, file)
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
    let saved = together(&ranks, source.find())?;
    agree(&ranks, "checkpoint", saved.as_ref().map_or(0, identity))?;
    let voice = Voice { json: arguments.json, quiet: arguments.quiet };
    let Some(Saved { mut checkpoint, passed_over, run, scenario }) = saved else {
        let told = if ranks.is_first() { tell_finished(&source.directory, voice) } else { Ok(exit_code::DONE) };
        return together(&ranks, told);
    };
    for error in passed_over.iter().filter(|_| ranks.is_first()) {
        // The run goes on all the same.
        let _ = writeln!(std::io::stderr().lock(), "warning: {error}");
    }
    together(&ranks, scenario.record.format.check().map_err(Failure::from))?;
    let threads = super::threads(arguments.threads, &ranks);
    let state = together(&ranks, read_swarm(&mut checkpoint).map_err(Failure::from))?;
    let member = Member::resume(&scenario, &run, state, threads, &checkpoint, rank)?;
    let stepping = run.stepping();
    let before = Before { wall: run.wall(), stepping: stepping.elapsed, traffic: traffic(&member.world) };
    let mut session = Spread { scenario, member, first: None, parts: None, threads, voice, started, before, stepping };
    session.reopen(arguments, &source, here, &run, checkpoint)?;
    #[cfg(feature = "prometheus")]
    session.member.write_metrics_into(arguments.metrics.as_deref())?;
    session.carry_out(heartbeat)
}

/// What tells saved runs apart: the name of a checkpoint has its step and a number of its run.
fn identity(saved: &Saved) -> u64 {
    let name = saved.checkpoint.path().file_name().unwrap_or_default();
    hash(format!("{} {}", name.display(), saved.run.scenario).as_bytes())
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
