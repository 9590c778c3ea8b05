//! Where the rows of a sweep come together, and who tells of them.

use std::{
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
};

use lampyrid::io::sweep::{SweepDirectory, SweepError, SweepRecord, SweepRun};

use super::{plan::Plan, progress::Bar, summary::Summary};
use crate::{arguments::SweepArguments, error::Failure, exit_code, run::figures::grouped};

pub(super) struct Office {
    directory: SweepDirectory,
    out: PathBuf,
    bar: Bar,
    /// Runs that were done before.
    pub(super) before: u64,
}

impl Office {
    /// Begins a sweep in its directory, or goes on with it.
    pub(super) fn open(arguments: &SweepArguments, plan: &Plan, record: SweepRecord) -> Result<Self, SweepError> {
        let out = arguments.out.clone().unwrap_or_else(|| beside(&plan.first.output.dir));
        let directory = SweepDirectory::open(&out, record, &plan.grid, |replicate| plan.seed(replicate))?;
        let progress = directory.progress();
        let bar = Bar::new(arguments.quiet, plan.runs, progress);
        Ok(Self { directory, out, bar, before: progress.done })
    }

    /// Says what is about to run, so many runs at a time.
    pub(super) fn announce(&self, plan: &Plan, jobs: usize) {
        let at_once = if jobs == 1 { "one at a time".to_owned() } else { format!("{jobs} at a time") };
        self.bar.announce(&match self.before {
            0 => format!("{}, {at_once}", plan.size()),
            before if before == plan.runs => format!("{}, which are done", plan.size()),
            before => format!("{}, {at_once}; goes on after {} of them", plan.size(), grouped(before)),
        });
    }

    /// The numbers of the runs that have no row yet.
    pub(super) fn missing(&self) -> impl Iterator<Item = u64> + use<> {
        self.directory.missing()
    }

    /// Writes the row of a run that has ended.
    pub(super) fn append(&mut self, run: &SweepRun, seconds: f64) -> Result<(), Failure> {
        self.directory.append(run, seconds)?;
        self.bar.at(self.directory.progress());
        Ok(())
    }

    /// Ends the sweep for now and tells what came of it; returns the exit code.
    pub(super) fn close(self, arguments: &SweepArguments, plan: &Plan) -> Result<u8, Failure> {
        let Self { directory, out, bar, .. } = self;
        bar.finish();
        let mut summary = Summary::new(plan);
        let record = directory.close(&mut |point| summary.see(point))?;
        tell(arguments, &record, &summary, &out)?;
        Ok(match (record.finished, record.failed) {
            (false, _) => exit_code::INTERRUPTED,
            (true, 0) => exit_code::DONE,
            (true, _) => exit_code::RUNS_FAILED,
        })
    }
}

/// Where a sweep goes if nobody says: beside the results of a run on its own.
fn beside(run: &Path) -> PathBuf {
    let mut name = run.file_name().map_or_else(OsString::new, OsString::from);
    name.push("-sweep");
    run.with_file_name(name)
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
