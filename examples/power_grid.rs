//! A real network from a file: the western United States power grid. Linked buses agree within seconds (link
//! coherence), while the grid's long paths keep distant regions apart (R).
//!
//!     cargo run --release --example power_grid

use std::path::Path;

use lampyrid::{
    io::{ReadOptions, read_network},
    measure::{link_coherence, order_parameter},
    prelude::*,
    swarm::read_phases,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/power.mtx");
    let grid = read_network(&file, &ReadOptions::default())?.adjacency;
    let agents = grid.nodes() as u64;
    let phases: Vec<f64> = (0..agents).map(|i| PhaseDistribution::Uniform.draw(42, i)).collect();
    let law = FrequencyDistribution::Normal { mean: 0.0, std: 0.2 };
    let frequencies: Vec<f64> = (0..agents).map(|i| law.draw(42, i)).collect();

    let mut world = World::new();
    install_swarm(&mut world);
    // Lines pull each with the same strength: a bus with many lines is pulled harder.
    world.insert_resource(Coupling { strength: 5.0, normalization: Normalization::Sum, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 0.02, integrator: Integrator::Rk4 });
    SwarmSpawner::new(&grid).phases(&phases).frequencies(&frequencies).spawn(&mut world)?;

    println!("{} buses, {} lines", grid.nodes(), grid.links() / 2);
    let mut now = Vec::new();
    for seconds in [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0] {
        let steps = (seconds / 0.02_f64).round() as u64;
        let done = world.resource::<SwarmClock>().steps();
        advance(&mut world, steps - done)?;
        read_phases(&mut world, &mut now);
        let r = order_parameter(&now).ok_or("a phase is not finite")?.r;
        let along_lines = link_coherence(&grid, &now).ok_or("a phase is not finite")?;
        println!("t = {seconds:4.1} s  R = {r:.3}  link coherence = {along_lines:.3}");
    }
    println!("phase hash {}", phase_hash(&mut world));
    Ok(())
}
