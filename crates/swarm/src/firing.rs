//! Who fires when: agents that pass a whole turn.

use std::f64::consts::PI;

use bevy_app::{App, Plugin};
use bevy_ecs::{lifecycle::HookContext, message::Message, prelude::*, world::DeferredWorld};

#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{AgentId, IsAgent, Phase},
    clock::SwarmClock,
    install::install_swarm,
    tell::{register, tell},
};

/// An agent that [`Fires`] has passed a whole turn: its phase went over 2π and begins anew.
///
/// Sent once the step is over, in the order of the agents' ids. Observe one agent with
/// `commands.entity(agent).observe(|fired: On<Fired>| …)`, and all of them with `add_observer`.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct Fired {
    /// The agent.
    pub entity: Entity,
    /// Its id.
    pub id: AgentId,
    /// The end of the step in which it fired \[simulated s\].
    pub at: f64,
}

/// Lets an agent tell when it fires; in a world with the [`FiringPlugin`].
///
/// It fires in a step after which its phase is smaller by more than half a turn than it was after the
/// step before: a step must turn it by less than that, and a phase that a host moves so far back
/// counts too. A phase that turns backwards never fires.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(on_insert = note_phase)]
#[require(Phase)]
pub struct Fires {
    /// Its phase after the step before.
    pub(crate) last: Option<f64>,
}

/// The step to come is compared with where the agent is now.
fn note_phase(mut world: DeferredWorld<'_>, context: HookContext) {
    let phase = world.get::<Phase>(context.entity).map(|phase| phase.0);
    if let Some(mut fires) = world.get_mut::<Fires>(context.entity) {
        fires.last = fires.last.or(phase);
    }
}

/// Tells of every agent that [`Fires`]. Not one of the [`SwarmPlugins`](crate::SwarmPlugins): without it
/// nobody looks. With it steps are taken one at a time, and their cost grows by a look at these agents.
///
/// ```
/// use bevy_app::{App, Update};
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::{Fired, Fires, FiringPlugin, Frequency, Phase, SwarmPlugins};
///
/// #[derive(Resource, Default)]
/// struct Flashes(usize);
///
/// let mut app = App::new();
/// app.add_plugins((SwarmPlugins::new(Update), FiringPlugin)).init_resource::<Flashes>();
/// app.add_observer(|_: On<Fired>, mut flashes: ResMut<Flashes>| flashes.0 += 1);
/// app.world_mut().spawn((Phase(6.0), Frequency(64.0), Fires::default()));
/// (0..3).for_each(|_| app.update()); // 1 rad each
/// assert_eq!(app.world().resource::<Flashes>().0, 1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FiringPlugin;

impl Plugin for FiringPlugin {
    fn build(&self, app: &mut App) {
        install(app.world_mut());
    }

    fn is_unique(&self) -> bool {
        false
    }
}

/// Tells of the agents of a bare world that fire, setting the swarm up first if it is not there yet. A
/// second call changes nothing.
pub fn install_firing(world: &mut World) {
    install_swarm(world);
    install(world);
}

fn install(world: &mut World) {
    world.init_resource::<Watch>();
    register::<Fired>(world);
}

type Watched = (Entity, &'static AgentId, &'static Phase, &'static mut Fires);

/// Whom a look finds, kept from look to look.
#[derive(Resource, Default)]
struct Watch {
    agents: Option<QueryState<Watched, IsAgent>>,
    fired: Vec<(AgentId, Entity)>,
}

/// Looks at who fired in the step that is just over.
pub(crate) fn look(world: &mut World) {
    let Some(mut watch) = world.get_resource_mut::<Watch>().map(|mut watch| std::mem::take(&mut *watch)) else {
        return;
    };
    let agents = watch.agents.get_or_insert_with(|| world.query_filtered());
    for (entity, &id, phase, mut fires) in agents.iter_mut(world) {
        if fires.last.replace(phase.0).is_some_and(|last| last - phase.0 > PI) {
            watch.fired.push((id, entity));
        }
    }
    watch.fired.sort_unstable();
    let at = world.get_resource().map_or(0.0, SwarmClock::seconds);
    watch.fired.drain(..).for_each(|(id, entity)| tell(world, Fired { entity, id, at }));
    if let Some(mut kept) = world.get_resource_mut::<Watch>() {
        *kept = watch;
    }
}

/// How many steps may be taken together before it is time to look.
pub(crate) fn steps_until_look(world: &World) -> u64 {
    if world.contains_resource::<Watch>() { 0 } else { u64::MAX }
}
