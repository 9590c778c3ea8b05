//! Holds a living swarm to its budget.

use bevy_app::{App, Plugin};
use bevy_ecs::{message::MessageRegistry, prelude::*};

use super::{
    account::{Lists, count},
    budget::{MemoryBudget, MemoryExceeded, MemoryPolicy},
};
use crate::{
    agent::IsAgent,
    clock::SwarmClock,
    duties::is_new,
    error::SwarmError,
    index::SwarmIndex,
    install::install_swarm,
    schedule::{StepSystems, SwarmSchedule},
    step::tick,
};

/// What the last look at the swarm's memory found.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct MemoryUse {
    /// Agents.
    pub agents: u64,
    /// Bytes that the swarm holds.
    pub bytes: u64,
    /// What of it was above the budget.
    pub exceeded: Option<MemoryExceeded>,
    /// How often the swarm came to be above its budget.
    pub crossings: u64,
    /// When, in simulated seconds, and by which budget.
    looked: Option<(f64, MemoryBudget)>,
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
/// seconds. Each time the swarm comes to be above its budget, a [`MemoryExceeded`] is sent; the
/// policies `Pause` and `Stop` let further steps end with
/// [`SwarmError::MemoryBudgetExceeded`].
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

fn install(world: &mut World, budget: MemoryBudget) {
    world.insert_resource(budget);
    if !is_new(world, |duties| &mut duties.memory) {
        return;
    }
    world.init_resource::<MemoryUse>();
    MessageRegistry::register_message::<MemoryExceeded>(world);
    world
        .get_resource_or_init::<Schedules>()
        .add_systems(SwarmSchedule, (hold.in_set(StepSystems::First), look.in_set(StepSystems::Finalize).after(tick)));
}

/// Ends the step before it begins if the swarm has to wait.
fn hold(world: &mut World, lists: &mut QueryState<Lists, IsAgent>) {
    let Some(&budget) = world.get_resource::<MemoryBudget>() else {
        return;
    };
    if let Err(error) = budget.check() {
        return fail(world, error);
    }
    let known = *world.get_resource_or_init::<MemoryUse>();
    let Some((_, of)) = known.looked else {
        return;
    };
    let waits = known.exceeded.is_some() && budget.policy == MemoryPolicy::Pause;
    let now = if waits || of != budget { measure(world, lists, budget) } else { known };
    if let Some(exceeded) = now.exceeded.filter(|_| budget.policy != MemoryPolicy::Warn) {
        fail(world, exceeded.into());
    }
}

/// Looks at the memory after a step, when it is time.
fn look(world: &mut World, lists: &mut QueryState<Lists, IsAgent>) {
    let is_over = world.get_resource::<SwarmIndex>().is_none_or(|index| !index.is_under_way());
    let Some(&budget) = world.get_resource::<MemoryBudget>().filter(|_| !is_over) else {
        return;
    };
    let last = world.get_resource_or_init::<MemoryUse>().looked;
    if last.is_none_or(|(at, _)| seconds(world) - at >= budget.every) {
        measure(world, lists, budget);
    }
}

/// Counts, remembers, and tells of a crossing.
fn measure(world: &mut World, lists: &mut QueryState<Lists, IsAgent>, budget: MemoryBudget) -> MemoryUse {
    let found = count(world, lists);
    let (agents, bytes) = (found.agents as u64, found.bytes as u64);
    let exceeded = budget.exceeded(bytes, agents);
    let looked = Some((seconds(world), budget));
    let mut known = world.get_resource_or_init::<MemoryUse>();
    let crossing = exceeded.filter(|_| known.exceeded.is_none());
    let crossings = known.crossings + u64::from(crossing.is_some());
    *known = MemoryUse { agents, bytes, exceeded, crossings, looked };
    let now = *known;
    if let Some(exceeded) = crossing {
        log::warn!("{}", SwarmError::from(exceeded));
        world.write_message(exceeded);
    }
    now
}

fn seconds(world: &World) -> f64 {
    world.get_resource().map_or(0.0, SwarmClock::seconds)
}

fn fail(world: &mut World, error: SwarmError) {
    if let Some(mut index) = world.get_resource_mut::<SwarmIndex>() {
        index.fail(error);
    }
}
