//! Publishes every phase as a phasor.

use bevy_ecs::{prelude::*, system::If};
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{
    ExactSum, Level, Phasor,
    phasor::{Stored, sin_cos, sin_cos_and_sum},
};

use super::voices::Voices;
use crate::{
    agent::{AgentId, IsAgent, Phase},
    answer::{Offset, Silent},
    coherence::first_not_finite,
    community::Membership,
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
    stage: If<Res<Stage>>,
    workers: Option<Res<Workers>>,
    membership: Membership,
    mut index: If<ResMut<SwarmIndex>>,
) {
    if !index.goes_on() {
        return;
    }
    let plan = Plan::new(workers.as_deref(), index.agents());
    let published = fetch(&agents, &stage, &membership, &index).map(|runs| {
        index.is_plainly_heard = runs.iter().all(|run| run.columns.are_plain());
        publish(runs.iter().copied(), &stage, &plan, membership.communities.len(), &mut index)
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
    membership: &Membership,
    index: &SwarmIndex,
) -> Result<Runs<'w, Voices<'w>>, SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let tables = tables.map(|(entities, phases, _, offsets, silent)| {
        let (phases, offsets) = (Phase::peel_slice(phases), offsets.map(Offset::peel_slice));
        (entities, Voices { phases, offsets, silent, community: membership.of_table(entities) })
    });
    let mut runs = Runs::new();
    index.runs(tables, stage.may_change_before_sample(), &mut runs)?;
    Ok(runs)
}

/// Publishes all phases; returns whether they are all numbers.
pub(super) fn publish<'a>(
    runs: impl VoicesOfRuns<'a>,
    stage: &Stage,
    plan: &Plan<'_>,
    communities: usize,
    index: &mut SwarmIndex,
) -> bool {
    let hearing = stage.settings.hearing;
    index.make_room_for_phasors(stage.heard(), hearing.mean);
    index.mean_sums.clear();
    let mut published = Published::default();
    if hearing.by_pairs() {
        published.merge(match &mut index.heard {
            Heard::Double(phasors) => publish_phasors(runs.clone(), plan, false, phasors),
            Heard::Single(phasors) => publish_phasors(runs.clone(), plan, stage.has_single_angles(), phasors),
        });
        if !index.ghosts.are_late {
            publish_ghosts(index);
        }
    }
    if hearing.own_means {
        published.merge(publish_by_community(runs, plan, communities, index));
    } else if hearing.mean {
        published.merge(publish_columns(runs, plan, &mut index.cosines, &mut index.sines, None));
        index.mean_sums.push(published.sum);
    }
    index.take_means(hearing.own_means);
    index.note_published();
    published.finite
}

/// How the agents of every table are heard, in the order of the index; to be gone through as often as
/// need be.
pub(super) trait VoicesOfRuns<'a>: Iterator<Item = Run<'a, Voices<'a>>> + Clone + Send {}

impl<'a, I: Iterator<Item = Run<'a, Voices<'a>>> + Clone + Send> VoicesOfRuns<'a> for I {}

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
    runs: impl VoicesOfRuns<'a>,
    plan: &Plan<'_>,
    rounded: bool,
    phasors: &mut [P],
) -> Published {
    let mut phasors = Parts::of(phasors);
    let pieces = runs.flat_map(|run| {
        let mine = phasors.next(&run);
        run.columns.chunks(plan.share).zip(mine.chunks_mut(plan.share))
    });
    let level = Level::detect();
    let publish = |(voices, phasors): (Voices<'_>, &mut [P])| Published {
        finite: voices.publish(level, rounded, phasors),
        sum: ExactSum::default(),
    };
    plan.reduce(pieces, publish, Published::merge)
}

/// Publishes what was heard of those who live elsewhere. Whether it is a number was looked at there.
pub(super) fn publish_ghosts(index: &mut SwarmIndex) {
    if index.ghosts.heard.is_empty() {
        return;
    }
    let places = index.ghost_places();
    match &mut index.heard {
        Heard::Double(phasors) => speak(&index.ghosts.heard, &mut phasors[places]),
        Heard::Single(phasors) => speak(&index.ghosts.heard, &mut phasors[places]),
    }
}

/// The phasors of angles; the origin for those of the silent.
fn speak<P: Stored>(angles: &[f64], phasors: &mut [P]) {
    if !sin_cos(Level::detect(), angles, phasors) {
        let silent = angles.iter().zip(phasors).filter(|(angle, _)| !angle.is_finite());
        silent.for_each(|(_, phasor)| *phasor = P::store(Phasor::ZERO));
    }
}

/// One community after the other, for the mean of each.
fn publish_by_community<'a>(
    runs: impl VoicesOfRuns<'a>,
    plan: &Plan<'_>,
    communities: usize,
    index: &mut SwarmIndex,
) -> Published {
    let mut all = Published::default();
    for community in 0..=communities {
        let published = publish_columns(runs.clone(), plan, &mut index.cosines, &mut index.sines, Some(community));
        index.mean_sums.push(published.sum);
        all.merge(published);
    }
    all
}

fn publish_columns<'a>(
    runs: impl VoicesOfRuns<'a>,
    plan: &Plan<'_>,
    cosines: &mut [f64],
    sines: &mut [f64],
    only: Option<usize>,
) -> Published {
    let [mut cosines, mut sines] = [cosines, sines].map(Parts::of);
    let pieces = runs.flat_map(|run| {
        let (cosines, sines) = (cosines.next(&run), sines.next(&run));
        let voices = Some(run.columns).filter(|voices| only.is_none_or(|community| voices.community == community));
        let pieces = voices.into_iter().flat_map(|voices| voices.chunks(plan.share));
        pieces.zip(cosines.chunks_mut(plan.share)).zip(sines.chunks_mut(plan.share))
    });
    let level = Level::detect();
    let publish = |((voices, cosines), sines): ((Voices<'_>, &mut [f64]), &mut [f64])| {
        let mut published = Published::default();
        voices.publish_columns(level, cosines, sines, &mut published);
        published
    };
    plan.reduce(pieces, publish, Published::merge)
}
