//! Publishes every phase as a phasor.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{
    ExactSum, Level, Phasor,
    phasor::{sin_cos, sin_cos_and_sum},
};

use super::BLOCK;
use crate::{
    agent::{IsAgent, Phase},
    coherence::{Measurable, first_not_finite},
    error::SwarmError,
    index::{Runs, SwarmIndex, not_contiguous},
    stage::Stage,
    workers::{Plan, Workers},
};

/// Writes (cos θ, sin θ) of every agent into the index; for all-to-all coupling also their mean.
///
/// A phase that is not finite ends the step with an error that names the agent.
pub(crate) fn sample(
    agents: Query<Measurable, IsAgent>,
    stage: Res<Stage>,
    workers: Option<Res<Workers>>,
    mut index: ResMut<SwarmIndex>,
) {
    if index.error().is_none()
        && let Err(error) = publish(&agents, &stage, workers.as_deref(), &mut index)
    {
        index.fail(error);
    }
}

fn publish(
    agents: &Query<Measurable, IsAgent>,
    stage: &Stage,
    workers: Option<&Workers>,
    index: &mut SwarmIndex,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let tables = tables.map(|(entities, phases, _)| (entities, Phase::peel_slice(phases)));
    let runs = index.runs(tables, stage.may_change_before_sample())?;
    let plan = Plan::new(workers, index.len(), BLOCK);
    let with_mean = stage.settings.coupling.is_some_and(|coupling| coupling.all_to_all);
    let published = publish_runs(runs, with_mean, &plan, &mut index.phasors);
    index.mean = published.sum.mean();
    if published.finite { Ok(()) } else { Err(first_not_finite(agents)) }
}

struct Published {
    finite: bool,
    sum: ExactSum,
}

impl Default for Published {
    fn default() -> Self {
        Self { finite: true, sum: ExactSum::default() }
    }
}

fn publish_runs(runs: Runs<'_, &[f64]>, with_mean: bool, plan: &Plan<'_>, mut phasors: &mut [Phasor]) -> Published {
    let pieces = runs.into_iter().flat_map(|run| {
        let phases = run.columns;
        let mine = phasors.split_off_mut(..phases.len()).expect("runs cover the places of the index");
        phases.chunks(plan.share).zip(mine.chunks_mut(plan.share))
    });
    let level = Level::detect();
    plan.reduce(
        pieces,
        |(phases, phasors)| publish_piece(level, phases, phasors, with_mean),
        |total, part| {
            total.finite &= part.finite;
            total.sum.merge(part.sum);
        },
    )
}

fn publish_piece(level: Level, phases: &[f64], phasors: &mut [Phasor], with_mean: bool) -> Published {
    let mut published = Published::default();
    for (phases, phasors) in phases.chunks(BLOCK).zip(phasors.chunks_mut(BLOCK)) {
        published.finite &= if with_mean {
            sin_cos_and_sum(level, phases, phasors, &mut published.sum)
        } else {
            sin_cos(level, phases, phasors)
        };
    }
    published
}
