//! One stage of a step, system by system. Each fetches columns, cuts them into blocks, calls
//! kernels and merges what comes back; no formula is here.

mod alone;
mod blocks;
mod columns;
mod energy;
mod fetched;
mod integrate;
mod motion;
mod sample;
mod tick;
mod undo;
mod voices;

pub(crate) use alone::{Kept, step_alone};
pub(crate) use energy::{recover, refuse_energies};
pub(crate) use integrate::integrate;
pub use motion::SwarmMotion;
pub(crate) use sample::sample;
pub(crate) use tick::tick;
pub(crate) use undo::undo;
