//! Giving out agent ids, and finding agents by them.

mod directory;

use bevy_ecs::{
    entity::Entity,
    lifecycle::HookContext,
    resource::Resource,
    world::{DeferredWorld, FromWorld, World},
};

use crate::agent::AgentId;
#[cfg(feature = "reflect")]
use crate::reflect::*;
use directory::Directory;
use lampyrid_graph::Members;

/// The ids in use: who has which, and which comes next. Kept by the hooks of [`AgentId`], so that it
/// is right at any time, whatever tables agents move to.
///
/// As a resource it is for systems, `ids: Res<AgentIds>`; [`agent_of`] is for a `&World`. A swarm whose
/// `AgentIds` was removed stops until it is there again: `world.init_resource::<AgentIds>()` lists the
/// agents that there are.
#[derive(Resource, Debug)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub struct AgentIds {
    /// The next id to give to an agent spawned without one.
    pub(crate) next: u64,
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    directory: Directory,
    /// Whether there was no id left for somebody.
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    ran_out: bool,
    /// Whether two agents had one id at a time, so that one of them is not listed.
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    clashed: bool,
    /// How often an id was taken or given up.
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    changes: u64,
}

impl AgentIds {
    /// The agent that has this id, in constant time. Its id is `world.get::<AgentId>(agent)`.
    #[must_use]
    pub fn agent(&self, id: AgentId) -> Option<Entity> {
        self.directory.get(id.get())
    }

    /// Reserves `count` consecutive ids and returns the first; `None` if so many are not left.
    pub(crate) fn reserve(&mut self, count: u64) -> Option<u64> {
        let first = self.next;
        // Ids end below that of the unassigned.
        self.next = first.checked_add(count).filter(|next| *next <= AgentId::UNASSIGNED.get())?;
        if let Ok(count) = usize::try_from(count) {
            self.directory.reserve(first, count);
        }
        Some(first)
    }

    /// Reserves `all` ids from 0 on, to be given to the agents `own` and to others elsewhere, and returns the first of
    /// theirs; `None` if one of them may be in use.
    pub(crate) fn reserve_of(&mut self, all: u64, own: &Members) -> Option<u64> {
        let first = u64::from(own.bounds().start);
        if first < self.next {
            return None;
        }
        self.directory.expect(own);
        self.next = all;
        Some(first)
    }

    /// How often an agent has come, gone or changed its id.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    fn note(&mut self, id: AgentId, agent: Entity) {
        self.changes += 1;
        self.next = self.next.max(id.get() + 1);
        self.clashed |= !self.directory.insert(id.get(), agent);
    }

    /// Whether two agents have had one id at a time, so that one of them is not listed.
    pub(crate) fn has_clashed(&self) -> bool {
        self.clashed
    }

    /// Whether it is not certain that every agent has an id of its own.
    pub(crate) fn are_doubtful(&self) -> bool {
        self.clashed || self.ran_out
    }

    /// Every agent was found to have an id.
    pub(crate) fn all_have_one(&mut self) {
        self.ran_out = false;
    }

    /// Lists everybody anew, now that ids differ again.
    pub(crate) fn settle(&mut self, agents: &[(AgentId, Entity)]) {
        self.clashed = false;
        self.directory.clear();
        agents.iter().for_each(|&(id, agent)| self.note(id, agent));
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.directory.heap_bytes()
    }
}

/// The agent that has this id, in constant time; `None` also in a world without a swarm.
#[must_use]
pub fn agent_of(world: &World, id: AgentId) -> Option<Entity> {
    world.get_resource::<AgentIds>()?.agent(id)
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
    if id != AgentId::UNASSIGNED {
        ids.note(id, context.entity);
    } else if let Some(first) = ids.reserve(1) {
        world.commands().entity(context.entity).insert(AgentId::new(first));
    } else {
        ids.ran_out = true;
    }
}

/// An id is about to be replaced, or its agent to go.
pub(crate) fn on_agent_id_discarded(mut world: DeferredWorld<'_>, context: HookContext) {
    let Some(&id) = world.get::<AgentId>(context.entity) else {
        return;
    };
    if let Some(mut ids) = world.get_resource_mut::<AgentIds>() {
        ids.directory.remove(id.get(), context.entity);
        ids.changes += 1;
    }
}

/// Starts giving out ids in this world, first to the agents that are already there.
pub(crate) fn install(world: &mut World) {
    world.init_resource::<AgentIds>();
}

impl FromWorld for AgentIds {
    /// The ids of the agents that there are; those who wait for one get it.
    fn from_world(world: &mut World) -> Self {
        let mut ids = Self { next: 0, directory: Directory::default(), ran_out: false, clashed: false, changes: 0 };
        let mut waiting = Vec::new();
        for (entity, &id) in world.query::<(Entity, &AgentId)>().iter(world) {
            if id == AgentId::UNASSIGNED {
                waiting.push(entity);
            } else {
                ids.note(id, entity);
            }
        }
        for entity in waiting {
            match ids.reserve(1) {
                Some(first) => {
                    ids.note(AgentId::new(first), entity);
                    world.entity_mut(entity).insert(AgentId::new(first));
                }
                None => ids.ran_out = true,
            }
        }
        ids
    }
}
