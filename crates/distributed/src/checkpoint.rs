//! The state of the whole swarm, for checkpoints: it knows nothing of ranks.

use std::{mem::size_of, sync::Arc};

use bevy_ecs::world::World;
use lampyrid_swarm::{RestoredPart, StateBlock, StateBlockRef, StateError, SwarmHead, SwarmState};
use serde::{Deserialize, Serialize};

use crate::{DistributedError, halo::Halo, partition::Partition, ranks::Ranks, spawn, transport::Transport};

/// A part of a state on its way to the first rank.
#[derive(Serialize, Deserialize)]
struct Sent {
    head: SwarmHead,
    blocks: Vec<(String, Numbers)>,
}

#[derive(Serialize, Deserialize)]
enum Numbers {
    U32(Vec<u32>),
    U64(Vec<u64>),
    F64(Vec<f64>),
}

/// The state of the whole swarm, at the first rank; `None` at the others. All ranks call it together, between steps.
///
/// It is what one world with all agents would give, so that any number of ranks, or one world, can
/// [go on from it](restore_state). The first rank holds all of it meanwhile.
///
/// # Errors
///
/// As [`SwarmState::capture_part`], and if ranks do not come together.
pub fn gather_state(world: &mut World) -> Result<Option<SwarmState>, DistributedError> {
    let ranks = world.get_resource::<Ranks>().cloned().ok_or(DistributedError::NotDistributed)?;
    let own = pack(&SwarmState::capture_part(world)?);
    let parts = ranks.gather(own)?;
    if !ranks.is_first() {
        return Ok(None);
    }
    let parts: Vec<SwarmState> = parts.into_iter().map(unpack).collect::<Result<_, _>>()?;
    Ok(Some(SwarmState::join(parts)?))
}

/// Puts this rank's part of a state into a world without agents, setting a bare one up first. All ranks do so together,
/// with the same state; agents are then found by their ids, with [`agent_of`](lampyrid_swarm::agent_of).
///
/// # Errors
///
/// As [`SwarmState::restore_part`], and as [`Halo::agree`].
pub fn restore_state(
    state: SwarmState,
    world: &mut World,
    partition: &Partition,
    transport: Arc<dyn Transport>,
) -> Result<(), DistributedError> {
    let range = partition.range(transport.rank());
    let RestoredPart { agents, outside } = state.restore_part(world, range.clone())?;
    let halo = Halo::between(&*transport, partition, range.clone(), &outside)?;
    spawn::enter(world, &halo, range, &agents, transport);
    Ok(())
}

/// A state as words: how many bytes it is, and the bytes.
fn pack(state: &SwarmState) -> Vec<u64> {
    let numbers = |block| match block {
        StateBlockRef::U32(numbers) => Numbers::U32(numbers.to_vec()),
        StateBlockRef::U64(numbers) => Numbers::U64(numbers.to_vec()),
        StateBlockRef::F64(numbers) => Numbers::F64(numbers.to_vec()),
    };
    let blocks = state.blocks().into_iter().map(|(name, block)| (name, numbers(block))).collect();
    let bytes = postcard::to_stdvec(&Sent { head: state.head(), blocks }).unwrap_or_default();
    let word = |bytes: &[u8]| {
        let mut word = [0; size_of::<u64>()];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    std::iter::once(bytes.len() as u64).chain(bytes.chunks(size_of::<u64>()).map(word)).collect()
}

fn unpack(words: Vec<u64>) -> Result<SwarmState, DistributedError> {
    const UNFIT: StateError = StateError::Unfit("a part of it was not understood");
    let (&length, words) = words.split_first().ok_or(UNFIT)?;
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let bytes = usize::try_from(length).ok().and_then(|length| bytes.get(..length)).ok_or(UNFIT)?;
    let Sent { head, blocks } = postcard::from_bytes(bytes).map_err(|_| UNFIT)?;
    let block = |numbers| match numbers {
        Numbers::U32(numbers) => StateBlock::U32(numbers),
        Numbers::U64(numbers) => StateBlock::U64(numbers),
        Numbers::F64(numbers) => StateBlock::F64(numbers),
    };
    Ok(SwarmState::assemble(head, blocks.into_iter().map(|(name, numbers)| (name, block(numbers))))?)
}
