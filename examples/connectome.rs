//! A directed, weighted network: the neurons of C. elegans. Without a phase lag the worm's network synchronises; a lag
//! near a quarter turn breaks it up, and the neurons that hear many others lose their neighbourhood first.
//!
//!     cargo run --release --example connectome

use std::path::Path;

use bevy_ecs::prelude::*;
use lampyrid::{
    graph::properties,
    io::{ReadOptions, read_network},
    prelude::*,
};

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/celegansneural.mtx");
    let network = read_network(&file, &ReadOptions::default())?.adjacency;
    let degrees = properties::degree_statistics(&network);
    println!(
        "{} neurons, {} weighted one-way links; a neuron hears {:.1} others on average, one hears {}",
        network.nodes(),
        network.links(),
        degrees.mean,
        degrees.max
    );
    println!("\n  lag (rad)      R   local coherence: few neighbours   many neighbours");
    for lag in [0.0, 0.4, 0.8, 1.2, 1.4, 1.5] {
        let (r, [few, many]) = run(&network, lag)?;
        println!("  {lag:9.1}  {r:.3}                      {few:12.3}      {many:12.3}");
    }
    Ok(())
}

/// R, and the mean local coherence of neurons that hear fewer and more than ten others, after 100 s.
fn run(network: &Adjacency, phase_lag: f64) -> std::result::Result<(f64, [f64; 2]), Box<dyn std::error::Error>> {
    let agents = network.nodes() as u64;
    let phases: Vec<f64> = (0..agents).map(|i| PhaseDistribution::Uniform.draw(7, i)).collect();
    let law = FrequencyDistribution::Normal { mean: 10.0, std: 0.5 };
    let frequencies: Vec<f64> = (0..agents).map(|i| law.draw(7, i)).collect();

    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Coupling { strength: 3.0, phase_lag, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Heun });
    SwarmSpawner::new(network).phases(&phases).frequencies(&frequencies).spawn(&mut world)?;
    advance(&mut world, 10_000)?;

    let local = world.run_system_cached(|neurons: Query<Entity, With<Phase>>, context: SwarmContext| {
        let mut groups = [(0.0, 0.0); 2];
        for context in neurons.iter().filter_map(|neuron| context.of(neuron)).filter(|c| c.neighbors > 0) {
            let group = &mut groups[usize::from(context.neighbors > 10)];
            *group = (group.0 + context.local_coherence, group.1 + 1.0);
        }
        groups.map(|(sum, count)| sum / count)
    })?;
    Ok((coherence(&mut world)?.r, local))
}
