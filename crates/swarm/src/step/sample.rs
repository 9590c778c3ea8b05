//! Publishes every phase as a phasor.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{
    ExactSum, Level, Phasor,
    phasor::{sin_cos, sin_cos_and_sum},
};

use crate::{
    agent::{IsAgent, Phase},
    coherence::{Measurable, first_not_finite},
    error::SwarmError,
    index::{Runs, SwarmIndex, not_contiguous},
    stage::Stage,
    workers::{Plan, Workers},
};

/// Writes (cos θ, sin θ) of every agent into the index; for a mean field also their mean.
///
/// A phase that is not finite ends the step with an error that names the agent.
pub(crate) fn sample(
    agents: Query<Measurable, IsAgent>,
    stage: Res<Stage>,
    workers: Option<Res<Workers>>,
    mut index: ResMut<SwarmIndex>,
) {
    if index.goes_on()
        && let Err(error) = publish(&agents, &stage, workers.as_deref(), &mut index)
    {
        index.fail(error);
    }
}

/// Publishes all phases.
pub(super) fn publish(
    agents: &Query<Measurable, IsAgent>,
    stage: &Stage,
    workers: Option<&Workers>,
    index: &mut SwarmIndex,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let tables = tables.map(|(entities, phases, _)| (entities, Phase::peel_slice(phases)));
    let mut runs = Runs::new();
    index.runs(tables, stage.may_change_before_sample(), &mut runs)?;
    let plan = Plan::new(workers, index.len());
    index.make_room_for_phasors(stage.is_mean_field());
    let published = if stage.is_mean_field() {
        publish_columns(&mut runs, &plan, &mut index.cosines, &mut index.sines)
    } else {
        publish_phasors(&mut runs, &plan, &mut index.phasors)
    };
    index.mean = published.sum.mean();
    if published.finite { Ok(()) } else { Err(first_not_finite(agents)) }
}

/// What publishing phasors leaves to be added up.
pub(super) struct Published {
    /// Whether all phases are numbers.
    pub(super) finite: bool,
    /// The sum of the phasors, in a mean field.
    pub(super) sum: ExactSum,
}

impl Default for Published {
    fn default() -> Self {
        Self { finite: true, sum: ExactSum::default() }
    }
}

impl Published {
    pub(super) fn merge(&mut self, other: Self) {
        self.finite &= other.finite;
        self.sum.merge(other.sum);
    }

    /// Writes the cosines and sines of a block of phases of a mean field.
    pub(super) fn add(&mut self, level: Level, phases: &[f64], cosines: &mut [f64], sines: &mut [f64]) {
        self.finite &= sin_cos_and_sum(level, phases, cosines, sines, &mut self.sum);
    }
}

fn publish_phasors(runs: &mut Runs<'_, &[f64]>, plan: &Plan<'_>, mut phasors: &mut [Phasor]) -> Published {
    let pieces = runs.drain(..).flat_map(|run| {
        let phases = run.columns;
        let mine = phasors.split_off_mut(..phases.len()).expect("runs cover the places of the index");
        phases.chunks(plan.share).zip(mine.chunks_mut(plan.share))
    });
    let level = Level::detect();
    let publish = |(phases, phasors): (&[f64], &mut [Phasor])| Published {
        finite: sin_cos(level, phases, phasors),
        sum: ExactSum::default(),
    };
    plan.reduce(pieces, publish, Published::merge)
}

fn publish_columns(
    runs: &mut Runs<'_, &[f64]>,
    plan: &Plan<'_>,
    mut cosines: &mut [f64],
    mut sines: &mut [f64],
) -> Published {
    let pieces = runs.drain(..).flat_map(|run| {
        let phases = run.columns;
        let places = ..phases.len();
        let cosines = cosines.split_off_mut(places).expect("runs cover the places of the index");
        let sines = sines.split_off_mut(places).expect("there is a sine per cosine");
        phases.chunks(plan.share).zip(cosines.chunks_mut(plan.share)).zip(sines.chunks_mut(plan.share))
    });
    let level = Level::detect();
    let publish = |((phases, cosines), sines): ((&[f64], &mut [f64]), &mut [f64])| {
        let mut published = Published::default();
        published.add(level, phases, cosines, sines);
        published
    };
    plan.reduce(pieces, publish, Published::merge)
}
