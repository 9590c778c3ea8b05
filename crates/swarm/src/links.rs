//! Who listens to whom.

use bevy_ecs::{component::Component, entity::Entity};
use smallvec::SmallVec;

/// Neighbours stored in the agent's own row; longer lists move to the heap.
const INLINE: usize = 8;

/// The agents that this agent listens to (its in-neighbours), in the order in which it sums them.
///
/// An undirected link is two entries, one at each end. A neighbour that is no agent (any more) is
/// skipped and counted, see [`TopologyReport`](crate::TopologyReport); so is the agent itself.
///
/// Editing the list in any system is fine: the next step couples by the new one.
#[derive(Component, Clone, Debug, Default, PartialEq, Eq)]
#[component(summary_tick)]
pub struct Neighbors(#[entities] SmallVec<[Entity; INLINE]>);

impl Neighbors {
    /// No neighbours yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many neighbours are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The neighbours, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Entity] {
        &self.0
    }

    /// The neighbours, in order.
    pub fn iter(&self) -> std::iter::Copied<std::slice::Iter<'_, Entity>> {
        self.0.iter().copied()
    }

    /// Whether an agent is listed.
    #[must_use]
    pub fn contains(&self, agent: Entity) -> bool {
        self.0.contains(&agent)
    }

    /// Lists one more neighbour, at the end.
    pub fn push(&mut self, agent: Entity) {
        self.0.push(agent);
    }

    /// Takes an agent off the list, keeping the order of the others; returns its former place.
    pub fn remove(&mut self, agent: Entity) -> Option<usize> {
        let place = self.0.iter().position(|&other| other == agent)?;
        self.0.remove(place);
        Some(place)
    }

    /// Keeps the neighbours for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(Entity) -> bool) {
        self.0.retain(|agent| keep(*agent));
    }

    /// Empties the list.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Bytes of this list on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        if self.0.spilled() { self.0.capacity() * size_of::<Entity>() } else { 0 }
    }
}

impl FromIterator<Entity> for Neighbors {
    fn from_iter<T: IntoIterator<Item = Entity>>(agents: T) -> Self {
        Self(agents.into_iter().collect())
    }
}

impl Extend<Entity> for Neighbors {
    fn extend<T: IntoIterator<Item = Entity>>(&mut self, agents: T) {
        self.0.extend(agents);
    }
}

impl<const N: usize> From<[Entity; N]> for Neighbors {
    fn from(agents: [Entity; N]) -> Self {
        agents.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Neighbors {
    type Item = Entity;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, Entity>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The weights w_ij of an agent's links, in the order of its [`Neighbors`] and as many.
///
/// Optional: without it all are 1. A weight that is not finite, or a list of another length than
/// the neighbours', stops the swarm with an error that names the agent.
#[derive(Component, Clone, Debug, Default, PartialEq)]
#[component(summary_tick)]
pub struct Weights(SmallVec<[f64; INLINE]>);

impl Weights {
    /// The weights, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    /// The weights, to change in place.
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.0
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes of this list on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        if self.0.spilled() { self.0.capacity() * size_of::<f64>() } else { 0 }
    }

    /// Adds the weight of one more link, at the end.
    pub fn push(&mut self, weight: f64) {
        self.0.push(weight);
    }

    /// Takes out the weight at a place, e.g. the one [`Neighbors::remove`] returned.
    ///
    /// # Panics
    ///
    /// If the place is not less than the length.
    pub fn remove(&mut self, place: usize) -> f64 {
        self.0.remove(place)
    }
}

impl FromIterator<f64> for Weights {
    fn from_iter<T: IntoIterator<Item = f64>>(weights: T) -> Self {
        Self(weights.into_iter().collect())
    }
}
