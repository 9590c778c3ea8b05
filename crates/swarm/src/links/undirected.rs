//! Links that both ends have, or neither.
//!
//! [`Links`] cannot be changed in place. Whatever else happens to it comes by a hook, which queues
//! what is to be done at the other ends until the change is over: then the list is there as it is
//! going to be, and only what differs is touched. Edits of ours bring both ends with them, and tell
//! the hooks to stay out of it as Bevy's relationships do.

use bevy_ecs::{
    entity::MapEntities, error::BevyError, lifecycle::HookContext, prelude::*, relationship::RelationshipHookMode,
    world::DeferredWorld,
};
use smallvec::SmallVec;

use super::{
    INLINE, LinkError,
    edit::{check_agent, check_lists, check_pair, forget, keep_where, listen},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// The undirected links of an agent: a link is in the `Links` of both its ends, with one weight, and
/// each end lists the other in its [`Neighbors`](crate::Neighbors).
///
/// Whatever happens, both ends agree as soon as the change is over:
///
/// | change | at the other ends |
/// |---|---|
/// | [`link`](crate::EditLinks::link) and its like, or spawning with `Links` | the agent comes to the end of their lists |
/// | [`unlink`](crate::EditLinks::unlink), or [`disconnect`](crate::EditLinks::disconnect) of one direction | it is taken out |
/// | inserting other `Links` | it is taken out where it is linked no more; where it still is, nothing moves |
/// | removing `Links`, or despawning | it is taken out of all |
///
/// An entry that cannot be linked (the agent itself, no agent, a weight that is not finite) is dropped
/// and reported as a [`LinkError`], as of a command. Lists change in the order of the calls, entry
/// after entry in the order of `Links`, so that equal calls make equal sums. A link costs what the
/// lists of its two ends are long.
///
/// [`Neighbors`](crate::Neighbors) remains what agents are coupled by: connections of one direction stand beside links
/// in it, and an edit in place that takes a linked agent out silences that direction until it is
/// linked again. An end that stops being an agent without being despawned keeps its links, and is
/// skipped until it is one again.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// let hub = world.spawn(Phase(0.0)).id();
/// let leaf = world.spawn((Phase(1.0), Links::from([hub]))).id();
/// assert!(world.get::<Neighbors>(hub).unwrap().contains(leaf));
/// world.despawn(leaf);
/// assert!(world.get::<Neighbors>(hub).unwrap().is_empty());
/// ```
#[derive(Component, Clone, Debug, Default, PartialEq, MapEntities)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, MapEntities, Default))]
#[component(immutable, on_insert = inserted, on_discard = discarded)]
pub struct Links(#[entities] SmallVec<[Link; INLINE]>);

/// One undirected link, seen from one end.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub struct Link {
    /// The other end.
    pub with: Entity,
    /// Its weight w, the same for both directions.
    pub weight: f64,
}

impl MapEntities for Link {
    fn map_entities<E: EntityMapper>(&mut self, mapper: &mut E) {
        self.with.map_entities(mapper);
    }
}

impl Links {
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

    /// The links, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Link> + '_ {
        self.0.iter().copied()
    }

    /// The weight of the link with an agent, if there is one.
    #[must_use]
    pub fn weight(&self, with: Entity) -> Option<f64> {
        self.0.iter().find(|link| link.with == with).map(|link| link.weight)
    }

    /// Bytes of this list on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        if self.0.spilled() { self.0.capacity() * size_of::<Link>() } else { 0 }
    }

    fn set(&mut self, with: Entity, weight: f64) {
        match self.0.iter_mut().find(|link| link.with == with) {
            Some(link) => link.weight = weight,
            None => self.0.push(Link { with, weight }),
        }
    }

    fn strike(&mut self, with: Entity) {
        self.0.retain(|link| link.with != with);
    }
}

impl FromIterator<Link> for Links {
    /// Of several links with one agent the first keeps its place, and the last its weight.
    fn from_iter<T: IntoIterator<Item = Link>>(links: T) -> Self {
        let mut all = Self::default();
        links.into_iter().for_each(|link| all.set(link.with, link.weight));
        all
    }
}

impl FromIterator<Entity> for Links {
    /// Links of weight 1.
    fn from_iter<T: IntoIterator<Item = Entity>>(agents: T) -> Self {
        agents.into_iter().map(|with| Link { with, weight: 1.0 }).collect()
    }
}

impl<const N: usize> From<[Entity; N]> for Links {
    fn from(agents: [Entity; N]) -> Self {
        agents.into_iter().collect()
    }
}

/// Links two agents. Without a weight a new link has 1 and an old one keeps its own.
pub(crate) fn link(world: &mut World, one: Entity, other: Entity, weight: Option<f64>) -> Result<(), LinkError> {
    check_pair(world, one, other, weight)?;
    check_lists(world, one)?;
    check_lists(world, other)?;
    let weight = weight.or_else(|| linked(world, one, other)).unwrap_or(1.0);
    for (agent, with) in [(one, other), (other, one)] {
        if linked(world, agent, with) != Some(weight) {
            edit(world, agent, |links| links.set(with, weight));
        }
        listen(&mut world.entity_mut(agent), with, Some(weight));
    }
    Ok(())
}

/// Takes the link between two agents out at both ends; without one nothing changes.
pub(crate) fn unlink(world: &mut World, one: Entity, other: Entity) -> Result<(), LinkError> {
    check_agent(world, one)?;
    if linked(world, one, other).is_none() {
        return Ok(());
    }
    check_lists(world, one)?;
    check_lists(world, other)?;
    part(world, one, other);
    part(world, other, one);
    Ok(())
}

/// The weight of the link between two entities, if there is one.
pub(crate) fn linked(world: &World, one: Entity, other: Entity) -> Option<f64> {
    world.get::<Links>(one)?.weight(other)
}

/// Takes a link out at one end.
fn part(world: &mut World, agent: Entity, with: Entity) {
    if linked(world, agent, with).is_some() {
        edit(world, agent, |links| links.strike(with));
    }
    if let Ok(mut agent) = world.get_entity_mut(agent) {
        forget(&mut agent, with);
    }
}

/// Changes the links of one agent, without a hook that would look after the others.
fn edit(world: &mut World, agent: Entity, change: impl FnOnce(&mut Links)) {
    let mut links = world.get::<Links>(agent).cloned().unwrap_or_default();
    change(&mut links);
    if let Ok(mut agent) = world.get_entity_mut(agent) {
        agent.insert_with_relationship_hook_mode(links, RelationshipHookMode::Skip);
    }
}

/// Gives an agent the links that it had, whose other ends are given theirs as well.
#[cfg(feature = "checkpoint")]
pub(crate) fn put_back(world: &mut World, agent: Entity, links: Links) {
    edit(world, agent, |present| *present = links);
}

fn is_ours(context: HookContext) -> bool {
    matches!(context.relationship_hook_mode, RelationshipHookMode::Skip)
}

fn inserted(mut world: DeferredWorld<'_>, context: HookContext) {
    if !is_ours(context) {
        world.commands().queue(move |world: &mut World| make(world, context.entity).map_err(BevyError::error));
    }
}

fn discarded(mut world: DeferredWorld<'_>, context: HookContext) {
    let agent = context.entity;
    if let Some(links) = world.get::<Links>(agent).filter(|links| !is_ours(context) && !links.is_empty()) {
        let former: SmallVec<[Entity; INLINE]> = links.iter().map(|link| link.with).collect();
        world.commands().queue(move |world: &mut World| dissolve(world, agent, former));
    }
}

/// Makes the links that an agent says it has; reports the first of those that cannot be made.
fn make(world: &mut World, agent: Entity) -> Result<(), LinkError> {
    let mut outcome = Ok(());
    for Link { with, weight } in world.get::<Links>(agent).cloned().unwrap_or_default().0 {
        if let Err(error) = link(world, agent, with, Some(weight)) {
            part(world, agent, with);
            part(world, with, agent);
            outcome = outcome.and(Err(error));
        }
    }
    outcome
}

/// Takes out at both ends what an agent had and has no more.
fn dissolve(world: &mut World, agent: Entity, mut former: SmallVec<[Entity; INLINE]>) {
    let mut now: Vec<Entity> =
        world.get::<Links>(agent).into_iter().flat_map(Links::iter).map(|link| link.with).collect();
    now.sort_unstable();
    former.retain(|with| now.binary_search(with).is_err());
    former.iter().for_each(|&with| part(world, with, agent));
    former.sort_unstable();
    if let Ok(mut agent) = world.get_entity_mut(agent) {
        keep_where(&mut agent, |_, heard| former.binary_search(&heard).is_err());
    }
}
