//! Phases drive whatever the host has: here the brightness of lamps, which are components of the host's on entities of
//! its own. A system in `SwarmSystems::Measure` reads the agents that have moved and writes the lamps they stand for.
//! Prints how bright twelve lamps are, from 0 to 9, every two seconds: each its own way at first, then one pulse.
//!
//!     cargo run --release --example drive_a_light

use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use lampyrid::prelude::*;

/// A lamp of the host's; any component will do: a colour, a transform, a volume.
#[derive(Component, Default)]
struct Brightness(f64);

/// Which lamp an agent drives.
#[derive(Component)]
struct Drives(Entity);

fn shine(agents: Query<(&Phase, &Drives), Changed<Phase>>, mut lamps: Query<&mut Brightness>) {
    for (phase, drives) in &agents {
        if let Ok(mut brightness) = lamps.get_mut(drives.0) {
            brightness.0 = 0.5 + 0.5 * phase.0.cos();
        }
    }
}

fn main() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.add_systems(Update, shine.in_set(SwarmSystems::Measure));
    app.insert_resource(Coupling { strength: 1.5, ..Coupling::default() });
    let ring = Topology::Ring { agents: 12, neighbors: 4 }.build(0).expect("a ring of twelve");
    let phases: Vec<f64> = (0..12).map(|id| PhaseDistribution::Uniform.draw(9, id)).collect();
    let agents = SwarmSpawner::new(&ring).phases(&phases).frequencies(&[1.0; 12]).spawn(app.world_mut());
    let mut lamps = Vec::new();
    for agent in agents.expect("as many phases as nodes") {
        let lamp = app.world_mut().spawn(Brightness::default()).id();
        app.world_mut().entity_mut(agent).insert(Drives(lamp));
        lamps.push(lamp);
    }
    for frame in 1..=12 * 64 {
        app.update();
        if frame % 128 == 1 {
            let digit = |lamp: &Entity| app.world().get::<Brightness>(*lamp).map_or(0.0, |bright| 9.0 * bright.0);
            let row: String = lamps.iter().map(|lamp| format!(" {:.0}", digit(lamp))).collect();
            println!("{:>5.1} s {row}", app.world().resource::<SwarmClock>().seconds());
        }
    }
}
