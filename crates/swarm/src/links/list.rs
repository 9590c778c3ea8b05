//! A list that is an agent's own, or its part of a shared store.

use smallvec::SmallVec;

use super::Spawned;

/// Entries stored in the agent's own row; longer lists of one's own move to the heap.
const INLINE: usize = 4;

/// An agent's own entries.
pub(super) type Entries<T> = SmallVec<[T; INLINE]>;

/// One entry per link of an agent.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "reflect", derive(bevy_reflect::TypePath))]
pub(super) enum List<T> {
    Own(Entries<T>),
    Spawned(Spawned),
}

impl<T> List<T> {
    /// Where the list comes from, if nobody has edited it.
    pub(super) fn as_spawned(&self) -> Option<&Spawned> {
        match self {
            Self::Own(_) => None,
            Self::Spawned(spawned) => Some(spawned),
        }
    }

    /// The list as the agent's own; `copy` takes it out of the shared store.
    pub(super) fn own(&mut self, copy: impl FnOnce(&Spawned) -> Entries<T>) -> &mut Entries<T> {
        if let Self::Spawned(spawned) = self {
            *self = Self::Own(copy(spawned));
        }
        match self {
            Self::Own(own) => own,
            Self::Spawned(_) => unreachable!("it was made the agent's own"),
        }
    }

    /// Bytes on the heap; `share` tells those of an agent's part of a shared store.
    pub(super) fn heap_bytes(&self, share: impl FnOnce(&Spawned) -> usize) -> usize {
        match self {
            Self::Own(own) if own.spilled() => own.capacity() * size_of::<T>(),
            Self::Own(_) => 0,
            Self::Spawned(spawned) => share(spawned),
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::Own(Entries::new())
    }
}
