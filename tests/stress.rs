//! Large swarms are built, stepped and measured within their memory.
//!
//! The largest are for a machine with five gigabytes to spare:
//!
//! ```text
//! cargo test --release --test stress -- --ignored --nocapture --test-threads 1
//! ```

use std::time::Instant;

use lampyrid::{
    prelude::*,
    swarm::{swarm_bytes, topology_report},
};
use lampyrid_bench::machine::peak_resident_bytes;

/// Neighbours per agent.
const NEIGHBORS: usize = 8;

/// What an agent with so many neighbours may take, all in.
const BYTES_PER_AGENT: f64 = 256.0;

/// What the process of the largest swarm may take at its peak, the network still in its hands.
const PEAK: u64 = 4 << 30;

fn swarm(agents: usize, threads: usize) -> World {
    let graph = Topology::SmallWorld { agents, neighbors: NEIGHBORS, rewire: 0.1 }.build(7).unwrap();
    let ids = 0..agents as u64;
    let phases: Vec<f64> = ids.clone().map(|id| PhaseDistribution::Uniform.draw(7, id)).collect();
    let spread = FrequencyDistribution::Normal { mean: 1.0, std: 0.1 };
    let frequencies: Vec<f64> = ids.map(|id| spread.draw(7, id)).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Workers::with_threads(threads));
    world.insert_resource(TimeStep { seconds: 0.05, integrator: Integrator::Euler });
    world.insert_resource(Coupling { strength: 4.0, ..Default::default() });
    SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies).spawn(&mut world).unwrap();
    world
}

/// Builds, steps and measures a swarm; says what it took.
fn stress(agents: usize, steps: u64) {
    let start = Instant::now();
    let mut world = swarm(agents, 2);
    let built = start.elapsed();
    let before = coherence(&mut world).unwrap().r;
    let start = Instant::now();
    advance(&mut world, steps).unwrap();
    let stepped = start.elapsed();
    world.insert_resource(Coherence::default());
    let after = coherence(&mut world).unwrap().r;
    assert!((0.0..=1.0).contains(&after), "R = {after}");
    assert_eq!(topology_report(&world).links, agents * NEIGHBORS);
    let each = swarm_bytes(&mut world) as f64 / agents as f64;
    assert!(each <= BYTES_PER_AGENT, "{each} bytes per agent");
    let peak = peak_resident_bytes();
    let resident = peak.map_or_else(|| "unknown on this system".to_owned(), |peak| format!("{} MiB", peak >> 20));
    println!(
        "{agents} agents: built in {:.0} ns per agent, stepped in {:.1} ns per agent, R {before:.4} to {after:.4}, \
         {each:.1} bytes per agent, peak of the process so far {resident}",
        built.as_secs_f64() * 1e9 / agents as f64,
        stepped.as_secs_f64() * 1e9 / (agents as f64 * steps as f64),
    );
    assert!(peak.is_none_or(|peak| peak <= PEAK), "{resident}");
}

#[test]
fn ten_thousand_agents() {
    stress(10_000, 100);
}

#[test]
fn a_hundred_thousand_agents() {
    stress(100_000, 20);
}

#[test]
fn a_hundred_thousand_agents_have_one_hash_for_any_number_of_threads() {
    let hashes = [1, 2, 5].map(|threads| {
        let mut world = swarm(100_000, threads);
        advance(&mut world, 5).unwrap();
        phase_hash(&mut world)
    });
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:x?}");
}

#[test]
#[ignore = "takes a gigabyte"]
fn a_million_agents() {
    stress(1_000_000, 20);
}

#[test]
#[ignore = "takes four gigabytes"]
fn ten_million_agents() {
    stress(10_000_000, 10);
}
