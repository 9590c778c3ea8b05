//! Steps that no system of anybody else takes part in.
//!
//! After a step that was ours alone, the next ones of the same call find the world as it was left:
//! nobody can have spawned, linked, set or written anything. They need neither the schedule nor a
//! look at what changed, which for small swarms take longer than the step itself.

use bevy_ecs::{prelude::*, system::SystemState};

use super::{
    energy::Recovery,
    fetched::{Fetched, Movable, fetch},
    integrate::{Ahead, Whom, make_ready, run_stage},
    sample::{Audible, not_finite, publish},
    undo::undo,
};
use crate::{
    agent::IsAgent,
    clock::SwarmClock,
    community::{Communities, Membership},
    error::SwarmError,
    index::{Runs, SwarmIndex},
    stage::Stage,
    workers::{Plan, Workers},
};

type Parameters = (
    ParamSet<'static, 'static, (Query<'static, 'static, Audible, IsAgent>, Query<'static, 'static, Movable, IsAgent>)>,
    Res<'static, Stage>,
    Res<'static, Workers>,
    Membership<'static>,
    ResMut<'static, SwarmClock>,
    ResMut<'static, SwarmIndex>,
);

/// The state of [`Parameters`], kept from call to call.
///
/// There before any agent is: a resource has an entity, and one that comes after a million agents
/// is filed under an index as high, in a list as long.
#[derive(Resource, Default)]
pub(crate) struct Kept(Option<SystemState<Parameters>>);

/// Takes `steps` steps, directly after one that was ours alone.
pub(crate) fn step_alone(world: &mut World, steps: u64) -> Result<(), SwarmError> {
    if steps == 0 {
        return Ok(());
    }
    let kept = world.get_resource_or_init::<Kept>().0.take();
    let mut state = kept.unwrap_or_else(|| SystemState::new(world));
    let outcome = take(&mut state, world, steps);
    world.get_resource_or_init::<Kept>().0 = Some(state);
    outcome.map_err(|(error, stage)| {
        undo(world, stage);
        error
    })
}

/// An error comes with the stage that met it.
fn take(state: &mut SystemState<Parameters>, world: &mut World, steps: u64) -> Result<(), (SwarmError, usize)> {
    let (mut agents, stage, workers, membership, mut clock, mut index) =
        state.get_mut(world).map_err(|_| (SwarmError::NotInstalled, 0))?;
    let stage = Stage { alone: true, ..*stage };
    let plan = Plan::new(Some(&workers), index.agents());
    let communities = &*membership.communities;
    // All of these steps are one run of one system to the world, which fetches its columns once.
    let outcome = fetch(&mut agents.p1(), &stage, &membership, &index)
        .map_err(|error| (error, 0))
        .map(|mut runs| step_columns(&mut runs, stage, &plan, communities, &mut clock, &mut index, steps))?;
    outcome.map_err(|NotFinite(stage)| (not_finite(&agents.p0()), stage))
}

/// A stage found a phase that is not a number.
struct NotFinite(usize);

fn step_columns(
    runs: &mut Runs<'_, Fetched<'_>>,
    mut stage: Stage,
    plan: &Plan<'_>,
    communities: &Communities,
    clock: &mut SwarmClock,
    index: &mut SwarmIndex,
    steps: u64,
) -> Result<(), NotFinite> {
    let recovery = Recovery::of(&stage.settings).filter(|_| stage.lineup.recovers);
    index.is_plainly_heard = runs.iter().all(|run| run.columns.voices().are_plain());
    let mut published = false;
    for step in 1..=steps {
        stage.settings.step = clock.steps();
        for place in 0..stage.count {
            stage.index = place;
            if stage.lineup.samples && !published {
                let voices = runs.iter().map(|run| run.with(run.columns.voices()));
                if !publish(voices, &stage, plan, communities.len(), index) {
                    return Err(NotFinite(place));
                }
            }
            let is_end = step == steps && stage.is_last();
            let ahead = if stage.settings.hearing.is_mean_of_all() && !is_end && index.is_plainly_heard {
                Ahead::MeanField
            } else {
                Ahead::Nothing
            };
            make_ready(&stage, plan, index);
            let finite = run_stage(runs, Whom::ALL, &stage, plan, communities, index, ahead);
            published = ahead == Ahead::MeanField;
            if stage.is_last() {
                if let Some(recovery) = &recovery {
                    runs.iter_mut().for_each(|run| index.ledger.merge(run.columns.recover(recovery)));
                }
                clock.advance(stage.settings.time_step.seconds);
            }
            if !finite {
                // Found for the next stage: after the last one that is the first of the next step.
                return Err(NotFinite((place + 1) % stage.count));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bevy_ecs::schedule::Schedules;

    use super::*;
    use crate::{Phase, StepSystems, SwarmSchedule, advance, install_swarm};

    fn pair() -> World {
        let mut world = World::new();
        install_swarm(&mut world);
        world.spawn(Phase(1.0));
        world.spawn(Phase(2.0));
        world
    }

    fn was_alone(world: &World) -> bool {
        world.resource::<Kept>().0.is_some()
    }

    #[test]
    fn steps_of_ours_need_no_schedule() {
        for integrator in [crate::Integrator::Euler, crate::Integrator::Rk4] {
            let mut world = pair();
            world.resource_mut::<crate::TimeStep>().integrator = integrator;
            advance(&mut world, 1).unwrap();
            assert!(!was_alone(&world), "the first step looks at the world");
            advance(&mut world, 2).unwrap();
            assert!(was_alone(&world), "{integrator:?}");
        }
    }

    #[test]
    fn a_system_of_somebody_else_takes_part_in_every_step() {
        #[derive(Resource, Default)]
        struct Runs(u64);
        for set in [StepSystems::First, StepSystems::Couple, StepSystems::Last] {
            let mut world = pair();
            world.init_resource::<Runs>();
            let mut schedules = world.resource_mut::<Schedules>();
            schedules.add_systems(SwarmSchedule, (|mut runs: ResMut<Runs>| runs.0 += 1).in_set(set));
            advance(&mut world, 5).unwrap();
            assert_eq!((world.resource::<Runs>().0, was_alone(&world)), (5, false));
        }
    }

    #[test]
    fn a_condition_of_somebody_else_is_asked_in_every_step() {
        let mut world = pair();
        let mut schedules = world.resource_mut::<Schedules>();
        let schedule = schedules.get_mut(SwarmSchedule).unwrap();
        schedule
            .configure_sets(StepSystems::Integrate.run_if(|clock: Res<SwarmClock>| clock.steps().is_multiple_of(2)));
        let mut agents = world.query::<&mut crate::Frequency>();
        agents.iter_mut(&mut world).for_each(|mut frequency| frequency.0 = 64.0 * 0.25);
        advance(&mut world, 6).unwrap();
        assert!(!was_alone(&world));
        let states = crate::agent_states(&mut world);
        assert_eq!([states[0].phase, states[1].phase], [1.75, 2.75], "moved in three of six steps");
    }
}
