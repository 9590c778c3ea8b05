//! A steady swarm asks for no memory, and a restless one gives back what it took.

#[path = "support/counting_allocator.rs"]
mod counting_allocator;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bevy_ecs::{prelude::*, schedule::Schedules};
use counting_allocator::{Count, Counting};
use lampyrid::{
    prelude::*,
    swarm::{
        Adaptive, CommunityCoupling, CommunityGoal, Desync, EnergyAware, FrequencyLock, Goal, MemoryBudget, Pattern,
        PhaseNudge, Preset, Pulse, Rule, SwarmGoal, SwarmSchedule, adopt, community_coherence, install_community,
        install_memory_budget,
    },
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: what all threads allocate together is counted too.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const AGENTS: usize = 300;

/// The first steps build the index and fill buffers and caches.
const WARM_UP: u64 = 20;
const STEPS: u64 = 1000;

/// Ten neighbours each, more than fit into a row: lists that live on the heap.
fn ring(agents: usize) -> Adjacency {
    Topology::Ring { agents, neighbors: 10 }.build(1).unwrap()
}

fn weighted_ring(agents: usize) -> Adjacency {
    let ring = ring(agents);
    let weights = (0..ring.links()).map(|link| 0.5 + (link % 3) as f64).collect();
    Adjacency::from_parts(ring.offsets().to_vec(), ring.columns().to_vec(), Some(weights)).unwrap()
}

fn spread(agents: usize) -> Vec<f64> {
    (0..agents).map(|agent| 0.77 * agent as f64 % 6.2).collect()
}

fn swarm(spawner: SwarmSpawner, agents: usize, threads: usize) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Workers::with_threads(threads));
    let values = spread(agents);
    spawner.phases(&values).frequencies(&values).spawn(&mut world).unwrap();
    world
}

fn network() -> World {
    swarm(SwarmSpawner::new(&ring(AGENTS)), AGENTS, 1)
}

fn integrated_by(integrator: Integrator) -> World {
    let mut world = network();
    world.insert_resource(TimeStep { seconds: 0.01, integrator });
    world
}

fn coupled_by(coupling: Coupling) -> World {
    let mut world = network();
    world.insert_resource(coupling);
    world
}

/// How R is read matters: by a system of the step, every few steps measured anew.
fn watched() -> World {
    fn watch(mut coherence: SwarmCoherence) -> Result {
        coherence.read().map(drop).map_err(Into::into)
    }
    let mut world = network();
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, watch.in_set(StepSystems::Last));
    world
}

/// Looked at after every step.
fn budgeted() -> World {
    let mut world = network();
    let budget = MemoryBudget { total: Some(1 << 30), every: 0.0, ..Default::default() };
    install_memory_budget(&mut world, budget).unwrap();
    world
}

/// Agents of many tables: with and without every optional component.
fn motley() -> World {
    let mut world = network();
    let mut agents = world.query_filtered::<Entity, With<Phase>>();
    let agents: Vec<Entity> = agents.iter(&world).collect();
    for (place, agent) in agents.into_iter().enumerate() {
        let mut agent = world.entity_mut(agent);
        if place % 2 == 0 {
            agent.insert(CouplingScale(0.5));
        }
        if place % 3 == 0 {
            agent.insert(Energy::default());
        }
        if place % 5 == 0 {
            agent.insert(Drive(0.1));
        }
    }
    world
}

#[derive(Component)]
struct Odd;

#[derive(Component)]
struct Even;

/// Two communities, one coupled by links and one among themselves, with goals of their own.
fn divided() -> World {
    let mut world = network();
    install_community::<Odd>(&mut world);
    install_community::<Even>(&mut world);
    let field = Coupling { all_to_all: true, ..Default::default() };
    world.insert_resource(CommunityCoupling::<Even>::new(field).among_themselves());
    world.insert_resource(CommunityGoal::<Odd>::new(Goal::new(Pattern::InPhase)));
    world.insert_resource(CommunityGoal::<Even>::new(Goal::new(Pattern::Splay)));
    let mut agents = world.query_filtered::<Entity, With<Phase>>();
    let agents: Vec<Entity> = agents.iter(&world).collect();
    for (place, agent) in agents.into_iter().enumerate() {
        let mut agent = world.entity_mut(agent);
        if place % 2 == 0 {
            agent.insert(Even)
        } else {
            agent.insert(Odd)
        };
    }
    world
}

/// What an app does at the end of its update and a bare world leaves to its owner: a world notes
/// which components were removed, for systems that want to know, until told to forget.
fn forget_removals(world: &mut World) {
    world.clear_trackers();
}

/// A goal looked at every 0.1 s, and a supervisor that has nothing to do.
fn with_goal(preset: Preset) -> World {
    let mut world = World::new();
    let mut plan = preset.plan(AGENTS);
    plan.goal.deadline = 1e6;
    plan.spawn(&mut world, 1).unwrap();
    world.insert_resource(Workers::with_threads(1));
    // Until it is attained: its changes are told to whoever listens.
    advance(&mut world, 3_000).unwrap();
    assert!(world.resource::<SwarmGoal>().is_attained());
    world
}

fn following(rule: Rule) -> World {
    let mut world = network();
    adopt(&mut world, &rule).unwrap();
    // Until every answer that an adaptive agent gives has been given once.
    advance(&mut world, 500).unwrap();
    world
}

type Case = (&'static str, fn() -> World);

const STEADY: [Case; 23] = [
    ("network", network),
    ("weighted network", || swarm(SwarmSpawner::new(&weighted_ring(AGENTS)), AGENTS, 1)),
    ("rounded phasors", || coupled_by(Coupling { phasors: PhasorPrecision::Single, ..Default::default() })),
    ("rounded angles", || coupled_by(Coupling { phasors: PhasorPrecision::SingleAngle, ..Default::default() })),
    ("mean field", || coupled_by(Coupling { all_to_all: true, ..Default::default() })),
    ("noise", || coupled_by(Coupling { noise: 0.1, ..Default::default() })),
    ("noise in the mean field", || coupled_by(Coupling { all_to_all: true, noise: 0.1, ..Default::default() })),
    ("Heun", || integrated_by(Integrator::Heun)),
    ("Runge-Kutta", || integrated_by(Integrator::Rk4)),
    ("energy", || swarm(SwarmSpawner::new(&ring(AGENTS)).energy(1.0), AGENTS, 1)),
    ("coherence", watched),
    ("many tables", motley),
    ("memory budget", budgeted),
    ("communities", divided),
    ("goal in phase", || with_goal(Preset::SaveEnergy)),
    ("goal of a splay", || with_goal(Preset::DistributeLoad)),
    ("goal of a frequency", || with_goal(Preset::MaintainRhythm)),
    ("phase nudge", || following(Rule::PhaseNudge(PhaseNudge::default()))),
    ("frequency lock", || following(Rule::FrequencyLock(FrequencyLock::default()))),
    ("pulse", || following(Rule::Pulse(Pulse::default()))),
    ("energy-aware", || following(Rule::EnergyAware(EnergyAware::default()))),
    ("desync", || following(Rule::Desync(Desync::default()))),
    ("adaptive", || following(Rule::Adaptive(Adaptive::default()))),
];

#[test]
fn spawning_from_a_graph_allocates_no_list_per_agent() {
    let _alone = alone();
    let spawn = |agents: usize| {
        let (ring, values) = (weighted_ring(agents), spread(agents));
        let mut world = World::new();
        install_swarm(&mut world);
        let before = Count::of_thread();
        SwarmSpawner::new(&ring).phases(&values).frequencies(&values).spawn(&mut world).unwrap();
        advance(&mut world, 1).unwrap();
        (Count::of_thread() - before).allocations
    };
    let (small, large) = (spawn(1000), spawn(10_000));
    // Bevy's own tables of entities grow by doubling.
    assert!(large <= small + 40, "{small} allocations for 1000 agents, {large} for 10000");
}

#[test]
fn a_steady_step_of_one_thread_allocates_nothing() {
    let _alone = alone();
    for (name, build) in STEADY {
        let mut world = build();
        advance(&mut world, WARM_UP).unwrap();
        let before = Count::of_thread();
        advance(&mut world, STEPS).unwrap();
        assert_eq!((Count::of_thread() - before).allocations, 0, "{name}");
        // As a host takes them.
        let before = Count::of_thread();
        (0..STEPS).for_each(|_| advance(&mut world, 1).unwrap());
        assert_eq!((Count::of_thread() - before).allocations, 0, "{name}, one by one");
    }
}

#[test]
fn reading_the_coherence_between_steps_allocates_nothing() {
    let _alone = alone();
    let mut world = network();
    install_community::<Odd>(&mut world);
    let step_and_read = |world: &mut World, steps| {
        for _ in 0..steps {
            advance(world, 1).unwrap();
            assert!(coherence(world).unwrap().r <= 1.0);
            assert_eq!(community_coherence::<Odd>(world).unwrap().r, 0.0, "nobody is odd");
        }
    };
    step_and_read(&mut world, WARM_UP);
    let measured = world.resource::<Coherence>().measurements();
    let before = Count::of_thread();
    step_and_read(&mut world, STEPS);
    assert_eq!((Count::of_thread() - before).allocations, 0);
    assert!(world.resource::<Coherence>().measurements() > measured + 100);
}

#[test]
fn a_parallel_step_allocates_a_few_times_however_many_agents_there_are() {
    let _alone = alone();
    for agents in [2_000, 20_000] {
        let mut world = swarm(SwarmSpawner::new(&ring(agents)), agents, 2);
        world.resource_mut::<Workers>().sequential_below = 0;
        advance(&mut world, WARM_UP).unwrap();
        let before = Count::allocations_of_process();
        advance(&mut world, STEPS).unwrap();
        let per_step = (Count::allocations_of_process() - before) as f64 / STEPS as f64;
        assert!(per_step <= 12.0, "{per_step} allocations per step of {agents} agents");
    }
}

/// A host that replaces a tenth of its agents by others.
struct Churn {
    agents: Vec<Entity>,
    round: usize,
}

impl Churn {
    const AGENTS: usize = 1000;

    fn new(world: &mut World) -> Self {
        let mut agents = Self { agents: Vec::with_capacity(Self::AGENTS), round: 0 };
        agents.agents.extend((0..Self::AGENTS).map(|place| Self::spawn(world, place)));
        agents.link(world);
        agents
    }

    fn spawn(world: &mut World, place: usize) -> Entity {
        world.spawn((Phase(place as f64 % 6.2), Frequency(1.0), Neighbors::new())).id()
    }

    fn replace_a_tenth(&mut self, world: &mut World) {
        for place in (self.round % 10..Self::AGENTS).step_by(10) {
            world.despawn(self.agents[place]);
            self.agents[place] = Self::spawn(world, place);
        }
        self.round += 1;
        self.link(world);
    }

    /// Everybody listens to the ten who follow.
    fn link(&self, world: &mut World) {
        for (place, &agent) in self.agents.iter().enumerate() {
            let mut list = world.get_mut::<Neighbors>(agent).unwrap();
            list.clear();
            list.extend((1..=10).map(|distance| self.agents[(place + distance) % Self::AGENTS]));
        }
    }
}

#[test]
fn a_swarm_whose_agents_come_and_go_does_not_grow() {
    const STEPS_PER_SECOND: u64 = 10;
    let _alone = alone();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Workers::with_threads(1));
    world.insert_resource(TimeStep { seconds: 1.0 / STEPS_PER_SECOND as f64, ..Default::default() });
    let mut churn = Churn::new(&mut world);
    let mut live_for = |seconds: u64| {
        for _ in 0..seconds {
            advance(&mut world, STEPS_PER_SECOND).unwrap();
            churn.replace_a_tenth(&mut world);
            forget_removals(&mut world);
        }
        Count::of_thread().live
    };
    let warm = live_for(100);
    let end = live_for(900);
    assert!(end - warm <= 4096, "{} bytes more after 9000 further steps", end - warm);
    assert_eq!(world.resource::<SwarmClock>().steps(), 10_000);
    assert_eq!(agent_states(&mut world).len(), Churn::AGENTS);
}
