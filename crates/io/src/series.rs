//! What is recorded while a run goes on: the order parameter and, if asked, every phase.

use std::path::Path;

use lampyrid_measure::OrderParameter;

use crate::output_error::OutputError;
use crate::product::Product;
use crate::run_directory::{FilePosition, RunDirectory};
use crate::table::TableWriter;

/// `order_parameter.csv` being written: `time,R,psi` and further columns, a row at a time.
#[derive(Debug)]
pub struct SeriesWriter {
    table: TableWriter,
    columns: Vec<String>,
}

impl RunDirectory {
    /// Starts `order_parameter.csv`, with `columns` after time, R and ψ.
    ///
    /// # Errors
    ///
    /// When it was started before, or cannot be created.
    pub fn series(&mut self, columns: &[&str]) -> Result<SeriesWriter, OutputError> {
        let heading = ["time", "R", "psi"].into_iter().chain(columns.iter().copied());
        let table = TableWriter::create(self, Product::OrderParameter, heading)?;
        Ok(SeriesWriter { table, columns: columns.iter().map(|&name| name.to_owned()).collect() })
    }

    /// Goes on with the `order_parameter.csv` of the run in `from`, which may be this directory, where a checkpoint
    /// found it.
    ///
    /// # Errors
    ///
    /// As [`reopen`](Self::reopen).
    pub fn reopen_series(
        &mut self,
        columns: &[&str],
        from: &Path,
        position: FilePosition,
    ) -> Result<SeriesWriter, OutputError> {
        let table = TableWriter::reopen(self, Product::OrderParameter, from, position)?;
        Ok(SeriesWriter { table, columns: columns.iter().map(|&name| name.to_owned()).collect() })
    }

    /// Goes on with the `phases.csv` of the run in `from`, as [`reopen_series`](Self::reopen_series).
    ///
    /// # Errors
    ///
    /// As [`reopen`](Self::reopen).
    pub fn reopen_phases(
        &mut self,
        agents: usize,
        from: &Path,
        position: FilePosition,
    ) -> Result<PhasesWriter, OutputError> {
        Ok(PhasesWriter { table: TableWriter::reopen(self, Product::Phases, from, position)?, agents })
    }

    /// Starts `phases.csv` for so many agents: time and a column for each, headed by its number.
    ///
    /// # Errors
    ///
    /// When it was started before, or cannot be created.
    pub fn phases(&mut self, agents: usize) -> Result<PhasesWriter, OutputError> {
        let heading = std::iter::once("time".to_owned()).chain((0..agents).map(|agent| agent.to_string()));
        Ok(PhasesWriter { table: TableWriter::create(self, Product::Phases, heading)?, agents })
    }
}

impl SeriesWriter {
    /// Writes a row: simulated time in s, coherence R e^{iψ}, and a value for each further column.
    ///
    /// # Errors
    ///
    /// When a value is not finite, `further` has another length than the columns, or the row cannot be written.
    pub fn row(&mut self, time: f64, coherence: OrderParameter, further: &[f64]) -> Result<(), OutputError> {
        check_length(&self.table, self.columns.len(), further.len())?;
        self.table.number("time", time)?;
        self.table.number("R", coherence.r)?;
        self.table.number("psi", coherence.psi)?;
        for (name, value) in self.columns.iter().zip(further) {
            self.table.number(name, *value)?;
        }
        self.table.end_row()
    }

    /// Brings all rows to the disk and tells how many there are, for a checkpoint to go on from there. From now on they
    /// stay even if the run fails.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn position(&mut self, run: &mut RunDirectory) -> Result<FilePosition, OutputError> {
        self.table.position(run)
    }

    /// Makes the file part of the run.
    ///
    /// # Errors
    ///
    /// When the last rows cannot be written.
    pub fn finish(self, run: &mut RunDirectory) -> Result<(), OutputError> {
        self.table.finish(run)
    }
}

/// `phases.csv` being written, a row at a time.
#[derive(Debug)]
pub struct PhasesWriter {
    table: TableWriter,
    agents: usize,
}

impl PhasesWriter {
    /// Writes a row: simulated time in s, and the phase of every agent in rad. NaN stands for an agent that is
    /// gone, and leaves its field empty.
    ///
    /// # Errors
    ///
    /// When a value is infinite, there are more or fewer phases than agents, or the row cannot be written.
    pub fn row(&mut self, time: f64, phases: &[f64]) -> Result<(), OutputError> {
        check_length(&self.table, self.agents, phases.len())?;
        self.table.number("time", time)?;
        for phase in phases {
            if phase.is_nan() { self.table.field("")? } else { self.table.number("a phase", *phase)? }
        }
        self.table.end_row()
    }

    /// Brings all rows to the disk and tells how many there are, for a checkpoint to go on from there. From now on they
    /// stay even if the run fails.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn position(&mut self, run: &mut RunDirectory) -> Result<FilePosition, OutputError> {
        self.table.position(run)
    }

    /// Makes the file part of the run.
    ///
    /// # Errors
    ///
    /// When the last rows cannot be written.
    pub fn finish(self, run: &mut RunDirectory) -> Result<(), OutputError> {
        self.table.finish(run)
    }
}

fn check_length(table: &TableWriter, expected: usize, found: usize) -> Result<(), OutputError> {
    if found == expected {
        return Ok(());
    }
    Err(OutputError::RowLength { file: table.file_name(), row: table.row(), expected, found })
}
