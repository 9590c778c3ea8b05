//! Abuse of the API: a typed error or a documented no-op, never a panic, never a wrong result in silence.

use bevy_app::{App, PostUpdate, Update};
use bevy_ecs::prelude::*;
use lampyrid::{
    prelude::*,
    swarm::{SwarmSchedule, SwarmStopped, topology_report},
};

/// Two agents that hear each other.
fn pair() -> (World, Entity, Entity) {
    let mut world = World::new();
    install_swarm(&mut world);
    let first = world.spawn((Phase(0.5), Frequency(1.0))).id();
    let second = world.spawn((Phase(1.5), Frequency(1.0), Neighbors::from([first]))).id();
    world.entity_mut(first).insert(Neighbors::from([second]));
    advance(&mut world, 1).unwrap();
    (world, first, second)
}

/// A step must fail with this error and change nothing, at every attempt, until mended.
fn refuses(world: &mut World, expected: SwarmError, mend: impl FnOnce(&mut World)) {
    let before = (world.get_resource::<SwarmClock>().copied(), agent_states(world));
    for _ in 0..3 {
        let error = advance(world, 1).unwrap_err();
        // Compared as text, since a NaN is not equal to itself.
        assert_eq!(error.to_string(), expected.to_string());
        let after = (world.get_resource::<SwarmClock>().copied(), agent_states(world));
        assert_eq!(format!("{after:?}"), format!("{before:?}"), "a refused step changed something");
    }
    mend(world);
    advance(world, 1).unwrap();
}

#[test]
fn settings_that_are_gone_are_named_and_missed_until_they_are_back() {
    fn without<R: Resource>(name: &'static str) {
        let (mut world, ..) = pair();
        let kept = world.remove_resource::<R>().unwrap();
        refuses(&mut world, SwarmError::SettingsMissing { name }, |world| world.insert_resource(kept));
    }
    without::<Coupling>("Coupling");
    without::<TimeStep>("TimeStep");
    without::<EnergyRule>("EnergyRule");
    without::<SwarmSeed>("SwarmSeed");
    without::<Workers>("Workers");
    without::<SwarmClock>("SwarmClock");
    let (mut world, ..) = pair();
    world.remove_resource::<Coherence>();
    assert_eq!(coherence(&mut world), Err(SwarmError::SettingsMissing { name: "Coherence" }));
    advance(&mut world, 1).unwrap();
    world.init_resource::<Coherence>();
    coherence(&mut world).unwrap();
    world.remove_resource::<SwarmClock>();
    assert_eq!(coherence(&mut world), Err(SwarmError::SettingsMissing { name: "SwarmClock" }));
}

/// What a host hears of its swarm.
#[derive(Resource, Default)]
struct Heard(Vec<SwarmError>);

/// An app of one agent, stepped in `Update`, that listens for errors.
fn listening_app() -> (App, Entity) {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update)).init_resource::<Heard>();
    let listen = |mut stopped: MessageReader<SwarmStopped>, mut heard: ResMut<Heard>| {
        heard.0.extend(stopped.read().map(|message| message.0));
    };
    app.add_systems(Update, listen.in_set(SwarmSystems::Last));
    let agent = app.world_mut().spawn(Phase(0.0)).id();
    app.update();
    (app, agent)
}

#[test]
fn a_host_that_takes_a_setting_away_is_told_once_and_runs_on() {
    fn without<R: Resource>(name: &'static str) {
        let (mut app, _) = listening_app();
        let kept = app.world_mut().remove_resource::<R>().unwrap();
        (0..3).for_each(|_| app.update());
        assert_eq!(app.world().resource::<Heard>().0, [SwarmError::SettingsMissing { name }]);
        app.insert_resource(kept);
        app.update();
        assert_eq!(app.world().resource::<SwarmClock>().steps(), 2, "{name}");
    }
    without::<Coupling>("Coupling");
    without::<TimeStep>("TimeStep");
    without::<EnergyRule>("EnergyRule");
    without::<SwarmSeed>("SwarmSeed");
    without::<Workers>("Workers");
    without::<SwarmClock>("SwarmClock");
}

#[test]
fn settings_out_of_range_are_refused_with_their_value() {
    let out = |name, value, allowed| SwarmError::OutOfRange { name, value, allowed };
    for seconds in [0.0, -0.1, f64::INFINITY, f64::NAN] {
        let (mut world, ..) = pair();
        world.resource_mut::<TimeStep>().seconds = seconds;
        let error = out("time step", seconds, "a positive, finite number of seconds");
        refuses(&mut world, error, |world| world.resource_mut::<TimeStep>().seconds = 0.01);
    }
    for strength in [f64::NAN, f64::INFINITY] {
        let (mut world, ..) = pair();
        world.resource_mut::<Coupling>().strength = strength;
        let error = SwarmError::NotFinite { name: "coupling strength", value: strength };
        refuses(&mut world, error, |world| world.resource_mut::<Coupling>().strength = 1.0);
    }
    for block in [0, 4097] {
        let (mut world, ..) = pair();
        world.resource_mut::<Workers>().block = block;
        let error = out("block size", block as f64, "from 1 to 4096 agents");
        refuses(&mut world, error, |world| world.resource_mut::<Workers>().block = 1);
    }
    let (mut world, ..) = pair();
    world.insert_resource(Workers::with_threads(0));
    let mend = |world: &mut World| world.insert_resource(Workers::with_threads(1));
    refuses(&mut world, out("number of threads", 0.0, "at least 1"), mend);
    let (mut world, ..) = pair();
    world.resource_mut::<Coupling>().noise = -1.0;
    refuses(&mut world, out("noise", -1.0, "at least 0"), |world| world.resource_mut::<Coupling>().noise = 0.0);
    let (mut world, ..) = pair();
    world.resource_mut::<EnergyRule>().recovery = -1.0;
    let mend = |world: &mut World| world.resource_mut::<EnergyRule>().recovery = 1.0;
    refuses(&mut world, out("energy recovery", -1.0, "at least 0"), mend);
}

#[test]
fn a_phase_that_is_not_a_number_is_named_and_never_measured() {
    for value in [f64::NAN, f64::INFINITY] {
        let (mut world, _, second) = pair();
        world.get_mut::<Phase>(second).unwrap().0 = value;
        let error = SwarmError::PhaseNotFinite { entity: second, id: 1, value };
        world.resource_mut::<Coherence>().invalidate();
        assert_eq!(coherence(&mut world).unwrap_err().to_string(), error.to_string());
        refuses(&mut world, error, |world| world.get_mut::<Phase>(second).unwrap().0 = 0.0);
    }
}

#[test]
fn a_frequency_or_drive_that_is_not_a_number_is_caught_at_the_next_step() {
    for wrong in [true, false] {
        let (mut world, first, _) = pair();
        if wrong {
            world.entity_mut(first).insert(Frequency(f64::NAN));
        } else {
            world.entity_mut(first).insert(Drive(f64::NAN));
        }
        advance(&mut world, 1).unwrap(); // the step that makes the phase NaN
        let error = advance(&mut world, 1).unwrap_err();
        assert!(matches!(error, SwarmError::PhaseNotFinite { id: 0, .. }), "{error}");
        world.resource_mut::<Coherence>().invalidate();
        assert!(coherence(&mut world).is_err());
    }
}

#[test]
fn weights_that_do_not_go_with_the_neighbours_are_refused() {
    let (mut world, first, _) = pair();
    world.entity_mut(first).insert([1.0, 2.0].into_iter().collect::<Weights>());
    let error = SwarmError::WeightsMismatch { entity: first, neighbors: 1, weights: 2 };
    refuses(&mut world, error, |world| _ = world.entity_mut(first).remove::<Weights>());
    world.entity_mut(first).insert([f64::INFINITY].into_iter().collect::<Weights>());
    let error = SwarmError::WeightNotFinite { entity: first, place: 0, value: f64::INFINITY };
    refuses(&mut world, error, |world| world.get_mut::<Weights>(first).unwrap().as_mut_slice()[0] = 0.5);
}

#[test]
fn a_neighbour_that_is_despawned_is_skipped_and_counted() {
    let (mut world, first, second) = pair();
    world.despawn(second);
    let free = world.get::<Phase>(first).unwrap().0 + 1.0 / 64.0;
    advance(&mut world, 1).unwrap();
    let report = topology_report(&world);
    assert_eq!((report.agents, report.links, report.missing), (1, 0, 1));
    assert_eq!(world.get::<Phase>(first).unwrap().0, free);
    // Whoever takes over its place in the world's tables is not heard in its stead.
    world.spawn(Phase(1.0));
    advance(&mut world, 1).unwrap();
    assert_eq!((topology_report(&world).agents, topology_report(&world).missing), (2, 1));
}

#[test]
fn two_agents_of_one_id_are_refused() {
    let (mut world, first, _) = pair();
    let twin = world.spawn((AgentId::new(0), Phase(0.0))).id();
    let error = SwarmError::DuplicateAgentId { id: 0, first, second: twin };
    refuses(&mut world, error, |world| _ = world.despawn(twin));
}

#[test]
fn an_id_given_to_a_living_agent_is_an_id_in_use() {
    let (mut world, first, second) = pair();
    world.entity_mut(first).insert(AgentId::new(1));
    let error = SwarmError::DuplicateAgentId { id: 1, first, second };
    refuses(&mut world, error, |world| _ = world.entity_mut(first).insert(AgentId::new(2)));
    let third = world.spawn(Phase(0.0)).id();
    advance(&mut world, 1).unwrap();
    assert_eq!(world.get::<AgentId>(third).unwrap().get(), 3, "2 is taken");
}

#[test]
fn ids_that_have_run_out_are_said_to() {
    // Counting on from the last id there can be overflowed.
    let (mut world, ..) = pair();
    world.spawn((AgentId::new(u64::MAX - 1), Phase(0.0)));
    advance(&mut world, 1).unwrap();
    let graph = Topology::Star { agents: 3 }.build(0).unwrap();
    assert_eq!(SwarmSpawner::new(&graph).spawn(&mut world), Err(SwarmError::IdsExhausted));
    assert_eq!(agent_states(&mut world).len(), 3);
    let nameless = world.spawn(Phase(0.0)).id();
    refuses(&mut world, SwarmError::IdsExhausted, |world| _ = world.entity_mut(nameless).insert(AgentId::new(7)));
}

#[test]
fn an_agent_in_debt_does_not_couple_until_it_has_recovered() {
    // Its coupling was scaled by its debt and threw its phase.
    let (mut world, first, _) = pair();
    world.insert_resource(EnergyRule { recovery: 64.0, ..EnergyRule::default() });
    world.entity_mut(first).insert(Energy(-2.0));
    let free = world.get::<Phase>(first).unwrap().0 + 2.0 / 64.0;
    advance(&mut world, 2).unwrap();
    assert!((world.get::<Phase>(first).unwrap().0 - free).abs() < 1e-15);
    assert_eq!(world.get::<Energy>(first), Some(&Energy(0.0)));
    advance(&mut world, 2).unwrap();
    assert!(world.get::<Phase>(first).unwrap().0 > free + 2.0 / 64.0 + 1e-3, "recovered, but still not coupled");
}

#[test]
fn an_energy_that_is_no_number_is_named_before_anything_moves() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let (mut world, _, second) = pair();
        world.entity_mut(second).insert(Energy(value));
        let error = SwarmError::EnergyNotFinite { entity: second, id: 1, value };
        refuses(&mut world, error, |world| _ = world.entity_mut(second).insert(Energy(1.0)));
    }
}

#[test]
fn an_agent_that_lost_its_frequency_is_no_agent_any_more() {
    let (mut world, first, second) = pair();
    world.entity_mut(first).remove::<Frequency>();
    advance(&mut world, 1).unwrap();
    let report = topology_report(&world);
    assert_eq!((report.agents, report.links, report.missing), (1, 0, 1));
    assert_eq!(agent_states(&mut world).len(), 1);
    let phase = world.get::<Phase>(second).unwrap().0;
    world.resource_mut::<Coherence>().invalidate();
    assert!((coherence(&mut world).unwrap().psi - phase).abs() < 1e-15);
}

/// Hides entities, and is kept where columns cannot be.
#[derive(Component, Default)]
#[component(storage = "SparseSet")]
struct Sparse;

#[test]
fn a_sparse_component_that_hides_agents_is_refused() {
    let mut world = World::new();
    world.register_disabling_component::<Sparse>();
    install_swarm(&mut world);
    world.spawn(Phase(0.0));
    assert_eq!(advance(&mut world, 1), Err(SwarmError::SparseDisabling));
    assert_eq!(coherence(&mut world), Err(SwarmError::SparseDisabling));
    assert_eq!(world.resource::<SwarmClock>().steps(), 0);
}

#[test]
fn a_swarm_installed_by_hand_is_stepped_by_plugins_added_later() {
    let mut app = App::new();
    install_swarm(app.world_mut());
    app.add_plugins(SwarmPlugins::new(Update));
    app.world_mut().spawn(Phase(0.0));
    app.update();
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 1);
}

#[test]
fn a_world_without_a_swarm_says_so() {
    let mut world = World::new();
    world.spawn(Phase(0.0));
    assert_eq!(advance(&mut world, 1), Err(SwarmError::NotInstalled));
    assert!(coherence(&mut world).is_err());
    let graph = Topology::Star { agents: 3 }.build(0).unwrap();
    assert_eq!(SwarmSpawner::new(&graph).spawn(&mut world), Err(SwarmError::NotInstalled));
}

#[test]
fn a_cleared_world_is_a_world_without_a_swarm() {
    let (mut world, ..) = pair();
    world.clear_entities(); // resources live on entities, so they are gone too
    assert_eq!(advance(&mut world, 1), Err(SwarmError::NotInstalled));
    assert!(coherence(&mut world).is_err());
    world.spawn(Phase(0.0)); // an entity as any other
    assert_eq!(advance(&mut world, 1), Err(SwarmError::NotInstalled));
    assert_eq!((agent_states(&mut world).len(), topology_report(&world).agents), (1, 0));
    let graph = Topology::Star { agents: 3 }.build(0).unwrap();
    assert_eq!(SwarmSpawner::new(&graph).spawn(&mut world), Err(SwarmError::NotInstalled));
}

#[test]
fn a_swarm_whose_resources_were_cleared_can_be_installed_again() {
    let (mut world, ..) = pair();
    world.clear_resources();
    assert_eq!(advance(&mut world, 1), Err(SwarmError::NotInstalled));
    install_swarm(&mut world);
    advance(&mut world, 1).unwrap();
    assert_eq!(topology_report(&world).links, 2);
    world.spawn(Phase(0.0));
    advance(&mut world, 1).unwrap();
    assert_eq!(agent_states(&mut world).iter().map(|state| state.id).max(), Some(2), "ids go on where they were");
}

#[test]
fn installing_twice_changes_nothing() {
    let (mut world, ..) = pair();
    let before = phase_hash(&mut world);
    world.resource_mut::<Coupling>().strength = 7.0;
    install_swarm(&mut world);
    assert_eq!((world.resource::<Coupling>().strength, phase_hash(&mut world)), (7.0, before));

    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.insert_resource(Coupling { strength: 7.0, ..Coupling::default() });
    app.insert_resource(TimeStep { seconds: 0.5, integrator: Integrator::Rk4 });
    app.add_plugins(SwarmPlugins::new(Update)).add_plugins(SwarmPlugins::new(PostUpdate));
    app.world_mut().spawn(Phase(0.0));
    app.update();
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 1, "added thrice, stepped more than once");
    assert_eq!(app.world().resource::<SwarmClock>().seconds(), 0.5);
    assert_eq!(app.world().resource::<Coupling>().strength, 7.0);
}

#[test]
fn an_error_stops_the_swarm_once_and_the_host_never() {
    let (mut app, agent) = listening_app();
    app.world_mut().get_mut::<Phase>(agent).unwrap().0 = f64::NAN;
    (0..5).for_each(|_| app.update());
    assert_eq!(app.world().resource::<Heard>().0.len(), 1);
    app.world_mut().get_mut::<Phase>(agent).unwrap().0 = 1.0;
    app.update();
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 2);
    app.world_mut().get_mut::<Phase>(agent).unwrap().0 = f64::NAN;
    (0..3).for_each(|_| app.update());
    assert_eq!(app.world().resource::<Heard>().0.len(), 2, "a new error is told anew");
}

#[test]
fn what_is_spawned_while_agents_couple_waits_until_the_step_is_over() {
    let (mut world, ..) = pair();
    let spawn = |mut commands: Commands| _ = commands.spawn(Phase(0.0));
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, spawn.in_set(StepSystems::Couple));
    advance(&mut world, 1).unwrap();
    assert_eq!(agent_states(&mut world).len(), 3);
    // With several stages it would come between two of them.
    world.resource_mut::<TimeStep>().integrator = Integrator::Rk4;
    let error = advance(&mut world, 1).unwrap_err();
    assert_eq!(error, SwarmError::ChangedMidStep { before: 3, after: 4 });
}

#[test]
fn an_exclusive_system_that_despawns_mid_step_is_found_out() {
    let (mut world, first, _) = pair();
    let despawn = move |world: &mut World| _ = world.try_despawn(first);
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, despawn.in_set(StepSystems::Couple));
    assert_eq!(advance(&mut world, 1), Err(SwarmError::ChangedMidStep { before: 2, after: 1 }));
}

#[test]
fn swarms_of_nobody_and_of_one_are_legal() {
    let mut world = World::new();
    install_swarm(&mut world);
    for integrator in [Integrator::Euler, Integrator::Rk4] {
        world.resource_mut::<TimeStep>().integrator = integrator;
        advance(&mut world, 3).unwrap();
    }
    assert_eq!(coherence(&mut world).unwrap().r, 0.0);
    world.resource_mut::<Coupling>().all_to_all = true;
    advance(&mut world, 1).unwrap();
    world.spawn(Phase(2.0));
    advance(&mut world, 1).unwrap();
    assert_eq!(coherence(&mut world).unwrap().r, 1.0);
    assert_eq!(topology_report(&world).agents, 1);
}

#[test]
fn lists_that_do_not_fit_the_graph_spawn_nobody() {
    let mut world = World::new();
    install_swarm(&mut world);
    let graph = Topology::Star { agents: 3 }.build(0).unwrap();
    let short = SwarmSpawner::new(&graph).phases(&[0.0; 2]).spawn(&mut world);
    assert_eq!(short, Err(SwarmError::LengthMismatch { what: "phases", count: 2, agents: 3 }));
    let wrong = SwarmSpawner::new(&graph).frequencies(&[0.0, f64::INFINITY, 0.0]).spawn(&mut world);
    assert_eq!(wrong, Err(SwarmError::EntryNotFinite { what: "frequencies", index: 1, value: f64::INFINITY }));
    assert!(agent_states(&mut world).is_empty());
}

#[test]
fn constructors_refuse_what_no_agent_can_have() {
    assert!(Phase::new(f64::NAN).is_err() && Phase::new(f64::INFINITY).is_err());
    assert_eq!(Phase::new(-1.0).unwrap().0, std::f64::consts::TAU - 1.0);
    assert!(Frequency::new(f64::NEG_INFINITY).is_err());
    assert!([0.0, -1.0, f64::NAN, f64::INFINITY].into_iter().all(|period| Frequency::from_period(period).is_err()));
    assert_eq!(Frequency::from_hz(2.0).unwrap(), Frequency::from_period(0.5).unwrap());
}
