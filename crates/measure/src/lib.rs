//! What a swarm of oscillators looks like in numbers.
//!
//! | module | what it measures |
//! |---|---|
//! | [`order`] | the order parameter R e^{iψ} and its harmonics, bit-equal for any order of agents |
//! | [`gaps`] | the largest gap between phases on the circle |
//! | [`local`] | coherence around one agent and along the links |
//! | [`trend`] | where a stream is heading |
//! | [`choice`] | choosing among ways by what came of them |
//! | [`statistics`] | count, mean, variance, minimum and maximum of a stream, mergeable |
//! | [`half`] | the same of the later half of a stream |
//! | `quantiles` | median and tails of a stream, mergeable |
//! | [`hash`] | one fingerprint of all phases |
//! | `machine` | the memory of the process and of the machine |
//!
//! No function here knows an entity, a file or a clock; `machine` alone asks the operating
//! system.
//!
//! # Without the standard library
//!
//! The feature `std`, on by default, brings `quantiles` and `machine`. Everything else needs an
//! allocator only, and its results are the same to the last bit.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod choice;
pub mod gaps;
pub mod half;
pub mod hash;
pub mod local;
#[cfg(feature = "std")]
pub mod machine;
pub mod order;
#[cfg(feature = "std")]
pub mod quantiles;
pub mod statistics;
pub mod trend;

pub use choice::upper_confidence_bound;
pub use gaps::GapFinder;
pub use half::LaterHalf;
pub use hash::PhaseHasher;
pub use local::{LocalField, link_coherence, link_sum, local_coherence_sum, mean_local_coherence};
pub use order::{OrderParameter, OrderSum, harmonic_order_parameter, order_parameter};
#[cfg(feature = "std")]
pub use quantiles::{Quantiles, quantile_of_sorted};
pub use statistics::RunningStatistics;
pub use trend::Trend;
