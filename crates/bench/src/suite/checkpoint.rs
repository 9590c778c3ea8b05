//! What saving a swarm takes, and loading it compared with building it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use bevy_ecs::{error::BevyError, world::World};
use lampyrid::{
    checkpoint::{load_checkpoint, save_checkpoint},
    prelude::*,
    swarm::topology_report,
};

use super::{Case, Measure, Value};
use crate::swarms::CASES;

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];

/// Swarms that are built, saved and loaded by turns, and of which the median counts.
const TURNS: usize = 5;

pub(super) fn cases(largest: usize) -> Vec<Case> {
    SIZES.into_iter().filter(|&agents| agents <= largest).map(case).collect()
}

fn case(agents: usize) -> Case {
    let measures = vec![
        Measure::lower("save", "s", Some(1.0)),
        Measure::lower("size_over_data", "ratio", Some(1.1)),
        Measure::lower("load_over_build", "ratio", Some(2.0)),
    ];
    let sentence = "the network saved to the disk (fsync included), its size, and loading it instead of building it";
    Case::new(format!("checkpoint/{agents}"), sentence, measures, move |conditions| {
        measured(agents, TURNS.min(conditions.rounds))
    })
}

fn measured(agents: usize, turns: usize) -> Result<Vec<Value>, BevyError> {
    let build = CASES.iter().find(|case| case.name == "network").expect("it is one of the swarms").build;
    let file = Scratch::new(agents);
    let (mut saving, mut ratios, mut size) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..turns {
        let (built, mut world) = timed(|| build(agents));
        advance(&mut world, 1)?;
        let (saved, outcome) = timed(|| save_checkpoint(&mut world, &file.0));
        outcome?;
        size = fs::metadata(&file.0)?.len() as f64 / raw_bytes(&world, agents);
        drop(world);
        let mut again = World::new();
        let (loaded, outcome) = timed(|| load_checkpoint(&mut again, &file.0));
        outcome?;
        saving.push(saved);
        ratios.push(loaded / built);
    }
    let fastest = saving.into_iter().fold(f64::INFINITY, f64::min);
    Ok(vec![Value(fastest, None), Value(size, None), median(ratios)])
}

/// A phase and a frequency for each agent, a place for each link, and where each row ends.
fn raw_bytes(world: &World, agents: usize) -> f64 {
    (agents * (8 + 8 + 4) + topology_report(world).links * 4) as f64
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let began = Instant::now();
    let made = work();
    (began.elapsed().as_secs_f64(), made)
}

/// The upper median, and the range.
fn median(mut values: Vec<f64>) -> Value {
    values.sort_by(f64::total_cmp);
    let [first, median, last] = [0, values.len() / 2, values.len() - 1].map(|place| values[place]);
    Value(median, Some([first, last]))
}

/// A file in the system's directory for such, which goes when this does.
struct Scratch(PathBuf);

impl Scratch {
    fn new(agents: usize) -> Self {
        let name = format!("lampyrid-bench-{}-{agents}.lampyrid", std::process::id());
        Self(Path::new(&std::env::temp_dir()).join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
