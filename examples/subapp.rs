//! The swarm in a `SubApp`: a world of its own, so that its agents meet none of the host's entities, queries or
//! systems. Between the two, `extract` hands the host's wish to the swarm, and what the swarm did back to the host.
//! Prints what the host sees, second by second: it asks for coupling from the third on.
//!
//!     cargo run --release --example subapp

use bevy_app::{App, AppLabel, SubApp, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use lampyrid::prelude::*;

#[derive(AppLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Fireflies;

/// The host's side of the exchange.
#[derive(Resource, Default)]
struct Meadow {
    wanted_strength: f64,
    seconds: f64,
    r: f64,
}

fn fireflies() -> SubApp {
    let mut fireflies = SubApp::new();
    fireflies.update_schedule = Some(Update.intern());
    fireflies.add_plugins(SwarmPlugins::new(Update));
    fireflies.insert_resource(Coupling { strength: 0.0, all_to_all: true, ..Coupling::default() });
    for id in 0..300 {
        let frequency = Frequency(FrequencyDistribution::Normal { mean: 6.0, std: 0.3 }.draw(3, id));
        fireflies.world_mut().spawn((Phase(PhaseDistribution::Uniform.draw(3, id)), frequency));
    }
    // Runs before each update of the sub-app, so the host sees the step before.
    fireflies.set_extract(|host, swarm| {
        let mut meadow = host.resource_mut::<Meadow>();
        swarm.resource_mut::<Coupling>().strength = meadow.wanted_strength;
        meadow.seconds = swarm.resource::<SwarmClock>().seconds();
        meadow.r = coherence(swarm).map_or(f64::NAN, |order| order.r);
    });
    fireflies
}

fn watch(mut meadow: ResMut<Meadow>) {
    if meadow.seconds >= 3.0 {
        meadow.wanted_strength = 3.0;
    }
    if meadow.seconds > 0.0 && meadow.seconds.fract() == 0.0 {
        println!("{} s: K = {}, R = {:.3}", meadow.seconds, meadow.wanted_strength, meadow.r);
    }
}

fn main() {
    let mut app = App::new();
    app.init_resource::<Meadow>().add_systems(Update, watch);
    app.insert_sub_app(Fireflies, fireflies());
    (0..8 * 64).for_each(|_| app.update());
}
