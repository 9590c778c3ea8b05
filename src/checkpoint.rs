//! A swarm in a file, and back: the joint of [`SwarmState`], which knows no file, and [`Checkpoint`], which knows no
//! swarm.
//!
//! ```
//! use lampyrid::checkpoint::{load_checkpoint, save_checkpoint};
//! use lampyrid::prelude::*;
//!
//! # let scratch = tempfile::tempdir().unwrap();
//! # let path = scratch.path().join("swarm.lampyrid");
//! let mut world = World::new();
//! install_swarm(&mut world);
//! world.spawn((Phase(0.5), Frequency(1.0)));
//! advance(&mut world, 100)?;
//! save_checkpoint(&mut world, &path)?;
//! advance(&mut world, 100)?;
//!
//! let mut later = World::new();
//! load_checkpoint(&mut later, &path)?;
//! advance(&mut later, 100)?;
//! assert_eq!(phase_hash(&mut later), phase_hash(&mut world));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{io, path::Path};

use lampyrid_graph::Members;
use lampyrid_io::{Block, BlockRef, Checkpoint, CheckpointError, CheckpointWriter, OutputError, Shard};
use lampyrid_swarm::{
    PartHead, PartState, StateBlock, StateBlockRef, StateError, SwarmError, SwarmHead, SwarmState, World,
};

/// Why a swarm could not be saved or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointFailure {
    /// The file cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The file cannot be used.
    #[error(transparent)]
    Input(#[from] CheckpointError),
    /// The swarm has no state that could be saved.
    #[error(transparent)]
    Swarm(#[from] SwarmError),
    /// The world does not take the state.
    #[error(transparent)]
    State(#[from] StateError),
}

/// What the sections of the swarm are called, so that a host may have its own beside them.
const PREFIX: &str = "swarm.";
const HEAD: &str = "swarm";
const PART: &str = "part";

/// Saves the swarm of a world between two steps, in place of the file if it is there: see [`SwarmState`] for what is in
/// it and what is a host's own business. The world stays as it is.
///
/// # Errors
///
/// As [`SwarmState::capture`] and [`Checkpoint::save`]. What was in the file before is untouched then.
pub fn save_checkpoint(world: &mut World, path: &Path) -> Result<(), CheckpointFailure> {
    let state = SwarmState::capture(world)?;
    Ok(Checkpoint::save(path, |file| write_swarm(&state, file))?)
}

/// Loads a swarm into a world that has no agents yet, and sets it up first if it is bare. Agents are then found by their
/// ids, with [`agent_of`](lampyrid_swarm::agent_of).
///
/// # Errors
///
/// As [`Checkpoint::load`] and [`SwarmState::restore`].
pub fn load_checkpoint(world: &mut World, path: &Path) -> Result<(), CheckpointFailure> {
    let state = read_swarm(&mut Checkpoint::load(path)?)?;
    state.restore(world)?;
    Ok(())
}

/// Writes a state into a checkpoint, beside whatever else it holds.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_swarm(state: &SwarmState, file: &mut CheckpointWriter<'_>) -> io::Result<()> {
    file.record(HEAD, &state.head())?;
    write_blocks(state.blocks(), file)
}

/// Writes the part of a state that one of several worlds has into a [shard](Shard) of a checkpoint.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_part(part: &PartState, file: &mut CheckpointWriter<'_>) -> io::Result<()> {
    file.record(PART, &part.head())?;
    write_blocks(part.blocks(), file)
}

fn write_blocks(blocks: Vec<(String, StateBlockRef<'_>)>, file: &mut CheckpointWriter<'_>) -> io::Result<()> {
    blocks.into_iter().try_for_each(|(name, block)| {
        let block = match block {
            StateBlockRef::U32(numbers) => BlockRef::U32(numbers),
            StateBlockRef::U64(numbers) => BlockRef::U64(numbers),
            StateBlockRef::F64(numbers) => BlockRef::F64(numbers),
        };
        file.block(&format!("{PREFIX}{name}"), block)
    })
}

/// Takes a state out of a checkpoint; puts it together where each of several processes has written its part.
///
/// # Errors
///
/// [`CheckpointError::Unfit`] when there is none, or its parts do not go together; as [`Checkpoint::load_shard`].
pub fn read_swarm(checkpoint: &mut Checkpoint) -> Result<SwarmState, CheckpointError> {
    match checkpoint.take_shards()? {
        None => read_state(checkpoint),
        Some(shards) => SwarmState::join(&read_shards(checkpoint, &shards)?).map_err(unfit(checkpoint)),
    }
}

/// Takes a part of a state out of a shard.
///
/// # Errors
///
/// [`CheckpointError::Unfit`] when there is none.
pub fn read_part(shard: &mut Checkpoint) -> Result<PartState, CheckpointError> {
    let head: PartHead = shard.record(PART)?;
    let blocks = take_blocks(shard)?;
    PartState::assemble(head, blocks).map_err(unfit(shard))
}

/// Takes out of a checkpoint, whoever has written it, what concerns the agents with these ids, to go on from in a world that
/// is to have them. Of each shard no more is held than that.
///
/// # Errors
///
/// As [`read_swarm`].
pub fn read_parts(checkpoint: &mut Checkpoint, own: &Members) -> Result<Vec<PartState>, CheckpointError> {
    let bounds = own.bounds();
    let Some(shards) = checkpoint.take_shards()? else {
        return Ok(vec![
            read_state(checkpoint)?.into_part().and_then(|part| part.among(own)).map_err(unfit(checkpoint))?,
        ]);
    };
    let has_any = |shard: &&Shard| shard.ids.start < bounds.end && bounds.start < shard.ids.end;
    let read = |shard: &Shard| read_part(&mut checkpoint.load_shard(shard)?)?.among(own).map_err(unfit(checkpoint));
    shards.iter().filter(has_any).map(read).collect()
}

/// The state in a checkpoint that holds all of it.
fn read_state(checkpoint: &mut Checkpoint) -> Result<SwarmState, CheckpointError> {
    let head: SwarmHead = checkpoint.record(HEAD)?;
    let blocks = take_blocks(checkpoint)?;
    SwarmState::assemble(head, blocks).map_err(unfit(checkpoint))
}

/// The error of a file whose state is none.
fn unfit(file: &Checkpoint) -> impl FnOnce(StateError) -> CheckpointError {
    |error| file.unfit(error.to_string())
}

fn read_shards(checkpoint: &Checkpoint, shards: &[Shard]) -> Result<Vec<PartState>, CheckpointError> {
    shards.iter().map(|shard| read_part(&mut checkpoint.load_shard(shard)?)).collect()
}

/// The blocks of a state, by the names that it knows them by.
fn take_blocks(checkpoint: &mut Checkpoint) -> Result<Vec<(String, StateBlock)>, CheckpointError> {
    let blocks = checkpoint.take_all(PREFIX).into_iter().map(|(name, block)| {
        let block = match block {
            Block::U32(numbers) => StateBlock::U32(numbers),
            Block::U64(numbers) => StateBlock::U64(numbers),
            Block::F64(numbers) => StateBlock::F64(numbers),
            Block::Bytes(_) => return Err(checkpoint.unfit(format!("its section {name} holds no numbers"))),
        };
        Ok((name[PREFIX.len()..].to_owned(), block))
    });
    blocks.collect()
}
