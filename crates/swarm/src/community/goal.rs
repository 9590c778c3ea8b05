//! A community's own goal.

use std::{any::type_name, fmt, marker::PhantomData, ops::Deref};

use bevy_ecs::prelude::*;

use super::members::Communities;
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    error::SwarmError,
    goals::{Eyes, Goal, SwarmGoal, lend, register_messages},
};

/// What the agents with the marker `M` are to reach, and how they get on: a [`SwarmGoal`] that is
/// measured on them alone; pacemakers of other communities are none of theirs. Insert it as a resource,
/// and read it in any system.
///
/// Its messages ([`GoalAttained`](crate::GoalAttained), [`GoalLost`](crate::GoalLost),
/// [`Recovered`](crate::Recovered)) name the community. A [`Supervisor`](crate::Supervisor) serves the
/// swarm's own goal; nobody changes a community's strategy but the host.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::*;
///
/// #[derive(Component)]
/// struct Left;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// install_community::<Left>(&mut world);
/// world.insert_resource(CommunityGoal::<Left>::new(Goal::new(Pattern::InPhase)));
/// world.spawn((Phase(1.0), Left));
/// world.spawn((Phase(4.0), Frequency(2.0)));
///
/// advance(&mut world, 100)?;
/// assert!(world.resource::<CommunityGoal<Left>>().is_attained(), "one alone agrees with itself");
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource))]
pub struct CommunityGoal<M: Component> {
    watched: SwarmGoal,
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    marker: PhantomData<fn() -> M>,
}

impl<M: Component> CommunityGoal<M> {
    /// A goal for the agents with the marker `M`, looked at every 0.1 simulated seconds. A goal that no
    /// swarm could meet ([`Goal::check`]) is refused at the first look.
    #[must_use]
    pub fn new(goal: Goal) -> Self {
        Self { watched: SwarmGoal::of_community(goal, type_name::<M>()), marker: PhantomData }
    }

    /// The same, looked at every so many simulated seconds, ≥ 0.
    #[must_use]
    pub fn looked_at_every(mut self, seconds: f64) -> Self {
        self.watched.every = seconds;
        self
    }

    fn of(world: &mut World) -> Option<Mut<'_, SwarmGoal>> {
        world.get_resource_mut::<Self>().map(|goal| goal.map_unchanged(|goal| &mut goal.watched))
    }
}

impl<M: Component> Deref for CommunityGoal<M> {
    type Target = SwarmGoal;

    fn deref(&self) -> &SwarmGoal {
        &self.watched
    }
}

impl<M: Component> fmt::Debug for CommunityGoal<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CommunityGoal").field(&self.watched).finish()
    }
}

/// What is done about the goal of a community, if it has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    look: fn(&mut World) -> Result<(), SwarmError>,
    steps_until_look: fn(&World) -> u64,
}

impl Watch {
    pub(super) fn of<M: Component>() -> Self {
        let look = |world: &mut World| {
            let goal = world.get_resource::<CommunityGoal<M>>();
            let Some(now) = goal.map_or(Ok(None), |goal| goal.is_due(world))? else { return Ok(()) };
            lend(world, CommunityGoal::<M>::of, |world, watched| {
                watched.measure::<With<M>>(world, now)?;
                watched.judge(world, now);
                Ok(())
            })
        };
        let steps_until_look = |world: &World| {
            world.get_resource::<CommunityGoal<M>>().map_or(u64::MAX, |goal| goal.steps_until_look(world))
        };
        Self { look, steps_until_look }
    }
}

pub(super) fn install<M: Component>(world: &mut World) {
    world.init_resource::<Eyes<With<M>>>();
    register_messages(world);
}

/// Looks at the communities that have goals, if it is time.
pub(crate) fn look(world: &mut World) -> Result<(), SwarmError> {
    let count = world.get_resource::<Communities>().map_or(0, Communities::len);
    for place in 0..count {
        let Some(watch) = world.get_resource::<Communities>().and_then(|all| all.watch(place)) else { continue };
        (watch.look)(world)?;
    }
    Ok(())
}

/// How many steps can be taken before it is time for a look.
pub(crate) fn steps_until_look(world: &World) -> u64 {
    let watches = world.get_resource::<Communities>().into_iter().flat_map(Communities::watches);
    watches.map(|watch| (watch.steps_until_look)(world)).min().unwrap_or(u64::MAX)
}
