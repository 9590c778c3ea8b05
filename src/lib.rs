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
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `io` | yes | the module `io`, with its readers, writers and plots; embedders can do without |
//! | `diagnostics` | no | the swarm's metrics as diagnostics of `bevy_diagnostic` |
//! | `prometheus` | no | the swarm's metrics for the crate `metrics`, and as text for Prometheus |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "io")]
pub mod checkpoint;

pub use lampyrid_graph as graph;
#[cfg(feature = "io")]
pub use lampyrid_io as io;
pub use lampyrid_kernel as kernel;
pub use lampyrid_measure as measure;
pub use lampyrid_swarm as swarm;

/// What most programs need: `use lampyrid::prelude::*;`
pub mod prelude {
    pub use lampyrid_graph::{Adjacency, Topology};
    pub use lampyrid_kernel::draw::{FrequencyDistribution, PhaseDistribution};
    pub use lampyrid_swarm::{
        AgentId, AgentIds, Coherence, Context, Coupling, CouplingScale, Drive, Energy, EnergyRule, Frequency,
        Integrator, Neighbors, Normalization, OrderParameter, Phase, StepSystems, SwarmClock, SwarmCoherence,
        SwarmContext, SwarmError, SwarmPlugins, SwarmSeed, SwarmSpawner, SwarmSystems, TimeStep, Weights, Workers,
        World, advance, agent_of, agent_states, coherence, install_swarm, phase_hash, set_energies, set_frequencies,
        set_phases,
    };
}
