//! Which communities there are, and whose an agent is.

use bevy_ecs::{
    archetype::Archetypes,
    component::ComponentId,
    entity::{Entities, Entity},
    prelude::*,
    system::SystemParam,
};

use super::goal::Watch;
use crate::{
    error::SwarmError,
    pull::{Hearing, Pull},
};

/// The communities of a world, in the order in which they were installed.
#[derive(Resource, Debug, Default)]
pub(crate) struct Communities(Vec<Community>);

/// How to read a community's coupling.
type Setting = fn(&World) -> Option<Pull>;

/// One of them, as a step knows it.
#[derive(Clone, Copy, Debug)]
struct Community {
    marker: ComponentId,
    name: &'static str,
    /// Where its coupling is to be found.
    setting: Setting,
    /// What the present step goes by; none if it began without the community.
    pull: Option<Pull>,
    watch: Watch,
}

impl Communities {
    pub(super) fn add(&mut self, marker: ComponentId, name: &'static str, setting: Setting, watch: Watch) {
        self.0.push(Community { marker, name, setting, pull: None, watch });
    }

    pub(super) fn contains(&self, marker: ComponentId) -> bool {
        self.0.iter().any(|community| community.marker == marker)
    }

    /// Reads the settings of all communities, for one step.
    pub(crate) fn read(world: &mut World, hearing: &mut Hearing) -> Result<(), SwarmError> {
        let Some(mut communities) = world.get_resource_mut::<Self>().filter(|all| !all.0.is_empty()) else {
            return Ok(());
        };
        let mut all = std::mem::take(&mut communities.0);
        let outcome = all.iter_mut().try_for_each(|community| community.read(world).map(|pull| hearing.add(&pull)));
        world.resource_mut::<Self>().0 = all;
        outcome
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How the agents of a community are pulled; `None` for 0, who are of none: as the swarm is.
    pub(crate) fn pull(&self, number: usize) -> Option<&Pull> {
        self.0.get(number.checked_sub(1)?)?.pull.as_ref()
    }

    pub(super) fn watch(&self, place: usize) -> Option<Watch> {
        self.0.get(place).map(|community| community.watch)
    }

    pub(super) fn watches(&self) -> impl Iterator<Item = Watch> {
        self.0.iter().map(|community| community.watch)
    }
}

impl Community {
    fn read(&mut self, world: &World) -> Result<Pull, SwarmError> {
        let pull = (self.setting)(world).ok_or(SwarmError::SettingsMissing { name: "CommunityCoupling" })?;
        pull.coupling.check()?;
        self.pull = Some(pull);
        Ok(pull)
    }
}

/// System parameter: whose an agent is.
#[derive(SystemParam)]
pub(crate) struct Membership<'w> {
    pub(crate) communities: Res<'w, Communities>,
    entities: &'w Entities,
    archetypes: &'w Archetypes,
}

impl Membership<'_> {
    /// The number of the community, from 1, that the agents of a table are in; 0 for none.
    pub(crate) fn of_table(&self, agents: &[Entity]) -> usize {
        let first = agents.first().filter(|_| !self.communities.0.is_empty());
        first.and_then(|&agent| self.all_of(agent).next()).map_or(0, |(number, _)| number)
    }

    /// Whether nobody is in two; looked at with one agent of each table.
    ///
    /// # Errors
    ///
    /// [`SwarmError::TwoCommunities`].
    pub(crate) fn check(&self, mut agents: impl Iterator<Item = Entity>) -> Result<(), SwarmError> {
        if self.communities.0.is_empty() {
            return Ok(());
        }
        agents.try_for_each(|agent| {
            let mut mine = self.all_of(agent).map(|(_, community)| community.name);
            match (mine.next(), mine.next()) {
                (Some(first), Some(second)) => {
                    Err(SwarmError::TwoCommunities { entity: agent, communities: [first, second] })
                }
                _ => Ok(()),
            }
        })
    }

    fn all_of(&self, agent: Entity) -> impl Iterator<Item = (usize, &Community)> {
        let location = self.entities.get_spawned(agent).ok();
        let archetype = location.and_then(|location| self.archetypes.get(location.archetype_id));
        let is_in = move |community: &Community| archetype.is_some_and(|all| all.contains(community.marker));
        (1..).zip(&self.communities.0).filter(move |(_, community)| is_in(community))
    }
}
