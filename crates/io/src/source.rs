//! Opening an input file: what it begins with, and a buffered reader that starts after any byte
//! order mark.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};

use crate::InputError;

/// Bytes looked at before parsing starts. Enough for a byte order mark and a banner.
const HEAD: u64 = 1024;

/// An open file, or bytes that pass for one. The first of them are at hand for recognising the
/// format, even from a pipe.
pub(crate) struct Source<'s> {
    pub(crate) path: PathBuf,
    pub(crate) reader: BufReader<Input<'s>>,
}

/// The first bytes, then all others.
pub(crate) type Input<'s> = Chain<Cursor<Vec<u8>>, Box<dyn Read + 's>>;

impl<'s> Source<'s> {
    pub(crate) fn open(path: &Path) -> Result<Self, InputError> {
        Self::from_reader(path, Box::new(open_file(path)?))
    }

    /// A source that is not a file; errors call it `path`.
    pub(crate) fn from_reader(path: &Path, mut bytes: Box<dyn Read + 's>) -> Result<Self, InputError> {
        let mut head = Vec::new();
        bytes.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| refused(path, error))?;
        // The UTF-32 marks begin with, or contain, zero bytes; the little-endian one begins like
        // that of UTF-16.
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) || head.starts_with(&[0, 0, 0xfe, 0xff]) {
            return Err(InputError::WideText { path: path.to_owned() });
        }
        if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            head.drain(..3);
        }
        Ok(Self { path: path.to_owned(), reader: BufReader::with_capacity(1 << 16, Cursor::new(head).chain(bytes)) })
    }

    /// The first bytes of the file, up to 1 KiB, without a byte order mark.
    pub(crate) fn head(&self) -> &[u8] {
        let (cursor, _) = self.reader.get_ref().get_ref();
        cursor.get_ref()
    }
}

/// Opens what is a file, or passes for one.
pub(crate) fn open_file(path: &Path) -> Result<File, InputError> {
    let file = File::open(path).map_err(|error| refused(path, error))?;
    let is_directory = file.metadata().map_err(|error| refused(path, error))?.is_dir();
    if is_directory { Err(InputError::Directory { path: path.to_owned() }) } else { Ok(file) }
}

/// The error for a file that the operating system would not open or read.
pub(crate) fn refused(path: &Path, error: io::Error) -> InputError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => InputError::Missing { path },
        io::ErrorKind::IsADirectory => InputError::Directory { path },
        _ => InputError::Unreadable { path, source: error },
    }
}
