//! What it costs to move: a step of a swarm whose agents all fly and hear their eight nearest, against a
//! plain step of the same swarm standing still, linked by hand; in alternating rounds of one process.
//!
//! ```text
//! cargo bench -p lampyrid_spatial --bench refresh              # 100,000 agents
//! cargo bench -p lampyrid_spatial --bench refresh -- --quick   # fewer rounds
//! cargo bench -p lampyrid_spatial --bench refresh -- square/1  # the cases whose names have that
//! ```
//!
//! Agents are anywhere in a periodic box, whatever the order they were spawned in; each flies straight on,
//! by so many hundredths of the mean spacing per step. Steps are Euler's, the cheapest there are and a world's default;
//! cases named `rk4` take the program's default, of four stages. Cases with a floor add to the plain step what cannot be left
//! out, done with plain arrays: to fly, to read all positions, to measure how far those heard are, and to write as
//! many lists as change.

#![forbid(unsafe_code)]

mod floor;

use std::num::NonZero;

use bevy_ecs::{prelude::*, schedule::Schedules};
use floor::Floor;
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use lampyrid_bench::duel::Duel;
use lampyrid_spatial::{Position, Proximity, Reach, SpatialSystems, install_spatial};
use lampyrid_swarm::*;

/// Most that a step of a moving swarm may cost, in plain steps.
const BAR: f64 = 10.0;

/// Neighbours of an agent.
const NEIGHBORS: usize = 8;

/// How far an agent flies per step, in its `Position`'s unit.
#[derive(Component)]
struct Velocity([f64; 3]);

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let (rounds, agents) = match (has("--bench"), has("--quick")) {
        // Tried out by `cargo test --benches`.
        (false, _) => (1, 1000),
        (true, true) => (15, 100_000),
        (true, false) => (41, 100_000),
    };
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{agents} agents, the {NEIGHBORS} nearest; {rounds} rounds; load average {}", load.trim());
    println!(
        "\n  box/% of spacing/threads   still ns/agent   moving ns/agent   lists changed   ratio (range), of all rounds"
    );
    let filters: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let flight = |name: &str, dimensions: usize, threads: usize, percent: f64, integrator: Integrator| {
        if is_wanted(name) {
            flight(name, rounds, agents, dimensions, threads, percent, integrator);
        }
    };
    for (shape, dimensions, threads) in [("square", 2, 1), ("cube", 3, 1), ("square", 2, 2)] {
        for percent in [1.0, 10.0] {
            flight(&format!("{shape}/{percent}/{threads}"), dimensions, threads, percent, Integrator::Euler);
            if threads == 1 {
                flight(&format!("{shape}/{percent}/{threads}/rk4"), dimensions, threads, percent, Integrator::Rk4);
            }
            let name = format!("{shape}/{percent}/floor");
            if threads == 1 && is_wanted(&name) {
                at_least(&name, rounds, agents, dimensions, percent);
            }
        }
    }
    if is_wanted("tree") {
        tree(rounds, agents);
    }
}

fn flight(
    name: &str,
    rounds: usize,
    agents: usize,
    dimensions: usize,
    threads: usize,
    percent: f64,
    integrator: Integrator,
) {
    let mut moving = flock(agents, dimensions, percent / 100.0);
    let mut still = linked_alike(&mut moving);
    for world in [&mut moving, &mut still] {
        world.insert_resource(Workers::with_threads(threads));
        world.resource_mut::<TimeStep>().integrator = integrator;
    }
    let duel = Duel::new(rounds, |steps| take(&mut still, steps), |steps| take(&mut moving, steps));
    report(name, agents, &duel, changed_by_a_step(&mut moving));
}

/// A plain step, and what a moving swarm cannot leave out.
fn at_least(name: &str, rounds: usize, agents: usize, dimensions: usize, percent: f64) {
    let mut moving = flock(agents, dimensions, percent / 100.0);
    let mut still = linked_alike(&mut moving);
    still.insert_resource(Workers::with_threads(1));
    let changed = changed_by_a_step(&mut moving);
    let mut floor = Floor::of(&mut moving, changed);
    drop(moving);
    let still = std::cell::RefCell::new(still);
    let with_floor = |steps| {
        for _ in 0..steps {
            take(&mut still.borrow_mut(), 1);
            floor.step();
        }
    };
    let duel = Duel::new(rounds, |steps| take(&mut still.borrow_mut(), steps), with_floor);
    report(name, agents, &duel, changed);
}

fn take(world: &mut World, steps: u64) {
    advance(world, steps).expect("the swarm is valid");
}

fn report(name: &str, agents: usize, duel: &Duel, changed: f64) {
    let [first, second] = [duel.first, duel.second].map(|seconds| seconds * 1e9 / agents as f64);
    let (low, high) = duel.range();
    let median = duel.median();
    let verdict = if median <= BAR { "held" } else { "missed" };
    println!(
        "{name:>26} {first:16.1} {second:17.1} {:13.1} %   {median:.2} ({low:.2} to {high:.2}), {:.2}; {BAR} {verdict}",
        100.0 * changed,
        duel.of_all()
    );
}

/// Numbers without a pattern, in [0, 1).
fn draws() -> impl FnMut() -> f64 {
    let mut state = 1_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A swarm in a periodic square or cube in which the mean spacing is 1.
fn flock(agents: usize, dimensions: usize, speed: f64) -> World {
    let mut world = World::new();
    install_spatial(&mut world);
    let side = (agents as f64).powf(1.0 / dimensions as f64);
    let sides = std::array::from_fn(|axis| if axis < dimensions { side } else { 0.0 });
    let period = sides.map(|side| if side > 0.0 { side } else { f64::INFINITY });
    world.insert_resource(Proximity { reach: Reach::nearest(NEIGHBORS), period, every: 0.0 });
    let mut draw = draws();
    let agents: Vec<_> = (0..agents)
        .map(|_| {
            let [phase, frequency] = [draw() * std::f64::consts::TAU, 1.0 + 0.2 * draw()];
            let place = sides.map(|side| side * draw());
            let heading = sides.map(|side| if side > 0.0 { draw() + draw() + draw() - 1.5 } else { 0.0 });
            let length = heading.iter().map(|x| x * x).sum::<f64>().sqrt();
            let velocity = heading.map(|x| speed * x / length);
            (Phase(phase), Frequency(frequency), Position(place), Velocity(velocity))
        })
        .collect();
    world.spawn_batch(agents);
    let fly_all = move |mut agents: Query<(&mut Position, &Velocity)>| {
        for (mut position, velocity) in &mut agents {
            fly(&mut position.0, &velocity.0, &sides);
        }
    };
    let mut schedules = world.resource_mut::<Schedules>();
    schedules.add_systems(SwarmSchedule, fly_all.in_set(StepSystems::First).before(SpatialSystems));
    world
}

fn fly(position: &mut [f64; 3], velocity: &[f64; 3], sides: &[f64; 3]) {
    for ((x, speed), side) in position.iter_mut().zip(velocity).zip(sides) {
        *x += speed;
        if *x < 0.0 {
            *x += side;
        } else if *x >= *side {
            *x -= side;
        }
    }
}

/// The same swarm with the neighbours that it has now, in a world that knows nothing of positions.
fn linked_alike(moving: &mut World) -> World {
    advance(moving, 1).expect("the swarm is valid");
    let mut still = World::new();
    install_swarm(&mut still);
    let mut query = moving.query::<(Entity, &Phase, &Frequency, &Neighbors)>();
    let agents: Vec<_> = query
        .iter(moving)
        .map(|(entity, phase, frequency, heard)| (entity, *phase, *frequency, heard.clone()))
        .collect();
    let copies: Vec<Entity> = still
        .spawn_batch(agents.iter().map(|agent| (agent.1, agent.2, Neighbors::new())).collect::<Vec<_>>())
        .collect();
    let copy_of: std::collections::HashMap<Entity, Entity> =
        agents.iter().map(|agent| agent.0).zip(copies.iter().copied()).collect();
    for (agent, copy) in agents.iter().zip(&copies) {
        *still.get_mut::<Neighbors>(*copy).expect("it was spawned with them") =
            agent.3.iter().map(|other| copy_of[&other]).collect();
    }
    still
}

/// Which part of the lists another step changes.
fn changed_by_a_step(world: &mut World) -> f64 {
    let mut query = world.query::<&Neighbors>();
    let before: Vec<Neighbors> = query.iter(world).cloned().collect();
    advance(world, 1).expect("the swarm is valid");
    let changed = query.iter(world).zip(&before).filter(|(now, before)| now != before).count();
    changed as f64 / before.len() as f64
}

/// The same question put to a kd-tree: built anew, and asked once for everybody.
fn tree(rounds: usize, agents: usize) {
    let mut world = flock(agents, 2, 0.0);
    let points: Vec<[f64; 2]> = world.query::<&Position>().iter(&world).map(|at| [at.0[0], at.0[1]]).collect();
    let nine = NonZero::new(NEIGHBORS + 1).expect("not zero");
    let seconds = (0..rounds.div_ceil(8)).map(|_| {
        let start = std::time::Instant::now();
        let tree: ImmutableKdTree<f64, 2> = ImmutableKdTree::new_from_slice(&points);
        let built = start.elapsed();
        let found: usize = points.iter().map(|point| tree.nearest_n::<SquaredEuclidean>(point, nine).len()).sum();
        assert_eq!(found, agents * nine.get());
        (built.as_secs_f64(), start.elapsed().as_secs_f64())
    });
    let (built, all) = seconds.fold((f64::INFINITY, f64::INFINITY), |(b, a), (built, all)| (b.min(built), a.min(all)));
    let [built, all] = [built, all].map(|seconds| seconds * 1e9 / agents as f64);
    println!("\nkiddo, an open square: built in {built:.0} ns per agent, built and asked for everybody in {all:.0}");
}
