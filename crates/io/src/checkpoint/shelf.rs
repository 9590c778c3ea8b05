//! The checkpoints of a run: `checkpoints/step-…` in its directory, the last few of them.

use std::{
    cmp::Reverse,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    CheckpointWriter, save,
    shard::{checkpoint_of, remove_shards},
};
use crate::{
    disk::{RealDisk, sync_directory},
    output_error::OutputError,
    run_directory::RunDirectory,
};

/// Where they are, in a run's directory.
pub(crate) const SHELF: &str = "checkpoints";

/// A checkpoint in the directory of a run, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCheckpoint {
    /// The file.
    pub path: PathBuf,
    /// Steps taken by then.
    pub step: u64,
    /// What it is a checkpoint of: runs that cannot be told apart by their results have one number.
    pub run: u32,
    written: SystemTime,
}

/// The checkpoints in the directory of a run, the one written last first; none where there is no such directory.
///
/// # Errors
///
/// When it cannot be read.
pub fn saved_checkpoints(run: &Path) -> io::Result<Vec<SavedCheckpoint>> {
    let entries = match fs::read_dir(run.join(SHELF)) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if let Some((step, run)) = entry.file_name().to_str().and_then(parse) {
            let written = entry.metadata().and_then(|known| known.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            found.push(SavedCheckpoint { path: entry.path(), step, run, written });
        }
    }
    found.sort_by_key(|one| Reverse((one.written, one.step, one.run)));
    Ok(found)
}

/// Removes what a run has left that was killed while it wrote a checkpoint. What stays does no harm.
fn remove_leftovers(shelf: &Path) {
    for entry in fs::read_dir(shelf).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let whole = name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(".partial"));
        if whole.is_some_and(|whole| parse(whole).is_some()) {
            let _ = fs::remove_file(entry.path());
        }
        if let Some(checkpoint) = checkpoint_of(&entry.path()).filter(|checkpoint| !checkpoint.exists()) {
            remove_shards(&checkpoint);
        }
    }
}

/// Where a run has, or is going to have, a checkpoint.
pub(super) fn path(directory: &Path, step: u64, run: u32) -> PathBuf {
    directory.join(SHELF).join(file_name(step, run))
}

fn file_name(step: u64, run: u32) -> String {
    format!("step-{step:016}-{run:08x}.lampyrid")
}

fn parse(name: &str) -> Option<(u64, u32)> {
    let (step, run) = name.strip_prefix("step-")?.strip_suffix(".lampyrid")?.split_once('-')?;
    let (step, run) = (step.parse().ok()?, u32::from_str_radix(run, 16).ok()?);
    (file_name(step, run) == name).then_some((step, run))
}

impl RunDirectory {
    /// Writes a checkpoint of this run at a step, and then removes those of the run beyond the last `keep` (at least
    /// one), this one included. Those of another run stay until this one is finished.
    ///
    /// # Errors
    ///
    /// When it cannot be written. The earlier ones are all there then.
    pub fn save_checkpoint(
        &mut self,
        run: u32,
        step: u64,
        keep: usize,
        write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>,
    ) -> Result<PathBuf, OutputError> {
        let shelf = self.path().join(SHELF);
        if !shelf.exists() {
            fs::create_dir(&shelf).map_err(OutputError::io("create", &shelf))?;
            self.sync()?;
        }
        let path = path(self.path(), step, run);
        save(self.disk(), &path, write)?;
        self.keep_checkpoints_of(run);
        let mut earlier = saved_checkpoints(self.path()).map_err(OutputError::io("read", &shelf))?;
        earlier.retain(|one| one.run == run && one.step != step);
        // Those ahead were left by a run that had come further before it was resumed from here.
        earlier.sort_by_key(|one| (one.step > step, Reverse(one.step)));
        for surplus in earlier.iter().skip(keep.max(1) - 1) {
            // One too many does no harm.
            let _ = fs::remove_file(&surplus.path);
            remove_shards(&surplus.path);
        }
        remove_leftovers(&shelf);
        Ok(path)
    }

    /// Removes the checkpoints of other runs, and the directory if none is left.
    pub(crate) fn clear_shelf(&self, run: Option<u32>) -> Result<(), OutputError> {
        let shelf = self.path().join(SHELF);
        let saved = saved_checkpoints(self.path()).map_err(OutputError::io("read", &shelf))?;
        if saved.is_empty() {
            return Ok(());
        }
        for other in saved.iter().filter(|one| Some(one.run) != run) {
            self.disk().remove(&other.path).map_err(OutputError::io("remove", &other.path))?;
            remove_shards(&other.path);
        }
        remove_leftovers(&shelf);
        // Fails, as it should, if anything is in it.
        let _ = fs::remove_dir(&shelf);
        sync_directory(&RealDisk, File::open(self.path()).ok().as_ref()).map_err(OutputError::io("write", self.path()))
    }
}
