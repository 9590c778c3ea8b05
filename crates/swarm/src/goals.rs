//! Goals: what a swarm is to reach, told as data, and found by local rules.
//!
//! A [`Goal`] names a [`Pattern`] of phases, how well and how long it must be met, and by when. The
//! swarm is measured now and then, a [`Monitor`] makes a [`Verdict`] of it, and a [`Supervisor`], if
//! there is one, chooses another [`Rule`] for the swarm where it is stuck. That is all an observer
//! may do: none writes a phase.
//!
//! | file | what |
//! |---|---|
//! | `goal`, `measurement`, `monitor` | what is asked for, what is found, how it goes |
//! | `feasibility` | whether the network lets it |
//! | `rule`, `supervisor` | which local rules there are to choose from, and choosing |
//! | `preset` | eight goals with everything that a swarm needs to reach them |
//! | `adopt`, `watch`, `pacemaker` | the same in a world: the only ones that know Bevy |

mod adopt;
mod feasibility;
mod goal;
mod measurement;
mod monitor;
mod pacemaker;
mod preset;
mod rule;
mod spawn;
mod supervisor;
mod watch;

use bevy_app::{App, Plugin};
use bevy_ecs::{message::Message, prelude::*};

pub use adopt::adopt;
pub use feasibility::{Concern, concerns};
pub use goal::{Goal, Pattern};
pub use measurement::Measurement;
pub use monitor::{Change, Monitor, Verdict};
pub use pacemaker::{Pacemaker, with_pacemaker};
pub use preset::{EnergyPlan, GoalPlan, Preset, SwarmSize, UnknownName};
pub use rule::{Rule, Spread};
pub use spawn::GoalSpawnError;
#[cfg(feature = "checkpoint")]
pub(crate) use supervisor::Record as SupervisorRecord;
pub use supervisor::{Decision, Supervisor, SupervisorPolicy};
pub(crate) use watch::{Eyes, lend, look};
pub use watch::{SwarmGoal, steps_until_look};

use crate::{error::SwarmError, strategy::install_strategies, tell::register};

/// The goal was held for its whole hold time, for the first time or again.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq)]
pub struct GoalAttained {
    /// When that was \[simulated s\].
    pub at: f64,
    /// When the pattern began to be met \[simulated s\].
    pub since: f64,
    /// The type of the marker of the community whose goal it is, [`core::any::type_name`]; `None` for the
    /// swarm's own.
    pub community: Option<&'static str>,
}

/// The goal had been attained and is not met any more.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq)]
pub struct GoalLost {
    /// When that was seen \[simulated s\].
    pub at: f64,
    /// How far the swarm was from it then, see [`Goal::distance`].
    pub distance: f64,
    /// Whose goal it is, as in [`GoalAttained`].
    pub community: Option<&'static str>,
}

/// After a disruption the goal was attained again.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq)]
pub struct Recovered {
    /// When the pattern began to be met \[simulated s\].
    pub since: f64,
    /// How long after the end of the disruption that was \[s\].
    pub after: f64,
    /// Whose goal it is, as in [`GoalAttained`].
    pub community: Option<&'static str>,
}

/// The supervisor has chosen another rule for the swarm.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq)]
pub struct StrategySwitched {
    /// When \[simulated s\].
    pub at: f64,
    /// The rule that the swarm follows now.
    pub rule: Rule,
    /// Its place among the supervisor's rules.
    pub place: usize,
}

/// Watches how the swarm gets on towards a goal. Not one of the
/// [`SwarmPlugins`](crate::SwarmPlugins).
///
/// Without a supervisor nothing is changed; a host that wants to decide by itself reads
/// [`SwarmGoal`] and calls [`adopt`].
#[derive(Clone, Debug)]
pub struct GoalPlugin {
    /// The goal.
    pub goal: Goal,
    /// Who chooses the swarm's rule, if anybody does.
    pub supervisor: Option<Supervisor>,
}

impl Plugin for GoalPlugin {
    /// A goal that does not pass its [check](Goal::check) stops the swarm with the error at its
    /// first step.
    fn build(&self, app: &mut App) {
        install(app.world_mut(), self.goal, self.supervisor.clone());
    }
}

/// Gives the swarm of a bare world a goal, setting the swarm up first if it is not there yet. A
/// second call replaces goal and supervisor and begins to watch anew.
///
/// # Errors
///
/// As [`Goal::check`] and [`Supervisor::check`]; nothing is changed then.
pub fn install_goal(world: &mut World, goal: Goal, supervisor: Option<Supervisor>) -> Result<(), SwarmError> {
    goal.check()?;
    supervisor.as_ref().map_or(Ok(()), Supervisor::check)?;
    install_strategies(world);
    install(world, goal, supervisor);
    Ok(())
}

pub(crate) fn install(world: &mut World, goal: Goal, supervisor: Option<Supervisor>) {
    world.insert_resource(SwarmGoal::new(goal));
    world.init_resource::<Eyes<()>>();
    match supervisor {
        Some(supervisor) => world.insert_resource(supervisor),
        None => {
            world.remove_resource::<Supervisor>();
        }
    }
    register_messages(world);
    register::<StrategySwitched>(world);
}

/// Has what becomes of goals told, by messages.
pub(crate) fn register_messages(world: &mut World) {
    register::<GoalAttained>(world);
    register::<GoalLost>(world);
    register::<Recovered>(world);
}
