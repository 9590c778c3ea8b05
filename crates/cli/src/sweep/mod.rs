//! `lampyrid sweep`: one scenario at many points, each with many seeds; a table out.

mod inputs;
mod office;
mod plan;
mod progress;
mod queue;
#[cfg(feature = "mpi")]
mod spread;
mod summary;
mod work;

use std::{
    env,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Instant,
};

use lampyrid::{
    io::{
        OutputError,
        sweep::{SweepRecord, SweepRun},
    },
    swarm::Workers,
};
use lampyrid_bench::machine::cores;

use crate::{
    arguments::{ResumeArguments, SweepArguments},
    error::Failure,
    interrupt::Interrupt,
};
use inputs::Inputs;
use office::Office;
use plan::Plan;
use queue::Queue;
#[cfg(feature = "mpi")]
pub(crate) use spread::{found, resume as resume_spread, spread};

/// Threads that are started at most, whatever is asked for: more than any machine has use for.
const MOST_JOBS: usize = 1024;

/// A sweep that is not begun.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepRefused {
    #[error("--vary {key}: {reason}")]
    NotVaried { key: String, reason: &'static str },
    #[error("--vary {key}: it is set as well, by --set {set}; leave one of them out")]
    VariedAndSet { key: String, set: String },
    #[error("the sweep has {size}, more than {most}; say --yes if so many are meant")]
    TooMany { size: String, most: String },
    #[error(
        "the sweep in {} was begun in {directory}, which is not there any more; give its command again where its files are",
        sweep.display()
    )]
    Elsewhere { sweep: PathBuf, directory: String },
    #[error("{} holds a sweep, which goes on in its own directory; leave --out out", .0.display())]
    OutOfPlace(PathBuf),
}

/// Carries out a sweep, or what is left of it; returns the exit code.
pub(crate) fn sweep(arguments: &SweepArguments) -> Result<u8, Failure> {
    let plan = Plan::of(arguments)?;
    let (inputs, scenarios) = plan.look()?;
    let record = plan.record(arguments, &inputs, scenarios);
    let mut office = Office::open(arguments, &plan, record)?;
    let missing = usize::try_from(plan.runs - office.before).unwrap_or(usize::MAX);
    let jobs = arguments.jobs.map_or_else(cores, usize::from).min(MOST_JOBS).min(missing);
    office.announce(&plan, jobs);
    let stop = Stop::listening();
    carry_out(&plan, &inputs, &stop, jobs, &mut office)?;
    office.close(arguments, &plan)
}

/// Goes on with the sweep in a directory; returns the exit code.
pub(crate) fn resume(record: SweepRecord, arguments: &ResumeArguments) -> Result<u8, Failure> {
    sweep(&as_begun(record, arguments)?)
}

/// The command that a sweep was begun with, from where it was given.
fn as_begun(record: SweepRecord, arguments: &ResumeArguments) -> Result<SweepArguments, Failure> {
    let sweep = arguments.run.clone();
    if arguments.out.is_some() {
        return Err(SweepRefused::OutOfPlace(sweep).into());
    }
    let out = sweep.canonicalize().map_err(|source| OutputError::Io { action: "open", path: sweep.clone(), source })?;
    let command = record.command;
    if env::set_current_dir(&command.directory).is_err() {
        return Err(SweepRefused::Elsewhere { sweep, directory: command.directory }.into());
    }
    Ok(SweepArguments {
        scenario: command.scenario.map(PathBuf::from),
        vary: command.vary,
        seeds: command.seeds,
        jobs: arguments.threads,
        set: command.set,
        out: Some(out),
        #[cfg(feature = "mpi")]
        patience: arguments.patience,
        yes: true,
        json: arguments.json,
        quiet: arguments.quiet,
    })
}

/// Asks runs to end before their time.
#[derive(Default)]
pub(super) struct Stop {
    interrupt: Interrupt,
    /// Results cannot be written any more.
    is_in_vain: AtomicBool,
}

impl Stop {
    fn listening() -> Self {
        Self { interrupt: Interrupt::listen(), ..Self::default() }
    }

    fn give_up(&self) {
        self.is_in_vain.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        self.interrupt.was_requested() || self.is_in_vain.load(Ordering::Relaxed)
    }
}

/// Does the runs that are missing on so many threads, and writes the row of each as soon as it has ended.
fn carry_out(plan: &Plan, inputs: &Inputs, stop: &Stop, jobs: usize, office: &mut Office) -> Result<(), Failure> {
    let queue = Queue::new(plan, inputs, stop, office.missing());
    let (queue, (sender, receiver)) = (&queue, mpsc::channel());
    thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(move || work_off(plan, inputs, stop, queue, &sender));
        }
        // So that the channel ends with the last of them.
        drop(sender);
        receiver.into_iter().try_for_each(|(run, seconds): (SweepRun, f64)| {
            office.append(&run, seconds).inspect_err(|_| stop.give_up())
        })
    })
}

/// What one thread does: run after run, until there is none left.
fn work_off(plan: &Plan, inputs: &Inputs, stop: &Stop, queue: &Queue<'_>, sender: &mpsc::Sender<(SweepRun, f64)>) {
    let workers = Workers::with_threads(1);
    while let Some((job, mut room)) = queue.take() {
        let (began, run) = (Instant::now(), job.run);
        let Some(outcome) = work::carry_out(job, &mut room, inputs, &workers, &|| !stop.is_asked()) else {
            return;
        };
        if sender.send((plan.row(run, outcome), began.elapsed().as_secs_f64())).is_err() {
            return;
        }
    }
}
