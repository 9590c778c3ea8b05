//! A small world of a hundred oscillators finds a common rhythm: watch R rise from about 0.1 to nearly 1.
//!
//!     cargo run --release --example first_sync

use lampyrid::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let agents = 100;
    let graph = Topology::SmallWorld { agents, neighbors: 8, rewire: 0.2 }.build(1)?;
    let phases: Vec<f64> = (0..100).map(|i| PhaseDistribution::Uniform.draw(1, i)).collect();
    let law = FrequencyDistribution::Normal { mean: 1.0, std: 0.1 };
    let frequencies: Vec<f64> = (0..100).map(|i| law.draw(1, i)).collect();

    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Coupling { strength: 1.0, ..Coupling::default() });
    SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies).spawn(&mut world)?;

    for _ in 0..15 {
        let r = coherence(&mut world)?.r;
        println!(
            "t = {:5.1} s  R = {r:.3}  {}",
            world.resource::<SwarmClock>().seconds(),
            "█".repeat((40.0 * r) as usize)
        );
        advance(&mut world, 128)?; // 128 steps of 1/64 s
    }
    Ok(())
}
