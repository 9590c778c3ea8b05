//! Looking at the swarm now and then.

use bevy_ecs::{
    prelude::*,
    query::{ArchetypeFilter, QueryFilter},
};
use bytemuck::TransparentWrapper;
use lampyrid_measure::GapFinder;

use super::{
    GoalAttained, GoalLost, Recovered, StrategySwitched,
    adopt::{adopt, adopt_newcomers},
    goal::{Goal, Pattern},
    measurement::{Measurement, frequency_error},
    monitor::{Change, Monitor, Verdict},
    pacemaker::Pacemaker,
    rule::Rule,
    supervisor::{Decision, Supervisor},
};
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    agent::{AgentId, IsAgent, Phase},
    clock::SwarmClock,
    coherence::first_not_finite,
    community,
    disruption::Disruptions,
    error::SwarmError,
    identity::AgentIds,
    index::not_contiguous,
    parts::Others,
    recent::remember,
    settings::{Coupling, TimeStep},
    tell::tell,
};

/// The goal of a swarm and how it gets on. Read it in any system.
///
/// The swarm is looked at after the first step and then at every multiple of
/// [`every`](Self::every) simulated seconds, between steps: a look moves nothing.
#[derive(Resource, Clone, Debug)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Clone))]
pub struct SwarmGoal {
    pub(crate) goal: Goal,
    /// Simulated seconds between two looks, ≥ 0; 0.1 to begin with.
    pub every: f64,
    pub(crate) monitor: Monitor,
    pub(crate) measurement: Measurement,
    pub(crate) distance: f64,
    /// When the last look was.
    pub(crate) looked: Option<f64>,
    /// The last disruption known of.
    pub(crate) disrupted: Option<f64>,
    /// Whether the swarm has yet to recover from it.
    pub(crate) is_hit: bool,
    pub(crate) recoveries: Vec<f64>,
    pub(crate) switches: Vec<(f64, usize)>,
    /// The rule that newcomers get as well.
    pub(crate) rule: Option<Rule>,
    /// How often agents had come or gone at the last look.
    #[cfg_attr(feature = "reflect", reflect(skip_serializing))]
    pub(crate) known: Option<u64>,
    /// Noise as it was before the supervisor raised it.
    pub(crate) calm: Option<f64>,
    /// Whose goal it is, if not the whole swarm's.
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    pub(crate) community: Option<&'static str>,
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    pub(crate) scratch: Scratch,
}

/// Buffers of a look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    phases: Vec<f64>,
    gaps: GapFinder,
    /// Who was where at the look before, where frequencies are asked for.
    pub(crate) before: Vec<(Entity, f64)>,
    now: Vec<(Entity, f64)>,
}

impl SwarmGoal {
    pub(crate) fn new(goal: Goal) -> Self {
        Self {
            goal,
            every: 0.1,
            monitor: Monitor::default(),
            measurement: Measurement::default(),
            distance: 1.0,
            looked: None,
            disrupted: None,
            is_hit: false,
            recoveries: Vec::new(),
            switches: Vec::new(),
            rule: None,
            known: None,
            calm: None,
            community: None,
            scratch: Scratch::default(),
        }
    }

    pub(crate) fn of_community(goal: Goal, name: &'static str) -> Self {
        Self { community: Some(name), ..Self::new(goal) }
    }

    /// What is to be reached.
    #[must_use]
    pub fn goal(&self) -> &Goal {
        &self.goal
    }

    /// What the last look found.
    #[must_use]
    pub fn measurement(&self) -> &Measurement {
        &self.measurement
    }

    /// How far that is from the goal, see [`Goal::distance`].
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.distance
    }

    /// What to make of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.monitor.verdict(&self.goal, self.looked.unwrap_or(0.0))
    }

    /// Whether the goal is attained now, that is, was held for its hold time up to the last look.
    #[must_use]
    pub fn is_attained(&self) -> bool {
        self.monitor.is_attained()
    }

    /// Since when it is \[simulated s\].
    #[must_use]
    pub fn attained_since(&self) -> Option<f64> {
        self.monitor.attained_since()
    }

    /// When the pattern was first met that was then held \[simulated s\].
    #[must_use]
    pub fn time_to_goal(&self) -> Option<f64> {
        self.monitor.time_to_goal()
    }

    /// How long each recovery took, from the end of its disruption \[s\]; the latest thousand.
    #[must_use]
    pub fn recoveries(&self) -> &[f64] {
        &self.recoveries
    }

    /// When the supervisor chose another rule \[simulated s\], and which: the history of strategies, its
    /// latest thousand.
    #[must_use]
    pub fn switches(&self) -> &[(f64, usize)] {
        &self.switches
    }

    /// The rule that newcomers adopt at the next look. Slots are dealt anew to all when agents come or go.
    pub fn set_rule(&mut self, rule: Option<Rule>) {
        self.rule = rule;
    }

    /// Whether nothing is left to wait for: the goal is attained and no disruption is to come, or
    /// its deadline has passed.
    #[must_use]
    pub fn is_over(&self, disruptions: Option<&Disruptions>) -> bool {
        let is_late = self.looked.is_some_and(|time| time >= self.goal.deadline);
        // A disruption that this has not looked past yet may have undone what was attained.
        let is_calm = disruptions.is_none_or(|all| all.are_over() && all.last() == self.disrupted);
        is_late || (self.is_attained() && is_calm)
    }
}

/// Simulated seconds until the next look.
fn left(goal: &SwarmGoal, now: f64) -> f64 {
    let next = |looked: f64| ((looked / goal.every + 1e-6).floor() + 1.0) * goal.every;
    // A clock that was put back makes no look wait for it.
    let looked = goal.looked.filter(|looked| *looked <= now);
    looked.map_or(0.0, |looked| if goal.every > 0.0 { next(looked) - now } else { 0.0 })
}

/// How many steps can be taken at least before it is time for a look at how the swarm, or a community,
/// gets on towards its goal; as many as there are without one. Whoever waits for the goal takes so many at a time, or
/// one where it is none, to miss no look.
#[must_use]
pub fn steps_until_look(world: &World) -> u64 {
    let own = world.get_resource::<SwarmGoal>().map_or(u64::MAX, |goal| goal.steps_until_look(world));
    own.min(community::steps_until_look(world))
}

/// Looks at the swarm if it is time, judges, and lets the supervisor decide.
///
/// # Errors
///
/// As [`Goal::check`] and [`Supervisor::check`]; [`SwarmError::PhaseNotFinite`].
pub(crate) fn look(world: &mut World) -> Result<(), SwarmError> {
    let Some(now) = world.get_resource::<SwarmGoal>().map_or(Ok(None), |goal| goal.is_due(world))? else {
        return Ok(());
    };
    lend(world, World::get_resource_mut, |world, watched| {
        watched.measure::<()>(world, now)?;
        let changes = world.get_resource::<AgentIds>().map_or(0, AgentIds::changes);
        let have_changed = watched.known.replace(changes).is_some_and(|known| known != changes);
        let have_changed = Others::of(world).any(have_changed)?;
        if have_changed && let Some(rule) = watched.rule {
            adopt_newcomers(world, &rule)?;
        }
        watched.judge(world, now);
        watched.supervise(world, now)
    })
}

/// Takes a goal out of its world for a look at the world, and puts it back.
///
/// Not by [`World::resource_scope`]: a world notes every resource that is taken out, and where no app
/// tells it to forget, never does.
pub(crate) fn lend(
    world: &mut World,
    goal: impl Fn(&mut World) -> Option<Mut<'_, SwarmGoal>>,
    look: impl FnOnce(&mut World, &mut SwarmGoal) -> Result<(), SwarmError>,
) -> Result<(), SwarmError> {
    let Some(mut lent) = goal(world) else { return Ok(()) };
    let blank = SwarmGoal::new(lent.goal);
    let mut watched = std::mem::replace(&mut *lent, blank);
    let outcome = look(world, &mut watched);
    if let Some(mut lent) = goal(world) {
        *lent = watched;
    }
    outcome
}

type Seen = (Entity, &'static Phase, &'static AgentId);

/// What agents are looked at with, kept from look to look.
#[derive(Resource)]
pub(crate) struct Eyes<F: QueryFilter + 'static>(Option<Looking<F>>);

type Looking<F> = (QueryState<Seen, Led<F>>, QueryState<Seen, Leading<F>>);

type Led<F> = (IsAgent, Without<Pacemaker>, F);
type Leading<F> = (IsAgent, With<Pacemaker>, F);

impl<F: QueryFilter + 'static> Default for Eyes<F> {
    fn default() -> Self {
        Self(None)
    }
}

impl SwarmGoal {
    /// The simulated seconds so far, if it is time for a look.
    ///
    /// # Errors
    ///
    /// As [`Goal::check`].
    pub(crate) fn is_due(&self, world: &World) -> Result<Option<f64>, SwarmError> {
        let now = world.get_resource::<SwarmClock>().ok_or(SwarmError::NotInstalled)?.seconds();
        let step = world.get_resource::<TimeStep>().map_or(0.0, |step| step.seconds);
        if left(self, now) > 1e-6 * step {
            return Ok(None);
        }
        self.goal.check().map(|()| Some(now))
    }

    /// How many steps can be taken before it is.
    pub(crate) fn steps_until_look(&self, world: &World) -> u64 {
        let Some(clock) = world.get_resource::<SwarmClock>() else { return u64::MAX };
        let step = world.get_resource::<TimeStep>().map_or(f64::INFINITY, |step| step.seconds);
        (left(self, clock.seconds()) / step).floor() as u64
    }

    /// Measures the agents that pass the filter.
    pub(crate) fn measure<F: ArchetypeFilter + 'static>(
        &mut self,
        world: &mut World,
        now: f64,
    ) -> Result<(), SwarmError> {
        let eyes = world.get_resource_or_init::<Eyes<F>>().0.take();
        let (mut agents, mut pacemakers) = eyes.unwrap_or_else(|| (world.query_filtered(), world.query_filtered()));
        let others = Others::of(world);
        let leader = pacemakers.iter(world).map(|(_, phase, id)| (*id, phase.0)).min_by_key(|(id, _)| *id);
        let reference = phase_of_first(leader, &others)?;
        let Scratch { phases, gaps, before, now: after } = &mut self.scratch;
        phases.clear();
        for (_, table, _) in agents.query(world).contiguous_iter().map_err(not_contiguous)? {
            phases.extend_from_slice(Phase::peel_slice(table));
        }
        let found = Measurement::of(&self.goal, phases, reference, gaps, &others)?;
        self.measurement = found.ok_or_else(|| first_not_finite(agents.iter(world)))?;
        if let Pattern::Locked { frequency } = self.goal.pattern {
            after.clear();
            after.extend(agents.iter(world).map(|(agent, phase, _)| (agent, phase.0)));
            let seconds = now - self.looked.unwrap_or(now);
            let largest = largest_error(before, after, seconds, frequency);
            self.measurement.frequency_error = largest_of_all(largest, &others)?;
            std::mem::swap(before, after);
        }
        world.resource_mut::<Eyes<F>>().0 = Some((agents, pacemakers));
        self.distance = self.goal.distance(&self.measurement);
        self.looked = Some(now);
        Ok(())
    }

    /// Judges what was measured last.
    pub(crate) fn judge(&mut self, world: &mut World, now: f64) {
        let last = world.get_resource::<Disruptions>().and_then(Disruptions::last);
        if last != self.disrupted {
            self.disrupted = last;
            self.is_hit = true;
            if self.monitor.is_attained() && self.distance > 0.0 {
                tell(world, self.lost(now));
            }
            self.monitor.start_afresh();
        }
        match self.monitor.add(&self.goal, now, self.distance) {
            Some(Change::Lost) => tell(world, self.lost(now)),
            Some(Change::Attained) => self.attained(world, now),
            None => {}
        }
    }

    fn lost(&self, at: f64) -> GoalLost {
        GoalLost { at, distance: self.distance, community: self.community }
    }

    fn attained(&mut self, world: &mut World, at: f64) {
        let since = self.monitor.attained_since().unwrap_or(at);
        tell(world, GoalAttained { at, since, community: self.community });
        let is_quiet = world.get_resource::<Disruptions>().is_none_or(Disruptions::are_quiet);
        if let Some(end) = self.disrupted.filter(|_| self.is_hit && is_quiet) {
            let after = (since - end).max(0.0);
            remember(&mut self.recoveries, after);
            self.is_hit = false;
            tell(world, Recovered { since, after, community: self.community });
        }
    }

    fn supervise(&mut self, world: &mut World, now: f64) -> Result<(), SwarmError> {
        let verdict = self.monitor.verdict(&self.goal, now);
        let Some(mut supervisor) = world.get_resource_mut::<Supervisor>() else {
            return Ok(());
        };
        match supervisor.decide(&verdict, self.distance, now) {
            Decision::Keep => {}
            Decision::Switch { place } => {
                let rule = supervisor.rules()[place];
                adopt(world, &rule)?;
                self.rule = Some(rule);
                remember(&mut self.switches, (now, place));
                self.monitor.be_patient();
                tell(world, StrategySwitched { at: now, rule, place });
            }
            Decision::RaiseNoise { diffusion } => {
                if let Some(mut coupling) = world.get_resource_mut::<Coupling>() {
                    self.calm = Some(coupling.noise);
                    coupling.noise += diffusion;
                }
            }
            Decision::Calm => {
                if let (Some(noise), Some(mut coupling)) = (self.calm.take(), world.get_resource_mut::<Coupling>()) {
                    coupling.noise = noise;
                }
                self.monitor.be_patient();
            }
        }
        Ok(())
    }
}

/// The phase of the pacemaker with the smallest id in any part of the swarm; 0 without one.
fn phase_of_first(own: Option<(AgentId, f64)>, others: &Others) -> Result<f64, SwarmError> {
    let nobody = AgentId::UNASSIGNED;
    let (id, phase) = own.unwrap_or((nobody, 0.0));
    let all = others.share([id.get(), phase.to_bits()])?;
    Ok(all.iter().min_by_key(|[id, _]| *id).map_or(0.0, |&[_, phase]| f64::from_bits(phase)))
}

/// The largest error in any part of the swarm; infinite if none is known.
fn largest_of_all(own: Option<f64>, others: &Others) -> Result<f64, SwarmError> {
    /// Not the bits of any error.
    const UNKNOWN: u64 = u64::MAX;
    let all = others.share([own.map_or(UNKNOWN, f64::to_bits)])?;
    let known = all.iter().filter(|[bits]| *bits != UNKNOWN).map(|&[bits]| f64::from_bits(bits));
    Ok(known.reduce(f64::max).unwrap_or(f64::INFINITY))
}

/// The largest error of those who were there at both looks, if anybody was.
fn largest_error(before: &[(Entity, f64)], after: &[(Entity, f64)], seconds: f64, frequency: f64) -> Option<f64> {
    let error = |from: f64, to: f64| frequency_error(from, to, seconds, frequency);
    let is_same = before.len() == after.len() && before.iter().zip(after).all(|(a, b)| a.0 == b.0);
    let largest = if is_same {
        before.iter().zip(after).map(|(a, b)| error(a.1, b.1)).reduce(f64::max)
    } else {
        let known: std::collections::HashMap<_, _> = before.iter().copied().collect();
        after.iter().filter_map(|(agent, to)| Some(error(*known.get(agent)?, *to))).reduce(f64::max)
    };
    largest.filter(|_| seconds > 0.0)
}
