//! Threads: the host's pool of any size, the swarm's own, both, or none.
//!
//! Bevy's pools belong to the process, so that each set-up needs one of its own: the test calls itself.

use std::{env, process::Command};

use bevy_app::{App, TaskPoolOptions, TaskPoolPlugin, TaskPoolThreadAssignmentPolicy, Update};
use bevy_tasks::ComputeTaskPool;
use lampyrid::prelude::*;

const SET_UP: &str = "LAMPYRID_POOLS";

/// A host with a compute pool of so many threads, if any.
fn host(pool: Option<usize>) -> App {
    let mut app = App::new();
    if let Some(threads) = pool {
        let compute = TaskPoolThreadAssignmentPolicy {
            min_threads: threads,
            max_threads: threads,
            percent: 1.0,
            on_thread_spawn: None,
            on_thread_destroy: None,
        };
        let task_pool_options = TaskPoolOptions { compute, ..TaskPoolOptions::default() };
        app.add_plugins(TaskPoolPlugin { task_pool_options });
    }
    app.add_plugins(SwarmPlugins::new(Update));
    app
}

fn populate(app: &mut App, mut workers: Workers) {
    workers.sequential_below = 0;
    workers.block = 64;
    app.insert_resource(workers);
    app.insert_resource(Coupling { strength: 1.5, noise: 0.05, ..Coupling::default() });
    let network = Topology::SmallWorld { agents: 2000, neighbors: 8, rewire: 0.2 }.build(1).unwrap();
    let phases: Vec<f64> = (0..2000).map(|id| PhaseDistribution::Uniform.draw(1, id)).collect();
    SwarmSpawner::new(&network).phases(&phases).spawn(app.world_mut()).unwrap();
}

/// A set-up: the threads of the host's pool, and whose threads the swarm takes.
fn set_up(name: &str) -> App {
    let (pool, workers): (_, fn() -> Workers) = match name {
        "bare" => (None, Workers::shared),
        "host's, 1" => (Some(1), Workers::shared),
        "host's, 3" | "host's, 3, in a task" => (Some(3), Workers::shared),
        "own, 2" => (None, || Workers::with_threads(2)),
        "own, 3, beside the host's" => (Some(2), || Workers::with_threads(3)),
        _ => unreachable!("{name}"),
    };
    let mut app = host(pool);
    populate(&mut app, workers());
    app
}

#[test]
#[ignore = "the other test runs it, once for each set-up"]
fn a_process_with_one_set_up() {
    let name = env::var(SET_UP).expect("the other test says which");
    let mut app = set_up(&name);
    if name == "bare" {
        // No schedule of an app runs: the executor of those sets up a pool where there is none.
        advance(app.world_mut(), 50).unwrap();
    } else if name.ends_with("in a task") {
        // Steps are taken by one of the threads that they ask for help.
        let world = app.world_mut();
        let steps = async move { (0..50).for_each(|_| world.run_schedule(Update)) };
        ComputeTaskPool::get().scope(|scope| scope.spawn(steps));
    } else {
        (0..50).for_each(|_| app.update());
    }
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 50);
    let threads = app.world().resource::<Workers>().threads();
    println!("threads={threads} hash={}", phase_hash(app.world_mut()));
}

#[test]
fn every_set_up_of_threads_comes_to_the_same_bits() {
    let mut world = host(None);
    populate(&mut world, Workers::with_threads(1));
    advance(world.world_mut(), 50).unwrap();
    let hash = phase_hash(world.world_mut());
    for (name, threads) in [
        ("bare", 1),
        ("host's, 1", 1),
        ("host's, 3", 4),
        ("host's, 3, in a task", 4),
        ("own, 2", 2),
        ("own, 3, beside the host's", 3),
    ] {
        let program = env::current_exe().expect("a test has a program");
        let arguments = ["a_process_with_one_set_up", "--exact", "--ignored", "--nocapture"];
        let output = Command::new(program).args(arguments).env(SET_UP, name).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(&format!("threads={threads} hash={hash}\n")), "{name}: {said}");
    }
}
