//! Who listens to whom: flat adjacency, seeded network generators, network properties.
//!
//! Knows no phase, no entity and no file.
//!
//! ```
//! use lampyrid_graph::{Topology, properties};
//!
//! let network = Topology::SmallWorld { agents: 1000, neighbors: 8, rewire: 0.1 }.build(42)?;
//! assert_eq!((network.nodes(), network.links()), (1000, 8000)); // directed links: both ways count
//! assert!(network.neighbors(7).contains(&8)); // node 7 listens to node 8
//!
//! let degrees = properties::degree_statistics(&network);
//! assert!(degrees.mean == 8.0 && degrees.variance > 0.0);
//! assert_eq!(properties::components(&network).count(), 1);
//! let clustering = properties::clustering(&network);
//! assert!((clustering.average_local - 0.643 * 0.9_f64.powi(3)).abs() < 0.03); // C(0) (1 − p)³
//! # Ok::<(), lampyrid_graph::GraphError>(())
//! ```
//!
//! # Adjacency
//!
//! An [`Adjacency`] holds the rows of all nodes end to end: 4 bytes per node and 4 per directed
//! link, and 8 more per link if it has weights. It can be built from its arrays (checked), written
//! row by row into memory in use ([`Adjacency::rebuild`]), or made of a [`LinkStream`], whatever
//! the order of its links ([`Adjacency::from_stream`]). An [`Evolving`] network changes a few rows at
//! a time; [`Rows`] is the look at either that kernels take.
//!
//! # Without the standard library
//!
//! The feature `std`, on by default, adds nothing of its own: without it the crate needs an
//! allocator and nothing else.
//!
//! # Streams
//!
//! A generator is a [`LinkStream`]: it holds its parameters and a seed, not its links. Every draw
//! is a function of (seed, purpose, index, attempt) through the counter-based generator
//! Philox4x32-10 (Salmon et al. 2011), and logarithms come from `libm`. So the same seed gives
//! the same network on every machine, a stream can be replayed (an [`Adjacency`] is built by
//! counting first and filling afterwards, without a list of links in between), and the rows of a
//! [`Part`] can be made without holding the whole. What [`LinkStream::for_each_link_into`] has to go
//! through for a part of the rows:
//!
//! | [`Topology`] | time of the whole | for some rows, goes through |
//! |---|---|---|
//! | [`Complete`](Topology::Complete), [`Ring`](Topology::Ring), [`Lattice`](Topology::Lattice), [`Star`](Topology::Star) | links | these rows |
//! | [`Random`](Topology::Random) | nodes + links | these rows, and of later ones the links to these or before |
//! | [`RandomLinks`](Topology::RandomLinks), [`SmallWorld`](Topology::SmallWorld) | links | everything, filtered |
//! | [`ScaleFree`](Topology::ScaleFree) | links | these rows and all later ones |
//! | [`Modular`](Topology::Modular) | blocks² + links | pairs of blocks that touch these rows |
//! | [`Geometric`](Topology::Geometric) | nodes + links | all positions (about 30 bytes each), then these rows |
//!
//! How the generators keep their promises without a memory of what they made, and where that makes
//! them differ from the processes they are named after, stands at each [`Topology`].

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

extern crate alloc;

mod adjacency;
mod bins;
mod build;
mod draw;
mod error;
mod evolving;
mod generate;
mod members;
mod order;
mod part;
pub mod properties;
mod rows;
mod size;
mod stream;
mod topology;

pub use adjacency::{Adjacency, RowWriter};
pub use build::Built;
pub use error::GraphError;
pub use evolving::Evolving;
pub use generate::geometric::positions;
pub use members::Members;
pub use order::NodeOrder;
pub use part::Part;
pub use rows::Rows;
pub use stream::{Link, LinkStream};
pub use topology::{Topology, TopologyStream};
