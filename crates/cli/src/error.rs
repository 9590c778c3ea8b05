//! Everything that can end the program early, how it is shown and which exit code it has.

use lampyrid::{
    graph::GraphError,
    io::{
        CheckpointError, InputError, OutputError, RecordError, plot::PlotError, scenario::ScenarioError,
        sweep::SweepError,
    },
    swarm::SwarmError,
};

use crate::{
    bench::BenchError,
    completions::ManError,
    exit_code,
    marked::Marked,
    new::NewError,
    plan::PlanError,
    plot::PlotFailure,
    results::NoResults,
    run::{BudgetRefused, NoMetis},
    serve::ServeError,
    sweep::SweepRefused,
    watch::{ScriptError, TerminalError},
};

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
    NoMetis(#[from] NoMetis),
    #[error(transparent)]
    Budget(#[from] BudgetRefused),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error("there is neither a command nor a scenario {word:?}; did you mean `lampyrid {nearest}`?")]
    Command { word: String, nearest: String },
    #[error(transparent)]
    New(#[from] NewError),
    #[error(transparent)]
    Man(#[from] ManError),
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    SweepRefused(#[from] SweepRefused),
    #[error(transparent)]
    Sweep(SweepError),
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
    #[error(transparent)]
    Plot(#[from] PlotFailure),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Results(#[from] NoResults),
    #[error("standard output was closed before everything was printed ({0}); result files are not affected")]
    Stdout(#[from] std::io::Error),
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Output(error) => Self::Output(error),
            error => Self::Sweep(error),
        }
    }
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Plot(_) => exit_code::USAGE,
            Self::Plan(PlanError::Calibration { .. }) => exit_code::INPUT,
            Self::Plan(_) => exit_code::USAGE,
            Self::Picture(PlotError::NothingToDraw { .. }) => exit_code::USAGE,
            Self::Record(_) | Self::Results(_) => exit_code::INPUT,
            Self::Scenario(_) | Self::NoMetis(_) | Self::Network(_) | Self::Swarm { .. } | Self::Script(_) => {
                exit_code::USAGE
            }
            Self::Terminal(TerminalError::Missing { .. }) | Self::Man(_) | Self::Command { .. } => exit_code::USAGE,
            Self::Serve(_) => exit_code::USAGE,
            Self::New(NewError::Preset { .. } | NewError::Exists { .. }) => exit_code::USAGE,
            Self::New(NewError::Unwritable { .. }) => exit_code::OUTPUT,
            Self::Terminal(TerminalError::Io(_)) => exit_code::OUTPUT,
            Self::Budget(_) => exit_code::MEMORY,
            Self::Input(_) | Self::Checkpoint(_) | Self::Bench(BenchError::Earlier { .. }) => exit_code::INPUT,
            Self::Sweep(
                SweepError::Unreadable { .. } | SweepError::DamagedRecord { .. } | SweepError::DamagedTable { .. },
            ) => exit_code::INPUT,
            Self::Sweep(_) | Self::SweepRefused(_) => exit_code::USAGE,
            Self::Bench(BenchError::Unknown { .. } | BenchError::Failed { .. }) => exit_code::USAGE,
            Self::Output(
                OutputError::AlreadyHoldsRun { .. } | OutputError::HoldsUnfinishedRun { .. } | OutputError::NoParquet,
            ) => exit_code::USAGE,
            Self::Output(OutputError::RowsMissing { .. } | OutputError::PartDamaged { .. }) => exit_code::INPUT,
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
