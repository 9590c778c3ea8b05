//! Giving out agent ids.

use bevy_ecs::{
    lifecycle::HookContext,
    resource::Resource,
    world::{DeferredWorld, World},
};

use crate::agent::AgentId;

/// The next id to give to an agent spawned without one.
#[derive(Resource, Debug, Default)]
pub(crate) struct NextAgentId(u64);

impl NextAgentId {
    /// Reserves `count` consecutive ids and returns the first.
    pub(crate) fn reserve(&mut self, count: u64) -> u64 {
        let first = self.0;
        self.0 += count;
        first
    }

    fn note(&mut self, id: AgentId) {
        self.0 = self.0.max(id.get().saturating_add(1));
    }
}

/// Assigns an id to a new agent that has none, in place: `AgentId` is already in its table.
pub(crate) fn on_agent_id_added(mut world: DeferredWorld<'_>, context: HookContext) {
    let Some(&id) = world.get::<AgentId>(context.entity) else {
        return;
    };
    let Some(mut next) = world.get_resource_mut::<NextAgentId>() else {
        return; // no swarm here yet; `install` assigns ids to those who wait
    };
    if id == AgentId::UNASSIGNED {
        let id = AgentId::new(next.reserve(1));
        world.commands().entity(context.entity).insert(id);
    } else {
        next.note(id);
    }
}

/// Starts giving out ids in this world, first to the agents that are already there.
pub(crate) fn install(world: &mut World) {
    if world.contains_resource::<NextAgentId>() {
        return;
    }
    let mut next = NextAgentId::default();
    let mut agents = world.query::<(bevy_ecs::entity::Entity, &AgentId)>();
    let mut waiting = Vec::new();
    for (entity, &id) in agents.iter(world) {
        if id == AgentId::UNASSIGNED {
            waiting.push(entity);
        } else {
            next.note(id);
        }
    }
    for entity in waiting {
        let id = AgentId::new(next.reserve(1));
        world.entity_mut(entity).insert(id);
    }
    world.insert_resource(next);
}
