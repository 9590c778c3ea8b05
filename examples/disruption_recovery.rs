//! A swarm in phase loses it three times: a third of the agents are scrambled, a third of the links cut, a third of the
//! agents removed. Each time it finds back by itself, sooner than it first came together.
//! Prints how long each recovery took, beside a swarm that was left alone; draws `runs/disruption_recovery.png`.
//!
//!     cargo run --release --example disruption_recovery

mod common;

use common::draw;
use lampyrid::{
    prelude::*,
    swarm::{Disruption, DisruptionKind, Disruptions, Preset, SwarmGoal, install_disruptions},
};

const AGENTS: usize = 500;
const SECONDS: f64 = 55.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (coupled, course) = run(1.0)?;
    let (alone, nothing) = run(0.0)?;

    let goal = coupled.resource::<SwarmGoal>();
    println!("{:<22} {:>8} {:>12} {:>14}", "", "agents", "R in phase", "left alone");
    let alone = alone.resource::<SwarmGoal>();
    let first = time_or_never(goal.time_to_goal());
    println!("{:<22} {AGENTS:>8} {first:>12} {:>14}", "first", time_or_never(alone.time_to_goal()));
    let hits = coupled.resource::<Disruptions>().history();
    for (place, hit) in hits.iter().enumerate() {
        let recovery = |goal: &SwarmGoal| time_or_never(goal.recoveries().get(place).copied());
        let (kind, count) = (hit.disruption.kind.name(), hit.hit);
        println!("{kind:<22} {count:>8} {:>12} {:>14}", recovery(goal), recovery(alone));
    }
    println!("(of cut links: directed ones, cut from {} s to {} s)", hits[1].at, hits[1].disruption.end());

    let note = "500 agents; at 15 s 30 % scrambled, at 25 s 30 % of links cut, at 45 s 30 % removed";
    let lines: [(&str, &[(f64, f64)]); 2] = [("swarm", &course), ("left alone", &nothing)];
    draw("disruption_recovery", ["Finding back", note], ["time t (s)", "order parameter R"], &lines)
}

fn time_or_never(seconds: Option<f64>) -> String {
    seconds.map_or("never".to_owned(), |seconds| format!("{seconds:.2} s"))
}

type Course = Vec<(f64, f64)>;

fn run(strength: f64) -> Result<(World, Course), Box<dyn std::error::Error>> {
    let mut world = World::new();
    Preset::RecoverFromFailure.plan(AGENTS).spawn(&mut world, 2)?;
    world.resource_mut::<Coupling>().strength = strength;
    world.resource_mut::<Coherence>().time_to_live = 0.0;
    install_disruptions(
        &mut world,
        vec![
            Disruption::new(DisruptionKind::Scramble, 0.3, 15.0),
            Disruption { until: Some(35.0), ..Disruption::new(DisruptionKind::CutLinks, 0.3, 25.0) },
            Disruption::new(DisruptionKind::Remove, 0.3, 45.0),
        ],
    )?;
    let mut course = vec![(0.0, coherence(&mut world)?.r)];
    while world.resource::<SwarmClock>().seconds() < SECONDS {
        advance(&mut world, 5)?;
        course.push((world.resource::<SwarmClock>().seconds(), coherence(&mut world)?.r));
    }
    Ok((world, course))
}
