//! Publishes every phase as a phasor.

use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{
    ExactSum, Level,
    phasor::{Stored, sin_cos_and_sum},
};

use super::voices::Voices;
use crate::{
    agent::{AgentId, IsAgent, Phase},
    answer::{Offset, Silent},
    coherence::first_not_finite,
    error::SwarmError,
    index::{Heard, Parts, Run, Runs, SwarmIndex, not_contiguous},
    stage::Stage,
    workers::{Plan, Workers},
};

/// What publishing an agent needs of it.
pub(super) type Audible = (Entity, &'static Phase, &'static AgentId, Option<&'static Offset>, Has<Silent>);

/// Writes (cos θ, sin θ) of every agent into the index; for a mean field also their mean.
///
/// A phase that is not finite ends the step with an error that names the agent.
pub(crate) fn sample(
    agents: Query<Audible, IsAgent>,
    stage: Res<Stage>,
    workers: Option<Res<Workers>>,
    mut index: ResMut<SwarmIndex>,
) {
    if !index.goes_on() {
        return;
    }
    let plan = Plan::new(workers.as_deref(), index.agents());
    let published = fetch(&agents, &stage, &index).map(|mut runs| {
        index.is_plainly_heard = runs.iter().all(|run| run.columns.are_plain());
        publish(runs.drain(..), &stage, &plan, &mut index)
    });
    match published {
        Ok(true) => {}
        Ok(false) => index.fail(not_finite(&agents)),
        Err(error) => index.fail(error),
    }
}

/// Fetches all agents, in the order of the index.
fn fetch<'w>(
    agents: &'w Query<Audible, IsAgent>,
    stage: &Stage,
    index: &SwarmIndex,
) -> Result<Runs<'w, Voices<'w>>, SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let tables = tables.map(|(entities, phases, _, offsets, silent)| {
        (entities, Voices { phases: Phase::peel_slice(phases), offsets: offsets.map(Offset::peel_slice), silent })
    });
    let mut runs = Runs::new();
    index.runs(tables, stage.may_change_before_sample(), &mut runs)?;
    Ok(runs)
}

/// Publishes all phases; returns whether they are all numbers.
pub(super) fn publish<'a>(
    runs: impl Iterator<Item = Run<'a, Voices<'a>>> + Send,
    stage: &Stage,
    plan: &Plan,
    index: &mut SwarmIndex,
) -> bool {
    index.make_room_for_phasors(stage.heard());
    let published = match &mut index.heard {
        _ if stage.is_mean_field() => publish_columns(runs, plan, &mut index.cosines, &mut index.sines),
        Heard::Double(phasors) => publish_phasors(runs, plan, phasors),
        Heard::Single(phasors) => publish_phasors(runs, plan, phasors),
    };
    index.mean = published.sum.mean();
    index.note_published();
    published.finite
}

/// Names an agent whose phase is not a number, or the offset that is none.
#[cold]
pub(super) fn not_finite(agents: &Query<Audible, IsAgent>) -> SwarmError {
    let mut offsets = agents.iter().filter_map(|(.., offset, _)| Some(offset?.0));
    if let Some(value) = offsets.find(|offset| !offset.is_finite()) {
        return SwarmError::NotFinite { name: "phase offset", value };
    }
    first_not_finite(agents.iter().map(|(entity, phase, id, ..)| (entity, phase, id)))
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

fn publish_phasors<'a, P: Stored>(
    runs: impl Iterator<Item = Run<'a, Voices<'a>>> + Send,
    plan: &Plan,
    phasors: &mut [P],
) -> Published {
    let mut phasors = Parts::of(phasors);
    let pieces = runs.flat_map(|run| {
        let mine = phasors.next(&run);
        run.columns.chunks(plan.share).zip(mine.chunks_mut(plan.share))
    });
    let level = Level::detect();
    let publish = |(voices, phasors): (Voices, &mut [P])| Published {
        finite: voices.publish(level, phasors),
        sum: ExactSum::default(),
    };
    plan.reduce(pieces, publish, Published::merge)
}

fn publish_columns<'a>(
    runs: impl Iterator<Item = Run<'a, Voices<'a>>> + Send,
    plan: &Plan,
    cosines: &mut [f64],
    sines: &mut [f64],
) -> Published {
    let [mut cosines, mut sines] = [cosines, sines].map(Parts::of);
    let pieces = runs.flat_map(|run| {
        let (cosines, sines) = (cosines.next(&run), sines.next(&run));
        run.columns.chunks(plan.share).zip(cosines.chunks_mut(plan.share)).zip(sines.chunks_mut(plan.share))
    });
    let level = Level::detect();
    let publish = |((voices, cosines), sines): ((Voices, &mut [f64]), &mut [f64])| {
        let mut published = Published::default();
        voices.publish_columns(level, cosines, sines, &mut published);
        published
    };
    plan.reduce(pieces, publish, Published::merge)
}
