//! Moves every phase by its frequency, its neighbours, its drive and its noise.

use bevy_ecs::{change_detection::ContiguousMut, prelude::*};
use bytemuck::TransparentWrapper;
use lampyrid_graph::Adjacency;
use lampyrid_kernel::{
    Integrator, Level, Phasor, SineCoupling,
    coupling::{mean_field_euler, mean_field_rates, network_rates},
    energy::{EnergyLedger, spend},
    integrate::{self as kernel, Stage as Terms},
    noise,
};

use super::{BLOCK, columns::Columns};
use crate::{
    agent::{AgentId, CouplingScale, Drive, Energy, Frequency, IsAgent, Phase},
    error::SwarmError,
    index::{SwarmIndex, not_contiguous},
    settings::{Coupling, TimeStep},
    stage::{Stage, StepSettings},
    workers::{Plan, Workers},
};

/// What integrating an agent needs of it.
type Agent = (
    Entity,
    &'static mut Phase,
    &'static Frequency,
    &'static AgentId,
    Option<&'static mut Energy>,
    Option<&'static CouplingScale>,
    Option<&'static Drive>,
);

/// Runs one stage of the integrator on every agent.
pub(crate) fn integrate(
    mut agents: Query<Agent, IsAgent>,
    stage: Res<Stage>,
    workers: Option<Res<Workers>>,
    mut index: ResMut<SwarmIndex>,
) {
    if index.error().is_none()
        && let Err(error) = check_energies(&agents, &stage)
            .and_then(|()| run_stage(&mut agents, &stage, workers.as_deref(), &mut index))
    {
        index.fail(error);
    }
}

/// Looked at before anything moves.
fn check_energies(agents: &Query<Agent, IsAgent>, stage: &Stage) -> Result<(), SwarmError> {
    if !stage.is_first() {
        return Ok(());
    }
    let mut tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let are_finite = tables.all(|(.., energies, _, _)| {
        energies.is_none_or(|energies| energies.iter().fold(true, |finite, energy| finite & energy.0.is_finite()))
    });
    if are_finite { Ok(()) } else { Err(first_energy_not_finite(agents)) }
}

/// The agent with the smallest id among those whose energy is not finite.
#[cold]
fn first_energy_not_finite(agents: &Query<Agent, IsAgent>) -> SwarmError {
    agents
        .iter()
        .filter_map(|(entity, _, _, id, energy, ..)| Some((entity, *id, energy?.0)))
        .filter(|(_, _, energy)| !energy.is_finite())
        .min_by_key(|(_, id, _)| *id)
        .map_or(SwarmError::NotFinite { name: "energy", value: f64::NAN }, |(entity, id, value)| {
            SwarmError::EnergyNotFinite { entity, id: id.get(), value }
        })
}

fn run_stage(
    agents: &mut Query<Agent, IsAgent>,
    stage: &Stage,
    workers: Option<&Workers>,
    index: &mut SwarmIndex,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?.map(
        |(entities, phases, frequencies, ids, energies, scales, drives)| {
            (entities, (phases, frequencies, ids, energies, scales, drives))
        },
    );
    let runs = index.runs(tables, stage.may_change_before_integrate())?;
    if stage.count > 1 {
        index.starts.resize(index.len(), 0.0);
        index.sums.resize(index.len(), 0.0);
    }
    let work = StageOfStep::of(stage, &index.adjacency, &index.phasors, index.mean);
    let plan = Plan::new(workers, work.phasors.len(), BLOCK);
    let (mut starts, mut sums) = (index.starts.as_mut_slice(), index.sums.as_mut_slice());
    let mut first = 0;
    let pieces = runs.into_iter().flat_map(|run| {
        let (phases, frequencies, ids, energies, scales, drives) = run.columns;
        let kept = frequencies.len().min(starts.len());
        let columns = Columns {
            first,
            phases: Phase::peel_slice_mut(written(phases)),
            frequencies: Frequency::peel_slice(frequencies),
            ids: AgentId::peel_slice(ids),
            energies: energies.map(|energies| Energy::peel_slice_mut(written(energies))),
            scales: scales.map(CouplingScale::peel_slice),
            drives: drives.map(Drive::peel_slice),
            starts: starts.split_off_mut(..kept).unwrap_or_default(),
            sums: sums.split_off_mut(..kept).unwrap_or_default(),
        };
        first += columns.phases.len();
        columns.chunks(plan.share)
    });
    let ledger = plan.reduce(pieces, |columns| work.run(columns), EnergyLedger::merge);
    index.ledger.merge(ledger);
    Ok(())
}

/// The column to write, marked as changed once for all rows.
fn written<'w, T>(column: ContiguousMut<'w, T>) -> &'w mut [T] {
    let (values, mut ticks) = ContiguousMut::bypass_change_detection_split(column);
    ticks.mark_all_as_changed();
    values
}

/// Where the built-in coupling takes its rates from.
enum Law<'a> {
    None,
    Network(SineCoupling, &'a Adjacency),
    MeanField(SineCoupling, Phasor),
}

impl<'a> Law<'a> {
    fn of(coupling: Option<Coupling>, adjacency: &'a Adjacency, mean: Phasor) -> Self {
        match coupling {
            None => Self::None,
            Some(coupling) if coupling.strength == 0.0 => Self::None,
            Some(coupling) if coupling.all_to_all => Self::MeanField(coupling.sine(), mean),
            Some(coupling) => Self::Network(coupling.sine(), adjacency),
        }
    }
}

/// White noise of one step.
struct Noise {
    seed: u64,
    step: u64,
    deviation: f64,
}

impl Noise {
    fn of(settings: &StepSettings) -> Option<Self> {
        let diffusion = settings.coupling.map_or(0.0, |coupling| coupling.noise);
        (diffusion > 0.0).then(|| Self {
            seed: settings.seed,
            step: settings.step,
            deviation: noise::deviation(diffusion, settings.time_step.seconds),
        })
    }

    fn add(&self, displacements: &mut [f64], ids: &[u64], factor: f64) {
        noise::add_white(displacements, ids, self.seed, self.step, factor * self.deviation);
    }
}

/// Everything one stage needs besides the agents' columns.
struct StageOfStep<'a> {
    level: Level,
    law: Law<'a>,
    phasors: &'a [Phasor],
    terms: Terms,
    is_first: bool,
    integrator: Integrator,
    dt: f64,
    cost_per_radian: f64,
    noise: Option<Noise>,
}

impl<'a> StageOfStep<'a> {
    fn of(stage: &Stage, adjacency: &'a Adjacency, phasors: &'a [Phasor], mean: Phasor) -> Self {
        let settings = &stage.settings;
        let TimeStep { seconds, integrator } = settings.time_step;
        Self {
            level: Level::detect(),
            law: Law::of(settings.coupling, adjacency, mean),
            phasors,
            terms: integrator.stages()[stage.index],
            is_first: stage.is_first(),
            integrator,
            dt: seconds,
            cost_per_radian: settings.energy.map_or(0.0, |rule| rule.cost_per_radian),
            noise: Noise::of(settings),
        }
    }

    fn run(&self, columns: Columns<'_>) -> EnergyLedger {
        let mut ledger = EnergyLedger::default();
        let mut rates = [0.0; BLOCK];
        for block in columns.chunks(BLOCK) {
            if let Some((coupling, mean)) = self.plain_mean_field(&block) {
                let own = &self.phasors[block.first..][..block.phases.len()];
                mean_field_euler(self.level, coupling, mean, own, block.phases, block.frequencies, self.dt);
                continue;
            }
            let rates = &mut rates[..block.phases.len()];
            self.rates(&block, rates);
            match self.terms.next {
                Some(ahead) => self.predict(block, rates, ahead),
                None => ledger.merge(self.complete(block, rates)),
            }
        }
        ledger
    }

    /// The mean field, where it is all that moves the block's agents besides their frequencies and
    /// the step has one stage.
    fn plain_mean_field(&self, block: &Columns<'_>) -> Option<(&SineCoupling, Phasor)> {
        let one_stage = self.is_first && self.terms.next.is_none();
        let plain = block.energies.is_none() && block.scales.is_none() && block.drives.is_none();
        match &self.law {
            Law::MeanField(coupling, mean) if one_stage && plain && self.noise.is_none() => Some((coupling, *mean)),
            _ => None,
        }
    }

    /// The rates \[rad/s\] at which coupling and drive would move the block's agents.
    fn rates(&self, block: &Columns<'_>, rates: &mut [f64]) {
        match &self.law {
            Law::None => rates.fill(0.0),
            Law::Network(coupling, adjacency) => {
                network_rates(self.level, coupling, adjacency, self.phasors, block.first, rates);
            }
            Law::MeanField(coupling, mean) => {
                let own = &self.phasors[block.first..][..rates.len()];
                mean_field_rates(self.level, coupling, *mean, own, rates);
            }
        }
        if let Some(scales) = block.scales {
            kernel::multiply(self.level, rates, scales);
        }
        if let Some(drives) = block.drives {
            kernel::add(self.level, rates, drives);
        }
    }

    /// Moves the phases to where the next stage looks at them.
    fn predict(&self, block: Columns<'_>, rates: &mut [f64], ahead: f64) {
        if self.is_first {
            block.starts.copy_from_slice(block.phases);
            block.sums.fill(0.0);
        }
        kernel::accumulate(self.level, block.sums, rates, self.terms.weight);
        let ahead = ahead * self.dt;
        // Heun's predictor sees the noise of the step; that makes it second order in it.
        if let (Some(noise), Integrator::Heun) = (&self.noise, self.integrator) {
            noise.add(rates, block.ids, 1.0 / ahead);
        }
        kernel::predict(self.level, block.phases, block.starts, block.frequencies, rates, ahead);
    }

    /// Moves the phases from the beginning of the step to its end.
    fn complete(&self, block: Columns<'_>, rates: &mut [f64]) -> EnergyLedger {
        if self.is_first {
            kernel::scale(self.level, rates, self.dt);
        } else {
            kernel::displacement(self.level, rates, block.sums, self.terms.weight, self.dt);
            block.phases.copy_from_slice(block.starts);
        }
        let displacements = rates;
        let ledger = match block.energies {
            Some(energies) => spend(displacements, energies, self.cost_per_radian),
            None => EnergyLedger::default(),
        };
        if let Some(noise) = &self.noise {
            noise.add(displacements, block.ids, 1.0);
        }
        kernel::rotate(self.level, block.phases, block.frequencies, displacements, self.dt);
        ledger
    }
}
