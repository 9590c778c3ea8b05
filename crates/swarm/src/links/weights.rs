//! How hard neighbours pull.

use std::sync::Arc;

use bevy_ecs::component::Component;

use super::{
    SpawnedLinks,
    list::{Entries, List},
    spawned::Spawned,
};
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// The weights w_ij of an agent's links, in the order of its
/// [`Neighbors`](crate::Neighbors) and as many.
///
/// Optional: without it all are 1. A weight that is not finite, or a list of another length than
/// the neighbours', stops the swarm with an error that names the agent.
#[derive(Component, Clone, Debug, Default)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(summary_tick)]
pub struct Weights(List<f64>);

impl Weights {
    pub(crate) fn spawned(links: Arc<SpawnedLinks>, node: u32) -> Self {
        Self(List::Spawned(Spawned { links, node }))
    }

    /// Where the list comes from, if nobody has edited it.
    pub(crate) fn as_spawned(&self) -> Option<&Spawned> {
        self.0.as_spawned()
    }

    /// The weights, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        match &self.0 {
            List::Own(own) => own,
            List::Spawned(spawned) => spawned.weights(),
        }
    }

    /// The weights, to change in place.
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        self.own()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Bytes of this list on the heap; of a shared store, the agent's part.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.0.heap_bytes(|spawned| size_of_val(spawned.weights()))
    }

    /// Adds the weight of one more link, at the end.
    pub fn push(&mut self, weight: f64) {
        self.own().push(weight);
    }

    /// Takes out the weight at a place, e.g. the one
    /// [`Neighbors::remove`](crate::Neighbors::remove) returned.
    ///
    /// # Panics
    ///
    /// If the place is not less than the length.
    pub fn remove(&mut self, place: usize) -> f64 {
        self.own().remove(place)
    }

    /// The list as this agent's own.
    fn own(&mut self) -> &mut Entries<f64> {
        self.0.own(|spawned| spawned.weights().into())
    }
}

impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl FromIterator<f64> for Weights {
    fn from_iter<T: IntoIterator<Item = f64>>(weights: T) -> Self {
        Self(List::Own(weights.into_iter().collect()))
    }
}
