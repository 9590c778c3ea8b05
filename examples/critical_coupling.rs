//! The onset of synchrony: R against K for a Lorentzian swarm coupled all to all, beside Kuramoto's √(1 − 2γ/K).
//! At K = 2γ itself R is still on its way to 0, as 1/√(1 + Kt) (Ott & Antonsen 2008): 0.095 after 110 s, of which the
//! table has 0.093.
//! Prints a table and draws `runs/critical_coupling.png` and `.svg`.
//!
//!     cargo run --release --example critical_coupling

use lampyrid::{
    io::plot::{Axis, Curve, CurveStyle, Curves, PlotOptions, curves},
    measure::RunningStatistics,
    prelude::*,
};

const AGENTS: usize = 5_000;
const HALF_WIDTH: f64 = 0.5; // γ, rad/s: the critical coupling is 2γ = 1 rad/s

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("    K      R  theory");
    let strengths: Vec<f64> = (0..=20).map(|i| 0.2 * f64::from(i)).collect();
    let mut measured = Vec::new();
    for &strength in &strengths {
        let r = stationary_r(strength)?;
        println!("{strength:5.2}  {r:.3}   {:.3}", theory(strength));
        measured.push((strength, r));
    }

    let theory: Vec<(f64, f64)> = (0..=400).map(|i| 0.01 * f64::from(i)).map(|k| (k, theory(k))).collect();
    let figure = curves(
        &Curves {
            title: "The onset of synchrony",
            note: "5,000 oscillators, Lorentzian frequencies of half-width 0.5 rad/s",
            x: Axis { label: "coupling strength K (rad/s)", range: Some((0.0, 4.0)) },
            y: Axis { label: "order parameter R", range: Some((0.0, 1.0)) },
            curves: &[
                Curve { name: "theory (Kuramoto 1975)", points: &theory, style: CurveStyle::Theory },
                Curve { name: "simulated", points: &measured, style: CurveStyle::Points },
            ],
        },
        &PlotOptions::default(),
    )?;
    std::fs::create_dir_all("runs")?;
    std::fs::write("runs/critical_coupling.svg", figure.svg())?;
    std::fs::write("runs/critical_coupling.png", figure.png()?)?;
    println!("drawn in runs/critical_coupling.svg and .png");
    Ok(())
}

fn theory(strength: f64) -> f64 {
    if strength > 2.0 * HALF_WIDTH { (1.0 - 2.0 * HALF_WIDTH / strength).sqrt() } else { 0.0 }
}

/// The mean of R over 20 s, after 100 s on the way from full synchrony.
fn stationary_r(strength: f64) -> Result<f64, SwarmError> {
    let law = FrequencyDistribution::Lorentzian { center: 0.0, half_width: HALF_WIDTH };
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Coupling { strength, all_to_all: true, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 0.1, integrator: Integrator::Heun });
    // Exact quantiles: no tail is clipped and no scatter of drawing is left.
    world.spawn_batch((0..AGENTS).map(move |i| (Phase(0.0), Frequency(law.exact(i, AGENTS)))));
    advance(&mut world, 1000)?;
    let mut r = RunningStatistics::default();
    for _ in 0..100 {
        advance(&mut world, 2)?;
        r.push(coherence(&mut world)?.r);
    }
    Ok(r.mean().unwrap_or(0.0))
}
