//! What the parts of a swarm take, and how they are held to a budget.

use lampyrid_distributed::{Partition, RankSpawner, Transport, on_threads, phase_hash};
use lampyrid_graph::{Part, Topology};
use lampyrid_swarm::{
    MemoryBudget, MemoryPolicy, MemoryUse, SwarmClock, SwarmError, SwarmPlan, World, advance, install_memory_budget,
    swarm_bytes,
};

const RANKS: usize = 3;

/// What each rank has come to, in a world of its own with its part of a network.
fn on_ranks<T: Send>(topology: &Topology, run: impl Fn(&mut World, SwarmPlan) -> T + Sync) -> Vec<T> {
    let stream = topology.stream(5).unwrap();
    let partition = Partition::blocks(topology.agents(), RANKS).unwrap();
    on_threads(RANKS, |rank| {
        let part = Part::from_stream(&stream, partition.range(rank.rank())).unwrap();
        let phases: Vec<f64> = part.range().map(|agent| 0.7 * f64::from(agent)).collect();
        let ghosts = part.outside().len();
        let degrees = (0..part.adjacency().nodes() - ghosts).map(|node| part.adjacency().degree(node) as u64);
        let plan = SwarmPlan::degrees(degrees).ghosts(ghosts as u64);
        let mut world = World::new();
        RankSpawner::new(&partition, part).phases(&phases).spawn(&mut world, rank).unwrap();
        run(&mut world, plan)
    })
}

#[test]
fn a_part_takes_what_was_estimated_within_a_tenth() {
    let agents = 30_000;
    for topology in
        [Topology::Ring { agents, neighbors: 8 }, Topology::SmallWorld { agents, neighbors: 8, rewire: 0.3 }]
    {
        for (estimate, held) in on_ranks(&topology, |world, plan| {
            advance(world, 2).unwrap();
            (plan.estimate().total() as f64, swarm_bytes(world) as f64)
        }) {
            assert!((0.9..1.1).contains(&(estimate / held)), "{topology:?}: {estimate} not {held}");
        }
    }
}

#[test]
fn parts_are_held_to_the_budget_each_by_itself_and_stop_together() {
    // The hub of a star listens to everybody: its rank has more links and more ghosts.
    let star = Topology::Star { agents: 3_000 };
    let free = on_ranks(&star, |world, _| {
        advance(world, 10).unwrap();
        (swarm_bytes(world) as u64, phase_hash(world).unwrap())
    });
    let (most, next) = (free[0].0, free[1].0.max(free[2].0));
    assert!(most > next + 1000, "{free:?}");
    let between = (most + next) / 2;
    let held = on_ranks(&star, |world, _| {
        let budget = MemoryBudget { total: Some(between), per_agent: None, policy: MemoryPolicy::Stop, every: 0.0 };
        install_memory_budget(world, budget).unwrap();
        let stopped = advance(world, 10);
        let (steps, part) = (world.resource::<SwarmClock>().steps(), world.resource::<MemoryUse>().part);
        world.resource_mut::<MemoryBudget>().total = Some(2 * most);
        advance(world, 10 - steps).unwrap();
        (stopped, steps, part, phase_hash(world).unwrap())
    });
    for (stopped, steps, part, _) in &held {
        assert!(
            matches!(stopped, Err(SwarmError::MemoryBudgetExceeded { limit, .. }) if *limit == between),
            "{stopped:?}"
        );
        assert_eq!((*steps, *part), (1, 0));
    }
    assert_eq!(held[0].3, free[0].1);
}
