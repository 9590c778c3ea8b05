//! Holds a living swarm to its budget.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;

use super::{
    account::{Lists, count},
    budget::{BudgetExceeded, MemoryBudget, MemoryPolicy},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::IsAgent,
    clock::SwarmClock,
    error::SwarmError,
    install::install_swarm,
    kept::KeptQuery,
    parts::Others,
    settings::TimeStep,
    tell::{register, tell},
};

/// What the last look at the swarm's memory found.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct MemoryUse {
    /// Agents.
    pub agents: u64,
    /// Bytes that the swarm holds.
    pub bytes: u64,
    /// What of it was above the budget; of a swarm with parts in several worlds, what of the part that was the first to
    /// be.
    pub exceeded: Option<BudgetExceeded>,
    /// The number of that part.
    pub part: usize,
    /// How often the swarm came to be above its budget.
    pub crossings: u64,
    /// When, in simulated seconds, and by which budget.
    #[cfg_attr(feature = "reflect", reflect(skip_serializing))]
    pub(crate) looked: Option<(f64, MemoryBudget)>,
}

/// Holds the swarm to a [`MemoryBudget`]. Not one of the [`SwarmPlugins`](crate::SwarmPlugins):
/// without it nothing is counted.
///
/// ```
/// use bevy_app::{App, Update};
/// use lampyrid_swarm::{MemoryBudget, MemoryBudgetPlugin, MemoryPolicy, SwarmPlugins};
///
/// let budget = MemoryBudget { total: Some(64 << 20), policy: MemoryPolicy::Pause, ..Default::default() };
/// App::new().add_plugins((SwarmPlugins::new(Update), MemoryBudgetPlugin(budget))).update();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MemoryBudgetPlugin(pub MemoryBudget);

impl Plugin for MemoryBudgetPlugin {
    /// A budget that does not pass its [check](MemoryBudget::check) stops the swarm with the error
    /// at its first step.
    fn build(&self, app: &mut App) {
        install(app.world_mut(), self.0);
    }
}

/// Holds the swarm of a bare world to a budget, setting the swarm up first if it is not there yet.
/// A second call replaces the budget.
///
/// Looks at the memory after the first step and then every [`MemoryBudget::every`] simulated
/// seconds. Each time the swarm comes to be above its budget, a [`BudgetExceeded`] is sent; the
/// policies `Pause` and `Stop` let further steps end with
/// [`SwarmError::MemoryBudgetExceeded`]. Worlds with parts of one swarm are held to the budget each by itself, and
/// stop together.
///
/// # Errors
///
/// As [`MemoryBudget::check`]; nothing is changed then.
pub fn install_memory_budget(world: &mut World, budget: MemoryBudget) -> Result<(), SwarmError> {
    budget.check()?;
    install_swarm(world);
    install(world, budget);
    Ok(())
}

pub(crate) fn install(world: &mut World, budget: MemoryBudget) {
    world.insert_resource(budget);
    world.init_resource::<MemoryUse>();
    world.init_resource::<KeptLists>();
    register::<BudgetExceeded>(world);
}

/// What agents' lists are found with.
type KeptLists = KeptQuery<Lists, IsAgent>;

/// Whether the next step may begin.
///
/// Not a system of the step, and neither is [`look`]: with two systems more in each step, one of ten
/// agents took 2.6 µs instead of 1.0 (4-core Ice Lake-SP VM, 2.8 GHz, load 3.9, 2026-11-23).
pub(crate) fn hold(world: &mut World) -> Result<(), SwarmError> {
    let Some(&budget) = world.get_resource::<MemoryBudget>() else {
        return Ok(());
    };
    budget.check()?;
    let known = *world.get_resource_or_init::<MemoryUse>();
    let Some((_, of)) = known.looked else {
        return Ok(());
    };
    let waits = known.exceeded.is_some() && budget.policy == MemoryPolicy::Pause;
    let now = if waits || of != budget { measure(world, budget)? } else { known };
    match now.exceeded {
        Some(exceeded) if budget.policy != MemoryPolicy::Warn => Err(exceeded.into()),
        _ => Ok(()),
    }
}

/// Looks at the memory after a step, when it is time.
pub(crate) fn look(world: &mut World) -> Result<(), SwarmError> {
    if let Some(&budget) = world.get_resource::<MemoryBudget>()
        && left(world, budget).is_none_or(|seconds| seconds <= 0.0)
    {
        measure(world, budget)?;
    }
    Ok(())
}

/// How many steps may be taken together before it is time to look.
pub(crate) fn steps_until_look(world: &World) -> u64 {
    let Some(&budget) = world.get_resource::<MemoryBudget>() else {
        return u64::MAX;
    };
    let step = world.get_resource::<TimeStep>().map_or(f64::INFINITY, |step| step.seconds);
    left(world, budget).map_or(0, |seconds| (seconds / step).ceil() as u64)
}

/// Simulated seconds until the next look; `None` before the first.
fn left(world: &World, budget: MemoryBudget) -> Option<f64> {
    let (at, _) = world.get_resource::<MemoryUse>()?.looked?;
    // A clock that was put back makes no look wait for it.
    Some(if at > seconds(world) { 0.0 } else { budget.every - (seconds(world) - at) })
}

/// Counts, remembers, and tells of a crossing, whichever part it is of.
fn measure(world: &mut World, budget: MemoryBudget) -> Result<MemoryUse, SwarmError> {
    let found = KeptLists::look(world, count);
    let (agents, bytes) = (found.agents as u64, found.bytes as u64);
    let parts = Others::of(world).share([bytes, agents])?;
    let found = parts.iter().enumerate();
    let found = found.filter_map(|(part, &[bytes, agents])| Some((budget.exceeded(bytes, agents)?, part))).next();
    let (exceeded, part) = found.map_or((None, 0), |(exceeded, part)| (Some(exceeded), part));
    let looked = Some((seconds(world), budget));
    let mut known = world.get_resource_or_init::<MemoryUse>();
    let crossing = exceeded.filter(|_| known.exceeded.is_none());
    let crossings = known.crossings + u64::from(crossing.is_some());
    *known = MemoryUse { agents, bytes, exceeded, part, crossings, looked };
    let now = *known;
    if let Some(exceeded) = crossing {
        log::warn!("{}", SwarmError::from(exceeded));
        tell(world, exceeded);
    }
    Ok(now)
}

fn seconds(world: &World) -> f64 {
    world.get_resource().map_or(0.0, SwarmClock::seconds)
}
