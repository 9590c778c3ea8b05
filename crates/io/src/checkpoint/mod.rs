//! Checkpoints: files that hold a swarm and its run as they stand between two steps.
//!
//! What is in them is the business of others; here they are named blocks of numbers, and records of what is
//! structured. Everything is little-endian, whatever the machine.
//!
//! | part | bytes |
//! |---|---|
//! | header | 32: `\x8bLAMPYR\n`, version (u32), byte-order mark (u32), 12 zeros, CRC-32 of these 28 (u32) |
//! | section, as many as there are | 56: name, padded with zeros (40), kind (u64), length of what follows (u64) |
//! | | its bytes: of numbers, one after the other; of a record, by `postcard` |
//! | | CRC-32 of the section's 56 bytes and what follows them (u32) |
//! | last section, named `end` | the number of sections before it (u64) |
//!
//! Every byte is under a checksum, and no length is believed that the file has no room for: what is cut short,
//! lengthened or altered is refused with a [`CheckpointError`], and reading takes no more memory than the file.
//! The header stays as it is in all versions; one file of each version is kept in `tests/checkpoints` and read by a
//! test.
//!
//! Where several processes have parts of a swarm, each writes its own into a file of this format, a [`Shard`], in the
//! directory that is called as the checkpoint is, with `.shards` in place of `.lampyrid`. The checkpoint comes last, with a
//! record of their numbers, lengths and XXH3 checksums, so that either all is there or nothing counts.

mod block;
mod error;
mod format;
mod reader;
mod shard;
mod shelf;
mod writer;

pub use block::{Block, BlockRef};
pub use error::CheckpointError;
pub use reader::Checkpoint;
pub use shard::Shard;
pub use shelf::{SavedCheckpoint, saved_checkpoints};
pub use writer::CheckpointWriter;

use std::{
    io::{self, Write},
    path::Path,
};

use crate::{
    disk::{Disk, RealDisk, replace},
    output_error::OutputError,
};

impl Checkpoint {
    /// Writes a checkpoint in place of the file, which is whole at any time: the new one is written beside it, brought
    /// to the disk and then renamed.
    ///
    /// ```
    /// use lampyrid_io::{Block, BlockRef, Checkpoint};
    ///
    /// # let scratch = tempfile::tempdir().unwrap();
    /// let path = scratch.path().join("swarm.lampyrid");
    /// Checkpoint::save(&path, |file| file.block("phases", BlockRef::F64(&[0.5, 1.5])))?;
    /// let mut saved = Checkpoint::load(&path)?;
    /// assert_eq!(saved.take("phases"), Some(Block::F64(vec![0.5, 1.5])));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it cannot be written. What was there before is untouched then.
    pub fn save(
        path: &Path,
        write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        save(&RealDisk, path, write)
    }
}

fn save(
    disk: &dyn Disk,
    path: &Path,
    write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>,
) -> Result<(), OutputError> {
    replace(disk, path, |out| write_whole(out, write))
}

fn write_whole(out: &mut dyn Write, write: impl FnOnce(&mut CheckpointWriter<'_>) -> io::Result<()>) -> io::Result<()> {
    let mut writer = CheckpointWriter::new(out)?;
    write(&mut writer)?;
    writer.finish()
}

#[cfg(test)]
mod tests;
