//! Two communities in one swarm: conformists, who are drawn to the mean of all, and contrarians, who are driven away
//! from it (Hong & Strogatz 2011). Each has a coupling of its own, a coherence of its own, and the conformists a goal.
//! Prints how coherent both are and how far apart: the contrarians come to agree, too, half a turn from everybody else.
//!
//!     cargo run --release --example two_communities

use std::f64::consts::{PI, TAU};

use bevy_ecs::prelude::*;
use lampyrid::{
    prelude::*,
    swarm::{CommunityCoupling, CommunityGoal, Goal, Pattern, community_coherence, install_community},
};

#[derive(Component)]
struct Conformist;

#[derive(Component)]
struct Contrarian;

fn main() -> Result<(), SwarmError> {
    let mut world = World::new();
    install_community::<Conformist>(&mut world);
    install_community::<Contrarian>(&mut world);
    let coupled = |strength| Coupling { strength, all_to_all: true, ..Coupling::default() };
    world.insert_resource(coupled(0.0)); // of whoever is neither
    world.insert_resource(CommunityCoupling::<Conformist>::new(coupled(1.0)));
    world.insert_resource(CommunityCoupling::<Contrarian>::new(coupled(-0.5)));
    world.insert_resource(CommunityGoal::<Conformist>::new(Goal::new(Pattern::InPhase)));
    for id in 0..500 {
        let phase = Phase(PhaseDistribution::Uniform.draw(5, id));
        let frequency = Frequency(FrequencyDistribution::Lorentzian { center: 0.0, half_width: 0.01 }.draw(5, id));
        if id % 5 == 0 {
            world.spawn((phase, frequency, Contrarian))
        } else {
            world.spawn((phase, frequency, Conformist))
        };
    }
    println!("{:>6} {:>14} {:>14} {:>12}", "time", "R conformists", "R contrarians", "apart");
    for _ in 0..7 {
        let conformists = community_coherence::<Conformist>(&mut world)?;
        let contrarians = community_coherence::<Contrarian>(&mut world)?;
        let apart = (conformists.psi - contrarians.psi + PI).rem_euclid(TAU) - PI;
        let time = world.resource::<SwarmClock>().seconds();
        println!("{time:>4} s {:>14.3} {:>14.3} {:>8.2} rad", conformists.r, contrarians.r, apart.abs());
        advance(&mut world, 10 * 64)?;
    }
    if let Some(since) = world.resource::<CommunityGoal<Conformist>>().time_to_goal() {
        println!("the conformists have been in phase since {since:.1} s");
    }
    Ok(())
}
