//! Links and swarms by commands: lists in step, errors typed and handed to the world's handler.

use std::sync::Arc;

use bevy_ecs::{
    error::{BevyError, ErrorContext, FallbackErrorHandler, Severity},
    prelude::*,
};
use lampyrid_graph::Topology;
use lampyrid_swarm::*;

fn world() -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world
}

fn heard(world: &World, agent: Entity) -> Vec<Entity> {
    world.get::<Neighbors>(agent).map_or(Vec::new(), |list| list.iter().collect())
}

fn weights(world: &World, agent: Entity) -> Option<Vec<f64>> {
    world.get::<Weights>(agent).map(|weights| weights.as_slice().to_vec())
}

#[test]
fn connecting_lists_an_agent_once_and_at_the_end() {
    let mut world = world();
    let [one, two, three] = [0.0, 1.0, 2.0].map(|phase| world.spawn(Phase(phase)).id());
    world.entity_mut(one).connect(two).unwrap().connect(three).unwrap().connect(two).unwrap();
    assert_eq!((heard(&world, one), weights(&world, one)), (vec![two, three], None));
    assert!(heard(&world, two).is_empty(), "a connection has one direction");
    advance(&mut world, 1).unwrap();
    assert_eq!((topology_report(&world).links, topology_report(&world).missing), (2, 0));
    world.entity_mut(one).disconnect(two).unwrap().disconnect(two).unwrap();
    assert_eq!(heard(&world, one), [three]);
}

#[test]
fn weights_stay_in_step_with_neighbours() {
    let mut world = world();
    let [one, two, three, four] = [0.0, 1.0, 2.0, 3.0].map(|phase| world.spawn(Phase(phase)).id());
    let weighted =
        |world: &mut World, other, weight| _ = world.entity_mut(one).connect_weighted(other, weight).unwrap();
    world.entity_mut(one).connect(two).unwrap();
    weighted(&mut world, three, 1.0);
    assert_eq!(weights(&world, one), None, "all weigh 1, with or without a list of weights");
    weighted(&mut world, four, 0.5);
    assert_eq!(weights(&world, one), Some(vec![1.0, 1.0, 0.5]));
    weighted(&mut world, two, -2.0);
    assert_eq!((heard(&world, one), weights(&world, one)), (vec![two, three, four], Some(vec![-2.0, 1.0, 0.5])));
    world.entity_mut(one).connect(two).unwrap().disconnect(three).unwrap();
    assert_eq!((heard(&world, one), weights(&world, one)), (vec![two, four], Some(vec![-2.0, 0.5])));
    world.entity_mut(one).connect(three).unwrap();
    assert_eq!(weights(&world, one), Some(vec![-2.0, 0.5, 1.0]));
    advance(&mut world, 1).unwrap();
}

#[test]
fn one_who_is_listed_twice_is_listed_once_after_a_new_weight_and_not_at_all_after_disconnecting() {
    let mut world = world();
    let [one, two, three] = [0.0, 1.0, 2.0].map(|phase| world.spawn(Phase(phase)).id());
    let twice = || (Neighbors::from([two, three, two]), [1.0, 2.0, 3.0].into_iter().collect::<Weights>());
    world.entity_mut(one).insert(twice()).connect_weighted(two, 5.0).unwrap();
    assert_eq!((heard(&world, one), weights(&world, one)), (vec![two, three], Some(vec![5.0, 2.0])));
    world.entity_mut(one).insert(twice()).disconnect(two).unwrap();
    assert_eq!((heard(&world, one), weights(&world, one)), (vec![three], Some(vec![2.0])));
}

#[test]
fn agents_of_a_graph_are_linked_anew_without_touching_the_others() {
    let mut world = world();
    let ring = Topology::Ring { agents: 6, neighbors: 2 }.build(1).unwrap();
    let agents = SwarmSpawner::new(&ring).spawn(&mut world).unwrap();
    let before = heard(&world, agents[1]);
    world.entity_mut(agents[0]).connect(agents[3]).unwrap().disconnect(agents[1]).unwrap();
    assert_eq!(heard(&world, agents[0]), [agents[5], agents[3]]);
    assert_eq!(heard(&world, agents[1]), before);
    // The dead can be taken off a list too.
    world.despawn(agents[5]);
    world.entity_mut(agents[0]).disconnect(agents[5]).unwrap();
    assert_eq!(heard(&world, agents[0]), [agents[3]]);
}

#[test]
fn links_that_make_no_sense_are_refused_and_change_nothing() {
    let mut world = world();
    let [one, two, dead] = [0.0, 1.0, 2.0].map(|phase| world.spawn(Phase(phase)).id());
    let lantern = world.spawn_empty().id();
    world.despawn(dead);
    world.entity_mut(one).connect(two).unwrap();
    let mut refused = |agent: Entity, other, weight| {
        let before = heard(&world, one);
        let error = world.entity_mut(agent).connect_weighted(other, weight).map(drop).unwrap_err();
        assert_eq!((heard(&world, one), weights(&world, one)), (before, None));
        error
    };
    assert_eq!(refused(one, one, 1.0), LinkError::ToItself { entity: one });
    for nobody in [dead, lantern, Entity::PLACEHOLDER] {
        assert_eq!(refused(one, nobody, 1.0), LinkError::NotAnAgent { entity: nobody });
    }
    assert_eq!(refused(lantern, one, 1.0), LinkError::NotAnAgent { entity: lantern });
    assert!(world.get::<Neighbors>(lantern).is_none());
    for value in [f64::NAN, f64::INFINITY] {
        let error = world.entity_mut(one).connect_weighted(two, value).map(drop).unwrap_err();
        let expected = LinkError::WeightNotFinite { one, other: two, value };
        assert_eq!(error.to_string(), expected.to_string());
    }
    world.entity_mut(one).insert([1.0, 2.0].into_iter().collect::<Weights>());
    let mismatch = LinkError::WeightsMismatch { entity: one, neighbors: 1, weights: 2 };
    assert_eq!(world.entity_mut(one).connect(two).map(drop), Err(mismatch));
    assert_eq!(world.entity_mut(one).disconnect(two).map(drop), Err(mismatch));
}

/// What the world's error handler was given.
#[derive(Resource, Default)]
struct Handled(Vec<(Severity, Option<LinkError>, Option<SwarmError>)>);

/// Error handlers are plain functions, so they leave what they saw with the thread.
fn note(error: BevyError, _: ErrorContext) {
    let (link, swarm) = (error.downcast_ref().copied(), error.downcast_ref().copied());
    NOTED.with_borrow_mut(|noted| noted.0.push((error.severity(), link, swarm)));
}

thread_local!(static NOTED: std::cell::RefCell<Handled> = const { std::cell::RefCell::new(Handled(Vec::new())) });

#[test]
fn commands_hand_typed_errors_to_the_worlds_handler() {
    let mut world = world();
    world.insert_resource(FallbackErrorHandler(note));
    let one = world.spawn(Phase(0.0)).id();
    let dead = world.spawn(Phase(1.0)).id();
    world.despawn(dead);
    let mut commands = world.commands();
    commands.entity(one).connect(one).connect(dead);
    commands.entity(dead).disconnect(one);
    let swarm = SwarmSpawner::from(Topology::Star { agents: 3 }.build(0).unwrap()).phases(vec![f64::NAN; 3]);
    commands.spawn_swarm(swarm);
    world.flush();
    let noted = NOTED.with_borrow_mut(|noted| std::mem::take(&mut noted.0));
    let (links, others) = noted.split_at(3);
    let nobody = LinkError::NotAnAgent { entity: dead };
    let expected = [LinkError::ToItself { entity: one }, nobody, nobody];
    assert!(
        links.iter().zip(expected).all(|(noted, error)| *noted == (Severity::Error, Some(error), None)),
        "{links:?}"
    );
    assert!(matches!(others, [(Severity::Error, None, Some(SwarmError::EntryNotFinite { index: 0, .. }))]));
}

#[test]
fn without_a_handler_a_failed_command_is_logged_and_the_world_goes_on() {
    let mut world = world();
    let one = world.spawn(Phase(0.0)).id();
    world.commands().entity(one).connect(one);
    world.flush();
    assert!(heard(&world, one).is_empty());
    advance(&mut world, 1).unwrap();
}

#[test]
fn commands_that_spawn_can_be_linked_at_once() {
    fn meet(mut commands: Commands) {
        let leader = commands.spawn((AgentId::new(0), Phase(1.0))).id();
        commands.spawn((AgentId::new(1), Phase(2.0))).connect_weighted(leader, 0.5);
        commands.spawn_swarm(Arc::new(Topology::Star { agents: 5 }.build(0).unwrap()));
    }
    let mut world = world();
    world.run_system_cached(meet).unwrap();
    advance(&mut world, 1).unwrap();
    let report = topology_report(&world);
    assert_eq!((report.agents, report.links), (7, 1 + 2 * 4));
}
