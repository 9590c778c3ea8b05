//! What is done to the disk where results are at stake: the one place where all of it can be made to fail.

use std::{
    fmt::Debug,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::output_error::OutputError;
use crate::parts::remove_parts;

/// The operations that can fail.
pub(crate) trait Disk: Debug + Send + Sync {
    fn create(&self, path: &Path) -> io::Result<File> {
        // Never through a link somebody may have left under the name.
        File::create_new(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Brings what was written, or what became of the names in a directory, to the disk.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Removing what is not there is no failure. Of directories, only one with parts of a table is removed.
    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) if path.is_dir() => remove_parts(path),
            outcome => outcome,
        }
    }
}

/// The disk as it is.
#[derive(Debug)]
pub(crate) struct RealDisk;

impl Disk for RealDisk {}

/// A file whose writes go through a [`Disk`].
struct Written<'d> {
    disk: &'d dyn Disk,
    file: File,
}

impl Write for Written<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(&mut self.file, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Brings renames in a directory to the disk, where a handle of it is to be had.
pub(crate) fn sync_directory(disk: &dyn Disk, handle: Option<&File>) -> io::Result<()> {
    match handle.map(|handle| disk.sync(handle)) {
        // File systems that keep no directories on a disk of their own.
        Some(Err(error)) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// Writes a file, in place of another if there is one, which is there, whole, until the new one is on the disk. Makes
/// the directory that it is in.
///
/// # Errors
///
/// When directory or file cannot be written.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(OutputError::io("create", directory))?;
    }
    replace(&RealDisk, path, |out| out.write_all(bytes))
}

/// Puts a file in place of another, which is there, whole, until the new one is on the disk.
pub(crate) fn replace(
    disk: &dyn Disk,
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), OutputError> {
    let (directory, partial) = beside(path);
    let outcome = write_beside(disk, path, &directory, &partial, write);
    if outcome.is_err() {
        // Nobody is left to tell of a further error.
        let _ = fs::remove_file(&partial);
    }
    outcome.map_err(OutputError::io("write", path))
}

fn write_beside(
    disk: &dyn Disk,
    path: &Path,
    directory: &Path,
    partial: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<()> {
    disk.remove(partial)?;
    let mut out = BufWriter::with_capacity(64 * 1024, Written { disk, file: disk.create(partial)? });
    write(&mut out)?;
    let Written { file, .. } = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    disk.sync(&file)?;
    disk.rename(partial, path)?;
    sync_directory(disk, File::open(directory).ok().as_ref())
}

/// The directory of a file, and the name that it has while it is being written.
fn beside(path: &Path) -> (PathBuf, PathBuf) {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = directory.join(format!(".{name}.partial"));
    (directory, partial)
}

#[cfg(test)]
pub(crate) mod faulty {
    //! A disk that fails once.

    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;

    /// Fails the operation of this number, counted from 0; of a write, after half of it. Where the machine stops, all
    /// operations after it fail too.
    #[derive(Debug)]
    pub(crate) struct FaultyDisk {
        fails: usize,
        stops: bool,
        done: AtomicUsize,
    }

    impl FaultyDisk {
        pub(crate) fn failing(fails: usize) -> Self {
            Self { fails, stops: false, done: AtomicUsize::new(0) }
        }

        pub(crate) fn stopping(fails: usize) -> Self {
            Self { stops: true, ..Self::failing(fails) }
        }

        /// Whether it came to the failure.
        pub(crate) fn has_failed(&self) -> bool {
            self.done.load(Relaxed) > self.fails
        }

        fn attempt(&self) -> io::Result<()> {
            let number = self.done.fetch_add(1, Relaxed);
            if number == self.fails || (self.stops && number > self.fails) {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        }
    }

    impl Disk for FaultyDisk {
        fn create(&self, path: &Path) -> io::Result<File> {
            self.attempt().and_then(|()| RealDisk.create(path))
        }

        fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<usize> {
            self.attempt().inspect_err(|_| drop(file.write(&bytes[..bytes.len() / 2])))?;
            file.write(bytes)
        }

        fn sync(&self, file: &File) -> io::Result<()> {
            self.attempt().and_then(|()| RealDisk.sync(file))
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.attempt().and_then(|()| RealDisk.rename(from, to))
        }

        fn remove(&self, path: &Path) -> io::Result<()> {
            self.attempt().and_then(|()| RealDisk.remove(path))
        }
    }
}
