//! A swarm in phase loses it three times: a third of the agents are scrambled, a third of the links cut, a third of the
//! agents removed. Each time it finds back by itself, sooner than it first came together.
//! Prints how long each recovery took, beside a swarm that was left alone and one whose clocks a coordinator sets every
//! ten seconds; draws `runs/disruption_recovery.png`.
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
    let runs = [("swarm", run(1.0, None)?), ("left alone", run(0.0, None)?), ("coordinator", run(0.0, Some(10.0))?)];
    let hits = runs[0].1.0.resource::<Disruptions>().history();
    println!("{:<12} {:>8} {:>12} {:>12} {:>12}", "", "agents", runs[0].0, runs[1].0, runs[2].0);
    let row = |name: &str, count: usize, time: &dyn Fn(&SwarmGoal) -> Option<f64>| {
        let [a, b, c] = runs.each_ref().map(|(_, (world, _))| {
            time(world.resource::<SwarmGoal>()).map_or("never".to_owned(), |seconds| format!("{seconds:.2} s"))
        });
        println!("{name:<12} {count:>8} {a:>12} {b:>12} {c:>12}");
    };
    row("first", AGENTS, &|goal| goal.time_to_goal());
    for (place, hit) in hits.iter().enumerate() {
        row(hit.disruption.kind.name(), hit.hit, &|goal| goal.recoveries().get(place).copied());
    }
    println!("(of cut links: directed ones, cut from {} s to {} s)", hits[1].at, hits[1].disruption.end());

    let note = "500 agents; at 15 s 30 % scrambled, at 25 s 30 % of links cut, at 45 s 30 % removed";
    let lines = runs.each_ref().map(|(name, (_, course))| (*name, course.as_slice()));
    draw("disruption_recovery", ["Finding back", note], ["time t (s)", "order parameter R"], &lines)
}

type Course = Vec<(f64, f64)>;

/// A run; with `set_every`, someone sets all clocks to one time every so many seconds.
fn run(strength: f64, set_every: Option<f64>) -> Result<(World, Course), Box<dyn std::error::Error>> {
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
    let mut next = set_every;
    while world.resource::<SwarmClock>().seconds() < SECONDS {
        advance(&mut world, 5)?;
        let now = world.resource::<SwarmClock>().seconds();
        if let (Some(every), Some(due)) = (set_every, next.filter(|due| now >= *due)) {
            world.query::<&mut Phase>().iter_mut(&mut world).for_each(|mut phase| phase.0 = 0.0);
            next = Some(due + every);
        }
        course.push((now, coherence(&mut world)?.r));
    }
    Ok((world, course))
}
