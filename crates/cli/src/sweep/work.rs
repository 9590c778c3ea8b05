//! One run of a sweep: a world of its own, stepped by one thread.

use std::time::Instant;

use lampyrid::{
    io::{
        scenario::{MemoryPolicy, Scenario},
        sweep::SweepOutcome,
    },
    measure::LaterHalf,
    swarm::{SwarmClock, SwarmError, SwarmGoal, Workers, World, advance, install_swarm, phase_hash, steps_until_look},
};

use super::{
    inputs::Inputs,
    queue::{Job, Room},
};
use crate::{
    error::Failure,
    run::{budget, goal, pace::Pace, prepare::Beginning, recorder},
};

/// Asked between steps: whether anybody still wants the end of a run.
type IsWanted<'a> = &'a dyn Fn() -> bool;

/// What came of a run; none if nobody wanted its end any more.
pub(super) fn carry_out(
    job: Job,
    room: &mut Room<'_>,
    inputs: &Inputs,
    workers: &Workers,
    is_wanted: IsWanted<'_>,
) -> Option<SweepOutcome> {
    let outcome = job.scenario.and_then(|scenario| run(&scenario, room, inputs, workers, is_wanted));
    outcome.unwrap_or_else(|failure| Some(SweepOutcome::failed(&failure.to_string())))
}

fn run(
    scenario: &Scenario,
    room: &mut Room<'_>,
    inputs: &Inputs,
    workers: &Workers,
    is_wanted: IsWanted<'_>,
) -> Result<Option<SweepOutcome>, Failure> {
    let beginning = Beginning::of(scenario, &*inputs.network(scenario)?, 1)?;
    room.is_of(beginning.estimated_bytes);
    let agents = beginning.agents as u64;
    let mut world = World::new();
    install_swarm(&mut world);
    beginning.settle(scenario, workers.clone(), &mut world)?;
    let mut course = Course::default();
    let outcome = step_through(scenario, &mut world, &mut course, is_wanted);
    let steps = steps_taken(&world);
    if !outcome.map_err(|error| Failure::Swarm { steps, error })? {
        return Ok(None);
    }
    let watched = world.get_resource::<SwarmGoal>();
    Ok(Some(SweepOutcome {
        agents: Some(agents),
        steps: Some(steps),
        r_final: Some(course.last),
        r_mean: course.r.statistics().mean(),
        attained: watched.map(SwarmGoal::is_attained),
        time_to_goal: watched.and_then(SwarmGoal::time_to_goal),
        phase_hash: Some(phase_hash(&mut world)),
        ..SweepOutcome::default()
    }))
}

/// R over time, at the same steps as the rows that a run on its own records.
#[derive(Default)]
struct Course {
    phases: Vec<f64>,
    r: LaterHalf,
    last: f64,
}

impl Course {
    fn see(&mut self, world: &mut World) -> Result<(), SwarmError> {
        self.last = recorder::order(world, &mut self.phases)?.r;
        self.r.push(self.last);
        Ok(())
    }
}

/// Takes all steps; false if it was stopped before.
fn step_through(
    scenario: &Scenario,
    world: &mut World,
    course: &mut Course,
    is_wanted: IsWanted<'_>,
) -> Result<bool, SwarmError> {
    let (steps, every, ends_at_goal) = (scenario.steps(), scenario.record.every, scenario.ends_at_goal());
    let (mut done, mut pace) = (0, Pace::default());
    course.see(world)?;
    while done < steps && !(ends_at_goal && goal::is_over(world)) {
        if !is_wanted() {
            return Ok(false);
        }
        // As in a run on its own, no look at the goal is passed over.
        let most = (every - done % every).min(steps - done).min(steps_until_look(world).max(1));
        let began = Instant::now();
        advance(world, pace.steps(most))?;
        pace.took(began.elapsed());
        done = steps_taken(world);
        if done.is_multiple_of(every) || done == steps {
            course.see(world)?;
        }
    }
    if done < steps && !done.is_multiple_of(every) {
        course.see(world)?;
    }
    match budget::exceeded(world) {
        // The last step may be the one that was too much.
        Some(error) if scenario.memory.policy != MemoryPolicy::Warn => Err(error),
        _ => Ok(true),
    }
}

fn steps_taken(world: &World) -> u64 {
    world.get_resource::<SwarmClock>().map_or(0, SwarmClock::steps)
}
