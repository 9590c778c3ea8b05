//! A table of a run, in the formats that its scenario asks for.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::column::{ColumnKind, TableColumn};
use crate::columnar;
use crate::output_error::OutputError;
use crate::product::Product;
use crate::run_directory::{FilePosition, RowsWriter, RunDirectory};
use crate::scenario::{RecordFormat, Scenario};
use crate::table::TableWriter;

/// How far a table was written when a checkpoint was made, in each of its formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePosition {
    csv: Option<FilePosition>,
    /// Of what a Parquet file is made of.
    rows: Option<FilePosition>,
}

/// Which table: its name, its files and what they hold.
#[derive(Clone, Debug)]
pub(crate) struct TableSpec {
    pub name: &'static str,
    pub csv: Product,
    pub parquet: Product,
    pub shape: Shape,
}

/// What the rows of a table become in Parquet.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// The same rows.
    Rows(Vec<TableColumn>),
    /// A row for each of so many agents, where a row of CSV has a column for each: readers know what to do with
    /// millions of rows, and not with as many columns.
    ByAgent(usize),
}

impl TablePosition {
    /// Whether a table of this format was written in parts, which a checkpoint tells of elsewhere.
    #[must_use]
    pub fn is_in_parts(self, format: RecordFormat) -> bool {
        format.has_parquet() && self.rows.is_none()
    }
}

impl Shape {
    pub(crate) fn columns(&self) -> Vec<TableColumn> {
        match self {
            Self::Rows(columns) => columns.clone(),
            Self::ByAgent(_) => vec![
                TableColumn::new("time", "s", ColumnKind::Number).repeating(),
                TableColumn::new("id", "1", ColumnKind::Count),
                TableColumn::new("phase", "rad", ColumnKind::OptionalNumber),
            ],
        }
    }

    /// The headings of the table as CSV.
    fn headings(&self) -> Vec<String> {
        match self {
            Self::Rows(columns) => columns.iter().map(|column| column.name.clone()).collect(),
            Self::ByAgent(agents) => {
                std::iter::once("time".to_owned()).chain((0..*agents).map(|agent| agent.to_string())).collect()
            }
        }
    }
}

/// A table being written, a row at a time.
#[derive(Debug)]
pub(crate) struct RecordedTable {
    spec: TableSpec,
    csv: Option<TableWriter>,
    rows: Option<RowsWriter>,
    /// How many there are.
    count: u64,
}

impl RunDirectory {
    /// Has the tables of the run written in the format of its scenario, which Parquet files also tell of. Otherwise
    /// they are written as CSV.
    ///
    /// # Errors
    ///
    /// As [`RecordFormat::check`].
    pub fn record_as(&mut self, scenario: &Scenario) -> Result<(), OutputError> {
        self.format = scenario.record.format;
        self.format.check()?;
        self.about = about(scenario);
        Ok(())
    }
}

/// What Parquet files tell of the scenario that they come from.
pub(crate) fn about(scenario: &Scenario) -> Vec<(String, String)> {
    let told = [
        ("lampyrid.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("lampyrid.seed", scenario.seed.to_string()),
        ("lampyrid.scenario", scenario.decisive().to_toml()),
    ];
    told.map(|(key, value)| (key.to_owned(), value)).into()
}

impl RecordFormat {
    /// Whether this program can write it.
    ///
    /// # Errors
    ///
    /// [`OutputError::NoParquet`] for Parquet in a program that was built without the feature `parquet`.
    pub fn check(self) -> Result<(), OutputError> {
        if self.has_parquet() && !cfg!(feature = "parquet") { Err(OutputError::NoParquet) } else { Ok(()) }
    }
}

impl RecordedTable {
    pub(crate) fn create(run: &mut RunDirectory, spec: TableSpec) -> Result<Self, OutputError> {
        let headings = spec.shape.headings();
        let csv = run.format.has_csv().then(|| TableWriter::create(run, spec.csv, headings)).transpose()?;
        let rows = run.format.has_parquet().then(|| RowsWriter::create(run, spec.parquet)).transpose()?;
        Ok(Self { spec, csv, rows, count: 0 })
    }

    /// The same, but for what is written as Parquet in parts.
    pub(crate) fn create_beside_parts(run: &mut RunDirectory, spec: TableSpec) -> Result<Self, OutputError> {
        let headings = spec.shape.headings();
        let csv = run.format.has_csv().then(|| TableWriter::create(run, spec.csv, headings)).transpose()?;
        Ok(Self { spec, csv, rows: None, count: 0 })
    }

    /// The same where a checkpoint found it in the run in `from`.
    pub(crate) fn reopen_beside_parts(
        run: &mut RunDirectory,
        spec: TableSpec,
        from: &Path,
        position: TablePosition,
    ) -> Result<Self, OutputError> {
        let csv = position.csv.map(|at| TableWriter::reopen(run, spec.csv, from, at)).transpose()?;
        Ok(Self { spec, csv, rows: None, count: position.csv.map_or(0, |at| at.rows) })
    }

    /// Goes on with the table of a run in `from` where a checkpoint found it.
    pub(crate) fn reopen(
        run: &mut RunDirectory,
        spec: TableSpec,
        from: &Path,
        position: TablePosition,
    ) -> Result<Self, OutputError> {
        let format = run.format;
        let found = [position.csv, position.rows].into_iter().flatten().next();
        if (position.csv.is_some(), position.rows.is_some()) != (format.has_csv(), format.has_parquet()) {
            let rows = found.map_or(0, |found| found.rows);
            return Err(OutputError::RowsMissing { path: from.join(spec.csv.file_name()), rows });
        }
        let csv = position.csv.map(|at| TableWriter::reopen(run, spec.csv, from, at)).transpose()?;
        let again = |path: &Path, rows, out: &mut dyn std::io::Write| columnar::again(path, &spec.shape, rows, out);
        let rows = position.rows.map(|at| RowsWriter::reopen(run, spec.parquet, from, at, again)).transpose()?;
        Ok(Self { csv, rows, count: found.map_or(0, |found| found.rows), spec })
    }

    /// Number of the row being written, counted from 1 below the heading.
    pub(crate) fn row(&self) -> u64 {
        self.count + 1
    }

    pub(crate) fn file_name(&self) -> &'static str {
        if self.csv.is_some() { self.spec.csv.file_name() } else { self.spec.parquet.file_name() }
    }

    /// A finite number.
    pub(crate) fn number(&mut self, quantity: &str, value: f64) -> Result<(), OutputError> {
        if !value.is_finite() {
            let (file, row) = (self.file_name(), self.row());
            return Err(OutputError::NotFinite { file, quantity: quantity.to_owned(), row, value });
        }
        if let Some(csv) = &mut self.csv {
            csv.number(quantity, value)?;
        }
        self.rows.as_mut().map_or(Ok(()), |rows| rows.number(value))
    }

    /// A finite number, or NaN for nothing.
    pub(crate) fn optional_number(&mut self, quantity: &str, value: f64) -> Result<(), OutputError> {
        if !value.is_nan() {
            return self.number(quantity, value);
        }
        if let Some(csv) = &mut self.csv {
            csv.field("")?;
        }
        self.rows.as_mut().map_or(Ok(()), |rows| rows.number(f64::NAN))
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), OutputError> {
        if let Some(csv) = &mut self.csv {
            csv.field(text)?;
        }
        self.rows.as_mut().map_or(Ok(()), |rows| rows.text(text))
    }

    pub(crate) fn end_row(&mut self) -> Result<(), OutputError> {
        self.count += 1;
        if let Some(rows) = &mut self.rows {
            rows.end_row();
        }
        self.csv.as_mut().map_or(Ok(()), TableWriter::end_row)
    }

    /// Brings all rows to the disk, for a checkpoint to go on from there.
    pub(crate) fn position(&mut self, run: &mut RunDirectory) -> Result<TablePosition, OutputError> {
        let csv = self.csv.as_mut().map(|csv| csv.position(run)).transpose()?;
        let rows = self.rows.as_mut().map(|rows| rows.position(run)).transpose()?;
        Ok(TablePosition { csv, rows })
    }

    pub(crate) fn finish(self, run: &mut RunDirectory) -> Result<(), OutputError> {
        let Self { spec, csv, rows, .. } = self;
        csv.map_or(Ok(()), |csv| csv.finish(run))?;
        let Some(rows) = rows else { return Ok(()) };
        let about = run.about.clone();
        let columns = spec.shape.columns();
        rows.finish(run, |rows, out| columnar::make(rows, out, spec.name, &columns, &spec.shape, &about))
    }
}
