//! What a run leaves behind while it goes on: rows, and what pictures are made of.

use std::{io, path::Path};

use lampyrid::{
    graph::Adjacency,
    io::{
        Checkpoint, CheckpointError, CheckpointWriter, NamedCurve, PhasePart, PhaseParts, PhasesWriter, Recording,
        RunDirectory, RunSeries, SeriesWriter, TablePosition,
        plot::{CircleSnapshot, CurveRecorder, LedgerRecorder, PhaseRaster, RotationRecorder},
        scenario::{Column, Scenario},
    },
    measure::{
        OrderParameter, RunningStatistics, harmonic_order_parameter, link_coherence, mean_local_coherence,
        order_parameter,
    },
    swarm::{
        EnergyLedger, Happening, SwarmClock, SwarmError, World, agent_states, coherence, energy_ledger, read_phases,
    },
};

use serde::{Deserialize, Serialize};

#[cfg(feature = "prometheus")]
use super::metrics::MetricsFile;
use super::{
    Prepared,
    checkpoint::{PARTS, RECORDER},
    events::Events,
    followers::{self, Followers},
    steps_taken,
};
use crate::error::Failure;

pub(crate) struct Recorder {
    pub(super) events: Events,
    series: SeriesWriter,
    all_phases: Option<PhasesWriter>,
    /// Of a run that several processes have begun, and that is gone on with by one.
    parts: Option<PhaseParts>,
    columns: Vec<Column>,
    /// R and then the columns, for the picture.
    curves: Vec<CurveRecorder>,
    statistics: RunningStatistics,
    recording: Recording,
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
    series: TablePosition,
    phases: Option<TablePosition>,
    events: TablePosition,
    curves: Vec<CurveRecorder>,
    statistics: (u64, f64, f64, Option<(f64, f64)>),
    recording: Recording,
    circles: Circles,
    first: Observation,
    last: Observation,
    time: f64,
    /// Where phases are in parts; a section of its own.
    #[serde(skip)]
    parts: Option<Vec<PhasePart>>,
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

/// What a row tells besides phases.
pub(crate) struct Sight {
    pub steps: u64,
    pub time: f64,
    pub order: OrderParameter,
    /// What its columns hold.
    pub further: Vec<f64>,
    pub ledger: EnergyLedger,
    /// Where strategies are recorded.
    pub followers: Option<Followers>,
}

/// What the summary tells of the course of a run.
pub(crate) struct Observed {
    pub first: OrderParameter,
    pub last: OrderParameter,
    pub r: RunningStatistics,
    /// The columns by name with their first and last value.
    pub further: Vec<(String, f64, f64)>,
}

impl Observed {
    /// The same of a run that was written down.
    pub(crate) fn of(series: &RunSeries) -> Self {
        let mut r = RunningStatistics::default();
        series.coherence.iter().for_each(|coherence| r.push(coherence.r));
        let ends = |values: &[f64]| (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(0.0));
        Self {
            first: series.coherence.first().copied().unwrap_or_default(),
            last: series.coherence.last().copied().unwrap_or_default(),
            r,
            further: series
                .further
                .iter()
                .map(|(name, values)| (name.clone(), ends(values).0, ends(values).1))
                .collect(),
        }
    }
}

/// What a run leaves for its end.
pub(crate) struct Recorded {
    pub observed: Observed,
    /// R and the columns over time.
    pub curves: Vec<NamedCurve>,
    pub recording: Recording,
}

/// When the phases are kept: at the start, half-way and at the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Circles {
    middle: f64,
    /// Time of the last one kept.
    last: f64,
}

/// The order parameter at present, of the phases that it leaves in `phases`.
pub(crate) fn order(world: &mut World, phases: &mut Vec<f64>) -> Result<OrderParameter, SwarmError> {
    read_phases(world, phases);
    match order_parameter(phases) {
        Some(order) => Ok(order),
        // Measured by the swarm itself, a phase that is not finite is named.
        None => coherence(world),
    }
}

impl RecorderState {
    /// What a checkpoint of this scenario has of it.
    pub(super) fn read(checkpoint: &mut Checkpoint, scenario: &Scenario) -> Result<Self, CheckpointError> {
        let mut state: Self = checkpoint.record(RECORDER)?;
        if state.phases.is_some_and(|phases| phases.is_in_parts(scenario.record.format)) {
            state.parts = Some(checkpoint.record(PARTS)?);
        }
        Ok(state)
    }

    pub(super) fn write(&self, file: &mut CheckpointWriter<'_>) -> io::Result<()> {
        file.record(RECORDER, self)?;
        self.parts.as_ref().map_or(Ok(()), |parts| file.record(PARTS, parts))
    }

    /// Whether each process writes phases of its own.
    #[cfg(feature = "mpi")]
    pub(super) fn is_in_parts(&self) -> bool {
        self.parts.is_some()
    }
}

impl Recorder {
    /// Opens the series and writes the row of the initial state.
    pub(crate) fn start(
        scenario: &Scenario,
        prepared: &mut Prepared,
        directory: &mut RunDirectory,
    ) -> Result<Self, Failure> {
        let frequencies = natural_frequencies(&mut prepared.world);
        let all_phases = scenario.record.phases.then(|| directory.phases(frequencies.len())).transpose()?;
        let mut recorder = Self::open(scenario, &frequencies, all_phases, directory)?;
        recorder.row(scenario, prepared)?;
        Ok(recorder)
    }

    /// Opens the series of agents with these frequencies, and takes what their phases are written by.
    pub(crate) fn open(
        scenario: &Scenario,
        frequencies: &[f64],
        all_phases: Option<PhasesWriter>,
        directory: &mut RunDirectory,
    ) -> Result<Self, Failure> {
        let agents = frequencies.len();
        let columns = scenario.record.columns.clone();
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        let middle = 0.5 * scenario.steps() as f64 * scenario.time.step;
        Ok(Self {
            events: Events::start(directory)?,
            series: directory.series(&names)?,
            all_phases,
            parts: None,
            curves: vec![CurveRecorder::default(); 1 + columns.len()],
            columns,
            statistics: RunningStatistics::default(),
            recording: recording(scenario, frequencies),
            circles: Circles { middle, last: 0.0 },
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
        if let Some(parts) = &mut self.parts {
            let complete = parts.close()?;
            self.note_parts(complete);
        }
        let parts = self.all_phases.as_ref().map(|writer| writer.parts(directory)).transpose()?;
        Ok(RecorderState {
            parts: parts.flatten(),
            series: self.series.position(directory)?,
            phases: self.all_phases.as_mut().map(|writer| writer.position(directory)).transpose()?,
            events: self.events.position(directory)?,
            curves: self.curves.clone(),
            statistics: self.statistics.to_parts(),
            recording: self.recording.clone(),
            circles: self.circles.clone(),
            first: self.first.clone(),
            last: self.last.clone(),
            time: self.time,
        })
    }

    /// Takes note of parts of the phases that are complete.
    pub(crate) fn note_parts(&mut self, complete: impl IntoIterator<Item = PhasePart>) {
        if let Some(writer) = &mut self.all_phases {
            writer.note_parts(complete);
        }
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
        let mut recorder =
            Self::reopen(scenario, prepared.agents, &prepared.world, directory, from, state, checkpoint)?;
        read_phases(&mut prepared.world, &mut recorder.phases);
        recorder.place_by_id(prepared);
        let is_in_parts = recorder.all_phases.as_ref().is_some_and(PhasesWriter::is_in_parts);
        recorder.parts = is_in_parts.then(|| PhaseParts::new(directory.path(), 0, scenario));
        Ok(recorder)
    }

    /// Goes on with the series of so many agents, who have not been looked at yet.
    pub(crate) fn reopen(
        scenario: &Scenario,
        agents: usize,
        world: &World,
        directory: &mut RunDirectory,
        from: &Path,
        state: RecorderState,
        checkpoint: &Checkpoint,
    ) -> Result<Self, Failure> {
        let columns = scenario.record.columns.clone();
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        let is_of_the_run = state.curves.len() == 1 + columns.len()
            && [&state.first, &state.last].iter().all(|one| one.further.len() == columns.len())
            && state.phases.is_some() == scenario.record.phases
            && state.recording.is_of(agents);
        if !is_of_the_run {
            return Err(checkpoint.unfit("what it has recorded is not of its scenario").into());
        }
        let reopen_phases = |position| directory.reopen_phases(agents, from, position, state.parts.as_deref());
        let all_phases = state.phases.map(reopen_phases).transpose()?;
        Ok(Self {
            events: Events::resume(directory, from, state.events, world)?,
            series: directory.reopen_series(&names, from, state.series)?,
            all_phases,
            parts: None,
            columns,
            curves: state.curves,
            statistics: RunningStatistics::from_parts(state.statistics),
            recording: state.recording,
            circles: state.circles,
            phases: Vec::new(),
            by_id: vec![f64::NAN; agents],
            first: state.first,
            last: state.last,
            time: state.time,
            #[cfg(feature = "prometheus")]
            metrics: None,
        })
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
    pub(crate) fn row(&mut self, scenario: &Scenario, prepared: &mut Prepared) -> Result<(), Failure> {
        let time = prepared.world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds);
        let order = order(&mut prepared.world, &mut self.phases)
            .map_err(|error| Failure::Swarm { steps: steps_taken(prepared), error })?;
        self.place_by_id(prepared);
        let followers = self.recording.strategies.as_ref().map(|_| Followers::of(&mut prepared.world));
        let (network, ledger) = (prepared.adjacency.as_deref(), energy_ledger(&prepared.world));
        let steps = steps_taken(prepared);
        let further = self.columns.iter().map(|&column| self.measure(column, network)).collect();
        self.add(scenario, Sight { steps, time, order, further, ledger, followers })?;
        #[cfg(feature = "prometheus")]
        if let Some(file) = &mut self.metrics {
            file.refresh(&mut prepared.world)?;
        }
        Ok(())
    }

    /// Records a state of a swarm that is not in one world: its phases by id, NaN of those who are gone.
    #[cfg(feature = "mpi")]
    pub(crate) fn row_of(&mut self, scenario: &Scenario, by_id: Vec<f64>, sight: Sight) -> Result<(), Failure> {
        self.see(by_id);
        self.add(scenario, sight)
    }

    /// Takes note of the present phases of such a swarm.
    #[cfg(feature = "mpi")]
    pub(crate) fn see(&mut self, by_id: Vec<f64>) {
        self.phases.clear();
        self.phases.extend(by_id.iter().filter(|phase| !phase.is_nan()));
        self.by_id = by_id;
    }

    /// Adds a row of the present phases.
    fn add(&mut self, scenario: &Scenario, sight: Sight) -> Result<(), Failure> {
        let Sight { steps, time, order, further, ledger, followers } = sight;
        self.series.row(time, order, &further)?;
        if let Some(writer) = &mut self.all_phases {
            writer.row(time, &self.by_id)?;
        }
        if let Some(parts) = &mut self.parts {
            parts.row(steps, time, 0.., &self.by_id)?;
        }
        let values = std::iter::once(order.r).chain(further.iter().copied());
        for (curve, value) in self.curves.iter_mut().zip(values) {
            curve.push(time, value)?;
        }
        let recording = &mut self.recording;
        recording.raster.push(time, &self.by_id)?;
        recording.rotations.push(time, &self.by_id)?;
        if self.circles.wants(time, recording.circles.len()) {
            recording.circles.push(CircleSnapshot::new(time, &self.phases, order)?);
        }
        if let Some(recorder) = &mut recording.energy {
            recorder.push(time, [ledger.spent(), ledger.recovered(), ledger.refused()])?;
        }
        if let (Some(recorder), Some(followers)) = (&mut recording.strategies, followers) {
            recorder.push(time, &followers.shares(scenario, self.by_id.len(), recorder))?;
        }
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
            other => measure_phases(other, &self.phases),
        }
    }

    /// Notes recoveries, between rows or not.
    pub(crate) fn see_recoveries(&mut self, happened: &[(f64, Happening)]) {
        self.recording.recoveries.extend(recoveries(happened));
    }

    /// Closes the series.
    pub(crate) fn finish(mut self, directory: &mut RunDirectory) -> Result<Recorded, Failure> {
        // Unless the run has ended before or at the middle.
        if self.time > self.circles.last {
            self.recording.circles.push(CircleSnapshot::new(self.time, &self.phases, self.last.order)?);
        }
        self.series.finish(directory)?;
        self.events.finish(directory)?;
        self.parts.as_mut().map(PhaseParts::close).transpose()?;
        if let Some(writer) = self.all_phases {
            writer.finish(directory)?;
        }
        let names = || self.columns.iter().map(|column| column.name().to_owned());
        let ends = self.first.further.iter().zip(&self.last.further);
        let observed = Observed {
            first: self.first.order,
            last: self.last.order,
            r: self.statistics,
            further: names().zip(ends).map(|(name, (&first, &last))| (name, first, last)).collect(),
        };
        let names = std::iter::once("R".to_owned()).chain(names());
        let curves = names.zip(self.curves.iter().map(CurveRecorder::points)).collect();
        Ok(Recorded { observed, curves, recording: self.recording })
    }
}

/// A column that takes no links.
pub(super) fn measure_phases(column: Column, phases: &[f64]) -> f64 {
    match column {
        Column::R2 => harmonic_order_parameter(phases, 2).map_or(0.0, |order| order.r),
        other => unreachable!("{other:?} takes links, or is a column that this program does not list"),
    }
}

/// Frequencies of all agents, in the order of their ids [rad/s].
pub(crate) fn natural_frequencies(world: &mut World) -> Vec<f64> {
    agent_states(world).iter().map(|state| state.frequency).collect()
}

/// From when until when the swarm recovered, each time that it did [s].
pub(crate) fn recoveries(happened: &[(f64, Happening)]) -> impl Iterator<Item = (f64, f64)> {
    happened.iter().filter_map(|(_, happening)| match happening {
        Happening::Recovered(told) => Some((told.since - told.after, told.since)),
        _ => None,
    })
}

/// What pictures are drawn from, at the beginning of a run.
pub(crate) fn recording(scenario: &Scenario, frequencies: &[f64]) -> Recording {
    let agents = frequencies.len();
    Recording {
        raster: PhaseRaster::new(agents),
        circles: Vec::new(),
        rotations: RotationRecorder::new(frequencies),
        energy: scenario.energy.map(|_| LedgerRecorder::default()),
        strategies: followers::recorder(scenario, agents),
        recoveries: Vec::new(),
    }
}

impl Circles {
    /// The first row, and the first one past the middle.
    fn wants(&mut self, time: f64, kept: usize) -> bool {
        let wanted = match kept {
            0 => true,
            1 => time >= self.middle && time > 0.0,
            _ => false,
        };
        if wanted {
            self.last = time;
        }
        wanted
    }
}
