//! The benchmarks of Lampyrid.
//!
//! | module | holds |
//! |---|---|
//! | [`swarms`] | the swarms that are timed, as data |
//! | [`floor`] | their arithmetic on plain arrays, without an ECS |
//! | [`duel`] | how two pieces of work are timed against each other |
//! | [`convergence`] | a swarm that agrees by a local rule of its own |
//! | [`trials`] | goals, tried with many seeds and judged by raw phases |
//! | [`suite`] | the main measurements, each with its name and bar: what `lampyrid bench` runs |
//! | [`report`] | what they found, to be kept and compared |
//! | [`machine`] | what they were found on |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod convergence;
pub mod duel;
pub mod floor;
pub mod machine;
pub mod report;
pub mod suite;
pub mod swarms;
pub mod trials;
