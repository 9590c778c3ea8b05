//! The table `phases` of a swarm that several processes have parts of: each writes the rows of its own agents.
//!
//! `phases.parquet` is then a directory of Parquet files, which together have the rows of the one file: what readers of
//! Parquet take for one table. A file is called by the step of its first row and by who has written it. It is
//! complete at every checkpoint, and the next row begins another one, so that a run can be gone on with by any number of
//! processes from any checkpoint: what was begun after it goes.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::column::Cell;
use crate::columnar::ParquetTable;
use crate::output_error::OutputError;
use crate::product::Product;
use crate::recorded::{Shape, about};
use crate::run_directory::{RunDirectory, is_same};
use crate::scenario::Scenario;
use crate::summed::Summed;

/// Large enough for a write to cost little beside what is written.
const BUFFER: usize = 64 * 1024;

/// Phases of some agents of a swarm over time, being written into a run directory that perhaps another process holds.
///
/// Its rows are `time,id,phase`, as those of [`RunDirectory::phases`] in Parquet.
#[derive(Debug)]
pub struct PhaseParts {
    directory: PathBuf,
    rank: u64,
    about: Vec<(String, String)>,
    open: Option<OpenPart>,
}

#[derive(Debug)]
struct OpenPart {
    table: ParquetTable<BufWriter<Summed<File>>>,
    steps: u64,
}

/// A file of the table that is complete, which a checkpoint counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PhasePart {
    /// Steps before its first row.
    pub steps: u64,
    /// The number of the process that has written it.
    pub rank: u64,
    /// Its bytes.
    pub bytes: u64,
    /// The XXH3 of them, of 64 bits.
    pub checksum: u64,
}

impl PhasePart {
    /// Its name in `phases.parquet`.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.steps, self.rank)
    }
}

fn name(steps: u64, rank: u64) -> String {
    format!("step-{steps:016}-rank-{rank:04}.parquet")
}

/// The checksum of a file.
fn checksum(path: &Path) -> io::Result<u64> {
    let mut file = Summed::new(File::open(path)?);
    io::copy(&mut file, &mut io::sink())?;
    Ok(file.checksum())
}

impl PhaseParts {
    /// Parts of the run in this directory, which has been [made ready](RunDirectory::phases_in_parts), by the process of
    /// this number.
    #[must_use]
    pub fn new(run: &Path, rank: usize, scenario: &Scenario) -> Self {
        let directory = run.join(Product::PhasesParquet.partial_name());
        Self { directory, rank: rank as u64, about: about(scenario), open: None }
    }

    /// Writes a row for each of some agents, with these ids: simulated time in s, after so many steps, and its phase in rad;
    /// NaN for an agent that is gone.
    ///
    /// # Errors
    ///
    /// When a phase is infinite, or the rows cannot be written.
    pub fn row(
        &mut self,
        steps: u64,
        time: f64,
        ids: impl IntoIterator<Item = u32>,
        phases: &[f64],
    ) -> Result<(), OutputError> {
        if let Some(&value) = phases.iter().find(|phase| phase.is_infinite()) {
            let (file, quantity) = (Product::PhasesParquet.file_name(), "a phase".to_owned());
            return Err(OutputError::NotFinite { file, quantity, row: steps, value });
        }
        let part = match self.open.take() {
            Some(part) => part,
            None => self.begin(steps).map_err(OutputError::io("create", &self.directory))?,
        };
        let table = &mut self.open.insert(part).table;
        let rows = phases.iter().zip(ids);
        let cells = |phase: f64, id: u32| [Cell::Number(time), Cell::Count(id.into()), Cell::Number(phase)];
        let written = rows.map(|(&phase, id)| table.row(&cells(phase, id)));
        written.collect::<io::Result<()>>().map_err(OutputError::io("write", &self.directory))
    }

    fn begin(&self, steps: u64) -> io::Result<OpenPart> {
        let file = File::create(self.directory.join(unfinished(&name(steps, self.rank))))?;
        let out = BufWriter::with_capacity(BUFFER, Summed::new(file));
        let table = ParquetTable::new(out, "phases", &Shape::ByAgent(0).columns(), &self.about)?;
        Ok(OpenPart { table, steps })
    }

    /// Completes the file that is being written, if one is, and brings it to the disk; the next row begins another one.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn close(&mut self) -> Result<Option<PhasePart>, OutputError> {
        let Some(OpenPart { mut table, steps }) = self.open.take() else { return Ok(None) };
        let name = name(steps, self.rank);
        let mut close = || -> io::Result<PhasePart> {
            let written = table.end()?.get_ref();
            written.inner.sync_all()?;
            fs::rename(self.directory.join(unfinished(&name)), self.directory.join(&name))?;
            Ok(PhasePart { steps, rank: self.rank, bytes: written.bytes, checksum: written.checksum() })
        };
        close().map(Some).map_err(OutputError::io("write", &self.directory.join(&name)))
    }
}

/// The name of a file until it is complete.
fn unfinished(name: &str) -> String {
    format!(".{name}.partial")
}

/// Whether a file has a name of one that this makes, complete or not.
fn is_part(name: &str) -> bool {
    let name = name.strip_prefix('.').and_then(|name| name.strip_suffix(".partial")).unwrap_or(name);
    name.starts_with("step-") && name.contains("-rank-") && name.ends_with(".parquet")
}

/// Removes a directory of parts, unless there is anything else in it.
pub(crate) fn remove_parts(directory: &Path) -> io::Result<()> {
    remove_all_but(directory, |_| false)?;
    fs::remove_dir(directory)
}

/// Removes the parts in a directory but those whose names stay, complete or not.
fn remove_all_but(directory: &Path, stays: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| is_part(name) && !stays(name)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl RunDirectory {
    /// Makes the place for the [parts](PhaseParts) of `phases.parquet`.
    pub(crate) fn begin_parts(&mut self) -> Result<(), OutputError> {
        let path = self.start_parts()?;
        self.disk().remove(&path).map_err(OutputError::io("replace", &path))?;
        fs::create_dir(&path).map_err(OutputError::io("create", &path))
    }

    /// Lets the parts stay that are complete, even if the run fails, for a checkpoint to go on from there.
    pub(crate) fn hold_parts(&mut self) -> Result<(), OutputError> {
        let directory = self.path().join(Product::PhasesParquet.partial_name());
        self.pin_parts();
        // Their names are to be on the disk before a checkpoint counts on them.
        File::open(&directory).and_then(|directory| directory.sync_all()).map_err(OutputError::io("read", &directory))
    }

    /// Goes on with the parts of the run in `from`, which may be this directory, that a checkpoint found there. Others
    /// go.
    pub(crate) fn go_on_with_parts(&mut self, from: &Path, parts: &[PhasePart]) -> Result<(), OutputError> {
        let (partial, whole) = (Product::PhasesParquet.partial_name(), Product::PhasesParquet.file_name());
        let (here, sources) = (self.path().join(&partial), [from.join(partial), from.join(whole)]);
        let is_there = |source: &&PathBuf| {
            let bytes = |part: &PhasePart| fs::metadata(source.join(part.name())).ok().map(|metadata| metadata.len());
            parts.iter().all(|part| bytes(part) == Some(part.bytes))
        };
        let Some(source) = sources.iter().find(is_there) else {
            return Err(OutputError::RowsMissing { path: from.join(whole), rows: parts.len() as u64 });
        };
        for part in parts {
            let path = source.join(part.name());
            if checksum(&path).map_err(OutputError::io("read", &path))? != part.checksum {
                return Err(OutputError::PartDamaged { path });
            }
        }
        if is_same(source, &here) {
            self.start_parts()?;
        } else {
            self.begin_parts()?;
            for part in parts {
                fs::copy(source.join(part.name()), here.join(part.name())).map_err(OutputError::io("write", &here))?;
            }
        }
        let is_known = |name: &str| parts.iter().any(|part| part.name() == name);
        remove_all_but(&here, is_known).map_err(OutputError::io("write", &here))?;
        self.pin_parts();
        Ok(())
    }
}

#[cfg(all(test, feature = "parquet"))]
mod tests;
