//! What can be wrong with the record of a run that is read back.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::place::Place;

/// A `run.json`, a report or a recording that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The operating system refused.
    #[error("cannot read {}: {source}; check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason given.
        source: io::Error,
    },
    /// It is not what was written: no JSON, or a key that is missing or has another type.
    #[error("{at}: this is no record of a run: {reason}")]
    Malformed {
        /// Where.
        at: Place,
        /// What is wrong.
        reason: String,
    },
    /// A page without what a report holds for `lampyrid replay`.
    #[error("{} holds nothing to replay; name a report.html, a run.json or the directory of a run", path.display())]
    NotAReport {
        /// The file.
        path: PathBuf,
    },
    /// A report whose scenario, hash or checksum is not the one it was written with.
    #[error(
        "{at}: this report was edited by hand: its record has the checksum {found}, and {stated} is written beside it; \
         take the report as it was written, or the run.json"
    )]
    Edited {
        /// Where the record begins.
        at: Place,
        /// The checksum beside the record.
        stated: String,
        /// The checksum of the record as it is.
        found: String,
    },
    /// A recording that is damaged, or none.
    #[error("{} cannot be drawn from: {reason}; run the scenario again", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl RecordError {
    /// JSON that begins at `(line, column)` of the file and is not what it should be.
    pub(crate) fn malformed(path: &Path, begins: (u64, u64), error: &serde_json::Error) -> Self {
        let (line, column) = (error.line().max(1) as u64, error.column().max(1) as u64);
        let at = if line == 1 { (begins.0, begins.1 + column - 1) } else { (begins.0 + line - 1, column) };
        let mut reason = error.to_string();
        // The place stands before the message already.
        if let Some(end) = reason.rfind(" at line ") {
            reason.truncate(end);
        }
        Self::Malformed { at: Place::new(path, at.0, at.1), reason }
    }
}

/// The text of a file of at most 64 MiB, more than any report or record has; what is not Unicode is replaced.
pub(crate) fn read_text(path: &Path) -> Result<String, RecordError> {
    const MOST: u64 = 64 << 20;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST).read_to_end(&mut bytes))
        .map_err(|source| RecordError::Unreadable { path: path.to_path_buf(), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
