//! What a swarm is estimated to take before it is built is what it takes, within a tenth.

#[path = "support/counting_allocator.rs"]
mod counting_allocator;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bevy_ecs::prelude::*;
use counting_allocator::{Count, Counting};
use lampyrid::{
    prelude::*,
    swarm::{
        Adaptive, Desync, FrequencyLock, PhaseNudge, Pulse, Rule, Spread, SwarmPlan, adopt, install_strategies,
        swarm_bytes,
    },
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: what all threads hold is counted.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A swarm, as data.
#[derive(Clone, Copy)]
struct Case {
    agents: usize,
    network: Network,
    carries: Carries,
    integrator: Integrator,
    threads: usize,
}

#[derive(Clone, Copy, Debug)]
enum Network {
    None,
    Ring(usize),
    SmallWorld(usize),
    /// Mean number of neighbours.
    Random(f64),
    ScaleFree(usize),
    Star,
    Complete,
}

/// What agents have besides phase, frequency and neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Carries {
    Nothing,
    Weights,
    Energy,
    WeightsAndEnergy,
    ScaleAndDrive,
    Everything,
    /// Lists of their own, spawned one by one.
    OwnLists,
}

const fn case(agents: usize, network: Network, carries: Carries, integrator: Integrator, threads: usize) -> Case {
    Case { agents, network, carries, integrator, threads }
}

use Carries::{
    Energy as Energies, Everything, Nothing, OwnLists, ScaleAndDrive, Weights as Weighted, WeightsAndEnergy,
};
use Integrator::{Euler, Heun, Rk4};
use Network::{Complete, None as Unlinked, Random, Ring, ScaleFree, SmallWorld, Star};

const CASES: [Case; 24] = [
    case(1_000, Unlinked, Nothing, Euler, 1),
    case(1_000, Ring(2), Nothing, Euler, 1),
    case(1_000, Ring(8), Nothing, Euler, 1),
    case(1_000, Ring(10), OwnLists, Euler, 1),
    case(1_000, SmallWorld(8), Nothing, Rk4, 1),
    case(1_000, Random(8.0), Weighted, Euler, 1),
    case(1_000, ScaleFree(4), Everything, Heun, 1),
    case(1_000, Star, Energies, Euler, 1),
    case(1_000, Complete, Nothing, Euler, 1),
    case(2_000, Ring(4), WeightsAndEnergy, Rk4, 2),
    case(3_000, SmallWorld(12), ScaleAndDrive, Euler, 1),
    case(5_000, Random(20.0), OwnLists, Euler, 2),
    case(7_000, ScaleFree(2), Weighted, Rk4, 1),
    case(10_000, Unlinked, Energies, Heun, 1),
    case(10_000, SmallWorld(8), Nothing, Euler, 1),
    case(10_000, Random(8.0), Nothing, Euler, 4),
    case(10_000, Random(8.0), Everything, Rk4, 4),
    case(16_000, Ring(6), OwnLists, Heun, 3),
    case(20_000, ScaleFree(5), WeightsAndEnergy, Euler, 1),
    case(30_000, Random(3.0), Nothing, Rk4, 2),
    case(40_000, SmallWorld(16), Weighted, Euler, 2),
    case(50_000, Star, Nothing, Euler, 1),
    case(65_000, SmallWorld(4), ScaleAndDrive, Heun, 2),
    case(100_000, SmallWorld(8), Nothing, Euler, 2),
];

impl Case {
    fn graph(&self) -> Adjacency {
        let agents = self.agents;
        let topology = match self.network {
            Unlinked => return Adjacency::without_links(agents).unwrap(),
            Ring(neighbors) => Topology::Ring { agents, neighbors },
            SmallWorld(neighbors) => Topology::SmallWorld { agents, neighbors, rewire: 0.1 },
            Random(mean) => Topology::Random { agents, probability: mean / (agents - 1) as f64 },
            ScaleFree(attach) => Topology::ScaleFree { agents, attach },
            Star => Topology::Star { agents },
            Complete => Topology::Complete { agents },
        };
        let graph = topology.build(1).unwrap();
        if !matches!(self.carries, Weighted | WeightsAndEnergy | Everything) {
            return graph;
        }
        let weights = vec![0.5; graph.links()];
        Adjacency::from_parts(graph.offsets().to_vec(), graph.columns().to_vec(), Some(weights)).unwrap()
    }

    fn has_energy(&self) -> bool {
        matches!(self.carries, Energies | WeightsAndEnergy | Everything)
    }

    fn has_scale_and_drive(&self) -> bool {
        matches!(self.carries, ScaleAndDrive | Everything)
    }

    /// The spawner knows neither scale nor drive.
    fn has_own_lists(&self) -> bool {
        self.has_scale_and_drive() || self.carries == OwnLists
    }

    fn plan(&self, graph: &Adjacency) -> SwarmPlan {
        SwarmPlan::of_graph(graph)
            .energy(self.has_energy())
            .coupling_scale(self.has_scale_and_drive())
            .drive(self.has_scale_and_drive())
            .own_lists(self.has_own_lists())
            .integrator(self.integrator)
            .threads(self.threads)
    }

    /// The swarm after its first steps, and bytes that it holds beyond an empty one.
    fn build(&self, graph: &Adjacency) -> (World, i64) {
        let before = settled();
        let mut world = empty(Workers::with_threads(self.threads), self.integrator);
        match self.carries {
            ScaleAndDrive => spawn_with(&mut world, graph, (CouplingScale(0.5), Drive(0.1))),
            Everything => {
                spawn_with(&mut world, graph, (CouplingScale(0.5), Drive(0.1), Weights::default(), Energy(1.0)));
            }
            OwnLists => spawn_with(&mut world, graph, ()),
            _ if self.has_energy() => drop(SwarmSpawner::new(graph).energy(1.0).spawn(&mut world).unwrap()),
            _ => drop(SwarmSpawner::new(graph).spawn(&mut world).unwrap()),
        }
        advance(&mut world, 10).unwrap();
        let live = settled() - before;
        (world, live - empty_bytes(self.integrator))
    }
}

/// Bytes held by all threads, once those that come or go have done so.
fn settled() -> i64 {
    let mut live = Count::live_of_process();
    let mut unchanged = 0;
    while unchanged < 5 {
        std::thread::sleep(std::time::Duration::from_millis(2));
        let now = Count::live_of_process();
        unchanged = if now == live { unchanged + 1 } else { 0 };
        live = now;
    }
    live
}

fn empty(workers: Workers, integrator: Integrator) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(workers);
    world.insert_resource(TimeStep { seconds: 0.01, integrator });
    world
}

/// What a swarm without agents holds once it has stepped.
fn empty_bytes(integrator: Integrator) -> i64 {
    let before = settled();
    let mut world = empty(Workers::shared(), integrator);
    advance(&mut world, 10).unwrap();
    settled() - before
}

/// Agents with components that the spawner does not know.
fn spawn_with(
    world: &mut World,
    graph: &Adjacency,
    further: impl Bundle<Effect: bevy_ecs::bundle::NoBundleEffect> + Clone,
) {
    let agent =
        |node| (AgentId::new(node as u64), Phase(0.1 * node as f64), Frequency(1.0), Neighbors::new(), further.clone());
    let agents: Vec<Entity> = world.spawn_batch((0..graph.nodes()).map(agent)).collect();
    let mut lists = world.query::<(&mut Neighbors, Option<&mut Weights>)>();
    for (node, &agent) in agents.iter().enumerate() {
        let (mut neighbors, weights) = lists.get_mut(world, agent).unwrap();
        neighbors.extend(graph.neighbors(node).iter().map(|&sender| agents[sender as usize]));
        if let Some(mut weights) = weights {
            *weights = graph.weights_of(node).unwrap_or_default().iter().copied().collect();
        }
    }
}

/// So is the swarm's own account, which is what budgets are compared with.
#[test]
fn the_estimate_is_within_a_tenth_of_what_is_measured() {
    let _alone = alone();
    // What is allocated once per process must not count.
    drop(CASES[9].build(&CASES[9].graph()));
    let mut report = String::new();
    let mut worst = 0.0_f64;
    for case in CASES {
        let graph = case.graph();
        let estimate = case.plan(&graph).estimate();
        let (mut world, measured) = case.build(&graph);
        let own = swarm_bytes(&mut world);
        let off = |bytes: f64| 100.0 * (bytes / measured as f64 - 1.0);
        let (estimated, own) = (off(estimate.total() as f64), off(own as f64));
        worst = worst.max(estimated.abs());
        report += &format!(
            "{:7} {:<16} {:<17} {:<5} {} threads: measured {:9}, estimate {estimated:+5.1} %, own account {own:+5.1} %\n",
            case.agents,
            format!("{:?}", case.network),
            format!("{:?}", case.carries),
            format!("{:?}", case.integrator),
            case.threads,
            measured,
        );
        worst = worst.max(own.abs());
    }
    println!("{report}");
    assert!(worst <= 10.0, "{worst:.1} %\n{report}");
}

#[test]
fn a_plan_by_numbers_alone_is_that_of_an_even_network() {
    let graph = Topology::Ring { agents: 5000, neighbors: 10 }.build(1).unwrap();
    let by_numbers = SwarmPlan::new(5000, 50_000).estimate();
    assert_eq!(by_numbers, SwarmPlan::of_graph(&graph).estimate());
}

#[test]
fn agents_that_adopt_a_rule_take_what_is_foretold_within_a_tenth() {
    let _alone = alone();
    let lock = FrequencyLock { gain: 1.0, rate: 0.5 };
    let rules = [
        Rule::PhaseNudge(PhaseNudge::default()),
        Rule::FrequencyLock(lock),
        Rule::Pulse(Pulse::default()),
        Rule::Desync(Desync::default()),
        Rule::Offset { lock, spread: Spread::Even },
        Rule::Adaptive(Adaptive::default()),
    ];
    for agents in [5_000, 20_000] {
        let graph = case(agents, SmallWorld(8), Nothing, Euler, 1).graph();
        for rule in &rules {
            let before = settled();
            let mut bare = empty(Workers::with_threads(1), Euler);
            install_strategies(&mut bare);
            advance(&mut bare, 10).unwrap();
            let empty_bytes = settled() - before;
            drop(bare);

            let before = settled();
            let mut world = empty(Workers::with_threads(1), Euler);
            SwarmSpawner::new(&graph).spawn(&mut world).unwrap();
            adopt(&mut world, rule).unwrap();
            advance(&mut world, 100).unwrap();
            let measured = (settled() - before - empty_bytes) as f64;
            let foretold = SwarmPlan::of_graph(&graph).rule(Some(*rule)).estimate().total() as f64;
            let off = foretold / measured - 1.0;
            assert!(off.abs() <= 0.1, "{} of {agents}: {foretold} foretold, {measured} measured", rule.name());
        }
    }
}
