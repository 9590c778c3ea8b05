//! Moves every phase by its frequency, its neighbours, its drive and its noise.

use std::ops::Range;

use bevy_ecs::{prelude::*, system::If};

use super::{
    blocks::{Moved, StageOfStep},
    energy::check_energies,
    fetched::{Fetched, Movable, fetch},
};
use crate::{
    agent::IsAgent,
    community::{Communities, Membership},
    index::{Runs, StageParts, SwarmIndex},
    stage::Stage,
    workers::{Plan, Workers},
};

/// Runs one stage of the integrator on every agent.
pub(crate) fn integrate(
    mut agents: Query<Movable, IsAgent>,
    stage: If<Res<Stage>>,
    workers: Option<Res<Workers>>,
    membership: Membership,
    mut index: If<ResMut<SwarmIndex>>,
) {
    if !index.goes_on() || index.has_moved {
        return;
    }
    let plan = Plan::new(workers.as_deref(), index.agents());
    let fetched = check_energies(&agents, &stage).and_then(|()| fetch(&mut agents, &stage, &membership, &index));
    match fetched {
        Ok(mut runs) => {
            make_ready(&stage, &plan, &mut index);
            run_stage(&mut runs, Whom::ALL, &stage, &plan, &membership.communities, &mut index, Ahead::Nothing);
        }
        Err(error) => index.fail(error),
    }
}

/// Whether a stage of a mean field publishes the phases that it moves, for the next one, while they
/// are in the cache.
///
/// On a network everybody reads the phasors of others until the stage is over: the next ones would
/// need a table of their own, which costs more at 10⁵ agents than going through the phases twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// It does not: others may write phases before the next stage looks at them.
    Nothing,
    /// It does.
    MeanField,
}

/// Which agents are moved: those of some runs of the [`Interior`](crate::index::Interior), or all but those.
pub(super) struct Whom {
    pub(super) interior: Range<usize>,
    pub(super) are_inside: bool,
}

impl Whom {
    /// Everybody.
    pub(super) const ALL: Self = Self { interior: 0..0, are_inside: false };
}

/// Makes ready what moving agents by a stage needs.
pub(super) fn make_ready(stage: &Stage, plan: &Plan<'_>, index: &mut SwarmIndex) {
    if stage.count > 1 {
        index.starts.resize(index.room(), 0.0);
        index.sums.resize(index.room(), 0.0);
    }
    if stage.settings.hearing.neighbors {
        index.follow_visits(plan.block);
    }
}

/// Moves agents by one stage. Returns whether the phasors that it published, if any, are all numbers.
pub(super) fn run_stage(
    runs: &mut Runs<'_, Fetched<'_>>,
    whom: Whom,
    stage: &Stage,
    plan: &Plan<'_>,
    communities: &Communities,
    index: &mut SwarmIndex,
    ahead: Ahead,
) -> bool {
    let StageParts { snapshot, interior, mut places } = index.stage_parts();
    let chosen = interior.places(whom.interior);
    let work = StageOfStep::of(stage, communities, snapshot, ahead);
    let pieces = runs.iter_mut().flat_map(|run| {
        let places = places.next(run);
        run.columns.columns(places).pieces(chosen, whom.are_inside, plan.share)
    });
    let moved = plan.reduce(pieces, |columns| work.run(columns, plan.block), Moved::merge);
    index.ledger.merge(moved.ledger);
    if ahead == Ahead::MeanField {
        index.mean = moved.published.sum.mean();
    }
    moved.published.finite
}
