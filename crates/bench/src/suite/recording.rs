//! What recording costs beside the steps between two rows.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use bevy_ecs::{error::BevyError, world::World};
use lampyrid::{
    io::{
        PhasesWriter, RunDirectory, Scenario, SeriesWriter,
        plot::{CurveRecorder, PhaseRaster},
    },
    measure::order_parameter,
    prelude::*,
    swarm::read_phases,
};

use super::{Case, Measure, Value};
use crate::{duel::Duel, swarms::case};

/// Steps between two rows, as in a scenario that says nothing else.
const EVERY: u64 = 10;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// What a run with a row every ten steps may take, in runs without any.
const BAR: f64 = 1.1;

/// What is recorded, and the bar it is held to: phases are as much text as there are agents, and are not.
struct Recorded {
    name: &'static str,
    format: &'static str,
    phases: bool,
    bar: Option<f64>,
}

const RECORDED: [Recorded; 4] = [
    Recorded { name: "series_csv", format: "csv", phases: false, bar: Some(BAR) },
    Recorded { name: "phases_csv", format: "csv", phases: true, bar: None },
    Recorded { name: "series_parquet", format: "parquet", phases: false, bar: Some(BAR) },
    Recorded { name: "phases_parquet", format: "parquet", phases: true, bar: None },
];

fn recorded() -> &'static [Recorded] {
    if cfg!(feature = "parquet") { &RECORDED } else { &RECORDED[..2] }
}

pub(super) fn cases(largest: usize) -> Vec<Case> {
    SIZES.into_iter().filter(|&agents| agents <= largest).map(of_size).collect()
}

fn of_size(agents: usize) -> Case {
    let measures = recorded().iter().map(|what| Measure::lower(what.name, "ratio", what.bar)).collect();
    let sentence = "the network with a row every ten steps, closing its files included, against the steps alone";
    Case::new(format!("recording/{agents}"), sentence, measures, move |conditions| {
        recorded().iter().map(|what| measured(agents, what, conditions.rounds)).collect()
    })
}

fn measured(agents: usize, what: &Recorded, rounds: usize) -> Result<Value, BevyError> {
    let [mut alone, mut world] = [(); 2].map(|()| (case("network").build)(agents));
    let scratch = Scratch::new(what.name, agents);
    let mut directory = RunDirectory::create(&scratch.0, true)?;
    directory.record_as(&Scenario::parse(&format!("record.format = \"{}\"", what.format), "bench")?)?;
    let mut recorder = Recorder::new(&mut directory, agents, what.phases)?;
    let steps_alone = |rows| (0..rows).for_each(|_| take(&mut alone));
    let duel = Duel::new(rounds, steps_alone, |rows| {
        for _ in 0..rows {
            take(&mut world);
            recorder.row(&mut world).expect("there is room for a few rows");
        }
    });
    let run = recorder.rows as f64 * duel.first;
    let began = Instant::now();
    recorder.finish(&mut directory)?;
    let closing = began.elapsed().as_secs_f64() / run;
    let (low, high) = duel.range();
    Ok(Value(duel.median() + closing, Some([low + closing, high + closing])))
}

fn take(world: &mut World) {
    advance(world, EVERY).expect("the cases are valid");
}

/// What the program does at each row.
struct Recorder {
    series: SeriesWriter,
    all: Option<PhasesWriter>,
    curve: CurveRecorder,
    raster: PhaseRaster,
    phases: Vec<f64>,
    by_id: Vec<f64>,
    rows: u64,
}

impl Recorder {
    fn new(directory: &mut RunDirectory, agents: usize, phases: bool) -> Result<Self, BevyError> {
        Ok(Self {
            series: directory.series(&[])?,
            all: phases.then(|| directory.phases(agents)).transpose()?,
            curve: CurveRecorder::default(),
            raster: PhaseRaster::new(agents),
            phases: Vec::new(),
            by_id: vec![f64::NAN; agents],
            rows: 0,
        })
    }

    fn row(&mut self, world: &mut World) -> Result<(), BevyError> {
        let time = world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds);
        read_phases(world, &mut self.phases);
        self.by_id.copy_from_slice(&self.phases);
        let order = order_parameter(&self.phases).unwrap_or_default();
        self.series.row(time, order, &[])?;
        if let Some(all) = &mut self.all {
            all.row(time, &self.by_id)?;
        }
        self.curve.push(time, order.r)?;
        self.raster.push(time, &self.by_id)?;
        self.rows += 1;
        Ok(())
    }

    fn finish(self, directory: &mut RunDirectory) -> Result<(), BevyError> {
        self.series.finish(directory)?;
        Ok(self.all.map_or(Ok(()), |all| all.finish(directory))?)
    }
}

/// A directory in the system's place for such, which goes when this does.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, agents: usize) -> Self {
        let name = format!("lampyrid-bench-{}-{name}-{agents}", std::process::id());
        Self(Path::new(&std::env::temp_dir()).join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
