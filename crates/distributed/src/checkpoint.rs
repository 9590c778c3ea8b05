//! Going on from parts of a state, written down by any number of ranks.

use std::sync::Arc;

use bevy_ecs::world::World;
use lampyrid_swarm::{PartState, RestoredPart};

use crate::{DistributedError, halo::Halo, partition::Partition, spawn, transport::Transport};

/// Puts this rank's part of a swarm into a world without agents, setting a bare one up first. All ranks do so together,
/// from what any number of ranks have [written down](PartState::capture); each needs but those parts that its own agents
/// were in. Agents are then found by their ids, with [`agent_of`](lampyrid_swarm::agent_of).
///
/// # Errors
///
/// As [`PartState::restore`], and as [`Halo::agree`].
pub fn restore_state(
    parts: &[PartState],
    world: &mut World,
    partition: &Partition,
    transport: Arc<dyn Transport>,
) -> Result<(), DistributedError> {
    let rank = transport.rank();
    let owner = |id| partition.owner(partition.place(id));
    let RestoredPart { agents, outside } = PartState::restore(parts, &partition.agents_of(rank), owner, world)?;
    let outside: Vec<u32> = outside.into_iter().map(|id| partition.place(id)).collect();
    let halo = Halo::between(&*transport, partition, partition.range(rank), &outside)?;
    spawn::enter(world, &halo, partition, &agents, transport);
    Ok(())
}
