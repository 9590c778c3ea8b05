//! Giving out agent ids.

use bevy_ecs::{
    lifecycle::HookContext,
    resource::Resource,
    world::{DeferredWorld, World},
};

use crate::agent::AgentId;

/// What is known of the ids in use.
#[derive(Resource, Debug, Default)]
pub(crate) struct AgentIds {
    /// The next id to give to an agent spawned without one.
    next: u64,
    /// Whether an id was given or replaced since the index last looked.
    pub(crate) renamed: bool,
}

impl AgentIds {
    /// Reserves `count` consecutive ids and returns the first; `None` if so many are not left.
    pub(crate) fn reserve(&mut self, count: u64) -> Option<u64> {
        let first = self.next;
        // Ids end below that of the unassigned.
        self.next = first.checked_add(count).filter(|next| *next <= AgentId::UNASSIGNED.get())?;
        Some(first)
    }

    fn note(&mut self, id: AgentId) {
        self.next = self.next.max(id.get() + 1);
    }
}

/// Assigns an id to an agent that has none, in place: `AgentId` is already in its table. Where ids
/// have run out it stays without, which the index reports.
pub(crate) fn on_agent_id_inserted(mut world: DeferredWorld<'_>, context: HookContext) {
    let Some(&id) = world.get::<AgentId>(context.entity) else {
        return;
    };
    let Some(mut ids) = world.get_resource_mut::<AgentIds>() else {
        return; // no swarm here yet; `install` assigns ids to those who wait
    };
    ids.renamed = true;
    if id != AgentId::UNASSIGNED {
        ids.note(id);
    } else if let Some(first) = ids.reserve(1) {
        world.commands().entity(context.entity).insert(AgentId::new(first));
    }
}

/// Starts giving out ids in this world, first to the agents that are already there.
pub(crate) fn install(world: &mut World) {
    if world.contains_resource::<AgentIds>() {
        return;
    }
    let mut ids = AgentIds::default();
    let mut agents = world.query::<(bevy_ecs::entity::Entity, &AgentId)>();
    let mut waiting = Vec::new();
    for (entity, &id) in agents.iter(world) {
        if id == AgentId::UNASSIGNED {
            waiting.push(entity);
        } else {
            ids.note(id);
        }
    }
    world.insert_resource(ids);
    for entity in waiting {
        // The hook sees it come without an id.
        world.entity_mut(entity).insert(AgentId::UNASSIGNED);
    }
}
