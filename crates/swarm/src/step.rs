//! One stage of a step, system by system. Each fetches columns, cuts them into blocks, calls
//! kernels and merges what comes back; no formula is here.

mod columns;
mod integrate;
mod recover;
mod sample;
mod undo;

pub(crate) use integrate::integrate;
pub(crate) use recover::{recover, tick};
pub(crate) use sample::sample;
pub(crate) use undo::undo;

/// Agents that go through the kernels at a time: their intermediate values stay in the
/// first-level cache.
pub(crate) const BLOCK: usize = 512;
