//! What can go wrong when a run is written.

use std::io;
use std::path::{Path, PathBuf};

/// A run, or a part of it, that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The directory holds a run, and nobody allowed to replace it.
    #[error(
        "{} already holds a run ({}): choose another directory (--out) or allow replacing it (--force)",
        directory.display(),
        product
    )]
    AlreadyHoldsRun {
        /// The directory.
        directory: PathBuf,
        /// A file in it that a run has written.
        product: &'static str,
    },
    /// The directory holds a run that never came to its end, and nobody allowed to replace it.
    #[error(
        "{} holds checkpoints of a run that has not ended: go on with it (lampyrid resume {}), choose another directory (--out) or allow replacing it (--force)",
        directory.display(),
        directory.display()
    )]
    HoldsUnfinishedRun {
        /// The directory.
        directory: PathBuf,
    },
    /// The rows that a checkpoint goes on from are not there any more.
    #[error(
        "{} does not begin with the {rows} rows that the checkpoint goes on from: keep checkpoints in the directory of their run, and its files as they were",
        path.display()
    )]
    RowsMissing {
        /// The file.
        path: PathBuf,
        /// How many rows it had, below the heading.
        rows: u64,
    },
    /// A part of a table is not what it was when the checkpoint that goes on from it was made.
    #[error(
        "{} is damaged (its checksum is not that which the checkpoint knows): put it back as it was, or go on from an earlier checkpoint",
        path.display()
    )]
    PartDamaged {
        /// The file.
        path: PathBuf,
    },
    /// Parquet was asked for in a program that was built without.
    #[error(
        "this program was built without Parquet: build it with the feature (cargo install --path crates/cli --features parquet), or write CSV (record.format = \"csv\")"
    )]
    NoParquet,
    /// Another process is writing a run into the directory.
    #[error("{} is being written by another run: wait for it or choose another directory (--out)", directory.display())]
    InUse {
        /// The directory.
        directory: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {source}; {}", path.display(), remedy(source))]
    Io {
        /// What was being done, such as `write`.
        action: &'static str,
        /// The file or directory it was being done to.
        path: PathBuf,
        /// The reason given.
        source: io::Error,
    },
    /// A value that is not a number, or infinite, where the file promises numbers.
    #[error("{file}: {quantity} is {value} in row {row}, and only finite numbers are written")]
    NotFinite {
        /// The file.
        file: &'static str,
        /// What the value is of.
        quantity: String,
        /// The row it would have been in, counted from 1 below the heading.
        row: u64,
        /// The value.
        value: f64,
    },
    /// A row with too few or too many values.
    #[error("{file}: row {row} has {found} values where the heading has {expected}")]
    RowLength {
        /// The file.
        file: &'static str,
        /// The row, counted from 1 below the heading.
        row: u64,
        /// Number of values the heading asks for.
        expected: usize,
        /// Number of values given.
        found: usize,
    },
    /// A product that was started twice in one run.
    #[error("{file} was already written in this run")]
    WrittenTwice {
        /// The file.
        file: &'static str,
    },
    /// A picture that could not be drawn.
    #[error("cannot draw {file}: {source}")]
    Picture {
        /// The file.
        file: &'static str,
        /// Why not.
        source: crate::plot::PlotError,
    },
}

impl OutputError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}

/// What can be done about an error of the operating system.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, or choose a directory on another disk (--out)"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a directory you may write to (--out)"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is in the way: remove it or choose another directory (--out)"
        }
        io::ErrorKind::InvalidFilename => "choose a shorter or simpler name (--out)",
        _ => "check the path, or choose another directory (--out)",
    }
}
