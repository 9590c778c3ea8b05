//! What happened to a swarm, and to its run: the table `events`.

use std::path::Path;

use crate::column::{ColumnKind, TableColumn};
use crate::output_error::OutputError;
use crate::product::Product;
use crate::recorded::{RecordedTable, Shape, TablePosition, TableSpec};
use crate::run_directory::RunDirectory;

/// The table `events` being written: `time,kind,value,detail`, a row at a time.
#[derive(Debug)]
pub struct EventsWriter {
    table: RecordedTable,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventRow<'a> {
    /// When, in s of simulated time.
    pub time: f64,
    /// What, in a word.
    pub kind: &'a str,
    /// How much, in the unit that goes with the kind; none where there is nothing to tell.
    pub value: Option<f64>,
    /// What else there is to tell; may be empty.
    pub detail: &'a str,
}

fn events() -> TableSpec {
    let columns = vec![
        TableColumn::new("time", "s", ColumnKind::Number),
        TableColumn::new("kind", "", ColumnKind::Text).repeating(),
        TableColumn::new("value", "by kind", ColumnKind::OptionalNumber),
        TableColumn::new("detail", "", ColumnKind::Text).repeating(),
    ];
    let (csv, parquet) = (Product::Events, Product::EventsParquet);
    TableSpec { name: "events", csv, parquet, shape: Shape::Rows(columns) }
}

impl RunDirectory {
    /// Starts the table `events`.
    ///
    /// # Errors
    ///
    /// When it was started before, or cannot be created.
    pub fn events(&mut self) -> Result<EventsWriter, OutputError> {
        Ok(EventsWriter { table: RecordedTable::create(self, events())? })
    }

    /// Goes on with the table `events` of the run in `from`, as [`reopen_series`](Self::reopen_series).
    ///
    /// # Errors
    ///
    /// As [`reopen_series`](Self::reopen_series).
    pub fn reopen_events(&mut self, from: &Path, position: TablePosition) -> Result<EventsWriter, OutputError> {
        Ok(EventsWriter { table: RecordedTable::reopen(self, events(), from, position)? })
    }
}

impl EventsWriter {
    /// Writes a row.
    ///
    /// # Errors
    ///
    /// When time or value is not finite, or the row cannot be written.
    pub fn row(&mut self, event: EventRow<'_>) -> Result<(), OutputError> {
        self.table.number("time", event.time)?;
        self.table.text(event.kind)?;
        match event.value {
            Some(value) => self.table.number("value", value)?,
            None => self.table.optional_number("value", f64::NAN)?,
        }
        self.table.text(event.detail)?;
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
