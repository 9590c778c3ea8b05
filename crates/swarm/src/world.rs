//! Reading a swarm by function calls, with or without an app.

use bevy_ecs::{prelude::*, world::World};
use lampyrid_measure::PhaseHasher;

use crate::{
    agent::{AgentId, Energy, Frequency, IsAgent, Phase},
    identity::AgentIds,
    index::{SwarmIndex, TopologyReport},
    links::{Neighbors, Weights},
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
    // Ids of one spawner arrive in order already, which this sort finds in one pass.
    states.sort_by_key(|state| state.id);
    states
}

/// Writes the phase of every agent \[rad\] into `phases`, in the order of their ids, reusing its
/// memory.
pub fn read_phases(world: &mut World, phases: &mut Vec<f64>) {
    let mut agents = world.query_filtered::<(&AgentId, &Phase), IsAgent>();
    let in_order = agents.iter(world).is_sorted_by_key(|(id, _)| *id);
    phases.clear();
    if in_order {
        phases.extend(agents.iter(world).map(|(_, phase)| phase.0));
    } else {
        phases.extend(agent_states(world).iter().map(|state| state.phase));
    }
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

/// Bytes that the swarm holds: the columns of its agents' tables, as reserved, with their change
/// ticks; lists of neighbours and weights that outgrew their row; the derived index; the ids.
///
/// Other components that a host gave its agents count too.
pub fn swarm_bytes(world: &mut World) -> usize {
    /// When a value was added and when it was last changed.
    const TICKS: usize = 2 * size_of::<u32>();
    let mut lists = world.query::<(Option<&Neighbors>, Option<&Weights>)>();
    let heap: usize = lists
        .iter(world)
        .map(|(neighbors, weights)| neighbors.map_or(0, Neighbors::heap_bytes) + weights.map_or(0, Weights::heap_bytes))
        .sum();
    let Some(phase) = world.component_id::<Phase>() else {
        return heap;
    };
    let row = |component| {
        let layout = world.components().get_info(component).map(|info| info.layout().size());
        layout.unwrap_or(0) + TICKS
    };
    // Archetypes that differ in sparse components share a table.
    let mut tables: Vec<_> = world
        .archetypes()
        .iter()
        .filter(|archetype| archetype.contains(phase))
        .map(|archetype| (archetype.table_id(), archetype))
        .collect();
    tables.sort_unstable_by_key(|(table, _)| table.as_usize());
    tables.dedup_by_key(|(table, _)| *table);
    let columns: usize = tables
        .into_iter()
        .filter_map(|(table, archetype)| Some((world.storages().tables.get(table)?, archetype)))
        .map(|(table, archetype)| {
            let rows: usize = archetype.table_components().map(row).sum();
            table.capacity() * (rows + size_of::<Entity>())
        })
        .sum();
    let index = world.get_resource::<SwarmIndex>().map_or(0, SwarmIndex::heap_bytes);
    let ids = world.get_resource::<AgentIds>().map_or(0, AgentIds::heap_bytes);
    heap + columns + index + ids
}
