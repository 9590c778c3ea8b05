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
/// | plugin | duty | without it |
/// |---|---|---|
/// | [`SteppingPlugin`] | sets, step schedule, clock; runs a step in the host's schedule | nothing works |
/// | [`TopologyPlugin`] | the derived index follows spawns, despawns and links | do not disable; coupling needs it |
/// | [`CouplingPlugin`] | [`Coupling`](crate::Coupling); publishes phases | agents move by frequency and [`Drive`](crate::Drive) only |
/// | [`IntegrationPlugin`] | moves the phases | bring your own in [`StepSystems::Integrate`](crate::StepSystems::Integrate) |
/// | [`EnergyPlugin`] | [`EnergyRule`](crate::EnergyRule); recovery | agents with [`Energy`](crate::Energy) couple for free |
/// | [`CoherencePlugin`] | [`Coherence`](crate::Coherence), the lazily measured order parameter | [`SwarmCoherence`](crate::SwarmCoherence) reports it missing |
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
