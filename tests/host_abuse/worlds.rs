//! Worlds that are cleared, moved, swapped and shared.

use bevy_app::{App, AppLabel, FixedUpdate, SubApp, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use lampyrid::swarm::*;

use crate::support::{Case, EMPTY_CHAIRS, in_step, populate, refused, steps, swarm, twin};

/// A step in which `clear` is done in every place where a host may sit, then a swarm set up anew.
fn cleared_mid_step(clear: fn(&mut World)) {
    for set in EMPTY_CHAIRS {
        let (mut world, _) = swarm();
        in_step(&mut world, set, clear);
        assert_eq!(advance(&mut world, 3), Err(SwarmError::NotInstalled), "{set:?}");
        assert_eq!(advance(&mut world, 1), Err(SwarmError::NotInstalled), "{set:?}");
        let mut world = World::new();
        install_swarm(&mut world);
        populate(&mut world);
        advance(&mut world, 5).unwrap();
        assert_eq!(phase_hash(&mut world), twin(5));
    }
}

#[derive(AppLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sub {
    One,
    Two,
}

pub(crate) const CASES: &[Case] = &[
    ("a world cleared of its resources within a step has no swarm any more", || {
        cleared_mid_step(World::clear_resources);
    }),
    ("a world cleared of its entities within a step has no swarm any more", || {
        cleared_mid_step(World::clear_entities);
    }),
    ("a world cleared of everything within a step has no swarm any more", || {
        cleared_mid_step(World::clear_all);
    }),
    ("a world cleared of anything between two steps says that no swarm is there", || {
        for clear in [World::clear_resources, World::clear_entities, World::clear_all] {
            let (mut world, _) = swarm();
            clear(&mut world);
            for steps in [0, 1, 3] {
                assert_eq!(advance(&mut world, steps), Err(SwarmError::NotInstalled));
            }
        }
    }),
    ("everybody may be despawned between two steps, and others spawned", || {
        let (mut world, agents) = swarm();
        agents.into_iter().for_each(|agent| _ = world.despawn(agent));
        advance(&mut world, 2).unwrap();
        assert_eq!(topology_report(&world).agents, 0);
        let others = populate(&mut world);
        advance(&mut world, 2).unwrap();
        assert_eq!((topology_report(&world).agents, world.get::<AgentId>(others[0]).unwrap().get()), (6, 6));
    }),
    ("everybody may be despawned before a step looks who is there", || {
        let (mut world, agents) = swarm();
        in_step(&mut world, StepSystems::First, move |world: &mut World| {
            agents.iter().for_each(|&agent| _ = world.try_despawn(agent));
        });
        advance(&mut world, 3).unwrap();
        assert_eq!((steps(&world), agent_states(&mut world).len()), (4, 0));
    }),
    ("everybody despawned in the middle of a step is a change in the middle of a step", || {
        for set in [StepSystems::Exchange, StepSystems::Couple] {
            let (mut world, agents) = swarm();
            in_step(&mut world, set, move |world: &mut World| {
                agents.iter().for_each(|&agent| _ = world.try_despawn(agent));
            });
            assert_eq!(advance(&mut world, 1), Err(SwarmError::ChangedMidStep { before: 6, after: 0 }));
            advance(&mut world, 1).unwrap();
        }
    }),
    ("a world moved to another thread goes on there", || {
        let (mut world, _) = swarm();
        let mut world = std::thread::spawn(move || {
            advance(&mut world, 10).unwrap();
            world
        })
        .join()
        .unwrap();
        advance(&mut world, 10).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("two worlds that were swapped go on as themselves", || {
        let ((mut one, _), (mut two, _)) = (swarm(), swarm());
        two.resource_mut::<Coupling>().strength = -3.0;
        std::mem::swap(&mut one, &mut two);
        advance(&mut one, 20).unwrap();
        advance(&mut two, 20).unwrap();
        assert_eq!(phase_hash(&mut two), twin(21));
        assert_ne!(phase_hash(&mut one), twin(21));
    }),
    ("agents of one world mean nobody in another", || {
        let ((_, agents), mut other) = (swarm(), World::new());
        install_swarm(&mut other);
        other.spawn((Phase(0.0), Neighbors::from([agents[5]])));
        advance(&mut other, 1).unwrap();
        assert_eq!((topology_report(&other).links, topology_report(&other).missing), (0, 1));
    }),
    ("two sub apps each have a swarm of their own", || {
        let mut app = App::new();
        for label in [Sub::One, Sub::Two] {
            let mut sub = SubApp::new();
            sub.update_schedule = Some(Update.intern());
            sub.add_plugins(SwarmPlugins::new(Update));
            populate(sub.world_mut());
            app.insert_sub_app(label, sub);
        }
        app.sub_app_mut(Sub::Two).insert_resource(Coupling { strength: -2.0, ..Coupling::default() });
        (0..20).for_each(|_| app.update());
        assert_eq!(phase_hash(app.sub_app_mut(Sub::One).world_mut()), twin(20));
        assert_ne!(phase_hash(app.sub_app_mut(Sub::Two).world_mut()), twin(20));
        assert_eq!(advance(app.world_mut(), 1), Err(SwarmError::NotInstalled));
    }),
    ("an app without agents updates", || {
        let mut app = App::new();
        app.add_plugins(SwarmPlugins::new(Update));
        (0..5).for_each(|_| app.update());
        assert_eq!(steps(app.world()), 5);
    }),
    ("plugins, installing by hand and plugins again make one swarm that steps once", || {
        let mut app = App::new();
        app.add_plugins((TopologyPlugin, CouplingPlugin)); // before anybody set up the steps
        app.add_plugins(SwarmPlugins::new(Update));
        install_swarm(app.world_mut());
        app.add_plugins((SwarmPlugins::new(FixedUpdate), IntegrationPlugin, CoherencePlugin));
        populate(app.world_mut());
        (0..20).for_each(|_| app.update());
        assert_eq!((steps(app.world()), phase_hash(app.world_mut())), (20, twin(20)));
    }),
    ("agents that are there before the swarm is set up are its agents", || {
        let mut world = World::new();
        let early = world.spawn((AgentId::new(5), Phase(1.0))).id();
        world.spawn(Phase(2.0));
        install_swarm(&mut world);
        advance(&mut world, 1).unwrap();
        assert_eq!(agent_of(&world, AgentId::new(5)), Some(early));
        assert_eq!(agent_states(&mut world).iter().map(|agent| agent.id).collect::<Vec<_>>(), [5, 6]);
    }),
    ("ids that were removed are missed, and come back with everybody listed", || {
        // Ids began anew, so that two agents had one, unnoticed.
        for set in [None, Some(StepSystems::First), Some(StepSystems::Couple)] {
            let (mut world, _) = swarm();
            match set {
                None => _ = world.remove_resource::<AgentIds>(),
                Some(set) => in_step(&mut world, set, |world: &mut World, mut done: Local<bool>| {
                    if !std::mem::replace(&mut *done, true) {
                        world.remove_resource::<AgentIds>();
                    }
                }),
            }
            _ = advance(&mut world, 1);
            assert_eq!(refused(&mut world), SwarmError::SettingsMissing { name: "AgentIds" });
            world.init_resource::<AgentIds>();
            let newcomer = world.spawn(Phase(0.0)).id();
            advance(&mut world, 1).unwrap();
            assert_eq!(world.get::<AgentId>(newcomer).unwrap().get(), 6);
            assert_eq!(agent_of(&world, AgentId::new(6)), Some(newcomer));
        }
    }),
];
