//! `lampyrid sweep`: one scenario at many points, each with many seeds; a table out.

mod inputs;
mod plan;
mod progress;
mod queue;
mod summary;
mod work;

use std::{
    env,
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
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
        sweep::{SweepDirectory, SweepRecord, SweepRun},
    },
    swarm::Workers,
};
use lampyrid_bench::machine::cores;

use crate::{
    arguments::{ResumeArguments, SweepArguments},
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    run::figures::grouped,
};
use inputs::Inputs;
use plan::Plan;
use progress::Bar;
use queue::Queue;
use summary::Summary;

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
    let out = arguments.out.clone().unwrap_or_else(|| beside(&plan.first.output.dir));
    let mut directory = SweepDirectory::open(&out, record, &plan.grid, |replicate| plan.seed(replicate))?;
    let before = directory.progress().done;
    let missing = usize::try_from(plan.runs - before).unwrap_or(usize::MAX);
    let jobs = arguments.jobs.map_or_else(cores, usize::from).min(MOST_JOBS).min(missing);

    let mut bar = Bar::new(arguments.quiet, plan.runs, directory.progress());
    bar.announce(&announcement(&plan, before, jobs));
    let stop = Stop::listening();
    carry_out(&plan, &inputs, &stop, jobs, &mut directory, &mut bar)?;
    bar.finish();
    let mut summary = Summary::new(&plan);
    let record = directory.close(&mut |point| summary.see(point))?;
    tell(arguments, &record, &summary, &out)?;
    Ok(match (record.finished, record.failed) {
        (false, _) => exit_code::INTERRUPTED,
        (true, 0) => exit_code::DONE,
        (true, _) => exit_code::RUNS_FAILED,
    })
}

/// Goes on with the sweep in a directory; returns the exit code.
pub(crate) fn resume(record: SweepRecord, arguments: &ResumeArguments) -> Result<u8, Failure> {
    let sweep = arguments.run.clone();
    if arguments.out.is_some() {
        return Err(SweepRefused::OutOfPlace(sweep).into());
    }
    let out = sweep.canonicalize().map_err(|source| OutputError::Io { action: "open", path: sweep.clone(), source })?;
    let command = record.command;
    if env::set_current_dir(&command.directory).is_err() {
        return Err(SweepRefused::Elsewhere { sweep, directory: command.directory }.into());
    }
    self::sweep(&SweepArguments {
        scenario: command.scenario.map(PathBuf::from),
        vary: command.vary,
        seeds: command.seeds,
        jobs: arguments.threads,
        set: command.set,
        out: Some(out),
        yes: true,
        json: arguments.json,
        quiet: arguments.quiet,
    })
}

/// Where a sweep goes if nobody says: beside the results of a run on its own.
fn beside(run: &Path) -> PathBuf {
    let mut name = run.file_name().map_or_else(OsString::new, OsString::from);
    name.push("-sweep");
    run.with_file_name(name)
}

fn announcement(plan: &Plan, before: u64, jobs: usize) -> String {
    let at_once = if jobs == 1 { "one at a time".to_owned() } else { format!("{jobs} at a time") };
    match before {
        0 => format!("{}, {at_once}", plan.size()),
        _ if before == plan.runs => format!("{}, which are done", plan.size()),
        _ => format!("{}, {at_once}; goes on after {} of them", plan.size(), grouped(before)),
    }
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

    fn is_asked(&self) -> bool {
        self.interrupt.was_requested() || self.is_in_vain.load(Ordering::Relaxed)
    }
}

/// Does the runs that are missing on so many threads, and writes the row of each as soon as it has ended.
fn carry_out(
    plan: &Plan,
    inputs: &Inputs,
    stop: &Stop,
    jobs: usize,
    directory: &mut SweepDirectory,
    bar: &mut Bar,
) -> Result<(), Failure> {
    let queue = Queue::new(plan, inputs, stop, directory.missing());
    let (queue, (sender, receiver)) = (&queue, mpsc::channel());
    thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(move || work_off(plan, inputs, stop, queue, &sender));
        }
        // So that the channel ends with the last of them.
        drop(sender);
        receiver.into_iter().try_for_each(|(run, seconds): (SweepRun, f64)| {
            directory.append(&run, seconds).inspect_err(|_| stop.is_in_vain.store(true, Ordering::Relaxed))?;
            bar.at(directory.progress());
            Ok(())
        })
    })
}

/// What one thread does: run after run, until there is none left.
fn work_off(plan: &Plan, inputs: &Inputs, stop: &Stop, queue: &Queue<'_>, sender: &mpsc::Sender<(SweepRun, f64)>) {
    let workers = Workers::with_threads(1);
    while let Some((job, mut room)) = queue.take() {
        let began = Instant::now();
        let (run, seed) = (job.run, job.seed);
        let Some(outcome) = work::carry_out(job, &mut room, inputs, &workers, stop) else {
            return;
        };
        let values = plan.grid.values(run.point).unwrap_or_default();
        let row = SweepRun { point: run.point, values, replicate: run.replicate, seed, outcome };
        if sender.send((row, began.elapsed().as_secs_f64())).is_err() {
            return;
        }
    }
}

fn tell(arguments: &SweepArguments, record: &SweepRecord, summary: &Summary, out: &Path) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    if arguments.json {
        stdout.write_all(record.to_json().as_bytes())?;
    } else if !arguments.quiet {
        stdout.write_all(summary.text(record, out).as_bytes())?;
    }
    stdout.flush()?;
    if !record.finished {
        let (done, runs) = (grouped(record.done), grouped(record.runs));
        let _ = writeln!(
            std::io::stderr().lock(),
            "interrupted with {done} of {runs} runs done; go on by the same command or `lampyrid resume {}`",
            out.display()
        );
    }
    Ok(())
}
