//! What can be wrong with a checkpoint.

use std::{io, path::PathBuf};

/// A checkpoint that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The operating system refused.
    #[error("cannot read the checkpoint {}: {source}; check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason given.
        source: io::Error,
    },
    /// It does not begin as checkpoints do.
    #[error("{} is no checkpoint of lampyrid; name a file of a run's directory `checkpoints`", path.display())]
    NotACheckpoint {
        /// The file.
        path: PathBuf,
    },
    /// Its numbers were written by their highest byte first.
    #[error("{} was written on a machine of another byte order; resume it there", path.display())]
    OtherByteOrder {
        /// The file.
        path: PathBuf,
    },
    /// Another version of this program wrote it.
    #[error("{} has format version {found}, and this program knows {known}; resume it with a newer one", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known.
        known: u32,
    },
    /// Something in it is not as it was written.
    #[error("{} is damaged ({place}: {reason}); take an earlier checkpoint", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The section.
        place: String,
        /// What was found.
        reason: &'static str,
    },
    /// It is whole, but what it holds does not go together or lacks something.
    #[error("{} cannot be resumed: {reason}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A checkpoint of several files, one of which is not there.
    #[error("{} is not whole: there is no {}; copy a checkpoint together with its directory of shards", path.display(), shard.display())]
    ShardMissing {
        /// The checkpoint.
        path: PathBuf,
        /// The missing file.
        shard: PathBuf,
    },
    /// A directory without checkpoints.
    #[error("{} holds no checkpoint; name the directory of a run that was started with --checkpoint-every or was interrupted", directory.display())]
    NoneFound {
        /// The directory.
        directory: PathBuf,
    },
}
