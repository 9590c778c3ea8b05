//! `lampyrid run`: a scenario in, a run directory out.

pub(crate) mod budget;
mod checkpoint;
pub(crate) mod convert;
mod events;
mod explain;
pub(crate) mod figures;
pub(crate) mod followers;
pub(crate) mod goal;
#[cfg(feature = "mpi")]
mod heartbeat;
mod metrics;
pub(crate) mod pace;
mod pictures;
pub(crate) mod prepare;
pub(crate) mod preset;
pub(crate) mod progress;
pub(crate) mod recorder;
mod resume;
#[cfg(feature = "mpi")]
mod spread;
mod story;
pub(crate) mod summary;

#[cfg(feature = "prometheus")]
use std::path::PathBuf;
use std::{
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use lampyrid::{
    io::{
        FinalCoherence, MemoryRecord, NodeNames, OutputError, RunDirectory, RunRecord, StepTimes, Versions,
        scenario::{MemoryPolicy, Scenario, ScenarioBuilder, ScenarioError},
    },
    measure::Quantiles,
    swarm::{
        AgentState, SwarmClock, SwarmError, World, advance, agent_states, phase_hash, steps_until_look, swarm_bytes,
        take_chronicle,
    },
};
use lampyrid_bench::machine::{cores, peak_resident_bytes};

use crate::{arguments::RunArguments, error::Failure, exit_code, interrupt::Interrupt};
pub(crate) use budget::BudgetRefused;
use checkpoint::Occasion;
pub(crate) use checkpoint::save_parts as save_checkpoint;
#[cfg(feature = "mpi")]
pub(crate) use heartbeat::Heartbeat;
#[cfg(feature = "prometheus")]
pub(crate) use metrics::MetricsFileError;
use pace::Pace;
pub(crate) use prepare::{NoMetis, Prepared, prepare};
use progress::Progress;
pub(crate) use recorder::Recorder;
pub(crate) use resume::resume;
#[cfg(feature = "mpi")]
pub(crate) use spread::{resume as resume_spread, spread};
use story::Story;

/// Runs a scenario; returns the exit code.
pub(crate) fn run(arguments: &RunArguments) -> Result<u8, Failure> {
    let started = Instant::now();
    let scenario = scenario(arguments)?;
    scenario.record.format.check()?;
    let threads = arguments.threads.map_or_else(cores, usize::from);
    if arguments.explain {
        return explain::explain(&scenario, threads, arguments.strict, arguments.json);
    }
    let mut prepared = prepare(&scenario, threads, arguments.strict)?;
    let mut directory = RunDirectory::create(&scenario.output.dir, arguments.force)?;
    directory.record_as(&scenario)?;
    let recorder = Recorder::start(&scenario, &mut prepared, &mut directory)?;
    let asked = Asked {
        threads,
        voice: Voice { json: arguments.json, quiet: arguments.quiet },
        events: arguments.events,
        #[cfg(feature = "prometheus")]
        metrics: arguments.metrics.clone(),
        started,
    };
    let session = Session::new(scenario, prepared, directory, recorder, asked);
    session.progress.announce(&session.scenario, &session.prepared, threads);
    session.carry_out()
}

/// What is asked of a run besides its scenario, whether it begins or goes on.
struct Asked {
    threads: usize,
    voice: Voice,
    /// Whether what happens is told as it happens.
    events: bool,
    #[cfg(feature = "prometheus")]
    metrics: Option<PathBuf>,
    started: Instant,
}

/// A run under way, from its beginning or from a checkpoint.
struct Session {
    scenario: Scenario,
    prepared: Prepared,
    /// Gives up its files before the directory that they are in.
    recorder: Recorder,
    directory: RunDirectory,
    progress: Progress,
    asked: Asked,
    /// What is told while it goes on, if anything is.
    story: Option<Story>,
    /// What the wall clock had shown when it was saved.
    wall_before: Duration,
    stepping: Stepping,
}

/// How much is said at the end.
#[derive(Clone, Copy)]
struct Voice {
    json: bool,
    quiet: bool,
}

impl Session {
    /// A run that is ready, with nothing behind it.
    fn new(scenario: Scenario, prepared: Prepared, directory: RunDirectory, recorder: Recorder, asked: Asked) -> Self {
        let progress = Progress::new(asked.voice.quiet, prepared.agents, scenario.steps());
        let story = asked.events.then(|| Story::of(&scenario, prepared.agents, &prepared.world));
        let (wall_before, stepping) = (Duration::ZERO, Stepping::default());
        Self { scenario, prepared, recorder, directory, progress, asked, story, wall_before, stepping }
    }

    /// Takes the steps that are left and writes the results; returns the exit code.
    fn carry_out(mut self) -> Result<u8, Failure> {
        let interrupt = Interrupt::listen();
        #[cfg(feature = "prometheus")]
        if let Some(path) = &self.asked.metrics {
            self.recorder.write_metrics_into(metrics::MetricsFile::new(path), &mut self.prepared)?;
        }
        if let Some(story) = &mut self.story {
            let Prepared { links, world, .. } = &self.prepared;
            story.begin(&self.scenario, *links as u64, self.asked.threads, world);
        }
        step_through(&mut self, &interrupt)?;
        self.progress.finish();
        #[cfg(feature = "prometheus")]
        self.recorder.write_metrics(&mut self.prepared)?;
        let Prepared { world, names, .. } = &mut self.prepared;
        write_final_state(&self.scenario, &agent_states(world), names.as_ref(), &mut self.directory)?;
        let wall = self.wall();
        let Self { scenario, mut prepared, mut directory, recorder, asked, story, stepping, .. } = self;
        let Asked { threads, voice, .. } = asked;
        let exit_code = stepping.exit_code(&prepared.world);
        let standing = Standing { threads, stepping: &stepping, exit_code };
        let recorded = recorder.finish(&mut directory)?;
        let record = record(&scenario, &mut prepared, &standing, recorded.observed.last, wall);
        pictures::write(&mut directory, &record, &recorded, prepared.adjacency.as_deref())?;
        let path = directory.path().to_path_buf();
        let record = directory.finish(record)?;
        match story {
            Some(story) => story.end(&record, &path)?,
            None => report(voice, &record, &recorded.observed, &path)?,
        }
        tell_of_memory(voice, &prepared.world, &stepping, "");
        Ok(exit_code)
    }

    /// Time of the wall clock up to now.
    fn wall(&self) -> Duration {
        self.wall_before + self.asked.started.elapsed()
    }
}

/// The scenario with the overrides of the command line.
fn scenario(arguments: &RunArguments) -> Result<Scenario, Failure> {
    let flags = [
        ("--seed", "seed", &arguments.seed),
        ("--steps", "time.steps", &arguments.steps),
        ("--checkpoint-every", "checkpoint.every", &arguments.checkpoint_every),
        ("--out", "output.dir", &arguments.out),
    ];
    overridden(arguments.scenario.as_deref(), &arguments.set, &flags)
}

/// The scenario of a file, or the built-in one, with `--set`s and then flags on top: each a flag, its key and its value.
pub(crate) fn overridden(
    file: Option<&Path>,
    sets: &[String],
    flags: &[(&str, &str, &Option<String>)],
) -> Result<Scenario, Failure> {
    let mut builder = builder(file, sets)?;
    for (flag, key, value) in flags {
        if let Some(value) = value {
            builder = builder.flag(flag, key, value)?;
        }
    }
    Ok(preset::with_preset(builder)?.build()?)
}

/// A scenario file, or else the built-in scenario, with keys that are set.
pub(crate) fn builder(scenario: Option<&Path>, set: &[String]) -> Result<ScenarioBuilder, ScenarioError> {
    let builder = match scenario {
        Some(path) => ScenarioBuilder::from_file(path)?,
        None => ScenarioBuilder::built_in(),
    };
    set.iter().try_fold(builder, |builder, set| builder.set(set))
}

/// How the stepping went.
#[derive(Default)]
pub(crate) struct Stepping {
    pub elapsed: Duration,
    /// Seconds that single steps took.
    pub each: Quantiles,
    interrupted: bool,
    /// Why the swarm may not step any more.
    outgrew: Option<SwarmError>,
}

impl Stepping {
    /// The last step may be the one that was too much.
    fn look_at_the_end(&mut self, scenario: &Scenario, world: &World) {
        if self.outgrew.is_none() && scenario.memory.policy != MemoryPolicy::Warn {
            self.outgrew = budget::exceeded(world);
        }
    }

    /// What a run that went like this ends with.
    fn exit_code(&self, world: &World) -> u8 {
        match (&self.outgrew, self.interrupted) {
            (Some(_), _) => exit_code::MEMORY,
            (None, true) => exit_code::INTERRUPTED,
            (None, false) if goal::is_missed(world) => exit_code::GOAL_MISSED,
            (None, false) => exit_code::DONE,
        }
    }
}

/// How a run stands when its record is made.
pub(crate) struct Standing<'a> {
    pub threads: usize,
    pub stepping: &'a Stepping,
    pub exit_code: u8,
}

/// Steps from row to row, and saves the run now and then, and where it ends early.
fn step_through(session: &mut Session, interrupt: &Interrupt) -> Result<(), Failure> {
    let (steps, every) = (session.scenario.steps(), session.scenario.record.every);
    let ends_at_goal = session.scenario.ends_at_goal();
    let save_every = checkpoint::every(&session.scenario).unwrap_or(u64::MAX);
    let (mut done, mut pace) = (steps_taken(&session.prepared), Pace::default());
    let is_over = |prepared: &Prepared| ends_at_goal && goal::is_over(&prepared.world);
    while done < steps
        && session.stepping.outgrew.is_none()
        && !interrupt.was_requested()
        && !is_over(&session.prepared)
    {
        let to_row = every - done % every;
        let to_save = save_every - done % save_every;
        // No look at the goal is passed over, so that the run ends at the same step however long steps take.
        let to_look = steps_until_look(&session.prepared.world).max(1);
        let count = pace.steps(to_row.min(to_save).min(steps - done).min(to_look));
        let began = Instant::now();
        let outcome = advance(&mut session.prepared.world, count);
        let took = began.elapsed();
        let taken = steps_taken(&session.prepared) - done;
        match outcome {
            Ok(()) => {}
            Err(error @ SwarmError::MemoryBudgetExceeded { .. }) => session.stepping.outgrew = Some(error),
            Err(error) => return Err(Failure::Swarm { steps: done + taken, error }),
        }
        session.stepping.elapsed += took;
        session.stepping.each.push_many(took.as_secs_f64() / taken.max(1) as f64, taken);
        done += taken;
        let happened = take_chronicle(&mut session.prepared.world);
        session.recorder.events.of_swarm(&happened, &session.prepared.world)?;
        session.recorder.see_recoveries(&happened);
        if let Some(story) = &mut session.story {
            story.hear(&happened);
        }
        pace.took(took);
        if taken > 0 && (done.is_multiple_of(every) || done == steps) {
            session.recorder.row(&session.scenario, &mut session.prepared)?;
        }
        if taken > 0 && done.is_multiple_of(save_every) && done < steps {
            checkpoint::save(session, Occasion::Scheduled)?;
        }
        session.progress.at(done, session.recorder.last().r, session.stepping.elapsed);
        if let Some(story) = &mut session.story {
            story.go_on(&session.prepared.world, session.recorder.last().r, session.stepping.elapsed);
        }
    }
    let ended_early = done < steps;
    let is_over = is_over(&session.prepared);
    if ended_early && !is_over {
        let has_outgrown = session.stepping.outgrew.is_some();
        // Before the row of the end, which is none of the run's that goes on from here.
        checkpoint::save(session, if has_outgrown { Occasion::OutOfMemory } else { Occasion::Interrupted })?;
    }
    if ended_early && !done.is_multiple_of(every) {
        session.recorder.row(&session.scenario, &mut session.prepared)?;
    }
    session.stepping.look_at_the_end(&session.scenario, &session.prepared.world);
    session.stepping.interrupted = ended_early && session.stepping.outgrew.is_none() && !is_over;
    Ok(())
}

/// A swarm that outgrew its budget is an error; under the policy `warn` it is worth a word. Nobody is left to make room
/// for one that paused: it ends like one that stopped. `whose` tells which part it was, if there are several.
fn tell_of_memory(voice: Voice, world: &World, stepping: &Stepping, whose: &str) {
    let steps = world.get_resource::<SwarmClock>().map_or(0, SwarmClock::steps);
    let text = match stepping.outgrew {
        Some(error) => format!("error: the run ended at step {steps}: {error}{whose}\n"),
        None if budget::was_exceeded(world) && !voice.quiet => {
            format!("warning: the swarm held more memory than its budget{whose}; see `memory` in run.json\n")
        }
        None => return,
    };
    // The exit code says it too.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn steps_taken(prepared: &Prepared) -> u64 {
    prepared.world.get_resource::<SwarmClock>().map_or(0, SwarmClock::steps)
}

fn write_final_state(
    scenario: &Scenario,
    states: &[AgentState],
    names: Option<&NodeNames>,
    directory: &mut RunDirectory,
) -> Result<(), OutputError> {
    let rows = states.iter().map(|state| lampyrid::io::AgentState {
        id: state.id,
        phase: state.phase,
        frequency: state.frequency,
        energy: state.energy,
        name: names.zip(usize::try_from(state.id).ok()).and_then(|(names, node)| names.get(node)),
    });
    if scenario.record.npy {
        directory.write_final_state_npy(rows.clone())?;
    }
    directory.write_final_state(rows)
}

/// What was run, and what came of it up to now.
pub(crate) fn record(
    scenario: &Scenario,
    prepared: &mut Prepared,
    standing: &Standing<'_>,
    last: lampyrid::measure::OrderParameter,
    wall: Duration,
) -> RunRecord {
    let steps = steps_taken(prepared);
    let agents = prepared.agents as u64;
    let step_seconds = standing.stepping.elapsed.as_secs_f64();
    let bytes = swarm_bytes(&mut prepared.world) as f64 / agents as f64;
    let metrics = metrics::record(&mut prepared.world, standing.stepping);
    RunRecord {
        agents,
        links: prepared.links as u64,
        steps,
        time: prepared.world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds),
        threads: standing.threads as u64,
        seed: scenario.seed,
        phase_hash: phase_hash(&mut prepared.world),
        goal: goal::record(scenario, prepared.agents, &prepared.world, &prepared.warnings),
        energy: goal::energy_record(scenario, &prepared.world),
        disruptions: goal::disruptions(&prepared.world),
        r#final: FinalCoherence { r: last.r, psi: last.psi },
        wall_seconds: wall.as_secs_f64(),
        step_seconds,
        step_times: StepTimes::from(&standing.stepping.each),
        agent_steps_per_second: RunRecord::speed(agents, steps, step_seconds),
        ranks: Vec::new(),
        exchange: None,
        memory: MemoryRecord {
            peak_resident_bytes: peak_resident_bytes(),
            bytes_per_agent: bytes.is_finite().then_some(bytes),
            estimated_bytes: Some(prepared.estimated_bytes),
            budget_exceeded: budget::was_exceeded(&prepared.world),
        },
        metrics,
        exit_code: standing.exit_code,
        interrupted: standing.stepping.interrupted,
        versions: Versions::of_this_program(),
        network: prepared.network.clone(),
        numbering: prepared.numbering.map(|numbering| numbering.name().to_owned()),
        files: Vec::new(),
        scenario: scenario.clone(),
    }
}

/// What is printed at the end.
fn report(voice: Voice, record: &RunRecord, observed: &recorder::Observed, path: &Path) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if voice.json {
        out.write_all(record.to_json().as_bytes())?;
    } else if !voice.quiet {
        out.write_all(summary::summary(record, observed, path).as_bytes())?;
    }
    out.flush()?;
    Ok(())
}
