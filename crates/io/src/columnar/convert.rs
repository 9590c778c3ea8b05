//! From rows to a Parquet file, and back.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::Path;

use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};

use super::table::{ParquetTable, failed};
use crate::column::{Cell, ColumnKind, TableColumn};
use crate::recorded::Shape;
use crate::run_directory::{ProductFile, RowsReader, put_number, put_text};

/// Writes the file of a table from its rows.
pub(crate) fn make(
    mut rows: RowsReader<impl BufRead>,
    mut out: ProductFile,
    name: &str,
    columns: &[TableColumn],
    shape: &Shape,
    about: &[(String, String)],
) -> io::Result<ProductFile> {
    let mut table = ParquetTable::new(&mut out, name, columns, about)?;
    while !rows.is_over()? {
        match shape {
            Shape::Rows(_) => {
                for (place, column) in columns.iter().enumerate() {
                    match column.kind {
                        ColumnKind::Text => table.put(place, Cell::Text(&rows.text()?))?,
                        _ => table.put(place, Cell::Number(rows.number()?))?,
                    }
                }
                table.end_row()?;
            }
            Shape::ByAgent(agents) => {
                let time = Cell::Number(rows.number()?);
                for id in 0..*agents as u64 {
                    table.row(&[time, Cell::Count(id), Cell::Number(rows.number()?)])?;
                }
            }
        }
    }
    table.finish()?;
    Ok(out)
}

/// Writes the file of a table from rows that are handed over one by one.
pub(crate) fn write(
    out: &mut (dyn Write + Send),
    name: &str,
    columns: &[TableColumn],
    about: &[(String, String)],
    rows: impl FnOnce(&mut dyn FnMut(&[Cell<'_>]) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    let mut table = ParquetTable::new(out, name, columns, about)?;
    rows(&mut |cells| table.row(cells))?;
    table.finish()
}

/// Writes the first `rows` rows down once more that the file at `path` was made of.
pub(crate) fn again(path: &Path, shape: &Shape, rows: u64, out: &mut dyn Write) -> io::Result<()> {
    let file = SerializedFileReader::new(File::open(path)?).map_err(failed)?;
    let each = match shape {
        Shape::Rows(_) => 1,
        Shape::ByAgent(agents) => *agents,
    };
    let mut left = rows.saturating_mul(each as u64);
    let mut groups = 0..file.num_row_groups();
    while left > 0 {
        let group = groups.next().ok_or(io::ErrorKind::UnexpectedEof)?;
        let group = file.get_row_group(group).map_err(failed)?;
        let columns = shape.columns().into_iter().enumerate();
        let columns = columns.map(|(place, column)| Values::read(&*group, place, column.kind));
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        for row in 0..usize::try_from(group.metadata().num_rows()).unwrap_or(0) {
            if left == 0 {
                break;
            }
            let is_first = left.is_multiple_of(each as u64);
            match (shape, &columns[..]) {
                (Shape::ByAgent(_), [time, _, phase]) => {
                    is_first.then(|| time.write(row, out)).transpose()?;
                    phase.write(row, out)?;
                }
                _ => columns.iter().try_for_each(|values| values.write(row, out))?,
            }
            left -= 1;
        }
    }
    Ok(())
}

/// The values of a column in a group of rows.
enum Values {
    Numbers(Vec<f64>),
    Texts(Vec<ByteArray>),
    /// Whole numbers are the places of their rows, which are known.
    Places,
}

impl Values {
    fn read(group: &dyn RowGroupReader, place: usize, kind: ColumnKind) -> Result<Self, ParquetError> {
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let reader = || group.get_column_reader(place);
        let (mut numbers, mut levels, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        Ok(match kind {
            ColumnKind::Count => Self::Places,
            ColumnKind::Text => {
                get_typed_column_reader::<ByteArrayType>(reader()?).read_records(rows, None, None, &mut texts)?;
                Self::Texts(texts)
            }
            ColumnKind::Number => {
                get_typed_column_reader::<DoubleType>(reader()?).read_records(rows, None, None, &mut numbers)?;
                Self::Numbers(numbers)
            }
            ColumnKind::OptionalNumber => {
                let mut reader = get_typed_column_reader::<DoubleType>(reader()?);
                reader.read_records(rows, Some(&mut levels), None, &mut numbers)?;
                let mut numbers = numbers.into_iter();
                let number = |level| if level == 1 { numbers.next().unwrap_or(f64::NAN) } else { f64::NAN };
                Self::Numbers(levels.into_iter().map(number).collect())
            }
        })
    }

    fn write(&self, row: usize, out: &mut dyn Write) -> io::Result<()> {
        let missing = || io::Error::from(io::ErrorKind::UnexpectedEof);
        match self {
            Self::Numbers(numbers) => put_number(out, *numbers.get(row).ok_or_else(missing)?),
            Self::Texts(texts) => {
                let text = texts.get(row).ok_or_else(missing)?;
                put_text(out, text.as_utf8().map_err(failed)?)
            }
            Self::Places => Ok(()),
        }
    }
}
