//! How ranks reach each other: what they do together, letters from one to another, and who can.

#[cfg(feature = "mpi")]
mod mpi;
mod threads;

use std::{ops::Range, time::Duration};

use lampyrid_swarm::SwarmError;

#[cfg(feature = "mpi")]
pub use mpi::{LaunchError, Launched, MpiRank, launched_as};
pub use threads::{ThreadRank, on_threads};

/// Another rank with whom numbers are exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Who it is.
    pub rank: usize,
    /// Where what it is told lies among all that is told.
    pub told: Range<usize>,
    /// Where what is heard of it lies among all that is heard.
    pub heard: Range<usize>,
}

/// What is told, and room for what is heard, in numbers of one width.
#[derive(Debug)]
pub enum Numbers<'a> {
    /// Of 64 bits.
    Doubles {
        /// By partner.
        told: &'a [f64],
        /// Likewise.
        heard: &'a mut [f64],
    },
    /// Of 32 bits.
    Singles {
        /// By partner.
        told: &'a [f32],
        /// Likewise.
        heard: &'a mut [f32],
    },
}

/// For an exchange that nothing else is done during.
pub(crate) fn nothing() -> bool {
    false
}

/// One of several ranks, that is, worlds with a part of a swarm each.
///
/// Every call but the first two is made by all ranks, in the same order, and returns once this rank has what it needs:
/// they are how ranks wait for each other.
pub trait Transport: Send + Sync + 'static {
    /// The number of this rank, less than [`size`](Self::size).
    fn rank(&self) -> usize;

    /// How many ranks there are, at least 1.
    fn size(&self) -> usize;

    /// Tells every partner its part of what is told, and fills what is heard with what they tell. All messages are under
    /// way at the same time, and before `meanwhile` is called: it does a part of whatever else there is to do, and says
    /// whether there is more.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] naming the rank that was not there, or told something else.
    fn exchange(
        &self,
        partners: &[Partner],
        numbers: Numbers<'_>,
        meanwhile: &mut dyn FnMut() -> bool,
    ) -> Result<(), TransportError>;

    /// Replaces each number by its sum over all ranks; sums must not leave 64 bits.
    ///
    /// # Errors
    ///
    /// As [`exchange`](Self::exchange).
    fn add_up(&self, numbers: &mut [i64]) -> Result<(), TransportError>;

    /// Gives every rank the list of its number, and returns what each has given to this one. For set-up and results.
    ///
    /// # Errors
    ///
    /// As [`exchange`](Self::exchange).
    ///
    /// # Panics
    ///
    /// Unless there is one list per rank.
    fn trade(&self, lists: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>, TransportError>;
}

/// A rank that can write to another alone, which looks for letters when it has time.
pub trait Mail: Transport {
    /// Sends a letter to another rank. It may be under way until that looks for letters, and so may this call.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] naming the rank that was not there.
    fn post(&self, rank: usize, letter: &[u8]) -> Result<(), TransportError>;

    /// A letter that has come, and which rank wrote it; `None` where none has. Those of one rank come in its order.
    ///
    /// # Errors
    ///
    /// As [`post`](Self::post).
    fn collect(&self) -> Result<Option<(usize, Vec<u8>)>, TransportError>;
}

/// Why ranks did not come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// A rank is not there any more.
    #[error("rank {rank} is gone: it ended, or met an error, before the others did")]
    Gone {
        /// Which.
        rank: usize,
    },
    /// A rank told something else than was to be heard.
    #[error("rank {rank} told something else than was to be heard; all ranks must run one program on one scenario")]
    Unexpected {
        /// Which.
        rank: usize,
    },
    /// A rank has not told for too long that it gets on.
    #[error("rank {rank} has not been heard of for {patience:?}: it hangs, or cannot be reached")]
    Silent {
        /// Which.
        rank: usize,
        /// How long others have waited.
        patience: Duration,
    },
    /// A message of more numbers than MPI can count.
    #[error("{numbers} numbers for rank {rank} are more than one message can hold; use more ranks")]
    TooLong {
        /// Whose message.
        rank: usize,
        /// How many.
        numbers: usize,
    },
}

impl From<TransportError> for SwarmError {
    fn from(error: TransportError) -> Self {
        let (part, reason) = match error {
            TransportError::Gone { rank } => (rank, "it ended, or met an error, before"),
            TransportError::Unexpected { rank } => (rank, "it told something else than was to be heard"),
            TransportError::Silent { rank, .. } => (rank, "it has not been heard of for too long"),
            TransportError::TooLong { rank, .. } => (rank, "its message is too long; use more ranks"),
        };
        Self::PartMissing { part, reason }
    }
}
