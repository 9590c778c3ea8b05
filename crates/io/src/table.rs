//! CSV files, row by row.

use std::io;
use std::path::Path;

use crate::output_error::OutputError;
use crate::product::Product;
use crate::run_directory::{FilePosition, ProductFile, RunDirectory};

/// Large enough for a write to cost little beside what is written.
const BUFFER: usize = 64 * 1024;

/// A CSV file of a run being written: one buffer, however many rows.
#[derive(Debug)]
pub(crate) struct TableWriter {
    csv: csv::Writer<ProductFile>,
    product: Product,
    path: std::path::PathBuf,
    rows: u64,
}

impl TableWriter {
    pub(crate) fn create<H: AsRef<[u8]>>(
        run: &mut RunDirectory,
        product: Product,
        heading: impl IntoIterator<Item = H>,
    ) -> Result<Self, OutputError> {
        Self::over(run.open(product)?, heading)
    }

    /// Goes on with the table of a run in `from` where a checkpoint found it.
    pub(crate) fn reopen(
        run: &mut RunDirectory,
        product: Product,
        from: &Path,
        position: FilePosition,
    ) -> Result<Self, OutputError> {
        let file = run.reopen(product, from, position)?;
        let path = file.path().to_path_buf();
        let csv = csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(file);
        Ok(Self { csv, product, path, rows: position.rows })
    }

    /// Brings all rows to the disk, for a checkpoint to go on from there.
    pub(crate) fn position(&mut self, run: &mut RunDirectory) -> Result<FilePosition, OutputError> {
        self.csv.flush().map_err(OutputError::io("write", &self.path))?;
        run.pinned(self.csv.get_ref(), self.rows)
    }

    fn over<H: AsRef<[u8]>>(file: ProductFile, heading: impl IntoIterator<Item = H>) -> Result<Self, OutputError> {
        let product = file.product();
        let path = file.path().to_path_buf();
        let csv = csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(file);
        let mut table = Self { csv, product, path, rows: 0 };
        for name in heading {
            table.field(name.as_ref())?;
        }
        table.end_line()?;
        Ok(table)
    }

    /// Number of the row being written, counted from 1 below the heading.
    pub(crate) fn row(&self) -> u64 {
        self.rows + 1
    }

    pub(crate) fn file_name(&self) -> &'static str {
        self.product.file_name()
    }

    pub(crate) fn field(&mut self, field: impl AsRef<[u8]>) -> Result<(), OutputError> {
        let written = self.csv.write_field(field);
        written.map_err(|error| self.failed(error))
    }

    /// A finite number, in the fewest digits that read back to it.
    pub(crate) fn number(&mut self, quantity: &str, value: f64) -> Result<(), OutputError> {
        self.check(quantity, value)?;
        self.field(shortest(value))
    }

    /// A finite number in 17 significant digits, enough for any.
    pub(crate) fn exact_number(&mut self, quantity: &str, value: f64) -> Result<(), OutputError> {
        self.check(quantity, value)?;
        self.field(seventeen_digits(value))
    }

    pub(crate) fn end_row(&mut self) -> Result<(), OutputError> {
        self.end_line()?;
        self.rows += 1;
        Ok(())
    }

    pub(crate) fn finish(self, run: &mut RunDirectory) -> Result<(), OutputError> {
        let path = self.path;
        let file = self.csv.into_inner().map_err(|error| OutputError::io("write", &path)(error.into_error()))?;
        run.keep(file)
    }

    fn check(&self, quantity: &str, value: f64) -> Result<(), OutputError> {
        if value.is_finite() {
            return Ok(());
        }
        Err(OutputError::NotFinite { file: self.file_name(), quantity: quantity.to_owned(), row: self.row(), value })
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        let written = self.csv.write_record(None::<&[u8]>);
        written.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: csv::Error) -> OutputError {
        // Converted as a whole it would no longer tell a full disk from any other failure.
        let error = match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            _ => io::ErrorKind::InvalidData.into(),
        };
        OutputError::io("write", &self.path)(error)
    }
}

/// The fewest digits that read back to `value`, in powers of ten where that is shorter.
fn shortest(value: f64) -> String {
    // `Display` would write 1e-300 with three hundred zeros.
    let digits = format!("{value:?}");
    match digits.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => digits,
    }
}

/// 17 significant digits, in powers of ten only where the number is far from 1.
fn seventeen_digits(value: f64) -> String {
    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Moving the point costs half of what formatting the number once more would.
    let (sign, mantissa) = mantissa.split_at(usize::from(mantissa.starts_with('-')));
    let (first, others) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    match exponent {
        0..=15 => {
            let (whole, fraction) = others.split_at(exponent as usize);
            format!("{sign}{first}{whole}.{fraction}")
        }
        16 => format!("{sign}{first}{others}"),
        -5..=-1 => format!("{sign}0.{}{first}{others}", "0".repeat((-exponent - 1) as usize)),
        _ => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_noticed_while_rows_are_written_and_named_with_a_remedy() {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut table = TableWriter::over(ProductFile::on(full, Product::Phases), ["time"]).unwrap();
        let mut rows = (0..1_000_000).map(|row| table.number("time", f64::from(row)).and_then(|()| table.end_row()));
        let error = rows.find_map(Result::err).expect("the disk is full");
        let message = error.to_string();
        assert!(message.starts_with("cannot write phases.csv: "), "{message}");
        assert!(message.contains("free some space"), "{message}");
    }

    #[test]
    fn short_numbers_are_short() {
        let cases = [(0.0, "0"), (0.1, "0.1"), (-2.5, "-2.5"), (100.0, "100"), (1e-300, "1e-300"), (1e21, "1e21")];
        for (value, written) in cases {
            assert_eq!(shortest(value), written);
        }
    }

    #[test]
    fn exact_numbers_have_seventeen_significant_digits() {
        let cases = [
            (std::f64::consts::PI, "3.1415926535897931"),
            (0.1, "0.10000000000000001"),
            (0.0, "0.0000000000000000"),
            (-123.456, "-123.45600000000000"),
            (1e-5, "0.000010000000000000001"),
            (1e-6, "9.9999999999999995e-7"),
            (1e16, "10000000000000000"),
            (1e17, "1.0000000000000000e17"),
        ];
        for (value, written) in cases {
            assert_eq!(seventeen_digits(value), written);
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back_to_the_last_bit(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(shortest(value).parse::<f64>().unwrap().to_bits(), bits);
            prop_assert_eq!(seventeen_digits(value).parse::<f64>().unwrap().to_bits(), bits);
        }
    }
}
