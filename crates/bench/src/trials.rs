//! Trials of goals: one swarm, one seed, judged by its raw phases.
//!
//! The judge knows nothing of the monitor that the swarm carries along: it has formulas of its own,
//! the plainest there are.

use std::f64::consts::TAU;

use bevy_ecs::prelude::*;
use lampyrid::{
    prelude::*,
    swarm::{Disruption, Goal, GoalPlan, Pacemaker, Pattern, SwarmGoal, energy_ledger, install_disruptions},
};

/// Simulated seconds between two looks of the judge.
const LOOK: f64 = 0.1;

/// What came of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// When the pattern was first met that was then held for the goal's hold time \[simulated s\];
    /// none if that did not happen before the deadline.
    pub time_to_goal: Option<f64>,
    /// The same after the last disruption, counted from its end.
    pub recovery: Option<f64>,
    /// Energy spent up to the end of the first hold time, or the deadline.
    pub spent: f64,
    /// Whether the swarm's own monitor said the same at the end.
    pub monitor_agrees: bool,
}

/// Runs a swarm of this plan and seed until the goal was held, after the last disruption if there
/// is one, or the deadline has passed.
///
/// # Errors
///
/// If the swarm cannot be made, or stops with an error.
pub fn trial(plan: &GoalPlan, seed: u64, disruptions: &[Disruption]) -> Result<Trial, BevyError> {
    let mut world = World::new();
    plan.spawn(&mut world, seed)?;
    world.insert_resource(Workers::with_threads(1));
    install_disruptions(&mut world, disruptions.to_vec())?;
    let end = disruptions.iter().map(Disruption::end).max_by(f64::total_cmp);
    let goal = plan.goal;
    let steps = (LOOK / plan.step).round() as u64;
    let (mut first, mut again) = (Held::default(), Held::default());
    let mut judge = Judge { goal, before: Vec::new(), looked: 0.0 };
    let (mut spent, mut time) = (None, 0.0);
    let is_over = |first: &Held, again: &Held| first.since.is_some() && (end.is_none() || again.since.is_some());
    while time < goal.deadline && !is_over(&first, &again) {
        advance(&mut world, steps)?;
        time = world.resource::<SwarmClock>().seconds();
        let is_met = judge.is_met(&mut world, time);
        first.look(&goal, time, is_met);
        if first.since.is_some() {
            spent.get_or_insert_with(|| energy_ledger(&world).spent());
        }
        if end.is_some_and(|end| time > end + 0.5 * LOOK) {
            again.look(&goal, time, is_met);
        }
    }
    let spent = spent.unwrap_or_else(|| energy_ledger(&world).spent());
    let recovery = end.zip(again.since).map(|(end, since)| (since - end).max(0.0));
    let monitor_agrees = world.resource::<SwarmGoal>().is_attained() == is_over(&first, &again);
    Ok(Trial { time_to_goal: first.since, recovery, spent, monitor_agrees })
}

/// The first time for which a pattern was held.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    begun: Option<f64>,
    since: Option<f64>,
}

impl Held {
    fn look(&mut self, goal: &Goal, time: f64, is_met: bool) {
        if !is_met {
            self.begun = None;
            return;
        }
        let begun = *self.begun.get_or_insert(time);
        if time - begun >= goal.hold - 1e-6 {
            self.since.get_or_insert(begun);
        }
    }
}

struct Judge {
    goal: Goal,
    /// Ids and phases at the look before, by id.
    before: Vec<(u64, f64)>,
    looked: f64,
}

impl Judge {
    fn is_met(&mut self, world: &mut World, time: f64) -> bool {
        let mut agents: Vec<(u64, f64, bool)> = world
            .query::<(&AgentId, &Phase, Has<Pacemaker>)>()
            .iter(world)
            .map(|(id, phase, is_pacemaker)| (id.get(), phase.0, is_pacemaker))
            .collect();
        agents.sort_unstable_by_key(|(id, ..)| *id);
        let pacemaker = agents.iter().find(|(.., is_pacemaker)| *is_pacemaker).map_or(0.0, |(_, phase, _)| *phase);
        let now: Vec<_> = agents.iter().filter(|(.., is)| !is).map(|(id, phase, _)| (*id, *phase)).collect();
        let is_met = self.met(&now, pacemaker, time - self.looked);
        (self.before, self.looked) = (now, time);
        is_met
    }

    fn met(&self, now: &[(u64, f64)], pacemaker: f64, seconds: f64) -> bool {
        let goal = &self.goal;
        let phases: Vec<f64> = now.iter().map(|(_, phase)| *phase).collect();
        match goal.pattern {
            Pattern::InPhase => mean(&phases, 1).0 >= goal.target,
            Pattern::Splay => {
                mean(&phases, 1).0 <= goal.tolerance && largest_gap(&phases) <= 2.0 * TAU / phases.len() as f64
            }
            Pattern::Clusters(m) => {
                mean(&phases, m).0 >= goal.target && (1..m).all(|k| mean(&phases, k).0 <= goal.tolerance)
            }
            Pattern::Locked { frequency } => {
                let errors = now.iter().filter_map(|(id, phase)| {
                    let place = self.before.binary_search_by_key(id, |(id, _)| *id).ok()?;
                    Some(around(phase - self.before[place].1 - frequency * seconds) / seconds)
                });
                !self.before.is_empty() && errors.fold(0.0, f64::max) <= goal.tolerance
            }
            Pattern::PhaseAt { phase } => {
                let (r, psi) = mean(&phases, 1);
                r >= goal.target && around(psi - pacemaker - phase) <= goal.tolerance
            }
        }
    }
}

/// How far an angle is from a whole number of turns.
fn around(angle: f64) -> f64 {
    (angle - TAU * (angle / TAU).round()).abs()
}

/// Length and angle of the mean of e^{imθ}.
fn mean(phases: &[f64], m: u32) -> (f64, f64) {
    let m = f64::from(m);
    let x: f64 = phases.iter().map(|phase| (m * phase).cos()).sum();
    let y: f64 = phases.iter().map(|phase| (m * phase).sin()).sum();
    (x.hypot(y) / phases.len() as f64, y.atan2(x))
}

fn largest_gap(phases: &[f64]) -> f64 {
    let mut sorted = phases.to_vec();
    sorted.sort_by(f64::total_cmp);
    let next = sorted.iter().cycle().skip(1);
    sorted.iter().zip(next).map(|(a, b)| if b > a { b - a } else { b - a + TAU }).fold(0.0, f64::max)
}
