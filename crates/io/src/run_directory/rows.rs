//! Rows that a file is made of when the run ends, for files that cannot be written row by row and gone on with: those
//! whose index is at their end, as Parquet's is.
//!
//! They are a file like any other that is written row by row: on the disk at every checkpoint, and cut off there by
//! whoever goes on from it. So the file that is made of them in the end is the same whatever happened on the way.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Take, Write};
use std::path::{Path, PathBuf};

use super::{FilePosition, ProductFile, RunDirectory, begins_as_seen};
use crate::output_error::OutputError;
use crate::product::Product;

/// As much is written at once.
const BUFFER: usize = 64 * 1024;

/// Rows being written: numbers of eight bytes and texts behind their length, one after the other.
#[derive(Debug)]
pub(crate) struct RowsWriter {
    out: BufWriter<ProductFile>,
    path: PathBuf,
    rows: u64,
}

impl RowsWriter {
    pub(crate) fn create(run: &mut RunDirectory, product: Product) -> Result<Self, OutputError> {
        let file = run.begin(product, product.rows_name())?;
        Ok(Self::over(file, 0))
    }

    /// Goes on with the rows of a run in `from` where a checkpoint found them. Of a finished run they are in the file
    /// that was made of them, and `again` writes the first so many of that down once more.
    pub(crate) fn reopen(
        run: &mut RunDirectory,
        product: Product,
        from: &Path,
        position: FilePosition,
        again: impl Fn(&Path, u64, &mut dyn Write) -> io::Result<()>,
    ) -> Result<Self, OutputError> {
        let source = from.join(product.rows_name());
        if begins_as_seen(&source, position) {
            let file = run.go_on(product, product.rows_name(), &source, position)?;
            return Ok(Self::over(file, position.rows));
        }
        let whole = from.join(product.file_name());
        let mut seen = Seen::default();
        if again(&whole, position.rows, &mut seen).is_err() || seen.position(position.rows) != position {
            return Err(OutputError::RowsMissing { path: whole, rows: position.rows });
        }
        let mut rows = Self::create(run, product)?;
        again(&whole, position.rows, &mut rows.out).map_err(OutputError::io("write", &rows.path))?;
        rows.rows = position.rows;
        rows.position(run)?;
        Ok(rows)
    }

    fn over(file: ProductFile, rows: u64) -> Self {
        let path = file.path().to_path_buf();
        Self { out: BufWriter::with_capacity(BUFFER, file), path, rows }
    }

    /// NaN for a number that is missing.
    pub(crate) fn number(&mut self, value: f64) -> Result<(), OutputError> {
        put_number(&mut self.out, value).map_err(OutputError::io("write", &self.path))
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), OutputError> {
        put_text(&mut self.out, text).map_err(OutputError::io("write", &self.path))
    }

    pub(crate) fn end_row(&mut self) {
        self.rows += 1;
    }

    /// Brings all rows to the disk, for a checkpoint to go on from there.
    pub(crate) fn position(&mut self, run: &mut RunDirectory) -> Result<FilePosition, OutputError> {
        self.out.flush().map_err(OutputError::io("write", &self.path))?;
        run.pinned(self.out.get_ref(), self.rows)
    }

    /// Makes of the rows the file that they are of, and that a part of the run.
    pub(crate) fn finish(
        mut self,
        run: &mut RunDirectory,
        make: impl FnOnce(RowsReader<BufReader<Take<File>>>, ProductFile) -> io::Result<ProductFile>,
    ) -> Result<(), OutputError> {
        let failed = || OutputError::io("write", &self.path);
        self.out.flush().map_err(failed())?;
        let rows = self.out.get_ref();
        let source = File::open(&rows.partial).map_err(OutputError::io("read", &rows.partial))?.take(rows.written);
        let file = run.open(rows.product)?;
        let made = make(RowsReader(BufReader::with_capacity(BUFFER, source)), file).map_err(failed())?;
        run.keep(made)?;
        // Until the run is finished the rows are what can be gone on with.
        rows.kept.set(true);
        run.rows.push(rows.partial.clone());
        Ok(())
    }
}

impl RunDirectory {
    pub(super) fn remove_rows(&mut self) -> Result<(), OutputError> {
        let rows = std::mem::take(&mut self.rows);
        rows.iter().try_for_each(|path| self.disk.remove(path).map_err(OutputError::io("remove", path)))
    }
}

pub(crate) fn put_number(out: &mut (impl Write + ?Sized), value: f64) -> io::Result<()> {
    out.write_all(&value.to_le_bytes())
}

pub(crate) fn put_text(out: &mut (impl Write + ?Sized), text: &str) -> io::Result<()> {
    let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(text.as_bytes())
}

/// Rows being read.
pub(crate) struct RowsReader<R>(R);

#[cfg(feature = "parquet")]
impl<R: io::BufRead> RowsReader<R> {
    /// Whether there are no more.
    pub(crate) fn is_over(&mut self) -> io::Result<bool> {
        Ok(self.0.fill_buf()?.is_empty())
    }

    pub(crate) fn number(&mut self) -> io::Result<f64> {
        let mut bytes = [0; 8];
        self.0.read_exact(&mut bytes)?;
        Ok(f64::from_le_bytes(bytes))
    }

    pub(crate) fn text(&mut self) -> io::Result<String> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length)?;
        let mut text = String::new();
        Read::take(&mut self.0, u32::from_le_bytes(length).into()).read_to_string(&mut text)?;
        Ok(text)
    }
}

/// What would have been written, counted.
#[derive(Default)]
struct Seen {
    bytes: u64,
    checksum: crc32fast::Hasher,
}

impl Seen {
    fn position(self, rows: u64) -> FilePosition {
        FilePosition { bytes: self.bytes, checksum: self.checksum.finalize(), rows }
    }
}

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.checksum.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
