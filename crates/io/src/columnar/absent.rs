//! A program without Parquet: [`RecordFormat::check`](crate::scenario::RecordFormat::check) keeps it from coming here.

use std::io::{self, Write};
use std::path::Path;

use crate::column::{Cell, TableColumn};
use crate::recorded::Shape;
use crate::run_directory::{ProductFile, RowsReader};

pub(crate) fn make<R>(
    _: RowsReader<R>,
    _: ProductFile,
    _: &str,
    _: &[TableColumn],
    _: &Shape,
    _: &[(String, String)],
) -> io::Result<ProductFile> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn again(_: &Path, _: &Shape, _: u64, _: &mut dyn Write) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn write(
    _: &mut (dyn Write + Send),
    _: &str,
    _: &[TableColumn],
    _: &[(String, String)],
    _: impl FnOnce(&mut dyn FnMut(&[Cell<'_>]) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A file that is never begun.
#[derive(Debug)]
pub(crate) struct ParquetTable<W>(std::marker::PhantomData<W>);

impl<W: Write> ParquetTable<W> {
    pub(crate) fn new(_: W, _: &str, _: &[TableColumn], _: &[(String, String)]) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn row(&mut self, _: &[Cell<'_>]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn end(&mut self) -> io::Result<&W> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
