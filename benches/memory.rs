//! What a swarm weighs: bytes per agent, and the peak of a process that builds and steps a large
//! one.
//!
//! ```text
//! cargo bench --bench memory                      # up to a million agents
//! cargo bench --bench memory -- --quick           # up to a hundred thousand
//! ```
//!
//! Bytes are those asked of the allocator and not given back, when the network that the swarm was
//! spawned from is gone: components with their change ticks, Bevy's tables and list of entities,
//! the derived index. What an empty swarm has already (schedules, systems, a thread pool) is shown
//! apart. The peak is the resident set's as the operating system saw it (Linux only), in a process
//! of its own.

#[path = "../tests/support/counting_allocator.rs"]
mod counting_allocator;

use std::process::Command;

use bevy_ecs::world::World;
use counting_allocator::{Count, Counting};
use lampyrid::{
    prelude::*,
    swarm::{swarm_bytes, topology_report},
};
use lampyrid_bench::{
    machine::peak_resident_bytes,
    swarms::{DT, Start, small_world},
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that an agent with eight neighbours may take, all in.
const AGENT_BAR: f64 = 400.0;

/// Bytes that a process with a million agents and eight million links may take at its peak.
const PEAK_BAR: u64 = 600 << 20;

const MILLION: usize = 1_000_000;

/// Tells this program to be the process whose peak is measured.
const PEAK_ONLY: &str = "--peak-only";

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    if has(PEAK_ONLY) {
        return peak(MILLION);
    }
    let largest = match (has("--bench"), has("--quick")) {
        // Tried out by `cargo test --benches`.
        (false, _) => 10_000,
        (true, true) => 100_000,
        (true, false) => MILLION,
    };
    weigh(largest);
    if largest == MILLION {
        // What was measured before must not count for the peak.
        let this = std::env::current_exe().expect("a running program has a path");
        let status = Command::new(this).arg(PEAK_ONLY).status().expect("it can be started again");
        assert!(status.success());
    }
}

fn empty_swarm() -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Workers::with_threads(1));
    world.insert_resource(TimeStep { seconds: DT, integrator: Integrator::Euler });
    world
}

fn weigh(largest: usize) {
    let start = Count::of_thread();
    let mut world = empty_swarm();
    advance(&mut world, 10).expect("nobody can go wrong");
    let empty = Count::of_thread() - start;
    drop(world);
    println!("empty swarm: {} bytes in {} allocations", empty.live, empty.allocations);

    println!("\nspawned from a network of eight neighbours, ten Euler steps, network dropped");
    println!("    agents   bytes/agent   own account   bar {AGENT_BAR}   spawning: allocations   bytes/agent");
    for agents in [10_000, 100_000, MILLION].into_iter().filter(|&agents| agents <= largest) {
        let before = Count::of_thread();
        let mut world = empty_swarm();
        let spawning = spawn(&mut world, agents);
        advance(&mut world, 10).expect("the swarm is valid");
        let live = (Count::of_thread() - before).live - empty.live;
        let per_agent = live as f64 / agents as f64;
        let own = swarm_bytes(&mut world) as f64 / agents as f64;
        let bar = held(per_agent <= AGENT_BAR);
        let each = spawning.bytes as f64 / agents as f64;
        println!("{agents:10} {per_agent:13.1} {own:13.1}   {bar:<7} {:23} {each:13.1}", spawning.allocations);
    }
}

/// Spawns a swarm from a network that is gone afterwards; what spawning alone allocated.
fn spawn(world: &mut World, agents: usize) -> Count {
    let graph = small_world(agents);
    let start = Start::of(agents);
    let spawner = SwarmSpawner::new(&graph).phases(&start.phases).frequencies(&start.frequencies);
    let before = Count::of_thread();
    spawner.spawn(world).expect("one phase and frequency per node");
    Count::of_thread() - before
}

/// The highest resident set of this process, which does nothing else.
fn peak(agents: usize) {
    let mut world = empty_swarm();
    spawn(&mut world, agents);
    let highest = || peak_resident_bytes().unwrap_or_default();
    let spawned = highest();
    advance(&mut world, 100).expect("the swarm is valid");
    let links = topology_report(&world).links;
    let stepped = highest();
    println!(
        "\n{agents} agents, {links} directed links: peak resident {} MiB after spawning, {} MiB after 100 steps; \
         {} MiB {}",
        spawned >> 20,
        stepped >> 20,
        PEAK_BAR >> 20,
        held(stepped <= PEAK_BAR)
    );
}

fn held(holds: bool) -> &'static str {
    if holds { "held" } else { "missed" }
}
