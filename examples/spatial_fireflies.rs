//! Fireflies that wander over a meadow and flash to the rhythm of those they see, all within two metres. Where they stand
//! still, patches agree with themselves (local coherence) but hardly with each other (R). Wanderers carry the rhythm from
//! patch to patch: the faster they fly, the sooner all flash together.
//!
//!     cargo run --release --features spatial --example spatial_fireflies

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid::{
    prelude::*,
    spatial::{Position, Proximity, Reach, SpatialSystems, install_spatial},
    swarm::SwarmSchedule,
};

const FIREFLIES: u64 = 400;
/// The meadow is a square of this side, and goes on at one side where it ends at the other [m].
const MEADOW: f64 = 40.0;
const SIGHT: f64 = 2.0; // m
const SECONDS: u64 = 300;
const STEPS_PER_SECOND: u64 = 10;

/// How fast a firefly flies, and where to [m/s].
#[derive(Component)]
struct Velocity([f64; 2]);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("                    R, and coherence with those in sight, after");
    println!("   speed        10 s         60 s        300 s      R ≥ 0.95 after");
    for speed in [0.0, 0.2, 1.0, 5.0] {
        let mut world = meadow(speed);
        let mut together = None;
        print!("{speed:4.1} m/s ");
        for second in 1..=SECONDS {
            advance(&mut world, STEPS_PER_SECOND)?;
            let r = coherence(&mut world)?.r;
            together = together.or((r >= 0.95).then_some(second));
            if [10, 60, 300].contains(&second) {
                print!("  {r:.2}, {:.2} ", world.run_system_cached(coherence_in_sight)?);
            }
        }
        println!("     {}", together.map_or("–".into(), |second| format!("{second} s")));
    }
    Ok(())
}

fn meadow(speed: f64) -> World {
    let mut world = World::new();
    install_spatial(&mut world);
    let period = [MEADOW, MEADOW, f64::INFINITY];
    world.insert_resource(Proximity { reach: Reach::within(SIGHT), period, ..Proximity::default() });
    world.insert_resource(Coupling { strength: 1.0, ..Coupling::default() });
    world.insert_resource(TimeStep { seconds: 1.0 / STEPS_PER_SECOND as f64, integrator: Integrator::Euler });
    let mut schedules = world.resource_mut::<Schedules>();
    schedules.add_systems(SwarmSchedule, wander.in_set(StepSystems::First).before(SpatialSystems));
    let law = FrequencyDistribution::Normal { mean: std::f64::consts::TAU, std: 0.03 };
    for id in 0..FIREFLIES {
        let angle = |seed| PhaseDistribution::Uniform.draw(seed, id);
        let [x, y] = [angle(2), angle(3)].map(|angle| MEADOW * angle / std::f64::consts::TAU);
        let velocity = Velocity([speed * angle(4).cos(), speed * angle(4).sin()]);
        world.spawn((Phase(angle(1)), Frequency(law.draw(1, id)), Position::new_2d(x, y), velocity));
    }
    world
}

/// Each flies in circles of its own: its heading turns by a rate that its id decides.
fn wander(step: Res<TimeStep>, mut fireflies: Query<(&mut Position, &mut Velocity, &AgentId)>) {
    for (mut position, mut velocity, id) in &mut fireflies {
        let turn = 0.05 * (PhaseDistribution::Uniform.draw(5, id.get()) - std::f64::consts::PI) * step.seconds;
        let [x, y] = velocity.0;
        if [x, y] != [0.0, 0.0] {
            velocity.0 = [x * turn.cos() - y * turn.sin(), x * turn.sin() + y * turn.cos()];
            position.0[0] += velocity.0[0] * step.seconds;
            position.0[1] += velocity.0[1] * step.seconds;
        }
    }
}

/// The mean coherence of fireflies with those they see, of all that see any.
fn coherence_in_sight(context: SwarmContext, fireflies: Query<Entity, With<Phase>>) -> f64 {
    let seen = fireflies.iter().filter_map(|firefly| context.of(firefly)).filter(|context| context.neighbors > 0);
    let (sum, count) = seen.fold((0.0, 0), |(sum, count), context| (sum + context.local_coherence, count + 1));
    sum / f64::from(count.max(1))
}
