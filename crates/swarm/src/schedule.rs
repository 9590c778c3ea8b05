//! When things happen: the sets of the host's schedule and the steps of ours.

use bevy_ecs::{
    prelude::*,
    schedule::{Schedule, ScheduleLabel, Schedules, SingleThreadedExecutor, SystemSet},
};

use crate::{
    community, disruption,
    duties::Duties,
    error::SwarmError,
    firing, goals,
    index::SwarmIndex,
    install::join,
    memory,
    stage::{Lineup, Stage, StepSettings, on_first_stage, on_last_stage},
    step::{step_alone, undo},
    tell::deliver,
    workers::{Awake, Workers},
};

/// Where the swarm acts in the host's schedule; order your systems against these.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SwarmSystems {
    /// Empty: for systems that must see the swarm before it moves.
    First,
    /// Empty: for systems that change settings, spawn, despawn or link.
    Prepare,
    /// One step of [`SwarmSchedule`] runs, unless a run condition of the host's forbids it.
    Step,
    /// Empty: for systems that measure the swarm.
    Measure,
    /// Empty: for systems that judge what was measured, and choose settings by it.
    Goals,
    /// Empty: for systems that must see the swarm after it moved.
    Last,
}

/// The schedule of one step. It runs on the single-threaded executor, since waking another thread
/// costs more than a small step; large swarms are parallel inside the systems instead.
///
/// Run by hand it moves nothing: a multi-stage integrator needs it once per stage, and [`advance`] does
/// that. Systems that a host put into it do run.
#[derive(ScheduleLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SwarmSchedule;

/// The parts of one step, in order. `Exchange` to `Integrate` run once per stage of the
/// integrator, the others once per step.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepSystems {
    /// Empty: for systems that change the swarm before its step. Spawning belongs here; settings
    /// were read already, see [`advance`].
    First,
    /// The derived index follows what was spawned, despawned, moved or linked anew.
    Topology,
    /// Empty: for phases that come from elsewhere.
    Exchange,
    /// Each agent's phase is published as (cos θ, sin θ).
    Sample,
    /// Agents answer the published phases. Custom laws write [`Drive`](crate::Drive) here; the
    /// built-in law is summed block by block as `Integrate` moves the phases, since storing its
    /// rates in between would cost another pass over memory.
    Couple,
    /// Phases move.
    Integrate,
    /// Energy recovers.
    Energy,
    /// The clock advances.
    Finalize,
    /// Empty: for systems that look at the swarm after its step.
    Last,
}

#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Once {
    BeforeStages,
    AfterStages,
}

/// Sets up [`SwarmSchedule`] in a world.
pub(crate) fn install(world: &mut World) {
    // Systems that a host has put there before are its own.
    let mut schedules = world.get_resource_or_init::<Schedules>();
    let mut schedule = schedules.remove(SwarmSchedule).unwrap_or_else(|| Schedule::new(SwarmSchedule));
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.configure_sets((
        // What a system in `First` spawns takes part in the step; what is spawned after
        // `Topology` waits until it is over.
        (StepSystems::First, StepSystems::Topology).chain(),
        (
            StepSystems::Topology,
            StepSystems::Exchange,
            StepSystems::Sample,
            StepSystems::Couple,
            StepSystems::Integrate,
            StepSystems::Energy,
            StepSystems::Finalize,
        )
            .chain_ignore_deferred(),
        (StepSystems::Finalize, StepSystems::Last).chain(),
        (StepSystems::First, StepSystems::Topology).in_set(Once::BeforeStages),
        (StepSystems::Energy, StepSystems::Finalize, StepSystems::Last).in_set(Once::AfterStages),
        Once::BeforeStages.run_if(on_first_stage),
        Once::AfterStages.run_if(on_last_stage),
    ));
    join(world, &mut schedule);
    world.add_schedule(schedule);
    world.init_resource::<Stage>();
}

/// Takes `steps` steps now, without a clock.
///
/// Settings are read once, at the beginning of each step: what a system inside the step changes
/// of them holds from the next step on.
///
/// In a world without an app, call [`World::clear_trackers`] now and then if agents come and go:
/// a world notes which components were removed until it is told to forget. Apps do that at the end
/// of every update.
///
/// # Errors
///
/// [`SwarmError::ScheduleTaken`] where a step is under way already (in a system of the step, or in an
/// observer of what happened in it), or where [`SwarmSchedule`] was removed; else the first
/// [`SwarmError`]. No steps are never an error of settings: they are not looked at. The steps before it stand; of the one that met it nothing is left: no
/// time passed, and the phases are those it began with. Strategies answer before phases move: what
/// [`FrequencyLock`](crate::FrequencyLock) and [`Adaptive`](crate::Adaptive) learned stays learned where an error
/// is found only after them, such as a phase that left all numbers between two stages. And a part of a swarm that misses
/// another when some of its agents have moved ([`SwarmMotion`](crate::SwarmMotion)) takes no further step: that error stands.
pub fn advance(world: &mut World, steps: u64) -> Result<(), SwarmError> {
    let was_installed = world.contains_resource::<Duties>();
    let schedule = world.get_resource_mut::<Schedules>().and_then(|mut all| all.remove_temporarily(SwarmSchedule));
    let Some(mut schedule) = schedule else {
        return Err(if was_installed { SwarmError::ScheduleTaken } else { SwarmError::NotInstalled });
    };
    let outcome = take_steps(world, &mut schedule, steps);
    deliver(world);
    join(world, &mut schedule);
    let is_gone = was_installed && !world.contains_resource::<Duties>();
    // A world that was cleared meanwhile may have no room for resources any more.
    if is_gone {
        return outcome;
    }
    world.get_resource_or_init::<Schedules>().reinsert(schedule);
    outcome
}

fn take_steps(world: &mut World, schedule: &mut Schedule, steps: u64) -> Result<(), SwarmError> {
    // Built now, so that its order can be looked at; if that fails, running it says why.
    let _ = schedule.initialize(world);
    let mut lineup = Lineup::of(schedule);
    let _awake = stay_awake(world);
    let mut left = steps;
    while left > 0 {
        memory::hold(world)?;
        disruption::act(world)?;
        deliver(world);
        left -= 1;
        if step(world, schedule, lineup)? == Company::None {
            let together = left.min(quiet_steps(world));
            step_alone(world, together)?;
            left -= together;
        }
        memory::look(world)?;
        firing::look(world);
        goals::look(world)?;
        community::look(world)?;
        deliver(world);
        if join(world, schedule) {
            let _ = schedule.initialize(world);
            lineup = Lineup::of(schedule);
        }
    }
    Ok(())
}

/// Keeps the other threads awake from step to step, if the swarm is large.
fn stay_awake(world: &World) -> Option<Awake> {
    world.get_resource::<Workers>()?.stay_awake(world.get_resource::<SwarmIndex>()?.agents())
}

/// How many steps can be taken before someone looks at the swarm, or disturbs it.
fn quiet_steps(world: &World) -> u64 {
    let looks = memory::steps_until_look(world).min(firing::steps_until_look(world));
    looks.min(goals::steps_until_look(world)).min(disruption::steps_until_next(world))
}

/// Whether anything but the swarm's own systems took part in a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Company {
    None,
    Some,
}

fn step(world: &mut World, schedule: &mut Schedule, lineup: Lineup) -> Result<Company, SwarmError> {
    let settings = StepSettings::read(world)?;
    if let Some(error) = world.get_resource::<SwarmIndex>().and_then(|index| index.ghosts.torn) {
        return Err(error);
    }
    let count = settings.time_step.integrator.stages().len();
    let before = world.change_tick().get();
    let mut ran = 0;
    for index in 0..count {
        let stage = Stage { index, count, settings, lineup, alone: false };
        *world.get_resource_mut().ok_or(SwarmError::NotInstalled)? = stage;
        world.get_resource_mut::<SwarmIndex>().ok_or(SwarmError::NotInstalled)?.open();
        schedule.run(world);
        let mut outcome = world.get_resource_mut::<SwarmIndex>().ok_or(SwarmError::NotInstalled)?;
        outcome.close();
        ran += outcome.take_ran();
        if let Some(error) = outcome.take_error() {
            undo(world, index);
            return Err(error);
        }
    }
    let ticks = world.change_tick().get().wrapping_sub(before);
    Ok(if lineup.was_alone(count, ran, ticks) { Company::None } else { Company::Some })
}
