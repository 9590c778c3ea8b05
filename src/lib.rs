#![doc = include_str!("../README.md")]
//!
//! # The rooms
//!
//! This crate re-exports; the work is done in rooms that know little of each other.
//!
//! | module | holds | knows nothing of |
//! |---|---|---|
//! | [`graph`] | flat adjacency, seeded network generators, network properties | phases, entities, files |
//! | [`kernel`] | sine and cosine, coupling, integrators, noise, energy: slices in, slices out | entities, files, clocks, threads |
//! | [`measure`] | order parameters, streaming statistics, hashes | entities, files |
//! | [`swarm`] | components, systems and plugins | formulas, files |
#![cfg_attr(
    feature = "io",
    doc = "| [`io`] | networks, vectors and scenarios in; series, pictures, checkpoints and run directories out | entities |",
    doc = "| [`checkpoint`] | the joint of the two: the state of a swarm in a file | – |"
)]
#![cfg_attr(
    feature = "spatial",
    doc = "| [`spatial`] | positions, and neighbours that follow them | formulas, files |"
)]
#![cfg_attr(
    feature = "distributed",
    doc = "| [`distributed`] | swarms over several processes: partition, exchange, exact sums | formulas, files |"
)]
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `io` | yes | the module `io`, with its readers, writers and plots; embedders can do without |
//! | `distributed` | no | the module `distributed`: swarms over several processes, and their stand-in on threads |
//! | `metis` | no | `distributed::Locality::Metis`; needs a C compiler to be built |
//! | `mpi` | no | `distributed` over MPI; needs an MPI library and libclang to be built |
//! | `parquet` | no | `io`, and the tables of a run as Parquet |
//! | `diagnostics` | no | the swarm's metrics as diagnostics of `bevy_diagnostic` |
//! | `prometheus` | no | the swarm's metrics for the crate `metrics`, and as text for Prometheus |
//! | `spatial` | no | the module `spatial`: agents that listen to whoever is near, as they move |
//! | `transform` | no | `spatial`, and positions that follow the transforms of `bevy_transform` |
//! | `reflect` | no | components and resources for inspectors, scenes and the remote protocol, through `bevy_reflect` |
//! | `serialize` | no | components and settings for serde; what a step would refuse is refused when it is read |
//!
//! Features only add: none changes a public type or a bit of a result. The crates of [`graph`],
//! [`kernel`] and [`measure`] have a feature `std` (on by default, and on here); on their own and
//! without it they need an allocator and no operating system, and come to the same bits.
//!
//! # Embedding
//!
//! Plugins, the order of systems, time, threads, errors and what is reproducible: see [`swarm`].

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "io")]
pub mod checkpoint;

#[cfg(feature = "distributed")]
pub use lampyrid_distributed as distributed;
pub use lampyrid_graph as graph;
#[cfg(feature = "io")]
pub use lampyrid_io as io;
pub use lampyrid_kernel as kernel;
pub use lampyrid_measure as measure;
#[cfg(feature = "spatial")]
pub use lampyrid_spatial as spatial;
pub use lampyrid_swarm as swarm;

/// What most programs need: `use lampyrid::prelude::*;`
pub mod prelude {
    pub use lampyrid_graph::{Adjacency, Topology};
    pub use lampyrid_kernel::draw::{FrequencyDistribution, PhaseDistribution};
    pub use lampyrid_swarm::{
        AgentId, AgentIds, Coherence, Context, Coupling, CouplingScale, Drive, Energy, EnergyRule, Frequency,
        Integrator, Neighbors, Normalization, OrderParameter, Phase, PhasorPrecision, StepSystems, SwarmClock,
        SwarmCoherence, SwarmContext, SwarmError, SwarmPlugins, SwarmSeed, SwarmSpawner, SwarmSystems, TimeStep,
        Weights, Workers, World, advance, agent_of, agent_states, coherence, install_swarm, phase_hash, set_energies,
        set_frequencies, set_phases,
    };
}
