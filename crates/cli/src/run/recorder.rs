//! What a run leaves behind while it goes on: rows, and what pictures are made of.

use std::path::Path;

use lampyrid::{
    graph::Adjacency,
    io::{
        Checkpoint, FilePosition, OutputError, PhasesWriter, Picture, RunDirectory, SeriesWriter,
        plot::{self, CircleSnapshot, CurveRecorder, PhaseRaster, PlotOptions, SeriesView},
        scenario::{Column, Scenario},
    },
    measure::{
        OrderParameter, RunningStatistics, harmonic_order_parameter, link_coherence, mean_local_coherence,
        order_parameter,
    },
    swarm::{SwarmClock, agent_states, coherence, read_phases},
};

use serde::{Deserialize, Serialize};

#[cfg(feature = "prometheus")]
use super::metrics::MetricsFile;
use super::{Prepared, steps_taken};
use crate::error::Failure;

pub(crate) struct Recorder {
    series: SeriesWriter,
    all_phases: Option<PhasesWriter>,
    columns: Vec<Column>,
    /// R and then the columns, for the picture.
    curves: Vec<CurveRecorder>,
    statistics: RunningStatistics,
    raster: PhaseRaster,
    circles: Circles,
    /// Of those who are there, by id.
    phases: Vec<f64>,
    /// Of all there ever were, NaN for those who are gone.
    by_id: Vec<f64>,
    first: Observation,
    last: Observation,
    time: f64,
    #[cfg(feature = "prometheus")]
    metrics: Option<MetricsFile>,
}

/// What was recorded so far, but for the rows themselves, of which it knows where they end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecorderState {
    series: FilePosition,
    phases: Option<FilePosition>,
    curves: Vec<CurveRecorder>,
    statistics: (u64, f64, f64, Option<(f64, f64)>),
    raster: PhaseRaster,
    circles: Circles,
    first: Observation,
    last: Observation,
    time: f64,
}

/// R and ψ as they are written down.
#[derive(Serialize, Deserialize)]
#[serde(remote = "OrderParameter")]
struct Order {
    r: f64,
    psi: f64,
}

/// R and ψ, and what was asked for besides.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Observation {
    #[serde(with = "Order")]
    order: OrderParameter,
    further: Vec<f64>,
}

/// What the summary tells of the course of a run.
pub(crate) struct Observed {
    pub first: OrderParameter,
    pub last: OrderParameter,
    pub r: RunningStatistics,
    /// The columns by name with their first and last value.
    pub further: Vec<(&'static str, f64, f64)>,
}

/// The phases at the start, half-way and at the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Circles {
    middle: f64,
    /// Time of the last one kept.
    last: f64,
    kept: Vec<CircleSnapshot>,
}

impl Recorder {
    /// Opens the series and writes the row of the initial state.
    pub(crate) fn start(
        scenario: &Scenario,
        prepared: &mut Prepared,
        directory: &mut RunDirectory,
    ) -> Result<Self, Failure> {
        let mut recorder = Self::open(scenario, prepared.agents, directory)?;
        recorder.row(prepared)?;
        Ok(recorder)
    }

    /// Opens the series of so many agents.
    pub(crate) fn open(scenario: &Scenario, agents: usize, directory: &mut RunDirectory) -> Result<Self, Failure> {
        let columns = scenario.record.columns.clone();
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        let middle = 0.5 * scenario.steps() as f64 * scenario.time.step;
        Ok(Self {
            series: directory.series(&names)?,
            all_phases: scenario.record.phases.then(|| directory.phases(agents)).transpose()?,
            curves: vec![CurveRecorder::default(); 1 + columns.len()],
            columns,
            statistics: RunningStatistics::default(),
            raster: PhaseRaster::new(agents),
            circles: Circles { middle, last: 0.0, kept: Vec::new() },
            phases: Vec::new(),
            by_id: vec![f64::NAN; agents],
            first: Observation::default(),
            last: Observation::default(),
            time: 0.0,
            #[cfg(feature = "prometheus")]
            metrics: None,
        })
    }

    /// What was recorded so far, with its rows brought to the disk.
    pub(crate) fn state(&mut self, directory: &mut RunDirectory) -> Result<RecorderState, Failure> {
        Ok(RecorderState {
            series: self.series.position(directory)?,
            phases: self.all_phases.as_mut().map(|writer| writer.position(directory)).transpose()?,
            curves: self.curves.clone(),
            statistics: self.statistics.to_parts(),
            raster: self.raster.clone(),
            circles: self.circles.clone(),
            first: self.first.clone(),
            last: self.last.clone(),
            time: self.time,
        })
    }

    /// Goes on with the series of the run in `from` where its checkpoint was made.
    pub(crate) fn resume(
        scenario: &Scenario,
        prepared: &mut Prepared,
        directory: &mut RunDirectory,
        from: &Path,
        state: RecorderState,
        checkpoint: &Checkpoint,
    ) -> Result<Self, Failure> {
        let columns = scenario.record.columns.clone();
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        let agents = prepared.agents;
        let is_of_the_run = state.curves.len() == 1 + columns.len()
            && [&state.first, &state.last].iter().all(|one| one.further.len() == columns.len())
            && state.phases.is_some() == scenario.record.phases
            && state.raster.is_of(agents);
        if !is_of_the_run {
            return Err(checkpoint.unfit("what it has recorded is not of its scenario").into());
        }
        let reopen_phases = |position| directory.reopen_phases(agents, from, position);
        let all_phases = state.phases.map(reopen_phases).transpose()?;
        let mut recorder = Self {
            series: directory.reopen_series(&names, from, state.series)?,
            all_phases,
            columns,
            curves: state.curves,
            statistics: RunningStatistics::from_parts(state.statistics),
            raster: state.raster,
            circles: state.circles,
            phases: Vec::new(),
            by_id: vec![f64::NAN; agents],
            first: state.first,
            last: state.last,
            time: state.time,
            #[cfg(feature = "prometheus")]
            metrics: None,
        };
        read_phases(&mut prepared.world, &mut recorder.phases);
        recorder.place_by_id(prepared);
        Ok(recorder)
    }

    /// Writes metrics now, and with later rows.
    #[cfg(feature = "prometheus")]
    pub(crate) fn write_metrics_into(&mut self, file: MetricsFile, prepared: &mut Prepared) -> Result<(), Failure> {
        self.metrics = Some(file);
        self.write_metrics(prepared)
    }

    /// Writes metrics now, if they are to be written at all.
    #[cfg(feature = "prometheus")]
    pub(crate) fn write_metrics(&mut self, prepared: &mut Prepared) -> Result<(), Failure> {
        self.metrics.as_mut().map_or(Ok(()), |file| file.write(&mut prepared.world)).map_err(Failure::from)
    }

    /// R and ψ of the last row.
    pub(crate) fn last(&self) -> OrderParameter {
        self.last.order
    }

    /// Records the present state.
    pub(crate) fn row(&mut self, prepared: &mut Prepared) -> Result<(), Failure> {
        let time = prepared.world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds);
        read_phases(&mut prepared.world, &mut self.phases);
        self.place_by_id(prepared);
        let order = match order_parameter(&self.phases) {
            Some(order) => order,
            // Measured by the swarm itself, a phase that is not finite is named.
            None => coherence(&mut prepared.world)
                .map_err(|error| Failure::Swarm { steps: steps_taken(prepared), error })?,
        };
        let network = prepared.adjacency.as_deref();
        let further: Vec<f64> = self.columns.iter().map(|&column| self.measure(column, network)).collect();
        self.add(time, order, further)?;
        #[cfg(feature = "prometheus")]
        if let Some(file) = &mut self.metrics {
            file.refresh(&mut prepared.world)?;
        }
        Ok(())
    }

    /// Records a state of a swarm that is not in one world: its phases by id, all there.
    #[cfg(feature = "mpi")]
    pub(crate) fn row_of(&mut self, time: f64, phases: Vec<f64>, order: OrderParameter) -> Result<(), Failure> {
        self.by_id.copy_from_slice(&phases);
        self.phases = phases;
        let further: Vec<f64> = self.columns.iter().map(|&column| self.measure(column, None)).collect();
        self.add(time, order, further)
    }

    /// Adds a row of the present phases.
    fn add(&mut self, time: f64, order: OrderParameter, further: Vec<f64>) -> Result<(), Failure> {
        self.series.row(time, order, &further)?;
        if let Some(writer) = &mut self.all_phases {
            writer.row(time, &self.by_id)?;
        }
        let values = std::iter::once(order.r).chain(further.iter().copied());
        for (curve, value) in self.curves.iter_mut().zip(values) {
            curve.push(time, value)?;
        }
        self.raster.push(time, &self.by_id)?;
        self.circles.see(time, &self.phases, order)?;
        self.last = Observation { order, further };
        self.time = time;
        if self.statistics.count() == 0 {
            self.first = self.last.clone();
        }
        self.statistics.push(order.r);
        Ok(())
    }

    fn place_by_id(&mut self, prepared: &mut Prepared) {
        if self.phases.len() == self.by_id.len() {
            self.by_id.copy_from_slice(&self.phases);
            return;
        }
        self.by_id.fill(f64::NAN);
        for state in agent_states(&mut prepared.world) {
            if let Some(phase) = usize::try_from(state.id).ok().and_then(|id| self.by_id.get_mut(id)) {
                *phase = state.phase;
            }
        }
    }

    /// Of the network as it was in the beginning, as far as its agents are still there.
    fn measure(&self, column: Column, network: Option<&Adjacency>) -> f64 {
        let by_links = |measure: fn(&Adjacency, &[f64]) -> Option<f64>| {
            let network = network?;
            if self.phases.len() == network.nodes() {
                return measure(network, &self.phases);
            }
            let are_there: Vec<bool> = self.by_id.iter().map(|phase| !phase.is_nan()).collect();
            measure(&network.among(&are_there), &self.phases)
        };
        let by_links = |measure| by_links(measure).unwrap_or(0.0);
        match column {
            Column::LinkCoherence => by_links(link_coherence),
            Column::LocalCoherence => by_links(mean_local_coherence),
            Column::R2 => harmonic_order_parameter(&self.phases, 2).map_or(0.0, |order| order.r),
            other => unreachable!("{other:?} is a column that this program does not list"),
        }
    }

    /// Closes the series and draws the pictures.
    pub(crate) fn finish(mut self, directory: &mut RunDirectory) -> Result<Observed, Failure> {
        self.circles.end(self.time, &self.phases, self.last.order)?;
        self.draw(directory)?;
        self.series.finish(directory)?;
        if let Some(writer) = self.all_phases {
            writer.finish(directory)?;
        }
        let ends = self.first.further.iter().zip(&self.last.further);
        Ok(Observed {
            first: self.first.order,
            last: self.last.order,
            r: self.statistics,
            further: self.columns.iter().zip(ends).map(|(column, (&a, &b))| (column.name(), a, b)).collect(),
        })
    }

    fn draw(&self, directory: &mut RunDirectory) -> Result<(), Failure> {
        let curves: Vec<Vec<(f64, f64)>> = self.curves.iter().map(CurveRecorder::points).collect();
        let names = self.columns.iter().map(|column| column.name());
        let further: Vec<(&str, &[(f64, f64)])> = names.zip(curves[1..].iter().map(Vec::as_slice)).collect();
        let view = SeriesView { r: &curves[0], further: &further };
        let picture = |directory: &mut RunDirectory, picture, figure| -> Result<(), OutputError> {
            directory.write_picture(picture, &figure)
        };
        picture(directory, Picture::OrderParameter, plot::order_parameter(&view, &PlotOptions::default())?)?;
        picture(directory, Picture::PhaseRaster, plot::phase_raster(&self.raster, &PlotOptions::default())?)?;
        picture(directory, Picture::PhaseCircles, plot::phase_circles(&self.circles.kept, &PlotOptions::flat())?)?;
        Ok(())
    }
}

impl Circles {
    /// Keeps the first row and the first one past the middle.
    fn see(&mut self, time: f64, phases: &[f64], order: OrderParameter) -> Result<(), Failure> {
        let wanted = match self.kept.len() {
            0 => true,
            1 => time >= self.middle && time > 0.0,
            _ => false,
        };
        if wanted {
            self.last = time;
            self.kept.push(CircleSnapshot::new(time, phases, order)?);
        }
        Ok(())
    }

    /// Adds the end, unless the run has ended before or at the middle.
    fn end(&mut self, time: f64, phases: &[f64], order: OrderParameter) -> Result<(), Failure> {
        if time > self.last {
            self.kept.push(CircleSnapshot::new(time, phases, order)?);
        }
        Ok(())
    }
}
