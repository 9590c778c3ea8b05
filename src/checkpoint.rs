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

use lampyrid_io::{Block, BlockRef, Checkpoint, CheckpointError, CheckpointWriter, OutputError};
use lampyrid_swarm::{StateBlock, StateBlockRef, StateError, SwarmError, SwarmHead, SwarmState, World};

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
    for (name, block) in state.blocks() {
        let block = match block {
            StateBlockRef::U32(numbers) => BlockRef::U32(numbers),
            StateBlockRef::U64(numbers) => BlockRef::U64(numbers),
            StateBlockRef::F64(numbers) => BlockRef::F64(numbers),
        };
        file.block(&format!("{PREFIX}{name}"), block)?;
    }
    Ok(())
}

/// Takes a state out of a checkpoint.
///
/// # Errors
///
/// [`CheckpointError::Unfit`] when there is none, or its parts do not go together.
pub fn read_swarm(checkpoint: &mut Checkpoint) -> Result<SwarmState, CheckpointError> {
    let head: SwarmHead = checkpoint.record(HEAD)?;
    let blocks = checkpoint.take_all(PREFIX).into_iter().map(|(name, block)| {
        let block = match block {
            Block::U32(numbers) => StateBlock::U32(numbers),
            Block::U64(numbers) => StateBlock::U64(numbers),
            Block::F64(numbers) => StateBlock::F64(numbers),
            Block::Bytes(_) => return Err(checkpoint.unfit(format!("its section {name} holds no numbers"))),
        };
        Ok((name[PREFIX.len()..].to_owned(), block))
    });
    let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    SwarmState::assemble(head, blocks).map_err(|error| checkpoint.unfit(error.to_string()))
}
