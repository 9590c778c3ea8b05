//! What a sweep is going to run, found out before anything runs.

use std::path::{Path, PathBuf};

use lampyrid::{
    io::{
        scenario::{Scenario, ScenarioBuilder},
        sweep::{Axis, Grid, RunId, SweepCommand, SweepOutcome, SweepRecord, SweepRun},
    },
    kernel::draw::replicate_seed,
    measure::PhaseHasher,
};

use super::{SweepRefused, inputs::Inputs};
use crate::{
    arguments::SweepArguments,
    error::Failure,
    run::{self, budget, figures::grouped, preset},
};

/// Runs that a sweep may have without anybody saying that so many are meant.
const MOST_RUNS: u64 = 100_000;
/// Points that are looked at before anything runs; of more, only those along each key. A point takes some tens of
/// microseconds.
const LOOKED_AT: u64 = 100_000;
/// Of a key with more values, only the first and the last are looked at then.
const ALONG: u64 = 1_000;

/// The points of a sweep and the runs of each.
pub(super) struct Plan {
    base: ScenarioBuilder,
    pub grid: Grid,
    /// Runs of all points together.
    pub runs: u64,
    replicates: u64,
    /// What the seeds of the runs follow from.
    seed: u64,
    /// The scenario of the first point, with that seed.
    pub first: Scenario,
}

impl Plan {
    pub(super) fn of(arguments: &SweepArguments) -> Result<Self, Failure> {
        let base = run::builder(arguments.scenario.as_deref(), &arguments.set)?;
        let axes = arguments.vary.iter().map(|vary| Axis::parse(vary)).collect::<Result<Vec<_>, _>>()?;
        axes.iter().try_for_each(|axis| check_key(axis, &arguments.set))?;
        let grid = Grid::new(axes)?;
        let (runs, first) = (grid.runs(arguments.seeds)?, scenario(&base, &grid, 0)?);
        if runs > MOST_RUNS && !arguments.yes {
            return Err(SweepRefused::TooMany { size: size(&grid, arguments.seeds), most: grouped(MOST_RUNS) }.into());
        }
        Ok(Self { base, grid, runs, replicates: arguments.seeds, seed: first.seed, first })
    }

    /// The points, runs and seeds in words.
    pub(super) fn size(&self) -> String {
        size(&self.grid, self.replicates)
    }

    /// The seed of a replicate: at every point the same, so that points differ by their values and not by chance.
    pub(super) fn seed(&self, replicate: u64) -> u64 {
        replicate_seed(self.seed, replicate)
    }

    /// The scenario of a run.
    pub(super) fn scenario(&self, run: RunId) -> Result<Scenario, Failure> {
        Ok(Scenario { seed: self.seed(run.replicate), ..scenario(&self.base, &self.grid, run.point)? })
    }

    /// The row of a run.
    pub(super) fn row(&self, run: RunId, outcome: SweepOutcome) -> SweepRun {
        let RunId { point, replicate } = run;
        let values = self.grid.values(point).unwrap_or_default();
        SweepRun { point, values, replicate, seed: self.seed(replicate), outcome }
    }

    /// Reads the scenarios of the points and the files that they share, and refuses what can be seen to be wrong; the
    /// files, and a hash of the scenarios.
    pub(super) fn look(&self) -> Result<(Inputs, String), Failure> {
        let (mut inputs, mut hasher) = (Inputs::default(), PhaseHasher::default());
        let points: Box<dyn Iterator<Item = u64>> = match self.grid.points() {
            points if points <= LOOKED_AT => Box::new(0..points),
            _ => Box::new(self.along_keys().into_iter()),
        };
        for point in points {
            let scenario = scenario(&self.base, &self.grid, point)?;
            inputs.read(&scenario)?;
            inputs.estimate(&scenario).map_or(Ok(()), |estimate| budget::refuse(&scenario, estimate))?;
            hasher.add(f64::from(scenario.fingerprint()));
        }
        Ok((inputs, hasher.finish()))
    }

    /// Points that differ from the first one by the value of one key.
    fn along_keys(&self) -> Vec<u64> {
        let (mut points, mut apart) = (Vec::new(), 1);
        for axis in self.grid.axes().iter().rev() {
            let count = axis.count();
            if count <= ALONG {
                points.extend((0..count).map(|value| value * apart));
            } else {
                points.extend([0, (count - 1) * apart]);
            }
            apart *= count;
        }
        points
    }

    pub(super) fn record(&self, arguments: &SweepArguments, inputs: &Inputs, scenarios: String) -> SweepRecord {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let command = SweepCommand {
            directory: text(&std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))),
            scenario: arguments.scenario.as_deref().map(text),
            set: arguments.set.clone(),
            vary: arguments.vary.clone(),
            seeds: arguments.seeds,
        };
        let record = SweepRecord::new(&self.grid, self.runs, &self.first, command);
        SweepRecord { inputs: inputs.found(), scenarios, ..record }
    }
}

fn size(grid: &Grid, replicates: u64) -> String {
    let counts: Vec<String> = grid.axes().iter().map(|axis| grouped(axis.count())).collect();
    let product = if counts.len() > 1 { format!("{} = ", counts.join(" × ")) } else { String::new() };
    let (points, runs) = (grid.points(), grouped(grid.points().saturating_mul(replicates)));
    format!("{product}{} points × {} seeds = {runs} runs", grouped(points), grouped(replicates))
}

/// The scenario of a point, with the seed of the sweep.
fn scenario(base: &ScenarioBuilder, grid: &Grid, point: u64) -> Result<Scenario, Failure> {
    let keys = grid.axes().iter().map(Axis::key);
    let values = grid.values(point).unwrap_or_default();
    let builder = keys.zip(values).try_fold(base.clone(), |base, (key, value)| base.vary(&format!("{key}={value}")))?;
    Ok(preset::with_preset(builder)?.build()?)
}

/// Keys and tables that all runs of a sweep have in common, and why.
const NOT_VARIED: [(&str, &str); 9] = [
    ("seed", "seeds follow from that of the scenario; say --seeds for more runs of each point"),
    ("output", "a sweep writes into one directory; say where by --out"),
    ("checkpoint", "runs of a sweep are not saved on their way, but done again if they were cut off; leave it out"),
    ("record.format", "it is that of the tables of the sweep; say it by --set"),
    ("record.phases", LEFT_OUT),
    ("record.columns", LEFT_OUT),
    ("record.npy", LEFT_OUT),
    ("record.pictures", LEFT_OUT),
    ("record.report", LEFT_OUT),
];
const LEFT_OUT: &str = "the runs of a sweep leave a row each and nothing else; leave it out";

/// Refuses a key that makes no difference, or that is set as well.
fn check_key(axis: &Axis, set: &[String]) -> Result<(), SweepRefused> {
    let key = || axis.key().to_owned();
    if let Some((_, reason)) = NOT_VARIED.iter().find(|(other, _)| axis.concerns(other)) {
        return Err(SweepRefused::NotVaried { key: key(), reason });
    }
    let is_set = |set: &&String| set.split_once('=').is_some_and(|(other, _)| axis.concerns(other));
    match set.iter().find(is_set) {
        Some(set) => Err(SweepRefused::VariedAndSet { key: key(), set: set.clone() }),
        None => Ok(()),
    }
}
