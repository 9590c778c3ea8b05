//! A swarm that grows beyond its budget is warned of, waits, or stops.

use bevy_app::{App, Update};
use bevy_ecs::{message::Messages, prelude::*};
use lampyrid::{
    prelude::*,
    swarm::{
        BudgetExceeded, MemoryBudget, MemoryBudgetPlugin, MemoryMeasure, MemoryPolicy, MemoryUse, SwarmSchedule,
        SwarmStopped, install_memory_budget, swarm_bytes,
    },
};

const STEP: f64 = 0.1;

fn budget(total: u64, policy: MemoryPolicy) -> MemoryBudget {
    MemoryBudget { total: Some(total), per_agent: None, policy, every: 0.0 }
}

/// A ring of a hundred with lists of their own, one step old, and the bytes it holds.
fn ring() -> (World, Vec<Entity>, u64) {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(TimeStep { seconds: STEP, ..Default::default() });
    let agents: Vec<Entity> = (0..100).map(|i| world.spawn((Phase(0.06 * i as f64), Neighbors::new())).id()).collect();
    for (i, &agent) in agents.iter().enumerate() {
        world.get_mut::<Neighbors>(agent).unwrap().push(agents[(i + 1) % 100]);
    }
    advance(&mut world, 1).unwrap();
    let bytes = swarm_bytes(&mut world) as u64;
    (world, agents, bytes)
}

/// Lets every agent listen to all others: lists and index grow.
fn link_all(world: &mut World, agents: &[Entity]) {
    for &agent in agents {
        world.get_mut::<Neighbors>(agent).unwrap().extend(agents.iter().copied());
    }
}

/// Lists go back to a single neighbour and give back their memory, which one that is emptied keeps; the index is made anew.
fn unlink(world: &mut World, agents: &[Entity]) {
    for &agent in agents {
        *world.get_mut::<Neighbors>(agent).unwrap() = Neighbors::from([agents[0]]);
    }
}

fn steps(world: &World) -> u64 {
    world.resource::<SwarmClock>().steps()
}

fn told(world: &mut World) -> Vec<BudgetExceeded> {
    world.resource_mut::<Messages<BudgetExceeded>>().drain().collect()
}

fn is_exceeded(outcome: Result<(), SwarmError>) -> bool {
    matches!(outcome, Err(SwarmError::MemoryBudgetExceeded { measure: MemoryMeasure::Total, .. }))
}

#[test]
fn a_swarm_within_its_budget_is_counted_and_left_alone() {
    let (mut world, _, bytes) = ring();
    install_memory_budget(&mut world, budget(2 * bytes, MemoryPolicy::Stop)).unwrap();
    advance(&mut world, 10).unwrap();
    let found = *world.resource::<MemoryUse>();
    assert_eq!((found.agents, found.bytes), (100, swarm_bytes(&mut world) as u64));
    assert_eq!((found.exceeded, found.crossings, told(&mut world).len()), (None, 0, 0));
}

#[test]
fn a_budget_changes_no_bit() {
    let hash = |budget: Option<MemoryBudget>| {
        let (mut world, _, _) = ring();
        if let Some(budget) = budget {
            install_memory_budget(&mut world, budget).unwrap();
        }
        advance(&mut world, 100).unwrap();
        phase_hash(&mut world)
    };
    assert_eq!(hash(None), hash(Some(budget(1, MemoryPolicy::Warn))));
}

#[test]
fn warning_tells_once_per_crossing_and_goes_on() {
    let (mut world, agents, bytes) = ring();
    install_memory_budget(&mut world, budget(2 * bytes, MemoryPolicy::Warn)).unwrap();
    link_all(&mut world, &agents);
    advance(&mut world, 5).unwrap();
    let found = told(&mut world);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].measure, found[0].limit), (MemoryMeasure::Total, 2 * bytes));
    assert!(found[0].bytes > 2 * bytes);
    // Below, and above once more.
    world.resource_mut::<MemoryBudget>().total = Some(100 * bytes);
    advance(&mut world, 1).unwrap();
    assert_eq!(world.resource::<MemoryUse>().exceeded, None);
    world.resource_mut::<MemoryBudget>().total = Some(2 * bytes);
    advance(&mut world, 5).unwrap();
    assert_eq!((told(&mut world).len(), world.resource::<MemoryUse>().crossings), (1, 2));
    assert_eq!(steps(&world), 12);
}

#[test]
fn a_paused_swarm_goes_on_once_the_budget_is_raised() {
    let (mut world, agents, bytes) = ring();
    install_memory_budget(&mut world, budget(2 * bytes, MemoryPolicy::Pause)).unwrap();
    link_all(&mut world, &agents);
    assert!(is_exceeded(advance(&mut world, 10)));
    assert_eq!((steps(&world), told(&mut world).len()), (2, 1));
    let before = phase_hash(&mut world);
    assert!(is_exceeded(advance(&mut world, 10)));
    assert_eq!((steps(&world), phase_hash(&mut world), told(&mut world).len()), (2, before, 0));
    world.resource_mut::<MemoryBudget>().total = Some(100 * bytes);
    advance(&mut world, 10).unwrap();
    assert_eq!(steps(&world), 12);
}

/// The rows of the index keep their memory, so that the limit is one that the lists decide.
#[test]
fn a_paused_swarm_goes_on_once_it_holds_less_and_a_stopped_one_does_not() {
    for policy in [MemoryPolicy::Pause, MemoryPolicy::Stop] {
        let (mut world, agents, _) = ring();
        link_all(&mut world, &agents);
        advance(&mut world, 1).unwrap();
        unlink(&mut world, &agents);
        advance(&mut world, 1).unwrap();
        let limit = 11 * swarm_bytes(&mut world) as u64 / 10;
        install_memory_budget(&mut world, budget(limit, policy)).unwrap();
        link_all(&mut world, &agents);
        assert!(is_exceeded(advance(&mut world, 10)), "{policy:?}");
        unlink(&mut world, &agents);
        let outcome = advance(&mut world, 10);
        if policy == MemoryPolicy::Pause {
            assert_eq!(outcome, Ok(()));
        } else {
            assert!(is_exceeded(outcome));
            world.resource_mut::<MemoryBudget>().total = Some(limit + 1);
            assert_eq!(advance(&mut world, 10), Ok(()), "a changed budget is looked at anew");
        }
    }
}

#[test]
fn agents_that_are_too_heavy_each_are_found_though_the_total_is_small() {
    let (mut world, agents, bytes) = ring();
    let per_agent = Some(2 * bytes / 100);
    let budget = MemoryBudget { per_agent, policy: MemoryPolicy::Stop, every: 0.0, total: None };
    install_memory_budget(&mut world, budget).unwrap();
    advance(&mut world, 1).unwrap();
    link_all(&mut world, &agents);
    let error = advance(&mut world, 5).unwrap_err();
    assert!(matches!(error, SwarmError::MemoryBudgetExceeded { measure: MemoryMeasure::PerAgent, .. }), "{error}");
    assert!(error.to_string().contains("per agent"), "{error}");
}

#[test]
fn the_swarm_is_looked_at_as_often_as_the_budget_says() {
    let (mut world, agents, bytes) = ring();
    let every = 10.0 * STEP;
    install_memory_budget(&mut world, MemoryBudget { every, ..budget(2 * bytes, MemoryPolicy::Stop) }).unwrap();
    advance(&mut world, 1).unwrap();
    link_all(&mut world, &agents);
    assert!(is_exceeded(advance(&mut world, 100)));
    let since = steps(&world) - 2;
    assert!((10..=11).contains(&since), "looked after {since} steps");
}

/// Whether steps are taken together or one by one, among systems of others.
#[test]
fn a_swarm_that_grows_within_its_steps_is_found_out() {
    fn befriend(agents: Query<Entity, With<Phase>>, mut lists: Query<&mut Neighbors>) {
        let all: Vec<Entity> = agents.iter().collect();
        lists.iter_mut().for_each(|mut list| list.extend(all.iter().copied()));
    }
    let (mut world, _, bytes) = ring();
    install_memory_budget(&mut world, budget(5 * bytes, MemoryPolicy::Stop)).unwrap();
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, befriend.in_set(StepSystems::First));
    assert!(is_exceeded(advance(&mut world, 1000)));
    assert!((1..20).contains(&steps(&world)), "{} steps", steps(&world));
    assert!(world.resource::<MemoryUse>().bytes > 5 * bytes);
}

#[test]
fn a_wrong_budget_is_refused_at_once_or_stops_the_swarm() {
    let (mut world, _, _) = ring();
    let refused = install_memory_budget(&mut world, budget(0, MemoryPolicy::Warn));
    assert!(matches!(refused, Err(SwarmError::OutOfRange { name: "memory budget", .. })));
    assert!(world.get_resource::<MemoryBudget>().is_none());
    let beyond = install_memory_budget(&mut world, budget(u64::MAX, MemoryPolicy::Warn));
    assert!(matches!(beyond, Err(SwarmError::BudgetBeyondMachine { .. })));

    install_memory_budget(&mut world, budget(1 << 20, MemoryPolicy::Warn)).unwrap();
    world.resource_mut::<MemoryBudget>().every = f64::NAN;
    assert!(matches!(advance(&mut world, 1), Err(SwarmError::OutOfRange { .. })));
    world.remove_resource::<MemoryBudget>();
    assert_eq!(advance(&mut world, 1), Ok(()), "without a budget there is nothing to hold");
}

#[test]
fn a_host_is_told_once_of_a_swarm_that_waits() {
    let mut app = App::new();
    let limit = budget(1, MemoryPolicy::Pause);
    app.add_plugins((SwarmPlugins::new(Update), MemoryBudgetPlugin(limit)));
    app.world_mut().spawn(Phase(0.5));
    app.update();
    let count = |app: &App| {
        let world = app.world();
        (world.resource::<Messages<BudgetExceeded>>().len(), world.resource::<Messages<SwarmStopped>>().len())
    };
    assert_eq!((count(&app), steps(app.world())), ((1, 0), 1));
    app.update();
    assert_eq!((count(&app), steps(app.world())), ((1, 1), 1));
    (0..10).for_each(|_| app.update());
    assert_eq!((count(&app), steps(app.world())), ((0, 0), 1));
    app.world_mut().resource_mut::<MemoryBudget>().total = Some(1 << 20);
    app.update();
    assert_eq!(steps(app.world()), 2);
}
