//! What is recorded while a run goes on: the order parameter and, if asked, every phase.

use std::path::Path;

use lampyrid_measure::OrderParameter;

use crate::column::{ColumnKind, TableColumn};
use crate::output_error::OutputError;
use crate::parts::PhasePart;
use crate::product::Product;
use crate::recorded::{RecordedTable, Shape, TablePosition, TableSpec};
use crate::run_directory::RunDirectory;

/// The table `order_parameter` being written: `time,R,psi` and further columns, a row at a time.
#[derive(Debug)]
pub struct SeriesWriter {
    table: RecordedTable,
    columns: Vec<String>,
}

fn series(columns: &[&str]) -> TableSpec {
    let number = |name: &str, unit: &str| TableColumn::new(name, unit, ColumnKind::Number);
    let own = [number("time", "s"), number("R", "1"), number("psi", "rad")];
    let columns = own.into_iter().chain(columns.iter().map(|&name| number(name, "1"))).collect();
    let (csv, parquet) = (Product::OrderParameter, Product::OrderParameterParquet);
    TableSpec { name: "order_parameter", csv, parquet, shape: Shape::Rows(columns) }
}

fn phases(agents: usize) -> TableSpec {
    let (csv, parquet) = (Product::Phases, Product::PhasesParquet);
    TableSpec { name: "phases", csv, parquet, shape: Shape::ByAgent(agents) }
}

impl RunDirectory {
    /// Starts the table `order_parameter`, with `columns` of numbers without a unit after time, R and ψ.
    ///
    /// # Errors
    ///
    /// When it was started before, or cannot be created.
    pub fn series(&mut self, columns: &[&str]) -> Result<SeriesWriter, OutputError> {
        let table = RecordedTable::create(self, series(columns))?;
        Ok(SeriesWriter { table, columns: columns.iter().map(|&name| name.to_owned()).collect() })
    }

    /// Goes on with the table `order_parameter` of the run in `from`, which may be this directory, where a checkpoint
    /// found it.
    ///
    /// # Errors
    ///
    /// As [`reopen`](Self::reopen), and when it was written in another format.
    pub fn reopen_series(
        &mut self,
        columns: &[&str],
        from: &Path,
        position: TablePosition,
    ) -> Result<SeriesWriter, OutputError> {
        let table = RecordedTable::reopen(self, series(columns), from, position)?;
        Ok(SeriesWriter { table, columns: columns.iter().map(|&name| name.to_owned()).collect() })
    }

    /// Goes on with the table `phases` of the run in `from`, as [`reopen_series`](Self::reopen_series), and with its
    /// parts if it is in [parts](Self::phases_in_parts).
    ///
    /// # Errors
    ///
    /// As [`reopen_series`](Self::reopen_series).
    pub fn reopen_phases(
        &mut self,
        agents: usize,
        from: &Path,
        position: TablePosition,
        parts: Option<&[PhasePart]>,
    ) -> Result<PhasesWriter, OutputError> {
        let table = match parts {
            None => RecordedTable::reopen(self, phases(agents), from, position)?,
            Some(parts) => {
                self.go_on_with_parts(from, parts)?;
                RecordedTable::reopen_beside_parts(self, phases(agents), from, position)?
            }
        };
        Ok(PhasesWriter { table, agents, parts: parts.map(<[PhasePart]>::to_vec) })
    }

    /// Starts the table `phases` for so many agents: time and, headed by its number, a column for each; in Parquet a row
    /// for each, with the columns `time,id,phase`.
    ///
    /// # Errors
    ///
    /// When it was started before, or cannot be created.
    pub fn phases(&mut self, agents: usize) -> Result<PhasesWriter, OutputError> {
        Ok(PhasesWriter { table: RecordedTable::create(self, phases(agents))?, agents, parts: None })
    }

    /// The same for a swarm of several processes: what would be written as Parquet is left to their
    /// [`PhaseParts`](crate::PhaseParts), which have to be closed before the writer here is finished or asked for its position.
    ///
    /// # Errors
    ///
    /// As [`phases`](Self::phases).
    pub fn phases_in_parts(&mut self, agents: usize) -> Result<PhasesWriter, OutputError> {
        let parts = self.format.has_parquet().then(Vec::new);
        if parts.is_some() {
            self.begin_parts()?;
        }
        Ok(PhasesWriter { table: RecordedTable::create_beside_parts(self, phases(agents))?, agents, parts })
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
    pub fn position(&mut self, run: &mut RunDirectory) -> Result<TablePosition, OutputError> {
        self.table.position(run)
    }

    /// Makes the table part of the run.
    ///
    /// # Errors
    ///
    /// When the last rows cannot be written.
    pub fn finish(self, run: &mut RunDirectory) -> Result<(), OutputError> {
        self.table.finish(run)
    }
}

/// The table `phases` being written, a row at a time.
#[derive(Debug)]
pub struct PhasesWriter {
    table: RecordedTable,
    agents: usize,
    /// Those that are complete, where it is in parts.
    parts: Option<Vec<PhasePart>>,
}

impl PhasesWriter {
    /// Whether it leaves Parquet to [`PhaseParts`](crate::PhaseParts).
    #[must_use]
    pub fn is_in_parts(&self) -> bool {
        self.parts.is_some()
    }

    /// Notes parts that are complete.
    pub fn note_parts(&mut self, complete: impl IntoIterator<Item = PhasePart>) {
        if let Some(parts) = &mut self.parts {
            parts.extend(complete);
            parts.sort_unstable();
        }
    }

    /// The parts that were noted, for a checkpoint to go on from there; none where it is not in parts. From now on they
    /// stay even if the run fails.
    ///
    /// # Errors
    ///
    /// When their names cannot be brought to the disk.
    pub fn parts(&self, run: &mut RunDirectory) -> Result<Option<Vec<PhasePart>>, OutputError> {
        self.parts.is_some().then(|| run.hold_parts()).transpose()?;
        Ok(self.parts.clone())
    }

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
            self.table.optional_number("a phase", *phase)?;
        }
        self.table.end_row()
    }

    /// Brings all rows to the disk and tells how many there are, for a checkpoint to go on from there. From now on they
    /// stay even if the run fails.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn position(&mut self, run: &mut RunDirectory) -> Result<TablePosition, OutputError> {
        self.table.position(run)
    }

    /// Makes the table part of the run.
    ///
    /// # Errors
    ///
    /// When the last rows cannot be written.
    pub fn finish(self, run: &mut RunDirectory) -> Result<(), OutputError> {
        if self.is_in_parts() {
            run.keep_parts();
        }
        self.table.finish(run)
    }
}

fn check_length(table: &RecordedTable, expected: usize, found: usize) -> Result<(), OutputError> {
    if found == expected {
        return Ok(());
    }
    Err(OutputError::RowLength { file: table.file_name(), row: table.row(), expected, found })
}
