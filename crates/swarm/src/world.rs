//! Reading a swarm by function calls, with or without an app.

use bevy_ecs::world::World;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::energy::EnergyLedger;
use lampyrid_measure::PhaseHasher;

use crate::{
    agent::{AgentId, Energy, Frequency, Phase},
    coherence::AgentsQuery,
    index::{SwarmIndex, TopologyReport},
};

/// The state of one agent, by value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgentState {
    /// Its id.
    pub id: u64,
    /// Its phase in [0, 2π) \[rad\].
    pub phase: f64,
    /// Its natural frequency \[rad/s\].
    pub frequency: f64,
    /// Its energy, if coupling costs it any.
    pub energy: Option<f64>,
}

/// The state of every agent, in the order of their ids.
pub fn agent_states(world: &mut World) -> Vec<AgentState> {
    let mut agents = world.query::<(&AgentId, &Phase, &Frequency, Option<&Energy>)>();
    let mut states: Vec<AgentState> = agents
        .iter(world)
        .map(|(id, phase, frequency, energy)| AgentState {
            id: id.get(),
            phase: phase.0,
            frequency: frequency.0,
            energy: energy.map(|energy| energy.0),
        })
        .collect();
    // Ids of one spawner arrive in order already, which this sort finds in one pass; no two are equal.
    states.sort_unstable_by_key(|state| state.id);
    states
}

/// Writes the phase of every agent \[rad\] into `phases`, in the order of their ids, reusing its
/// memory.
pub fn read_phases(world: &mut World, phases: &mut Vec<f64>) {
    phases.clear();
    if !read_in_order(world, phases) {
        phases.clear();
        phases.extend(agent_states(world).iter().map(|state| state.phase));
    }
}

/// Adds the phases table by table, unless ids do not come in order like that, as they do of most swarms.
fn read_in_order(world: &mut World, phases: &mut Vec<f64>) -> bool {
    let mut latest = None;
    AgentsQuery::look(world, |world, agents| {
        agents.contiguous_iter(world).is_ok_and(|mut tables| {
            tables.all(|(_, table, ids)| {
                phases.extend_from_slice(Phase::peel_slice(table));
                let ascend = ids.first().is_none_or(|first| latest < Some(*first));
                latest = ids.last().copied().or(latest);
                ascend && ids.is_sorted_by(|one, next| one < next)
            })
        })
    })
}

/// The fingerprint of all phases, in the order of their agents' ids.
pub fn phase_hash(world: &mut World) -> String {
    let mut hasher = PhaseHasher::default();
    for state in agent_states(world) {
        hasher.add(state.phase);
    }
    hasher.finish()
}

/// What the swarm's structure is, as of the last step.
#[must_use]
pub fn topology_report(world: &World) -> TopologyReport {
    world.get_resource::<SwarmIndex>().map(SwarmIndex::report).unwrap_or_default()
}

/// The energy that agents have spent, recovered and been refused since the swarm was set up.
#[must_use]
pub fn energy_ledger(world: &World) -> EnergyLedger {
    world.get_resource::<SwarmIndex>().map_or_else(EnergyLedger::default, |index| index.ledger)
}
