//! From a swarm to what is seen of it. Nothing in the world is changed.

use std::f64::consts::TAU;

use lampyrid::{
    graph::Topology,
    io::scenario::NetworkScenario,
    measure::order_parameter,
    swarm::{
        Adaptive, AdaptiveState, Answering, Coupling, Desync, Energy, EnergyAware, EnergyRule, FrequencyLock, Offset,
        PhaseNudge, Pulse, SwarmGoal, World, agent_states, energy_ledger, read_phases, topology_report,
    },
};

use super::{
    snapshot::{Energies, Sample, Share, Snapshot},
    subject::Subject,
    verdict::Judgement,
};

/// An agent with less than this part of its capacity left has next to none.
const EMPTY: f64 = 0.05;

impl Subject {
    /// Fills a snapshot, reusing its memory, with at most so many agents one by one. What is of the driver (state, pace,
    /// hold, figures) is left to it.
    pub(crate) fn look(&mut self, most: usize, into: &mut Snapshot) {
        into.run = self.run;
        (into.time, into.elapsed) = (self.time(), self.elapsed());
        (into.steps, into.end) = (self.steps(), self.end());
        (into.seed, into.links) = (self.scenario.seed, self.prepared.links as u64);
        (into.initial, into.frequency) = (self.prepared.agents as u64, self.frequency);
        into.columns = columns(&self.scenario.network);
        into.scenario.clone_from(&self.text);
        name(&self.scenario.network, &mut into.network);
        let world = &mut self.prepared.world;
        into.coupling = world.get_resource::<Coupling>().map_or(0.0, |coupling| coupling.strength);
        read_phases(world, &mut self.phases);
        into.agents = self.phases.len() as u64;
        let order = order_parameter(&self.phases).unwrap_or_default();
        (into.r, into.psi) = (order.r, order.psi);
        histogram(&self.phases, &mut into.histogram);
        sample(world, &self.phases, self.prepared.agents, most, &mut into.sample);
        into.energy = energies(world);
        strategies(world, self.phases.len() as u64, &mut into.strategies);
        let now = self.time();
        into.goal = self.prepared.world.get_resource::<SwarmGoal>().map(|goal| Judgement::of(goal, now));
        into.rule = self.rule.map(|rule| rule.name());
        into.events.clear();
        into.events.extend(self.happenings.iter().cloned());
        into.figures.budget_bytes = self.scenario.memory.budget;
    }

    /// Bytes that the swarm holds per agent.
    pub(crate) fn bytes_per_agent(&mut self) -> Option<f64> {
        let agents = topology_report(&self.prepared.world).agents;
        (agents > 0).then(|| lampyrid::swarm::swarm_bytes(&mut self.prepared.world) as f64 / agents as f64)
    }
}

fn name(network: &NetworkScenario, into: &mut String) {
    if !into.is_empty() {
        return;
    }
    match network {
        NetworkScenario::File { file, .. } => {
            into.push_str(&file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default());
        }
        NetworkScenario::Builtin { builtin, .. } => into.push_str(builtin.name()),
        NetworkScenario::Generated(network) => into.push_str(network.kind()),
        other => unreachable!("{other:?} is a source that this program does not list"),
    }
}

/// How wide a lattice is, as far as its network is one.
fn columns(network: &NetworkScenario) -> Option<u64> {
    let NetworkScenario::Generated(network) = network else { return None };
    match network.topology() {
        Topology::Lattice { width, .. } => Some(width as u64),
        _ => None,
    }
}

fn histogram(phases: &[f64], into: &mut Vec<u32>) {
    into.clear();
    into.resize(Snapshot::BINS, 0);
    for phase in phases {
        // Phases are below 2π, but for a rounding.
        let bin = (phase * (Snapshot::BINS as f64 / TAU)) as usize;
        into[bin.min(Snapshot::BINS - 1)] += 1;
    }
}

/// Everybody, or at most so many evenly chosen agents, in the order of ids.
fn sample(world: &mut World, phases: &[f64], at_first: usize, most: usize, into: &mut Sample) {
    into.ids.clear();
    into.phases.clear();
    let shown = phases.len().min(most);
    let places = (0..shown).map(|place| place * phases.len() / shown);
    if phases.len() == at_first {
        // As long as nobody went, ids are places.
        into.ids.extend(places.clone().map(|place| place as u64));
    } else {
        let states = agent_states(world);
        into.ids.extend(places.clone().map(|place| states[place].id));
    }
    into.phases.extend(places.map(|place| phases[place] as f32));
}

fn energies(world: &mut World) -> Option<Energies> {
    let capacity = world.get_resource::<EnergyRule>()?.capacity;
    let mut agents = world.query::<&Energy>();
    let (mut all, mut sum, mut empty) = (0_u64, 0.0, 0_u64);
    for energy in agents.iter(world) {
        let part = energy.0 / capacity;
        all += 1;
        sum += part;
        empty += u64::from(part < EMPTY);
    }
    if all == 0 {
        return None;
    }
    let (ledger, all) = (energy_ledger(world), all as f64);
    Some(Energies {
        mean: sum / all,
        empty: empty as f64 / all,
        spent: ledger.spent(),
        recovered: ledger.recovered(),
        refused: ledger.refused(),
    })
}

/// Counts agents by what they carry.
fn strategies(world: &mut World, agents: u64, into: &mut Vec<Share>) {
    macro_rules! count {
        ($component:ty) => {
            world.query::<$component>().iter(world).len() as u64
        };
    }
    let nudged_apart = count!((&Offset, &PhaseNudge));
    let locked_apart = count!((&Offset, &FrequencyLock));
    let mut answers = [0; 4];
    for (_, state) in world.query::<(&Adaptive, &AdaptiveState)>().iter(world) {
        answers[state.answering as usize] += 1;
    }
    let known = [
        ("phase_nudge", count!(&PhaseNudge) - nudged_apart),
        ("frequency_lock", count!(&FrequencyLock) - locked_apart),
        ("offset", nudged_apart + locked_apart),
        ("pulse", count!(&Pulse)),
        ("energy_aware", count!(&EnergyAware)),
        ("desync", count!(&Desync)),
        ("adaptive: nudge", answers[Answering::Nudge as usize]),
        ("adaptive: urge", answers[Answering::Urge as usize]),
        ("adaptive: lock", answers[Answering::Lock as usize]),
        ("adaptive: save", answers[Answering::Save as usize]),
    ];
    let plain = agents.saturating_sub(known.iter().map(|(_, agents)| agents).sum());
    into.clear();
    let shares = known.into_iter().chain([("plain coupling", plain)]).filter(|(_, agents)| *agents > 0);
    into.extend(shares.map(|(name, agents)| Share { name, agents }));
}
