//! A strategy of one's own, in thirty lines: shy agents keep half a turn from whatever they hear, if they hear it
//! clearly. Mixed into a swarm of ordinary agents they end opposite to it.
//! Prints the order parameter of either kind, and how far apart they are.
//!
//!     cargo run --release --example own_strategy

use std::f64::consts::PI;

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid::{
    measure::order_parameter,
    prelude::*,
    swarm::{Gain, SwarmSchedule},
};

/// Turns to the phase opposite to the mean of its neighbours', at up to `rate` rad/s.
#[derive(Component, Clone, Copy)]
#[require(Gain = Gain(0.0), Drive)] // no sine coupling: the drive says it all
struct Shy {
    rate: f64,
}

fn shy_away(context: SwarmContext, mut agents: Query<(Entity, &Shy, &Phase, &mut Drive)>) {
    for (agent, shy, phase, mut drive) in &mut agents {
        let heard = context.of(agent).unwrap_or_default();
        let opposite = heard.mean_phase + PI - phase.0;
        drive.0 = shy.rate * heard.local_coherence * opposite.sin();
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Topology::SmallWorld { agents: 300, neighbors: 12, rewire: 0.4 }.build(6)?;
    let phases: Vec<f64> = (0..300).map(|id| PhaseDistribution::Uniform.draw(6, id)).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, shy_away.in_set(StepSystems::Couple));
    let agents = SwarmSpawner::new(&network).phases(&phases).spawn(&mut world)?;
    world.insert_batch(agents.into_iter().step_by(10).map(|agent| (agent, Shy { rate: 3.0 })));

    println!("{:>8} {:>12} {:>8} {:>12}", "time", "R ordinary", "R shy", "apart");
    for _ in 0..6 {
        let ordinary = order(&mut world, false);
        let shy = order(&mut world, true);
        let apart = (ordinary.psi - shy.psi + PI).rem_euclid(2.0 * PI) - PI;
        let time = world.resource::<SwarmClock>().seconds();
        println!("{time:>6} s {:>12.3} {:>8.3} {:>8.2} rad", ordinary.r, shy.r, apart.abs());
        advance(&mut world, 256)?;
    }
    Ok(())
}

fn order(world: &mut World, wanted: bool) -> OrderParameter {
    let mut agents = world.query::<(&Phase, Has<Shy>)>();
    let phases: Vec<f64> = agents.iter(world).filter(|(_, shy)| *shy == wanted).map(|(phase, _)| phase.0).collect();
    order_parameter(&phases).unwrap_or_default()
}
