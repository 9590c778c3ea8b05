//! The swarm as a guest in other people's apps.

use bevy_app::{App, FixedUpdate, Last, PluginGroup, Update};
use bevy_ecs::{
    entity_disabling::Disabled,
    message::Messages,
    prelude::*,
    schedule::{LogLevel, ScheduleBuildSettings, ScheduleLabel, Schedules},
};
use bevy_state::{app::StatesPlugin, prelude::*};
use bevy_time::{Time, TimePlugin, TimeUpdateStrategy, Virtual};
use lampyrid::{
    measure::order_parameter,
    prelude::*,
    swarm::{
        CoherencePlugin, CommunityCoherence, CommunityCoupling, CommunityGoal, CommunityPlugin, CouplingPlugin,
        DisruptionPlugin, EnergyPlugin, Gain, Goal, GoalAttained, GoalPlugin, IntegrationPlugin, MemoryBudgetPlugin,
        MemoryUse, MetricsPlugin, Pattern, SteppingPlugin, StrategyPlugin, StrategySystems, SwarmGoal, SwarmMetrics,
        SwarmSchedule, SwarmSnapshot, SwarmStopped, TopologyPlugin, read_phases, topology_report,
    },
};

/// Makes every ambiguous order of systems an error, now that all schedules are there.
fn forbid_ambiguities(app: &mut App) {
    let settings =
        || ScheduleBuildSettings { ambiguity_detection: LogLevel::Error, ..ScheduleBuildSettings::default() };
    for (label, schedule) in app.world_mut().resource_mut::<Schedules>().iter_mut() {
        // Bevy leaves its own systems in no order there.
        if format!("{label:?}") != "StateTransition" {
            schedule.set_build_settings(settings());
        }
    }
}

/// Whether building the schedules complains.
fn has_ambiguities(app: &mut App, labels: &[&dyn Fn(&mut World) -> bool]) -> bool {
    labels.iter().any(|is_wrong| is_wrong(app.world_mut()))
}

fn wrong(label: impl ScheduleLabel + Clone) -> impl Fn(&mut World) -> bool {
    move |world| {
        world.schedule_scope(label.clone(), |world, schedule| {
            let built = schedule.initialize(world);
            built.inspect_err(|error| eprintln!("{}", error.to_string(schedule.graph(), world))).is_err()
        })
    }
}

#[test]
fn strategies_goals_and_disruptions_leave_no_order_to_chance() {
    let mut app = App::new();
    app.add_plugins((
        SwarmPlugins::new(Update),
        StrategyPlugin,
        GoalPlugin { goal: Goal::new(Pattern::InPhase), supervisor: None },
        DisruptionPlugin::default(),
    ));
    let own_law = |mut drives: Query<&mut Drive>| drives.iter_mut().for_each(drop);
    app.add_systems(SwarmSchedule, own_law.in_set(StepSystems::Couple).after(StrategySystems));
    app.finish();
    app.cleanup();
    forbid_ambiguities(&mut app);
    assert!(!has_ambiguities(&mut app, &[&wrong(Update), &wrong(SwarmSchedule)]));
}

#[derive(Component)]
struct Choir;

#[derive(States, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Mode {
    #[default]
    Running,
    Paused,
}

/// Systems of a host in every set there is, each doing there what the set is for.
fn follow_the_guide(app: &mut App) {
    let settle = |mut coupling: ResMut<Coupling>, mut own: ResMut<CommunityCoupling<Choir>>, mut commands: Commands| {
        (coupling.strength, own.strength) = (1.0, 2.0);
        commands.spawn((Phase(0.0), Choir));
    };
    let place = |mut phases: Query<&mut Phase>| phases.iter_mut().for_each(drop);
    let watch = |mut both: ParamSet<(SwarmCoherence, CommunityCoherence<Choir>)>| {
        _ = (both.p0().read(), both.p1().read());
    };
    let watch_too = |mut choir: CommunityCoherence<Choir>, metrics: Option<Res<SwarmMetrics>>| {
        _ = (choir.read(), metrics.is_some());
    };
    let judge = |goal: Res<SwarmGoal>, own: Res<CommunityGoal<Choir>>, mut step: ResMut<TimeStep>| {
        step.seconds = if goal.is_attained() && own.is_attained() { 0.02 } else { 0.01 };
    };
    let tell = |mut attained: MessageReader<GoalAttained>, mut stopped: MessageReader<SwarmStopped>| {
        _ = (attained.read().count(), stopped.read().count());
    };
    app.add_systems(
        Update,
        (
            (settle, place).chain().in_set(SwarmSystems::Prepare),
            (watch, watch_too, |agents: Query<&Phase>| _ = agents.count()).in_set(SwarmSystems::Measure),
            judge.in_set(SwarmSystems::Goals),
            (tell, |memory: Option<Res<MemoryUse>>| _ = memory).in_set(SwarmSystems::Last),
        ),
    );
    let law = |snapshot: SwarmSnapshot, mut agents: Query<(&mut Drive, &mut Gain)>| {
        agents.iter_mut().for_each(|(mut drive, _)| drive.0 = snapshot.order_parameter().map_or(0.0, |order| order.r));
    };
    app.add_systems(
        SwarmSchedule,
        (
            (|mut commands: Commands| _ = commands.spawn(Phase(1.0))).in_set(StepSystems::First),
            law.in_set(StepSystems::Couple).after(StrategySystems),
            (|agents: Query<&Phase>, clock: Res<SwarmClock>| _ = (agents.count(), *clock)).in_set(StepSystems::Last),
        ),
    );
}

#[test]
fn all_plugins_and_a_host_that_follows_the_guide_leave_no_order_to_chance() {
    let mut app = App::new();
    app.add_plugins((
        StatesPlugin,
        SwarmPlugins::new(Update),
        StrategyPlugin,
        GoalPlugin { goal: Goal::new(Pattern::InPhase), supervisor: None },
        DisruptionPlugin::default(),
        MemoryBudgetPlugin::default(),
        MetricsPlugin::default(),
        CommunityPlugin::<Choir>::default(),
    ));
    app.insert_resource(CommunityGoal::<Choir>::new(Goal::new(Pattern::InPhase)));
    app.init_state::<Mode>();
    app.configure_sets(Update, SwarmSystems::Step.run_if(in_state(Mode::Running)));
    follow_the_guide(&mut app);
    app.finish();
    app.cleanup();
    forbid_ambiguities(&mut app);
    assert!(!has_ambiguities(&mut app, &[&wrong(Update), &wrong(SwarmSchedule), &wrong(Last)]));
    (0..3).for_each(|_| app.update());
    assert!(!has_ambiguities(&mut app, &[&wrong(Update), &wrong(SwarmSchedule), &wrong(Last)]));
}

#[test]
fn no_order_of_systems_is_ambiguous() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.add_systems(
        Update,
        (|mut phases: Query<&mut Phase>| phases.iter_mut().for_each(drop)).before(SwarmSystems::Step),
    );
    // Any number of readers, in no order among themselves.
    let read = |mut coherence: SwarmCoherence| _ = coherence.read();
    let read_too = |mut coherence: SwarmCoherence| _ = coherence.read();
    app.add_systems(Update, (read, read_too).in_set(SwarmSystems::Measure));
    app.add_systems(
        SwarmSchedule,
        (|mut drives: Query<&mut Drive>| drives.iter_mut().for_each(drop)).in_set(StepSystems::Couple),
    );
    forbid_ambiguities(&mut app);
    assert!(!has_ambiguities(&mut app, &[&wrong(Update), &wrong(SwarmSchedule)]));
    app.update();
}

#[test]
fn a_system_that_writes_phases_at_any_time_is_found_ambiguous() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.add_systems(SwarmSchedule, |mut phases: Query<&mut Phase>| phases.iter_mut().for_each(drop));
    forbid_ambiguities(&mut app);
    assert!(has_ambiguities(&mut app, &[&wrong(SwarmSchedule)]));
}

fn steps(app: &App) -> u64 {
    app.world().resource::<SwarmClock>().steps()
}

/// Two agents that pull at each other.
fn couple(world: &mut World) -> [Entity; 2] {
    let first = world.spawn((Phase(0.0), Frequency(1.0))).id();
    let second = world.spawn((Phase(1.0), Frequency(1.5), Neighbors::from([first]))).id();
    world.entity_mut(first).insert(Neighbors::from([second]));
    [first, second]
}

/// Single steps asked for in a pause.
#[derive(Resource, Default)]
struct Wanted(u32);

fn is_wanted(wanted: Res<Wanted>) -> bool {
    wanted.0 > 0
}

fn count_down(mut wanted: ResMut<Wanted>) {
    wanted.0 = wanted.0.saturating_sub(1);
}

#[test]
fn a_pause_of_the_host_is_a_pause_of_the_swarm_and_costs_it_no_bit() {
    let mut app = App::new();
    app.add_plugins((StatesPlugin, SwarmPlugins::new(Update)));
    app.init_state::<Mode>().init_resource::<Wanted>();
    app.configure_sets(Update, SwarmSystems::Step.run_if(in_state(Mode::Running).or_else(is_wanted)));
    app.add_systems(Update, count_down.in_set(SwarmSystems::Last));
    couple(app.world_mut());
    let ten_updates = |app: &mut App, mode| {
        app.world_mut().resource_mut::<NextState<Mode>>().set(mode);
        (0..10).for_each(|_| app.update());
        (steps(app), phase_hash(app.world_mut()))
    };
    let running = ten_updates(&mut app, Mode::Running);
    assert_eq!(running.0, 10);
    assert_eq!(ten_updates(&mut app, Mode::Paused), running, "nothing moves");
    app.world_mut().resource_mut::<Wanted>().0 = 3;
    assert_eq!(ten_updates(&mut app, Mode::Paused).0, 13, "step by step");
    let end = ten_updates(&mut app, Mode::Running);
    let mut restless = World::new();
    install_swarm(&mut restless);
    couple(&mut restless);
    advance(&mut restless, 23).unwrap();
    assert_eq!(end, (23, phase_hash(&mut restless)), "nothing was made up for");
}

#[test]
fn in_a_fixed_schedule_the_swarm_stands_still_while_virtual_time_does() {
    let mut app = App::new();
    app.add_plugins((TimePlugin, SwarmPlugins::default()));
    app.insert_resource(TimeUpdateStrategy::FixedTimesteps(4));
    (0..3).for_each(|_| app.update());
    assert_eq!(steps(&app), 8, "the first update only starts the clock");
    app.world_mut().resource_mut::<Time<Virtual>>().pause();
    (0..3).for_each(|_| app.update());
    assert_eq!(steps(&app), 8);
    app.world_mut().resource_mut::<Time<Virtual>>().unpause();
    app.update();
    assert_eq!(steps(&app), 12);
}

#[test]
fn what_was_added_to_the_step_before_the_plugins_stays_in_it() {
    let mut app = App::new();
    app.init_resource::<Runs>();
    app.add_systems(SwarmSchedule, (|mut runs: ResMut<Runs>| runs.couple += 1).in_set(StepSystems::Couple));
    app.add_plugins((StrategyPlugin, CommunityPlugin::<Choir>::default(), SwarmPlugins::new(Update)));
    let [first, _] = couple(app.world_mut());
    app.world_mut().entity_mut(first).insert(lampyrid::swarm::PhaseNudge { gain: 0.25 });
    app.update();
    app.update();
    assert_eq!((app.world().resource::<Runs>().couple, steps(&app)), (2, 2));
    assert_eq!(app.world().get::<Gain>(first).unwrap().0, 0.25, "strategies act");
}

#[test]
fn a_plugin_of_the_group_may_be_set_otherwise() {
    #[derive(ScheduleLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
    struct Elsewhere;
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().set(SteppingPlugin::new(Elsewhere)));
    app.update();
    assert_eq!(steps(&app), 0);
    app.world_mut().run_schedule(Elsewhere);
    assert_eq!(steps(&app), 1);
}

#[test]
fn without_the_integration_plugin_whoever_stands_in_for_it_moves_the_phases() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<IntegrationPlugin>());
    let agents = couple(app.world_mut());
    app.update();
    let phases = |app: &App| agents.map(|agent| app.world().get::<Phase>(agent).unwrap().0);
    assert_eq!((phases(&app), steps(&app)), ([0.0, 1.0], 1), "time passes, and nobody moves");
    let turn = |mut agents: Query<&mut Phase>| agents.iter_mut().for_each(|mut phase| phase.0 += 0.5);
    app.add_systems(SwarmSchedule, turn.in_set(StepSystems::Integrate));
    app.update();
    assert_eq!((phases(&app), steps(&app)), ([0.5, 1.5], 2));
}

#[test]
fn without_the_energy_plugin_coupling_is_free_and_nothing_recovers() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<EnergyPlugin>());
    let [poor, other] = couple(app.world_mut());
    app.world_mut().entity_mut(poor).insert(Energy(0.0));
    app.update();
    let moved = app.world().get::<Phase>(poor).unwrap().0;
    assert!((moved - (1.0 + 1.0_f64.sin()) / 64.0).abs() < 1e-15);
    assert_eq!((app.world().get(poor), app.world().get::<Energy>(other)), (Some(&Energy(0.0)), None));
}

#[test]
fn without_the_coherence_plugin_the_swarm_steps_and_readers_are_told() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<CoherencePlugin>());
    couple(app.world_mut());
    app.update();
    assert_eq!(steps(&app), 1);
    assert_eq!(coherence(app.world_mut()), Err(SwarmError::SettingsMissing { name: "Coherence" }));
}

#[test]
fn without_the_topology_plugin_the_swarm_says_what_it_lacks() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<TopologyPlugin>());
    couple(app.world_mut());
    app.update();
    let stopped = app.world().resource::<Messages<SwarmStopped>>();
    let errors: Vec<_> = stopped.iter_current_update_messages().map(|stopped| stopped.0).collect();
    assert_eq!(errors, [SwarmError::PluginMissing { name: "TopologyPlugin" }]);
    app.add_plugins(TopologyPlugin);
    app.update();
    assert_eq!(steps(&app), 1);
}

#[test]
fn without_the_stepping_plugin_nothing_steps_unless_the_host_does() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<SteppingPlugin>());
    app.update();
    assert!(app.world().get_resource::<SwarmClock>().is_none());
    install_swarm(app.world_mut());
    couple(app.world_mut());
    app.update();
    assert_eq!(steps(&app), 0);
    advance(app.world_mut(), 5).unwrap();
    assert_eq!(steps(&app), 5);
}

/// The phase of every agent after one Euler step, straight from the equation.
fn naive_step(world: &mut World) -> Vec<(u64, f64)> {
    let coupling = *world.resource::<Coupling>();
    let dt = world.resource::<TimeStep>().seconds;
    let mut agents = world.query::<(&AgentId, &Phase, &Frequency, &Neighbors)>();
    let mut phases = world.query::<&Phase>();
    let mut next: Vec<(u64, f64)> = agents
        .iter(world)
        .map(|(id, own, frequency, neighbors)| {
            let heard: Vec<f64> = neighbors.iter().filter_map(|other| Some(phases.get(world, other).ok()?.0)).collect();
            let sum: f64 = heard.iter().map(|other| (other - own.0).sin()).sum();
            let pull = coupling.strength * sum / heard.len().max(1) as f64;
            (id.get(), (own.0 + dt * (frequency.0 + pull)).rem_euclid(std::f64::consts::TAU))
        })
        .collect();
    next.sort_unstable_by_key(|agent| agent.0);
    next
}

#[test]
fn ten_thousand_steps_of_constant_coming_and_going_stay_right() {
    const AGENTS: usize = 200;
    const STEPS_PER_SECOND: usize = 100;
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Euler });
    let graph = Topology::SmallWorld { agents: AGENTS, neighbors: 6, rewire: 0.1 }.build(1).unwrap();
    let phases: Vec<f64> = (0..AGENTS).map(|i| PhaseDistribution::Uniform.draw(1, i as u64)).collect();
    let mut alive = SwarmSpawner::new(&graph).phases(&phases).spawn(app.world_mut()).unwrap();
    for step in 0..10_000 {
        if step % (STEPS_PER_SECOND / 10) == 0 {
            // A hundredth every tenth of a second: a tenth of the swarm each second, links to the dead included.
            for i in 0..AGENTS / 100 {
                let place = (step * 31 + i * 77) % AGENTS;
                app.world_mut().despawn(alive[place]);
                let heard: Neighbors = (1..=6).map(|k| alive[(place + k * k * 13) % AGENTS]).collect();
                let phase = Phase(PhaseDistribution::Uniform.draw(2, (step * AGENTS + i) as u64));
                alive[place] = app.world_mut().spawn((phase, Frequency(0.5), heard)).id();
            }
        }
        let expected = (step % 97 == 0).then(|| naive_step(app.world_mut()));
        app.update();
        for (state, (id, phase)) in expected.iter().flat_map(|all| agent_states(app.world_mut()).into_iter().zip(all)) {
            let apart = (state.phase - phase).rem_euclid(std::f64::consts::TAU);
            assert_eq!(state.id, *id);
            assert!(apart.min(std::f64::consts::TAU - apart) < 1e-12, "step {step}, agent {id}");
        }
    }
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 10_000);
    let listed: usize = app.world_mut().query::<&Neighbors>().iter(app.world()).map(Neighbors::len).sum();
    let report = topology_report(app.world());
    assert_eq!((report.agents, report.links + report.missing + report.self_links), (AGENTS, listed));
    assert!(report.missing > 0 && report.links > report.missing, "{report:?}");
    let followed = (report.rebuilds, report.patches);
    assert_eq!(followed, (1, 999), "one for each tenth of a second, none without a change");
}

#[test]
fn the_fixed_schedule_takes_exactly_the_steps_of_its_clock() {
    let mut app = App::new();
    app.add_plugins((TimePlugin, SwarmPlugins::default()));
    app.insert_resource(TimeUpdateStrategy::FixedTimesteps(7));
    app.world_mut().resource_mut::<Time<Virtual>>().set_max_delta(std::time::Duration::MAX);
    app.world_mut().spawn(Phase(0.0));
    app.update(); // starts the clock
    app.update();
    app.update();
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 14);
    // Nothing else in the fixed schedule steps the swarm.
    app.world_mut().run_schedule(FixedUpdate);
    assert_eq!(app.world().resource::<SwarmClock>().steps(), 15);
}

#[derive(Resource, Default)]
struct Runs {
    first: usize,
    exchange: usize,
    couple: usize,
    last: usize,
}

#[test]
fn stages_repeat_the_coupling_and_nothing_else() {
    for (integrator, stages) in [(Integrator::Euler, 1), (Integrator::Heun, 2), (Integrator::Rk4, 4)] {
        let mut app = App::new();
        app.add_plugins(SwarmPlugins::new(Update)).init_resource::<Runs>();
        app.insert_resource(TimeStep { integrator, ..TimeStep::default() });
        app.add_systems(
            SwarmSchedule,
            (
                (|mut runs: ResMut<Runs>| runs.first += 1).in_set(StepSystems::First),
                (|mut runs: ResMut<Runs>| runs.exchange += 1).in_set(StepSystems::Exchange),
                (|mut runs: ResMut<Runs>| runs.couple += 1).in_set(StepSystems::Couple),
                (|mut runs: ResMut<Runs>| runs.last += 1).in_set(StepSystems::Last),
            ),
        );
        app.update();
        app.update();
        let runs = app.world().resource::<Runs>();
        let counts = [runs.first, runs.exchange, runs.couple, runs.last];
        assert_eq!(counts, [2, 2 * stages, 2 * stages, 2], "{integrator:?}");
    }
}

#[test]
fn what_first_spawns_takes_part_in_the_step() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app.add_systems(
        SwarmSchedule,
        (|mut commands: Commands| _ = commands.spawn((Phase(1.0), Frequency(64.0)))).in_set(StepSystems::First),
    );
    app.update();
    assert_eq!(agent_states(app.world_mut())[0].phase, 2.0); // 64 rad/s for 1/64 s
}

#[test]
fn a_phase_written_by_a_host_is_where_the_next_step_starts() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    let agent = app.world_mut().spawn((Phase(0.0), Frequency(64.0))).id();
    app.update();
    app.world_mut().get_mut::<Phase>(agent).unwrap().0 = -1.0;
    app.update();
    assert_eq!(app.world().get::<Phase>(agent).unwrap().0, 0.0);
}

#[test]
fn change_detection_sees_every_phase_that_moved() {
    #[derive(Resource, Default)]
    struct Seen(usize);
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update)).init_resource::<Seen>();
    (0..10).for_each(|_| _ = app.world_mut().spawn(Phase(0.0)));
    let count = |changed: Query<(), Changed<Phase>>, mut seen: ResMut<Seen>| seen.0 = changed.iter().count();
    app.add_systems(Update, count.after(SwarmSystems::Step));
    app.update();
    app.update();
    assert_eq!(app.world().resource::<Seen>().0, 10);
}

#[test]
fn a_disabled_agent_neither_moves_nor_is_heard() {
    let mut world = World::new();
    install_swarm(&mut world);
    let asleep = world.spawn((Phase(1.0), Frequency(1.0), Disabled)).id();
    let listener = world.spawn((Phase(2.0), Neighbors::from([asleep]))).id();
    advance(&mut world, 10).unwrap();
    assert_eq!(world.get::<Phase>(asleep).unwrap().0, 1.0);
    assert_eq!(world.get::<Phase>(listener).unwrap().0, 2.0);
    assert_eq!((topology_report(&world).agents, topology_report(&world).missing), (1, 1));
    world.entity_mut(asleep).remove::<Disabled>();
    advance(&mut world, 10).unwrap();
    assert_ne!(world.get::<Phase>(listener).unwrap().0, 2.0);
}

#[test]
fn agents_that_go_with_their_parent_are_skipped_by_those_who_listed_them() {
    let mut world = World::new();
    install_swarm(&mut world);
    let lantern = world.spawn_empty().id();
    let children = [1.0, 2.0].map(|phase| world.spawn((Phase(phase), ChildOf(lantern))).id());
    let listener = world.spawn((Phase(0.0), Neighbors::from(children))).id();
    advance(&mut world, 1).unwrap();
    let report = topology_report(&world);
    assert_eq!((report.agents, report.links, report.missing), (3, 2, 0), "a parent is no agent");
    world.despawn(lantern);
    let before = world.get::<Phase>(listener).unwrap().0;
    assert!(before > 0.0);
    advance(&mut world, 1).unwrap();
    let report = topology_report(&world);
    assert_eq!((report.agents, report.links, report.missing), (1, 0, 2));
    assert_eq!(world.get::<Phase>(listener).unwrap().0, before);
}

#[test]
fn without_the_coupling_plugin_agents_follow_frequency_and_drive_alone() {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<CouplingPlugin>());
    let first = app.world_mut().spawn((Phase(0.0), Frequency(6.4))).id();
    let second = app.world_mut().spawn((Phase(1.0), Drive(-6.4), Neighbors::from([first]))).id();
    app.update();
    let phase = |agent| app.world().get::<Phase>(agent).unwrap().0;
    assert!((phase(first) - 0.1).abs() < 1e-15 && (phase(second) - 0.9).abs() < 1e-15);
}

#[test]
fn coherence_is_measured_when_it_is_read_and_too_old() {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(TimeStep { seconds: 0.03, integrator: Integrator::Euler });
    (0..8).for_each(|i| _ = world.spawn((Phase(f64::from(i)), Frequency(f64::from(i)))));
    let first = coherence(&mut world).unwrap();
    advance(&mut world, 3).unwrap();
    assert_eq!(coherence(&mut world).unwrap(), first, "0.09 s old, read from the cache");
    assert_eq!(world.resource::<Coherence>().measurements(), 1);
    advance(&mut world, 1).unwrap();
    let mut phases = Vec::new();
    read_phases(&mut world, &mut phases);
    assert_eq!(coherence(&mut world).unwrap(), order_parameter(&phases).unwrap());
    assert_eq!(world.resource::<Coherence>().measurements(), 2);
    let newcomer = world.spawn(Phase(0.1)).id();
    coherence(&mut world).unwrap();
    world.despawn(newcomer);
    coherence(&mut world).unwrap();
    assert_eq!(world.resource::<Coherence>().measurements(), 4, "agents came and went");
    world.resource_mut::<Coherence>().invalidate();
    coherence(&mut world).unwrap();
    assert_eq!(world.resource::<Coherence>().measurements(), 5);
}

#[test]
fn an_agent_perceives_its_neighbours_as_they_are() {
    let mut world = World::new();
    install_swarm(&mut world);
    let others: Vec<Entity> = [0.5, 0.5, 0.5 + std::f64::consts::PI].map(|phase| world.spawn(Phase(phase)).id()).into();
    let agent = world.spawn((Phase(3.0), others.iter().copied().collect::<Neighbors>())).id();
    let loner = world.spawn(Phase(0.0)).id();
    let perceive = move |context: SwarmContext| (context.of(agent), context.of(loner), context.of(Entity::PLACEHOLDER));
    let (seen, nothing, nobody) = world.run_system_once_with(perceive);
    let seen = seen.unwrap();
    assert_eq!(seen.neighbors, 3);
    assert!((seen.local_coherence - 1.0 / 3.0).abs() < 1e-15 && (seen.mean_phase - 0.5).abs() < 1e-15);
    assert_eq!(nothing, Some(Context::default()));
    assert_eq!(nobody, None);
}

/// Runs a closure as a system, once.
trait RunOnce {
    fn run_system_once_with<M, S: IntoSystem<(), O, M>, O: 'static>(&mut self, system: S) -> O;
}

impl RunOnce for World {
    fn run_system_once_with<M, S: IntoSystem<(), O, M>, O: 'static>(&mut self, system: S) -> O {
        let mut system = IntoSystem::into_system(system);
        system.initialize(self);
        system.run((), self).unwrap()
    }
}
