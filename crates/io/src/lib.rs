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
pub mod report;
pub mod scenario;
pub mod sweep;
pub mod vector;

mod column;
mod columnar;
mod disk;
mod events;
mod fields;
mod final_state;
mod goal_record;
mod input_error;
mod lines;
mod metrics_record;
mod npy;
mod output_error;
mod parts;
mod place;
mod product;
mod record_error;
mod recorded;
mod recording;
mod run_directory;
mod run_record;
mod run_view;
mod series;
mod series_reader;
mod source;
mod summed;
mod table;
mod table_reader;

pub use builtin::BuiltinNetwork;
pub use checkpoint::{
    Block, BlockRef, Checkpoint, CheckpointError, CheckpointWriter, SavedCheckpoint, Shard, saved_checkpoints,
};
pub use column::{Cell, ColumnKind, TableColumn};
#[cfg(feature = "parquet")]
pub use columnar::ParquetTable;
pub use disk::replace_file;
pub use events::{EventRow, EventsWriter};
pub use final_state::AgentState;
pub use goal_record::{DisruptionRecord, EnergyRecord, GoalRecord, StrategyRecord};
pub use input_error::InputError;
pub use metrics_record::MetricsRecord;
pub use network::{
    Direction, Network, NetworkFormat, NetworkPart, NetworkSurvey, NodeNames, ReadOptions, read_network,
    read_network_bytes, survey_network, survey_network_bytes,
};
pub use output_error::OutputError;
pub use parts::{PhasePart, PhaseParts};
pub use place::Place;
pub use product::{Picture, Product};
pub use record_error::RecordError;
pub use recorded::TablePosition;
pub use recording::Recording;
pub use run_directory::{FilePosition, ProductFile, RunDirectory};
pub use run_record::{
    ExchangeRecord, FinalCoherence, MemoryRecord, NetworkRecord, RankRecord, RunRecord, StepTimes, Versions,
};
pub use run_view::{RunView, lorentzian_half_width, network_is_drawable};
pub use scenario::{Scenario, ScenarioBuilder, ScenarioError};
pub use series::{PhasesWriter, SeriesWriter};
pub use series_reader::{NamedCurve, RunSeries, read_series};
pub use vector::{Quantity, read_vector, read_vector_bytes};
