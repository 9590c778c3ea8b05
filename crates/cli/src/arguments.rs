//! What can be said on the command line.

use std::path::PathBuf;

use clap::{
    ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, error::ErrorKind,
    parser::ValueSource,
};

use crate::{
    live::LiveArguments, plan::PlanArguments, plot::PlotArguments, replay::ReplayArguments, report::ReportArguments,
    serve::ServeArguments,
};

/// Simulates swarms of coupled oscillators.
#[derive(Debug, Parser)]
#[command(
    name = "lampyrid",
    version,
    max_term_width = 100,
    override_usage = "lampyrid [OPTIONS] [SCENARIO]\n       lampyrid <COMMAND>",
    help_template = HELP,
    after_help = EXAMPLES
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Tell on standard error what happens inside; -vv tells more.
    #[arg(long, short, global = true, action = ArgAction::Count, display_order = 900)]
    pub verbose: u8,
    #[command(flatten)]
    pub run: RunArguments,
}

impl Arguments {
    /// What was said on the command line; ends the program where that is wrong.
    pub(crate) fn read() -> Self {
        let matches = Self::command().get_matches();
        if let Some(stray) = stray(&matches) {
            Self::command().error(ErrorKind::ArgumentConflict, stray).exit();
        }
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Why what was said before a command would be lost: it is of the run that goes without one. Clap could refuse it by
/// itself (`args_conflicts_with_subcommands`), but takes `run` in `lampyrid -v run` for a scenario then.
fn stray(matches: &ArgMatches) -> Option<String> {
    let command = matches.subcommand_name()?;
    let is_said = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let program = Arguments::command();
    let mut stray = program.get_arguments().filter(|one| !one.is_global_set() && is_said(one.get_id().as_str()));
    let stray = stray.next()?;
    let stray = stray.get_long().map_or_else(|| "a scenario".to_owned(), |name| format!("--{name}"));
    Some(format!("{stray} stands before the command; write `lampyrid {command} …` and then what is for it"))
}

/// Options are those of `run`: told there, they leave room for the commands.
const HELP: &str = "{about-with-newline}
{usage-heading} {usage}

Commands:
{subcommands}

Without a command, `run` with its options: see `lampyrid run --help`. Every command knows --help,
and -v, which tells on standard error what happens inside; most know --quiet and --json.
{after-help}";

const EXAMPLES: &str = "Examples:
  lampyrid                       # the power grid of the western United States
  lampyrid new my.toml && lampyrid run my.toml
  lampyrid watch --set goal.preset=save_energy

Exit codes: 0 done, 1 goal missed, runs of a sweep failed or a replay that differs, 2 wrong usage or
scenario, 3 wrong network, vector, checkpoint or result file, 4 beyond the memory budget or what the
system gives, 5 a result could not be written, 130 interrupted; of a run that outgrew its budget or
was interrupted the results until then are written, and `lampyrid resume` goes on with it.";

const RUN_EXAMPLES: &str =
    "It writes run.json, order_parameter.csv, final_state.csv, recording.lampyrid, report.html and \
three pictures; record.pictures names others, record.report=false leaves the report out.

Examples:
  lampyrid run
  lampyrid run grid.toml --set coupling.strength=3 --out runs/strong
  lampyrid run --set network.kind=small_world --set network.agents=1000 --seed 7
  lampyrid run --steps 0 --out runs/start        # only the initial state";

const RESUME_EXAMPLES: &str = "A run that is resumed is the same run: nothing of its scenario can be changed.

Examples:
  lampyrid resume runs/latest
  lampyrid resume runs/latest --threads 1
  lampyrid resume runs/latest/checkpoints/step-0000000000001000-0a1b2c3d.lampyrid --out runs/again";

const SWEEP_EXAMPLES: &str = "Examples:
  lampyrid sweep onset.toml --vary coupling.strength=0:4:0.1 --seeds 20
  lampyrid sweep --vary coupling.strength=1,2,4 --vary network.kind=ring,star --jobs 2

Runs of one replicate have one seed at every point. Exit codes: 0 done, 1 done but for runs that failed, and as of \
`lampyrid run`; killed or interrupted, the same command or `lampyrid resume DIR` goes on with the runs that are missing.";

const WATCH_EXAMPLES: &str = "Examples:
  lampyrid watch
  lampyrid watch --set goal.preset=save_energy --set goal.size=large
  lampyrid watch grid.toml --speed 5 --script keys.txt";

const NEW_EXAMPLES: &str = "Examples:
  lampyrid new                                 # scenario.toml
  lampyrid new load.toml --preset distribute_load
  lampyrid new -                               # to standard output";

const LIST_EXAMPLES: &str = "Examples:
  lampyrid list
  lampyrid list presets
  lampyrid list topologies --json";

const COMPLETIONS_EXAMPLES: &str = "Examples:
  lampyrid completions bash > ~/.local/share/bash-completion/completions/lampyrid
  lampyrid completions fish > ~/.config/fish/completions/lampyrid.fish";

const MAN_EXAMPLES: &str = "Examples:
  lampyrid man | man -l -
  lampyrid man run > lampyrid-run.1";

const BENCH_EXAMPLES: &str = "Examples:
  lampyrid bench --quick
  lampyrid bench step mean_field/10000          # what the names begin with
  lampyrid bench --json > before.json
  lampyrid bench --against before.json
  lampyrid bench --calibrate > here.json        # for `lampyrid plan`";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario and write its results into a directory.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Go on with a run that was interrupted or killed, to the bit, from its newest whole checkpoint; or with a sweep.
    #[command(after_help = RESUME_EXAMPLES)]
    Resume(ResumeArguments),
    /// Run a scenario at many points, each with many seeds, and write a table of what comes of it.
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepArguments),
    /// Draw pictures of a run or a sweep from its files.
    Plot(PlotArguments),
    /// Write a run or a sweep as one page that needs nothing else.
    Report(ReportArguments),
    /// Run again what a report or a run directory holds, and compare the hash of all phases.
    Replay(ReplayArguments),
    /// Watch a scenario in the terminal while it runs: pause it, disrupt it, give it other goals.
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(WatchArguments),
    /// Serve a scenario as a page for a browser while it runs.
    Serve(ServeArguments),
    /// Measure how fast this program steps swarms on this machine, and what building them takes.
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(BenchArguments),
    /// Tell what a scenario would take on a cluster: memory, time of a step, efficiency.
    Plan(PlanArguments),
    /// Print the properties of a network file.
    Inspect(InspectArguments),
    /// Write a scenario with every key explained.
    #[command(after_help = NEW_EXAMPLES)]
    New(NewArguments),
    /// List presets, topologies, strategies and the other words that scenarios know.
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArguments),
    /// Print what a shell completes commands by.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArguments),
    /// Print the page of the manual of the program, or of one of its commands.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArguments),
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
    /// Tell what the run would do and cost, and whether its goal is within reach, without running.
    #[arg(long)]
    pub explain: bool,
    /// Write metrics for Prometheus into this file, once a second and at the end.
    #[cfg(feature = "prometheus")]
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// Of a run over several processes: end it when a step takes longer than this.
    #[cfg(feature = "mpi")]
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: u32,
    /// Print what happens as it happens, one JSON object a line, instead of the summary.
    #[arg(long, conflicts_with = "json")]
    pub events: bool,
    /// Print run.json instead of the summary.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, run.json).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ResumeArguments {
    /// The directory of the run, or one of its checkpoints; or the directory of a sweep.
    pub run: PathBuf,
    /// Compute threads, or runs of a sweep at a time; changes no result [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Directory for the results, instead of the run's own, which is then left as it is.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the results of another run in that directory.
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Write metrics for Prometheus into this file, once a second and at the end.
    #[cfg(feature = "prometheus")]
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// Of a run over several processes: end it when a step takes longer than this.
    #[cfg(feature = "mpi")]
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: u32,
    /// Print what happens as it happens, one JSON object a line, instead of the summary.
    #[arg(long, conflicts_with = "json")]
    pub events: bool,
    /// Print run.json instead of the summary.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but warnings of damage and errors (and, with --json, run.json).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug, Default)]
pub(crate) struct SweepArguments {
    /// The scenario, a TOML file; without one, the built-in power grid.
    pub scenario: Option<PathBuf>,
    /// Give a key each of these values: value,value,… or start:stop:step, the stop included; of several keys, every
    /// combination.
    #[arg(long, value_name = "KEY=VALUES", required = true)]
    pub vary: Vec<String>,
    /// Runs of each point, each with a seed of its own.
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: u64,
    /// Runs at a time, fewer where memory is short; changes no result [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Override a key of the scenario, e.g. time.duration=50; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Directory for the results [default: that of the scenario, with -sweep behind its name].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Of a sweep over several processes: end it when one of them gets no further for so long.
    #[cfg(feature = "mpi")]
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: u32,
    /// Do not ask back before more than 100,000 runs.
    #[arg(long)]
    pub yes: bool,
    /// Print sweep.json instead of the summary.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, sweep.json).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct WatchArguments {
    #[command(flatten)]
    pub live: LiveArguments,
    /// Press keys at simulated times, each line a time and keys, such as `2.5 scramble`.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Leave after so many frames.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub frames: Option<u64>,
    /// Draw with ASCII alone, as in locales without UTF-8; colours go by NO_COLOR.
    #[arg(long)]
    pub ascii: bool,
    /// Print how the swarm was left as one JSON object instead of a line.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, that object).
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
    /// Print what the parts of a step take on one core, as JSON for `lampyrid plan`, and nothing else: ten seconds.
    #[arg(long, conflicts_with_all = ["cases", "quick", "against"])]
    pub calibrate: bool,
    /// Print nothing but errors (and, with --json, the report).
    #[arg(long, short)]
    pub quiet: bool,
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
    /// Print nothing but errors (and, with --json, that object).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NewArguments {
    /// The file to write; - for standard output.
    #[arg(default_value = "scenario.toml")]
    pub file: PathBuf,
    /// Begin with a preset, see `lampyrid list presets`.
    #[arg(long, value_name = "PRESET")]
    pub preset: Option<String>,
    /// Replace the file if it is there already.
    #[arg(long)]
    pub force: bool,
    /// Print the name of the file as a JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, that object).
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ListArguments {
    /// Only these.
    #[arg(value_enum)]
    pub what: Option<Listing>,
    /// Print them as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, that object).
    #[arg(long, short)]
    pub quiet: bool,
}

/// Kinds of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listing {
    Presets,
    Topologies,
    Strategies,
    Patterns,
    Disruptions,
    Networks,
    Examples,
}

#[derive(Args, Debug)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(crate) struct ManArguments {
    /// A command; without one, the program itself.
    pub command: Option<String>,
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
