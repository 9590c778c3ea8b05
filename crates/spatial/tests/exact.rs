//! Lists are exactly the nearest, compared with all pairs.

use bevy_ecs::prelude::*;
use lampyrid_spatial::{Position, Proximity, Reach, install_spatial};
use lampyrid_swarm::*;
use proptest::prelude::*;

type Point = [f64; 3];

/// The distance by the nearest image, squared.
fn squared(a: Point, b: Point, period: Point) -> f64 {
    let [x, y, z] = std::array::from_fn(|axis| {
        let reduce = |x: f64| {
            let reduced = if period[axis].is_finite() { x.rem_euclid(period[axis]) } else { x };
            if reduced < period[axis] { reduced } else { 0.0 }
        };
        let apart = (reduce(a[axis]) - reduce(b[axis])).abs();
        apart.min(period[axis] - apart)
    });
    x * x + y * y + z * z
}

/// What the lists have to be: by entity, whom it hears in the order of ids.
fn expected(world: &mut World) -> Vec<(Entity, Vec<Entity>)> {
    let Proximity { reach, period, .. } = *world.resource::<Proximity>();
    let mut query = world.query_filtered::<(Entity, &AgentId, &Position, Option<&Reach>), With<Phase>>();
    let agents: Vec<_> = query.iter(world).map(|(entity, id, at, own)| (entity, *id, at.0, own.copied())).collect();
    let list = |&(entity, _, at, own): &(Entity, AgentId, Point, Option<Reach>)| {
        let Reach { count, radius } = own.unwrap_or(reach);
        let others = agents.iter().filter(|other| other.0 != entity);
        let mut found: Vec<_> = others.map(|other| (squared(at, other.2, period), other.1, other.0)).collect();
        found.retain(|(squared, ..)| *squared <= radius * radius);
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.truncate(count);
        found.sort_by_key(|(_, id, _)| *id);
        (entity, found.into_iter().map(|(.., other)| other).collect())
    };
    agents.iter().map(list).collect()
}

fn assert_exact(world: &mut World) {
    advance(world, 1).unwrap();
    for (entity, heard) in expected(world) {
        let found: Vec<Entity> = world.get::<Neighbors>(entity).unwrap().iter().collect();
        assert_eq!(found, heard, "agent {entity}");
    }
}

fn world(proximity: Proximity) -> World {
    let mut world = World::new();
    install_spatial(&mut world);
    world.insert_resource(Workers::with_threads(1));
    world.insert_resource(proximity);
    world
}

fn spawn(world: &mut World, points: &[Point]) -> Vec<Entity> {
    points.iter().map(|&point| world.spawn((Phase(0.0), Position(point))).id()).collect()
}

/// Places on a coarse grid, so that many coincide or are equally far apart, or anywhere.
fn point() -> impl Strategy<Value = Point> {
    prop_oneof![
        3 => prop::array::uniform3(-6_i32..6).prop_map(|point| point.map(|x| f64::from(x) * 0.5)),
        2 => prop::array::uniform3(-3.0..3.0_f64),
        2 => prop::array::uniform2(-3.0..3.0_f64).prop_map(|[x, y]| [x, y, 0.0]),
        1 => prop::array::uniform3(-300.0..300.0_f64),
    ]
}

fn reach() -> impl Strategy<Value = Reach> {
    prop_oneof![
        (0_usize..12).prop_map(Reach::nearest),
        (0.0..3.0_f64).prop_map(Reach::within),
        (0_usize..6, 0.0..3.0_f64).prop_map(|(count, radius)| Reach { count, radius }),
        Just(Reach::within(f64::INFINITY)),
    ]
}

fn period() -> impl Strategy<Value = Point> {
    let length = || prop_oneof![Just(f64::INFINITY), Just(6.0), 0.5..8.0_f64];
    [length(), length(), length()]
}

#[derive(Clone, Debug)]
enum Change {
    Move(usize, Point),
    MoveAll(Point),
    Leave(usize),
    Come(Point),
    Reach(usize, Option<Reach>),
    Proximity(Reach, Point),
    /// Somebody writes the list of an agent, or takes it away.
    Meddle(usize, bool),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<usize>(), point()).prop_map(|(agent, to)| Change::Move(agent, to)),
        2 => prop::array::uniform3(-0.2..0.2_f64).prop_map(Change::MoveAll),
        1 => any::<usize>().prop_map(Change::Leave),
        1 => point().prop_map(Change::Come),
        1 => (any::<usize>(), prop::option::of(reach())).prop_map(|(agent, reach)| Change::Reach(agent, reach)),
        1 => (reach(), period()).prop_map(|(reach, period)| Change::Proximity(reach, period)),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(agent, takes)| Change::Meddle(agent, takes)),
    ]
}

fn apply(world: &mut World, agents: &mut Vec<Entity>, change: Change) {
    let one = |agent: usize| agents.get(agent % agents.len().max(1)).copied();
    match change {
        Change::Move(agent, to) => {
            one(agent).into_iter().for_each(|agent| world.get_mut::<Position>(agent).unwrap().0 = to);
        }
        Change::MoveAll(by) => {
            let shift =
                |mut at: Mut<Position>| at.0 = std::array::from_fn(|axis| at.0[axis] + by[axis] * at.0[(axis + 1) % 3]);
            world.query::<&mut Position>().iter_mut(world).for_each(shift);
        }
        Change::Leave(agent) => {
            if let Some(gone) = one(agent) {
                world.despawn(gone);
                agents.retain(|agent| *agent != gone);
            }
        }
        Change::Come(at) => agents.extend(spawn(world, &[at])),
        Change::Reach(agent, reach) => {
            if let Some(mut agent) = one(agent).map(|agent| world.entity_mut(agent)) {
                match reach {
                    Some(reach) => _ = agent.insert(reach),
                    None => _ = agent.remove::<Reach>(),
                }
            }
        }
        Change::Proximity(reach, period) => world.insert_resource(Proximity { reach, period, every: 0.0 }),
        Change::Meddle(agent, takes) => {
            if let Some(mut agent) = one(agent).map(|agent| world.entity_mut(agent)) {
                if takes {
                    // Whoever has no list is no spatial agent; back again, it is a new one.
                    agent.remove::<Neighbors>();
                }
                agent.insert(Neighbors::new());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn lists_are_the_nearest_whatever_happens(
        points in prop::collection::vec(point(), 0..60),
        reach in reach(),
        period in period(),
        changes in prop::collection::vec(prop::collection::vec(change(), 0..4), 0..12),
    ) {
        let mut world = world(Proximity { reach, period, every: 0.0 });
        let mut agents = spawn(&mut world, &points);
        assert_exact(&mut world);
        for changes in changes {
            changes.into_iter().for_each(|change| apply(&mut world, &mut agents, change));
            assert_exact(&mut world);
        }
    }
}

/// What happens to a flock between two steps.
#[derive(Clone, Debug)]
enum Event {
    /// All fly on, so many times as fast as usual.
    Fly(f64),
    /// One leaps to a place in the box.
    Leap(usize, Point),
    /// One goes to where another one is.
    Join(usize, usize),
    /// One goes to where it is exactly as far from a second as a third is, on the other side.
    Mirror(usize, usize, usize),
    /// A coordinate of one grows or shrinks by a few of the smallest steps there are.
    Nudge(usize, usize, i64),
    Leave(usize),
    Come(Point),
}

fn in_box() -> impl Strategy<Value = Point> {
    prop::array::uniform3(0.0..6.0_f64)
}

fn event() -> impl Strategy<Value = Event> {
    let speed = prop::sample::select(vec![0.0, 1e-15, 1e-6, 0.1, 1.0, 1.0, 5.0]);
    let agent = any::<usize>;
    prop_oneof![
        12 => speed.prop_map(Event::Fly),
        2 => (agent(), in_box()).prop_map(|(one, to)| Event::Leap(one, to)),
        1 => (agent(), agent()).prop_map(|(one, other)| Event::Join(one, other)),
        4 => (agent(), agent(), agent()).prop_map(|(one, center, other)| Event::Mirror(one, center, other)),
        4 => (agent(), 0_usize..3, -3..=3_i64).prop_map(|(one, axis, steps)| Event::Nudge(one, axis, steps)),
        1 => agent().prop_map(Event::Leave),
        1 => in_box().prop_map(Event::Come),
    ]
}

fn befall(world: &mut World, agents: &mut Vec<Entity>, velocity: impl Fn(usize) -> Point, event: Event) {
    let number = |agent: usize| agent % agents.len().max(1);
    let at = |world: &World, agent: usize| world.get::<Position>(agents[number(agent)]).unwrap().0;
    let put = |world: &mut World, agent: usize, to| world.get_mut::<Position>(agents[number(agent)]).unwrap().0 = to;
    match event {
        Event::Come(to) => agents.extend(spawn(world, &[to])),
        _ if agents.is_empty() => {}
        Event::Fly(speed) => {
            for (number, &agent) in agents.iter().enumerate() {
                let mut position = world.get_mut::<Position>(agent).unwrap();
                (0..3).for_each(|axis| position.0[axis] += speed * velocity(number)[axis]);
            }
        }
        Event::Leap(one, to) => put(world, one, to),
        Event::Join(one, other) => put(world, one, at(world, other)),
        Event::Mirror(one, center, other) => {
            let [center, other] = [center, other].map(|agent| at(world, agent));
            put(world, one, std::array::from_fn(|axis| 2.0 * center[axis] - other[axis]));
        }
        Event::Nudge(one, axis, steps) => {
            let mut to = at(world, one);
            to[axis] = f64::from_bits(to[axis].to_bits().saturating_add_signed(steps));
            if to[axis].is_finite() {
                put(world, one, to);
            }
        }
        Event::Leave(one) => {
            let gone = agents.remove(number(one));
            world.despawn(gone);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Long enough for candidates to be used, to grow old and to be exchanged.
    #[test]
    fn lists_are_the_nearest_through_every_step_of_a_flight(
        points in prop::collection::vec(in_box(), 2..140),
        is_flat: bool,
        reach in prop_oneof![
            (1_usize..12).prop_map(Reach::nearest),
            (20_usize..40).prop_map(Reach::nearest),
            (0.2..2.5_f64).prop_map(Reach::within),
            (1_usize..10, 0.2..2.0_f64).prop_map(|(count, radius)| Reach { count, radius }),
        ],
        period in prop::array::uniform3(prop_oneof![Just(f64::INFINITY), Just(6.0)]),
        pace in prop::sample::select(vec![0.002, 0.02, 0.1]),
        events in prop::collection::vec(event(), 10..40),
    ) {
        let mut world = world(Proximity { reach, period, every: 0.0 });
        let flatten = |[x, y, z]: Point| [x, y, if is_flat { 0.0 } else { z }];
        let mut agents = spawn(&mut world, &points.iter().map(|&point| flatten(point)).collect::<Vec<_>>());
        let velocity = |agent: usize| {
            let angle = 2.4 * agent as f64;
            flatten([pace * angle.cos(), pace * angle.sin(), pace * (3.0 * angle).sin()])
        };
        assert_exact(&mut world);
        for event in events {
            befall(&mut world, &mut agents, velocity, event);
            assert_exact(&mut world);
        }
    }
}

/// Numbers without a pattern, in [0, 1).
fn draws() -> impl FnMut() -> f64 {
    let mut state = 3_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
fn a_crowd_that_mixes_and_has_somebody_far_away_keeps_to_the_nearest() {
    for period in [[f64::INFINITY; 3], [40.0, 40.0, f64::INFINITY]] {
        let mut world = world(Proximity { reach: Reach::nearest(8), period, every: 0.0 });
        let mut draw = draws();
        let points: Vec<Point> = (0..1500).map(|_| [40.0 * draw(), 40.0 * draw(), 0.0]).collect();
        let agents = spawn(&mut world, &points);
        spawn(&mut world, &[[1e9, -1e9, 0.0], [-1e12, 0.0, 1e9]]);
        for round in 0..6 {
            assert_exact(&mut world);
            // Order is lost with the last rounds: agents are numbered anew.
            let speed = if round < 3 { 0.1 } else { 15.0 };
            for &agent in &agents {
                let by = [draw() - 0.5, draw() - 0.5];
                let mut at = world.get_mut::<Position>(agent).unwrap();
                (at.0[0], at.0[1]) = (at.0[0] + speed * by[0], at.0[1] + speed * by[1]);
            }
        }
    }
}

#[test]
fn whoever_creeps_is_noticed_at_the_step_in_which_it_comes_nearer() {
    let reaches = [Reach::nearest(8), Reach::within(1.5), Reach { count: 6, radius: 1.5 }];
    for (reach, period) in reaches.into_iter().zip([[12.0, 12.0, f64::INFINITY], [f64::INFINITY; 3], [12.0; 3]]) {
        let mut world = world(Proximity { reach, period, every: 0.0 });
        let mut draw = draws();
        let points: Vec<Point> = (0..150).map(|_| [12.0 * draw(), 12.0 * draw(), 0.0]).collect();
        let agents = spawn(&mut world, &points);
        let speeds: Vec<Point> = agents.iter().map(|_| [0.02 * (draw() - 0.5), 0.02 * (draw() - 0.5), 0.0]).collect();
        for step in 0..40 {
            assert_exact(&mut world);
            for (&agent, speed) in agents.iter().zip(&speeds) {
                let mut at = world.get_mut::<Position>(agent).unwrap();
                at.0 = std::array::from_fn(|axis| at.0[axis] + speed[axis]);
            }
            match step {
                10 => world.get_mut::<Position>(agents[3]).unwrap().0 = [6.0, 6.0, 0.0],
                20 => _ = world.entity_mut(agents[4]).insert(Reach::nearest(3)),
                30 => _ = world.entity_mut(agents[4]).remove::<Reach>(),
                _ => (),
            }
        }
    }
}

#[test]
fn many_at_one_place_hear_those_with_the_smallest_ids() {
    let mut world = world(Proximity::new(Reach::nearest(3)));
    let agents = spawn(&mut world, &[[1.0, 2.0, 3.0]; 200]);
    assert_exact(&mut world);
    assert_eq!(world.get::<Neighbors>(agents[9]), Some(&Neighbors::from([agents[0], agents[1], agents[2]])));
}

#[test]
fn fewer_than_asked_for_hear_all_others() {
    let mut world = world(Proximity::new(Reach::nearest(8)));
    let agents = spawn(&mut world, &[[0.0; 3], [5.0; 3], [1e6; 3]]);
    assert_exact(&mut world);
    assert_eq!(world.get::<Neighbors>(agents[1]), Some(&Neighbors::from([agents[0], agents[2]])));
    world.despawn(agents[2]);
    assert_exact(&mut world);
    world.despawn(agents[0]);
    assert_exact(&mut world);
    assert!(world.get::<Neighbors>(agents[1]).unwrap().is_empty());
}
