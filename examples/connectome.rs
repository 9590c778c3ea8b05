//! A directed, weighted network: the neurons of C. elegans. Without a phase lag the worm's network synchronises. As the
//! lag grows it comes apart, around neurons that hear many others somewhat sooner; at 1.2 rad next to nothing is left.
//!
//!     cargo run --release --example connectome

use std::path::Path;

use bevy_ecs::prelude::*;
use lampyrid::{
    graph::properties,
    io::{ReadOptions, read_network},
    measure::RunningStatistics,
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
    println!("\n               agreement of two that a neuron hears");
    println!("  lag (rad)      R    hears 2 to 10    hears more");
    for lag in [0.0, 0.4, 0.8, 1.0, 1.2, 1.5] {
        let (r, [few, many]) = run(&network, lag)?;
        println!("  {lag:9.1}  {r:.3}    {few:13.2}    {many:10.2}");
    }
    Ok(())
}

/// R, and the agreement around neurons that hear up to ten others and more: means over 50 s, after 50 s to settle.
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
    advance(&mut world, 5_000)?;
    let (mut r, mut few, mut many) = <(RunningStatistics, RunningStatistics, RunningStatistics)>::default();
    for _ in 0..50 {
        advance(&mut world, 100)?;
        r.push(coherence(&mut world)?.r);
        for context in world.run_system_cached(contexts)? {
            if context.neighbors > 1 {
                let group = if context.neighbors > 10 { &mut many } else { &mut few };
                group.push(agreement(context));
            }
        }
    }
    Ok((r.mean().unwrap_or(0.0), [few, many].map(|group| group.mean().unwrap_or(0.0))))
}

/// What every neuron perceives of those that it hears.
fn contexts(neurons: Query<Entity, With<Phase>>, context: SwarmContext) -> Vec<Context> {
    neurons.iter().filter_map(|neuron| context.of(neuron)).collect()
}

/// The mean of cos(θ_j − θ_k) over the pairs that a neuron hears. Local coherence alone would mislead: of n random
/// phases it is about 1/√n, so that few neighbours always seem to agree. This is 0 for them, whatever n.
fn agreement(context: Context) -> f64 {
    let n = context.neighbors as f64;
    (n * context.local_coherence.powi(2) - 1.0) / (n - 1.0)
}
