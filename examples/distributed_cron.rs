//! Two hundred machines run a job once a minute. Started by one timetable they all run at once: a thundering herd.
//! Their clocks drift by a few hundred ppm, so that no timetable lasts either. Machines that hear eight others and keep
//! to a slot of their own spread out from the herd, and stay spread.
//! Prints how many jobs run at once at most, at the start and a day later; draws `runs/distributed_cron.png`.
//!
//!     cargo run --release --example distributed_cron

mod common;

use std::f64::consts::TAU;

use common::draw;
use lampyrid::{
    prelude::*,
    swarm::{FrequencyLock, Offset, Rule, Spread, adopt, read_phases},
};

const MACHINES: usize = 200;
const PERIOD: f64 = 60.0; // s
/// How long a job runs: three slots.
const JOB: f64 = 0.9; // s
const DRIFT: f64 = 300e-6; // standard deviation of a clock's rate
const STEP: f64 = 2.0; // s
const DAY: f64 = 24.0 * 60.0; // periods

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let slots: Vec<f64> = (0..MACHINES).map(|i| Offset::slot(i as u64, MACHINES as u64).0).collect();
    let jitter: Vec<f64> = (0..MACHINES as u64).map(|id| PhaseDistribution::Uniform.draw(4, id)).collect();
    let rows = [
        ("one timetable", course(&vec![0.0; MACHINES], false)?),
        ("random start", course(&jitter, false)?),
        ("central slots", course(&slots, false)?),
        ("swarm", course(&vec![0.0; MACHINES], true)?),
    ];
    println!("{:<14} {:>10} {:>12} {:>14}   jobs at once at most", "", "at start", "an hour on", "a day on");
    for (name, course) in &rows {
        let at = |period: f64| course.iter().rev().find(|(at, _)| *at <= period).map_or(0.0, |(_, most)| *most);
        println!("{name:<14} {:>10} {:>12} {:>14}", at(0.0), at(60.0), at(DAY));
    }
    let lines: Vec<(&str, &[(f64, f64)])> = rows[1..].iter().map(|(name, points)| (*name, points.as_slice())).collect();
    let note = "200 machines, a job of 0.9 s each minute; clocks drift by 300 ppm";
    draw("distributed_cron", ["Slots that last", note], ["time (minutes)", "jobs at once at most"], &lines)
}

/// The most jobs at once, now and then through a day.
fn course(start: &[f64], coupled: bool) -> Result<Vec<(f64, f64)>, Box<dyn std::error::Error>> {
    let network = Topology::SmallWorld { agents: MACHINES, neighbors: 8, rewire: 0.5 }.build(4)?;
    let law = FrequencyDistribution::Normal { mean: TAU / PERIOD, std: DRIFT * TAU / PERIOD };
    let frequencies: Vec<f64> = (0..MACHINES as u64).map(|id| law.draw(4, id)).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(TimeStep { seconds: STEP, integrator: Integrator::Euler });
    world.insert_resource(Coupling { strength: if coupled { 0.2 } else { 0.0 }, ..Coupling::default() });
    SwarmSpawner::new(&network).phases(start).frequencies(&frequencies).spawn(&mut world)?;
    if coupled {
        let lock = FrequencyLock { gain: 1.0, rate: 0.0 };
        adopt(&mut world, &Rule::Offset { lock, spread: Spread::Even })?;
    }
    let mut course = vec![(0.0, most_at_once(&mut world))];
    for period in (10..=DAY as u64).step_by(10) {
        advance(&mut world, (10.0 * PERIOD / STEP) as u64)?;
        course.push((period as f64, most_at_once(&mut world)));
    }
    Ok(course)
}

/// Jobs run from their machine's phase on for as long as they take: the most on any such stretch of the circle.
fn most_at_once(world: &mut World) -> f64 {
    let mut phases = Vec::new();
    read_phases(world, &mut phases);
    let width = TAU * JOB / PERIOD;
    let within = |from: &f64| phases.iter().filter(|phase| (*phase - from).rem_euclid(TAU) < width).count();
    phases.iter().map(within).max().unwrap_or(0) as f64
}
