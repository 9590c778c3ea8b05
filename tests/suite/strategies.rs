//! Strategies against closed forms and against what they promise.

use std::f64::consts::TAU;

use bevy_ecs::prelude::*;
use lampyrid::{
    graph::{Adjacency, Topology},
    kernel::draw::{FrequencyDistribution, PhaseDistribution},
    measure::{harmonic_order_parameter, order_parameter},
    swarm::*,
};

/// A swarm on a network, with random phases and normal frequencies about one turn a second.
fn swarm(network: &Adjacency, std: f64, seed: u64) -> World {
    let mut world = World::new();
    install_strategies(&mut world);
    world.insert_resource(TimeStep { seconds: 0.01, integrator: Integrator::Euler });
    let agents = network.nodes() as u64;
    let phases: Vec<_> = (0..agents).map(|id| PhaseDistribution::Uniform.draw(seed, id)).collect();
    let law = FrequencyDistribution::Normal { mean: TAU, std };
    let frequencies: Vec<_> = (0..agents).map(|id| law.draw(seed, id)).collect();
    SwarmSpawner::new(network).phases(&phases).frequencies(&frequencies).spawn(&mut world).unwrap();
    world
}

fn phases(world: &mut World) -> Vec<f64> {
    let mut phases = Vec::new();
    read_phases(world, &mut phases);
    phases
}

fn complete(agents: usize) -> Adjacency {
    Topology::Complete { agents }.build(0).unwrap()
}

fn small_world(agents: usize) -> Adjacency {
    Topology::SmallWorld { agents, neighbors: 8, rewire: 0.3 }.build(5).unwrap()
}

fn rules() -> Vec<Rule> {
    let lock = FrequencyLock { gain: 2.0, rate: 1.0 };
    vec![
        Rule::PhaseNudge(PhaseNudge { gain: 2.0 }),
        Rule::FrequencyLock(lock),
        Rule::Pulse(Pulse::default()),
        Rule::EnergyAware(EnergyAware::default()),
        Rule::Desync(Desync::default()),
        Rule::Offset { lock, spread: Spread::Even },
        Rule::Adaptive(Adaptive { gain: 2.0, ..Default::default() }),
    ]
}

#[test]
fn a_nudge_of_gain_two_is_twice_the_coupling_to_the_bit() {
    let network = small_world(300);
    let mut nudged = swarm(&network, 0.3, 1);
    adopt(&mut nudged, &Rule::PhaseNudge(PhaseNudge { gain: 2.0 })).unwrap();
    let mut stronger = swarm(&network, 0.3, 1);
    stronger.resource_mut::<Coupling>().strength = 2.0;
    advance(&mut nudged, 500).unwrap();
    advance(&mut stronger, 500).unwrap();
    assert_eq!(phase_hash(&mut nudged), phase_hash(&mut stronger));
}

#[test]
fn a_gain_that_is_changed_in_place_holds_from_the_next_step_on() {
    let network = small_world(100);
    let mut world = swarm(&network, 0.0, 1);
    adopt(&mut world, &Rule::PhaseNudge(PhaseNudge { gain: 0.0 })).unwrap();
    advance(&mut world, 200).unwrap();
    let before = order_parameter(&phases(&mut world)).unwrap().r;
    world.query::<&mut PhaseNudge>().iter_mut(&mut world).for_each(|mut nudge| nudge.gain = 4.0);
    advance(&mut world, 1_000).unwrap();
    let after = order_parameter(&phases(&mut world)).unwrap().r;
    assert!(before < 0.4 && after > 0.99, "{before} then {after}");
}

#[test]
fn isolated_agents_turn_freely_under_every_strategy() {
    let alone = Adjacency::without_links(30).unwrap();
    let mut free = swarm(&alone, 0.5, 3);
    advance(&mut free, 1_000).unwrap();
    let expected = phase_hash(&mut free);
    for rule in rules() {
        let mut world = swarm(&alone, 0.5, 3);
        adopt(&mut world, &rule).unwrap();
        advance(&mut world, 1_000).unwrap();
        assert_eq!(phase_hash(&mut world), expected, "{}", rule.name());
    }
}

#[test]
fn frequencies_of_two_agree_on_their_mean_at_twice_the_rate() {
    // Without phase coupling θ̇ = ω, so the difference of two neighbours' frequencies decays by
    // 1 − 2 · rate · Δt in each step, and their sum stays.
    let network = complete(2);
    let mut world = swarm(&network, 0.5, 2);
    adopt(&mut world, &Rule::FrequencyLock(FrequencyLock { gain: 0.0, rate: 0.5 })).unwrap();
    let frequencies = |world: &mut World| agent_states(world).iter().map(|state| state.frequency).collect::<Vec<_>>();
    advance(&mut world, 1).unwrap();
    let start = frequencies(&mut world);
    advance(&mut world, 300).unwrap();
    let end = frequencies(&mut world);
    assert!((start[0] + start[1] - end[0] - end[1]).abs() < 1e-12);
    let expected = (start[1] - start[0]) * (1.0 - 2.0 * 0.5 * 0.01_f64).powi(300);
    assert!((end[1] - end[0] - expected).abs() < 1e-12, "{} not {expected}", end[1] - end[0]);
}

#[test]
fn frequencies_that_follow_velocities_take_up_their_share_of_a_phase_difference() {
    // Of two with equal frequencies and a small phase difference d, ω follows the velocity that the
    // coupling K causes: the frequencies end equal to it, and r / (K + r) of d is left for ever.
    let (gain, rate, apart) = (2.0, 0.5, 1e-3);
    let mut world = swarm(&complete(2), 0.0, 1);
    let _ = set_phases(&mut world, &[(AgentId::new(0), 1.0), (AgentId::new(1), 1.0 + apart)]).unwrap();
    adopt(&mut world, &Rule::FrequencyLock(FrequencyLock { gain, rate })).unwrap();
    advance(&mut world, 3_000).unwrap();
    let found = phases(&mut world);
    let left = (found[1] - found[0]) / apart;
    // Euler steps and a velocity that is a step old change it by the order of K Δt.
    assert!((left - rate / (gain + rate)).abs() < 0.01, "{left}");
}

#[test]
fn frequencies_lock_on_a_network_that_coupling_alone_leaves_drifting() {
    let network = small_world(200);
    let spread = |rule: &Rule| {
        let mut world = swarm(&network, 2.0, 4);
        adopt(&mut world, rule).unwrap();
        advance(&mut world, 4_000).unwrap();
        let before = phases(&mut world);
        advance(&mut world, 10).unwrap();
        let turned: Vec<_> = phases(&mut world).iter().zip(before).map(|(b, a)| (b - a).rem_euclid(TAU)).collect();
        turned.iter().fold(0.0, |most: f64, x| most.max(*x)) - turned.iter().fold(TAU, |least: f64, x| least.min(*x))
    };
    let nudged = spread(&Rule::PhaseNudge(PhaseNudge { gain: 0.5 }));
    let locked = spread(&Rule::FrequencyLock(FrequencyLock { gain: 0.5, rate: 1.0 }));
    assert!(locked < 1e-3 && nudged > 0.1, "locked {locked}, nudged {nudged}");
}

#[test]
fn pulses_bring_equal_oscillators_to_fire_together() {
    for seed in 0..5 {
        let mut world = swarm(&complete(30), 0.0, seed);
        adopt(&mut world, &Rule::Pulse(Pulse::default())).unwrap();
        advance(&mut world, 3_000).unwrap();
        let r = order_parameter(&phases(&mut world)).unwrap().r;
        assert!(r > 0.98, "seed {seed}: {r}");
    }
}

#[test]
fn desync_spreads_those_who_hear_each_other_evenly() {
    for seed in 0..5 {
        let mut world = swarm(&complete(12), 0.0, seed);
        adopt(&mut world, &Rule::Desync(Desync::default())).unwrap();
        advance(&mut world, 6_000).unwrap();
        let mut phases = phases(&mut world);
        phases.sort_by(f64::total_cmp);
        let gaps = phases.iter().zip(phases.iter().cycle().skip(1)).map(|(a, b)| (b - a).rem_euclid(TAU));
        let worst = gaps.map(|gap| (gap - TAU / 12.0).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-3, "seed {seed}: {worst}");
    }
}

#[test]
fn offsets_turn_synchrony_into_slots_and_clusters() {
    let network = small_world(60);
    let lock = FrequencyLock { gain: 2.0, rate: 0.0 };
    let mut splayed = swarm(&network, 0.0, 7);
    adopt(&mut splayed, &Rule::Offset { lock, spread: Spread::Even }).unwrap();
    advance(&mut splayed, 4_000).unwrap();
    let found = phases(&mut splayed);
    let lead = |a: usize, b: usize| (found[b] - found[a]).rem_euclid(TAU);
    assert!((0..59).all(|agent| (lead(agent, agent + 1) - TAU / 60.0).abs() < 1e-6));
    for m in [2, 3, 4] {
        let mut world = swarm(&network, 0.0, 7);
        adopt(&mut world, &Rule::Offset { lock, spread: Spread::Slots(m) }).unwrap();
        advance(&mut world, 4_000).unwrap();
        let order = |k| harmonic_order_parameter(&phases(&mut world), k).unwrap().r;
        let orders: Vec<_> = (1..=m).map(order).collect();
        assert!(orders[m as usize - 1] > 0.99 && orders[..m as usize - 1].iter().all(|r| *r < 0.02), "{orders:?}");
    }
}

#[test]
fn the_energy_aware_answer_less_the_less_they_have() {
    let mut world = swarm(&complete(2), 0.0, 1);
    adopt(&mut world, &Rule::EnergyAware(EnergyAware { gain: 1.0, reserve: 20.0 })).unwrap();
    world.insert_resource(EnergyRule { capacity: 100.0, cost_per_radian: 0.0, recovery: 0.0 });
    let agents: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
    let mut gain_at = |energy: f64| {
        world.entity_mut(agents[0]).insert(Energy(energy));
        advance(&mut world, 1).unwrap();
        world.get::<Gain>(agents[0]).unwrap().0
    };
    assert_eq!([100.0, 60.0, 20.0, 5.0].map(&mut gain_at), [1.0, 0.5, 0.0, 0.0]);
}

#[test]
fn an_adaptive_agent_picks_by_what_it_perceives() {
    let network = small_world(100);
    let mut world = swarm(&network, 0.1, 2);
    world.insert_resource(EnergyRule { capacity: 100.0, cost_per_radian: 0.5, recovery: 5.0 });
    let rule = Adaptive { gain: 2.0, ..Default::default() };
    let all: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
    all.iter().for_each(|&agent| {
        world.entity_mut(agent).insert(Energy(100.0));
    });
    adopt(&mut world, &Rule::Adaptive(rule)).unwrap();
    let mut picked = |steps: u64| {
        advance(&mut world, steps).unwrap();
        let mut states = world.query::<&AdaptiveState>();
        let picks: Vec<_> = states.iter(&world).map(|state| state.answering).collect();
        picks
    };
    assert!(picked(1).contains(&Answering::Nudge), "a first look sees coherence rise from nothing");
    let later = picked(3_000);
    assert!(later.iter().filter(|&&pick| pick == Answering::Lock).count() > 90, "{later:?}");
    world.query::<&mut Energy>().iter_mut(&mut world).for_each(|mut energy| energy.0 = 10.0);
    world.resource_mut::<EnergyRule>().recovery = 0.0;
    advance(&mut world, 100).unwrap();
    let mut states = world.query::<&AdaptiveState>();
    assert!(states.iter(&world).all(|state| state.answering == Answering::Save));
}

#[test]
fn an_agent_follows_the_strategy_inserted_last_and_none_after_it_was_removed() {
    let mut world = swarm(&complete(3), 0.0, 1);
    let agent = world.query_filtered::<Entity, With<Phase>>().iter(&world).next().unwrap();
    world.entity_mut(agent).insert(PhaseNudge { gain: 3.0 });
    assert_eq!(world.get::<Gain>(agent), Some(&Gain(3.0)));
    world.entity_mut(agent).insert(Pulse::default());
    world.flush();
    assert!(world.get::<PhaseNudge>(agent).is_none());
    assert_eq!((world.get::<Gain>(agent), world.get::<Effort>(agent)), (Some(&Gain(0.0)), Some(&Effort(2.0))));
    world.entity_mut(agent).remove::<Pulse>();
    assert_eq!((world.get::<Gain>(agent), world.get::<Effort>(agent)), (Some(&Gain(1.0)), Some(&Effort(1.0))));
    assert_eq!(world.get::<Drive>(agent), Some(&Drive(0.0)));
}

#[test]
fn strategies_have_their_prices() {
    let cost = |rule: Rule| {
        let mut world = swarm(&complete(10), 0.0, 1);
        let all: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
        all.iter().for_each(|&agent| {
            world.entity_mut(agent).insert(Energy(50.0));
        });
        world.insert_resource(EnergyRule { capacity: 100.0, cost_per_radian: 2.0, recovery: 0.0 });
        adopt(&mut world, &rule).unwrap();
        let before = phases(&mut world);
        advance(&mut world, 1).unwrap();
        let moved: f64 = phases(&mut world)
            .iter()
            .zip(before)
            .map(|(after, before)| {
                let turned = (after - before - TAU * 0.01).rem_euclid(TAU);
                turned.min(TAU - turned)
            })
            .sum();
        let left: f64 = agent_states(&mut world).iter().filter_map(|state| state.energy).sum();
        (500.0 - left) / moved
    };
    for (rule, price) in [
        (Rule::PhaseNudge(PhaseNudge::default()), 2.0),
        (Rule::FrequencyLock(FrequencyLock::default()), 3.0),
        (Rule::EnergyAware(EnergyAware { gain: 1.0, reserve: 0.0 }), 2.0),
        (Rule::Desync(Desync::default()), 2.0),
    ] {
        assert!((cost(rule) - price).abs() < 1e-6, "{}: {}", rule.name(), cost(rule));
    }
}

#[test]
fn silent_agents_turn_freely_and_are_not_heard() {
    let network = complete(2);
    let mut world = swarm(&network, 0.3, 1);
    let agents: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
    world.entity_mut(agents[0]).insert(Silent);
    let mut free = swarm(&Adjacency::without_links(2).unwrap(), 0.3, 1);
    for rule in rules() {
        adopt(&mut world, &rule).unwrap();
        adopt(&mut free, &rule).unwrap();
        advance(&mut world, 100).unwrap();
        advance(&mut free, 100).unwrap();
        assert_eq!(phase_hash(&mut world), phase_hash(&mut free), "{}", rule.name());
    }
}

#[test]
fn parameters_that_nobody_can_follow_stop_the_swarm_by_name() {
    let mut world = swarm(&complete(3), 0.0, 1);
    let agent = world.query_filtered::<Entity, With<Phase>>().iter(&world).next().unwrap();
    world.entity_mut(agent).insert(Pulse { strength: -1.0, ..Default::default() });
    let error = advance(&mut world, 1).unwrap_err();
    assert_eq!(error.to_string(), "strength of the pulse is -1; it must be positive and finite");
    world.entity_mut(agent).insert(Offset(f64::NAN)).remove::<Pulse>();
    assert_eq!(advance(&mut world, 1).unwrap_err().to_string(), "phase offset is NaN; it must be a finite number");
    world.entity_mut(agent).remove::<Offset>();
    advance(&mut world, 1).unwrap();
}

#[test]
fn no_thread_count_spawn_order_or_table_changes_a_bit_of_any_strategy() {
    #[derive(Component)]
    struct Painted;
    let network = small_world(400);
    for rule in rules() {
        let hash = |threads: Option<usize>, painted: bool| {
            let mut world = swarm(&network, 0.2, 11);
            world.resource_mut::<Coupling>().noise = 0.05;
            if let Some(threads) = threads {
                let mut workers = Workers::with_threads(threads);
                (workers.sequential_below, workers.block) = (0, 64);
                world.insert_resource(workers);
            }
            adopt(&mut world, &rule).unwrap();
            if painted {
                let some: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).step_by(3).collect();
                some.iter().for_each(|&agent| {
                    world.entity_mut(agent).insert(Painted);
                });
            }
            advance(&mut world, 60).unwrap();
            phase_hash(&mut world)
        };
        let expected = hash(None, false);
        for (threads, painted) in [(Some(2), false), (Some(3), true), (None, true)] {
            assert_eq!(hash(threads, painted), expected, "{}, {threads:?}, {painted}", rule.name());
        }
    }
}

#[test]
fn energy_balances_over_a_million_steps_of_mixed_strategies() {
    let mut world = swarm(&small_world(20), 1.0, 3);
    world.insert_resource(EnergyRule { capacity: 30.0, cost_per_radian: 2.0, recovery: 0.8 });
    let agents: Vec<Entity> = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
    for (place, &agent) in agents.iter().enumerate() {
        let mut agent = world.entity_mut(agent);
        agent.insert(Energy(20.0));
        match place % 5 {
            0 => agent.insert(PhaseNudge { gain: 2.0 }),
            1 => agent.insert(EnergyAware::default()),
            2 => agent.insert(Desync::default()),
            3 => agent.insert(Pulse::default()),
            _ => agent.insert(EnergyFrozen),
        };
    }
    advance(&mut world, 1_000_000).unwrap();
    let ledger = energy_ledger(&world);
    let left: f64 = agent_states(&mut world).iter().filter_map(|state| state.energy).sum();
    let balance = 20.0 * 20.0 + ledger.recovered() - ledger.spent() - left;
    assert!(balance.abs() < 1e-9 * ledger.spent(), "off by {balance:e} of {}", ledger.spent());
    assert!(ledger.refused() > 0.0, "somebody ran out, or is frozen");
}
