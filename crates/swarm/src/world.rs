//! A swarm in a world without an app: set up, stepped and read by function calls.

use bevy_ecs::{prelude::*, world::World};
use lampyrid_measure::{OrderParameter, PhaseHasher};

use crate::{
    agent::{AgentId, Energy, Frequency, Phase},
    clock::SwarmClock,
    coherence::{Coherence, SwarmCoherence},
    error::SwarmError,
    identity,
    index::{SwarmIndex, TopologyReport},
    plugins, schedule,
    settings::{SwarmSeed, TimeStep},
    workers::Workers,
};

/// Sets up a whole swarm, without agents, in a bare world: what
/// [`SwarmPlugins`](crate::SwarmPlugins) does for an app. A second call changes nothing.
pub fn install_swarm(world: &mut World) {
    plugins::install_stepping(world);
    plugins::install_topology(world);
    plugins::install_coupling(world);
    plugins::install_integration(world);
    plugins::install_energy(world);
    plugins::install_coherence(world);
}

/// What all parts of the swarm share.
pub(crate) fn install_core(world: &mut World) {
    identity::install(world);
    schedule::install(world);
    world.init_resource::<SwarmIndex>();
    world.init_resource::<SwarmClock>();
    world.init_resource::<TimeStep>();
    world.init_resource::<SwarmSeed>();
    world.init_resource::<Workers>();
}

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

/// The fingerprint of all phases, in the order of their agents' ids.
pub fn phase_hash(world: &mut World) -> String {
    let mut hasher = PhaseHasher::default();
    for state in agent_states(world) {
        hasher.add(state.phase);
    }
    hasher.finish()
}

/// The swarm's order parameter, at most [`Coherence::time_to_live`] old.
///
/// # Errors
///
/// As [`SwarmCoherence::read`].
pub fn coherence(world: &mut World) -> Result<OrderParameter, SwarmError> {
    if !world.contains_resource::<Coherence>() {
        return Err(SwarmError::SettingsMissing { name: "Coherence" });
    }
    world
        .run_system_cached(|mut coherence: SwarmCoherence<'_, '_>| coherence.read())
        .unwrap_or(Err(SwarmError::NotInstalled))
}

/// What the swarm's structure is, as of the last step.
#[must_use]
pub fn topology_report(world: &World) -> TopologyReport {
    world.get_resource::<SwarmIndex>().map(SwarmIndex::report).unwrap_or_default()
}

/// Bytes that the swarm's derived index holds on the heap, besides the components.
#[must_use]
pub fn index_bytes(world: &World) -> usize {
    world.get_resource::<SwarmIndex>().map_or(0, SwarmIndex::heap_bytes)
}
