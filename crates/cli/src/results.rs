//! The results of a run, or of a sweep, read back.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use lampyrid::{
    graph::Adjacency,
    io::{
        NamedCurve, Product, Recording, RunRecord, RunSeries, RunView, Scenario, read_series,
        sweep::{SweepDirectory, SweepTable, read_sweep},
    },
};

use crate::{error::Failure, run::prepare::network_to_draw};

/// What a directory of results holds.
pub(crate) enum Results {
    Run(Box<RunResults>),
    Sweep(Box<SweepResults>),
}

/// A run that was written down.
pub(crate) struct RunResults {
    pub record: RunRecord,
    pub series: RunSeries,
    curves: Vec<NamedCurve>,
    recording: Recording,
    network: Option<Arc<Adjacency>>,
}

/// A sweep that was written down.
pub(crate) struct SweepResults {
    pub table: SweepTable,
    /// The scenario of its first point, if that is there.
    pub first: Option<Scenario>,
}

/// The table of a sweep.
const POINTS: &str = "points.csv";

/// A directory that holds neither a run nor a sweep.
#[derive(Debug, thiserror::Error)]
#[error("{} holds neither a run (run.json) nor a sweep (points.csv); name a directory that `lampyrid run` or `lampyrid sweep` wrote", .0.display())]
pub(crate) struct NoResults(PathBuf);

impl Results {
    pub(crate) fn read(directory: &Path) -> Result<Self, Failure> {
        if directory.join(Product::RunRecord.file_name()).exists() {
            return RunResults::read(directory).map(|run| Self::Run(Box::new(run)));
        }
        let points = directory.join(POINTS);
        if !points.exists() {
            return Err(NoResults(directory.to_path_buf()).into());
        }
        let first = SweepDirectory::record_in(directory)?.and_then(|record| record.first_scenario());
        Ok(Self::Sweep(Box::new(SweepResults { table: read_sweep(&points)?, first })))
    }
}

impl RunResults {
    fn read(directory: &Path) -> Result<Self, Failure> {
        let file = |product: Product| directory.join(product.file_name());
        let record = RunRecord::read(&file(Product::RunRecord))?;
        let series = read_series(&file(Product::OrderParameter))?;
        let recording = Recording::load(&file(Product::Recording), record.agents)?;
        let agents = usize::try_from(record.agents).ok();
        let network = agents.and_then(|agents| network_to_draw(&record.scenario, agents));
        let curves = series.curves()?;
        Ok(Self { record, series, curves, recording, network })
    }

    pub(crate) fn view(&self) -> RunView<'_> {
        let Self { record, curves, recording, network, .. } = self;
        RunView { record, curves, recording, network: network.as_deref() }
    }
}
