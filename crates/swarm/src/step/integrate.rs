//! Moves every phase by its frequency, its neighbours, its drive and its noise.

use bevy_ecs::{change_detection::ContiguousMut, prelude::*, system::If};
use bytemuck::TransparentWrapper;

use super::{
    blocks::{Moved, StageOfStep},
    columns::Columns,
    energy::check_energies,
};
use crate::{
    agent::{AgentId, CouplingScale, Drive, Energy, Frequency, IsAgent, Phase},
    answer::{Effort, EnergyFrozen, Gain, Velocity},
    community::Membership,
    error::SwarmError,
    index::{Parts, Run, Runs, StageParts, SwarmIndex, not_contiguous},
    stage::Stage,
    workers::{Plan, Workers},
};

/// What integrating an agent needs of it.
pub(super) type Movable = (
    Entity,
    &'static mut Phase,
    &'static Frequency,
    &'static AgentId,
    Option<&'static mut Energy>,
    Option<&'static CouplingScale>,
    Option<&'static Drive>,
    Answer,
);

/// What changes how an agent answers, beyond what most agents have.
type Answer = (Option<&'static Gain>, Option<&'static Effort>, Option<&'static mut Velocity>, Has<EnergyFrozen>);

/// Runs one stage of the integrator on every agent.
pub(crate) fn integrate(
    mut agents: Query<Movable, IsAgent>,
    stage: If<Res<Stage>>,
    workers: Option<Res<Workers>>,
    membership: Membership,
    mut index: If<ResMut<SwarmIndex>>,
) {
    if index.goes_on()
        && let Err(error) = check_energies(&agents, &stage)
            .and_then(|()| run_stage(&mut agents, &stage, workers.as_deref(), &membership, &mut index, Ahead::Nothing))
    {
        index.fail(error);
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

/// Moves all agents by one stage. Returns whether the phasors that it published, if any, are all
/// numbers.
pub(super) fn run_stage(
    agents: &mut Query<Movable, IsAgent>,
    stage: &Stage,
    workers: Option<&Workers>,
    membership: &Membership,
    index: &mut SwarmIndex,
    ahead: Ahead,
) -> Result<bool, SwarmError> {
    let tables = agents.contiguous_iter_mut().map_err(not_contiguous)?.map(
        |(entities, phases, frequencies, ids, energies, scales, drives, answer)| {
            let community = membership.of_table(entities);
            (entities, (phases, frequencies, ids, energies, scales, drives, answer, community))
        },
    );
    let mut runs = Runs::new();
    index.runs(tables, stage.may_change_before_integrate(), &mut runs)?;
    membership.check(runs.iter().map(Run::first))?;
    if stage.count > 1 {
        index.starts.resize(index.room(), 0.0);
        index.sums.resize(index.room(), 0.0);
    }
    let plan = Plan::new(workers, index.agents());
    if stage.settings.hearing.neighbors {
        index.follow_visits(plan.block);
    }
    let StageParts { snapshot, visits, starts, sums, cosines, sines } = index.stage_parts();
    let work = StageOfStep::of(stage, &membership.communities, snapshot, ahead);
    let [mut starts, mut sums, mut cosines, mut sines] = [starts, sums, cosines, sines].map(Parts::of);
    let pieces = runs.drain(..).flat_map(|run| {
        let (starts, sums) = (starts.next(&run), sums.next(&run));
        let (cosines, sines) = (cosines.next(&run), sines.next(&run));
        let (phases, frequencies, ids, energies, scales, drives, answer, community) = run.columns;
        let (gains, efforts, velocities, frozen) = answer;
        let places = run.start..run.start + frequencies.len();
        let columns = Columns {
            first: run.start,
            phases: Phase::peel_slice_mut(written(phases, stage)),
            frequencies: Frequency::peel_slice(frequencies),
            ids: AgentId::peel_slice(ids),
            energies: energies.map(|energies| Energy::peel_slice_mut(written(energies, stage))),
            scales: scales.map(CouplingScale::peel_slice),
            drives: drives.map(Drive::peel_slice),
            gains: gains.map(Gain::peel_slice),
            efforts: efforts.map(Effort::peel_slice),
            velocities: velocities.map(|velocities| Velocity::peel_slice_mut(written(velocities, stage))),
            frozen,
            community,
            starts,
            sums,
            visits: visits.get(places).unwrap_or_default(),
            cosines,
            sines,
        };
        columns.chunks(plan.share)
    });
    let moved = plan.reduce(pieces, |columns| work.run(columns, plan.block), Moved::merge);
    index.ledger.merge(moved.ledger);
    if ahead == Ahead::MeanField {
        index.mean = moved.published.sum.mean();
    }
    Ok(moved.published.finite)
}

/// The column to write, marked as changed once for all rows.
fn written<'w, T>(column: ContiguousMut<'w, T>, stage: &Stage) -> &'w mut [T] {
    let (values, mut ticks) = ContiguousMut::bypass_change_detection_split(column);
    if !stage.marked {
        ticks.mark_all_as_changed();
    }
    values
}
