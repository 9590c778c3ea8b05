//! Everything that can end the program early, how it is shown and which exit code it has.

use lampyrid::{
    graph::GraphError,
    io::{CheckpointError, InputError, OutputError, plot::PlotError, scenario::ScenarioError},
    swarm::SwarmError,
};

use crate::{bench::BenchError, exit_code, marked::Marked, run::BudgetRefused};

/// Why the program ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("the network cannot be made: {0}")]
    Network(#[from] GraphError),
    #[error("the swarm stopped after {steps} steps: {error}")]
    Swarm { steps: u64, error: SwarmError },
    #[error(transparent)]
    Budget(#[from] BudgetRefused),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[cfg(feature = "prometheus")]
    #[error(transparent)]
    Metrics(#[from] crate::run::MetricsFileError),
    #[cfg(feature = "mpi")]
    #[error(transparent)]
    Ranks(#[from] crate::ranks::RankError),
    #[error("a picture cannot be drawn: {0}")]
    Picture(#[from] PlotError),
    #[error("standard output was closed before everything was printed ({0}); result files are not affected")]
    Stdout(#[from] std::io::Error),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Scenario(_) | Self::Network(_) | Self::Swarm { .. } => exit_code::USAGE,
            Self::Budget(_) => exit_code::MEMORY,
            Self::Input(_) | Self::Checkpoint(_) | Self::Bench(BenchError::Earlier { .. }) => exit_code::INPUT,
            Self::Bench(BenchError::Unknown { .. } | BenchError::Failed { .. }) => exit_code::USAGE,
            Self::Output(OutputError::AlreadyHoldsRun { .. } | OutputError::HoldsUnfinishedRun { .. }) => {
                exit_code::USAGE
            }
            Self::Output(OutputError::RowsMissing { .. }) => exit_code::INPUT,
            #[cfg(feature = "prometheus")]
            Self::Metrics(_) => exit_code::OUTPUT,
            #[cfg(feature = "mpi")]
            Self::Ranks(error) => error.exit_code(),
            Self::Output(_) | Self::Picture(_) | Self::Stdout(_) => exit_code::OUTPUT,
        }
    }

    /// The message for a person; of a scenario, the wrong part is shown and marked.
    pub(crate) fn rendered(&self) -> String {
        match self {
            Self::Scenario(error) => Marked::new(error).rendered(),
            _ => format!("error: {self}\n"),
        }
    }
}
