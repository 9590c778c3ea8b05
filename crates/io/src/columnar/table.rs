//! A Parquet file, row by row.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Stored};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type};

use crate::column::{Cell, ColumnKind, TableColumn};

/// Rows of a group: that many are held in memory, and readers skip groups that they need not look into.
const GROUP: usize = 65_536;

/// A Parquet file being written, a row at a time. At most one group of 65,536 rows is held in memory, and a few hundred
/// bytes for each group before it.
///
/// The file tells its table (`lampyrid.table`) and the unit of each column (`lampyrid.units`, a JSON object), and what
/// else is told of it.
///
/// ```
/// use lampyrid_io::{Cell, ColumnKind, ParquetTable, TableColumn};
///
/// let columns = [TableColumn::new("K", "rad/s", ColumnKind::Number), TableColumn::new("runs", "1", ColumnKind::Count)];
/// let mut file = Vec::new();
/// let mut table = ParquetTable::new(&mut file, "sweep", &columns, &[])?;
/// table.row(&[Cell::Number(0.5), Cell::Count(20)])?;
/// table.finish()?;
/// assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ParquetTable<W: Write + Send> {
    file: SerializedFileWriter<W>,
    buffers: Vec<Buffer>,
    /// In the group that is being filled.
    rows: usize,
}

/// The values of a column in the group that is being filled.
#[derive(Debug)]
enum Buffer {
    Numbers(Vec<f64>),
    /// Numbers, and for each row whether it has one: 1 or 0.
    Optional(Vec<f64>, Vec<i16>),
    Counts(Vec<i64>),
    Texts(Vec<ByteArray>),
}

impl<W: Write + Send> ParquetTable<W> {
    /// Begins a file for a table with these columns; `about` are further keys and values of its metadata.
    ///
    /// # Errors
    ///
    /// When its beginning cannot be written.
    pub fn new(out: W, name: &str, columns: &[TableColumn], about: &[(String, String)]) -> io::Result<Self> {
        let fields = columns.iter().map(|column| Ok(Arc::new(field(column)?)));
        let fields = fields.collect::<Result<_, ParquetError>>().map_err(failed)?;
        let schema = Type::group_type_builder(name).with_fields(fields).build().map_err(failed)?;
        let properties = Arc::new(properties(name, columns, about));
        let file = SerializedFileWriter::new(out, Arc::new(schema), properties).map_err(failed)?;
        Ok(Self { file, buffers: columns.iter().map(|column| Buffer::of(column.kind)).collect(), rows: 0 })
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// When it cannot be written, and [`InvalidInput`](io::ErrorKind::InvalidInput) for other cells than the columns
    /// take.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if cells.len() != self.buffers.len() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a row needs a cell for each column"));
        }
        cells.iter().enumerate().try_for_each(|(place, cell)| self.put(place, *cell))?;
        self.end_row()
    }

    /// Adds a cell to the row being written; each column takes one.
    pub(super) fn put(&mut self, place: usize, cell: Cell<'_>) -> io::Result<()> {
        self.buffers[place].push(cell)
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.rows += 1;
        if self.rows < GROUP { Ok(()) } else { self.end_group().map_err(failed) }
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for buffer in &mut self.buffers {
            if let Some(mut column) = group.next_column()? {
                buffer.write(&mut column)?;
                column.close()?;
            }
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Writes what is left, and the index at the end, without which the file is none.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.end().map(drop)
    }

    /// The same, for a look at what the file was written to.
    pub(crate) fn end(&mut self) -> io::Result<&W> {
        self.end_group().and_then(|()| self.file.finish()).map_err(failed)?;
        Ok(self.file.inner())
    }
}

impl Buffer {
    fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Number => Self::Numbers(Vec::new()),
            ColumnKind::OptionalNumber => Self::Optional(Vec::new(), Vec::new()),
            ColumnKind::Count => Self::Counts(Vec::new()),
            ColumnKind::Text => Self::Texts(Vec::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) -> io::Result<()> {
        match (self, cell) {
            (Self::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Self::Optional(_, levels), Cell::Number(number)) if number.is_nan() => levels.push(0),
            (Self::Optional(numbers, levels), Cell::Number(number)) => {
                numbers.push(number);
                levels.push(1);
            }
            // Stored by its bits, and read as the unsigned number that the schema says it is.
            (Self::Counts(counts), Cell::Count(count)) => counts.push(count.cast_signed()),
            (Self::Texts(texts), Cell::Text(text)) => texts.push(ByteArray::from(text)),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidInput, "a cell is not of the kind of its column")),
        }
        Ok(())
    }

    /// Writes the values, and forgets them.
    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Numbers(numbers) => {
                column.typed::<DoubleType>().write_batch(numbers, None, None)?;
                numbers.clear();
            }
            Self::Optional(numbers, levels) => {
                column.typed::<DoubleType>().write_batch(numbers, Some(levels), None)?;
                numbers.clear();
                levels.clear();
            }
            Self::Counts(counts) => {
                column.typed::<Int64Type>().write_batch(counts, None, None)?;
                counts.clear();
            }
            Self::Texts(texts) => {
                column.typed::<ByteArrayType>().write_batch(texts, None, None)?;
                texts.clear();
            }
        }
        Ok(())
    }
}

fn field(column: &TableColumn) -> Result<Type, ParquetError> {
    let (stored, logical) = match column.kind {
        ColumnKind::Number | ColumnKind::OptionalNumber => (Stored::DOUBLE, None),
        ColumnKind::Count => (Stored::INT64, Some(LogicalType::integer(64, false))),
        ColumnKind::Text => (Stored::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let is_optional = column.kind == ColumnKind::OptionalNumber;
    let repetition = if is_optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let builder = Type::primitive_type_builder(&column.name, stored).with_repetition(repetition);
    builder.with_logical_type(logical).build()
}

fn properties(name: &str, columns: &[TableColumn], about: &[(String, String)]) -> WriterProperties {
    let units: BTreeMap<&str, &str> =
        columns.iter().map(|column| (column.name.as_str(), column.unit.as_str())).collect();
    let units = serde_json::to_string(&units).unwrap_or_default();
    let own = [("lampyrid.table".to_owned(), name.to_owned()), ("lampyrid.units".to_owned(), units)];
    let told = own.iter().chain(about).map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    let mut builder = WriterProperties::builder()
        .set_created_by(format!("lampyrid {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(told))
        .set_compression(Compression::SNAPPY)
        // An index of pages would be held in memory to the end.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        // Of numbers that are all different a dictionary is only a second copy.
        .set_dictionary_enabled(false);
    for column in columns {
        let path = ColumnPath::from(column.name.clone());
        if column.repeats {
            builder = builder.set_column_dictionary_enabled(path, true);
        } else if column.kind == ColumnKind::Count {
            builder = builder.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    builder.build()
}

/// The error of the disk, if that is what it was.
pub(super) fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
