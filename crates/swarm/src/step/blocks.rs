//! One stage of the integrator on some columns, in blocks that stay in the first-level cache.

use std::cell::RefCell;

use lampyrid_kernel::{
    Integrator, Level, Phasor, SineCoupling,
    coupling::{Network, mean_field_euler, mean_field_rates, network_rates},
    energy::{EnergyLedger, refuse, spend, spend_by_effort},
    integrate::{self as kernel, Stage as Terms},
    noise,
};

use super::{columns::Columns, integrate::Ahead, sample::Published};
use crate::{
    community::Communities,
    index::Snapshot,
    pull::Pull,
    settings::TimeStep,
    stage::{Stage, StepSettings},
    workers::Workers,
};

thread_local! {
    /// The rates of a block, kept from block to block and from step to step: to make room for them anew, filled with
    /// zeros, takes a small swarm a fiftieth of its step.
    static SCRATCH: RefCell<[f64; Workers::MAX_BLOCK]> = const { RefCell::new([0.0; Workers::MAX_BLOCK]) };
}

/// Where the built-in coupling takes its rates from.
enum Law<'a> {
    None,
    Network(SineCoupling, Network<'a>),
    MeanField(SineCoupling, Phasor),
}

impl<'a> Law<'a> {
    fn of(pull: &Pull, community: usize, snapshot: &Snapshot<'a>) -> Self {
        if pull.sine.is_off() {
            Self::None
        } else if pull.coupling.all_to_all {
            Self::MeanField(pull.sine, snapshot.mean(pull.among_themselves.then_some(community)))
        } else {
            Self::Network(pull.sine, snapshot.network)
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
    fn of(pull: &Pull, settings: &StepSettings) -> Option<Self> {
        let diffusion = pull.coupling.noise;
        (diffusion > 0.0).then(|| Self {
            seed: settings.seed,
            step: settings.step,
            deviation: noise::deviation(diffusion, settings.time_step.seconds),
        })
    }

    fn add(&self, level: Level, displacements: &mut [f64], ids: &[u64], factor: f64) {
        noise::add_white(level, displacements, ids, self.seed, self.step, factor * self.deviation);
    }
}

/// What moves the agents of a community besides what each has of its own.
struct Forces<'a> {
    law: Law<'a>,
    noise: Option<Noise>,
}

/// Everything one stage needs besides the agents' columns.
pub(super) struct StageOfStep<'a> {
    level: Level,
    settings: &'a StepSettings,
    communities: &'a Communities,
    snapshot: Snapshot<'a>,
    terms: Terms,
    is_first: bool,
    integrator: Integrator,
    dt: f64,
    cost_per_radian: f64,
    publishes: bool,
}

/// What moving agents by a stage leaves to be added up.
#[derive(Default)]
pub(super) struct Moved {
    pub(super) ledger: EnergyLedger,
    pub(super) published: Published,
}

impl Moved {
    pub(super) fn merge(&mut self, other: Self) {
        self.ledger.merge(other.ledger);
        self.published.merge(other.published);
    }
}

impl<'a> StageOfStep<'a> {
    pub(super) fn of(stage: &'a Stage, communities: &'a Communities, snapshot: Snapshot<'a>, ahead: Ahead) -> Self {
        let settings = &stage.settings;
        let TimeStep { seconds, integrator } = settings.time_step;
        Self {
            level: Level::detect(),
            settings,
            communities,
            snapshot,
            terms: integrator.stages()[stage.index],
            is_first: stage.is_first(),
            integrator,
            dt: seconds,
            cost_per_radian: settings.energy.map_or(0.0, |rule| rule.cost_per_radian),
            publishes: ahead == Ahead::MeanField,
        }
    }

    /// Moves the agents of these columns, block by block.
    pub(super) fn run(&self, columns: Columns<'_>, block: usize) -> Moved {
        let forces = &self.forces(columns.community);
        if let Some((coupling, mean)) = self.plain_mean_field(forces, &columns) {
            return self.run_mean_field(coupling, mean, columns, block);
        }
        SCRATCH.with_borrow_mut(|scratch| self.run_blocks(forces, columns, block, scratch))
    }

    fn forces(&self, community: usize) -> Forces<'a> {
        // Without a coupling of the swarm's there is none of anybody's.
        let Some(common) = &self.settings.pull else { return Forces { law: Law::None, noise: None } };
        let pull = self.communities.pull(community).unwrap_or(common);
        Forces { law: Law::of(pull, community, &self.snapshot), noise: Noise::of(pull, self.settings) }
    }

    fn run_blocks(&self, forces: &Forces<'_>, mut columns: Columns<'_>, block: usize, scratch: &mut [f64]) -> Moved {
        let mut moved = Moved::default();
        while let Some(mut block) = columns.take_front(block) {
            let rates = &mut scratch[..block.phases.len()];
            self.rates(&forces.law, &block, rates);
            match self.terms.next {
                Some(ahead) => self.predict(forces, &mut block, rates, ahead),
                None => moved.ledger.merge(self.complete(forces, &mut block, rates)),
            }
            if self.publishes {
                moved.published.add(self.level, block.phases, block.cosines, block.sines);
            }
        }
        moved
    }

    /// The mean field, where it is all that moves these agents besides their frequencies and the
    /// step has one stage.
    fn plain_mean_field<'f>(
        &self,
        forces: &'f Forces<'_>,
        columns: &Columns<'_>,
    ) -> Option<(&'f SineCoupling, Phasor)> {
        let one_stage = self.is_first && self.terms.next.is_none();
        let plain = columns.energies.is_none()
            && columns.scales.is_none()
            && columns.drives.is_none()
            && columns.gains.is_none()
            && columns.velocities.is_none();
        match &forces.law {
            Law::MeanField(coupling, mean) if one_stage && plain && forces.noise.is_none() => Some((coupling, *mean)),
            _ => None,
        }
    }

    /// [`run`](Self::run) of a plain mean field, which needs no rates in between.
    fn run_mean_field(&self, coupling: &SineCoupling, mean: Phasor, columns: Columns<'_>, block: usize) -> Moved {
        let mut moved = Moved::default();
        let Columns { phases, frequencies, cosines, sines, .. } = columns;
        let published = cosines.chunks_mut(block).zip(sines.chunks_mut(block));
        let blocks = phases.chunks_mut(block).zip(frequencies.chunks(block)).zip(published);
        for ((phases, frequencies), (cosines, sines)) in blocks {
            mean_field_euler(self.level, coupling, mean, cosines, sines, phases, frequencies, self.dt);
            if self.publishes {
                moved.published.add(self.level, phases, cosines, sines);
            }
        }
        moved
    }

    /// The rates \[rad/s\] at which coupling and drive would move the block's agents.
    fn rates(&self, law: &Law<'_>, block: &Columns<'_>, rates: &mut [f64]) {
        match law {
            Law::None => rates.fill(0.0),
            Law::Network(coupling, network) => {
                network_rates(self.level, coupling, *network, block.first, block.visits, rates);
            }
            Law::MeanField(coupling, mean) => {
                mean_field_rates(self.level, coupling, *mean, block.cosines, block.sines, rates);
            }
        }
        if let Some(scales) = block.scales {
            kernel::multiply(self.level, rates, scales);
        }
        if let Some(gains) = block.gains {
            kernel::multiply(self.level, rates, gains);
        }
        if let Some(drives) = block.drives {
            kernel::add(self.level, rates, drives);
        }
    }

    /// Moves the phases to where the next stage looks at them.
    fn predict(&self, forces: &Forces<'_>, block: &mut Columns<'_>, rates: &mut [f64], ahead: f64) {
        if self.is_first {
            block.starts.copy_from_slice(block.phases);
            block.sums.fill(0.0);
        }
        kernel::accumulate(self.level, block.sums, rates, self.terms.weight);
        let ahead = ahead * self.dt;
        // Heun's predictor sees the noise of the step; that makes it second order in it.
        if let (Some(noise), Integrator::Heun) = (&forces.noise, self.integrator) {
            noise.add(self.level, rates, block.ids, 1.0 / ahead);
        }
        kernel::predict(self.level, block.phases, block.starts, block.frequencies, rates, ahead);
    }

    /// Moves the phases from the beginning of the step to its end.
    fn complete(&self, forces: &Forces<'_>, block: &mut Columns<'_>, rates: &mut [f64]) -> EnergyLedger {
        if self.is_first {
            kernel::scale(self.level, rates, self.dt);
        } else {
            kernel::displacement(self.level, rates, block.sums, self.terms.weight, self.dt);
            block.phases.copy_from_slice(block.starts);
        }
        let displacements = rates;
        let ledger = self.pay(block, displacements);
        if let Some(noise) = &forces.noise {
            noise.add(self.level, displacements, block.ids, 1.0);
        }
        kernel::rotate(self.level, block.phases, block.frequencies, displacements, self.dt);
        if let Some(velocities) = &mut block.velocities {
            kernel::velocities(self.level, velocities, block.frequencies, displacements, self.dt);
        }
        ledger
    }

    /// Pays for the displacements of agents that have energy, and shortens those not paid for.
    fn pay(&self, block: &mut Columns<'_>, displacements: &mut [f64]) -> EnergyLedger {
        let price = self.cost_per_radian;
        match (&mut block.energies, block.efforts) {
            (None, _) => EnergyLedger::default(),
            (Some(_), _) if block.frozen => refuse(self.level, displacements, price),
            (Some(energies), None) => spend(self.level, displacements, energies, price),
            (Some(energies), Some(efforts)) => spend_by_effort(self.level, displacements, energies, efforts, price),
        }
    }
}
