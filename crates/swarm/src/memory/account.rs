//! What a living swarm holds, counted, and the arithmetic that the estimate shares.

use bevy_ecs::{
    archetype::ArchetypeEntity,
    change_detection::Tick,
    entity::{Entity, EntityGeneration, EntityLocation},
    prelude::*,
    storage::Table,
};

use crate::{
    agent::{IsAgent, Phase},
    identity::AgentIds,
    index::SwarmIndex,
    links::{Links, Neighbors, Weights},
    parts::Ghost,
};

/// When a value was added and when it was last changed.
const TICKS: usize = 2 * size_of::<Tick>();

/// What Bevy keeps of every entity, whatever its components: its generation, where it is, and when
/// it came. The type of its list is private; these are its parts.
pub(super) const SLOT: usize = size_of::<(EntityGeneration, Option<EntityLocation>, Tick)>();

/// An agent's row in its table, with the entity's name there and in the archetype's own list,
/// which grows together with the table.
pub(super) fn row_bytes(components: impl IntoIterator<Item = usize>) -> usize {
    let columns: usize = components.into_iter().map(|size| size + TICKS).sum();
    columns + size_of::<Entity>() + size_of::<ArchetypeEntity>()
}

/// The lists of neighbours and weights that outgrew their agents' rows.
pub(super) type Lists = (Option<&'static Neighbors>, Option<&'static Weights>, Option<&'static Links>);

/// Bytes that the swarm holds: the columns of its agents' tables, as reserved, with their change
/// ticks; what Bevy keeps of its agents as entities; lists of neighbours and weights that outgrew
/// their row; the derived index; the list of ids; and what stands for agents of other worlds.
///
/// Other components that a host gave its agents count too; what is not the agents' own (schedules,
/// systems, threads) does not. Looks at every agent's lists, which takes about as long as a step.
pub fn swarm_bytes(world: &mut World) -> usize {
    let mut lists = world.query_filtered::<Lists, IsAgent>();
    count(world, &mut lists).bytes
}

/// What [`count`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) agents: usize,
    pub(super) bytes: usize,
}

/// Counts without allocating.
pub(super) fn count(world: &mut World, lists: &mut QueryState<Lists, IsAgent>) -> Account {
    let mut agents = 0;
    let mut heap = 0;
    for (neighbors, weights, links) in lists.iter(world) {
        agents += 1;
        heap += neighbors.map_or(0, Neighbors::heap_bytes) + weights.map_or(0, Weights::heap_bytes);
        heap += links.map_or(0, Links::heap_bytes);
    }
    let index = world.get_resource::<SwarmIndex>().map_or(0, SwarmIndex::heap_bytes);
    let ids = world.get_resource::<AgentIds>().map_or(0, AgentIds::heap_bytes);
    Account { agents, bytes: heap + tables(world) + slots(world, agents) + index + ids }
}

fn tables(world: &World) -> usize {
    let kinds = [world.component_id::<Phase>(), world.component_id::<Ghost>()];
    let is_of_swarm = |table: &&Table| kinds.into_iter().flatten().any(|kind| table.has_column(kind));
    let tables = world.storages().tables.iter().filter(is_of_swarm);
    let bytes = tables.map(|table| {
        let columns = world.components().iter_registered().filter(|(id, _)| table.has_column(*id));
        table.capacity() * row_bytes(columns.map(|(_, component)| component.layout().size()))
    });
    bytes.sum()
}

/// The swarm's share of the list of entities, which is as long as it was ever reserved.
fn slots(world: &World, agents: usize) -> usize {
    let agents = agents + world.get_resource::<SwarmIndex>().map_or(0, |index| index.ghosts.len());
    let entities: usize = world.archetypes().iter().map(|archetype| archetype.len() as usize).sum();
    let all = world.entities().len() as u128 * SLOT as u128;
    (all * agents as u128 / entities.max(1) as u128) as usize
}
