//! Disruptions: what goes wrong with a swarm, as data and on schedule.

mod apply;
mod choose;
mod plan;
mod schedule;

use bevy_app::{App, Plugin};
use bevy_ecs::{message::Message, prelude::*};

#[cfg(feature = "checkpoint")]
pub(crate) use apply::{CutLink, Done};
pub use plan::{Disruption, DisruptionKind};
#[cfg(feature = "checkpoint")]
pub(crate) use schedule::UnderWay;
pub use schedule::{Disruptions, disrupt};
pub(crate) use schedule::{act, steps_until_next};

#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{error::SwarmError, install::install_swarm, tell::register};

/// A disruption began: sent when it has just been done.
#[derive(Message, Event, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub struct Disrupted {
    /// What was to be done.
    pub disruption: Disruption,
    /// When \[simulated s\].
    pub at: f64,
    /// How many agents it hit; of cut links, how many directed ones.
    pub hit: usize,
}

/// Disrupts the swarm as its [`Disruptions`] say. Not one of the
/// [`SwarmPlugins`](crate::SwarmPlugins).
#[derive(Clone, Debug, Default)]
pub struct DisruptionPlugin(pub Vec<Disruption>);

impl Plugin for DisruptionPlugin {
    /// A disruption that does not pass its [check](Disruption::check) stops the swarm with the error
    /// at its first step.
    fn build(&self, app: &mut App) {
        install(app.world_mut(), self.0.clone());
    }
}

/// Plans disruptions for the swarm of a bare world, setting the swarm up first if it is not there
/// yet. A second call replaces those that have not begun.
///
/// # Errors
///
/// As [`Disruption::check`]; nothing is changed then.
pub fn install_disruptions(world: &mut World, disruptions: Vec<Disruption>) -> Result<(), SwarmError> {
    disruptions.iter().try_for_each(Disruption::check)?;
    install_swarm(world);
    install(world, disruptions);
    Ok(())
}

pub(crate) fn install(world: &mut World, disruptions: Vec<Disruption>) {
    world.get_resource_or_init::<Disruptions>().plan(disruptions);
    register::<Disrupted>(world);
}
