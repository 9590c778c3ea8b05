//! What the benchmarks share: swarms by name, their arithmetic without an ECS, and how two pieces
//! of work are timed against each other.

#![allow(dead_code, reason = "each benchmark uses its part of this")]

pub(crate) mod cases;
pub(crate) mod duel;
pub(crate) mod floor;
pub(crate) mod peer;
