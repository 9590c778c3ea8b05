//! Changes to who listens to whom that keep [`Neighbors`] and [`Weights`] in step.
//!
//! Each costs what the lists that it concerns are long. Entries keep their order, in which they are
//! summed, and new ones come last.

use bevy_ecs::prelude::*;

use super::{
    LinkError, Neighbors, Weights,
    undirected::{link, linked, unlink},
};
use crate::agent::{AgentId, Frequency, Phase};

/// Lets `listener` listen to `heard`. Without a weight a new connection has 1 and an old one keeps its
/// own. Of an undirected link it is both directions that change.
pub(crate) fn connect(
    world: &mut World,
    listener: Entity,
    heard: Entity,
    weight: Option<f64>,
) -> Result<(), LinkError> {
    if linked(world, listener, heard).is_some() {
        return link(world, listener, heard, weight);
    }
    check_pair(world, listener, heard, weight)?;
    check_lists(world, listener)?;
    listen(&mut world.entity_mut(listener), heard, weight);
    Ok(())
}

/// Lets `listener` listen to `other` no more, whether that is still an agent or not. An undirected link
/// goes at both ends.
pub(crate) fn disconnect(world: &mut World, listener: Entity, other: Entity) -> Result<(), LinkError> {
    check_agent(world, listener)?;
    if linked(world, listener, other).is_some() {
        return unlink(world, listener, other);
    }
    check_lists(world, listener)?;
    forget(&mut world.entity_mut(listener), other);
    Ok(())
}

/// Whether a link between two agents can be made.
pub(super) fn check_pair(world: &World, one: Entity, other: Entity, weight: Option<f64>) -> Result<(), LinkError> {
    if one == other {
        return Err(LinkError::ToItself { entity: one });
    }
    if let Some(value) = weight.filter(|weight| !weight.is_finite()) {
        return Err(LinkError::WeightNotFinite { one, other, value });
    }
    check_agent(world, one)?;
    check_agent(world, other)
}

pub(super) fn check_agent(world: &World, entity: Entity) -> Result<(), LinkError> {
    let is_agent = |entity: EntityRef<'_>| {
        entity.contains::<Phase>() && entity.contains::<Frequency>() && entity.contains::<AgentId>()
    };
    if world.get_entity(entity).is_ok_and(is_agent) { Ok(()) } else { Err(LinkError::NotAnAgent { entity }) }
}

/// Whether an agent has one weight per neighbour, or none at all.
pub(super) fn check_lists(world: &World, entity: Entity) -> Result<(), LinkError> {
    let neighbors = world.get::<Neighbors>(entity).map_or(0, Neighbors::len);
    match world.get::<Weights>(entity).map(Weights::len) {
        Some(weights) if weights != neighbors => Err(LinkError::WeightsMismatch { entity, neighbors, weights }),
        _ => Ok(()),
    }
}

/// Puts an entry at the end, or gives the one there is another weight; of several the first stays.
/// Without [`Weights`] all weigh 1: they come with the first weight that does not.
pub(crate) fn listen(listener: &mut EntityWorldMut<'_>, heard: Entity, weight: Option<f64>) {
    let place = listener.get::<Neighbors>().and_then(|list| list.iter().position(|other| other == heard));
    if weight.is_some_and(|weight| weight != 1.0) && !listener.contains::<Weights>() {
        let count = listener.get::<Neighbors>().map_or(0, Neighbors::len);
        listener.insert(std::iter::repeat_n(1.0, count).collect::<Weights>());
    }
    match (place, weight) {
        (Some(_), None) => {}
        (Some(place), Some(weight)) => {
            if let Some(mut weights) = listener.get_mut::<Weights>() {
                weights.as_mut_slice()[place] = weight;
            }
            keep_where(listener, |at, other| at == place || other != heard);
        }
        (None, weight) => {
            match listener.get_mut::<Neighbors>() {
                Some(mut neighbors) => neighbors.push(heard),
                None => _ = listener.insert(Neighbors::from([heard])),
            }
            if let Some(mut weights) = listener.get_mut::<Weights>() {
                weights.push(weight.unwrap_or(1.0));
            }
        }
    }
}

/// Takes every entry of `other` out.
pub(super) fn forget(listener: &mut EntityWorldMut<'_>, other: Entity) {
    keep_where(listener, |_, heard| heard != other);
}

pub(super) fn keep_where(listener: &mut EntityWorldMut<'_>, is_kept: impl Fn(usize, Entity) -> bool) {
    let entries = listener.get::<Neighbors>().into_iter().flatten().enumerate();
    let keeps: Vec<bool> = entries.map(|(place, heard)| is_kept(place, heard)).collect();
    keep(listener, &keeps);
}

/// Keeps some of an agent's entries, told by place, and their weights.
pub(crate) fn keep(listener: &mut EntityWorldMut<'_>, keeps: &[bool]) {
    if !keeps.contains(&false) {
        return;
    }
    let mut kept = keeps.iter();
    if let Some(mut weights) = listener.get_mut::<Weights>() {
        let left = weights.as_slice().iter().zip(keeps).filter(|(_, kept)| **kept).map(|(weight, _)| *weight);
        *weights = left.collect();
    }
    if let Some(mut neighbors) = listener.get_mut::<Neighbors>() {
        neighbors.retain(|_| kept.next().copied().unwrap_or(true));
    }
}
