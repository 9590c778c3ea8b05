//! Files in and files out: networks and per-agent vectors to plain data, results to files.
//!
//! Every reader refuses bad input with a typed error that names the file, the line and the column,
//! and a number that the file merely states makes it allocate a few MiB at most.

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

pub mod builtin;
pub mod checkpoint;
pub mod network;
pub mod plot;
pub mod scenario;
pub mod vector;

mod disk;
mod final_state;
mod goal_record;
mod input_error;
mod lines;
mod metrics_record;
mod output_error;
mod place;
mod product;
mod run_directory;
mod run_record;
mod series;
mod source;
mod table;

pub use builtin::BuiltinNetwork;
pub use checkpoint::{
    Block, BlockRef, Checkpoint, CheckpointError, CheckpointWriter, SavedCheckpoint, saved_checkpoints,
};
pub use final_state::AgentState;
pub use goal_record::{DisruptionRecord, EnergyRecord, GoalRecord, StrategyRecord};
pub use input_error::InputError;
pub use metrics_record::MetricsRecord;
pub use network::{Direction, Network, NetworkFormat, NodeNames, ReadOptions, read_network, read_network_bytes};
pub use output_error::OutputError;
pub use place::Place;
pub use product::{Picture, Product};
pub use run_directory::{FilePosition, ProductFile, RunDirectory};
pub use run_record::{FinalCoherence, MemoryRecord, NetworkRecord, RankRecord, RunRecord, StepTimes, Versions};
pub use scenario::{Scenario, ScenarioBuilder, ScenarioError};
pub use series::{PhasesWriter, SeriesWriter};
pub use vector::{Quantity, read_vector};
