//! The swarms that are timed, as data.

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid::{graph::NodeOrder, prelude::*, swarm::SwarmSchedule};

/// Neighbours per agent.
pub const NEIGHBORS: usize = 8;

/// Simulated seconds per step.
pub const DT: f64 = 0.01;

/// The seed of everything random.
pub const SEED: u64 = 1;

/// A swarm to be timed; `build` makes a fresh world of N agents that has taken no step.
pub struct Case {
    /// E.g. `network`.
    pub name: &'static str,
    /// What is special about it.
    pub sentence: &'static str,
    /// Numbers of agents it is timed with.
    pub sizes: &'static [usize],
    /// Makes the world.
    pub build: fn(usize) -> World,
}

const ALL_SIZES: &[usize] = &[10, 100, 1000, 10_000, 100_000, 1_000_000];
const SOME_SIZES: &[usize] = &[1000, 100_000];
const CACHE_SIZES: &[usize] = &[10_000, 100_000, 1_000_000];
const LARGE_SIZES: &[usize] = &[100_000, 1_000_000];

/// All of them.
pub const CASES: [Case; 10] = [
    Case {
        name: "network",
        sentence: "eight neighbours in a small world, explicit Euler, one thread",
        sizes: ALL_SIZES,
        build: |agents| network(agents, Coupling::default(), Integrator::Euler),
    },
    Case {
        name: "mean_field",
        sentence: "every agent coupled to the mean of all, explicit Euler, one thread",
        sizes: ALL_SIZES,
        build: mean_field,
    },
    Case {
        name: "heun",
        sentence: "the network, two stages per step",
        sizes: SOME_SIZES,
        build: |agents| network(agents, Coupling::default(), Integrator::Heun),
    },
    Case {
        name: "rk4",
        sentence: "the network, four stages per step",
        sizes: SOME_SIZES,
        build: |agents| network(agents, Coupling::default(), Integrator::Rk4),
    },
    Case {
        name: "noise",
        sentence: "the network with white noise on every phase",
        sizes: SOME_SIZES,
        build: |agents| network(agents, Coupling { noise: 0.1, ..Default::default() }, Integrator::Euler),
    },
    Case {
        name: "energy",
        sentence: "the network where coupling costs every agent energy",
        sizes: SOME_SIZES,
        build: |agents| {
            let graph = small_world(agents);
            world(SwarmSpawner::new(&graph).energy(100.0), agents, Coupling::default(), Integrator::Euler)
        },
    },
    Case {
        name: "weighted",
        sentence: "the network with a weight on every link",
        sizes: SOME_SIZES,
        build: |agents| {
            let graph = weighted(small_world(agents));
            world(SwarmSpawner::new(&graph), agents, Coupling::default(), Integrator::Euler)
        },
    },
    Case {
        name: "single",
        sentence: "the network, its phasors heard in single precision",
        sizes: CACHE_SIZES,
        build: |agents| {
            let coupling = Coupling { phasors: PhasorPrecision::Single, ..Default::default() };
            network(agents, coupling, Integrator::Euler)
        },
    },
    Case {
        name: "coherence",
        sentence: "the network, its order parameter measured after every step",
        sizes: SOME_SIZES,
        build: |agents| {
            let mut world = network(agents, Coupling::default(), Integrator::Euler);
            watch_coherence(&mut world);
            world
        },
    },
    Case {
        name: "two_threads",
        sentence: "the network on two threads",
        sizes: LARGE_SIZES,
        build: |agents| {
            let mut world = network(agents, Coupling::default(), Integrator::Euler);
            world.insert_resource(Workers::with_threads(2));
            world
        },
    },
];

/// The case of this name.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn case(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).expect("a case of this name is listed")
}

/// Initial phases \[rad\] and natural frequencies \[rad/s\].
pub struct Start {
    /// Uniform on the circle.
    pub phases: Vec<f64>,
    /// Normal, of mean 1 and standard deviation 0.2.
    pub frequencies: Vec<f64>,
}

impl Start {
    /// Of agents 0, 1, 2, …
    #[must_use]
    pub fn of(agents: usize) -> Self {
        let spread = FrequencyDistribution::Normal { mean: 1.0, std: 0.2 };
        let ids = 0..agents as u64;
        Self {
            phases: ids.clone().map(|id| PhaseDistribution::Uniform.draw(SEED, id)).collect(),
            frequencies: ids.map(|id| spread.draw(SEED, id)).collect(),
        }
    }
}

/// A Watts–Strogatz network, a tenth of its links rewired.
///
/// # Panics
///
/// For fewer than three agents.
#[must_use]
pub fn small_world(agents: usize) -> Adjacency {
    let neighbors = NEIGHBORS.min(agents - 2);
    Topology::SmallWorld { agents, neighbors, rewire: 0.1 }.build(SEED).expect("the sizes are valid")
}

fn weighted(graph: Adjacency) -> Adjacency {
    let weights = (0..graph.links()).map(|link| 0.5 + (link % 7) as f64 / 7.0).collect();
    let (offsets, columns) = (graph.offsets().to_vec(), graph.columns().to_vec());
    Adjacency::from_parts(offsets, columns, Some(weights)).expect("one weight per link")
}

/// A swarm on a network of one's own, otherwise like the case `network`.
#[must_use]
pub fn of_graph(graph: &Adjacency) -> World {
    world(SwarmSpawner::new(graph), graph.nodes(), Coupling::default(), Integrator::Euler)
}

/// The same, laid out in an order of the nodes.
#[must_use]
pub fn of_graph_in_order(graph: &Adjacency, order: &NodeOrder) -> World {
    let spawner = SwarmSpawner::new(graph).in_order(order);
    world(spawner, graph.nodes(), Coupling::default(), Integrator::Euler)
}

fn network(agents: usize, coupling: Coupling, integrator: Integrator) -> World {
    let graph = small_world(agents);
    world(SwarmSpawner::new(&graph), agents, coupling, integrator)
}

fn mean_field(agents: usize) -> World {
    let graph = Adjacency::without_links(agents).expect("far fewer agents than 32-bit indices");
    let coupling = Coupling { all_to_all: true, ..Default::default() };
    world(SwarmSpawner::new(&graph), agents, coupling, Integrator::Euler)
}

fn world(spawner: SwarmSpawner<'_>, agents: usize, coupling: Coupling, integrator: Integrator) -> World {
    let start = Start::of(agents);
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Workers::with_threads(1));
    world.insert_resource(coupling);
    world.insert_resource(TimeStep { seconds: DT, integrator });
    let spawner = spawner.phases(&start.phases).frequencies(&start.frequencies);
    spawner.spawn(&mut world).expect("one phase and frequency per node");
    world
}

/// Measures the order parameter anew after every step.
fn watch_coherence(world: &mut World) {
    world.resource_mut::<Coherence>().time_to_live = 0.0;
    let watch = |mut coherence: SwarmCoherence<'_, '_>| -> Result { coherence.read().map(|_| ()).map_err(Into::into) };
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, watch.in_set(StepSystems::Last));
}
