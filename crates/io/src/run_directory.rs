//! The directory a run is written into.
//!
//! Whoever looks into a run directory finds a whole run or none. Everything is written under a temporary name,
//! brought to the disk, and given its real name when the run is finished, `run.json` last. A run that fails leaves
//! the directory as it found it, an earlier run in it included.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::output_error::OutputError;
use crate::plot::Figure;
use crate::product::{Picture, Product};
use crate::run_record::RunRecord;

/// A run directory being written. Dropping it unfinished discards what was written.
///
/// ```
/// use lampyrid_io::{Product, RunDirectory};
/// use lampyrid_measure::OrderParameter;
///
/// # let scratch = tempfile::tempdir().unwrap();
/// # let path = scratch.path().join("run");
/// let mut run = RunDirectory::create(&path, false)?;
/// let mut series = run.series(&[])?;
/// series.row(0.0, OrderParameter { r: 0.05, psi: 3.1 }, &[])?;
/// series.finish(&mut run)?;
/// assert_eq!(run.files(), [Product::OrderParameter]);
/// // Nothing is visible under its real name before `run.finish(record)`.
/// assert!(!path.join("order_parameter.csv").exists());
/// # Ok::<(), lampyrid_io::OutputError>(())
/// ```
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    /// Whether the directory was made for this run, and may go with it.
    created: bool,
    /// Holds the lock; also the means of bringing renames to the disk. None where directories cannot be opened.
    handle: Option<File>,
    started: Vec<Product>,
    /// Written in full, still under the temporary name.
    complete: Vec<Product>,
}

impl RunDirectory {
    /// Makes the directory, with its parents, or takes an existing one. Files other than a run's are left alone.
    ///
    /// With `force`, a run that is there already will be replaced, when this one is finished and not before.
    ///
    /// # Errors
    ///
    /// When the directory holds a run and `force` is not given, when another process is writing one into it, or
    /// when it cannot be made or written to.
    pub fn create(path: &Path, force: bool) -> Result<Self, OutputError> {
        let created = !path.exists();
        fs::create_dir_all(path).map_err(OutputError::io("create", path))?;
        // Windows has no handles of directories to be had this way, nor a need to bring renames to the disk.
        let handle = File::open(path).ok();
        if let Some(Err(TryLockError::WouldBlock)) = handle.as_ref().map(File::try_lock) {
            // Any other failure means a file system without locks.
            return Err(OutputError::InUse { directory: path.to_path_buf() });
        }
        let mut run = Self { path: path.to_path_buf(), created, handle, started: Vec::new(), complete: Vec::new() };
        run.check_occupancy(force)?;
        run.remove_leftovers()?;
        // Better to learn now than after hours that nothing can be written here.
        run.open(Product::RunRecord)?;
        run.started.clear();
        Ok(run)
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What has been written in full so far.
    #[must_use]
    pub fn files(&self) -> &[Product] {
        &self.complete
    }

    /// Starts a file that is written bit by bit. It becomes part of the run by [`keep`](Self::keep).
    ///
    /// # Errors
    ///
    /// When it was started before, or cannot be created.
    pub fn open(&mut self, product: Product) -> Result<ProductFile, OutputError> {
        if self.started.contains(&product) {
            return Err(OutputError::WrittenTwice { file: product.file_name() });
        }
        let partial = self.path.join(product.partial_name());
        // Never through a link somebody may have left under the temporary name.
        let file = File::create_new(&partial).map_err(OutputError::io("create", &partial))?;
        self.started.push(product);
        let path = self.path.join(product.file_name());
        Ok(ProductFile { product, path, partial, file, kept: false })
    }

    /// Makes a file that has been written in full part of the run.
    ///
    /// # Errors
    ///
    /// When it cannot be brought to the disk.
    pub fn keep(&mut self, mut file: ProductFile) -> Result<(), OutputError> {
        file.file.sync_all().map_err(OutputError::io("write", &file.path))?;
        file.kept = true;
        self.complete.push(file.product);
        Ok(())
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    ///
    /// When it was written before, or cannot be written.
    pub fn write(&mut self, product: Product, bytes: &[u8]) -> Result<(), OutputError> {
        let mut file = self.open(product)?;
        file.write_all(bytes).map_err(OutputError::io("write", &file.path))?;
        self.keep(file)
    }

    /// Writes a picture as SVG and as PNG.
    ///
    /// # Errors
    ///
    /// When either was written before, or cannot be drawn or written.
    pub fn write_picture(&mut self, picture: Picture, figure: &Figure) -> Result<(), OutputError> {
        let png = picture.png();
        let pixels = figure.png().map_err(|source| OutputError::Picture { file: png.file_name(), source })?;
        self.write(picture.svg(), figure.svg().as_bytes())?;
        self.write(png, &pixels)
    }

    /// Completes the run: gives every file kept its real name, removes what an earlier run had beyond these, and
    /// writes `run.json`, with the list of files in it, last.
    ///
    /// Should the machine stop half-way through, the directory is without `run.json`.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, renamed or removed.
    pub fn finish(mut self, mut record: RunRecord) -> Result<RunRecord, OutputError> {
        record.files = self.complete.iter().map(|product| product.file_name().to_owned()).collect();
        record.files.push(Product::RunRecord.file_name().to_owned());
        record.files.sort_unstable();
        self.write(Product::RunRecord, record.to_json().as_bytes())?;
        self.remove(Product::RunRecord.file_name())?;
        self.sync()?;
        for product in Product::ALL.into_iter().filter(|product| *product != Product::RunRecord) {
            if self.complete.contains(&product) {
                self.rename(product)?;
            } else {
                self.remove(product.file_name())?;
            }
        }
        self.sync()?;
        self.rename(Product::RunRecord)?;
        self.sync()?;
        self.complete.clear();
        self.created = false;
        Ok(record)
    }

    fn check_occupancy(&self, force: bool) -> Result<(), OutputError> {
        for product in Product::ALL {
            let path = self.path.join(product.file_name());
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => {
                    return Err(OutputError::io("replace", &path)(io::ErrorKind::AlreadyExists.into()));
                }
                Ok(_) if !force => {
                    let directory = self.path.clone();
                    return Err(OutputError::AlreadyHoldsRun { directory, product: product.file_name() });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes what a killed run has left under temporary names. The lock says that nobody is writing it any more.
    fn remove_leftovers(&self) -> Result<(), OutputError> {
        Product::ALL.into_iter().try_for_each(|product| self.remove(&product.partial_name()))
    }

    fn remove(&self, name: &str) -> Result<(), OutputError> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OutputError::io("remove", &path)(error)),
            _ => Ok(()),
        }
    }

    fn rename(&self, product: Product) -> Result<(), OutputError> {
        let path = self.path.join(product.file_name());
        fs::rename(self.path.join(product.partial_name()), &path).map_err(OutputError::io("replace", &path))
    }

    /// Brings renames and removals to the disk.
    fn sync(&self) -> Result<(), OutputError> {
        match self.handle.as_ref().map(File::sync_all) {
            // File systems that keep no directories on a disk of their own.
            Some(Err(error)) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
                Err(OutputError::io("write", &self.path)(error))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // Nobody is left to tell of an error, and what stays behind is removed by the next run.
        for product in &self.complete {
            let _ = fs::remove_file(self.path.join(product.partial_name()));
        }
        if self.created {
            // Fails, as it should, if anything is in it.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// A file of a run while it is being written. Dropping it without [`RunDirectory::keep`] discards it.
///
/// Nothing is buffered here: write in large pieces.
#[derive(Debug)]
pub struct ProductFile {
    product: Product,
    path: PathBuf,
    partial: PathBuf,
    file: File,
    kept: bool,
}

impl ProductFile {
    /// Which file it is.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    #[cfg(test)]
    pub(crate) fn on(file: File, product: Product) -> Self {
        Self { product, path: product.file_name().into(), partial: PathBuf::new(), file, kept: true }
    }
}

impl Write for ProductFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for ProductFile {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.partial);
        }
    }
}
