//! The ECS step against hand-written C: arrays and loops compiled for this very processor, with
//! fused multiply-adds and sums in any order, which the ECS does without for the sake of equal bits.
//!
//! ```text
//! cargo bench --bench peer                # needs a C compiler: cc, or the one $CC names
//! cargo bench --bench peer -- --quick     # fewer rounds, up to a hundred thousand agents
//! ```
//!
//! Times are those of the fastest round, ratios the median over all rounds with their range.

#![forbid(unsafe_code)]

mod program;

use std::{io::Result, path::Path};

use lampyrid::{prelude::*, swarm::read_phases};
use lampyrid_bench::{duel::Duel, swarms::case};
use program::{FLAGS, Peer, compile};

/// Most that a step may cost, in steps of the C program, and what is aimed at.
const BAR: f64 = 1.3;
const GOAL: f64 = 1.10;

fn main() -> Result<()> {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let (rounds, sizes): (_, &[usize]) = match (has("--bench"), has("--quick")) {
        // Tried out by `cargo test --benches`.
        (false, _) => (1, &[1000]),
        (true, true) => (41, &[1000, 10_000, 100_000]),
        (true, false) => (101, &[1000, 10_000, 100_000, 1_000_000]),
    };
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("peer");
    if let Err(error) = compile(&program) {
        println!("skipped: the C program could not be compiled: {error}");
        return Ok(());
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("C compiled with {}; {rounds} rounds; load average {}", FLAGS.join(" "), load.trim());
    for (name, is_mean_field) in [("network", false), ("mean_field", true)] {
        println!("\n{name}: {}: ECS against C", case(name).sentence);
        println!("    agents   C ns/agent   ECS ns/agent   ratio (range)");
        sizes.iter().try_for_each(|&agents| compare(&program, rounds, agents, name, is_mean_field))?;
    }
    Ok(())
}

fn compare(program: &Path, rounds: usize, agents: usize, name: &str, is_mean_field: bool) -> Result<()> {
    let mut peer = Peer::new(program, agents, is_mean_field)?;
    let mut world = (case(name).build)(agents);
    let duel = Duel::new(
        rounds,
        |steps| peer.step(steps).expect("the C program runs"),
        |steps| advance(&mut world, steps).expect("every step succeeds"),
    );
    let mut phases = Vec::new();
    read_phases(&mut world, &mut phases);
    let apart = farthest(&peer.finish()?, &phases);
    assert!(apart < 1e-6, "the two have come {apart} rad apart: they do not compute the same");
    let (ratio, (least, most)) = (duel.median(), duel.range());
    let held = |bar: f64| if ratio <= bar { "held" } else { "missed" };
    let [c, ecs] = [duel.first, duel.second].map(|seconds| seconds * 1e9 / agents as f64);
    println!(
        "{agents:10} {c:12.2} {ecs:14.2}   {ratio:.3} ({least:.3} to {most:.3}); {BAR} {}, {GOAL} {}",
        held(BAR),
        held(GOAL)
    );
    Ok(())
}

/// The largest distance of two phases around the circle \[rad\].
fn farthest(some: &[f64], others: &[f64]) -> f64 {
    let apart = |(a, b): (&f64, &f64)| ((a - b) / std::f64::consts::TAU).rem_euclid(1.0);
    some.iter().zip(others).map(apart).map(|turns| turns.min(1.0 - turns)).fold(0.0, f64::max) * std::f64::consts::TAU
}
