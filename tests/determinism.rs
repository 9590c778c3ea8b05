//! One hash: threads, spawn order, archetypes, embeddings and build profiles change no bit.

use bevy_app::{App, FixedUpdate, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use bevy_time::{Fixed, Time, TimePlugin, TimeUpdateStrategy, Virtual};
use lampyrid::prelude::*;

const AGENTS: usize = 1500;
const STEPS: u64 = 60;

/// A swarm and the hash of its phases after [`STEPS`] steps, from the first version on.
struct Scenario {
    name: &'static str,
    coupling: Coupling,
    integrator: Integrator,
    weighted: bool,
    energy: Option<f64>,
    hash: &'static str,
}

fn scenarios() -> Vec<Scenario> {
    let plain = Coupling { strength: 1.5, ..Coupling::default() };
    let lagged = Coupling { phase_lag: 0.4, normalization: Normalization::Sum, strength: 0.2, ..plain };
    let noisy = Coupling { noise: 0.05, ..plain };
    let mean_field = Coupling { all_to_all: true, ..plain };
    let case = |name, coupling, integrator, weighted, energy, hash| Scenario {
        name,
        coupling,
        integrator,
        weighted,
        energy,
        hash,
    };
    vec![
        case("euler", plain, Integrator::Euler, false, None, "738e31354e4202fd"),
        case("heun", plain, Integrator::Heun, false, None, "4d6f538c786c25b3"),
        case("rk4", plain, Integrator::Rk4, false, None, "89cb04b69c55ef2c"),
        case("weighted, lagged, summed", lagged, Integrator::Rk4, true, None, "e24cd03e9abb933e"),
        case("noise, euler", noisy, Integrator::Euler, false, None, "46c21f5d586e0cac"),
        case("noise, heun", noisy, Integrator::Heun, true, None, "2a4a824d25d19a8c"),
        case("mean field", mean_field, Integrator::Euler, false, None, "65071e3e687ba479"),
        case(
            "mean field, rk4, noise",
            Coupling { noise: 0.01, ..mean_field },
            Integrator::Rk4,
            false,
            None,
            "6f02ebc6aa8a7fe1",
        ),
        case("energy", plain, Integrator::Euler, false, Some(0.02), "bcb202312aa4f7e3"),
        case("no coupling", Coupling { strength: 0.0, ..plain }, Integrator::Rk4, false, None, "b7d6d83076a9962f"),
    ]
}

fn graph(weighted: bool) -> Adjacency {
    let graph = Topology::SmallWorld { agents: AGENTS, neighbors: 8, rewire: 0.2 }.build(7).unwrap();
    if !weighted {
        return graph;
    }
    let weights = (0..graph.links()).map(|link| 0.25 + (link % 7) as f64 * 0.125).collect();
    Adjacency::from_parts(graph.offsets().to_vec(), graph.columns().to_vec(), Some(weights)).unwrap()
}

fn phase(id: usize) -> f64 {
    PhaseDistribution::Uniform.draw(11, id as u64)
}

fn frequency(id: usize) -> f64 {
    FrequencyDistribution::Normal { mean: 1.0, std: 0.5 }.draw(11, id as u64)
}

fn set_up(world: &mut World, scenario: &Scenario, threads: usize) {
    world.insert_resource(scenario.coupling);
    world.insert_resource(TimeStep { seconds: 1.0 / 64.0, integrator: scenario.integrator });
    world.insert_resource(SwarmSeed(5));
    let mut workers = Workers::with_threads(threads);
    workers.sequential_below = 0;
    world.insert_resource(workers);
}

fn spawn(world: &mut World, scenario: &Scenario) {
    let graph = graph(scenario.weighted);
    let (phases, frequencies): (Vec<f64>, Vec<f64>) = (0..AGENTS).map(|id| (phase(id), frequency(id))).unzip();
    let mut spawner = SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies);
    if let Some(energy) = scenario.energy {
        spawner = spawner.energy(energy);
    }
    spawner.spawn(world).unwrap();
}

/// The hash of a bare world, stepped without an app.
fn bare(scenario: &Scenario, threads: usize) -> String {
    let mut world = World::new();
    install_swarm(&mut world);
    set_up(&mut world, scenario, threads);
    spawn(&mut world, scenario);
    advance(&mut world, STEPS).unwrap();
    phase_hash(&mut world)
}

#[test]
fn golden_hashes_hold_in_every_build_profile_and_for_any_number_of_threads() {
    let mut wrong = String::new();
    for scenario in scenarios() {
        for threads in [1, 2, 3, 4, 8] {
            let hash = bare(&scenario, threads);
            if hash != scenario.hash {
                wrong += &format!("{}, {threads} threads: {hash}\n", scenario.name);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Something that a host may put on its agents, splitting them into several tables.
#[derive(Component)]
struct Unrelated<const N: usize>;

#[test]
fn neither_spawn_order_nor_unrelated_components_change_a_bit() {
    for scenario in scenarios() {
        for round in 0..4 {
            let mut world = World::new();
            install_swarm(&mut world);
            set_up(&mut world, &scenario, 1 + round % 3);
            let graph = graph(scenario.weighted);
            // A permutation of the ids: 1500 and 619 have no common factor.
            let order: Vec<usize> = (0..AGENTS).map(|i| (i * 619 + round * 97) % AGENTS).collect();
            let mut entities = vec![Entity::PLACEHOLDER; AGENTS];
            for &id in &order {
                let agent = (AgentId::new(id as u64), Phase(phase(id)), Frequency(frequency(id)));
                let mut agent = world.spawn(agent);
                if let Some(energy) = scenario.energy {
                    agent.insert(Energy(energy));
                }
                match (id + round) % 4 {
                    0 => agent.insert(Unrelated::<0>),
                    1 => agent.insert((Unrelated::<1>, Unrelated::<0>)),
                    2 => agent.insert(CouplingScale(1.0)),
                    _ => &mut agent,
                };
                entities[id] = agent.id();
            }
            for id in 0..AGENTS {
                let heard: Neighbors = graph.neighbors(id).iter().map(|&j| entities[j as usize]).collect();
                world.entity_mut(entities[id]).insert(heard);
                if let Some(weights) = graph.weights_of(id) {
                    world.entity_mut(entities[id]).insert(weights.iter().copied().collect::<Weights>());
                }
            }
            advance(&mut world, STEPS).unwrap();
            assert_eq!(phase_hash(&mut world), scenario.hash, "{}, round {round}", scenario.name);
        }
    }
}

#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Own;

/// An app that has stepped its swarm [`STEPS`] times when `run` is done.
fn embedded(scenario: &Scenario, schedule: impl ScheduleLabel, run: impl FnOnce(&mut App)) -> String {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(schedule));
    set_up(app.world_mut(), scenario, 2);
    (0..1000).for_each(|_| _ = app.world_mut().spawn(Unrelated::<2>));
    spawn(app.world_mut(), scenario);
    run(&mut app);
    assert_eq!(app.world().resource::<SwarmClock>().steps(), STEPS);
    phase_hash(app.world_mut())
}

#[test]
fn every_way_of_embedding_has_the_hash_of_the_bare_world() {
    for scenario in scenarios() {
        let in_update = embedded(&scenario, Update, |app| (0..STEPS).for_each(|_| app.update()));
        assert_eq!(in_update, scenario.hash, "{} in Update", scenario.name);

        let in_own = embedded(&scenario, Own, |app| {
            app.add_systems(Update, |world: &mut World| world.run_schedule(Own));
            (0..STEPS).for_each(|_| app.update());
        });
        assert_eq!(in_own, scenario.hash, "{} in a schedule of the host's", scenario.name);

        let in_fixed = embedded(&scenario, FixedUpdate, |app| {
            app.add_plugins(TimePlugin);
            app.insert_resource(Time::<Fixed>::from_hz(64.0));
            app.insert_resource(TimeUpdateStrategy::FixedTimesteps(10));
            app.world_mut().resource_mut::<Time<Virtual>>().set_max_delta(std::time::Duration::MAX);
            // The first update only starts the clock.
            (0..=STEPS / 10).for_each(|_| app.update());
        });
        assert_eq!(in_fixed, scenario.hash, "{} in FixedUpdate", scenario.name);
    }
}

#[test]
fn another_seed_moves_a_noisy_swarm_and_no_other() {
    for scenario in scenarios() {
        let mut world = World::new();
        install_swarm(&mut world);
        set_up(&mut world, &scenario, 1);
        world.insert_resource(SwarmSeed(6));
        spawn(&mut world, &scenario);
        advance(&mut world, STEPS).unwrap();
        let noisy = scenario.coupling.noise > 0.0;
        assert_eq!(phase_hash(&mut world) != scenario.hash, noisy, "{}", scenario.name);
    }
}
