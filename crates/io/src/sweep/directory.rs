//! The directory of a sweep.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::StringRecord;

use super::axis::Axis;
use super::columns;
use super::error::SweepError;
use super::grid::{Grid, RunId};
use super::journal::{Journal, line};
use super::point::SweepPoint;
use super::record::SweepRecord;
use super::row::SweepRun;
use crate::checkpoint::saved_checkpoints;
use crate::column::{Cell, TableColumn};
use crate::columnar;
use crate::disk::{Disk, RealDisk, replace};
use crate::output_error::OutputError;
use crate::product::Product;
use crate::recorded::about;
use crate::run_directory::lock;

const RECORD: &str = "sweep.json";
const RUNS: &str = "runs.csv";
const POINTS: &str = "points.csv";
const TIMINGS: &str = "timings.csv";
const PARQUET_RUNS: &str = "runs.parquet";
const PARQUET_POINTS: &str = "points.parquet";
const TABLES: [&str; 5] = [RUNS, POINTS, TIMINGS, PARQUET_RUNS, PARQUET_POINTS];

/// A directory that a sweep is written into, and nobody else meanwhile.
///
/// | file | holds |
/// |---|---|
/// | `runs.csv` | a row for each run, in the order in which they end; once all have, by point and replicate |
/// | `timings.csv` | how long each run took, in s of the wall clock: what is not the same every time |
/// | `points.csv` | what the runs of each point come to, once the sweep has ended or is interrupted |
/// | `runs.parquet`, `points.parquet` | the same, if the scenario asks for that format; units and scenario in the metadata |
/// | `sweep.json` | what is swept, and how far it is |
///
/// Whoever writes it may be killed at any time: rows stay, and the sweep goes on with those that are missing when the
/// directory is opened again. In the end `runs.csv` and `points.csv` are the same to the byte, whatever happened.
#[derive(Debug)]
pub struct SweepDirectory {
    path: PathBuf,
    /// Holds the lock.
    _handle: Option<File>,
    disk: Arc<dyn Disk>,
    record: SweepRecord,
    runs: Journal,
    timings: Journal,
    parquet: Option<AsParquet>,
    done: BTreeSet<u64>,
    failed: u64,
}

/// What the tables are written as Parquet with.
#[derive(Debug)]
struct AsParquet {
    /// The columns of the varied keys.
    keys: Vec<TableColumn>,
    /// What the files tell of the sweep.
    about: Vec<(String, String)>,
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepProgress {
    /// Runs that have their row, failed ones included.
    pub done: u64,
    /// Runs that failed.
    pub failed: u64,
}

impl SweepDirectory {
    /// Begins a sweep in a directory, which is made if it does not exist, or goes on with it. `seed` tells the seed of
    /// a replicate.
    ///
    /// # Errors
    ///
    /// When the scenario asks for Parquet and the program was built without, when the directory holds another sweep or
    /// something else under a name that is needed, when another process writes into it, when a table holds what no sweep has written, and when something cannot be read or written.
    /// Nothing that was there is lost then.
    pub fn open(path: &Path, record: SweepRecord, grid: &Grid, seed: impl Fn(u64) -> u64) -> Result<Self, SweepError> {
        Self::open_on(Arc::new(RealDisk), path, record, grid, &seed)
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        path: &Path,
        record: SweepRecord,
        grid: &Grid,
        seed: &dyn Fn(u64) -> u64,
    ) -> Result<Self, SweepError> {
        let parquet = AsParquet::of(&record, grid)?;
        fs::create_dir_all(path).map_err(OutputError::io("create", path))?;
        let handle = lock(path)?;
        let record = match saved(path)? {
            Some(begun) => {
                begun.check(path, &record)?;
                begun
            }
            None => {
                check_occupancy(path)?;
                replace(&*disk, &path.join(RECORD), |out| out.write_all(record.to_json().as_bytes()))?;
                record
            }
        };
        let timings = Journal::open(disk.clone(), path.join(TIMINGS), &TIMING, &mut |row| timing_of(row))?;
        let heading = SweepRun::heading(grid.axes().iter().map(Axis::key));
        let (mut done, mut failed) = (BTreeSet::new(), 0);
        let runs = Journal::open(disk.clone(), path.join(RUNS), &heading, &mut |row| {
            let run = run_of(row, &record, grid, seed)?;
            if done.insert(run.id().number(record.points)) {
                failed += u64::from(run.outcome.is_failure());
            }
            Ok(run.id())
        })?;
        Ok(Self { path: path.to_path_buf(), _handle: handle, disk, record, runs, timings, parquet, done, failed })
    }

    /// The record of the sweep that a directory holds, if it holds one and no run.
    ///
    /// # Errors
    ///
    /// When there is a record that cannot be read.
    pub fn record_in(path: &Path) -> Result<Option<SweepRecord>, SweepError> {
        if path.join(Product::RunRecord.file_name()).exists() { Ok(None) } else { saved(path) }
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How far the sweep is.
    #[must_use]
    pub fn progress(&self) -> SweepProgress {
        SweepProgress { done: self.done.len() as u64, failed: self.failed }
    }

    /// The numbers of the runs that have no row yet, in the order in which they are to be begun.
    pub fn missing(&self) -> impl Iterator<Item = u64> + use<> {
        let mut done = self.done.clone().into_iter().peekable();
        (0..self.record.runs).filter(move |number| done.next_if_eq(number).is_none())
    }

    /// Adds the row of a run that has ended, and how long that took, in s.
    ///
    /// # Errors
    ///
    /// When it cannot be written. The rows before it stay.
    pub fn append(&mut self, run: &SweepRun, wall_seconds: f64) -> Result<(), OutputError> {
        self.timings.append(run.id(), &(run.point, run.replicate, wall_seconds))?;
        self.runs.append(run.id(), run)?;
        self.done.insert(run.id().number(self.record.points));
        self.failed += u64::from(run.outcome.is_failure());
        Ok(())
    }

    /// Ends the sweep for now: writes what the runs of each point come to, handing it to `each` as well, and brings
    /// everything to the disk. If no run is missing, the tables are sorted and the sweep is finished.
    ///
    /// # Errors
    ///
    /// When something cannot be written. The rows stay.
    pub fn close(mut self, each: &mut dyn FnMut(&SweepPoint)) -> Result<SweepRecord, OutputError> {
        let SweepProgress { done, failed } = self.progress();
        self.write_points(each)?;
        if let Some(parquet) = &self.parquet {
            self.write_parquet(parquet)?;
        }
        let finished = done == self.record.runs;
        let mut checksum = None;
        if finished {
            self.timings.sort()?;
            checksum = Some(format!("{:08x}", self.runs.sort()?));
        } else {
            self.timings.sync()?;
            self.runs.sync()?;
        }
        let record = SweepRecord { done, failed, finished, runs_crc32: checksum, ..self.record };
        replace(&*self.disk, &self.path.join(RECORD), |out| out.write_all(record.to_json().as_bytes()))?;
        Ok(record)
    }

    fn write_points(&self, each: &mut dyn FnMut(&SweepPoint)) -> Result<(), OutputError> {
        let names = self.record.vary.iter().map(|varied| varied.key.as_str());
        replace(&*self.disk, &self.path.join(POINTS), |out| {
            out.write_all(&line(&SweepPoint::heading(names)))?;
            self.for_each_point(&mut |point| {
                each(point);
                out.write_all(&line(point))
            })
        })
    }

    fn write_parquet(&self, AsParquet { keys, about }: &AsParquet) -> Result<(), OutputError> {
        let write = |file, name, columns: Vec<TableColumn>, rows: &dyn Fn(&mut PutRow<'_>) -> io::Result<()>| {
            replace(&*self.disk, &self.path.join(file), |out| {
                columnar::write(out, name, &columns, about, |put| rows(put))
            })
        };
        write(PARQUET_POINTS, "points", columns::of_points(keys), &|put| {
            self.for_each_point(&mut |point| put(&columns::point(point, keys)))
        })?;
        write(PARQUET_RUNS, "runs", columns::of_runs(keys), &|put| {
            self.for_each_run(&mut |run| put(&columns::run(&run, keys)))
        })
    }

    /// What the runs of each point come to, in the order of points.
    fn for_each_point(&self, take: &mut dyn FnMut(&SweepPoint) -> io::Result<()>) -> io::Result<()> {
        let mut of_one_point: Vec<SweepRun> = Vec::new();
        self.for_each_run(&mut |run| {
            if of_one_point.last().is_some_and(|last| last.point != run.point) {
                SweepPoint::of(&of_one_point).map_or(Ok(()), |point| take(&point))?;
                of_one_point.clear();
            }
            of_one_point.push(run);
            Ok(())
        })?;
        SweepPoint::of(&of_one_point).map_or(Ok(()), |point| take(&point))
    }

    /// The runs that have their row, by point and replicate.
    fn for_each_run(&self, take: &mut dyn FnMut(SweepRun) -> io::Result<()>) -> io::Result<()> {
        let keys = self.record.vary.len();
        self.runs.for_each_sorted(|row| take(SweepRun::read(row, keys).map_err(io::Error::other)?))
    }
}

/// What takes the cells of a row.
type PutRow<'a> = dyn FnMut(&[Cell<'_>]) -> io::Result<()> + 'a;

impl AsParquet {
    /// None if the scenario of the sweep does not ask for it.
    fn of(record: &SweepRecord, grid: &Grid) -> Result<Option<Self>, OutputError> {
        let Some(scenario) = record.first_scenario().filter(|scenario| scenario.record.format.has_parquet()) else {
            return Ok(None);
        };
        scenario.record.format.check()?;
        let mut about = about(&scenario);
        about.push(("lampyrid.vary".to_owned(), record.varied()));
        Ok(Some(Self { keys: grid.axes().iter().map(columns::key).collect(), about }))
    }
}

/// Columns of `timings.csv`.
const TIMING: [&str; 3] = ["point", "replicate", "wall_seconds"];

fn timing_of(row: &StringRecord) -> Result<RunId, String> {
    let read: Result<(u64, u64, f64), _> = row.deserialize(None);
    let (point, replicate, _) = read.map_err(|error| format!("the row cannot be read ({error})"))?;
    Ok(RunId { point, replicate })
}

/// The run of a row, if it is one of this sweep.
fn run_of(
    row: &StringRecord,
    record: &SweepRecord,
    grid: &Grid,
    seed: &dyn Fn(u64) -> u64,
) -> Result<SweepRun, String> {
    let run = SweepRun::read(row, grid.axes().len())?;
    let is_of_it = run.replicate < record.replicates
        && grid.values(run.point).is_some_and(|values| values == run.values)
        && run.seed == seed(run.replicate);
    if is_of_it { Ok(run) } else { Err("the row is of no run of this sweep".to_owned()) }
}

impl SweepRecord {
    /// Refuses to go on with this sweep as if it were that one.
    fn check(&self, path: &Path, other: &Self) -> Result<(), SweepError> {
        // As it would have been read: not every reader of JSON finds the last bit of a number again.
        let other = serde_json::from_str(&other.to_json()).unwrap_or_else(|_| other.clone());
        let differences = self.differences(&other);
        if differences.is_empty() {
            return Ok(());
        }
        Err(SweepError::AnotherSweep { directory: path.to_path_buf(), differences })
    }
}

fn saved(directory: &Path) -> Result<Option<SweepRecord>, SweepError> {
    let path = directory.join(RECORD);
    let text = match fs::read_to_string(&path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(source) => return Err(SweepError::Unreadable { path, source }),
        Ok(text) => text,
    };
    let read = serde_json::from_str(&text);
    read.map(Some).map_err(|error| SweepError::DamagedRecord { path, reason: format!("it cannot be read ({error})") })
}

/// Refuses a directory that holds a run, or files of names that a sweep has.
fn check_occupancy(directory: &Path) -> Result<(), SweepError> {
    let names = Product::ALL.into_iter().map(Product::file_name).chain(TABLES);
    let mut is_there = names.filter(|name| fs::symlink_metadata(directory.join(name)).is_ok());
    let saved = || saved_checkpoints(directory).is_ok_and(|saved| !saved.is_empty()).then_some("checkpoints");
    match is_there.next().or_else(saved) {
        Some(file) => Err(SweepError::NotASweep { directory: directory.to_path_buf(), file }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
