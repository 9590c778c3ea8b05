//! The least an app needs to host a swarm: one group of plugins, and agents. Prints R, second by second.
//!
//!     cargo run --release --example embed_minimal
use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use lampyrid::prelude::*;

fn main() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.insert_resource(Coupling { strength: 2.0, all_to_all: true, ..Coupling::default() });
    app.add_systems(Update, report.after(SwarmSystems::Step));
    for id in 0..100 {
        app.world_mut().spawn((Phase(PhaseDistribution::Uniform.draw(1, id)), Frequency(1.0)));
    }
    (0..5 * 64).for_each(|_| app.update());
}

fn report(clock: Res<SwarmClock>, mut coherence: SwarmCoherence) -> Result {
    if clock.steps().is_multiple_of(64) {
        println!("{} s: R = {:.3}", clock.seconds(), coherence.read()?.r);
    }
    Ok(())
}
