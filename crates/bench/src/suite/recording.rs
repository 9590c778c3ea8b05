//! What recording costs beside the steps between two rows.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bevy_ecs::{error::BevyError, world::World};
use lampyrid::{
    io::{
        PhasesWriter, RunDirectory, Scenario, SeriesWriter,
        plot::{CurveRecorder, PhaseRaster, RotationRecorder},
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
    let sentence = "the network with a row every ten steps, and what is made of it at the end, against the steps alone";
    Case::new(format!("recording/{agents}"), sentence, measures, move |conditions| {
        recorded().iter().map(|what| measured(agents, what, conditions.rounds)).collect()
    })
}

fn measured(agents: usize, what: &Recorded, rounds: usize) -> Result<Value, BevyError> {
    let [mut alone, mut world] = [(); 2].map(|()| (case("network").build)(agents));
    let scratch = Scratch::new(what.name, agents);
    let mut directory = RunDirectory::create(&scratch.0, true)?;
    directory.record_as(&Scenario::parse(&format!("record.format = \"{}\"", what.format), "bench")?)?;
    let mut recorder = Recorder::new(&mut directory, agents, what)?;
    let steps_alone = |rows| (0..rows).for_each(|_| take(&mut alone));
    let duel = Duel::new(rounds, steps_alone, |rows| {
        for _ in 0..rows {
            take(&mut world);
            recorder.row(&mut world).expect("there is room for a few rows");
        }
    });
    let (low, high) = duel.range();
    Ok(Value(duel.median(), Some([low, high])))
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
    rotations: RotationRecorder,
    phases: Vec<f64>,
    by_id: Vec<f64>,
    #[cfg(feature = "parquet")]
    made: Option<made::Made>,
}

impl Recorder {
    fn new(directory: &mut RunDirectory, agents: usize, what: &Recorded) -> Result<Self, BevyError> {
        Ok(Self {
            series: directory.series(&[])?,
            all: what.phases.then(|| directory.phases(agents)).transpose()?,
            curve: CurveRecorder::default(),
            raster: PhaseRaster::new(agents),
            rotations: RotationRecorder::new(&vec![0.0; agents]),
            phases: Vec::new(),
            by_id: vec![f64::NAN; agents],
            #[cfg(feature = "parquet")]
            made: (what.format == "parquet").then(|| made::Made::new(what.phases)).transpose()?,
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
        self.rotations.push(time, &self.by_id)?;
        #[cfg(feature = "parquet")]
        if let Some(made) = &mut self.made {
            made.row(time, order, &self.by_id)?;
        }
        Ok(())
    }
}

#[cfg(feature = "parquet")]
mod made {
    //! What a run makes of its rows at the end, made at once: so it is in every round that is timed.

    use std::io::{self, Sink, sink};

    use lampyrid::{
        io::{Cell, ColumnKind, ParquetTable, TableColumn},
        measure::OrderParameter,
    };

    pub(super) struct Made {
        series: ParquetTable<Sink>,
        phases: Option<ParquetTable<Sink>>,
    }

    impl Made {
        pub(super) fn new(phases: bool) -> io::Result<Self> {
            let number = |name| TableColumn::new(name, "1", ColumnKind::Number);
            let series = [number("time"), number("R"), number("psi")];
            let all = [number("time").repeating(), TableColumn::new("id", "1", ColumnKind::Count), number("phase")];
            let table = |columns: &[TableColumn]| ParquetTable::new(sink(), "bench", columns, &[]);
            Ok(Self { series: table(&series)?, phases: phases.then(|| table(&all)).transpose()? })
        }

        pub(super) fn row(&mut self, time: f64, order: OrderParameter, phases: &[f64]) -> io::Result<()> {
            self.series.row(&[Cell::Number(time), Cell::Number(order.r), Cell::Number(order.psi)])?;
            let Some(all) = &mut self.phases else { return Ok(()) };
            phases.iter().enumerate().try_for_each(|(id, phase)| {
                all.row(&[Cell::Number(time), Cell::Count(id as u64), Cell::Number(*phase)])
            })
        }
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
