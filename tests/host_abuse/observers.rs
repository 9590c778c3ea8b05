//! Observers and hooks that despawn, clear, replace and step, in the middle of what they observe.

use bevy_ecs::{lifecycle::HookContext, prelude::*, world::DeferredWorld};
use lampyrid::swarm::*;

use crate::support::{Case, is_honest, steps, swarm, twin};

#[derive(Resource, Default)]
struct Heard(Vec<String>);

fn hear(world: &mut World, what: impl ToString) {
    world.get_resource_or_init::<Heard>().0.push(what.to_string());
}

/// Lets observers queue whatever they want to do to the world.
fn on<E: Event>(world: &mut World, act: fn(&mut World)) {
    world.add_observer(move |_: On<E>, mut commands: Commands| commands.queue(act));
}

fn scramble() -> Disruption {
    Disruption::new(DisruptionKind::Scramble, 0.5, 0.0)
}

/// Easily attained: a swarm of a strong coupling, all alike.
fn attaining() -> (World, Vec<Entity>) {
    let (mut world, agents) = swarm();
    world.resource_mut::<Coupling>().strength = 20.0;
    install_goal(&mut world, Goal { hold: 0.2, ..Goal::new(Pattern::InPhase) }, None).unwrap();
    (world, agents)
}

fn despawn_all(world: &mut World) {
    let agents: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(world).collect();
    agents.into_iter().for_each(|agent| _ = world.try_despawn(agent));
}

/// Sees a component go, from inside the removal.
#[derive(Component)]
#[component(on_remove = tear)]
struct Fuse;

fn tear(mut world: DeferredWorld<'_>, context: HookContext) {
    world.commands().queue(move |world: &mut World| {
        despawn_all(world);
        world.remove_resource::<Disruptions>();
        hear(world, context.entity);
    });
}

pub(crate) const CASES: &[Case] = &[
    ("an observer of a disruption may despawn everybody", || {
        let (mut world, _) = swarm();
        on::<Disrupted>(&mut world, despawn_all);
        install_disruptions(&mut world, vec![Disruption { at: 0.1, ..scramble() }]).unwrap();
        advance(&mut world, 20).unwrap();
        assert_eq!((agent_states(&mut world).len(), steps(&world)), (0, 21));
    }),
    ("an observer of a disruption may take the disruptions away, or plan others", || {
        for act in [
            (|world| _ = world.remove_resource::<Disruptions>()) as fn(&mut World),
            |world| install_disruptions(world, vec![Disruption { at: 0.2, ..scramble() }]).unwrap(),
            |world| world.insert_resource(Disruptions::default()),
        ] {
            let (mut world, _) = swarm();
            on::<Disrupted>(&mut world, act);
            let silence = Disruption { until: Some(0.15), ..Disruption::new(DisruptionKind::Silence, 0.5, 0.1) };
            install_disruptions(&mut world, vec![silence, Disruption { at: 0.1, ..scramble() }]).unwrap();
            advance(&mut world, 40).unwrap();
            is_honest(&mut world);
        }
    }),
    ("a hook may tear down whom a disruption removes, and the disruptions with them", || {
        let (mut world, agents) = swarm();
        agents.iter().for_each(|&agent| _ = world.entity_mut(agent).insert(Fuse));
        install_disruptions(&mut world, vec![Disruption::new(DisruptionKind::Remove, 0.5, 0.1)]).unwrap();
        advance(&mut world, 20).unwrap();
        assert_eq!(agent_states(&mut world).len(), 0);
        assert!(world.resource::<Heard>().0.len() >= 3);
    }),
    ("an observer of a disruption may disrupt again, once", || {
        let (mut world, _) = swarm();
        world.add_observer(|on: On<Disrupted>, mut commands: Commands| {
            if on.disruption.kind == DisruptionKind::Scramble {
                commands.queue(|world: &mut World| {
                    disrupt(world, Disruption::new(DisruptionKind::Silence, 0.5, 0.0)).unwrap();
                });
            }
        });
        disrupt(&mut world, scramble()).unwrap();
        assert_eq!(world.resource::<Disruptions>().begun(), 2);
        is_honest(&mut world);
    }),
    ("an observer of the goal finds the goal in its place", || {
        let (mut world, _) = attaining();
        world.init_resource::<Heard>();
        world.add_observer(|on: On<GoalAttained>, goal: Res<SwarmGoal>, mut heard: ResMut<Heard>| {
            heard.0.push(format!("{} {}", goal.is_attained(), goal.attained_since() == Some(on.since)));
        });
        advance(&mut world, 500).unwrap();
        assert_eq!(world.resource::<Heard>().0, ["true true"]);
    }),
    ("an observer of the goal may set another goal, remove it, or despawn everybody", || {
        for act in [
            (|world| install_goal(world, Goal::new(Pattern::Splay), None).unwrap()) as fn(&mut World),
            |world| _ = world.remove_resource::<SwarmGoal>(),
            despawn_all,
        ] {
            let (mut world, _) = attaining();
            on::<GoalAttained>(&mut world, act);
            advance(&mut world, 500).unwrap();
            assert_eq!(steps(&world), 501);
            is_honest(&mut world);
        }
    }),
    ("an observer of the goal may clear the world", || {
        for clear in [World::clear_resources, World::clear_entities, World::clear_all] {
            let (mut world, _) = attaining();
            on::<GoalAttained>(&mut world, clear);
            assert_eq!(advance(&mut world, 500), Err(SwarmError::NotInstalled));
            assert_eq!(advance(&mut world, 1), Err(SwarmError::NotInstalled));
        }
    }),
    ("an observer that steps the swarm is refused, and the step it is told of stands", || {
        let (mut world, _) = attaining();
        on::<GoalAttained>(&mut world, |world| {
            let answer = advance(world, 1);
            hear(world, answer.unwrap_err());
        });
        advance(&mut world, 500).unwrap();
        assert_eq!(world.resource::<Heard>().0, [SwarmError::ScheduleTaken.to_string()]);
        assert_eq!(steps(&world), 501);
    }),
    ("an observer of the goal may let the swarm follow a rule, which holds from the next step on", || {
        let (mut world, _) = attaining();
        on::<GoalAttained>(&mut world, |world| adopt(world, &Rule::PhaseNudge(PhaseNudge { gain: 0.0 })).unwrap());
        advance(&mut world, 300).unwrap();
        let before = agent_states(&mut world);
        advance(&mut world, 1).unwrap();
        for (before, now) in before.iter().zip(agent_states(&mut world)) {
            let free = (before.phase + before.frequency / 64.0).rem_euclid(std::f64::consts::TAU);
            assert!((now.phase - free).abs() < 1e-12, "still coupled");
        }
    }),
    ("an observer of a stopped swarm may mend it", || {
        let (mut world, agents) = swarm();
        let mut app = bevy_app::App::new();
        std::mem::swap(app.world_mut(), &mut world);
        app.add_plugins(SwarmPlugins::new(bevy_app::Update));
        let broken = agents[1];
        app.add_observer(move |_: On<SwarmStopped>, mut phases: Query<&mut Phase>| {
            phases.get_mut(broken).unwrap().0 = 0.0;
        });
        app.world_mut().run_schedule(bevy_app::Update);
        app.world_mut().get_mut::<Phase>(broken).unwrap().0 = f64::NAN;
        app.world_mut().run_schedule(bevy_app::Update);
        app.world_mut().run_schedule(bevy_app::Update);
        assert_eq!(steps(app.world()), 3);
    }),
    ("an observer of a firing agent may despawn it, and the others are told of all the same", || {
        let (mut world, agents) = swarm();
        install_firing(&mut world);
        world.insert_resource(Coupling { strength: 0.0, ..Coupling::default() });
        for &agent in &agents {
            world.entity_mut(agent).insert((Phase(6.2), Frequency(64.0), Fires::default()));
        }
        world.init_resource::<Heard>();
        world.add_observer(|on: On<Fired>, mut commands: Commands, mut heard: ResMut<Heard>| {
            heard.0.push(on.id.get().to_string());
            commands.entity(on.entity).despawn();
        });
        advance(&mut world, 10).unwrap();
        assert_eq!((world.resource::<Heard>().0.join(" "), agent_states(&mut world).len()), ("0 1 2 3 4 5".into(), 0));
    }),
    ("an observer of agents coming and going may spawn and despawn others", || {
        let (mut world, agents) = swarm();
        world.add_observer(|on: On<Remove<Phase>>, mut commands: Commands, ids: Query<&AgentId>| {
            if ids.get(on.entity).is_ok_and(|id| id.get() < 6) {
                commands.spawn((Phase(1.0), Neighbors::new()));
            }
        });
        world.despawn(agents[2]);
        advance(&mut world, 3).unwrap();
        assert_eq!(topology_report(&world).agents, 6);
    }),
    ("an observer of writes to neighbours may write phases that are no numbers, which are named", || {
        let (mut world, agents) = swarm();
        world.add_observer(|on: On<Insert<Neighbors>>, mut phases: Query<&mut Phase>| {
            phases.get_mut(on.entity).unwrap().0 = f64::NAN;
        });
        world.entity_mut(agents[4]).insert(Neighbors::from([agents[0]]));
        is_honest(&mut world);
        assert!(matches!(advance(&mut world, 1), Err(SwarmError::PhaseNotFinite { id: 4, .. })));
    }),
    ("an observer of a burst budget may lift it", || {
        let (mut world, _) = swarm();
        let budget = MemoryBudget { total: Some(1), policy: MemoryPolicy::Stop, ..MemoryBudget::default() };
        install_memory_budget(&mut world, budget).unwrap();
        on::<BudgetExceeded>(&mut world, |world| _ = world.remove_resource::<MemoryBudget>());
        advance(&mut world, 20).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
    ("messages nobody reads and observers nobody registered cost no result", || {
        let (mut world, _) = swarm();
        install_goal(&mut world, Goal::new(Pattern::InPhase), None).unwrap();
        install_firing(&mut world);
        advance(&mut world, 20).unwrap();
        assert_eq!(phase_hash(&mut world), twin(21));
    }),
];
