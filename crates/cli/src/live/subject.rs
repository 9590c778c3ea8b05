//! The swarm that is looked at, and what commands do to it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use lampyrid::{
    io::scenario::{MemoryPolicy, NetworkScenario, Scenario, ScenarioBuilder},
    swarm::{
        self, Coupling, Disruption, DisruptionKind, Goal, Pattern, Rule, Supervisor, SupervisorPolicy, SwarmClock,
        SwarmError, SwarmGoal, TimeStep, adopt, advance, disrupt, install_goal, phase_hash, steps_until_look,
        take_chronicle,
    },
};

use super::{
    save::save,
    snapshot::{Happening, Snapshot, What},
};
use crate::{
    error::Failure,
    events::Event,
    run::{
        Prepared, Stepping, budget, goal, prepare,
        recorder::{natural_frequencies, recoveries},
    },
};

/// A swarm with its scenario, where its run stands, and what has happened so far.
pub(crate) struct Subject {
    pub(super) scenario: Scenario,
    /// The same as TOML.
    pub(super) text: Arc<str>,
    pub(super) prepared: Prepared,
    pub(super) threads: usize,
    strict: bool,
    /// How often it was made anew.
    pub(super) run: u64,
    /// Simulated seconds of all runs before.
    pub(super) before: f64,
    /// Mean natural frequency in the beginning [rad/s].
    pub(super) frequency: f64,
    /// Whether it ends with its scenario, or goes on as long as one watches.
    ends: bool,
    /// How often it was changed by hand: its scenario alone does not lead to such a swarm.
    pub(super) by_hand: u64,
    /// Why it cannot step.
    pub(super) stopped: Option<String>,
    /// What a supervisor chooses from.
    pub(super) rules: Vec<Rule>,
    /// The strategy in use.
    pub(super) rule: Option<Rule>,
    told: u64,
    pub(super) happenings: VecDeque<Happening>,
    /// From when until when it recovered, each time [s].
    pub(super) recoveries: Vec<(f64, f64)>,
    pub(super) stepping: Stepping,
    /// Phases of the last look, kept for their memory.
    pub(super) phases: Vec<f64>,
}

impl Subject {
    /// Makes the swarm of a scenario.
    pub(crate) fn new(scenario: Scenario, threads: usize, strict: bool) -> Result<Self, Failure> {
        let mut prepared = prepare(&scenario, threads, strict)?;
        let frequencies = natural_frequencies(&mut prepared.world);
        let frequency = frequencies.iter().sum::<f64>() / frequencies.len().max(1) as f64;
        let rules = goal::rules(&scenario, prepared.agents);
        let mut subject = Self {
            rule: rules.first().copied(),
            text: scenario.to_toml().into(),
            scenario,
            prepared,
            threads,
            strict,
            run: 0,
            before: 0.0,
            frequency,
            ends: true,
            by_hand: 0,
            stopped: None,
            rules,
            told: 0,
            happenings: VecDeque::new(),
            recoveries: Vec::new(),
            stepping: Stepping::default(),
            phases: Vec::new(),
        };
        for warning in subject.prepared.warnings.clone() {
            subject.note(warning);
        }
        Ok(subject)
    }

    /// Simulated seconds of this run.
    pub(crate) fn time(&self) -> f64 {
        self.prepared.world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds)
    }

    /// Simulated seconds since watching began.
    pub(crate) fn elapsed(&self) -> f64 {
        self.before + self.time()
    }

    pub(crate) fn steps(&self) -> u64 {
        self.prepared.world.get_resource::<SwarmClock>().map_or(0, SwarmClock::steps)
    }

    /// Δt [s].
    pub(crate) fn step_seconds(&self) -> f64 {
        self.prepared.world.get_resource::<TimeStep>().map_or(self.scenario.time.step, |step| step.seconds)
    }

    /// The step at which it ends by itself, if it does.
    pub(crate) fn end(&self) -> Option<u64> {
        self.ends.then(|| self.scenario.steps())
    }

    /// Whether it has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        let at_goal = || self.scenario.ends_at_goal() && goal::is_over(&self.prepared.world);
        self.ends && (self.steps() >= self.scenario.steps() || at_goal())
    }

    pub(crate) fn can_step(&self) -> bool {
        self.stopped.is_none() && !self.is_over()
    }

    /// Lets it go on past its end.
    pub(crate) fn go_on(&mut self) {
        self.ends &= !self.is_over();
    }

    /// The fingerprint of all phases.
    pub(crate) fn hash(&mut self) -> String {
        phase_hash(&mut self.prepared.world)
    }

    /// Takes some steps, at most so many, at least one: no more than until the next look at the goal, so that nothing
    /// that happens is missed, and not past the end. Returns how many.
    pub(crate) fn advance(&mut self, most: u64) -> u64 {
        let before = self.steps();
        let to_look = steps_until_look(&self.prepared.world).max(1);
        let to_end = self.end().map_or(u64::MAX, |end| end - before.min(end)).max(1);
        let began = std::time::Instant::now();
        let outcome = advance(&mut self.prepared.world, most.min(to_look).min(to_end));
        let took = began.elapsed();
        let taken = self.steps() - before;
        self.count(taken, took);
        if let Err(error) = outcome {
            self.stop(&error);
        }
        // The last step may be the one that was too much.
        let has_ended = self.is_over() && self.scenario.memory.policy != MemoryPolicy::Warn;
        if let Some(error) = budget::exceeded(&self.prepared.world).filter(|_| has_ended) {
            self.stop(&error);
        }
        self.listen();
        taken
    }

    fn count(&mut self, taken: u64, took: Duration) {
        self.stepping.elapsed += took;
        self.stepping.each.push_many(took.as_secs_f64() / taken.max(1) as f64, taken);
    }

    fn stop(&mut self, error: &SwarmError) {
        let reason = error.to_string();
        if self.stopped.as_ref() != Some(&reason) {
            self.refuse(format!("the swarm stopped: {reason}"));
            self.stopped = Some(reason);
        }
    }

    /// Takes note of what has happened.
    fn listen(&mut self) {
        let happened = take_chronicle(&mut self.prepared.world);
        self.recoveries.extend(recoveries(&happened));
        for (time, happening) in happened {
            if let swarm::Happening::StrategySwitched(told) = happening {
                self.rule = Some(told.rule);
            }
            if let Some(event) = Event::of(time, &happening) {
                self.tell(What::Event(event));
            }
        }
    }

    fn tell(&mut self, what: What) {
        if self.happenings.len() == Snapshot::EVENTS {
            self.happenings.pop_front();
        }
        self.happenings.push_back(Happening { number: self.told, what });
        self.told += 1;
    }

    /// A word to whoever is watching.
    pub(crate) fn note(&mut self, note: String) {
        self.tell(What::Note { time: self.time(), note, is_refusal: false });
    }

    /// Says why something was not done.
    pub(crate) fn refuse(&mut self, note: String) {
        self.tell(What::Note { time: self.time(), note, is_refusal: true });
    }

    /// Does something to the swarm that may fail for a reason worth telling; it may then step again.
    fn attempt(&mut self, act: impl FnOnce(&mut Self) -> Result<(), SwarmError>) {
        self.go_on();
        match act(self) {
            Ok(()) => (self.stopped, self.by_hand) = (None, self.by_hand + 1),
            Err(error) => self.refuse(error.to_string()),
        }
        self.listen();
    }

    pub(crate) fn disrupt(&mut self, kind: DisruptionKind, fraction: f64, seconds: f64) {
        self.attempt(|subject| {
            let at = subject.time();
            let until = kind.can_end().then_some(at + seconds);
            let seed = subject.scenario.seed;
            disrupt(&mut subject.prepared.world, Disruption { kind, fraction, at, until, seed }).map(|_| ())
        });
    }

    pub(crate) fn pursue(&mut self, pattern: Pattern) {
        self.attempt(|subject| {
            let rules = pattern.usual_rules();
            let first = rules.first().copied();
            let supervisor = Supervisor::new(rules.clone(), SupervisorPolicy::default());
            let deadline = subject.time() + Goal::new(pattern).deadline;
            install_goal(&mut subject.prepared.world, Goal { deadline, ..Goal::new(pattern) }, Some(supervisor))?;
            subject.rules = rules;
            first.map_or(Ok(()), |rule| subject.adopt(rule))?;
            subject.note(format!("the goal is now {}", pattern.name()));
            Ok(())
        });
    }

    fn adopt(&mut self, rule: Rule) -> Result<(), SwarmError> {
        adopt(&mut self.prepared.world, &rule)?;
        self.rule = Some(rule);
        if let Some(mut goal) = self.prepared.world.get_resource_mut::<SwarmGoal>() {
            goal.set_rule(Some(rule));
        }
        Ok(())
    }

    pub(crate) fn follow(&mut self, rule: Rule) {
        self.attempt(|subject| {
            rule.check()?;
            let world = &mut subject.prepared.world;
            world.remove_resource::<Supervisor>();
            subject.rules = vec![rule];
            subject.adopt(rule)?;
            subject.note(format!("the strategy is now {}", rule.name()));
            Ok(())
        });
    }

    /// Couples with another strength K [rad/s].
    pub(crate) fn couple(&mut self, strength: f64) {
        self.attempt(|subject| {
            let world = &mut subject.prepared.world;
            world.get_resource_or_init::<Coupling>().strength = strength;
            subject.note(format!("the coupling strength is now {strength} rad/s"));
            Ok(())
        });
    }

    /// Begins anew with a network of so many agents.
    pub(crate) fn resize(&mut self, agents: u64) {
        let resized = || -> Result<Scenario, Failure> {
            let text = self.scenario.to_toml();
            Ok(ScenarioBuilder::from_text(&text, "the scenario")?.set(&format!("network.agents={agents}"))?.build()?)
        };
        match resized() {
            _ if !matches!(self.scenario.network, NetworkScenario::Generated(_)) => {
                self.refuse(
                    "a network that is read has a size of its own; choose network.kind to change it".to_owned(),
                );
            }
            Ok(scenario) => self.begin_anew(scenario),
            Err(error) => self.refuse(error.to_string()),
        }
    }

    pub(crate) fn seed(&mut self, seed: u64) {
        self.begin_anew(Scenario { seed, ..self.scenario.clone() });
    }

    pub(crate) fn reset(&mut self) {
        self.begin_anew(self.scenario.clone());
    }

    /// Makes the swarm of a scenario in place of the present one, which stays where that fails.
    pub(crate) fn begin_anew(&mut self, scenario: Scenario) {
        match Self::new(scenario, self.threads, self.strict) {
            Ok(fresh) => {
                let (run, before, told) = (self.run + 1, self.elapsed(), self.told);
                let happenings = std::mem::take(&mut self.happenings);
                let notes = fresh.happenings.clone();
                *self = Self { run, before, told, happenings, ..fresh };
                let (agents, seed) = (crate::run::figures::grouped(self.prepared.agents as u64), self.scenario.seed);
                self.note(format!("begun anew: {agents} agents, seed {seed}"));
                notes.into_iter().for_each(|one| self.tell(one.what));
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    /// Writes a checkpoint.
    pub(crate) fn save(&mut self) {
        match save(&self.scenario, &mut self.prepared, &self.stepping) {
            Ok(path) => {
                let event = Event::Checkpoint { time: self.time(), step: self.steps(), path };
                self.tell(What::Event(event));
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }
}
