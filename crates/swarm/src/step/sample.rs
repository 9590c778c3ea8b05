//! Publishes every phase as a phasor.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{
    ExactSum, Level, Phasor,
    phasor::{sin_cos, sin_cos_and_sum},
};

use super::BLOCK;
use crate::{
    agent::{AgentId, Phase},
    coherence::first_not_finite,
    error::SwarmError,
    index::SwarmIndex,
    schedule::Stage,
    settings::Coupling,
    workers::Workers,
};

/// Writes (cos θ, sin θ) of every agent into the index; for all-to-all coupling also their mean.
///
/// A phase that is not finite ends the step with an error that names the agent.
pub(crate) fn sample(
    agents: Query<(Entity, &Phase, &AgentId)>,
    coupling: Option<Res<Coupling>>,
    workers: Res<Workers>,
    stage: Res<Stage>,
    mut index: ResMut<SwarmIndex>,
) {
    if index.error().is_some() {
        return;
    }
    let tables = || agents.contiguous_iter().expect("all components of an agent are table components");
    // Commands may have been applied since the last stage; in the first one `follow` looked.
    if stage.index > 0 && !index.has_order(tables().map(|(entities, ..)| entities)) {
        let (before, after) = (index.len(), tables().map(|(entities, ..)| entities.len()).sum());
        return index.fail(SwarmError::ChangedMidStep { before, after });
    }
    let with_mean = coupling.is_some_and(|coupling| coupling.all_to_all);
    match publish(&agents, with_mean, &workers, &mut index) {
        Published { finite: false, .. } => {
            let error = first_not_finite(&agents);
            index.fail(error);
        }
        Published { sum, .. } => index.mean = sum.mean(),
    }
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

fn publish(
    agents: &Query<(Entity, &Phase, &AgentId)>,
    with_mean: bool,
    workers: &Workers,
    index: &mut SwarmIndex,
) -> Published {
    let before = index.len();
    let plan = workers.plan(before, BLOCK);
    let share = plan.share;
    let mut phasors = index.phasors.as_mut_slice();
    let mut after = 0;
    let pieces = agents.contiguous_iter().expect("all components of an agent are table components").flat_map(
        |(_, phases, _)| {
            after += phases.len();
            let here = phases.len().min(phasors.len());
            let (mine, others) = std::mem::take(&mut phasors).split_at_mut(here);
            phasors = others;
            phases[..here].chunks(share).zip(mine.chunks_mut(share))
        },
    );
    let level = Level::detect();
    let published = plan.reduce(
        pieces,
        |(phases, phasors)| publish_piece(level, Phase::peel_slice(phases), phasors, with_mean),
        |total, part| {
            total.finite &= part.finite;
            total.sum.merge(part.sum);
        },
    );
    if before != after {
        index.fail(SwarmError::ChangedMidStep { before, after });
    }
    published
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
