//! Hashes of swarms in flight, as they have been since spatial swarms are there: whatever makes neighbours
//! faster to find changes no bit of them.

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid_spatial::{Position, Proximity, Reach, SpatialSystems, install_spatial};
use lampyrid_swarm::*;

#[derive(Component)]
struct Velocity([f64; 3]);

/// Numbers without a pattern, in [0, 1).
fn draws(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// 2000 agents in a box of mean spacing 1, flying straight on by `speed` per step.
fn flock(reach: Reach, period: [f64; 3], speed: f64, threads: usize) -> World {
    let mut world = World::new();
    install_spatial(&mut world);
    let mut workers = Workers::with_threads(threads);
    (workers.sequential_below, workers.block) = (1, 128);
    world.insert_resource(workers);
    world.insert_resource(Proximity { reach, period, every: 0.0 });
    world.insert_resource(Coupling { strength: 2.0, ..Coupling::default() });
    let is_flat = period[2].is_infinite();
    let sides = if is_flat { [50.0, 40.0, 0.0] } else { [10.0, 10.0, 20.0] };
    let mut draw = draws(7);
    for _ in 0..2000 {
        let [phase, frequency] = [6.0 * draw(), draw()];
        let place = sides.map(|side| side * draw());
        let velocity = sides.map(|side| if side > 0.0 { 2.0 * speed * (draw() - 0.5) } else { 0.0 });
        world.spawn((Phase(phase), Frequency(frequency), Position(place), Velocity(velocity)));
    }
    let fly = |mut agents: Query<(&mut Position, &Velocity)>| {
        for (mut position, velocity) in &mut agents {
            (0..3).for_each(|axis| position.0[axis] += velocity.0[axis]);
        }
    };
    let mut schedules = world.resource_mut::<Schedules>();
    schedules.add_systems(SwarmSchedule, fly.in_set(StepSystems::First).before(SpatialSystems));
    world
}

const OPEN: f64 = f64::INFINITY;

#[test]
fn swarms_in_flight_come_to_the_phases_they_always_came_to() {
    let both = Reach { count: 6, radius: 1.3 };
    let flights = [
        (Reach::nearest(8), [50.0, 40.0, OPEN], 0.01),
        (Reach::nearest(8), [50.0, 40.0, OPEN], 0.1),
        (Reach::nearest(8), [10.0, 10.0, 20.0], 0.1),
        (Reach::nearest(50), [50.0, 40.0, OPEN], 0.1),
        (Reach::within(1.5), [50.0, OPEN, OPEN], 0.05),
        (both, [OPEN, OPEN, OPEN], 0.3),
    ];
    for threads in 1..=3 {
        let hashes = flights.map(|(reach, period, speed)| {
            let mut world = flock(reach, period, speed, threads);
            advance(&mut world, 60).unwrap();
            phase_hash(&mut world)
        });
        assert_eq!(hashes, EXPECTED, "{threads} threads");
    }
}

const EXPECTED: [&str; 6] = [
    "ba6a04d99adf236b",
    "3352ea026ad8d733",
    "56dc71350f95891e",
    "705849f38b585e6f",
    "76daff1b1a42e7cb",
    "97cf5bf5bb6e30a7",
];
