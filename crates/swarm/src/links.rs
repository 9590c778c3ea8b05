//! Who listens to whom, and how hard.

mod edit;
mod error;
mod list;
mod neighbors;
#[cfg(feature = "reflect")]
mod reflect;
mod spawned;
mod undirected;
mod weights;

pub(crate) use edit::{connect, disconnect, keep, listen};
pub use error::LinkError;
pub use neighbors::{Neighbors, NeighborsIter};
pub(crate) use spawned::{Spawned, SpawnedLinks};
#[cfg(feature = "checkpoint")]
pub(crate) use undirected::put_back;
pub use undirected::{Link, Links};
pub(crate) use undirected::{link, linked, unlink};
pub use weights::Weights;

/// Links stored in the agent's own row; longer lists of one's own move to the heap.
pub(crate) const INLINE: usize = 4;
