//! What a host does to the swarm in the middle of a step: refused or harmless, never a wrong
//! result in silence, never a panic.

use bevy_app::{App, PluginGroup, Update};
use bevy_ecs::{prelude::*, schedule::Schedules, system::ScheduleSystem};
use lampyrid::{
    prelude::*,
    swarm::{CouplingPlugin, SwarmSchedule},
};

#[derive(Component, Clone, Copy)]
struct Mark<const N: usize>;

const INTEGRATORS: [Integrator; 3] = [Integrator::Euler, Integrator::Heun, Integrator::Rk4];

/// Three agents that each hear another, so that mixing them up shows, after one step.
fn three(integrator: Integrator) -> (World, [Entity; 3]) {
    let mut world = World::new();
    install_swarm(&mut world);
    world.resource_mut::<TimeStep>().integrator = integrator;
    let agents = [0.0, 1.0, 2.0].map(|x| world.spawn((Phase(x), Frequency(0.1 * x), Neighbors::new())).id());
    for (listener, sender) in [(1, 0), (2, 1), (0, 2)] {
        world.entity_mut(agents[listener]).insert(Neighbors::from([agents[sender]]));
    }
    advance(&mut world, 1).unwrap();
    (world, agents)
}

fn phases(world: &mut World) -> Vec<f64> {
    agent_states(world).iter().map(|state| state.phase).collect()
}

/// The phases after another step that nobody disturbs.
fn undisturbed(integrator: Integrator) -> Vec<f64> {
    let (mut world, _) = three(integrator);
    advance(&mut world, 1).unwrap();
    phases(&mut world)
}

fn add_to_step<M>(world: &mut World, set: StepSystems, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
    world.resource_mut::<Schedules>().add_systems(SwarmSchedule, systems.in_set(set));
}

#[test]
fn agents_that_change_tables_in_the_middle_of_a_step_are_not_taken_for_each_other() {
    // Two agents that changed places in their table were integrated with each other's neighbours.
    for integrator in INTEGRATORS {
        let expected = undisturbed(integrator);
        for set in [StepSystems::Exchange, StepSystems::Sample, StepSystems::Couple, StepSystems::Integrate] {
            for place in 0..3 {
                for by_commands in [false, true] {
                    let (mut world, agents) = three(integrator);
                    let agent = agents[place];
                    if by_commands {
                        let mark = move |mut commands: Commands| _ = commands.entity(agent).insert(Mark::<0>);
                        add_to_step(&mut world, set, (mark, |_: Query<&Mark<0>>| {}).chain());
                    } else {
                        add_to_step(&mut world, set, move |world: &mut World| {
                            world.entity_mut(agent).insert(Mark::<0>);
                        });
                    }
                    match advance(&mut world, 1) {
                        Ok(()) => assert_eq!(phases(&mut world), expected, "{integrator:?}, {set:?}, agent {place}"),
                        Err(error) => assert_eq!(error, SwarmError::ChangedMidStep { before: 3, after: 3 }),
                    }
                    // Nothing changes in the steps after it.
                    advance(&mut world, 3).unwrap();
                }
            }
        }
    }
}

#[test]
fn an_agent_replaced_in_the_middle_of_a_step_is_found_out() {
    for integrator in INTEGRATORS {
        for set in [StepSystems::Exchange, StepSystems::Couple] {
            for place in 0..3 {
                let (mut world, agents) = three(integrator);
                let mut before = phases(&mut world);
                before.remove(place);
                add_to_step(&mut world, set, move |world: &mut World| {
                    if world.try_despawn(agents[place]).is_ok() {
                        world.spawn((Phase(5.0), Neighbors::new()));
                    }
                });
                assert_eq!(advance(&mut world, 1), Err(SwarmError::ChangedMidStep { before: 3, after: 3 }));
                assert_eq!(phases(&mut world)[..2], before, "{integrator:?}, {set:?}, agent {place}");
                assert_eq!(world.resource::<SwarmClock>().steps(), 1);
                advance(&mut world, 1).unwrap();
            }
        }
    }
}

#[test]
fn an_agent_spawned_between_two_stages_is_found_out_and_takes_part_in_the_next_step() {
    for integrator in [Integrator::Heun, Integrator::Rk4] {
        let (mut world, _) = three(integrator);
        let spawn = |mut commands: Commands, mut done: Local<bool>| {
            if !std::mem::replace(&mut *done, true) {
                commands.spawn((Phase(5.0), Neighbors::new()));
            }
        };
        add_to_step(&mut world, StepSystems::Couple, spawn);
        let before = phases(&mut world);
        assert_eq!(advance(&mut world, 1), Err(SwarmError::ChangedMidStep { before: 3, after: 4 }));
        assert_eq!(phases(&mut world)[..3], before, "the first stage was not taken back");
        advance(&mut world, 1).unwrap();
        assert_eq!((phases(&mut world).len(), world.resource::<SwarmClock>().steps()), (4, 2));
    }
}

#[test]
fn settings_changed_in_the_middle_of_a_step_hold_from_the_next_one_on() {
    fn change(mut step: ResMut<TimeStep>, mut coupling: ResMut<Coupling>, mut seed: ResMut<SwarmSeed>) {
        *step = TimeStep { seconds: 0.5, integrator: Integrator::Heun };
        *coupling = Coupling { strength: 3.0, all_to_all: true, noise: 0.1, ..Coupling::default() };
        seed.0 = 9;
    }
    for integrator in INTEGRATORS {
        let (mut expected, _) = three(integrator);
        advance(&mut expected, 1).unwrap();
        expected.run_system_cached(change).unwrap();
        advance(&mut expected, 1).unwrap();
        for set in [StepSystems::First, StepSystems::Exchange, StepSystems::Couple, StepSystems::Last] {
            let (mut world, _) = three(integrator);
            add_to_step(&mut world, set, change);
            advance(&mut world, 1).unwrap();
            assert_eq!(phases(&mut world), undisturbed(integrator), "{integrator:?}, {set:?}: took hold too early");
            advance(&mut world, 1).unwrap();
            assert_eq!(phases(&mut world), phases(&mut expected), "{integrator:?}, {set:?}: did not take hold");
        }
    }
}

#[test]
fn settings_no_step_could_take_are_refused_at_the_next_one() {
    let (mut world, _) = three(Integrator::Rk4);
    add_to_step(&mut world, StepSystems::First, |mut step: ResMut<TimeStep>| step.seconds = f64::NAN);
    advance(&mut world, 1).unwrap();
    assert_eq!(phases(&mut world), undisturbed(Integrator::Rk4));
    assert!(matches!(advance(&mut world, 1), Err(SwarmError::OutOfRange { name: "time step", .. })));
    assert_eq!(phases(&mut world), undisturbed(Integrator::Rk4));
}

#[test]
fn settings_taken_away_in_the_middle_of_a_step_are_missed_at_the_next_one() {
    fn without<R: Resource>(name: &'static str) {
        for set in [StepSystems::First, StepSystems::Exchange, StepSystems::Couple] {
            let (mut world, _) = three(Integrator::Heun);
            add_to_step(&mut world, set, |world: &mut World| _ = world.remove_resource::<R>());
            advance(&mut world, 1).unwrap();
            assert_eq!(phases(&mut world), undisturbed(Integrator::Heun), "{name} removed in {set:?}");
            assert_eq!(advance(&mut world, 1), Err(SwarmError::SettingsMissing { name }));
        }
    }
    without::<Coupling>("Coupling");
    without::<TimeStep>("TimeStep");
    without::<EnergyRule>("EnergyRule");
    without::<SwarmSeed>("SwarmSeed");
    without::<Workers>("Workers");
    without::<SwarmClock>("SwarmClock");
}

#[test]
fn steps_taken_together_mark_every_phase_as_changed() {
    let (mut world, _) = three(Integrator::Euler);
    world.clear_trackers();
    advance(&mut world, 50).unwrap();
    assert_eq!(world.query_filtered::<(), Changed<Phase>>().iter(&world).count(), 3);
}

#[test]
fn an_error_met_in_steps_taken_together_stands_where_it_stands_in_steps_taken_one_by_one() {
    for integrator in INTEGRATORS {
        for all_to_all in [false, true] {
            let build = || {
                let (mut world, agents) = three(integrator);
                world.resource_mut::<Coupling>().all_to_all = all_to_all;
                // Infinitely fast as soon as it is pulled hard enough, by agents that turn.
                world.entity_mut(agents[1]).insert((Phase(0.0), CouplingScale(6e307)));
                world.entity_mut(agents[0]).insert((Phase(0.0), Frequency(3.0), CouplingScale(0.0)));
                world.entity_mut(agents[2]).insert((Phase(0.0), Frequency(3.0), CouplingScale(0.0)));
                world.resource_mut::<Coupling>().strength = 8.0;
                world
            };
            let (mut together, mut one_by_one) = (build(), build());
            let error = (0..100).find_map(|_| advance(&mut one_by_one, 1).err());
            assert!(matches!(error, Some(SwarmError::PhaseNotFinite { .. })), "{error:?}");
            assert!(one_by_one.resource::<SwarmClock>().steps() > 2, "{integrator:?}, all to all: {all_to_all}");
            assert_eq!(format!("{:?}", advance(&mut together, 100).err()), format!("{error:?}"));
            assert_eq!(together.resource::<SwarmClock>(), one_by_one.resource::<SwarmClock>());
            let states = [&mut together, &mut one_by_one].map(|world| format!("{:?}", agent_states(world)));
            assert_eq!(states[0], states[1], "{integrator:?}, all to all: {all_to_all}");
        }
    }
}

/// Spawns a pair whose listener hears its sender, in a table of their own.
fn spawn_pair<const N: usize>(world: &mut World) {
    let sender = world.spawn((Phase(0.2 * N as f64), Mark::<N>)).id();
    world.spawn((Phase(3.0), Mark::<N>, Neighbors::from([sender])));
}

#[test]
fn systems_that_met_the_tables_in_different_orders_still_agree_on_who_is_who() {
    // A query that is built late meets all archetypes at once, in the order of a hash map, where
    // its elders met them one by one. The phases of one agent went with the links of another.
    let spawns = [
        spawn_pair::<0>,
        spawn_pair::<1>,
        spawn_pair::<2>,
        spawn_pair::<3>,
        spawn_pair::<4>,
        spawn_pair::<5>,
        spawn_pair::<6>,
        spawn_pair::<7>,
    ];
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<CouplingPlugin>());
    for spawn in spawns {
        spawn(app.world_mut());
        advance(app.world_mut(), 1).unwrap();
    }
    app.add_plugins(CouplingPlugin);
    advance(app.world_mut(), 5).unwrap();

    let mut alike = World::new();
    install_swarm(&mut alike);
    for spawn in spawns {
        spawn(&mut alike);
    }
    advance(&mut alike, 5).unwrap();
    assert_eq!(phases(app.world_mut()), phases(&mut alike));
}
