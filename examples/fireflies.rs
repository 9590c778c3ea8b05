//! Fireflies on a meadow: each flashes when its phase comes full circle and, at the flash of one it sees, jumps ahead
//! in its own turn (Mirollo & Strogatz 1990). Nobody hears a phase; flashes are all there is.
//! Prints the largest part of the swarm that flashes within 50 ms, also where they see nobody but a conductor; draws `runs/fireflies.png`.
//!
//!     cargo run --release --example fireflies

mod common;

use common::{draw, firings, load};
use lampyrid::{
    prelude::*,
    swarm::{Pulse, Rule, adopt},
};

const FIREFLIES: usize = 400;
const SECONDS: f64 = 60.0;
const FLASH: f64 = 0.05; // s

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{:<22} {:>12} {:>12}   largest part that flashes within 50 ms", "", "first 5 s", "last 5 s");
    let mut lines = Vec::new();
    // Those within a sixth of the meadow's side, about 35 of the 400; or nobody but a conductor in the middle.
    let nearby = Topology::Geometric { agents: FIREFLIES, radius: 1.0 / 6.0, periodic: true };
    let conductor = Topology::Star { agents: FIREFLIES };
    for (name, sight, strength) in [
        ("blind", &nearby, None),
        ("faint flashes", &nearby, Some(0.05)),
        ("bright flashes", &nearby, Some(0.3)),
        ("a conductor", &conductor, Some(0.3)),
    ] {
        let times = firings(&mut meadow(sight, strength)?, SECONDS)?;
        let together = |start: f64, end: f64| {
            let bins = load(&times, start, end, FLASH);
            bins.iter().fold(0.0, |most: f64, flashes| most.max(*flashes)) / FIREFLIES as f64
        };
        println!(
            "{name:<22} {:>10.0} % {:>10.0} %",
            100.0 * together(0.0, 5.0),
            100.0 * together(SECONDS - 5.0, SECONDS)
        );
        let course: Vec<(f64, f64)> = (0..SECONDS as u32)
            .map(|second| (f64::from(second) + 0.5, together(second.into(), f64::from(second) + 1.0)))
            .collect();
        lines.push((name, course));
    }
    let lines: Vec<(&str, &[(f64, f64)])> = lines.iter().map(|(name, course)| (*name, course.as_slice())).collect();
    let note = "400 fireflies, a flash a second each";
    draw("fireflies", ["Flashing together", note], ["time t (s)", "largest part within 50 ms"], &lines)
}

fn meadow(sight: &Topology, strength: Option<f64>) -> Result<World, Box<dyn std::error::Error>> {
    let sight = sight.build(5)?;
    let law = FrequencyDistribution::Normal { mean: std::f64::consts::TAU, std: 0.03 };
    let ids = 0..FIREFLIES as u64;
    let phases: Vec<f64> = ids.clone().map(|id| PhaseDistribution::Uniform.draw(5, id)).collect();
    let frequencies: Vec<f64> = ids.map(|id| law.draw(5, id)).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(TimeStep { seconds: 0.005, integrator: Integrator::Euler });
    world.insert_resource(Coupling { strength: 0.0, ..Coupling::default() });
    SwarmSpawner::new(&sight).phases(&phases).frequencies(&frequencies).spawn(&mut world)?;
    if let Some(strength) = strength {
        adopt(&mut world, &Rule::Pulse(Pulse { strength, ..Pulse::default() }))?;
    }
    Ok(world)
}
