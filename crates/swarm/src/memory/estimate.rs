//! What a swarm will take, before any of it is built.

use std::sync::OnceLock;

use bevy_ecs::{entity::Entity, world::World};
use lampyrid_graph::Adjacency;
use lampyrid_kernel::{Integrator, Phasor, SinglePhasor, coupling::order_pays};
use smallvec::SmallVec;

use super::account::{SLOT, row_bytes};
use crate::{
    agent::{AgentId, CouplingScale, Drive, Energy, Frequency, Phase},
    answer::{Effort, Gain, Offset, Velocity},
    error::SwarmError,
    goals::Rule,
    install::install_swarm,
    links::{INLINE, Neighbors, Weights},
    parts::Ghost,
    settings::PhasorPrecision,
    strategy::{Adaptive, AdaptiveState, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse},
};

/// A swarm that might be built: how many agents and links, and what they carry.
///
/// ```
/// use lampyrid_graph::Topology;
/// use lampyrid_swarm::{Integrator, SwarmPlan};
///
/// // Nothing is built for this:
/// let million = SwarmPlan::new(1_000_000, 8_000_000).integrator(Integrator::Rk4).estimate();
/// assert!(million.total() < 400 << 20);
///
/// let ring = Topology::Ring { agents: 1000, neighbors: 10 }.build(1)?;
/// let plan = SwarmPlan::of_graph(&ring);
/// assert!(plan.energy(true).estimate().per_agent() > plan.estimate().per_agent());
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "nothing is estimated before `estimate`"]
pub struct SwarmPlan {
    agents: u64,
    links: u64,
    /// Entries that lists of the agents' own reserve on the heap, because they are longer than an
    /// agent's row holds.
    outside: u64,
    own_lists: bool,
    weighted: bool,
    energy: bool,
    coupling_scale: bool,
    drive: bool,
    rule: Option<Rule>,
    integrator: Integrator,
    phasors: PhasorPrecision,
    threads: usize,
    /// Agents of other worlds that are heard.
    ghosts: u64,
}

/// Bytes that a swarm is going to take from the allocator, beyond those of a swarm without agents.
///
/// What schedules and systems take (about 130 kB) is there without agents too, and not counted;
/// neither are the stacks of threads, which do not come from the allocator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryEstimate {
    /// How many agents it is for.
    pub agents: u64,
    /// The agents' tables, with change ticks.
    pub columns: u64,
    /// Bevy's list of entities.
    pub entities: u64,
    /// Lists of neighbours and weights beside the tables.
    pub lists: u64,
    /// The derived index.
    pub index: u64,
    /// The list of who has which id.
    pub ids: u64,
    /// Queues of the threads besides the calling one.
    pub threads: u64,
}

impl MemoryEstimate {
    /// All of it, in bytes.
    #[must_use]
    pub fn total(&self) -> u64 {
        let parts = [self.columns, self.entities, self.lists, self.index, self.ids, self.threads];
        parts.into_iter().fold(0, u64::saturating_add)
    }

    /// Bytes per agent; `None` without agents.
    #[must_use]
    pub fn per_agent(&self) -> Option<f64> {
        (self.agents > 0).then(|| self.total() as f64 / self.agents as f64)
    }
}

impl SwarmPlan {
    /// So many agents with so many directed links, spawned by a
    /// [`SwarmSpawner`](crate::SwarmSpawner), which takes the same whatever their degrees.
    pub fn new(agents: u64, links: u64) -> Self {
        let mean = links.div_ceil(agents.max(1));
        Self {
            agents,
            links,
            outside: agents.saturating_mul(reserved_outside(mean)),
            own_lists: false,
            weighted: false,
            energy: false,
            coupling_scale: false,
            drive: false,
            rule: None,
            integrator: Integrator::Euler,
            phasors: PhasorPrecision::Double,
            threads: 1,
            ghosts: 0,
        }
    }

    /// A swarm spawned from a graph, whose degrees are known.
    pub fn of_graph(graph: &Adjacency) -> Self {
        let degrees = (0..graph.nodes()).map(|node| graph.degree(node) as u64);
        Self::degrees(degrees).weighted(graph.weights().is_some())
    }

    /// One agent for each number, which is how many others it listens to.
    pub fn degrees(degrees: impl IntoIterator<Item = u64>) -> Self {
        let (mut agents, mut links, mut outside) = (0_u64, 0_u64, 0_u64);
        for degree in degrees {
            agents += 1;
            links = links.saturating_add(degree);
            outside = outside.saturating_add(reserved_outside(degree));
        }
        Self { outside, ..Self::new(agents, links) }
    }

    /// Whether agents have lists of their own: spawned one by one, or edited since. Their lengths
    /// then matter: without [`degrees`](Self::degrees) or [`long_lists`](Self::long_lists) all are
    /// taken to be equal.
    pub fn own_lists(mut self, own_lists: bool) -> Self {
        self.own_lists = own_lists;
        self
    }

    /// Lists of the agents' own, of which the part `share` in [0, 1] is longer than a row holds
    /// (four neighbours). The others are taken to be of the mean length or of four, whichever is
    /// less.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] for a share outside [0, 1].
    pub fn long_lists(mut self, share: f64) -> Result<Self, SwarmError> {
        if !(0.0..=1.0).contains(&share) {
            return Err(SwarmError::OutOfRange {
                name: "share of long lists",
                value: share,
                allowed: "between 0 and 1",
            });
        }
        let (agents, links) = (self.agents as f64, self.links as f64);
        let many = (agents * share).round();
        let short = (links / agents.max(1.0)).min(INLINE as f64);
        let mean = ((links - (agents - many) * short) / many.max(1.0)).ceil().max(INLINE as f64 + 1.0);
        self.outside = (many as u64).saturating_mul(reserved_outside(mean as u64));
        Ok(self.own_lists(true))
    }

    /// Whether links have [`Weights`].
    pub fn weighted(mut self, weighted: bool) -> Self {
        self.weighted = weighted;
        self
    }

    /// Whether agents have [`Energy`].
    pub fn energy(mut self, energy: bool) -> Self {
        self.energy = energy;
        self
    }

    /// Whether agents have a [`CouplingScale`], from the moment they are spawned.
    pub fn coupling_scale(mut self, coupling_scale: bool) -> Self {
        self.coupling_scale = coupling_scale;
        self
    }

    /// Whether agents have a [`Drive`], from the moment they are spawned.
    pub fn drive(mut self, drive: bool) -> Self {
        self.drive = drive;
        self
    }

    /// Which rule the agents are going to [`adopt`](crate::adopt). They move to a table with its
    /// components then; the one that they leave keeps its memory.
    pub fn rule(mut self, rule: Option<Rule>) -> Self {
        self.rule = rule;
        self
    }

    /// By which method the swarm is going to be integrated; one stage needs less than several.
    pub fn integrator(mut self, integrator: Integrator) -> Self {
        self.integrator = integrator;
        self
    }

    /// In how many digits agents are going to hear each other; half the digits are half the bytes.
    pub fn phasors(mut self, phasors: PhasorPrecision) -> Self {
        self.phasors = phasors;
        self
    }

    /// How many threads are going to work, as [`Workers::with_threads`](crate::Workers::with_threads).
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many agents of other worlds the agents of this one listen to, where it has a
    /// [part](crate::SwarmSpawner::part_of) of a swarm.
    pub fn ghosts(mut self, ghosts: u64) -> Self {
        self.ghosts = ghosts;
        self
    }

    /// The bytes that this will take: within a tenth of what is measured once the swarm has taken
    /// its first steps, from a thousand agents on.
    #[must_use]
    pub fn estimate(&self) -> MemoryEstimate {
        MemoryEstimate {
            agents: self.agents,
            columns: self.columns(),
            entities: self.slots().saturating_mul(SLOT as u64),
            lists: self.lists(),
            index: self.index(),
            ids: self.ids(),
            threads: self.workers(),
        }
    }

    /// The spawner reserves as many rows as there are agents. The table of those who follow a rule
    /// grows by doubling.
    fn columns(&self) -> u64 {
        let ghosts = self.ghosts.saturating_mul(row_bytes([size_of::<Ghost>()]) as u64);
        let spawned = self.agents.saturating_mul(self.row(&[]) as u64).saturating_add(ghosts);
        let Some(rule) = self.rule.filter(|_| self.agents > 0) else {
            return spawned;
        };
        let moved = doubled(4, self.agents).saturating_mul(self.row(&rule_components(&rule)) as u64);
        spawned.saturating_add(moved).saturating_add(self.agents.saturating_mul(heard(&rule)))
    }

    /// An agent's components side by side, with further ones.
    fn row(&self, further: &[usize]) -> usize {
        let optional = [
            (self.weighted, size_of::<Weights>()),
            (self.energy, size_of::<Energy>()),
            (self.coupling_scale, size_of::<CouplingScale>()),
            (self.drive, size_of::<Drive>()),
        ];
        let optional = optional.into_iter().filter(|(has, _)| *has).map(|(_, size)| size);
        let always = [size_of::<Phase>(), size_of::<Frequency>(), size_of::<AgentId>(), size_of::<Neighbors>()];
        row_bytes(always.into_iter().chain(optional).chain(further.iter().copied()))
    }

    /// By how much the list of entities grows: it doubles.
    fn slots(&self) -> u64 {
        let EmptySwarm { entities, reserved } = empty_swarm();
        doubled(reserved, entities.saturating_add(self.listed())) - reserved
    }

    /// Entities that agents can listen to.
    fn listed(&self) -> u64 {
        self.agents.saturating_add(self.ghosts)
    }

    fn weight(&self) -> u64 {
        if self.weighted { size_of::<f64>() as u64 } else { 0 }
    }

    /// What is stored of links beside the tables: by each agent what outgrows its row, or by all
    /// together a graph, and whom its nodes stand for.
    fn lists(&self) -> u64 {
        if self.own_lists {
            return self.outside.saturating_mul(size_of::<Entity>() as u64 + self.weight());
        }
        let links = self.links.saturating_mul(PLACE + self.weight());
        self.listed().saturating_mul(size_of::<Entity>() as u64 + PLACE).saturating_add(links)
    }

    fn index(&self) -> u64 {
        let places = doubled(empty_swarm().entities + 1, empty_swarm().entities.saturating_add(self.listed()));
        let stages = if self.integrator.stages().len() > 1 { 2 * size_of::<f64>() } else { 0 };
        let rows = usize::try_from(self.agents).unwrap_or(usize::MAX);
        let visits = if self.links > 0 && order_pays(rows) { size_of::<u16>() } else { 0 };
        let phasor = match self.phasors {
            PhasorPrecision::Double => size_of::<Phasor>(),
            PhasorPrecision::Single | PhasorPrecision::SingleAngle => size_of::<SinglePhasor>(),
        };
        // Order and phasor; the phase at the beginning of a step and the sum of rates.
        let agent = (size_of::<Entity>() + phasor + visits + stages) as u64;
        // Of a ghost its place and its name there, its id and what it tells: three numbers.
        let ghost = 2 * size_of::<Entity>() + phasor + size_of::<u32>() + 3 * size_of::<f64>();
        let ghosts = self.ghosts.saturating_mul(ghost as u64).saturating_add(places.saturating_mul(PLACE));
        let agents = self.agents.saturating_mul(agent).saturating_add(ghosts);
        if self.own_lists { agents.saturating_add(self.own_rows()) } else { agents }
    }

    /// The index's own rows; those of a graph that the agents were spawned from it shares.
    fn own_rows(&self) -> u64 {
        // Columns, and weights beside them, are pushed one by one.
        let pushed = if self.links == 0 { 0 } else { doubled(4, self.links) };
        let offsets = self.agents.saturating_mul(PLACE);
        offsets.saturating_add(pushed.saturating_mul(PLACE + self.weight()))
    }

    /// The spawner reserves as many as it needs; for ids that come one by one the list doubles.
    fn ids(&self) -> u64 {
        let reserved = if self.own_lists { doubled(4, self.agents) } else { self.agents };
        reserved.saturating_mul(size_of::<Option<Entity>>() as u64)
    }

    /// Each worker has a queue of 512 places, of a task and a stamp each (`async-executor`); even
    /// one thread alone keeps a pool of one worker.
    fn workers(&self) -> u64 {
        const QUEUE: u64 = 512 * 2 * size_of::<usize>() as u64;
        (self.threads.saturating_sub(1).max(1) as u64).saturating_mul(QUEUE)
    }
}

/// A place in the index, an offset or a node of a graph.
const PLACE: u64 = size_of::<u32>() as u64;

/// Entries that a list of this length reserves on the heap: none if it fits into its row, else the
/// next power of two.
fn reserved_outside(degree: u64) -> u64 {
    if degree <= INLINE as u64 { 0 } else { degree.checked_next_power_of_two().unwrap_or(u64::MAX) }
}

/// Where a capacity ends that doubles from `start` until it holds `needed`.
fn doubled(start: u64, needed: u64) -> u64 {
    let mut capacity = start.max(4);
    while capacity < needed {
        capacity = capacity.saturating_mul(2);
    }
    capacity
}

/// The sizes of the components that a rule brings.
fn rule_components(rule: &Rule) -> SmallVec<[usize; 8]> {
    let answer = [size_of::<Gain>(), size_of::<Effort>()];
    let (strategy, further): (usize, &[usize]) = match rule {
        Rule::PhaseNudge(_) => (size_of::<PhaseNudge>(), &[]),
        Rule::FrequencyLock(_) => (size_of::<FrequencyLock>(), &[size_of::<Velocity>()]),
        Rule::Pulse(_) => (size_of::<Pulse>(), &[size_of::<Drive>(), size_of::<Velocity>()]),
        Rule::EnergyAware(_) => (size_of::<EnergyAware>(), &[]),
        Rule::Desync(_) => (size_of::<Desync>(), &[size_of::<Drive>()]),
        Rule::Offset { lock, .. } if lock.rate == 0.0 => (size_of::<PhaseNudge>(), &[size_of::<Offset>()]),
        Rule::Offset { .. } => (size_of::<FrequencyLock>(), &[size_of::<Velocity>(), size_of::<Offset>()]),
        Rule::Adaptive(_) => (size_of::<Adaptive>(), &[size_of::<AdaptiveState>(), size_of::<Velocity>()]),
    };
    answer.into_iter().chain([strategy]).chain(further.iter().copied()).collect()
}

/// Bytes per agent of what a rule's system lists of all agents.
fn heard(rule: &Rule) -> u64 {
    match rule {
        Rule::PhaseNudge(_) | Rule::EnergyAware(_) => 0,
        Rule::Offset { lock, .. } if lock.rate == 0.0 => 0,
        _ => size_of::<f64>() as u64,
    }
}

/// The entities of a world without agents: Bevy keeps resources and systems as such.
#[derive(Clone, Copy)]
struct EmptySwarm {
    entities: u64,
    reserved: u64,
}

fn empty_swarm() -> EmptySwarm {
    static EMPTY: OnceLock<EmptySwarm> = OnceLock::new();
    *EMPTY.get_or_init(|| {
        let mut world = World::new();
        install_swarm(&mut world);
        let entities = world.entities();
        EmptySwarm { entities: entities.count_spawned().into(), reserved: entities.len().into() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: u64 = size_of::<Entity>() as u64;

    #[test]
    fn own_lists_take_nothing_beside_their_row_or_else_a_power_of_two() {
        let own = |degrees: &[u64]| SwarmPlan::degrees(degrees.iter().copied()).own_lists(true);
        assert_eq!(own(&[0, 1, 4]).estimate().lists, 0);
        assert_eq!(own(&[5, 8, 9]).estimate().lists, (8 + 8 + 16) * ENTRY);
        assert_eq!(own(&[5]).weighted(true).estimate().lists, 8 * (ENTRY + 8));
    }

    #[test]
    fn shared_lists_take_four_bytes_a_link_and_twelve_an_agent() {
        assert_eq!(SwarmPlan::degrees([0, 1, 9]).estimate().lists, 3 * 12 + 10 * 4);
        assert_eq!(SwarmPlan::new(3, 10).estimate(), SwarmPlan::degrees([0, 1, 9]).estimate());
        assert_eq!(SwarmPlan::new(3, 10).weighted(true).estimate().lists, 3 * 12 + 10 * 12);
    }

    #[test]
    fn a_share_of_long_lists_stands_for_their_degrees() {
        let degrees = (0..1000).map(|agent| if agent % 4 == 0 { 20 } else { 4 });
        let exact = SwarmPlan::degrees(degrees).own_lists(true);
        let shared = SwarmPlan::new(1000, 250 * 20 + 750 * 4).long_lists(0.25).unwrap();
        assert_eq!(exact.estimate(), shared.estimate());
        for share in [-0.1, 1.1, f64::NAN] {
            assert!(matches!(SwarmPlan::new(1, 1).long_lists(share), Err(SwarmError::OutOfRange { .. })));
        }
    }

    #[test]
    fn nobody_takes_next_to_nothing_and_has_no_bytes_per_agent() {
        let nobody = SwarmPlan::new(0, 0).estimate();
        assert!(nobody.total() < 16 << 10, "{nobody:?}");
        assert_eq!(nobody.per_agent(), None);
    }

    #[test]
    fn numbers_beyond_any_machine_do_not_overflow() {
        let beyond = SwarmPlan::new(u64::MAX, u64::MAX).weighted(true).threads(usize::MAX).estimate();
        assert_eq!(beyond.total(), u64::MAX);
        let endless = SwarmPlan::degrees([u64::MAX, u64::MAX]);
        assert_eq!(endless.estimate().lists, u64::MAX);
        assert_eq!(endless.own_lists(true).estimate().lists, u64::MAX);
    }
}
