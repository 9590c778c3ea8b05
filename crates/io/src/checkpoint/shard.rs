//! Checkpoints of which every process writes the part that it has, into a file of its own: a shard. The checkpoint itself
//! is written last, and names them all.

use std::{
    fs::{self, File},
    io,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Checkpoint, CheckpointError, CheckpointWriter, shelf, write_whole};
use crate::{
    disk::{RealDisk, replace, sync_directory},
    output_error::OutputError,
    summed::Summed,
};

/// The record of a checkpoint that names its shards.
const RECORD: &str = "shards";

/// Of the directory that the shards of a checkpoint are in, which is named as the checkpoint is.
const EXTENSION: &str = "shards";

/// A file with a part of what a checkpoint holds, in the same format, as the checkpoint knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which one it is, from 0 on.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Whom it is about: the ids of a run of agents.
    pub ids: Range<u32>,
    /// Its bytes.
    pub bytes: u64,
    /// The XXH3 of them, of 64 bits.
    pub checksum: u64,
}

impl Shard {
    /// Writes a shard of the checkpoint that a run (as [`save_checkpoint`](crate::RunDirectory::save_checkpoint) calls
    /// it) is going to have at a step, in place of one that was there. Any process does so for the directory of the run,
    /// whoever holds it. Nobody takes it for a checkpoint before one names it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn save(
        directory: &Path,
        (run, step): (u32, u64),
        (number, of): (u32, u32),
        ids: Range<u32>,
        write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>,
    ) -> Result<Self, OutputError> {
        let shards = shards_of(&shelf::path(directory, step, run));
        make_directory(directory, &shards).map_err(OutputError::io("create", &shards))?;
        let (mut bytes, mut checksum) = (0, 0);
        replace(&RealDisk, &shards.join(name(number, of)), |out| {
            let mut out = Summed::new(out);
            write_whole(&mut out, write)?;
            (bytes, checksum) = (out.bytes, out.checksum());
            Ok(())
        })?;
        Ok(Self { number, of, ids, bytes, checksum })
    }
}

impl CheckpointWriter<'_> {
    /// Names the shards of a checkpoint, all that there are, in their order.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    pub fn shards(&mut self, shards: &[Shard]) -> io::Result<()> {
        self.record(RECORD, &shards)
    }
}

impl Checkpoint {
    /// Takes out which shards it has; `None` where all that it holds is in its own file.
    ///
    /// # Errors
    ///
    /// When there is no telling.
    pub fn take_shards(&mut self) -> Result<Option<Vec<Shard>>, CheckpointError> {
        if self.has(RECORD) { self.record(RECORD).map(Some) } else { Ok(None) }
    }

    /// Reads one of its shards.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); [`CheckpointError::ShardMissing`] if it is not where it was, and
    /// [`CheckpointError::Damaged`] for one that is not as it was when the checkpoint was written.
    pub fn load_shard(&self, shard: &Shard) -> Result<Self, CheckpointError> {
        let path = shards_of(self.path()).join(name(shard.number, shard.of));
        let unreadable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => {
                CheckpointError::ShardMissing { path: self.path().to_path_buf(), shard: path.clone() }
            }
            _ => CheckpointError::Unreadable { path: path.clone(), source },
        };
        let mut file = Summed::new(File::open(&path).map_err(unreadable)?);
        let length = file.inner.metadata().map_err(unreadable)?.len();
        let read = Self::read(&mut file, length, &path)?;
        if (file.bytes, file.checksum()) == (shard.bytes, shard.checksum) {
            return Ok(read);
        }
        let (place, reason) = ("all of it".to_owned(), "it is another than the checkpoint was written with");
        Err(CheckpointError::Damaged { path, place, reason })
    }
}

/// Makes the directory of shards in that of a run, and brings the names of both it and the one between to the disk.
fn make_directory(run: &Path, shards: &Path) -> io::Result<()> {
    if shards.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(shards)?;
    let mut above = [Some(run), shards.parent()].into_iter().flatten();
    above.try_for_each(|directory| sync_directory(&RealDisk, File::open(directory).ok().as_ref()))
}

/// The directory of the shards of a checkpoint.
fn shards_of(checkpoint: &Path) -> PathBuf {
    checkpoint.with_extension(EXTENSION)
}

fn name(number: u32, of: u32) -> String {
    format!("{number:06}-of-{of:06}.lampyrid")
}

/// Removes the shards that a checkpoint had. What stays does no harm.
pub(super) fn remove_shards(checkpoint: &Path) {
    let shards = shards_of(checkpoint);
    for entry in fs::read_dir(&shards).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.contains("-of-") && name.contains(".lampyrid")) {
            let _ = fs::remove_file(entry.path());
        }
    }
    // Fails, as it should, if anything else is in it.
    let _ = fs::remove_dir(shards);
}

/// The checkpoint that a directory of shards belongs to, if it is one by its name.
pub(super) fn checkpoint_of(shards: &Path) -> Option<PathBuf> {
    shards.extension().is_some_and(|extension| extension == EXTENSION).then(|| shards.with_extension("lampyrid"))
}

#[cfg(test)]
mod tests;
