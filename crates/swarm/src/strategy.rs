//! Strategies: local rules by which an agent answers what it hears.
//!
//! A strategy is a component. The agents that have it live in archetypes of their own, so the
//! system of a strategy goes through whole columns without asking who is who; agents of different
//! strategies, and without any, couple in one swarm. Each reads the agent's own state and what its
//! neighbours publish, and nothing else.
//!
//! What a strategy decides it says with components that the step knows: [`Gain`](crate::Gain) on the
//! sine coupling, [`Drive`](crate::Drive) for a rate of its own, [`Effort`](crate::Effort) for what
//! a radian costs, [`Frequency`](crate::Frequency). A strategy of your own does the same: a
//! component that requires those, and a system in
//! [`StepSystems::Couple`](crate::StepSystems::Couple).

mod adaptive;
mod desync;
mod energy_aware;
mod exclusive;
mod frequency_lock;
mod heard;
mod phase_nudge;
mod pulse;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;

use crate::{
    duties::is_new,
    install::{add_systems, install_swarm},
    schedule::StepSystems,
    stage::{is_going, on_first_stage},
    step::refuse_energies,
};

pub use adaptive::{Adaptive, AdaptiveState, Answering};
pub use desync::Desync;
pub use energy_aware::EnergyAware;
pub use frequency_lock::FrequencyLock;
pub use phase_nudge::PhaseNudge;
pub use pulse::Pulse;

/// The built-in strategies within [`StepSystems::Couple`]. Systems of a host's there that write
/// [`Drive`](crate::Drive), [`Gain`](crate::Gain) or [`Effort`](crate::Effort) too say whether they run
/// before or after.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StrategySystems;

/// Lets agents follow strategies. Not one of the [`SwarmPlugins`](crate::SwarmPlugins): a swarm
/// without strategies needs no look at them.
///
/// | strategy | answer | effort |
/// |---|---|---|
/// | [`PhaseNudge`] | the swarm's sine coupling times a gain | 1 |
/// | [`FrequencyLock`] | the same, and its natural frequency follows those of its neighbours | 1.5 |
/// | [`Pulse`] | jumps ahead when neighbours fire | 2 |
/// | [`EnergyAware`] | sine coupling that fades as its energy does | 1 |
/// | [`Desync`] | moves to the middle between the neighbours before and after it | 1 |
/// | [`Adaptive`] | one of these, by what it perceives | as picked |
///
/// An agent follows one of them at a time: the one inserted last. [`Offset`](crate::Offset) goes
/// with any of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct StrategyPlugin;

impl Plugin for StrategyPlugin {
    fn build(&self, app: &mut App) {
        install(app.world_mut());
    }

    fn is_unique(&self) -> bool {
        false
    }
}

/// Lets the agents of a bare world follow strategies, setting the swarm up first if it is not there
/// yet. A second call changes nothing.
pub fn install_strategies(world: &mut World) {
    install_swarm(world);
    install(world);
}

pub(crate) fn install(world: &mut World) {
    if !is_new(world, |duties| &mut duties.strategies) {
        return;
    }
    add_systems(world, |step| _ = step.add_systems(heard::lend_velocities.in_set(StepSystems::First)));
    add_systems(world, |step| {
        let refuse = refuse_energies.run_if(on_first_stage).before(StrategySystems).in_set(StepSystems::Couple);
        step.add_systems(refuse);
        step.add_systems(
            (
                (
                    phase_nudge::answer,
                    energy_aware::answer,
                    (adaptive::choose, frequency_lock::answer, adaptive::follow_frequencies).chain(),
                    pulse::answer,
                )
                    .chain()
                    .run_if(on_first_stage),
                desync::answer,
            )
                .chain()
                .run_if(is_going)
                .in_set(StrategySystems)
                .in_set(StepSystems::Couple),
        );
    });
}
