//! The directory a run is written into.
//!
//! Whoever looks into a run directory finds a whole run or none. Everything is written under a temporary name,
//! brought to the disk, and given its real name when the run is finished, `run.json` last. A run that fails leaves
//! the directory as it found it, an earlier run in it included.
//!
//! A run that has written a checkpoint leaves that and the rows written until then, so that it can be resumed.

mod rows;

use std::cell::Cell;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::checkpoint::saved_checkpoints;
use crate::disk::{Disk, RealDisk, sync_directory};
use crate::output_error::OutputError;
use crate::plot::Figure;
use crate::product::{Picture, Product};
use crate::run_record::RunRecord;
use crate::scenario::RecordFormat;

pub(crate) use rows::{RowsReader, RowsWriter};
#[cfg(feature = "parquet")]
pub(crate) use rows::{put_number, put_text};

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
    /// The temporary names that were given.
    started: Vec<String>,
    /// Written in full, still under the temporary name.
    complete: Vec<Product>,
    /// Those that a checkpoint counts on, and that stay whatever becomes of the run.
    pinned: Vec<PathBuf>,
    /// Rows that a complete file was made of, and that go when the run is finished.
    rows: Vec<PathBuf>,
    /// Where processes write their parts of a table, which is a directory of its own.
    parts: Option<PathBuf>,
    /// How tables are written.
    pub(crate) format: RecordFormat,
    /// What Parquet files tell of the run.
    pub(crate) about: Vec<(String, String)>,
    /// What the checkpoints of this run are called, once there is one.
    run: Option<u32>,
    disk: Arc<dyn Disk>,
}

/// How far a file was written when a checkpoint was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePosition {
    /// Its bytes.
    pub bytes: u64,
    /// Their CRC-32.
    pub checksum: u32,
    /// Rows below the heading.
    pub rows: u64,
}

impl RunDirectory {
    /// Makes the directory, with its parents, or takes an existing one. Files other than a run's are left alone.
    ///
    /// With `force`, a run that is there already will be replaced, when this one is finished and not before. Of one
    /// that never came to an end, the rows under temporary names go at once.
    ///
    /// # Errors
    ///
    /// When the directory holds a run, or checkpoints of one, and `force` is not given, when another process is
    /// writing one into it, or when it cannot be made or written to.
    pub fn create(path: &Path, force: bool) -> Result<Self, OutputError> {
        Self::create_on(Arc::new(RealDisk), path, force)
    }

    fn create_on(disk: Arc<dyn Disk>, path: &Path, force: bool) -> Result<Self, OutputError> {
        let created = !path.exists();
        fs::create_dir_all(path).map_err(OutputError::io("create", path))?;
        let mut run = Self::locked(disk, path, created)?;
        run.undo_unfinished()?;
        run.check_occupancy(force)?;
        run.remove_leftovers()?;
        // Better to learn now than after hours that nothing can be written here.
        run.open(Product::RunRecord)?;
        run.started.clear();
        Ok(run)
    }

    /// Takes the directory of a run that is to be resumed; nothing in it is changed before the run writes.
    ///
    /// # Errors
    ///
    /// When there is no such directory, or another process is writing a run into it.
    pub fn resume(path: &Path) -> Result<Self, OutputError> {
        Self::resume_on(Arc::new(RealDisk), path)
    }

    fn resume_on(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, OutputError> {
        let run = Self::locked(disk, path, false)?;
        run.undo_unfinished()?;
        Ok(run)
    }

    fn locked(disk: Arc<dyn Disk>, path: &Path, created: bool) -> Result<Self, OutputError> {
        let handle = lock(path)?;
        let path = path.to_path_buf();
        let (started, complete, pinned, rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (format, about) = (RecordFormat::Csv, Vec::new());
        let (parts, run) = (None, None);
        Ok(Self { path, created, handle, started, complete, pinned, rows, parts, format, about, run, disk })
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
        self.begin(product, product.partial_name())
    }

    fn begin(&mut self, product: Product, name: String) -> Result<ProductFile, OutputError> {
        let partial = self.start(product, name)?;
        // What is there was left by a run that was killed: the lock says that nobody is writing it.
        self.disk.remove(&partial).map_err(OutputError::io("replace", &partial))?;
        let file = self.disk.create(&partial).map_err(OutputError::io("create", &partial))?;
        Ok(self.product_file(product, partial, file))
    }

    /// Goes on with a file of the run in `from`, which may be this directory, from where a checkpoint found it. What
    /// was written after that is cut off.
    ///
    /// # Errors
    ///
    /// When it was started before, when neither the file nor what there is of it under a temporary name begins with
    /// what the checkpoint has seen, and when it cannot be read or written.
    pub fn reopen(
        &mut self,
        product: Product,
        from: &Path,
        position: FilePosition,
    ) -> Result<ProductFile, OutputError> {
        let names = [product.partial_name(), product.file_name().to_owned()];
        let sources = names.map(|name| from.join(name));
        let Some(source) = sources.iter().find(|source| begins_as_seen(source, position)) else {
            return Err(OutputError::RowsMissing { path: from.join(product.file_name()), rows: position.rows });
        };
        self.go_on(product, product.partial_name(), source, position)
    }

    /// Goes on behind a position with what is in a file, under a temporary name.
    fn go_on(
        &mut self,
        product: Product,
        name: String,
        source: &Path,
        position: FilePosition,
    ) -> Result<ProductFile, OutputError> {
        let partial = self.start(product, name)?;
        if !is_same(source, &partial) {
            self.disk.remove(&partial).map_err(OutputError::io("replace", &partial))?;
            let file = self.disk.create(&partial).map_err(OutputError::io("create", &partial))?;
            let mut copy = self.product_file(product, partial.clone(), file);
            let copied = File::open(source).and_then(|file| io::copy(&mut file.take(position.bytes), &mut copy));
            copied.map_err(OutputError::io("write", &partial))?;
            copy.kept.set(true);
        }
        let file = File::options().append(true).open(&partial).map_err(OutputError::io("open", &partial))?;
        file.set_len(position.bytes).map_err(OutputError::io("write", &partial))?;
        let mut file = self.product_file(product, partial, file);
        file.written = position.bytes;
        file.checksum = crc32fast::Hasher::new_with_initial_len(position.checksum, position.bytes);
        self.pin(&file);
        Ok(file)
    }

    fn start(&mut self, product: Product, name: String) -> Result<PathBuf, OutputError> {
        if self.started.contains(&name) {
            return Err(OutputError::WrittenTwice { file: product.file_name() });
        }
        let path = self.path.join(&name);
        self.started.push(name);
        Ok(path)
    }

    /// The directory of the parts of `phases.parquet`, until the run is finished.
    pub(crate) fn start_parts(&mut self) -> Result<PathBuf, OutputError> {
        let path = self.start(Product::PhasesParquet, Product::PhasesParquet.partial_name())?;
        self.parts = Some(path.clone());
        Ok(path)
    }

    pub(crate) fn pin_parts(&mut self) {
        let parts = self.parts.iter().filter(|parts| !self.pinned.contains(parts)).cloned();
        self.pinned.extend(parts.collect::<Vec<_>>());
    }

    /// Makes the parts, which are complete, part of the run.
    pub(crate) fn keep_parts(&mut self) {
        self.complete.push(Product::PhasesParquet);
    }

    fn product_file(&self, product: Product, partial: PathBuf, file: File) -> ProductFile {
        let path = self.path.join(product.file_name());
        let (written, checksum, kept) = (0, crc32fast::Hasher::new(), Cell::new(false));
        ProductFile { product, path, partial, file, disk: self.disk.clone(), written, checksum, kept }
    }

    /// Brings a file to the disk and tells how far it is; from now on it stays there even if the run fails.
    pub(crate) fn pinned(&mut self, file: &ProductFile, rows: u64) -> Result<FilePosition, OutputError> {
        self.disk.sync(&file.file).map_err(OutputError::io("write", &file.path))?;
        self.pin(file);
        Ok(FilePosition { bytes: file.written, checksum: file.checksum.clone().finalize(), rows })
    }

    fn pin(&mut self, file: &ProductFile) {
        file.kept.set(true);
        if !self.pinned.contains(&file.partial) {
            self.pinned.push(file.partial.clone());
        }
    }

    /// Makes a file that has been written in full part of the run.
    ///
    /// # Errors
    ///
    /// When it cannot be brought to the disk.
    pub fn keep(&mut self, file: ProductFile) -> Result<(), OutputError> {
        self.disk.sync(&file.file).map_err(OutputError::io("write", &file.path))?;
        file.kept.set(true);
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
        let png = Product::Png(picture);
        let pixels = figure.png().map_err(|source| OutputError::Picture { file: png.file_name(), source })?;
        self.write(Product::Svg(picture), figure.svg().as_bytes())?;
        self.write(png, &pixels)
    }

    /// Completes the run: gives every file kept its real name, removes what an earlier run had beyond these, its
    /// checkpoints included, and writes `run.json`, with the list of files in it, last.
    ///
    /// The files of an earlier run are set aside until then. Should the machine stop half-way through, the directory
    /// is without `run.json`, and the next run that is begun or resumed in it puts them back first.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, renamed or removed. The directory is then as it was.
    pub fn finish(mut self, mut record: RunRecord) -> Result<RunRecord, OutputError> {
        record.files = self.complete.iter().map(|product| product.file_name().to_owned()).collect();
        record.files.push(Product::RunRecord.file_name().to_owned());
        record.files.sort_unstable();
        self.put_in_place(record.to_json().as_bytes())?;
        Ok(record)
    }

    pub(crate) fn put_in_place(&mut self, record: &[u8]) -> Result<(), OutputError> {
        self.write(Product::RunRecord, record)?;
        if let Err(error) = self.exchange() {
            // The first error is the one to tell of; what this cannot mend, the next run will.
            let _ = self.undo_unfinished();
            return Err(error);
        }
        self.complete.clear();
        self.pinned.clear();
        self.parts = None;
        self.created = false;
        // From here on the new run is complete: what is left to do is done by the next run, if it fails now.
        let _ = self.remove_set_aside().and_then(|()| self.remove_rows()).and_then(|()| self.clear_shelf(self.run));
        Ok(())
    }

    /// Sets the earlier run aside and gives the new one its names, `run.json` first in the one and last in the other.
    fn exchange(&self) -> Result<(), OutputError> {
        for product in Product::ALL {
            let path = self.path.join(product.file_name());
            if fs::symlink_metadata(&path).is_ok() {
                self.rename(product.file_name(), &product.earlier_name())?;
            }
        }
        self.sync()?;
        let but_the_record = Product::ALL.into_iter().filter(|product| *product != Product::RunRecord);
        for product in but_the_record.filter(|product| self.complete.contains(product)) {
            self.rename(&product.partial_name(), product.file_name())?;
        }
        self.sync()?;
        self.rename(&Product::RunRecord.partial_name(), Product::RunRecord.file_name())?;
        self.sync()
    }

    /// Takes back an exchange that did not come to its end, whether just now or before the machine stopped.
    fn undo_unfinished(&self) -> Result<(), OutputError> {
        let is = |name: &str| fs::symlink_metadata(self.path.join(name)).is_ok();
        if !self.complete.contains(&Product::RunRecord) {
            if is(Product::RunRecord.file_name()) {
                // It did come to its end.
                return self.remove_set_aside();
            }
            if !Product::ALL.into_iter().any(|product| is(&product.earlier_name())) {
                return Ok(());
            }
        }
        // `run.json` was the first to be set aside, so that it is the last to come back.
        for product in Product::ALL.into_iter().rev() {
            let (name, partial, aside) = (product.file_name(), product.partial_name(), product.earlier_name());
            if is(name) && !is(&partial) && (is(&aside) || self.complete.contains(&product)) {
                self.rename(name, &partial)?;
            }
            if is(&aside) {
                self.rename(&aside, name)?;
            }
        }
        self.sync()
    }

    fn remove_set_aside(&self) -> Result<(), OutputError> {
        Product::ALL.into_iter().try_for_each(|product| self.remove(&product.earlier_name()))
    }

    fn check_occupancy(&self, force: bool) -> Result<(), OutputError> {
        for product in Product::ALL {
            let path = self.path.join(product.file_name());
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() && product != Product::PhasesParquet => {
                    return Err(OutputError::io("replace", &path)(io::ErrorKind::AlreadyExists.into()));
                }
                Ok(_) if !force => {
                    let directory = self.path.clone();
                    return Err(OutputError::AlreadyHoldsRun { directory, product: product.file_name() });
                }
                _ => {}
            }
        }
        let saved = saved_checkpoints(&self.path).map_err(OutputError::io("read", &self.path))?;
        if saved.is_empty() || force {
            return Ok(());
        }
        Err(OutputError::HoldsUnfinishedRun { directory: self.path.clone() })
    }

    /// Removes what a killed run has left under temporary names. The lock says that nobody is writing it any more.
    fn remove_leftovers(&self) -> Result<(), OutputError> {
        let names = Product::ALL.into_iter().flat_map(|product| [product.partial_name(), product.rows_name()]);
        names.into_iter().try_for_each(|name| self.remove(&name))
    }

    fn remove(&self, name: &str) -> Result<(), OutputError> {
        let path = self.path.join(name);
        self.disk.remove(&path).map_err(OutputError::io("remove", &path))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), OutputError> {
        let path = self.path.join(to);
        self.disk.rename(&self.path.join(from), &path).map_err(OutputError::io("replace", &path))
    }

    /// Brings renames and removals to the disk.
    pub(crate) fn sync(&self) -> Result<(), OutputError> {
        sync_directory(&*self.disk, self.handle.as_ref()).map_err(OutputError::io("write", &self.path))
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// Says whose checkpoints are those of this run, for a run that is resumed and may end before it writes another:
    /// see [`save_checkpoint`](Self::save_checkpoint).
    pub fn keep_checkpoints_of(&mut self, run: u32) {
        self.run = Some(run);
    }
}

/// Keeps others from writing into a directory as long as the handle lives; none where directories cannot be opened.
pub(crate) fn lock(path: &Path) -> Result<Option<File>, OutputError> {
    let metadata = fs::metadata(path).map_err(OutputError::io("open", path))?;
    if !metadata.is_dir() {
        return Err(OutputError::io("open", path)(io::ErrorKind::NotADirectory.into()));
    }
    // Windows has no handles of directories to be had this way, nor a need to bring renames to the disk.
    let handle = File::open(path).ok();
    if let Some(Err(TryLockError::WouldBlock)) = handle.as_ref().map(File::try_lock) {
        // Any other failure means a file system without locks.
        return Err(OutputError::InUse { directory: path.to_path_buf() });
    }
    Ok(handle)
}

/// Whether a file begins with what a checkpoint has seen of it.
fn begins_as_seen(path: &Path, position: FilePosition) -> bool {
    let seen = || -> io::Result<bool> {
        let mut file = File::open(path)?.take(position.bytes);
        let mut checksum = crc32fast::Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        let mut bytes = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(bytes == position.bytes && checksum.finalize() == position.checksum),
                count => {
                    checksum.update(&buffer[..count]);
                    bytes += count as u64;
                }
            }
        }
    };
    seen().unwrap_or(false)
}

/// Whether two paths, of which the first exists, lead to one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // Nobody is left to tell of an error, and what stays behind is removed by the next run.
        let complete = self.complete.iter().map(|product| self.path.join(product.partial_name()));
        let others = self.rows.iter().chain(&self.parts).cloned();
        for path in complete.chain(others).filter(|path| !self.pinned.contains(path)) {
            let _ = RealDisk.remove(&path);
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
    disk: Arc<dyn Disk>,
    written: u64,
    /// Of what was written.
    checksum: crc32fast::Hasher,
    /// Whether it stays when this is dropped.
    kept: Cell<bool>,
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
        let (path, partial, checksum) = (product.file_name().into(), PathBuf::new(), crc32fast::Hasher::new());
        Self { product, path, partial, file, disk: Arc::new(RealDisk), written: 0, checksum, kept: Cell::new(true) }
    }
}

impl Write for ProductFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.disk.write(&mut self.file, bytes)?;
        self.written += count as u64;
        self.checksum.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for ProductFile {
    fn drop(&mut self) {
        if !self.kept.get() {
            let _ = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests;
