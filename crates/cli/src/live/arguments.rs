//! What is said on the command line of a swarm that is looked at while it runs, whatever the view.

use std::path::PathBuf;

use clap::Args;
use lampyrid::io::scenario::Scenario;
use lampyrid_bench::machine::cores;

use super::{Options, Pace, Sight};
use crate::{error::Failure, run::overridden};

#[derive(Args, Debug)]
pub(crate) struct LiveArguments {
    /// The scenario, a TOML file; without one, the built-in power grid.
    scenario: Option<PathBuf>,
    /// Override a key of the scenario, e.g. coupling.strength=3.0; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Seed of everything random.
    #[arg(long, value_name = "SEED", allow_negative_numbers = true)]
    seed: Option<String>,
    /// Compute threads; changes no result [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Simulated seconds per second, from 0.1 to 100, or max.
    #[arg(long, value_name = "SPEED", default_value = "1", allow_negative_numbers = true)]
    speed: Pace,
    /// Refuse networks that state a link twice, instead of adding the weights.
    #[arg(long)]
    strict: bool,
}

impl LiveArguments {
    /// The scenario with the overrides of the command line.
    pub(crate) fn scenario(&self) -> Result<Scenario, Failure> {
        overridden(self.scenario.as_deref(), &self.set, &[("--seed", "seed", &self.seed)])
    }

    /// How it is run for a view; until when it is held at first is for the view to say.
    pub(crate) fn options(&self, sight: Sight) -> Options {
        let threads = self.threads.map_or_else(cores, usize::from);
        Options { threads, strict: self.strict, pace: self.speed, hold: None, sight }
    }
}
