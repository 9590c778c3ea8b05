//! Files in and files out: networks and per-agent vectors to plain data, results to files.
//!
//! Every reader refuses bad input with a typed error that names the file, the line and the column,
//! and allocates nothing in proportion to a number that the file merely states.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod network;
pub mod vector;

mod input_error;
mod lines;
mod place;
mod source;

pub use input_error::InputError;
pub use network::{Direction, Network, NetworkFormat, NodeNames, ReadOptions, read_network};
pub use place::Place;
pub use vector::{Quantity, read_vector};
