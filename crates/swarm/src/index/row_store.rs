//! The rows of the index.

use std::sync::Arc;

use lampyrid_graph::{Adjacency, Evolving, Rows};

/// By place: whom the agent there listens to.
#[derive(Debug)]
pub(super) enum RowStore {
    /// As it was built; the graph that the agents were spawned from, where their order and lists are
    /// still those of its nodes.
    Built(Arc<Adjacency>),
    /// As it has become by small changes.
    Evolving(Box<Evolving>),
}

impl Default for RowStore {
    fn default() -> Self {
        Self::Built(Arc::default())
    }
}

impl RowStore {
    pub(super) fn rows(&self) -> Rows<'_> {
        match self {
            Self::Built(adjacency) => adjacency.rows(),
            Self::Evolving(network) => network.rows(),
        }
    }

    /// Whether rows are as they were built and nobody else's.
    pub(super) fn are_own(&self) -> bool {
        matches!(self, Self::Built(adjacency) if Arc::strong_count(adjacency) == 1)
    }

    /// The rows, if they are.
    pub(super) fn own(&mut self) -> Option<&mut Adjacency> {
        match self {
            Self::Built(adjacency) => Arc::get_mut(adjacency),
            Self::Evolving(_) => None,
        }
    }

    /// Rows of the index's own, to be written anew in place.
    pub(super) fn into_own(self) -> Adjacency {
        match self {
            Self::Built(adjacency) => Arc::try_unwrap(adjacency).unwrap_or_default(),
            Self::Evolving(_) => Adjacency::default(),
        }
    }

    /// Bytes on the heap. Rows shared with the agents are on their account.
    pub(super) fn own_heap_bytes(&self) -> usize {
        match self {
            Self::Built(adjacency) if Arc::strong_count(adjacency) > 1 => 0,
            Self::Built(adjacency) => adjacency.heap_bytes(),
            Self::Evolving(network) => network.heap_bytes(),
        }
    }
}
