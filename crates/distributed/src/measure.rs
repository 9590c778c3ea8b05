//! Measures of the whole swarm. All ranks ask for them together, between steps.

use bevy_ecs::world::World;
use lampyrid_graph::Members;
use lampyrid_measure::{OrderParameter, OrderSum, PhaseHasher};
use lampyrid_swarm::{AgentState, EnergyLedger, SwarmError, agent_states, read_phases};

use crate::{DistributedError, exchange::Border, ranks::Ranks};

fn ranks(world: &World) -> Result<Ranks, DistributedError> {
    world.get_resource::<Ranks>().cloned().ok_or(DistributedError::NotDistributed)
}

/// The order parameter of all agents now, with the bits that one world with all of them would find.
///
/// # Errors
///
/// [`SwarmError::NotFinite`] at all ranks if a phase is NaN or infinite at any.
pub fn coherence(world: &mut World) -> Result<OrderParameter, DistributedError> {
    let ranks = ranks(world)?;
    let mut phases = Vec::new();
    read_phases(world, &mut phases);
    let mut own = OrderSum::default();
    own.add(&phases);
    let mut parts = own.to_parts();
    ranks.add_up(&mut parts)?;
    let order = OrderSum::from_parts(parts).order_parameter();
    order.ok_or(SwarmError::NotFinite { name: "a phase", value: f64::NAN }.into())
}

/// The energy that all agents have spent, recovered and been refused.
///
/// # Errors
///
/// If ranks do not come together.
pub fn energy_ledger(world: &World) -> Result<EnergyLedger, DistributedError> {
    let mut parts = lampyrid_swarm::energy_ledger(world).to_parts();
    ranks(world)?.add_up(&mut parts)?;
    Ok(EnergyLedger::from_parts(parts))
}

/// The ids of all agents that this rank ever had, and their phases \[rad\] by these: NaN of those who are gone. No other
/// rank is asked.
///
/// # Errors
///
/// [`DistributedError::NotDistributed`] in a world that is no rank.
pub fn own_phases(world: &mut World) -> Result<(Members, Vec<f64>), DistributedError> {
    let own = world.get_resource::<Border>().ok_or(DistributedError::NotDistributed)?.own.clone();
    let mut phases = Vec::new();
    read_phases(world, &mut phases);
    if phases.len() < own.len() {
        phases.clear();
        phases.resize(own.len(), f64::NAN);
        for state in agent_states(world) {
            if let Some(place) = u32::try_from(state.id).ok().and_then(|id| own.place(id)) {
                phases[place] = state.phase;
            }
        }
    }
    Ok((own, phases))
}

/// The phase \[rad\] of every agent that there ever was, by id, at the first rank: NaN of those who are gone. None at the
/// others.
///
/// # Errors
///
/// If ranks do not come together.
pub fn gather_phases(world: &mut World) -> Result<Vec<f64>, DistributedError> {
    let ranks = ranks(world)?;
    let (_, phases) = own_phases(world)?;
    let all = ranks.gather(phases.into_iter().map(f64::to_bits).collect())?;
    let by_place = all.into_iter().flatten().map(f64::from_bits);
    let order = world.get_resource::<Border>().and_then(|border| border.partition.order());
    let Some(order) = order.filter(|_| ranks.is_first()) else { return Ok(by_place.collect()) };
    let mut by_id = vec![f64::NAN; order.nodes().len()];
    order.nodes().iter().zip(by_place).for_each(|(&id, phase)| by_id[id as usize] = phase);
    Ok(by_id)
}

/// The fingerprint of all phases in the order of their agents' ids, at the first rank; `None` at the others.
///
/// # Errors
///
/// If ranks do not come together.
pub fn phase_hash(world: &mut World) -> Result<Option<String>, DistributedError> {
    let phases = gather_phases(world)?;
    let mut hasher = PhaseHasher::default();
    phases.iter().filter(|phase| !phase.is_nan()).for_each(|&phase| hasher.add(phase));
    Ok(ranks(world)?.is_first().then(|| hasher.finish()))
}

/// Numbers that an agent's state is sent as.
const WORDS: usize = 4;

/// What stands for the energy of an agent that has none: no result of arithmetic.
const NO_ENERGY: u64 = u64::MAX;

/// The state of every agent in the order of their ids, at the first rank; none at the others.
///
/// # Errors
///
/// If ranks do not come together.
pub fn gather_states(world: &mut World) -> Result<Vec<AgentState>, DistributedError> {
    let ranks = ranks(world)?;
    let words = |state: AgentState| -> [u64; WORDS] {
        let energy = state.energy.map_or(NO_ENERGY, f64::to_bits);
        [state.id, state.phase.to_bits(), state.frequency.to_bits(), energy]
    };
    let all = ranks.gather(agent_states(world).into_iter().flat_map(words).collect())?;
    let state = |&[id, phase, frequency, energy]: &[u64; WORDS]| AgentState {
        id,
        phase: f64::from_bits(phase),
        frequency: f64::from_bits(frequency),
        energy: (energy != NO_ENERGY).then(|| f64::from_bits(energy)),
    };
    let mut states: Vec<AgentState> = all.iter().flat_map(|words| words.as_chunks().0).map(state).collect();
    states.sort_by_key(|state| state.id);
    Ok(states)
}
