//! How spatial agents go with the rest of a swarm.

use bevy_app::{App, Update};
use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid_spatial::{Position, Proximity, Reach, SpatialPlugin, SpatialSystems, install_spatial};
use lampyrid_swarm::*;

/// Numbers without a pattern, in [0, 1).
fn draws() -> impl FnMut() -> f64 {
    let mut state = 5_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

type Agent = (AgentId, Phase, Frequency, Position, Velocity);

#[derive(Component, Clone, Copy)]
struct Velocity([f64; 3]);

/// Something of the host's that only some agents have.
#[derive(Component)]
struct Unrelated;

fn agents(count: u64) -> Vec<Agent> {
    let mut draw = draws();
    let agent = |id| {
        let [x, y, z, phase, frequency] = std::array::from_fn(|_| draw());
        let velocity = Velocity([draw() - 0.5, draw() - 0.5, draw() - 0.5]);
        (AgentId::new(id), Phase(6.0 * phase), Frequency(frequency), Position::new(9.0 * x, 9.0 * y, 9.0 * z), velocity)
    };
    (0..count).map(agent).collect()
}

fn fly(mut agents: Query<(&mut Position, &Velocity)>) {
    for (mut position, velocity) in &mut agents {
        (0..3).for_each(|axis| position.0[axis] += 0.1 * velocity.0[axis]);
    }
}

fn flock(agents: impl IntoIterator<Item = Agent>, threads: usize) -> World {
    let mut world = World::new();
    install_spatial(&mut world);
    let mut workers = Workers::with_threads(threads);
    (workers.sequential_below, workers.block) = (1, 64);
    world.insert_resource(workers);
    world.insert_resource(Proximity { period: [9.0, 9.0, f64::INFINITY], ..Proximity::new(Reach::nearest(5)) });
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, fly.in_set(StepSystems::First).before(SpatialSystems));
    for (place, agent) in agents.into_iter().enumerate() {
        let mut spawned = world.spawn(agent);
        if place % 3 == 0 {
            spawned.insert(Unrelated);
        }
    }
    world
}

fn hash_after(world: &mut World, steps: u64) -> String {
    advance(world, steps).unwrap();
    phase_hash(world)
}

#[test]
fn threads_order_of_spawning_and_tables_change_no_bit() {
    let all = agents(700);
    let hash = hash_after(&mut flock(all.clone(), 1), 40);
    for threads in [2, 4] {
        assert_eq!(hash_after(&mut flock(all.clone(), threads), 40), hash, "{threads} threads");
    }
    assert_eq!(hash_after(&mut flock(all.iter().rev().copied(), 1), 40), hash, "the other way round");
    let mut one_by_one = flock(all, 2);
    (0..39).for_each(|_| advance(&mut one_by_one, 1).unwrap());
    assert_eq!(hash_after(&mut one_by_one, 1), hash, "one by one");
}

#[test]
fn a_swarm_at_rest_is_the_one_linked_by_hand() {
    let still = |agent: Agent| (agent.0, agent.1, agent.2, agent.3, Velocity([0.0; 3]));
    let mut spatial = flock(agents(300).into_iter().map(still), 1);
    let hash = hash_after(&mut spatial, 50);

    let mut by_hand = World::new();
    install_swarm(&mut by_hand);
    let copies: Vec<Entity> = agents(300).iter().map(|agent| by_hand.spawn((agent.0, agent.1, agent.2)).id()).collect();
    let mut query = spatial.query::<(&AgentId, &Neighbors)>();
    for (id, heard) in query.iter(&spatial) {
        let copy = |other| copies[spatial.get::<AgentId>(other).unwrap().get() as usize];
        by_hand.entity_mut(copies[id.get() as usize]).insert(heard.iter().map(copy).collect::<Neighbors>());
    }
    assert_eq!(hash_after(&mut by_hand, 50), hash);
}

#[test]
fn agents_without_a_position_keep_their_links_and_are_not_heard_by_others() {
    let mut world = World::new();
    install_spatial(&mut world);
    let [a, b] = [0.0, 1.0].map(|x| world.spawn((Phase(x), Position::new_2d(x, 0.0))).id());
    let elsewhere = world.spawn((Phase(2.0), Neighbors::from([a]))).id();
    let no_agent = world.spawn(Position::new_2d(0.5, 0.0)).id();
    advance(&mut world, 2).unwrap();
    assert_eq!(world.get::<Neighbors>(a), Some(&Neighbors::from([b])));
    assert_eq!(world.get::<Neighbors>(elsewhere), Some(&Neighbors::from([a])));
    assert!(world.get::<Neighbors>(no_agent).unwrap().is_empty());
}

#[test]
fn a_position_that_is_not_finite_names_the_agent_and_mending_it_is_enough() {
    let mut world = World::new();
    install_spatial(&mut world);
    let [_, lost, _] = [0.0, 1.0, 2.0].map(|x| world.spawn((Phase(x), Position::new_2d(x, 0.0))).id());
    advance(&mut world, 3).unwrap();
    world.get_mut::<Position>(lost).unwrap().0[1] = f64::NAN;
    for _ in 0..2 {
        let error = advance(&mut world, 1).unwrap_err();
        assert!(error.to_string().contains("y coordinate of agent 1"), "{error}");
    }
    assert_eq!(world.resource::<SwarmClock>().steps(), 3, "no time has passed");
    world.get_mut::<Position>(lost).unwrap().0[1] = 0.0;
    assert_eq!(advance(&mut world, 1), Ok(()));
}

#[test]
fn settings_that_are_wrong_or_gone_stop_the_swarm() {
    let mut world = World::new();
    install_spatial(&mut world);
    world.spawn((Phase(0.0), Position::default()));
    for (wrong, named) in [
        (Proximity::new(Reach::within(-1.0)), "radius"),
        (Proximity { period: [0.0, 1.0, 1.0], ..Proximity::default() }, "period along x"),
        (Proximity { every: f64::NAN, ..Proximity::default() }, "time between refreshes"),
    ] {
        world.insert_resource(wrong);
        let error = advance(&mut world, 1).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
    world.remove_resource::<Proximity>();
    assert_eq!(advance(&mut world, 1), Err(SwarmError::SettingsMissing { name: "Proximity" }));
    world.init_resource::<Proximity>();
    let unheard_of = world.spawn((Phase(0.0), Position::default(), Reach::within(f64::NAN))).id();
    assert!(advance(&mut world, 1).is_err());
    world.despawn(unheard_of);
    assert_eq!(advance(&mut world, 1), Ok(()));
}

#[test]
fn between_refreshes_agents_hear_those_they_heard() {
    let mut world = World::new();
    install_spatial(&mut world);
    world.insert_resource(TimeStep { seconds: 0.25, integrator: Integrator::Euler });
    world.insert_resource(Proximity { every: 1.0, ..Proximity::new(Reach::nearest(1)) });
    let [a, b, c] = [0.0, 1.0, 3.0].map(|x| world.spawn((Phase(x), Position::new_2d(x, 0.0))).id());
    advance(&mut world, 1).unwrap();
    world.get_mut::<Position>(a).unwrap().0[0] = 2.9;
    for _ in 0..3 {
        advance(&mut world, 1).unwrap();
        assert_eq!(world.get::<Neighbors>(c), Some(&Neighbors::from([b])));
    }
    advance(&mut world, 1).unwrap();
    assert_eq!(world.get::<Neighbors>(c), Some(&Neighbors::from([a])), "a second has passed");
}

#[test]
fn a_list_that_did_not_change_is_not_written() {
    #[derive(Resource, Default)]
    struct Written(usize);
    let count = |mut written: ResMut<Written>, lists: Query<(), Changed<Neighbors>>| written.0 = lists.iter().count();
    let mut world = World::new();
    install_spatial(&mut world);
    world.insert_resource(Proximity::new(Reach::nearest(1)));
    world.init_resource::<Written>();
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, count.in_set(StepSystems::Last));
    let [a, ..] = [0.0, 1.0, 3.0].map(|x| world.spawn((Phase(x), Position::new_2d(x, 0.0))).id());
    advance(&mut world, 1).unwrap();
    assert_eq!(world.resource::<Written>().0, 3);
    world.get_mut::<Position>(a).unwrap().0[0] = 0.5;
    advance(&mut world, 1).unwrap();
    assert_eq!(world.resource::<Written>().0, 0, "all hear the same");
    world.get_mut::<Position>(a).unwrap().0[0] = 2.5;
    advance(&mut world, 1).unwrap();
    assert_eq!(world.resource::<Written>().0, 2, "the first and the third have found each other");
}

#[test]
fn the_plugin_comes_before_or_after_those_of_the_swarm_and_twice() {
    let hash = |add: fn(&mut App)| {
        let mut app = App::new();
        add(&mut app);
        app.insert_resource(Proximity::new(Reach::nearest(4)));
        agents(50).into_iter().for_each(|agent| _ = app.world_mut().spawn(agent));
        (0..20).for_each(|_| app.update());
        assert_eq!(app.world().resource::<SwarmClock>().steps(), 20);
        phase_hash(app.world_mut())
    };
    let before = hash(|app| _ = app.add_plugins((SpatialPlugin, SwarmPlugins::new(Update))));
    let after = hash(|app| _ = app.add_plugins((SwarmPlugins::new(Update), SpatialPlugin, SpatialPlugin)));
    assert_eq!(before, after);
}

#[test]
fn agents_that_change_tables_and_places_as_they_fly_come_to_the_same_bits() {
    let all = agents(300);
    let hash = hash_after(&mut flock(all.clone(), 1), 60);
    let mut restless = flock(all.clone(), 1);
    let mut late = flock(all[..290].iter().copied(), 1);
    let mut draw = draws();
    let entities: Vec<Entity> = restless.query_filtered::<Entity, With<Phase>>().iter(&restless).collect();
    for step in 0..60 {
        if step % 3 == 0 {
            let mut agent = restless.entity_mut(entities[(300.0 * draw()) as usize]);
            match agent.contains::<Unrelated>() {
                true => _ = agent.remove::<Unrelated>(),
                false => _ = agent.insert(Unrelated),
            }
        }
        advance(&mut restless, 1).unwrap();
    }
    assert_eq!(phase_hash(&mut restless), hash);
    let mut early = flock(all[..290].iter().rev().copied(), 2);
    for world in [&mut late, &mut early] {
        advance(world, 10).unwrap();
        all[290..].iter().for_each(|agent| _ = world.spawn(*agent));
        advance(world, 10).unwrap();
    }
    assert_eq!(phase_hash(&mut late), phase_hash(&mut early));
}

#[test]
fn rows_of_a_flock_in_flight_are_patched_and_never_built_anew() {
    let mut world = flock(agents(300), 1);
    advance(&mut world, 3).unwrap();
    let before = topology_report(&world);
    advance(&mut world, 20).unwrap();
    let after = topology_report(&world);
    assert_eq!((after.rebuilds, after.links), (before.rebuilds, 1500));
    assert!((1..=20).contains(&(after.patches - before.patches)), "{before:?} {after:?}");
}

#[test]
fn a_list_that_a_host_writes_after_the_refresh_holds_for_that_step() {
    let mut world = flock(agents(50), 1);
    world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Euler });
    world.insert_resource(Coupling { strength: 3.0, ..Coupling::default() });
    advance(&mut world, 5).unwrap();
    let [one, other] = [3, 40].map(|id| agent_of(&world, AgentId::new(id)).unwrap());
    let write = move |mut lists: Query<&mut Neighbors>| *lists.get_mut(one).unwrap() = Neighbors::from([other]);
    let mut schedules = world.resource_mut::<Schedules>();
    schedules.add_systems(SwarmSchedule, write.in_set(StepSystems::First).after(SpatialSystems));
    for _ in 0..3 {
        let [own, heard] = [one, other].map(|agent| world.get::<Phase>(agent).unwrap().0);
        let frequency = world.get::<Frequency>(one).unwrap().0;
        advance(&mut world, 1).unwrap();
        let expected = own + 0.01 * (frequency + 3.0 * (heard - own).sin());
        let moved = world.get::<Phase>(one).unwrap().0;
        assert!(((moved - expected) / 2.0).sin().abs() < 1e-12, "{moved} {expected}");
    }
}

#[cfg(feature = "transform")]
mod transform {
    use bevy_transform::{TransformPlugin, components::Transform};
    use lampyrid_spatial::SpatialTransformPlugin;

    use super::*;

    #[test]
    fn positions_follow_transforms() {
        let mut app = App::new();
        app.add_plugins((TransformPlugin, SwarmPlugins::new(Update), SpatialPlugin));
        app.add_plugins(SpatialTransformPlugin::new(Update));
        app.insert_resource(Proximity::new(Reach::nearest(1)));
        let [a, b, c] = [0.0_f32, 1.0, 3.0].map(|x| {
            let transform = Transform::from_xyz(x, 0.0, 0.0);
            app.world_mut().spawn((Phase(0.0), Position::default(), transform)).id()
        });
        (0..2).for_each(|_| app.update());
        assert_eq!(app.world().get::<Neighbors>(c), Some(&Neighbors::from([b])));
        app.world_mut().get_mut::<Transform>(a).unwrap().translation.x = 2.5;
        (0..2).for_each(|_| app.update());
        assert_eq!(app.world().get::<Position>(a), Some(&Position::new(2.5, 0.0, 0.0)));
        assert_eq!(app.world().get::<Neighbors>(c), Some(&Neighbors::from([a])));
    }
}
