//! Fifty workers call one server once a second. Its load is even if no two call at once: a splay. Workers that couple
//! with a slot of their own taken off their phase find it without a coordinator, in a few seconds.
//! Prints the peak of the load over its mean; draws `runs/load_distribution.png`: requests in each 40 ms.
//!
//!     cargo run --release --example load_distribution

mod common;

use common::{draw, firings, load, peak_to_mean};
use lampyrid::{
    prelude::*,
    swarm::{PhaseNudge, Preset, Rule, adopt},
};

const WORKERS: usize = 50;
const SECONDS: f64 = 30.0;
/// Half as wide a bin as there are workers in a second.
const BIN: f64 = 0.04;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = Preset::DistributeLoad.plan(WORKERS);
    let mut splay = World::new();
    plan.spawn(&mut splay, 3)?;

    // Nobody hears anybody: the random phases of the beginning stay.
    let mut random = World::new();
    plan.spawn(&mut random, 3)?;
    random.resource_mut::<Coupling>().strength = 0.0;

    let mut in_phase = World::new();
    plan.spawn(&mut in_phase, 3)?;
    adopt(&mut in_phase, &Rule::PhaseNudge(PhaseNudge { gain: 4.0 }))?;

    // A central round robin: worker i at i/50 of every second.
    let central: Vec<f64> = (0..WORKERS * SECONDS as usize).map(|i| (i as f64 + 0.5) / WORKERS as f64).collect();

    let rows = [
        ("random", firings(&mut random, SECONDS)?),
        ("in phase", firings(&mut in_phase, SECONDS)?),
        ("swarm, splay", firings(&mut splay, SECONDS)?),
        ("round robin", central),
    ];
    println!("{:<14} {:>12} {:>16}", "", "first 5 s", "last 5 s");
    println!("{:<14} {:>12} {:>16}", "", "peak/mean", "peak/mean");
    for (name, times) in &rows {
        let peak = |start: f64| peak_to_mean(&load(times, start, start + 5.0, BIN));
        println!("{name:<14} {:>12.2} {:>16.2}", peak(0.0), peak(SECONDS - 5.0));
    }

    let last = |times: &[f64]| -> Vec<(f64, f64)> {
        let bins = load(times, SECONDS - 1.0, SECONDS, BIN);
        bins.into_iter().enumerate().map(|(bin, n)| ((bin as f64 + 0.5) * BIN, n)).collect()
    };
    let points: Vec<_> = [0, 2].map(|row| (rows[row].0, last(&rows[row].1))).into_iter().collect();
    let lines: Vec<(&str, &[(f64, f64)])> = points.iter().map(|(name, points)| (*name, points.as_slice())).collect();
    let note = "50 workers, a request a second each; the last second of 30";
    draw("load_distribution", ["The load of a server", note], ["time t (s)", "requests in 40 ms"], &lines)
}
