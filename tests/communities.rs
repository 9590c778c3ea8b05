//! Communities: parts of a swarm with a coupling, a coherence and a goal of their own.

use std::f64::consts::TAU;

use bevy_app::{App, PluginGroup, Update};
use bevy_ecs::{
    message::{MessageCursor, Messages},
    prelude::*,
    schedule::Schedules,
};
use lampyrid::{
    measure::order_parameter,
    prelude::*,
    swarm::{
        CommunityCoupling, CommunityGoal, CommunityPlugin, CouplingPlugin, Disruption, DisruptionKind, Goal,
        GoalAttained, GoalLost, Pattern, PhaseNudge, Recovered, Rule, SwarmGoal, SwarmSchedule, adopt,
        community_coherence, disrupt, install_community, install_goal, read_phases, steps_until_look,
    },
};

#[derive(Component)]
struct Left;

#[derive(Component)]
struct Right;

/// Something that a host may put on its agents, splitting them into several tables.
#[derive(Component)]
struct Unrelated;

const AGENTS: usize = 300;

fn phase(id: usize) -> f64 {
    PhaseDistribution::Uniform.draw(3, id as u64)
}

fn frequency(id: usize) -> f64 {
    FrequencyDistribution::Normal { mean: 1.0, std: 0.5 }.draw(3, id as u64)
}

/// Of five agents two are left, one is right and two are nobody's.
fn join(id: usize, agent: &mut EntityWorldMut) {
    match id % 5 {
        0 | 3 => agent.insert(Left),
        1 => agent.insert(Right),
        _ => agent,
    };
}

fn network() -> Adjacency {
    Topology::SmallWorld { agents: AGENTS, neighbors: 6, rewire: 0.3 }.build(4).unwrap()
}

/// A swarm whose agents were spawned in this order, some of them with a component that splits tables.
fn swarm(coupling: Coupling, integrator: Integrator, threads: usize, order: &[usize]) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(coupling);
    world.insert_resource(TimeStep { seconds: 1.0 / 64.0, integrator });
    world.insert_resource(SwarmSeed(8));
    let mut workers = Workers::with_threads(threads);
    workers.sequential_below = 0;
    workers.block = 16;
    world.insert_resource(workers);
    let mut agents = vec![Entity::PLACEHOLDER; order.len()];
    for (place, &id) in order.iter().enumerate() {
        let agent = world.spawn((AgentId::new(id as u64), Phase(phase(id)), Frequency(frequency(id)))).id();
        if (id + place) % 3 == 0 {
            world.entity_mut(agent).insert(Unrelated);
        }
        agents[id] = agent;
    }
    let graph = network();
    for (id, &agent) in agents.iter().enumerate() {
        let heard: Neighbors = graph.neighbors(id).iter().map(|&other| agents[other as usize]).collect();
        world.entity_mut(agent).insert(heard);
    }
    world
}

fn in_order() -> Vec<usize> {
    (0..AGENTS).collect()
}

fn divide(world: &mut World, left: CommunityCoupling<Left>, right: CommunityCoupling<Right>) {
    install_community::<Left>(world);
    install_community::<Right>(world);
    world.insert_resource(left);
    world.insert_resource(right);
    let mut agents = world.query::<(Entity, &AgentId)>();
    let agents: Vec<_> = agents.iter(world).map(|(agent, id)| (agent, id.get() as usize)).collect();
    agents.into_iter().for_each(|(agent, id)| join(id, &mut world.entity_mut(agent)));
}

const PLAIN: Coupling = Coupling {
    strength: 1.5,
    phase_lag: 0.0,
    normalization: Normalization::Degree,
    all_to_all: false,
    phasors: PhasorPrecision::Double,
    noise: 0.0,
};
const LAGGED: Coupling = Coupling { strength: -0.7, phase_lag: 0.4, normalization: Normalization::Sum, ..PLAIN };
const NOISY: Coupling = Coupling { noise: 0.1, ..PLAIN };
const FIELD: Coupling = Coupling { all_to_all: true, ..PLAIN };
const OFF: Coupling = Coupling { strength: 0.0, ..PLAIN };

type Division = (Coupling, fn() -> (CommunityCoupling<Left>, CommunityCoupling<Right>));

/// Links and means, of all and of one's own, with noise and without, side by side.
const DIVISIONS: [Division; 6] = [
    (PLAIN, || (CommunityCoupling::new(LAGGED), CommunityCoupling::new(NOISY))),
    (FIELD, || (CommunityCoupling::new(FIELD).among_themselves(), CommunityCoupling::new(LAGGED))),
    (NOISY, || (CommunityCoupling::new(FIELD), CommunityCoupling::new(FIELD).among_themselves())),
    (FIELD, || {
        let stronger = Coupling { strength: 3.0, noise: 0.2, ..FIELD };
        (CommunityCoupling::new(stronger), CommunityCoupling::new(Coupling { phase_lag: 1.0, ..FIELD }))
    }),
    (OFF, || (CommunityCoupling::new(OFF), CommunityCoupling::new(PLAIN))),
    (Coupling { phasors: PhasorPrecision::Single, ..PLAIN }, || {
        (CommunityCoupling::new(FIELD).among_themselves(), CommunityCoupling::new(LAGGED))
    }),
];

fn divided(division: Division, integrator: Integrator, threads: usize, order: &[usize]) -> World {
    let (coupling, communities) = division;
    let mut world = swarm(coupling, integrator, threads, order);
    let (left, right) = communities();
    divide(&mut world, left, right);
    world
}

#[test]
fn neither_threads_nor_spawn_order_nor_tables_change_a_bit() {
    for (place, division) in DIVISIONS.into_iter().enumerate() {
        for integrator in [Integrator::Euler, Integrator::Heun, Integrator::Rk4] {
            let hash = |threads, order: &[usize]| {
                let mut world = divided(division, integrator, threads, order);
                advance(&mut world, 40).unwrap();
                phase_hash(&mut world)
            };
            let expected = hash(1, &in_order());
            for shuffle in 0..4 {
                let mut order = in_order();
                order.sort_by_key(|&id| PhaseDistribution::Uniform.draw(shuffle, id as u64).to_bits());
                assert_eq!(hash(1 + shuffle as usize, &order), expected, "{place}, {integrator:?}, {shuffle}");
            }
        }
    }
}

#[test]
fn steps_taken_one_by_one_or_in_company_are_those_taken_together() {
    for division in DIVISIONS {
        for integrator in [Integrator::Euler, Integrator::Rk4] {
            let world = || divided(division, integrator, 2, &in_order());
            let [mut together, mut single, mut watched] = [world(), world(), world()];
            advance(&mut together, 30).unwrap();
            (0..30).for_each(|_| advance(&mut single, 1).unwrap());
            watched.resource_mut::<Schedules>().add_systems(SwarmSchedule, (|| {}).in_set(StepSystems::Couple));
            advance(&mut watched, 30).unwrap();
            let hashes = [&mut together, &mut single, &mut watched].map(phase_hash);
            assert_eq!([&hashes[1], &hashes[2]], [&hashes[0]; 2]);
        }
    }
}

#[test]
fn a_community_with_the_coupling_of_the_swarm_changes_no_bit() {
    let lagged_field = Coupling { phase_lag: 0.3, noise: 0.05, ..FIELD };
    for coupling in [PLAIN, LAGGED, NOISY, FIELD, lagged_field, OFF] {
        for integrator in [Integrator::Euler, Integrator::Rk4] {
            let mut plain = swarm(coupling, integrator, 1, &in_order());
            let mut divided = swarm(coupling, integrator, 1, &in_order());
            divide(&mut divided, CommunityCoupling::new(coupling), CommunityCoupling::new(coupling));
            advance(&mut plain, 50).unwrap();
            advance(&mut divided, 50).unwrap();
            assert_eq!(phase_hash(&mut divided), phase_hash(&mut plain), "{coupling:?}, {integrator:?}");
        }
    }
}

/// The phases after one Euler step, straight from the equation, by id.
fn naive_step(world: &mut World, dt: f64) -> Vec<f64> {
    type Agent<'a> = (Entity, &'a AgentId, &'a Phase, &'a Frequency, &'a Neighbors, Has<Left>, Has<Right>);
    let common = *world.resource::<Coupling>();
    let left = **world.resource::<CommunityCoupling<Left>>();
    let right = **world.resource::<CommunityCoupling<Right>>();
    let mut agents = world.query::<Agent>();
    let all: Vec<_> = agents.iter(world).map(|agent| (agent.0, agent.2.0, agent.6)).collect();
    let phase = |agent| all.iter().find(|other| other.0 == agent).unwrap().1;
    let mut next: Vec<_> = agents
        .iter(world)
        .map(|(_, id, own, frequency, neighbors, is_left, is_right)| {
            let coupling = if is_left {
                left
            } else if is_right {
                right
            } else {
                common
            };
            let heard: Vec<f64> = if coupling.all_to_all {
                // Those on the right hear each other alone.
                all.iter().filter(|other| !is_right || other.2).map(|other| other.1).collect()
            } else {
                neighbors.iter().map(phase).collect()
            };
            let sum: f64 = heard.iter().map(|other| (other - own.0 - coupling.phase_lag).sin()).sum();
            let count = if coupling.normalization == Normalization::Sum { 1.0 } else { heard.len() as f64 };
            (id.get(), (own.0 + dt * (frequency.0 + coupling.strength * sum / count)).rem_euclid(TAU))
        })
        .collect();
    next.sort_unstable_by_key(|agent| agent.0);
    next.into_iter().map(|agent| agent.1).collect()
}

#[test]
fn each_is_pulled_as_its_community_is_whomever_it_hears() {
    let own_field = CommunityCoupling::new(FIELD).among_themselves();
    let mut world = swarm(PLAIN, Integrator::Euler, 1, &in_order());
    divide(&mut world, CommunityCoupling::new(LAGGED), own_field);
    for step in 0..50 {
        if step == 25 {
            // From now on those on the left hear all, and the rest nobody but their neighbours.
            **world.resource_mut::<CommunityCoupling<Left>>() = Coupling { phase_lag: 0.2, ..FIELD };
        }
        let expected = naive_step(&mut world, 1.0 / 64.0);
        advance(&mut world, 1).unwrap();
        for (state, expected) in agent_states(&mut world).iter().zip(expected) {
            let apart = (state.phase - expected).rem_euclid(TAU);
            assert!(apart.min(TAU - apart) < 1e-12, "step {step}, agent {}", state.id);
        }
    }
}

#[test]
fn a_community_among_themselves_is_the_swarm_it_would_be_in_a_world_of_its_own() {
    let mut world = swarm(OFF, Integrator::Heun, 2, &in_order());
    let noisy = Coupling { noise: 0.02, ..FIELD };
    divide(&mut world, CommunityCoupling::new(noisy).among_themselves(), CommunityCoupling::new(LAGGED));
    let mut own = World::new();
    install_swarm(&mut own);
    own.insert_resource(noisy);
    own.insert_resource(SwarmSeed(8));
    own.insert_resource(TimeStep { integrator: Integrator::Heun, ..TimeStep::default() });
    for id in in_order().into_iter().filter(|id| id % 5 == 0 || id % 5 == 3) {
        own.spawn((AgentId::new(id as u64), Phase(phase(id)), Frequency(frequency(id))));
    }
    advance(&mut world, 100).unwrap();
    advance(&mut own, 100).unwrap();
    let mut lefts = world.query_filtered::<(&AgentId, &Phase), With<Left>>();
    let mut lefts: Vec<_> = lefts.iter(&world).map(|(id, phase)| (id.get(), phase.0.to_bits())).collect();
    lefts.sort_unstable();
    let expected: Vec<_> = agent_states(&mut own).iter().map(|state| (state.id, state.phase.to_bits())).collect();
    assert_eq!(lefts, expected);
}

#[test]
fn noise_is_that_of_the_community_and_of_the_agents_id() {
    let mut world = swarm(OFF, Integrator::Euler, 1, &in_order());
    let noisy = Coupling { noise: 0.3, ..OFF };
    divide(&mut world, CommunityCoupling::new(noisy), CommunityCoupling::new(OFF));
    let mut still = swarm(OFF, Integrator::Euler, 1, &in_order());
    let mut shaken = swarm(noisy, Integrator::Euler, 1, &in_order());
    for world in [&mut world, &mut still, &mut shaken] {
        advance(world, 20).unwrap();
    }
    let [found, still, shaken] = [&mut world, &mut still, &mut shaken].map(agent_states);
    for id in 0..AGENTS {
        let is_left = matches!(id % 5, 0 | 3);
        assert_eq!(found[id], if is_left { shaken[id] } else { still[id] }, "{id}");
        assert_ne!(shaken[id], still[id]);
    }
}

#[test]
fn who_joins_or_leaves_is_pulled_otherwise_from_the_next_step_on() {
    let mut world = World::new();
    install_community::<Left>(&mut world);
    world.insert_resource(CommunityCoupling::<Left>::new(OFF));
    let leader = world.spawn((Phase(1.0), Left)).id();
    let follower = world.spawn((Phase(0.0), Neighbors::from([leader]), Left)).id();
    let moved = |world: &mut World| {
        let before = world.get::<Phase>(follower).unwrap().0;
        advance(world, 3).unwrap();
        world.get::<Phase>(follower).unwrap().0 - before
    };
    assert_eq!(moved(&mut world), 0.0);
    world.entity_mut(follower).remove::<Left>();
    assert!(moved(&mut world) > 0.0);
    world.entity_mut(follower).insert(Left);
    assert_eq!(moved(&mut world), 0.0);
}

#[test]
fn an_agent_in_two_communities_is_named_and_nobody_moves() {
    let mut world = divided(DIVISIONS[0], Integrator::Rk4, 1, &in_order());
    advance(&mut world, 5).unwrap();
    let hash = phase_hash(&mut world);
    let torn = world.query_filtered::<Entity, With<Left>>().iter(&world).next().unwrap();
    world.entity_mut(torn).insert(Right);
    let error = advance(&mut world, 5).unwrap_err();
    let SwarmError::TwoCommunities { entity, communities } = error else { panic!("{error}") };
    assert_eq!(entity, torn);
    assert!(communities[0].ends_with("Left") && communities[1].ends_with("Right"), "{error}");
    assert_eq!((phase_hash(&mut world), world.resource::<SwarmClock>().steps()), (hash, 5));
    world.entity_mut(torn).remove::<Left>();
    advance(&mut world, 5).unwrap();
}

#[test]
fn a_coupling_that_cannot_be_taken_stops_the_swarm_until_it_is_mended() {
    let mut world = divided(DIVISIONS[0], Integrator::Euler, 1, &in_order());
    world.resource_mut::<CommunityCoupling<Right>>().strength = f64::NAN;
    assert!(matches!(advance(&mut world, 1), Err(SwarmError::NotFinite { name: "coupling strength", .. })));
    world.remove_resource::<CommunityCoupling<Right>>();
    assert_eq!(advance(&mut world, 1), Err(SwarmError::SettingsMissing { name: "CommunityCoupling" }));
    world.insert_resource(CommunityCoupling::<Right>::new(NOISY));
    assert_eq!(advance(&mut world, 1), Ok(()));
}

#[test]
fn installing_a_community_again_changes_nothing() {
    let mut world = divided(DIVISIONS[0], Integrator::Euler, 1, &in_order());
    let mut again = divided(DIVISIONS[0], Integrator::Euler, 1, &in_order());
    install_community::<Left>(&mut again);
    advance(&mut world, 10).unwrap();
    advance(&mut again, 10).unwrap();
    assert_eq!(phase_hash(&mut again), phase_hash(&mut world));
}

#[test]
fn without_the_coupling_plugin_no_community_is_coupled() {
    let mut app = App::new();
    app.add_plugins(CommunityPlugin::<Left>::default());
    app.add_plugins(SwarmPlugins::new(Update).build().disable::<CouplingPlugin>());
    let leader = app.world_mut().spawn(Phase(1.0)).id();
    let follower = app.world_mut().spawn((Phase(0.0), Neighbors::from([leader]), Left)).id();
    app.update();
    assert_eq!((app.world().resource::<SwarmClock>().steps(), app.world().get(follower)), (1, Some(&Phase(0.0))));
}

#[test]
fn coherence_is_that_of_the_members_as_they_are_now() {
    let mut world = divided(DIVISIONS[0], Integrator::Euler, 1, &in_order());
    world.resource_mut::<Coherence>().time_to_live = 1e9;
    let now = |world: &mut World| {
        let mut members = world.query_filtered::<&Phase, (With<Left>, With<AgentId>)>();
        let phases: Vec<f64> = members.iter(world).map(|phase| phase.0).collect();
        order_parameter(&phases).unwrap()
    };
    let check = |world: &mut World| assert_eq!(community_coherence::<Left>(world).unwrap(), now(world));
    check(&mut world);
    let first = community_coherence::<Left>(&mut world).unwrap();
    advance(&mut world, 10).unwrap();
    assert_eq!(community_coherence::<Left>(&mut world).unwrap(), first, "it lives on");
    assert_ne!(now(&mut world), first);
    world.resource_mut::<Coherence>().invalidate();
    check(&mut world);
    let late = world.spawn(Left).id();
    check(&mut world);
    world.entity_mut(late).insert(Phase(0.5));
    check(&mut world);
    world.entity_mut(late).remove::<Left>();
    check(&mut world);
    world.entity_mut(late).insert(Left);
    check(&mut world);
    world.despawn(late);
    check(&mut world);
    let all = coherence(&mut world).unwrap();
    let mut phases = Vec::new();
    read_phases(&mut world, &mut phases);
    assert_eq!(all, order_parameter(&phases).unwrap());
}

#[test]
fn a_coherence_that_was_not_installed_says_what_is_missing() {
    let mut world = World::new();
    install_swarm(&mut world);
    let missing = Err(SwarmError::SettingsMissing { name: "CommunityCoupling" });
    assert_eq!(community_coherence::<Left>(&mut world), missing);
}

/// The communities of all messages so far.
fn told<M: Message>(world: &World, community: impl Fn(&M) -> Option<&'static str>) -> Vec<Option<&'static str>> {
    let messages = world.resource::<Messages<M>>();
    MessageCursor::<M>::default().read(messages).map(community).collect()
}

/// The right community gets in phase, the left one does not.
fn at_goals() -> World {
    let mut world = swarm(OFF, Integrator::Euler, 1, &in_order());
    let strong = Coupling { strength: 8.0, ..FIELD };
    divide(&mut world, CommunityCoupling::new(OFF), CommunityCoupling::new(strong).among_themselves());
    world.insert_resource(CommunityGoal::<Left>::new(Goal::new(Pattern::InPhase)));
    world.insert_resource(CommunityGoal::<Right>::new(Goal::new(Pattern::InPhase)).looked_at_every(0.25));
    world
}

#[test]
fn each_community_is_held_to_its_own_goal() {
    let mut world = at_goals();
    install_goal(&mut world, Goal::new(Pattern::InPhase), None).unwrap();
    advance(&mut world, 640).unwrap();
    assert!(world.resource::<CommunityGoal<Right>>().is_attained());
    assert!(!world.resource::<CommunityGoal<Left>>().is_attained());
    assert!(!world.resource::<SwarmGoal>().is_attained());
    let right = Some(std::any::type_name::<Right>());
    assert_eq!(told::<GoalAttained>(&world, |message| message.community), [right]);
    let scramble = Disruption::new(DisruptionKind::Scramble, 1.0, 0.0);
    assert_eq!(disrupt(&mut world, scramble).unwrap(), AGENTS);
    advance(&mut world, 640).unwrap();
    assert_eq!(told::<GoalLost>(&world, |message| message.community), [right]);
    assert_eq!(told::<Recovered>(&world, |message| message.community), [right]);
    assert_eq!(world.resource::<CommunityGoal<Right>>().recoveries().len(), 1);
}

#[test]
fn looks_at_communities_fall_on_the_same_times_however_steps_are_taken() {
    let [mut together, mut single] = [at_goals(), at_goals()];
    advance(&mut together, 640).unwrap();
    (0..640).for_each(|_| advance(&mut single, 1).unwrap());
    let found = |world: &World| {
        let goal = world.resource::<CommunityGoal<Right>>();
        (goal.attained_since(), goal.measurement().clone(), goal.time_to_goal())
    };
    assert!(found(&together).0.is_some());
    assert_eq!(found(&together), found(&single));
    assert_eq!(phase_hash(&mut together), phase_hash(&mut single));
}

#[test]
fn whoever_waits_for_a_look_at_a_community_is_told_when_it_is() {
    let mut world = swarm(OFF, Integrator::Euler, 1, &in_order());
    divide(&mut world, CommunityCoupling::new(OFF), CommunityCoupling::new(OFF));
    assert_eq!(steps_until_look(&world), u64::MAX);
    world.insert_resource(CommunityGoal::<Left>::new(Goal::new(Pattern::InPhase)).looked_at_every(1.0));
    advance(&mut world, 1).unwrap();
    assert_eq!(steps_until_look(&world), 63);
    world.insert_resource(CommunityGoal::<Left>::new(Goal { hold: -1.0, ..Goal::new(Pattern::InPhase) }));
    assert!(advance(&mut world, 1).is_err(), "no swarm could meet it");
}

#[test]
fn rules_are_adopted_and_disruptions_hit_in_all_communities_alike() {
    let mut plain = swarm(PLAIN, Integrator::Euler, 1, &in_order());
    let mut divided = swarm(PLAIN, Integrator::Euler, 1, &in_order());
    divide(&mut divided, CommunityCoupling::new(PLAIN), CommunityCoupling::new(PLAIN));
    let live = |world: &mut World| {
        adopt(world, &Rule::PhaseNudge(PhaseNudge { gain: 0.5 })).unwrap();
        advance(world, 20).unwrap();
        for kind in [DisruptionKind::Scramble, DisruptionKind::CutLinks, DisruptionKind::Remove] {
            disrupt(world, Disruption::new(kind, 0.3, 0.0)).unwrap();
            advance(world, 20).unwrap();
        }
        phase_hash(world)
    };
    assert_eq!(live(&mut plain), live(&mut divided));
}
