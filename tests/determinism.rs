//! One hash: threads, spawn order, archetypes, embeddings and build profiles change no bit.

use bevy_app::{App, FixedUpdate, TaskPoolPlugin, Update};
use bevy_ecs::{prelude::*, schedule::ScheduleLabel};
use bevy_time::{Fixed, Time, TimePlugin, TimeUpdateStrategy, Virtual};
use lampyrid::{
    graph::{NodeOrder, positions},
    kernel::{
        ExactSum, Level, Phasor, SineCoupling,
        coupling::{Network, by_degree, mean_field_euler, mean_field_rates, network_rates},
        phasor::{Phasors, SinglePhasor, sin_cos, sin_cos_and_sum},
    },
    prelude::*,
    swarm::{SwarmError, agent_of, topology_report},
};

const AGENTS: usize = 1500;
const STEPS: u64 = 60;

/// A swarm and the hash of its phases after [`STEPS`] steps, from the first version on.
struct Scenario {
    name: &'static str,
    coupling: Coupling,
    integrator: Integrator,
    agents: usize,
    weighted: bool,
    energy: Option<f64>,
    /// Agents of many kinds: some pay for coupling, some scale it, some have a drive.
    mixed: bool,
    hash: &'static str,
}

fn scenarios() -> Vec<Scenario> {
    use Integrator::{Euler, Heun, Rk4};
    let plain = Coupling { strength: 1.5, ..Coupling::default() };
    let lagged = Coupling { phase_lag: 0.4, normalization: Normalization::Sum, strength: 0.2, ..plain };
    let noisy = Coupling { noise: 0.05, ..plain };
    let mean_field = Coupling { all_to_all: true, ..plain };
    let rounded = Coupling { phasors: PhasorPrecision::Single, ..plain };
    let angles = Coupling { phasors: PhasorPrecision::SingleAngle, ..plain };
    let noisy_field = Coupling { noise: 0.01, ..mean_field };
    let off = Coupling { strength: 0.0, ..plain };
    let case = |name, coupling, integrator, hash| Scenario {
        name,
        coupling,
        integrator,
        agents: AGENTS,
        weighted: false,
        energy: None,
        mixed: false,
        hash,
    };
    let weighted = |case| Scenario { weighted: true, ..case };
    let mixed = |case| Scenario { mixed: true, ..case };
    // So many that eight threads have a share each.
    let large = |case| Scenario { agents: 5000, ..case };
    vec![
        case("euler", plain, Euler, "738e31354e4202fd"),
        case("heun", plain, Heun, "4d6f538c786c25b3"),
        case("rk4", plain, Rk4, "89cb04b69c55ef2c"),
        weighted(case("weighted, lagged, summed", lagged, Rk4, "e24cd03e9abb933e")),
        case("noise, euler", noisy, Euler, "46c21f5d586e0cac"),
        weighted(case("noise, heun", noisy, Heun, "2a4a824d25d19a8c")),
        case("mean field", mean_field, Euler, "65071e3e687ba479"),
        case("mean field, rk4, noise", noisy_field, Rk4, "6f02ebc6aa8a7fe1"),
        Scenario { energy: Some(0.02), ..case("energy", plain, Euler, "bcb202312aa4f7e3") },
        case("no coupling", off, Rk4, "b7d6d83076a9962f"),
        mixed(case("mixed agents", noisy, Euler, "68518512c894fed7")),
        mixed(case("mixed agents, mean field", noisy_field, Heun, "0acd3ff24d3e9c47")),
        large(mixed(weighted(case("large, mixed, weighted", noisy, Rk4, "1dc240a03c6b4a5b")))),
        large(case("large, mean field", mean_field, Euler, "7159d7303590c0b1")),
        case("rounded phasors", rounded, Euler, "b2891a5c28e99215"),
        case("rounded angles", angles, Euler, "a18e1f2187fc80e0"),
        large(mixed(weighted(case(
            "large, mixed, weighted, rounded",
            Coupling { noise: 0.05, ..rounded },
            Rk4,
            "4afd9ecb712767ef",
        )))),
        large(mixed(weighted(case(
            "large, mixed, weighted, rounded angles",
            Coupling { noise: 0.05, ..angles },
            Rk4,
            "5fde710aa5084864",
        )))),
    ]
}

impl Scenario {
    fn graph(&self) -> Adjacency {
        let graph = Topology::SmallWorld { agents: self.agents, neighbors: 8, rewire: 0.2 }.build(7).unwrap();
        if !self.weighted {
            return graph;
        }
        let weights = (0..graph.links()).map(|link| 0.25 + (link % 7) as f64 * 0.125).collect();
        Adjacency::from_parts(graph.offsets().to_vec(), graph.columns().to_vec(), Some(weights)).unwrap()
    }

    /// What an agent of the scenario has besides its phase, frequency and links.
    fn equip(&self, id: usize, agent: &mut EntityWorldMut) {
        if let Some(energy) = self.energy {
            agent.insert(Energy(energy));
        }
        if self.mixed && id.is_multiple_of(2) {
            agent.insert(Energy(0.01 * (id % 11) as f64));
        }
        if self.mixed && id.is_multiple_of(3) {
            agent.insert(CouplingScale([1.5, 0.0, -0.5][id % 9 / 3]));
        }
        if self.mixed && id.is_multiple_of(5) {
            agent.insert(Drive(0.1 * (id % 7) as f64));
        }
    }
}

fn phase(id: usize) -> f64 {
    PhaseDistribution::Uniform.draw(11, id as u64)
}

fn frequency(id: usize) -> f64 {
    FrequencyDistribution::Normal { mean: 1.0, std: 0.5 }.draw(11, id as u64)
}

fn set_up(world: &mut World, scenario: &Scenario, mut workers: Workers) {
    world.insert_resource(scenario.coupling);
    world.insert_resource(TimeStep { seconds: 1.0 / 64.0, integrator: scenario.integrator });
    world.insert_resource(SwarmSeed(5));
    workers.sequential_below = 0;
    world.insert_resource(workers);
}

fn spawn(world: &mut World, scenario: &Scenario) {
    let (phases, frequencies): (Vec<f64>, Vec<f64>) = (0..scenario.agents).map(|id| (phase(id), frequency(id))).unzip();
    let graph = scenario.graph();
    let agents = SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies).spawn(world).unwrap();
    for (id, agent) in agents.into_iter().enumerate() {
        scenario.equip(id, &mut world.entity_mut(agent));
    }
}

/// The hash of a bare world, stepped without an app.
fn bare(scenario: &Scenario, threads: usize) -> String {
    let mut world = World::new();
    install_swarm(&mut world);
    set_up(&mut world, scenario, Workers::with_threads(threads));
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

#[test]
fn the_size_of_blocks_changes_no_bit() {
    for scenario in scenarios() {
        for (block, threads) in [(1, 1), (7, 3), (64, 2), (100, 1), (1000, 2), (4096, 1)] {
            let mut world = World::new();
            install_swarm(&mut world);
            let mut workers = Workers::with_threads(threads);
            workers.block = block;
            set_up(&mut world, &scenario, workers);
            spawn(&mut world, &scenario);
            advance(&mut world, STEPS).unwrap();
            assert_eq!(phase_hash(&mut world), scenario.hash, "{}, blocks of {block}", scenario.name);
        }
    }
}

/// Something that a host may put on its agents, splitting them into several tables.
#[derive(Component)]
struct Unrelated<const N: usize>;

/// All agents one by one in any order, some of them with components that are none of ours.
fn spawn_in_order(world: &mut World, scenario: &Scenario, order: &[usize]) {
    let graph = scenario.graph();
    let mut entities = vec![Entity::PLACEHOLDER; order.len()];
    for (place, &id) in order.iter().enumerate() {
        let mut agent = world.spawn((AgentId::new(id as u64), Phase(phase(id)), Frequency(frequency(id))));
        match (id + place) % 4 {
            0 => agent.insert(Unrelated::<0>),
            1 => agent.insert((Unrelated::<1>, Unrelated::<0>)),
            // A neutral factor changes the table but no result.
            2 => agent.insert(CouplingScale(1.0)),
            _ => &mut agent,
        };
        scenario.equip(id, &mut agent);
        entities[id] = agent.id();
    }
    for (id, &agent) in entities.iter().enumerate() {
        let heard: Neighbors = graph.neighbors(id).iter().map(|&other| entities[other as usize]).collect();
        let mut agent = world.entity_mut(agent);
        agent.insert(heard);
        if let Some(weights) = graph.weights_of(id) {
            agent.insert(weights.iter().copied().collect::<Weights>());
        }
    }
}

#[test]
fn neither_spawn_order_nor_unrelated_components_change_a_bit() {
    for scenario in scenarios() {
        for shuffle in 0..20 {
            let mut order: Vec<usize> = (0..scenario.agents).collect();
            order.sort_by_key(|&id| PhaseDistribution::Uniform.draw(shuffle, id as u64).to_bits());
            let mut world = World::new();
            install_swarm(&mut world);
            set_up(&mut world, &scenario, Workers::with_threads(1 + shuffle as usize % 3));
            spawn_in_order(&mut world, &scenario, &order);
            advance(&mut world, STEPS).unwrap();
            assert_eq!(phase_hash(&mut world), scenario.hash, "{}, shuffle {shuffle}", scenario.name);
        }
    }
}

#[test]
fn no_order_of_the_nodes_changes_a_bit_or_an_id() {
    for scenario in scenarios() {
        let graph = scenario.graph();
        let (phases, frequencies): (Vec<f64>, Vec<f64>) =
            (0..scenario.agents).map(|id| (phase(id), frequency(id))).unzip();
        let shuffled = NodeOrder::hilbert(positions(scenario.agents, 3));
        for order in [NodeOrder::by_degree(&graph), NodeOrder::reverse_cuthill_mckee(&graph), shuffled] {
            let mut world = World::new();
            install_swarm(&mut world);
            set_up(&mut world, &scenario, Workers::with_threads(2));
            let spawner = SwarmSpawner::new(&graph).phases(&phases).frequencies(&frequencies).in_order(&order);
            for (id, agent) in spawner.spawn(&mut world).unwrap().into_iter().enumerate() {
                assert_eq!(world.get::<AgentId>(agent), Some(&AgentId::new(id as u64)));
                assert_eq!(agent_of(&world, AgentId::new(id as u64)), Some(agent));
                scenario.equip(id, &mut world.entity_mut(agent));
            }
            advance(&mut world, STEPS).unwrap();
            assert_eq!(phase_hash(&mut world), scenario.hash, "{}", scenario.name);
            assert!(scenario.mixed || topology_report(&world).rebuilds == 1);
        }
    }
}

#[test]
fn an_order_of_other_nodes_is_refused() {
    let graph = Topology::Star { agents: 5 }.build(0).unwrap();
    let order = NodeOrder::by_degree(&Topology::Star { agents: 4 }.build(0).unwrap());
    let mut world = World::new();
    install_swarm(&mut world);
    let refused = SwarmSpawner::new(&graph).in_order(&order).spawn(&mut world);
    assert!(matches!(refused, Err(SwarmError::LengthMismatch { count: 4, agents: 5, .. })));
}

#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct Own;

/// The hash of an app that has stepped its swarm [`STEPS`] times when `run` is done.
fn embedded(scenario: &Scenario, schedule: impl ScheduleLabel, run: impl FnOnce(&mut App)) -> String {
    let mut app = App::new();
    // The host's own pool, shared with the swarm.
    app.add_plugins((TaskPoolPlugin::default(), SwarmPlugins::new(schedule)));
    set_up(app.world_mut(), scenario, Workers::shared());
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
        set_up(&mut world, &scenario, Workers::with_threads(1));
        world.insert_resource(SwarmSeed(6));
        spawn(&mut world, &scenario);
        advance(&mut world, STEPS).unwrap();
        let noisy = scenario.coupling.noise > 0.0;
        assert_eq!(phase_hash(&mut world) != scenario.hash, noisy, "{}", scenario.name);
    }
}

fn bits(phasors: &[Phasor]) -> Vec<[u64; 2]> {
    phasors.iter().map(|phasor| [phasor.cos.to_bits(), phasor.sin.to_bits()]).collect()
}

/// All that the kernels make of a scenario's first phases, at one instruction level.
fn at_level(level: Level, scenario: &Scenario) -> (Vec<[u64; 2]>, Vec<u64>) {
    let graph = scenario.graph();
    let Coupling { strength, phase_lag, normalization, .. } = scenario.coupling;
    let coupling = SineCoupling::new(strength, phase_lag, normalization);
    let (mut phases, frequencies): (Vec<f64>, Vec<f64>) =
        (0..scenario.agents).map(|id| (phase(id), frequency(id))).unzip();
    let mut phasors = vec![Phasor::ZERO; scenario.agents];
    assert!(sin_cos(level, &phases, &mut phasors));
    let (mut cosines, mut sines) = (vec![0.0; scenario.agents], vec![0.0; scenario.agents]);
    let mut sum = ExactSum::default();
    assert!(sin_cos_and_sum(level, &phases, &mut cosines, &mut sines, &mut sum));
    let columns: Vec<_> = cosines.iter().zip(&sines).map(|(&cos, &sin)| Phasor { cos, sin }).collect();
    assert_eq!(bits(&phasors), bits(&columns));
    let mut rounded = vec![SinglePhasor::default(); scenario.agents];
    assert!(sin_cos(level, &phases, &mut rounded));
    let mut visits = vec![0; scenario.agents];
    by_degree(graph.rows(), 0, &mut visits);
    let [rates, by_rounded] = [Phasors::Double(&phasors), Phasors::Single(&rounded)].map(|phasors| {
        let (mut rates, mut visited) = (vec![0.0; scenario.agents], vec![0.0; scenario.agents]);
        let network = Network { rows: graph.rows(), phasors, agents: scenario.agents, fetch_ahead: false };
        network_rates(level, &coupling, network, 0, &[], &mut rates);
        network_rates(level, &coupling, network, 0, &visits, &mut visited);
        assert_eq!(visited, rates);
        rates
    });
    let mut field = vec![0.0; scenario.agents];
    mean_field_rates(level, &coupling, sum.mean(), &cosines, &sines, &mut field);
    mean_field_euler(level, &coupling, sum.mean(), &cosines, &sines, &mut phases, &frequencies, 1.0 / 64.0);
    phasors.push(sum.mean());
    (bits(&phasors), [rates, by_rounded, field, phases].concat().into_iter().map(f64::to_bits).collect())
}

#[test]
fn every_instruction_level_computes_the_same_bits() {
    for scenario in scenarios() {
        let baseline = at_level(Level::BASELINE, &scenario);
        for level in Level::available() {
            assert!(at_level(level, &scenario) == baseline, "{} at {}", scenario.name, level.name());
        }
    }
}
