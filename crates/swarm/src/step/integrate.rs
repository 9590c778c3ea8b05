//! Moves every phase by its frequency, its neighbours, its drive and its noise.

use bevy_ecs::{change_detection::ContiguousMut, prelude::*};
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
    agent::{AgentId, CouplingScale, Drive, Energy, Frequency, Phase},
    clock::SwarmClock,
    error::SwarmError,
    index::SwarmIndex,
    schedule::Stage,
    settings::{Coupling, EnergyRule, SwarmSeed, TimeStep},
    workers::Workers,
};

/// What integrating an agent needs of it.
type Agent = (
    &'static mut Phase,
    &'static Frequency,
    &'static AgentId,
    Option<&'static mut Energy>,
    Option<&'static CouplingScale>,
    Option<&'static Drive>,
);

/// The settings of a step, fetched together. Coupling and energy are there if their plugins are.
#[derive(bevy_ecs::system::SystemParam)]
pub(crate) struct Settings<'w> {
    coupling: Option<Res<'w, Coupling>>,
    time_step: Res<'w, TimeStep>,
    energy: Option<Res<'w, EnergyRule>>,
    seed: Res<'w, SwarmSeed>,
    clock: Res<'w, SwarmClock>,
    stage: Res<'w, Stage>,
    workers: Res<'w, Workers>,
}

/// Runs one stage of the integrator on every agent.
pub(crate) fn integrate(mut agents: Query<Agent>, settings: Settings<'_>, mut index: ResMut<SwarmIndex>) {
    if index.error().is_some() {
        return;
    }
    let before = index.len();
    let after = agents
        .contiguous_iter()
        .expect("all components of an agent are table components")
        .map(|(phases, ..)| phases.len())
        .sum();
    if before != after {
        return index.fail(SwarmError::ChangedMidStep { before, after });
    }
    let index = &mut *index;
    if settings.stage.count > 1 {
        index.starts.resize(before, 0.0);
        index.sums.resize(before, 0.0);
    }
    let stage = StageOfStep {
        level: Level::detect(),
        law: Law::of(settings.coupling.as_deref(), &index.adjacency, index.mean),
        phasors: &index.phasors,
        terms: settings.time_step.integrator.stages()[settings.stage.index],
        is_first: settings.stage.index == 0,
        integrator: settings.time_step.integrator,
        dt: settings.time_step.seconds,
        cost_per_radian: settings.energy.as_deref().map_or(0.0, |rule| rule.cost_per_radian),
        noise: Noise::of(&settings),
    };

    let plan = settings.workers.plan(before, BLOCK);
    let (mut starts, mut sums) = (index.starts.as_mut_slice(), index.sums.as_mut_slice());
    let mut first = 0;
    let pieces = agents.contiguous_iter_mut().expect("all components of an agent are table components").flat_map(
        |(phases, frequencies, ids, energies, scales, drives)| {
            let phases = written(phases);
            let kept = phases.len().min(starts.len());
            let (my_starts, later_starts) = std::mem::take(&mut starts).split_at_mut(kept);
            let (my_sums, later_sums) = std::mem::take(&mut sums).split_at_mut(kept);
            (starts, sums) = (later_starts, later_sums);
            let columns = Columns::new(
                first,
                phases,
                frequencies,
                ids,
                energies.map(written),
                scales,
                drives,
                my_starts,
                my_sums,
            );
            first += frequencies.len();
            columns.chunks(plan.share)
        },
    );
    let ledger = plan.reduce(pieces, |columns| stage.run(columns), EnergyLedger::merge);
    index.ledger.merge(ledger);
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
    fn of(coupling: Option<&Coupling>, adjacency: &'a Adjacency, mean: Phasor) -> Self {
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
    fn of(settings: &Settings<'_>) -> Option<Self> {
        let diffusion = settings.coupling.as_deref().map_or(0.0, |coupling| coupling.noise);
        (diffusion > 0.0).then(|| Self {
            seed: settings.seed.0,
            step: settings.clock.steps(),
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

impl StageOfStep<'_> {
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
