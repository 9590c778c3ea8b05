//! A schedule of the host's decides when the swarm steps, and how often: here a frame runs it once, four times for
//! fast motion, or only every third time for slow motion. The host's systems in it keep their order to the swarm's.
//! Prints, per kind of motion, frames, steps and R.
//!
//!     cargo run --release --example custom_schedule

use bevy_app::{App, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use lampyrid::prelude::*;

/// What happens in one step of the simulated world.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Tick;

#[derive(Resource, Clone, Copy)]
enum Motion {
    Slow,
    Normal,
    Fast,
}

#[derive(Resource, Default)]
struct Frame(u32);

fn run_ticks(world: &mut World) {
    let frame = world.resource::<Frame>().0;
    let ticks = match world.resource::<Motion>() {
        Motion::Slow => u32::from(frame.is_multiple_of(3)),
        Motion::Normal => 1,
        Motion::Fast => 4,
    };
    (0..ticks).for_each(|_| world.run_schedule(Tick));
    world.resource_mut::<Frame>().0 += 1;
}

/// The host's part of a tick: coupling rises and falls like the tide, with simulated time.
fn tide(clock: Res<SwarmClock>, mut coupling: ResMut<Coupling>) {
    coupling.strength = 1.5 + (0.5 * clock.seconds()).sin();
}

fn main() -> Result<(), SwarmError> {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Tick)).init_resource::<Frame>();
    app.insert_resource(Coupling { all_to_all: true, ..Coupling::default() });
    app.add_systems(Update, run_ticks);
    app.add_systems(Tick, tide.in_set(SwarmSystems::Prepare));
    for id in 0..200 {
        let frequency = Frequency(FrequencyDistribution::Normal { mean: 1.0, std: 0.3 }.draw(2, id));
        app.world_mut().spawn((Phase(PhaseDistribution::Uniform.draw(2, id)), frequency));
    }
    for (name, motion) in [("slow", Motion::Slow), ("normal", Motion::Normal), ("fast", Motion::Fast)] {
        app.insert_resource(motion);
        (0..120).for_each(|_| app.update());
        let (steps, r) = (app.world().resource::<SwarmClock>().steps(), coherence(app.world_mut())?.r);
        println!("{name:>6}: after {} frames {steps:>3} steps, R = {r:.3}", app.world().resource::<Frame>().0);
    }
    Ok(())
}
