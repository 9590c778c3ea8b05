//! Who listens to whom: flat adjacency, seeded network generators, network properties.
//!
//! Knows no phase, no entity and no file.
//!
//! ```
//! use lampyrid_graph::{Topology, properties};
//!
//! let ring = Topology::SmallWorld { agents: 1000, neighbors: 8, rewire: 0.1 }.build(42)?;
//! assert_eq!((ring.nodes(), ring.links()), (1000, 8000)); // directed links: both ways count
//! assert_eq!(properties::components(&ring).count(), 1);
//! # Ok::<(), lampyrid_graph::GraphError>(())
//! ```
//!
//! # Streams
//!
//! A generator is a [`LinkStream`]: it holds its parameters and a seed, not its links. Every draw
//! is a function of (seed, purpose, index, attempt) through the counter-based generator
//! Philox4x32-10 (Salmon et al. 2011), and logarithms come from `libm`. So the same seed gives
//! the same network on every machine, a stream can be replayed (an [`Adjacency`] is built by
//! counting first and filling afterwards, without a list of links in between), and the rows of a
//! part can be made without holding the whole.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod adjacency;
mod bins;
mod build;
mod draw;
mod error;
mod generate;
pub mod properties;
mod size;
mod stream;
mod topology;

pub use adjacency::{Adjacency, RowWriter};
pub use build::Built;
pub use error::GraphError;
pub use generate::geometric::positions;
pub use stream::{Link, LinkStream};
pub use topology::{Topology, TopologyStream};
