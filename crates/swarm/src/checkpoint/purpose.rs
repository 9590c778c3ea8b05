//! Goals, whoever chooses rules for them, and disruptions, as they are written down.

use bevy_ecs::world::World;
use lampyrid_graph::Members;
use lampyrid_measure::Trend;
use serde::{Deserialize, Serialize};

use super::{
    StateError,
    census::{Census, NOBODY},
    settings::kept,
};
use crate::{
    agent::AgentId,
    disruption::{self, CutLink, Disrupted, Disruption, DisruptionKind, Disruptions, Done, UnderWay},
    error::SwarmError,
    goals::{
        self, Goal, Measurement, Monitor, Pattern, Rule, Spread, Supervisor, SupervisorPolicy, SupervisorRecord,
        SwarmGoal,
    },
    identity::AgentIds,
    parts::Others,
    strategy::{Adaptive, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse},
};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Goal")]
struct GoalDefinition {
    #[serde(with = "PatternDefinition")]
    pattern: Pattern,
    target: f64,
    tolerance: f64,
    hold: f64,
    deadline: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Pattern")]
enum PatternDefinition {
    InPhase,
    Splay,
    Clusters(u32),
    Locked { frequency: f64 },
    PhaseAt { phase: f64 },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Rule")]
enum RuleDefinition {
    PhaseNudge(#[serde(with = "PhaseNudgeDefinition")] PhaseNudge),
    FrequencyLock(#[serde(with = "FrequencyLockDefinition")] FrequencyLock),
    Pulse(#[serde(with = "PulseDefinition")] Pulse),
    EnergyAware(#[serde(with = "EnergyAwareDefinition")] EnergyAware),
    Desync(#[serde(with = "DesyncDefinition")] Desync),
    Offset {
        #[serde(with = "FrequencyLockDefinition")]
        lock: FrequencyLock,
        #[serde(with = "SpreadDefinition")]
        spread: Spread,
    },
    Adaptive(#[serde(with = "AdaptiveDefinition")] Adaptive),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Spread")]
enum SpreadDefinition {
    Even,
    Slots(u32),
    Same(f64),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PhaseNudge")]
struct PhaseNudgeDefinition {
    gain: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FrequencyLock")]
struct FrequencyLockDefinition {
    gain: f64,
    rate: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Pulse")]
struct PulseDefinition {
    strength: f64,
    curvature: f64,
    refractory: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "EnergyAware")]
struct EnergyAwareDefinition {
    gain: f64,
    reserve: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Desync")]
struct DesyncDefinition {
    rate: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Adaptive")]
struct AdaptiveDefinition {
    gain: f64,
    rate: f64,
    reserve: f64,
    every: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "SupervisorPolicy")]
struct PolicyDefinition {
    dwell: f64,
    exploration: f64,
    noise: f64,
    noise_for: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Disruption")]
struct DisruptionDefinition {
    #[serde(with = "KindDefinition")]
    kind: DisruptionKind,
    fraction: f64,
    at: f64,
    until: Option<f64>,
    seed: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "DisruptionKind")]
enum KindDefinition {
    Scramble,
    Silence,
    Remove,
    CutLinks,
    ShiftFrequencies { by: f64 },
    FreezeEnergy,
}

kept! {
    GoalKept = "GoalDefinition" of Goal;
    RuleKept = "RuleDefinition" of Rule;
    PolicyKept = "PolicyDefinition" of SupervisorPolicy;
    DisruptionKept = "DisruptionDefinition" of Disruption;
}

/// What a swarm is to reach, and what is to go wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Purpose {
    goal: Option<WatchKept>,
    supervisor: Option<SupervisorKept>,
    disruptions: Option<DisruptionsKept>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct WatchKept {
    goal: GoalKept,
    every: f64,
    monitor: MonitorKept,
    measurement: MeasurementKept,
    distance: f64,
    looked: Option<f64>,
    disrupted: Option<f64>,
    is_hit: bool,
    recoveries: Vec<f64>,
    switches: Vec<(f64, u64)>,
    rule: Option<RuleKept>,
    /// Whether agents have come or gone since the last look; none before the first.
    have_changed: Option<bool>,
    calm: Option<f64>,
    /// Ids and phases at the last look, where frequencies are asked for.
    before: Vec<(u64, f64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MonitorKept {
    trend: [f64; 7],
    met_since: Option<f64>,
    attained_since: Option<f64>,
    first: Option<f64>,
    lost_since: Option<f64>,
    best: Option<(f64, f64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MeasurementKept {
    agents: u64,
    orders: Vec<f64>,
    psi: f64,
    largest_gap: f64,
    frequency_error: f64,
    reference: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SupervisorKept {
    rules: Vec<RuleKept>,
    policy: PolicyKept,
    /// How often each rule was tried, and its mean success.
    records: Vec<(u32, f64)>,
    present: u64,
    since: Option<(f64, f64)>,
    noisy_since: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct DisruptionsKept {
    ahead: Vec<DisruptionKept>,
    under_way: Vec<(DisruptionKept, DoneKept)>,
    begun: u64,
    last: Option<f64>,
    /// What it was, when, and how many it hit.
    history: Vec<(DisruptionKept, f64, u64)>,
}

/// What has to be taken back, by places.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct DoneKept {
    agents: Vec<u32>,
    /// Listener, heard and weight.
    cut: Vec<(u32, u32, f64, bool)>,
}

impl Purpose {
    pub(super) fn capture(world: &World, census: &Census) -> Self {
        Self {
            goal: world.get_resource().map(|goal| WatchKept::of(goal, world, census)),
            supervisor: world.get_resource().map(SupervisorKept::of),
            disruptions: world.get_resource().map(|all| DisruptionsKept::of(all, world, census)),
        }
    }

    /// Takes over from the other parts of the swarm whether any of their agents have come or gone.
    pub(super) fn ask_of_changes(&mut self, others: &Others) -> Result<(), SwarmError> {
        if let Some(have_changed) = self.goal.as_mut().and_then(|goal| goal.have_changed.as_mut()) {
            *have_changed = others.any(*have_changed)?;
        }
        Ok(())
    }

    /// Adds what another part of the swarm remembers of its agents; all else is the same in all parts.
    pub(super) fn add(&mut self, other: &Self) -> Result<(), StateError> {
        const UNFIT: StateError = StateError::Unfit("its parts have other goals or disruptions");
        match (&mut self.goal, &other.goal) {
            (Some(own), Some(other)) => own.before.extend_from_slice(&other.before),
            (None, None) => {}
            _ => return Err(UNFIT),
        }
        let under_way = |all: &Option<DisruptionsKept>| all.as_ref().map_or(0, |all| all.under_way.len());
        if under_way(&self.disruptions) != under_way(&other.disruptions) {
            return Err(UNFIT);
        }
        let own = self.disruptions.iter_mut().flat_map(|all| &mut all.under_way);
        for ((_, own), (_, other)) in own.zip(other.disruptions.iter().flat_map(|all| &all.under_way)) {
            own.agents.extend_from_slice(&other.agents);
            own.cut.extend_from_slice(&other.cut);
        }
        Ok(())
    }

    /// Leaves to other parts of the swarm what concerns their agents; agents are told by their ids.
    pub(super) fn keep(&mut self, own: &Members) {
        let is_own = |id: u64| u32::try_from(id).is_ok_and(|id| own.contains(id));
        self.goal.iter_mut().for_each(|goal| goal.before.retain(|(id, _)| is_own(*id)));
        for (_, done) in self.disruptions.iter_mut().flat_map(|all| &mut all.under_way) {
            done.agents.retain(|agent| own.contains(*agent));
            done.cut.retain(|(listener, ..)| own.contains(*listener));
        }
    }

    /// Tells agents by what `number` has for the number that told them so far.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        for (_, done) in self.disruptions.iter_mut().flat_map(|all| &mut all.under_way) {
            done.agents.iter_mut().for_each(|agent| *agent = number(*agent));
            done.cut.iter_mut().for_each(|link| *link = (number(link.0), number(link.1), link.2, link.3));
        }
    }

    /// Those whom agents with these ids are to hear again, by their ids.
    pub(super) fn cut_off(&self, own: &Members) -> impl Iterator<Item = u32> {
        let done = self.disruptions.iter().flat_map(|all| &all.under_way).flat_map(|(_, done)| &done.cut);
        done.filter(|(listener, ..)| own.contains(*listener)).map(|&(_, heard, ..)| heard)
    }

    /// Gives a world whose agents are there what it is to reach, in place of what it was to before.
    pub(super) fn restore(self, world: &mut World, census: &Census) -> Result<(), StateError> {
        let supervisor = self.supervisor.map(SupervisorKept::restored).transpose()?;
        world.remove_resource::<Disruptions>();
        if let Some(kept) = self.disruptions {
            disruption::install(world, Vec::new());
            world.insert_resource(kept.restored(census));
        }
        world.remove_resource::<SwarmGoal>();
        world.remove_resource::<Supervisor>();
        let Some(kept) = self.goal else {
            supervisor.into_iter().for_each(|supervisor| world.insert_resource(supervisor));
            return Ok(());
        };
        let rules = supervisor.as_ref().map_or(0, |supervisor| supervisor.rules().len() as u64);
        if kept.switches.iter().any(|(_, place)| *place >= rules) {
            return Err(StateError::Unfit("a switch to a rule that there is not"));
        }
        goals::install(world, kept.goal.0, supervisor);
        let changes = world.get_resource::<AgentIds>().map_or(0, AgentIds::changes);
        world.insert_resource(kept.restored(changes, census));
        Ok(())
    }
}

impl WatchKept {
    fn of(watched: &SwarmGoal, world: &World, census: &Census) -> Self {
        let changes = world.get_resource::<AgentIds>().map_or(0, AgentIds::changes);
        let id = |entity| {
            let id = world.get::<AgentId>(entity)?.get();
            (census.place(world, entity) != NOBODY).then_some(id)
        };
        let before = watched.scratch.before.iter();
        Self {
            goal: GoalKept(watched.goal),
            every: watched.every,
            monitor: MonitorKept::of(&watched.monitor),
            measurement: MeasurementKept::of(&watched.measurement),
            distance: watched.distance,
            looked: watched.looked,
            disrupted: watched.disrupted,
            is_hit: watched.is_hit,
            recoveries: watched.recoveries.clone(),
            switches: watched.switches.iter().map(|&(at, place)| (at, place as u64)).collect(),
            rule: watched.rule.map(RuleKept),
            have_changed: watched.known.map(|known| known != changes),
            calm: watched.calm,
            before: before.filter_map(|&(entity, phase)| Some((id(entity)?, phase))).collect(),
        }
    }

    fn restored(self, changes: u64, census: &Census) -> SwarmGoal {
        let mut watched = SwarmGoal::new(self.goal.0);
        watched.every = self.every;
        watched.monitor = self.monitor.restored();
        watched.measurement = self.measurement.restored();
        watched.distance = self.distance;
        watched.looked = self.looked;
        watched.disrupted = self.disrupted;
        watched.is_hit = self.is_hit;
        watched.recoveries = self.recoveries;
        watched.switches = self.switches.into_iter().map(|(at, place)| (at, place as usize)).collect();
        watched.rule = self.rule.map(|kept| kept.0);
        watched.known = self.have_changed.map(|have| if have { changes.wrapping_sub(1) } else { changes });
        watched.calm = self.calm;
        let before = self.before.into_iter();
        watched.scratch.before =
            before.filter_map(|(id, phase)| Some((census.agent(census.ids.place(id)?), phase))).collect();
        watched
    }
}

impl MonitorKept {
    fn of(monitor: &Monitor) -> Self {
        let Monitor { trend, met_since, attained_since, first, lost_since, best } = *monitor;
        Self { trend: trend.to_parts(), met_since, attained_since, first, lost_since, best }
    }

    fn restored(self) -> Monitor {
        let Self { trend, met_since, attained_since, first, lost_since, best } = self;
        Monitor { trend: Trend::from_parts(trend), met_since, attained_since, first, lost_since, best }
    }
}

impl MeasurementKept {
    fn of(found: &Measurement) -> Self {
        let Measurement { agents, ref orders, psi, largest_gap, frequency_error, reference } = *found;
        Self { agents: agents as u64, orders: orders.to_vec(), psi, largest_gap, frequency_error, reference }
    }

    fn restored(self) -> Measurement {
        let Self { agents, orders, psi, largest_gap, frequency_error, reference } = self;
        Measurement { agents: agents as usize, orders: orders.into(), psi, largest_gap, frequency_error, reference }
    }
}

impl SupervisorKept {
    fn of(supervisor: &Supervisor) -> Self {
        Self {
            rules: supervisor.rules.iter().copied().map(RuleKept).collect(),
            policy: PolicyKept(supervisor.policy),
            records: supervisor.records.iter().map(|record| (record.tries, record.success)).collect(),
            present: supervisor.present as u64,
            since: supervisor.since,
            noisy_since: supervisor.noisy_since,
        }
    }

    fn restored(self) -> Result<Supervisor, StateError> {
        let rules: Vec<Rule> = self.rules.into_iter().map(|kept| kept.0).collect();
        if self.records.len() != rules.len() || self.present >= rules.len().max(1) as u64 {
            return Err(StateError::Unfit("a supervisor without its rules"));
        }
        let mut supervisor = Supervisor::new(rules, self.policy.0);
        supervisor.records =
            self.records.into_iter().map(|(tries, success)| SupervisorRecord { tries, success }).collect();
        supervisor.present = self.present as usize;
        supervisor.since = self.since;
        supervisor.noisy_since = self.noisy_since;
        Ok(supervisor)
    }
}

impl DisruptionsKept {
    fn of(all: &Disruptions, world: &World, census: &Census) -> Self {
        let under_way = all.under_way.iter();
        let history = all.history.iter();
        Self {
            ahead: all.ahead.iter().copied().map(DisruptionKept).collect(),
            under_way: under_way
                .map(|UnderWay { disruption, done }| (DisruptionKept(*disruption), DoneKept::of(done, world, census)))
                .collect(),
            begun: all.begun,
            last: all.last,
            history: history.map(|one| (DisruptionKept(one.disruption), one.at, one.hit as u64)).collect(),
        }
    }

    fn restored(self, census: &Census) -> Disruptions {
        let under_way = self.under_way.into_iter();
        let disrupted = |(kept, at, hit): (DisruptionKept, f64, u64)| {
            let hit = usize::try_from(hit).unwrap_or(usize::MAX);
            Disrupted { disruption: kept.0, at, hit }
        };
        Disruptions {
            ahead: self.ahead.into_iter().map(|kept| kept.0).collect(),
            under_way: under_way
                .map(|(kept, done)| UnderWay { disruption: kept.0, done: done.restored(census) })
                .collect(),
            begun: self.begun,
            last: self.last,
            history: self.history.into_iter().map(disrupted).collect(),
        }
    }
}

impl DoneKept {
    fn of(done: &Done, world: &World, census: &Census) -> Self {
        let place = |entity| census.place(world, entity);
        Self {
            agents: done.agents.iter().map(|&agent| place(agent)).collect(),
            cut: done
                .cut
                .iter()
                .map(|link| (place(link.listener), place(link.heard), link.weight, link.linked))
                .collect(),
        }
    }

    /// Those who have gone meanwhile are nobody, whom the end of a disruption passes over.
    fn restored(self, census: &Census) -> Done {
        let link = |(listener, heard, weight, linked)| CutLink {
            listener: census.agent(listener),
            heard: census.agent(heard),
            weight,
            linked,
        };
        Done {
            agents: self.agents.into_iter().map(|place| census.agent(place)).collect(),
            cut: self.cut.into_iter().map(link).collect(),
        }
    }
}
