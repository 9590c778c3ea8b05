//! One scenario, one hash: whoever steps the swarm, and whatever lives beside it.

mod support;

use std::{fs, time::Duration};

use bevy_app::{App, AppLabel, FixedUpdate, SubApp, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use bevy_time::{TimePlugin, TimeUpdateStrategy, Virtual};
use lampyrid::prelude::*;

const SEED: u64 = 11;
const AGENTS: usize = 400;
const STEPS: u64 = 120;
const COUPLING: Coupling = Coupling {
    strength: 1.5,
    phase_lag: 0.25,
    normalization: Normalization::Degree,
    all_to_all: false,
    phasors: PhasorPrecision::Double,
    noise: 0.03125,
};
const TIME_STEP: TimeStep = TimeStep { seconds: 0.015625, integrator: Integrator::Heun };

/// The same, as the program is told it.
const SETTINGS: [&str; 14] = [
    "seed=11",
    "network.kind=small_world",
    "network.agents=400",
    "network.neighbors=6",
    "network.rewire=0.25",
    "frequencies.distribution=normal",
    "frequencies.mean=1.0",
    "frequencies.std=0.5",
    "coupling.strength=1.5",
    "coupling.phase_lag=0.25",
    "coupling.normalization=degree",
    "coupling.noise=0.03125",
    "time.step=0.015625",
    "time.integrator=heun",
];

fn by_the_program() -> String {
    let scratch = tempfile::tempdir().unwrap();
    let settings = SETTINGS.iter().flat_map(|setting| ["--set", setting]);
    let arguments: Vec<_> = ["run", "--out", "one", "--steps", "120"].into_iter().chain(settings).collect();
    let output = support::run(scratch.path(), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(scratch.path().join("one/run.json")).unwrap()).unwrap();
    record["phase_hash"].as_str().expect("a hash").to_owned()
}

/// Gives a world that has a swarm the settings and agents of the scenario.
fn settle(world: &mut World) {
    world.insert_resource(COUPLING);
    world.insert_resource(TIME_STEP);
    world.insert_resource(SwarmSeed(SEED));
    let network = Topology::SmallWorld { agents: AGENTS, neighbors: 6, rewire: 0.25 }.build(SEED).unwrap();
    let normal = FrequencyDistribution::Normal { mean: 1.0, std: 0.5 };
    let phases: Vec<f64> = (0..AGENTS as u64).map(|id| PhaseDistribution::Uniform.draw(SEED, id)).collect();
    let frequencies: Vec<f64> = (0..AGENTS as u64).map(|id| normal.draw(SEED, id)).collect();
    SwarmSpawner::new(&network).phases(&phases).frequencies(&frequencies).spawn(world).unwrap();
}

/// Something of the host's.
#[derive(Component, Clone, Copy)]
struct Unrelated<const N: usize>;

/// Ten thousand entities that are no agents, of two kinds.
fn crowd(world: &mut World) {
    world.spawn_batch([Unrelated::<0>; 5000]);
    world.spawn_batch([(Unrelated::<0>, Unrelated::<1>); 5000]);
}

/// One agent in eight, others at every step, moves to another archetype.
fn move_agents(clock: Res<SwarmClock>, agents: Query<(Entity, &AgentId, Has<Unrelated<2>>)>, mut commands: Commands) {
    for (agent, id, is_marked) in &agents {
        if PhaseDistribution::Uniform.draw(clock.steps(), id.get()) > std::f64::consts::TAU / 8.0 {
            continue;
        }
        if is_marked {
            commands.entity(agent).remove::<Unrelated<2>>();
        } else {
            commands.entity(agent).insert(Unrelated::<2>);
        }
    }
}

#[derive(ScheduleLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Own;

/// A host with the swarm in one of its schedules, among a crowd and between restless archetypes.
fn host(schedule: impl ScheduleLabel + Clone) -> App {
    let mut app = App::new();
    crowd(app.world_mut());
    app.add_plugins(SwarmPlugins::new(schedule.clone()));
    app.add_systems(schedule, move_agents.in_set(SwarmSystems::Prepare));
    settle(app.world_mut());
    app
}

fn hash(world: &mut World) -> String {
    assert_eq!(world.resource::<SwarmClock>().steps(), STEPS);
    phase_hash(world)
}

fn in_a_bare_world() -> String {
    let mut world = World::new();
    install_swarm(&mut world);
    settle(&mut world);
    advance(&mut world, STEPS).unwrap();
    hash(&mut world)
}

fn in_a_restless_world() -> String {
    let mut world = World::new();
    crowd(&mut world);
    install_swarm(&mut world);
    settle(&mut world);
    let mut between = Schedule::default();
    between.add_systems(move_agents);
    for _ in 0..STEPS {
        advance(&mut world, 1).unwrap();
        between.run(&mut world);
    }
    hash(&mut world)
}

fn in_update() -> String {
    let mut app = host(Update);
    (0..STEPS).for_each(|_| app.update());
    hash(app.world_mut())
}

fn in_fixed_update() -> String {
    let mut app = host(FixedUpdate);
    app.add_plugins(TimePlugin).insert_resource(TimeUpdateStrategy::FixedTimesteps(10));
    app.world_mut().resource_mut::<bevy_time::Time<Virtual>>().set_max_delta(Duration::MAX);
    // The first update only starts the clock.
    (0..=STEPS / 10).for_each(|_| app.update());
    hash(app.world_mut())
}

fn in_a_schedule_of_the_hosts() -> String {
    let mut app = host(Own);
    app.add_systems(Update, |world: &mut World| (0..3).for_each(|_| world.run_schedule(Own)));
    (0..STEPS / 3).for_each(|_| app.update());
    hash(app.world_mut())
}

#[derive(AppLabel, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Swarm;

fn in_a_sub_app() -> String {
    let mut swarm = SubApp::new();
    swarm.update_schedule = Some(Own.intern());
    swarm.add_plugins(SwarmPlugins::new(Own));
    swarm.add_systems(Own, move_agents.in_set(SwarmSystems::Prepare));
    settle(swarm.world_mut());
    let mut app = App::new();
    crowd(app.world_mut());
    app.insert_sub_app(Swarm, swarm);
    (0..STEPS).for_each(|_| app.update());
    hash(app.sub_app_mut(Swarm).world_mut())
}

/// A name, and what steps the scenario there and tells its hash.
type Way = (&'static str, fn() -> String);

#[test]
fn whoever_steps_it_a_scenario_has_one_hash() {
    let expected = by_the_program();
    let ways: [Way; 6] = [
        ("a bare world", in_a_bare_world),
        ("a restless world", in_a_restless_world),
        ("Update", in_update),
        ("FixedUpdate", in_fixed_update),
        ("a schedule of the host's", in_a_schedule_of_the_hosts),
        ("a sub-app", in_a_sub_app),
    ];
    for (name, way) in ways {
        assert_eq!(way(), expected, "in {name}");
    }
}
