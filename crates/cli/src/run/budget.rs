//! The memory budget of a scenario: looked at before anything is built, and while the swarm steps.

#[cfg(feature = "mpi")]
use lampyrid::graph::Part;
use lampyrid::{
    graph::Adjacency,
    io::scenario::{MemoryPolicy, NetworkScenario, Scenario},
    measure::machine,
    swarm::{
        self, AgentState, BudgetExceeded, MemoryBudget, MemoryEstimate, MemoryMeasure, MemoryUse, SwarmError,
        SwarmPlan, World,
    },
};

use super::{convert, figures::bytes, goal};
use crate::error::Failure;

/// A swarm that is too large, found before it was built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BudgetRefused {
    #[error(
        "the swarm would take about {} {measure}, more than {key} = {}; raise it, or simulate fewer agents or links (nothing was written)",
        bytes(*estimate),
        bytes(*limit)
    )]
    Budget { measure: MemoryMeasure, key: &'static str, estimate: u64, limit: u64 },
    #[error(
        "the swarm would take about {}, more than the {} of memory that there are; simulate fewer agents or links, or try it all the same with memory.policy = \"warn\" (nothing was written)",
        bytes(*estimate),
        bytes(*limit)
    )]
    Machine { estimate: u64, limit: u64 },
    #[error(
        "the swarm and what goes with it would take about {} more, of the {} of addresses that are left to this process; raise its limit (`ulimit -v`), simulate fewer agents or links, or try it all the same with memory.policy = \"warn\" (nothing was written)",
        bytes(*estimate),
        bytes(*left)
    )]
    Addresses { estimate: u64, left: u64 },
    #[cfg(feature = "mpi")]
    #[error(
        "a process' part of the swarm would take about {} {measure}, more than {key} = {}, which is for each process; start more of them, raise it, or simulate fewer agents or links (nothing was written)",
        bytes(*estimate),
        bytes(*limit)
    )]
    Part { measure: MemoryMeasure, key: &'static str, estimate: u64, limit: u64 },
    #[cfg(feature = "mpi")]
    #[error(
        "the parts of the swarm on one machine would take about {}, more than the {} of memory that there are; use more machines, simulate fewer agents or links, or try it all the same with memory.policy = \"warn\" (nothing was written)",
        bytes(*estimate),
        bytes(*limit)
    )]
    Parts { estimate: u64, limit: u64 },
}

/// Bytes per agent that a run takes beside its swarm, at the most: its phases as they come and by id, and the states of
/// all that its last files are written from.
const BESIDE: u64 = (2 * size_of::<f64>() + size_of::<AgentState>()) as u64;

/// Addresses that go to the thread that waits for Ctrl-C, which begins when the swarm is there: its stack, and a heap that
/// the allocator (of glibc) sets aside for each thread where there is room for it, and else does without.
const WAITING: u64 = (2 + 64) << 20;

/// Refuses a network to be generated if even the fewest links it can have are too many.
pub(crate) fn check_topology(scenario: &Scenario, threads: usize) -> Result<(), Failure> {
    let Some(estimate) = foreseen(scenario, threads) else { return Ok(()) };
    refuse(scenario, estimate)?;
    check_addresses(scenario, estimate.agents, estimate.total())
}

/// What the swarm takes at least, where that is known before its network is made.
pub(crate) fn foreseen(scenario: &Scenario, threads: usize) -> Option<MemoryEstimate> {
    foreseen_part(scenario, scenario.network.agents()?, threads)
}

/// The same of so many of its agents.
pub(crate) fn foreseen_part(scenario: &Scenario, agents: usize, threads: usize) -> Option<MemoryEstimate> {
    let NetworkScenario::Generated(network) = &scenario.network else {
        return None;
    };
    let share = agents as f64 / network.agents() as f64;
    let links = if scenario.coupling.all_to_all { 0.0 } else { share * network.topology().fewest_links() };
    let plan = SwarmPlan::new(agents as u64, links.max(0.0) as u64);
    Some(estimate(scenario, plan, threads))
}

/// What a part of the swarm takes.
#[cfg(feature = "mpi")]
pub(super) fn of_part(scenario: &Scenario, part: &Part, threads: usize) -> MemoryEstimate {
    let (graph, ghosts) = (part.adjacency(), part.outside().len());
    let degrees = (0..graph.nodes() - ghosts).map(|node| graph.degree(node) as u64);
    let plan = SwarmPlan::degrees(degrees).weighted(graph.weights().is_some()).ghosts(ghosts as u64);
    estimate(scenario, plan, threads)
}

/// Refuses a network whose swarm is too large; the estimate if it is not.
pub(crate) fn check_network(scenario: &Scenario, graph: &Adjacency, threads: usize) -> Result<MemoryEstimate, Failure> {
    let estimate = estimate(scenario, SwarmPlan::of_graph(graph), threads);
    refuse(scenario, estimate)?;
    Ok(estimate)
}

pub(crate) fn estimate(scenario: &Scenario, plan: SwarmPlan, threads: usize) -> MemoryEstimate {
    let rule = goal::first_rule(scenario);
    let plan = plan.energy(scenario.energy.is_some()).rule(rule);
    let phasors = convert::coupling(&scenario.coupling).phasors;
    plan.integrator(convert::time_step(&scenario.time).integrator).phasors(phasors).threads(threads).estimate()
}

/// Whether a swarm of this estimate would not be built.
pub(super) fn is_refused(scenario: &Scenario, estimate: &MemoryEstimate) -> bool {
    refuse(scenario, *estimate).and_then(|()| check_addresses(scenario, estimate.agents, estimate.total())).is_err()
}

/// Refuses a run if the process has not the addresses left for the bytes that its swarm is still going to take, and for
/// what it takes beside. A small swarm finds its room without what is set aside.
pub(crate) fn check_addresses(scenario: &Scenario, agents: u64, to_come: u64) -> Result<(), Failure> {
    let own = agents.saturating_mul(BESIDE).saturating_add(to_come);
    let estimate = own.saturating_add(own.min(WAITING));
    match machine::addresses_left() {
        Some(left) if scenario.memory.policy == MemoryPolicy::Stop && estimate > left => {
            Err(BudgetRefused::Addresses { estimate, left }.into())
        }
        _ => Ok(()),
    }
}

/// What a network takes, which the swarm on it shares.
pub(crate) fn graph_bytes(graph: &Adjacency) -> u64 {
    let weights = graph.weights().map_or(0, size_of_val);
    (size_of_val(graph.offsets()) + size_of_val(graph.columns()) + weights) as u64
}

pub(crate) fn refuse(scenario: &Scenario, estimate: MemoryEstimate) -> Result<(), Failure> {
    if scenario.memory.policy != MemoryPolicy::Stop {
        return Ok(());
    }
    if let Some((key, BudgetExceeded { measure, bytes: estimate, limit, .. })) = above(scenario, estimate) {
        return Err(BudgetRefused::Budget { measure, key, estimate, limit }.into());
    }
    let estimate = estimate.total();
    match machine::memory_bytes().filter(|&limit| estimate > limit) {
        Some(limit) => Err(BudgetRefused::Machine { estimate, limit }.into()),
        None => Ok(()),
    }
}

/// Refuses the part of one process, or what this and other processes of the same machine take together.
#[cfg(feature = "mpi")]
pub(super) fn refuse_part(scenario: &Scenario, own: MemoryEstimate, together: u64) -> Result<(), Failure> {
    if scenario.memory.policy != MemoryPolicy::Stop {
        return Ok(());
    }
    if let Some((key, BudgetExceeded { measure, bytes: estimate, limit, .. })) = above(scenario, own) {
        return Err(BudgetRefused::Part { measure, key, estimate, limit }.into());
    }
    match machine::memory_bytes().filter(|&limit| together > limit) {
        Some(limit) => Err(BudgetRefused::Parts { estimate: together, limit }.into()),
        None => Ok(()),
    }
}

/// Above which key of the scenario an estimate is.
fn above(scenario: &Scenario, estimate: MemoryEstimate) -> Option<(&'static str, BudgetExceeded)> {
    let found = budget(scenario).exceeded(estimate.total(), estimate.agents)?;
    let key = match found.measure {
        MemoryMeasure::Total => "memory.budget",
        MemoryMeasure::PerAgent => "memory.per_agent",
    };
    Some((key, found))
}

/// Has the swarm of this world held to the budget, if there is one.
pub(crate) fn install(scenario: &Scenario, world: &mut World) -> Result<(), SwarmError> {
    if scenario.memory.is_limited() { swarm::install_memory_budget(world, budget(scenario)) } else { Ok(()) }
}

fn budget(scenario: &Scenario) -> MemoryBudget {
    let memory = scenario.memory;
    let policy = match memory.policy {
        MemoryPolicy::Warn => swarm::MemoryPolicy::Warn,
        MemoryPolicy::Pause => swarm::MemoryPolicy::Pause,
        MemoryPolicy::Stop => swarm::MemoryPolicy::Stop,
    };
    MemoryBudget { total: memory.budget, per_agent: memory.per_agent, policy, every: memory.every }
}

/// What the last look at the swarm's memory found above the budget.
pub(crate) fn exceeded(world: &World) -> Option<SwarmError> {
    world.get_resource::<MemoryUse>()?.exceeded.map(SwarmError::from)
}

/// The number of the process whose part that was.
#[cfg(feature = "mpi")]
pub(super) fn part_that_exceeded(world: &World) -> usize {
    world.get_resource::<MemoryUse>().map_or(0, |found| found.part)
}

/// Looks again after the next step: a part of another size was looked at before.
#[cfg(feature = "mpi")]
pub(super) fn look_again(world: &mut World) {
    if let Some(mut found) = world.get_resource_mut::<MemoryUse>() {
        let crossings = found.crossings;
        *found = MemoryUse::default();
        found.crossings = crossings;
    }
}

/// Whether the swarm ever was above its budget.
pub(crate) fn was_exceeded(world: &World) -> bool {
    world.get_resource::<MemoryUse>().is_some_and(|found| found.crossings > 0)
}
