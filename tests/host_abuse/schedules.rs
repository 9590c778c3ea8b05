//! Schedules that are removed, run by hand or never, and clocks that go anywhere.

use std::time::Duration;

use bevy_app::{App, FixedUpdate, Update};
use bevy_ecs::{
    prelude::*,
    schedule::{ScheduleLabel, Schedules},
};
use bevy_time::{Fixed, Time, TimePlugin, TimeUpdateStrategy, Virtual};
use lampyrid::{kernel::Integrator, swarm::*};

use crate::support::{Case, EMPTY_CHAIRS, in_step, populate, refused, steps, swarm, twin};

#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Never;

#[derive(Resource, Default)]
struct Answers(Vec<Result<(), SwarmError>>);

/// A host of the fixed schedule whose every update takes one step.
fn fixed() -> App {
    let mut app = App::new();
    app.add_plugins((TimePlugin, SwarmPlugins::default()));
    app.insert_resource(TimeUpdateStrategy::FixedTimesteps(1));
    populate(app.world_mut());
    app.update(); // starts the clock
    app
}

pub(crate) const CASES: &[Case] = &[
    ("a swarm in a schedule that never runs never moves", || {
        let mut app = App::new();
        app.add_plugins(SwarmPlugins::new(Never));
        populate(app.world_mut());
        (0..3).for_each(|_| app.update());
        assert_eq!(steps(app.world()), 0);
        advance(app.world_mut(), 5).unwrap();
        assert_eq!(phase_hash(app.world_mut()), twin(5));
    }),
    ("the schedule of a step run by hand moves nobody, between steps of any integrator", || {
        // With several stages it repeated the last one, by what was left of the step before.
        for integrator in [Integrator::Euler, Integrator::Heun, Integrator::Rk4] {
            let mut alike = swarm().0;
            let (mut world, _) = swarm();
            for world in [&mut world, &mut alike] {
                world.resource_mut::<TimeStep>().integrator = integrator;
                advance(world, 1).unwrap();
            }
            for _ in 0..3 {
                world.run_schedule(SwarmSchedule);
                assert_eq!((phase_hash(&mut world), steps(&world)), (phase_hash(&mut alike), steps(&alike)));
            }
            advance(&mut world, 10).unwrap();
            advance(&mut alike, 10).unwrap();
            assert_eq!(phase_hash(&mut world), phase_hash(&mut alike), "{integrator:?}");
        }
    }),
    ("the schedule of a step run by hand before the first step moves nobody", || {
        let mut world = World::new();
        install_swarm(&mut world);
        populate(&mut world);
        world.run_schedule(SwarmSchedule);
        assert_eq!(steps(&world), 0);
        advance(&mut world, 5).unwrap();
        assert_eq!(phase_hash(&mut world), twin(5));
    }),
    ("strategies change nothing when the schedule is run by hand, or while an error stands", || {
        let (mut world, agents) = swarm();
        install_strategies(&mut world);
        for &agent in &agents {
            world.entity_mut(agent).insert(FrequencyLock::default());
        }
        advance(&mut world, 3).unwrap();
        let frequencies =
            |world: &mut World| agent_states(world).iter().map(|agent| agent.frequency).collect::<Vec<_>>();
        let before = frequencies(&mut world);
        world.run_schedule(SwarmSchedule);
        assert_eq!(frequencies(&mut world), before, "by hand");
        world.entity_mut(agents[0]).insert([1.0].into_iter().collect::<Weights>());
        refused(&mut world);
        assert_eq!(frequencies(&mut world), before, "refused steps moved frequencies");
        world.entity_mut(agents[0]).remove::<Weights>().insert(Energy(f64::NAN));
        assert!(matches!(refused(&mut world), SwarmError::EnergyNotFinite { id: 0, .. }));
        assert_eq!(frequencies(&mut world), before, "refused steps moved frequencies");
    }),
    ("a schedule that was removed is missed until it is back", || {
        let (mut world, _) = swarm();
        let schedule = world.resource_mut::<Schedules>().remove(SwarmSchedule).unwrap();
        assert_eq!(refused(&mut world), SwarmError::ScheduleTaken);
        world.add_schedule(schedule);
        advance(&mut world, 4).unwrap();
        assert_eq!(phase_hash(&mut world), twin(5));
    }),
    ("all schedules removed within a step are missed by nobody but the host", || {
        for set in EMPTY_CHAIRS {
            let (mut world, _) = swarm();
            in_step(&mut world, set, |world: &mut World| _ = world.remove_resource::<Schedules>());
            advance(&mut world, 1).unwrap();
            assert_eq!(phase_hash(&mut world), twin(2), "{set:?}");
            advance(&mut world, 1).unwrap();
        }
    }),
    ("a step within a step is refused, and the outer one goes on", || {
        for set in EMPTY_CHAIRS {
            let (mut world, _) = swarm();
            world.init_resource::<Answers>();
            in_step(&mut world, set, |world: &mut World| {
                let answer = advance(world, 1);
                world.resource_mut::<Answers>().0.push(answer);
            });
            advance(&mut world, 4).unwrap();
            assert_eq!(world.resource::<Answers>().0, [Err(SwarmError::ScheduleTaken); 4], "{set:?}");
            assert_eq!(phase_hash(&mut world), twin(5), "{set:?}");
        }
    }),
    ("no steps change nothing, whatever the settings", || {
        let (mut world, agents) = swarm();
        world.resource_mut::<TimeStep>().seconds = f64::NAN;
        world.get_mut::<Phase>(agents[0]).unwrap().0 = f64::NAN;
        let before = format!("{:?}", agent_states(&mut world));
        advance(&mut world, 0).unwrap();
        assert_eq!(format!("{:?}", agent_states(&mut world)), before);
        assert_eq!(steps(&world), 1);
    }),
    ("as many steps as there are end with the first error", || {
        let (mut world, agents) = swarm();
        let fail = move |mut phases: Query<&mut Phase>, clock: Res<SwarmClock>| {
            if clock.steps() == 5 {
                phases.get_mut(agents[3]).unwrap().0 = f64::NAN;
            }
        };
        in_step(&mut world, StepSystems::First, fail);
        assert!(matches!(advance(&mut world, u64::MAX), Err(SwarmError::PhaseNotFinite { id: 3, .. })));
        assert_eq!(steps(&world), 5);
    }),
    ("strategies set up in the middle of a step join the next one", || {
        // They were added to a schedule that was thrown away when the step was over.
        for set in EMPTY_CHAIRS {
            let (mut world, agents) = swarm();
            world.entity_mut(agents[0]).insert(PhaseNudge { gain: -4.0 });
            in_step(&mut world, set, install_strategies);
            advance(&mut world, 1).unwrap();
            advance(&mut world, 9).unwrap();
            let (mut alike, agents) = swarm();
            alike.entity_mut(agents[0]).insert(PhaseNudge { gain: -4.0 });
            advance(&mut alike, 1).unwrap();
            install_strategies(&mut alike);
            advance(&mut alike, 9).unwrap();
            assert_eq!(phase_hash(&mut world), phase_hash(&mut alike), "{set:?}");
        }
    }),
    ("a host that adds systems in the middle of a step loses no step", || {
        let (mut world, _) = swarm();
        in_step(&mut world, StepSystems::Couple, |world: &mut World| {
            world.resource_mut::<Schedules>().add_systems(SwarmSchedule, || {});
        });
        advance(&mut world, 4).unwrap();
        assert_eq!(phase_hash(&mut world), twin(5));
    }),
    ("a clock that is put back begins anew, with goals and coherence looking at once", || {
        // They waited until the clock had come to where it was.
        let (mut world, _) = swarm();
        install_goal(&mut world, Goal::new(Pattern::InPhase), None).unwrap();
        advance(&mut world, 1000).unwrap();
        coherence(&mut world).unwrap();
        world.insert_resource(SwarmClock::default());
        world.entity_mut(agent_of(&world, AgentId::new(0)).unwrap()).insert(Phase(3.0));
        let measured = world.resource::<Coherence>().measurements();
        let now = coherence(&mut world).unwrap();
        assert_eq!(world.resource::<Coherence>().measurements(), measured + 1);
        advance(&mut world, 1).unwrap();
        assert!(
            (world.resource::<SwarmGoal>().measurement().orders[0] - now.r).abs() < 0.1,
            "an old measurement stands"
        );
    }),
    ("a time step that changes mid-run is summed right by the clock", || {
        let (mut world, _) = swarm();
        let mut expected = 1.0 / 64.0;
        for i in 0..50 {
            let seconds = [0.25, 0.5, 0.125][i % 3];
            world.resource_mut::<TimeStep>().seconds = seconds;
            advance(&mut world, 2).unwrap();
            expected += 2.0 * seconds;
        }
        assert_eq!(world.resource::<SwarmClock>().seconds(), expected);
    }),
    ("a host whose time is paused takes no steps, and none are made up for", || {
        let mut app = fixed();
        app.update();
        let before = steps(app.world());
        app.world_mut().resource_mut::<Time<Virtual>>().pause();
        (0..10).for_each(|_| app.update());
        assert_eq!(steps(app.world()), before);
        app.world_mut().resource_mut::<Time<Virtual>>().unpause();
        (0..4).for_each(|_| app.update());
        assert_eq!(steps(app.world()), before + 4);
        let taken = steps(app.world());
        assert_eq!(phase_hash(app.world_mut()), twin(taken));
    }),
    ("a host whose time stands, leaps or is wound differently moves the swarm by steps alone", || {
        let mut app = fixed();
        app.world_mut().resource_mut::<Time<Virtual>>().set_relative_speed(0.0);
        (0..5).for_each(|_| app.update());
        app.world_mut().resource_mut::<Time<Virtual>>().set_relative_speed(1.0);
        app.world_mut().resource_mut::<Time<Fixed>>().set_timestep(Duration::from_micros(1));
        app.world_mut().insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_micros(20)));
        (0..5).for_each(|_| app.update());
        let taken = steps(app.world());
        assert!(taken > 20);
        assert_eq!(phase_hash(app.world_mut()), twin(taken));
    }),
    ("a host that runs the fixed schedule by hand takes a step each time", || {
        let mut app = fixed();
        let before = steps(app.world());
        (0..3).for_each(|_| app.world_mut().run_schedule(FixedUpdate));
        assert_eq!(steps(app.world()), before + 3);
    }),
    ("a host without the clock is told once, and told once more when it is gone again", || {
        let mut app = App::new();
        app.add_plugins(SwarmPlugins::new(Update)).init_resource::<Answers>();
        app.add_observer(|stopped: On<SwarmStopped>, mut heard: ResMut<Answers>| heard.0.push(Err(stopped.0)));
        populate(app.world_mut());
        for _ in 0..2 {
            app.world_mut().remove_resource::<SwarmClock>();
            (0..3).for_each(|_| app.update());
            app.init_resource::<SwarmClock>();
            (0..3).for_each(|_| app.update());
        }
        let missing: Result<(), _> = Err(SwarmError::SettingsMissing { name: "SwarmClock" });
        assert_eq!(app.world().resource::<Answers>().0, [missing; 2]);
    }),
];
