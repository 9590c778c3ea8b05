//! `lampyrid run` and `lampyrid resume` over several processes: each has a part of the swarm, and the first one writes and
//! speaks.

mod begin;
mod filed;
mod member;
mod outcome;
mod outlook;
mod save;

use std::time::{Duration, Instant};

use lampyrid::{
    distributed::{Ranks, Traffic, gather_states, own_phases, traffic},
    io::{PhasePart, PhaseParts, RunDirectory, scenario::Scenario},
    swarm::{SwarmError, advance, steps_until_look, take_chronicle},
};
use lampyrid_bench::machine::cores;

use super::{
    Stepping, Voice,
    checkpoint::{self, Occasion},
    explain, goal,
    heartbeat::Heartbeat,
    pace::Pace,
    progress::Progress,
    recorder::Recorder,
    story::Story,
};
use crate::{
    arguments::RunArguments,
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    ranks::{Ending, Rank, agree, hash, hash_of_this_program, together},
};
use member::Member;
use outlook::Outlook;
pub(crate) use save::resume;

/// Runs this process' part of a scenario; returns the exit code.
pub(crate) fn spread(arguments: &RunArguments, rank: Rank) -> Result<u8, Ending> {
    let started = Instant::now();
    let ranks = Ranks::new(rank.clone());
    let heartbeat = Heartbeat::watch(Duration::from_secs(arguments.patience.into()), ranks.rank());
    agree(&ranks, "program", hash_of_this_program())?;
    let scenario = together(&ranks, scenario(arguments))?;
    agree(&ranks, "scenario", hash(scenario.to_toml().as_bytes()))?;
    if arguments.explain {
        // One process explains as well as many.
        let threads = arguments.threads.map_or_else(cores, usize::from);
        let explain = || explain::explain(&scenario, threads, arguments.strict, arguments.json);
        return together(&ranks, if ranks.is_first() { explain() } else { Ok(exit_code::DONE) });
    }
    let threads = threads(arguments.threads, &ranks);
    let member = Member::prepare(&scenario, arguments.strict, threads, rank)?;
    let voice = Voice { json: arguments.json, quiet: arguments.quiet };
    let before = Before { wall: Duration::ZERO, stepping: Duration::ZERO, traffic: traffic(&member.world) };
    let stepping = Stepping::default();
    let mut session = Spread { scenario, member, first: None, parts: None, threads, voice, started, before, stepping };
    session.open(arguments)?;
    session.row()?;
    #[cfg(feature = "prometheus")]
    session.member.write_metrics_into(arguments.metrics.as_deref())?;
    session.carry_out(heartbeat)
}

/// Threads of this process, of those there are for all.
fn threads(asked_for: Option<u16>, ranks: &Ranks) -> usize {
    asked_for.map_or_else(|| (cores() / ranks.size()).max(1), usize::from)
}

fn scenario(arguments: &RunArguments) -> Result<Scenario, Failure> {
    let scenario = super::scenario(arguments)?;
    scenario.record.format.check()?;
    Ok(scenario)
}

/// A run under way, as one of its processes has it.
struct Spread {
    scenario: Scenario,
    member: Member,
    first: Option<First>,
    /// Where each writes the phases of its own agents.
    parts: Option<PhaseParts>,
    threads: usize,
    voice: Voice,
    started: Instant,
    before: Before,
    stepping: Stepping,
}

/// What was there before the first step, or before the run was resumed.
struct Before {
    /// What the wall clock had shown.
    wall: Duration,
    /// Time of stepping.
    stepping: Duration,
    /// What setting the swarm up took.
    traffic: Traffic,
}

/// What only the first process has.
struct First {
    /// Gives up its files before the directory that they are in.
    recorder: Recorder,
    directory: RunDirectory,
    progress: Progress,
    outlook: Option<Outlook>,
    /// What is told while it goes on, if anything is.
    story: Option<Story>,
    /// Why its goal may be out of reach, as far as that was told.
    warnings: Vec<String>,
}

impl Spread {
    /// Opens what the first process needs to write and to speak.
    fn open(&mut self, arguments: &RunArguments) -> Result<(), Ending> {
        let (scenario, member) = (&self.scenario, &mut self.member);
        let outlook = Outlook::of(scenario, member, self.threads)?;
        let states = gather_states(&mut member.world)?;
        let open = || -> Result<First, Failure> {
            let mut directory = RunDirectory::create(&scenario.output.dir, arguments.force)?;
            directory.record_as(scenario)?;
            let progress = Progress::new(arguments.quiet, member.agents, scenario.steps());
            progress.say(&member.announcement(scenario));
            outlook.iter().for_each(|outlook| progress.say(&outlook.text()));
            let frequencies: Vec<f64> = states.iter().map(|state| state.frequency).collect();
            let all_phases =
                scenario.record.phases.then(|| directory.phases_in_parts(frequencies.len())).transpose()?;
            let recorder = Recorder::open(scenario, &frequencies, all_phases, &mut directory)?;
            let story = arguments.events.then(|| Story::of(scenario, member.agents, &member.world));
            Ok(First { recorder, directory, progress, outlook, story, warnings: Vec::new() })
        };
        let first = if member.ranks.is_first() { open().map(Some) } else { Ok(None) };
        self.first = together(&member.ranks, first)?;
        let is_in_parts = scenario.record.phases && scenario.record.format.has_parquet();
        self.parts = is_in_parts.then(|| PhaseParts::new(&scenario.output.dir, self.member.ranks.rank(), scenario));
        Ok(())
    }

    /// Completes what each has written of the phases of its agents, and lets the first process know.
    fn close_parts(&mut self) -> Result<(), Ending> {
        let Some(parts) = &mut self.parts else { return Ok(()) };
        let ranks = &self.member.ranks;
        let complete = together(ranks, parts.close().map_err(Failure::from))?;
        let words = |part: PhasePart| vec![part.steps, part.rank, part.bytes, part.checksum];
        let told = ranks.gather(complete.map_or_else(Vec::new, words))?;
        let part = |words: Vec<u64>| match words[..] {
            [steps, rank, bytes, checksum] => Some(PhasePart { steps, rank, bytes, checksum }),
            _ => None,
        };
        if let Some(first) = &mut self.first {
            first.recorder.note_parts(told.into_iter().filter_map(part));
        }
        Ok(())
    }

    /// Takes the steps that are left and writes the results; returns the exit code.
    fn carry_out(mut self, heartbeat: Heartbeat) -> Result<u8, Ending> {
        let interrupt = Interrupt::listen();
        heartbeat.beat();
        if let Some(First { story: Some(story), .. }) = &mut self.first {
            story.begin(&self.scenario, self.member.links, self.threads, &self.member.world);
        }
        self.step_through(&interrupt, &heartbeat)?;
        drop(heartbeat);
        self.finish()
    }

    /// Writes a row of the series.
    fn row(&mut self) -> Result<(), Ending> {
        if let Some(parts) = &mut self.parts {
            let (steps, time) = (self.member.steps(), self.member.seconds());
            let (own, phases) = own_phases(&mut self.member.world)?;
            parts.row(steps, time, own.iter(), &phases).map_err(Failure::from)?;
        }
        let (phases, sight) = self.member.sight(&self.scenario)?;
        if let Some(first) = &mut self.first {
            first.recorder.row_of(&self.scenario, phases, sight)?;
        }
        #[cfg(feature = "prometheus")]
        self.member.refresh_metrics()?;
        Ok(())
    }

    /// Steps from row to row. The first process says how many steps are taken at a time, and all stop when one is
    /// asked to.
    fn step_through(&mut self, interrupt: &Interrupt, heartbeat: &Heartbeat) -> Result<(), Ending> {
        let (steps, every) = (self.scenario.steps(), self.scenario.record.every);
        let ends_at_goal = self.scenario.ends_at_goal();
        let save_every = checkpoint::every(&self.scenario).unwrap_or(u64::MAX);
        let (mut done, mut pace) = (self.member.steps(), Pace::default());
        let is_over = |member: &Member| ends_at_goal && goal::is_over(&member.world);
        while done < steps && self.stepping.outgrew.is_none() && !is_over(&self.member) {
            let Member { world, ranks, .. } = &mut self.member;
            let to_look = steps_until_look(world).max(1);
            let most = (every - done % every).min(save_every - done % save_every).min(steps - done).min(to_look);
            let own = if ranks.is_first() { pace.steps(most) } else { 0 };
            let mut plan = [i128::from(interrupt.was_requested()), own.into()];
            ranks.add_up(&mut plan)?;
            if plan[0] > 0 {
                self.stepping.interrupted = true;
                break;
            }
            let count = plan[1] as u64;
            let began = Instant::now();
            let outcome = advance(world, count);
            let took = began.elapsed();
            let taken = self.member.steps() - done;
            match outcome {
                Ok(()) => {}
                // All of them find it at the same step, whoever it is that outgrew.
                Err(error @ SwarmError::MemoryBudgetExceeded { .. }) => self.stepping.outgrew = Some(error),
                Err(error) => return Err(Failure::Swarm { steps: done + taken, error }.into()),
            }
            self.stepping.elapsed += took;
            self.stepping.each.push_many(took.as_secs_f64() / taken.max(1) as f64, taken);
            done += taken;
            pace.took(took);
            heartbeat.beat();
            self.see()?;
            if taken > 0 && (done.is_multiple_of(every) || done == steps) {
                self.row()?;
            }
            if taken > 0 && done.is_multiple_of(save_every) && done < steps {
                self.save(Occasion::Scheduled)?;
            }
            heartbeat.beat();
            if let Some(first) = &mut self.first {
                let r = first.recorder.last().r;
                first.progress.at(done, r, self.stepping.elapsed);
                if let Some(story) = &mut first.story {
                    story.go_on(&self.member.world, r, self.stepping.elapsed);
                }
            }
        }
        // Before the row of the end, which is none of the run's that goes on from here.
        match (&self.stepping.outgrew, self.stepping.interrupted) {
            (Some(_), _) if done < steps => self.save(Occasion::OutOfMemory)?,
            (None, true) => self.save(Occasion::Interrupted)?,
            _ => {}
        }
        if done < steps && !done.is_multiple_of(every) {
            self.row()?;
        }
        self.stepping.look_at_the_end(&self.scenario, &self.member.world);
        Ok(())
    }

    /// Notes what has happened.
    fn see(&mut self) -> Result<(), Failure> {
        if let Some(first) = &mut self.first {
            let happened = take_chronicle(&mut self.member.world);
            first.recorder.events.of_swarm(&happened, &self.member.world)?;
            first.recorder.see_recoveries(&happened);
            if let Some(story) = &mut first.story {
                story.hear(&happened);
            }
        }
        Ok(())
    }

    /// Time of the wall clock up to now.
    fn wall(&self) -> Duration {
        self.before.wall + self.started.elapsed()
    }
}
