//! Where a network is read from.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::InputError;
use crate::source::open_file;

/// A file, or bytes in memory that pass for one.
#[derive(Clone, Debug)]
pub(super) struct Origin<'b> {
    /// What errors call it.
    pub(super) path: PathBuf,
    bytes: Option<&'b [u8]>,
}

impl<'b> Origin<'b> {
    pub(super) fn file(path: &Path) -> Self {
        Self { path: path.to_owned(), bytes: None }
    }

    pub(super) fn memory(name: &str, bytes: &'b [u8]) -> Self {
        Self { path: name.into(), bytes: Some(bytes) }
    }

    /// Its bytes from the first on.
    pub(super) fn open(&self) -> Result<Box<dyn Read + 'b>, InputError> {
        match self.bytes {
            Some(bytes) => Ok(Box::new(bytes)),
            None => Ok(Box::new(open_file(&self.path)?)),
        }
    }

    /// Refuses what gives its bytes only once, such as a pipe, before any of them is taken.
    pub(super) fn check_lasts(&self) -> Result<(), InputError> {
        let kind = match self.bytes {
            Some(_) => return Ok(()),
            None => fs::metadata(&self.path).map(|found| found.file_type()),
        };
        match kind {
            Ok(kind) if !kind.is_file() && !kind.is_dir() => Err(InputError::ReadOnce { path: self.path.clone() }),
            _ => Ok(()),
        }
    }
}
