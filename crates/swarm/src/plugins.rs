//! The plugins, one duty each.

use bevy_app::{App, FixedUpdate, Plugin, PluginGroup, PluginGroupBuilder};
use bevy_ecs::{intern::Interned, message::Message, prelude::*, schedule::ScheduleLabel};

use crate::{
    duties::is_new,
    error::SwarmError,
    install::{
        install_coherence, install_coupling, install_energy, install_integration, install_stepping, install_topology,
    },
    schedule::{SwarmSystems, advance},
    tell::{deliver, register, tell},
};

/// Everything a swarm needs, one step per run of a schedule of the host's.
///
/// | plugin | duty | set it by | without it |
/// |---|---|---|---|
/// | [`SteppingPlugin`] | sets, step schedule, clock; runs a step in the host's schedule | the schedule, [`SwarmSeed`](crate::SwarmSeed), [`Workers`](crate::Workers) | nothing happens; a host may call [`install_swarm`](crate::install_swarm) and [`advance`] itself |
/// | [`TopologyPlugin`] | the derived index follows spawns, despawns and links | – | the swarm stops with [`SwarmError::PluginMissing`] if it is coupled or integrated |
/// | [`CouplingPlugin`] | couples agents, publishes phases | [`Coupling`](crate::Coupling) | agents move by frequency and [`Drive`](crate::Drive) only |
/// | [`IntegrationPlugin`] | moves the phases | [`TimeStep`](crate::TimeStep) | bring your own in [`StepSystems::Integrate`](crate::StepSystems::Integrate): example `replace_integrator` |
/// | [`EnergyPlugin`] | coupling costs, energy recovers | [`EnergyRule`](crate::EnergyRule) | agents with [`Energy`](crate::Energy) couple for free |
/// | [`CoherencePlugin`] | the order parameter, measured when read | [`Coherence`](crate::Coherence) | [`SwarmCoherence`](crate::SwarmCoherence) reports it missing |
///
/// Settings are resources, to be inserted or changed at any time. Plugins are left out with
/// `SwarmPlugins::new(Update).build().disable::<EnergyPlugin>()`. Beside the group, in any order:
///
/// | plugin | adds |
/// |---|---|
/// | [`StrategyPlugin`](crate::StrategyPlugin) | agents answer by local rules of their own |
/// | [`CommunityPlugin`](crate::CommunityPlugin) | a part of the swarm has a coupling, a coherence and a goal of its own |
/// | [`GoalPlugin`](crate::GoalPlugin) | a goal is watched, a supervisor chooses rules |
/// | [`DisruptionPlugin`](crate::DisruptionPlugin) | things go wrong, on schedule |
/// | [`FiringPlugin`](crate::FiringPlugin) | agents that [`Fires`](crate::Fires) tell when they do |
/// | [`MemoryBudgetPlugin`](crate::MemoryBudgetPlugin) | the swarm is held to a memory budget |
/// | [`MetricsPlugin`](crate::MetricsPlugin) | what the swarm costs and does, as numbers |
///
/// # Where it steps
///
/// | where | how | example |
/// |---|---|---|
/// | once a frame | `SwarmPlugins::new(Update)` | `embed_minimal` |
/// | in `FixedUpdate` | `SwarmPlugins::default()`; needs `bevy_time`'s `TimePlugin`, and stands still or slows down with `Time<Virtual>` | |
/// | in a schedule of the host's | `SwarmPlugins::new(Own)`: every run of it is a step | `custom_schedule` |
/// | in a `SubApp` | add the group to the sub-app, and let it have an `update_schedule`: a world of its own | `subapp` |
/// | in a world without an app | [`install_swarm`](crate::install_swarm), [`advance`] | `first_sync` |
///
/// All of them come to the same bits. An agent's components are the host's as well: what else its entities
/// have, and what else the world holds, makes no difference.
///
/// # Pausing
///
/// [`SwarmSystems::Step`] takes run conditions of the host's, such as `in_state(Mode::Running)` of
/// `bevy_state` (example `pause_and_step`). While one forbids it, simulated time stands still, and
/// nothing is made up for later.
///
/// ```
/// use bevy_app::{App, Update};
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::{SwarmClock, SwarmPlugins, SwarmSystems};
///
/// #[derive(Resource)]
/// struct Paused(bool);
///
/// let mut app = App::new();
/// app.add_plugins(SwarmPlugins::new(Update)).insert_resource(Paused(true));
/// app.configure_sets(Update, SwarmSystems::Step.run_if(|paused: Res<Paused>| !paused.0));
/// app.update();
/// assert_eq!(app.world().resource::<SwarmClock>().steps(), 0);
/// ```
///
/// # Example
///
/// ```
/// use bevy_app::{App, Update};
/// use lampyrid_swarm::{Phase, Frequency, SwarmPlugins};
///
/// let mut app = App::new();
/// app.add_plugins(SwarmPlugins::new(Update)); // `SwarmPlugins::default()` sits in `FixedUpdate`
/// app.world_mut().spawn((Phase(0.0), Frequency(1.0)));
/// app.update();
/// ```
///
/// Adding the group a second time changes nothing but a warning in the log.
#[derive(Clone, Copy, Debug)]
pub struct SwarmPlugins {
    schedule: Interned<dyn ScheduleLabel>,
}

impl SwarmPlugins {
    /// Steps the swarm once per run of `schedule`.
    pub fn new(schedule: impl ScheduleLabel) -> Self {
        Self { schedule: schedule.intern() }
    }
}

impl Default for SwarmPlugins {
    /// Steps the swarm in `FixedUpdate`. Give [`TimeStep`](crate::TimeStep) the length of the
    /// host's fixed step if one second of the swarm shall be one of the host's.
    fn default() -> Self {
        Self::new(FixedUpdate)
    }
}

impl PluginGroup for SwarmPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(SteppingPlugin { schedule: self.schedule })
            .add(TopologyPlugin)
            .add(CouplingPlugin)
            .add(IntegrationPlugin)
            .add(EnergyPlugin)
            .add(CoherencePlugin)
    }
}

/// An error stopped the swarm: sent once when it begins to stand. The swarm tries again at every
/// step, so mending the cause is enough.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq)]
pub struct SwarmStopped(pub SwarmError);

/// Sets up the sets, the step schedule and the clock, and takes a step in the host's schedule.
#[derive(Clone, Copy, Debug)]
pub struct SteppingPlugin {
    schedule: Interned<dyn ScheduleLabel>,
}

impl SteppingPlugin {
    /// Steps the swarm once per run of `schedule`.
    pub fn new(schedule: impl ScheduleLabel) -> Self {
        Self { schedule: schedule.intern() }
    }
}

impl Plugin for SteppingPlugin {
    fn build(&self, app: &mut App) {
        install_stepping(app.world_mut());
        if !is_new(app.world_mut(), |duties| &mut duties.hosting) {
            log::warn!("the swarm's plugins were added twice; the first addition stands");
            return;
        }
        register::<SwarmStopped>(app.world_mut());
        app.configure_sets(
            self.schedule,
            (
                SwarmSystems::First,
                SwarmSystems::Prepare,
                SwarmSystems::Step,
                SwarmSystems::Measure,
                SwarmSystems::Goals,
                SwarmSystems::Last,
            )
                .chain(),
        );
        app.add_systems(self.schedule, take_step.in_set(SwarmSystems::Step));
    }

    fn is_unique(&self) -> bool {
        false
    }
}

/// One step; an error stops the swarm, not the host.
fn take_step(world: &mut World, mut standing: Local<Option<SwarmError>>) {
    let outcome = advance(world, 1).err();
    if let Some(error) = outcome.filter(|error| Some(error.to_string()) != standing.map(|error| error.to_string())) {
        log::error!("the swarm has stopped: {error}");
        tell(world, SwarmStopped(error));
        deliver(world);
    }
    *standing = outcome;
}

/// One plugin whose duty is an `install` function, so that a bare world can have it too.
macro_rules! duty {
    ($(#[$documentation:meta])* $plugin:ident, $install:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $plugin;

        impl Plugin for $plugin {
            fn build(&self, app: &mut App) {
                $install(app.world_mut());
            }

            fn is_unique(&self) -> bool {
                false
            }
        }
    };
}

duty! {
    /// Keeps the derived index in step with spawns, despawns, archetype moves and links.
    TopologyPlugin, install_topology
}
duty! {
    /// Couples agents to their neighbours or to the mean field, by [`Coupling`](crate::Coupling).
    CouplingPlugin, install_coupling
}
duty! {
    /// Moves the phases, by [`TimeStep`](crate::TimeStep).
    IntegrationPlugin, install_integration
}
duty! {
    /// Makes coupling cost agents their [`Energy`](crate::Energy), by [`EnergyRule`](crate::EnergyRule).
    EnergyPlugin, install_energy
}
duty! {
    /// Measures the order parameter when someone asks, see [`Coherence`](crate::Coherence).
    CoherencePlugin, install_coherence
}
