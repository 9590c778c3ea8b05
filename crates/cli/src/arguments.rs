//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Simulates swarms of coupled oscillators. Without a command, runs the built-in scenario: the power grid of the
/// western United States.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub run: RunArguments,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 goal missed, 2 wrong usage or scenario, 3 wrong network, vector or \
checkpoint file, 4 beyond the memory budget, 5 a result could not be written, 130 interrupted; of a run that ended \
with 4 or 130 the results until then are written, and `lampyrid resume` goes on with it.";

const RUN_EXAMPLES: &str = "Examples:
  lampyrid run
  lampyrid run grid.toml --set coupling.strength=3 --out runs/strong
  lampyrid run --set network.kind=small_world --set network.agents=1000 --seed 7
  lampyrid run --steps 0 --out runs/start        # only the initial state";

const RESUME_EXAMPLES: &str = "Examples:
  lampyrid resume runs/latest
  lampyrid resume runs/latest --threads 1
  lampyrid resume runs/latest/checkpoints/step-0000000000001000-0a1b2c3d.lampyrid --out runs/again";

const BENCH_EXAMPLES: &str = "Examples:
  lampyrid bench --quick
  lampyrid bench step mean_field/10000          # what the names begin with
  lampyrid bench --json > before.json
  lampyrid bench --against before.json";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario and write its results into a directory.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Go on with a run that was interrupted or killed, to the bit, from its newest whole checkpoint.
    #[command(after_help = RESUME_EXAMPLES)]
    Resume(ResumeArguments),
    /// Measure how fast this program steps swarms on this machine, and what building them takes.
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(BenchArguments),
    /// Print the properties of a network file.
    Inspect(InspectArguments),
}

#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// The scenario, a TOML file; without one, the built-in power grid.
    pub scenario: Option<PathBuf>,
    /// Override a key of the scenario, e.g. coupling.strength=3.0; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of everything random.
    #[arg(long, value_name = "SEED", allow_negative_numbers = true)]
    pub seed: Option<String>,
    /// Number of steps, instead of the scenario's duration; 0 writes the initial state and ends.
    #[arg(long, value_name = "STEPS", allow_negative_numbers = true)]
    pub steps: Option<String>,
    /// Compute threads; changes no result [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Save the run each time so many simulated seconds have passed, for `lampyrid resume`.
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub checkpoint_every: Option<String>,
    /// Directory for the results, instead of the scenario's.
    #[arg(long, value_name = "DIR")]
    pub out: Option<String>,
    /// Replace the results of an earlier run in that directory.
    #[arg(long)]
    pub force: bool,
    /// Refuse networks that state a link twice, instead of adding the weights.
    #[arg(long)]
    pub strict: bool,
    /// Write metrics for Prometheus into this file, once a second and at the end.
    #[cfg(feature = "prometheus")]
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// Of a run over several processes: end it when a step takes longer than this.
    #[cfg(feature = "mpi")]
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: u32,
    /// Print run.json instead of the summary.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, run.json).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ResumeArguments {
    /// The directory of the run, or one of its checkpoints.
    pub run: PathBuf,
    /// Compute threads; changes no result [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Directory for the results, instead of the run's own, which is then left as it is.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the results of another run in that directory.
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Print run.json instead of the summary.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but warnings of damage and errors (and, with --json, run.json).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct BenchArguments {
    /// Only these cases or groups of cases, e.g. step, step/1000 or step/1000/over_floor.
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// Fewer rounds and no swarm of a million: less than a minute.
    #[arg(long)]
    pub quick: bool,
    /// Print the report as JSON instead of a table.
    #[arg(long)]
    pub json: bool,
    /// Compare with the JSON report of an earlier run.
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  lampyrid inspect data/celegansneural.mtx")]
pub(crate) struct InspectArguments {
    /// A network: Matrix Market (.mtx), edge list (.csv, .tsv, .txt) or GraphML (.graphml).
    pub network: PathBuf,
    /// What to make of the direction of its links.
    #[arg(long, value_enum, default_value_t = Direction::AsStored)]
    pub direction: Direction,
    /// Refuse a network that states a link twice, instead of adding the weights.
    #[arg(long)]
    pub strict: bool,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// As the file says.
    AsStored,
    /// Every link turned round.
    Reversed,
    /// Every link both ways.
    Both,
}

impl From<Direction> for lampyrid::io::Direction {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::AsStored => Self::AsStored,
            Direction::Reversed => Self::Reversed,
            Direction::Both => Self::Both,
        }
    }
}
