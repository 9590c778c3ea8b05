//! A pause: the swarm steps while the host is in its state `Running`, and else when a single step is asked for. Nothing
//! is lost or caught up on: simulated time stands still. Prints steps and R after each scene.
//!
//!     cargo run --release --example pause_and_step

use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use bevy_state::{app::StatesPlugin, prelude::*};
use lampyrid::prelude::*;

#[derive(States, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Mode {
    #[default]
    Running,
    Paused,
}

/// Steps asked for in the pause, for instance by a key.
#[derive(Resource, Default)]
struct Wanted(u32);

fn is_wanted(wanted: Res<Wanted>) -> bool {
    wanted.0 > 0
}

fn count_down(mut wanted: ResMut<Wanted>) {
    wanted.0 = wanted.0.saturating_sub(1);
}

fn main() -> Result<(), SwarmError> {
    let mut app = App::new();
    app.add_plugins((StatesPlugin, SwarmPlugins::new(Update)));
    app.init_state::<Mode>().init_resource::<Wanted>();
    app.configure_sets(Update, SwarmSystems::Step.run_if(in_state(Mode::Running).or_else(is_wanted)));
    app.add_systems(Update, count_down.in_set(SwarmSystems::Last));
    app.insert_resource(Coupling { strength: 2.0, all_to_all: true, ..Coupling::default() });
    for id in 0..100 {
        app.world_mut().spawn((Phase(PhaseDistribution::Uniform.draw(6, id)), Frequency(1.0)));
    }
    for (scene, mode, wanted) in [
        ("running", Mode::Running, 0),
        ("paused", Mode::Paused, 0),
        ("paused, 3 single steps", Mode::Paused, 3),
        ("running again", Mode::Running, 0),
    ] {
        app.world_mut().resource_mut::<NextState<Mode>>().set(mode);
        app.world_mut().resource_mut::<Wanted>().0 = wanted;
        (0..64).for_each(|_| app.update());
        let (steps, r) = (app.world().resource::<SwarmClock>().steps(), coherence(app.world_mut())?.r);
        println!("{scene:>22}: {steps:>3} steps after 64 frames more, R = {r:.3}");
    }
    Ok(())
}
