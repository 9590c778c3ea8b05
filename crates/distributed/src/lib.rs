//! Swarms that are spread over several processes, each with a part of the agents: the same swarm, to the bit.
//!
//! A *rank* is a world with a part of the agents. It knows its own links and nobody else's, and those agents of other
//! ranks that its own listen to only by what they tell, stage by stage. Ranks are processes of MPI
//! (feature `mpi`), or threads of one process ([`on_threads`]), which do all the same but for getting messages across.
//!
//! | step | type |
//! |---|---|
//! | numbers that are near each other for nodes that are linked | [`local_order`] |
//! | who has which agents | [`Partition`], by a [`Placement`] |
//! | a rank's own rows, made without the others | [`Part`](lampyrid_graph::Part) |
//! | with whom it exchanges what | [`Halo`], [`partners`] |
//! | its agents, in a world of its own | [`RankSpawner`] |
//! | a step with all others | [`advance`](lampyrid_swarm::advance) |
//! | its state, and going on from it with any number of ranks | [`PartState`](lampyrid_swarm::PartState), [`restore_state`] |
//! | measures of the whole | [`coherence`], [`phase_hash`], [`energy_ledger`], [`gather_phases`], [`gather_states`] |
//! | measures along links | [`Ties`] |
//! | what it was going to cost, and what it did | [`predicted_halo`], [`predicted_bytes`], [`traffic`] |
//! | jobs that need no other rank, for whoever is free | [`hand_out`] |
//! | what a cluster is going to take | [`calibrate`], [`measure_interconnect`], [`Burden`], [`Cluster`], [`Forecast`] |
//!
//! # The same bits
//!
//! For any number of ranks, one among them, phases, order parameters and energies have the bits of the swarm in a
//! single world. An agent sums its neighbours in the order of its own list, whoever has them; what is summed over agents
//! is summed as integers, which know no order; and noise is a function of seed, id and step. Processors must agree as
//! well: any x86-64 do.
//!
//! # What goes over the wire
//!
//! One `f64` per stage for each agent that a rank hears of another: the angle that it publishes, from which either end
//! makes the same cosine and sine. That is half of what the two would take. With
//! [`PhasorPrecision::SingleAngle`](lampyrid_swarm::PhasorPrecision::SingleAngle) it is an `f32`: nothing is lost on the
//! way then, since agents of the same rank hear each other by such angles too. Strategies that look at single neighbours
//! take one more per stage and one more per step. A mean field takes three integers per stage.
//!
//! # What holds in all ranks
//!
//! All ranks take the same steps with the same settings, goals and disruptions, and decide together: what is measured for a
//! goal is summed over all, and whom a disruption hits is a function of its seed and of ids. Besides disruptions nobody
//! comes, goes or is linked anew while the swarm steps.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `metis` | agents given to ranks, or numbered (`Locality::Metis`), by parts with few links between them; builds METIS, which needs a C compiler |
//! | `mpi` | `MpiRank`: ranks that are processes |

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

mod calibrate;
mod checkpoint;
mod error;
mod exchange;
mod forecast;
mod halo;
mod hand_out;
mod measure;
mod model;
mod numbering;
mod partition;
mod placement;
mod ranks;
mod spawn;
mod sums;
mod ties;
mod transport;

pub use calibrate::{calibrate, measure_interconnect};
pub use checkpoint::restore_state;
pub use error::DistributedError;
pub use exchange::{Traffic, partners, traffic};
pub use forecast::{Burden, Cluster, Costs, Forecast, Interconnect};
pub use halo::Halo;
pub use hand_out::{Pulse, hand_out};
pub use measure::{coherence, energy_ledger, gather_phases, gather_states, own_phases, phase_hash};
pub use model::{Telling, predicted_bytes, predicted_halo};
pub use numbering::{Locality, local_order};
pub use partition::Partition;
pub use placement::Placement;
pub use ranks::Ranks;
pub use spawn::RankSpawner;
pub use ties::Ties;
#[cfg(feature = "mpi")]
pub use transport::{LaunchError, Launched, MpiRank, launched_as};
pub use transport::{Mail, Numbers, Partner, ThreadRank, Transport, TransportError, on_threads};
