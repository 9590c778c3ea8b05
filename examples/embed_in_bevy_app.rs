//! A host app with a schedule of its own. Its systems read the swarm (how bright does it flash together?) and write
//! it: after three seconds someone turns the coupling up, and one firefly in twenty leaves and is replaced every second.
//!
//!     cargo run --release --example embed_in_bevy_app

use bevy_app::{App, AppExit, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use lampyrid::{prelude::*, swarm::SwarmStopped};

const STEPS_PER_SECOND: u64 = 50;
const FIREFLIES: u64 = 200;

/// The host's own schedule, which it runs from `Update`.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Dusk;

fn main() -> AppExit {
    let mut app = App::new();
    app.add_schedule(Schedule::new(Dusk));
    app.add_plugins(SwarmPlugins::new(Dusk));
    app.insert_resource(TimeStep { seconds: 1.0 / STEPS_PER_SECOND as f64, integrator: Integrator::Euler });
    app.insert_resource(Coupling { strength: 0.0, ..Coupling::default() });
    app.add_systems(Update, |world: &mut World| world.run_schedule(Dusk));
    app.add_systems(Dusk, (come_and_go, turn_up_the_coupling).chain().in_set(SwarmSystems::Prepare));
    app.add_systems(Dusk, (report, complain).chain().in_set(SwarmSystems::Last));

    let world = app.world_mut();
    (0..FIREFLIES).for_each(|id| spawn_firefly(&mut world.commands(), id, &[]));
    world.flush();
    for _ in 0..=12 * STEPS_PER_SECOND {
        app.update();
    }
    AppExit::Success
}

/// A new firefly listens to eight of those already there.
fn spawn_firefly(commands: &mut Commands, seed: u64, others: &[Entity]) {
    let phase = Phase(PhaseDistribution::Uniform.draw(1, seed));
    let frequency = Frequency(FrequencyDistribution::Normal { mean: 6.0, std: 0.3 }.draw(1, seed));
    let heard = (0..8).filter_map(|i| others.get((seed as usize * 37 + i * 11) % others.len().max(1)));
    commands.spawn((phase, frequency, heard.copied().collect::<Neighbors>()));
}

/// Once a second, one in twenty leaves and a newcomer takes its place; at first, everybody gets neighbours.
fn come_and_go(
    mut commands: Commands,
    clock: Res<SwarmClock>,
    mut fireflies: Query<(Entity, &mut Neighbors), With<Phase>>,
) {
    if !clock.steps().is_multiple_of(STEPS_PER_SECOND) {
        return;
    }
    let all: Vec<Entity> = fireflies.iter().map(|(firefly, _)| firefly).collect();
    for (place, (firefly, mut heard)) in fireflies.iter_mut().enumerate() {
        if heard.is_empty() {
            heard.extend((1..=8).map(|i| all[(place + i * i * 7) % all.len()]).filter(|other| *other != firefly));
        }
    }
    for (i, &firefly) in all.iter().enumerate().filter(|(i, _)| i % 20 == 3) {
        commands.entity(firefly).despawn();
        spawn_firefly(&mut commands, FIREFLIES * (1 + clock.steps()) + i as u64, &all);
    }
}

fn turn_up_the_coupling(clock: Res<SwarmClock>, mut coupling: ResMut<Coupling>) {
    if clock.steps() == 3 * STEPS_PER_SECOND {
        coupling.strength = 3.0;
        println!("   the coupling is turned up");
    }
}

fn report(clock: Res<SwarmClock>, mut coherence: SwarmCoherence, fireflies: Query<&Phase>) -> Result {
    if clock.steps().is_multiple_of(STEPS_PER_SECOND) {
        let flashing = fireflies.iter().filter(|phase| phase.0 < 0.3).count();
        println!("t = {:4.1} s  R = {:.3}  {flashing} flash", clock.seconds(), coherence.read()?.r);
    }
    Ok(())
}

/// An error stops the swarm, not the host; the message says why.
fn complain(mut stopped: MessageReader<SwarmStopped>) {
    stopped.read().for_each(|SwarmStopped(error)| println!("the swarm stopped: {error}"));
}
