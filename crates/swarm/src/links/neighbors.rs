//! Who listens to whom.

use std::sync::Arc;

use super::{
    SpawnedLinks,
    list::{Entries, List},
    spawned::Spawned,
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use bevy_ecs::{
    component::Component,
    entity::{Entity, EntityMapper, MapEntities},
};

/// The agents that this agent listens to (its in-neighbours), in the order in which it sums them.
///
/// An undirected link is two entries, one at each end. A neighbour that is no agent (any more) is
/// skipped and counted, see [`TopologyReport`](crate::TopologyReport); so is the agent itself.
///
/// Editing the list in any system is fine: the next step couples by the new one. Up to four
/// neighbours are stored in the agent's own row. Agents of a [`SwarmSpawner`](crate::SwarmSpawner)
/// share one store of links, whatever their number, until a list is edited.
#[derive(Component, Clone, Debug, Default, MapEntities)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, MapEntities, Default))]
#[component(summary_tick)]
pub struct Neighbors(#[entities] List<Entity>);

impl Neighbors {
    /// No neighbours yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn spawned(links: Arc<SpawnedLinks>, node: u32) -> Self {
        Self(List::Spawned(Spawned { links, node }))
    }

    /// Where the list comes from, if nobody has edited it.
    pub(crate) fn as_spawned(&self) -> Option<&Spawned> {
        self.0.as_spawned()
    }

    /// How many neighbours are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// Whether none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The neighbours, in order.
    #[must_use]
    pub fn iter(&self) -> NeighborsIter<'_> {
        NeighborsIter(match &self.0 {
            List::Own(own) => Places::Own(own.iter()),
            List::Spawned(spawned) => Places::Spawned(spawned.row().iter(), spawned.links.agents()),
        })
    }

    /// Whether an agent is listed.
    #[must_use]
    pub fn contains(&self, agent: Entity) -> bool {
        self.iter().any(|other| other == agent)
    }

    /// Lists one more neighbour, at the end.
    pub fn push(&mut self, agent: Entity) {
        self.own().push(agent);
    }

    /// Takes an agent off the list, keeping the order of the others; returns its former place.
    pub fn remove(&mut self, agent: Entity) -> Option<usize> {
        let place = self.iter().position(|other| other == agent)?;
        self.own().remove(place);
        Some(place)
    }

    /// Keeps the neighbours for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(Entity) -> bool) {
        self.own().retain(|agent| keep(*agent));
    }

    /// Empties the list, and keeps its memory.
    pub fn clear(&mut self) {
        match &mut self.0 {
            List::Own(own) => own.clear(),
            List::Spawned(_) => *self = Self::new(),
        }
    }

    /// Asks memory for the entries, which are about to be read or written. For our own crates only.
    #[doc(hidden)]
    pub fn fetch(&self) {
        if let List::Own(own) = &self.0 {
            own.first().into_iter().for_each(lampyrid_kernel::level::fetch);
        }
    }

    /// Bytes of this list on the heap; of a shared store, the agent's part.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.0.heap_bytes(|spawned| size_of::<Entity>() + (1 + spawned.row().len()) * size_of::<u32>())
    }

    /// The list as this agent's own.
    fn own(&mut self) -> &mut Entries<Entity> {
        self.0.own(copied)
    }
}

pub(super) fn copied(spawned: &Spawned) -> Entries<Entity> {
    let agents = spawned.links.agents();
    spawned.row().iter().map(|&place| agents[place as usize]).collect()
}

impl PartialEq for Neighbors {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl Eq for Neighbors {}

impl MapEntities for List<Entity> {
    fn map_entities<E: EntityMapper>(&mut self, mapper: &mut E) {
        self.own(copied).map_entities(mapper);
    }
}

/// The entries of [`Neighbors`], by value.
#[derive(Clone, Debug)]
pub struct NeighborsIter<'a>(Places<'a>);

#[derive(Clone, Debug)]
enum Places<'a> {
    Own(std::slice::Iter<'a, Entity>),
    Spawned(std::slice::Iter<'a, u32>, &'a [Entity]),
}

impl Iterator for NeighborsIter<'_> {
    type Item = Entity;

    fn next(&mut self) -> Option<Entity> {
        match &mut self.0 {
            Places::Own(own) => own.next().copied(),
            Places::Spawned(row, agents) => row.next().map(|&place| agents[place as usize]),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Places::Own(own) => own.size_hint(),
            Places::Spawned(row, _) => row.size_hint(),
        }
    }
}

impl ExactSizeIterator for NeighborsIter<'_> {}

impl FromIterator<Entity> for Neighbors {
    fn from_iter<T: IntoIterator<Item = Entity>>(agents: T) -> Self {
        Self(List::Own(agents.into_iter().collect()))
    }
}

impl Extend<Entity> for Neighbors {
    fn extend<T: IntoIterator<Item = Entity>>(&mut self, agents: T) {
        self.own().extend(agents);
    }
}

impl<const N: usize> From<[Entity; N]> for Neighbors {
    fn from(agents: [Entity; N]) -> Self {
        agents.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Neighbors {
    type Item = Entity;
    type IntoIter = NeighborsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
