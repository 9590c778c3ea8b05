//! Whatever a host does to the components between two steps, the next step is the one that a
//! naive reading of the components gives.

use std::collections::BTreeMap;

use bevy_ecs::{entity_disabling::Disabled, prelude::*};
use lampyrid_graph::Adjacency;
use lampyrid_swarm::*;
use proptest::prelude::*;

#[derive(Component)]
struct Unrelated;

/// One Euler step of every agent, straight from the equation and the components.
fn naive_step(world: &mut World) -> BTreeMap<u64, f64> {
    let coupling = *world.resource::<Coupling>();
    let dt = world.resource::<TimeStep>().seconds;
    let mut agents = world.query::<(
        Entity,
        &AgentId,
        &Phase,
        &Frequency,
        Option<&Neighbors>,
        Option<&Weights>,
        Option<&CouplingScale>,
        Option<&Drive>,
    )>();
    let phases: BTreeMap<Entity, f64> = agents.iter(world).map(|a| (a.0, a.2.0)).collect();
    agents
        .iter(world)
        .map(|(me, id, phase, frequency, neighbors, weights, scale, drive)| {
            let mut sum = 0.0;
            let mut count = 0.0;
            for (place, other) in neighbors.into_iter().flatten().enumerate() {
                if let Some(theta) = phases.get(&other).filter(|_| other != me) {
                    let weight = weights.map_or(1.0, |w| w.as_slice()[place]);
                    sum += weight * (theta - phase.0 - coupling.phase_lag).sin();
                    count += 1.0;
                }
            }
            let pull = if count > 0.0 { coupling.strength * sum / count } else { 0.0 };
            let rate = scale.map_or(1.0, |s| s.0) * pull + drive.map_or(0.0, |d| d.0);
            let next = (phase.0 + dt * (frequency.0 + rate)).rem_euclid(std::f64::consts::TAU);
            (id.get(), next)
        })
        .collect()
}

fn assert_next_step_is_right(world: &mut World) {
    let expected = naive_step(world);
    advance(world, 1).unwrap();
    let states = agent_states(world);
    assert_eq!(states.len(), expected.len());
    for state in states {
        let apart = (state.phase - expected[&state.id]).rem_euclid(std::f64::consts::TAU);
        let apart = apart.min(std::f64::consts::TAU - apart);
        assert!(apart < 1e-12, "agent {}: {} instead of {}", state.id, state.phase, expected[&state.id]);
    }
}

/// What a host may do between steps; numbers pick agents and values.
#[derive(Clone, Debug)]
enum Edit {
    Spawn(Vec<usize>),
    SpawnWeighted(Vec<(usize, f64)>),
    Despawn(usize),
    MoveArchetype(usize),
    MoveBack(usize),
    Link(usize, usize),
    Unlink(usize),
    RemoveNeighbors(usize),
    /// Still an entity, but no agent.
    LosePhase(usize),
    GainPhase(usize),
    Disable(usize),
    Enable(usize),
    WritePhase(usize, f64),
    Scale(usize, f64),
    Drive(usize, f64),
    Strength(f64),
}

fn edits() -> impl Strategy<Value = Edit> {
    let agent = 0_usize..40;
    prop_oneof![
        prop::collection::vec(agent.clone(), 0..12).prop_map(Edit::Spawn),
        prop::collection::vec((agent.clone(), -2.0..2.0), 0..12).prop_map(Edit::SpawnWeighted),
        agent.clone().prop_map(Edit::Despawn),
        agent.clone().prop_map(Edit::MoveArchetype),
        agent.clone().prop_map(Edit::MoveBack),
        (agent.clone(), agent.clone()).prop_map(|(a, b)| Edit::Link(a, b)),
        agent.clone().prop_map(Edit::Unlink),
        agent.clone().prop_map(Edit::RemoveNeighbors),
        agent.clone().prop_map(Edit::LosePhase),
        agent.clone().prop_map(Edit::GainPhase),
        agent.clone().prop_map(Edit::Disable),
        agent.clone().prop_map(Edit::Enable),
        (agent.clone(), 0.0..6.2).prop_map(|(a, x)| Edit::WritePhase(a, x)),
        (agent.clone(), -2.0..2.0).prop_map(|(a, x)| Edit::Scale(a, x)),
        (agent, -1.0..1.0).prop_map(|(a, x)| Edit::Drive(a, x)),
        (-3.0..3.0).prop_map(Edit::Strength),
    ]
}

/// Entities ever spawned, so that links to the dead happen too.
fn apply(world: &mut World, spawned: &mut Vec<Entity>, edit: Edit) {
    let pick = |i: usize| (!spawned.is_empty()).then(|| spawned[i % spawned.len()]);
    let alive = |world: &World, i: usize| pick(i).filter(|&e| world.get_entity(e).is_ok());
    let phase = Phase(0.3 * spawned.len() as f64 % 6.0);
    match edit {
        Edit::Spawn(to) => {
            let list: Neighbors = to.into_iter().filter_map(pick).collect();
            spawned.push(world.spawn((phase, Frequency(0.5), list)).id());
        }
        Edit::SpawnWeighted(to) => {
            let links: Vec<_> = to.into_iter().filter_map(|(i, w)| Some((pick(i)?, w))).collect();
            let list: Neighbors = links.iter().map(|l| l.0).collect();
            let weights: Weights = links.iter().map(|l| l.1).collect();
            spawned.push(world.spawn((list, phase, weights)).id());
        }
        Edit::Despawn(i) => {
            if let Some(agent) = alive(world, i) {
                world.despawn(agent);
            }
        }
        Edit::MoveArchetype(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).insert(Unrelated);
            }
        }
        Edit::MoveBack(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).remove::<Unrelated>();
            }
        }
        Edit::Link(i, j) => {
            if let (Some(agent), Some(other)) = (alive(world, i), pick(j)) {
                let mut agent = world.entity_mut(agent);
                if let Some(mut list) = agent.get_mut::<Neighbors>() {
                    list.push(other);
                } else {
                    agent.insert(Neighbors::from([other]));
                }
                if let Some(mut weights) = agent.get_mut::<Weights>() {
                    weights.push(0.5);
                }
            }
        }
        Edit::Unlink(i) => {
            if let Some(agent) = alive(world, i) {
                let mut agent = world.entity_mut(agent);
                let first = agent.get::<Neighbors>().and_then(|list| list.iter().next());
                let place = first.and_then(|first| agent.get_mut::<Neighbors>()?.remove(first));
                if let (Some(place), Some(mut weights)) = (place, agent.get_mut::<Weights>()) {
                    weights.remove(place);
                }
            }
        }
        Edit::RemoveNeighbors(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).remove::<(Neighbors, Weights)>();
            }
        }
        Edit::LosePhase(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).remove::<Phase>();
            }
        }
        Edit::GainPhase(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).insert_if_new(phase);
            }
        }
        Edit::Disable(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).insert(Disabled);
            }
        }
        Edit::Enable(i) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).remove::<Disabled>();
            }
        }
        Edit::WritePhase(i, x) => {
            if let Some(mut phase) = alive(world, i).and_then(|agent| world.get_mut::<Phase>(agent)) {
                phase.0 = x;
            }
        }
        Edit::Scale(i, x) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).insert(CouplingScale(x));
            }
        }
        Edit::Drive(i, x) => {
            if let Some(agent) = alive(world, i) {
                world.entity_mut(agent).insert(Drive(x));
            }
        }
        Edit::Strength(x) => world.resource_mut::<Coupling>().strength = x,
    }
}

/// Agents that share one store of links.
fn spawn_graph(world: &mut World, weighted: bool) -> Vec<Entity> {
    let rows: [&[u32]; 5] = [&[1, 2, 3, 4], &[0], &[], &[0, 1, 2, 4], &[3]];
    let offsets = [0, 4, 5, 5, 9, 10];
    let columns = rows.concat();
    let weights = weighted.then(|| (0..columns.len()).map(|link| 0.5 - 0.25 * link as f64).collect());
    let graph = Adjacency::from_parts(offsets.to_vec(), columns, weights).unwrap();
    let phases = [0.1, 1.1, 2.1, 3.1, 4.1];
    SwarmSpawner::new(&graph).phases(&phases).spawn(world).unwrap()
}

#[test]
fn a_list_that_was_spawned_with_others_is_edited_alone() {
    let mut world = World::new();
    install_swarm(&mut world);
    let agents = spawn_graph(&mut world, true);
    assert_next_step_is_right(&mut world);
    let lists = |world: &World| -> Vec<(Vec<Entity>, Vec<f64>)> {
        let list = |&agent| {
            let (neighbors, weights) = (world.get::<Neighbors>(agent), world.get::<Weights>(agent));
            (neighbors.unwrap().iter().collect(), weights.unwrap().as_slice().to_vec())
        };
        agents.iter().map(list).collect()
    };
    let mut expected = lists(&world);
    expected[3].0.remove(1);
    expected[3].1.remove(1);
    expected[3].1[0] = 7.0;
    world.get_mut::<Neighbors>(agents[3]).unwrap().remove(agents[1]);
    let mut weights = world.get_mut::<Weights>(agents[3]).unwrap();
    weights.remove(1);
    weights.as_mut_slice()[0] = 7.0;
    assert_eq!(lists(&world), expected);
    assert_next_step_is_right(&mut world);
    assert_eq!(topology_report(&world).links, 9);
}

#[test]
fn a_spawned_agent_that_lists_itself_does_not_hear_itself() {
    let graph = Adjacency::from_parts(vec![0, 2, 3], vec![0, 1, 0], None).unwrap();
    let mut world = World::new();
    install_swarm(&mut world);
    SwarmSpawner::new(&graph).phases(&[0.5, 2.0]).spawn(&mut world).unwrap();
    assert_next_step_is_right(&mut world);
    assert_eq!((topology_report(&world).links, topology_report(&world).self_links), (2, 1));
}

/// Every agent is found by its id, and nobody else.
fn assert_ids_lead_to_their_agents(world: &mut World) {
    let mut agents = world.query_filtered::<(Entity, &AgentId), Allow<Disabled>>();
    let listed: BTreeMap<u64, Entity> = agents.iter(world).map(|(agent, id)| (id.get(), agent)).collect();
    for id in 0..listed.last_key_value().map_or(0, |(id, _)| id + 2) {
        assert_eq!(agent_of(world, AgentId::new(id)), listed.get(&id).copied());
    }
}

#[test]
fn ids_that_two_agents_shared_for_a_while_lead_to_the_one_that_is_left() {
    let mut world = World::new();
    install_swarm(&mut world);
    let first = world.spawn(Phase(0.0)).id();
    let twin = world.spawn((AgentId::new(0), Phase(1.0))).id();
    assert!(advance(&mut world, 1).is_err());
    world.despawn(first);
    advance(&mut world, 1).unwrap();
    assert_eq!(agent_of(&world, AgentId::new(0)), Some(twin));
    assert_ids_lead_to_their_agents(&mut world);
}

#[test]
fn a_batch_reaches_every_agent_it_names_and_reports_the_others() {
    let mut world = World::new();
    install_swarm(&mut world);
    let rich = world.spawn((AgentId::new(5), Phase(0.0), Energy(1.0), Unrelated)).id();
    let poor = world.spawn((AgentId::new(1 << 60), Phase(0.0))).id();
    let [five, far, none] = [5, 1 << 60, 6].map(AgentId::new);
    let outcome = set_energies(&mut world, &[(none, 1.0), (far, 2.0), (five, 3.0), (none, 4.0)]).unwrap();
    assert_eq!(outcome, BatchOutcome { updated: 1, unknown: vec![none, none], without: vec![far] });
    assert_eq!(world.get::<Energy>(rich), Some(&Energy(3.0)));
    assert_eq!(set_frequencies(&mut world, &[(far, 2.0), (five, 3.0), (far, 4.0)]).unwrap().updated, 3);
    let frequencies = [poor, rich].map(|agent| world.get::<Frequency>(agent).unwrap().0);
    assert_eq!(frequencies, [4.0, 3.0]);

    world.clear_trackers();
    assert_eq!(set_phases(&mut world, &[(far, 1.0)]).unwrap().updated, 1);
    let changed: Vec<Entity> = world.query_filtered::<Entity, Changed<Phase>>().iter(&world).collect();
    assert_eq!(changed, [poor]);
    let error = set_phases(&mut world, &[(far, 2.0), (five, f64::INFINITY)]).unwrap_err();
    assert_eq!(error, SwarmError::EntryNotFinite { what: "phase", index: 1, value: f64::INFINITY });
    assert_eq!(world.get::<Phase>(poor), Some(&Phase(1.0)), "nothing is updated then");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn the_next_step_is_right_after_any_edits(
        rounds in prop::collection::vec(prop::collection::vec(edits(), 0..8), 1..12),
        lag in -1.0..1.0,
        start in proptest::option::of(prop::bool::ANY),
    ) {
        let mut world = World::new();
        install_swarm(&mut world);
        world.resource_mut::<Coupling>().phase_lag = lag;
        let mut spawned = start.map_or(Vec::new(), |weighted| spawn_graph(&mut world, weighted));
        for round in rounds {
            for edit in round {
                apply(&mut world, &mut spawned, edit);
            }
            assert_next_step_is_right(&mut world);
            assert_ids_lead_to_their_agents(&mut world);
        }
    }
}

#[test]
fn an_unchanged_swarm_is_indexed_once() {
    let mut world = World::new();
    install_swarm(&mut world);
    let first = world.spawn(Phase(1.0)).id();
    world.spawn((Phase(2.0), Neighbors::from([first])));
    advance(&mut world, 100).unwrap();
    world.get_mut::<Phase>(first).unwrap().0 = 3.0;
    advance(&mut world, 100).unwrap();
    assert_eq!(topology_report(&world).rebuilds, 1);
}

/// An agent lost its neighbours while another one moved on, too: the order of the agents and all
/// columns that were left looked untouched, and the lost links went on pulling.
#[test]
fn an_agent_that_loses_its_neighbors_runs_free_although_the_order_of_agents_stays() {
    let mut world = World::new();
    install_swarm(&mut world);
    let first = world.spawn((Phase(0.3), Neighbors::new())).insert(Unrelated).id();
    let second = world.spawn((Phase(1.3), Neighbors::from([first]))).id();
    assert_next_step_is_right(&mut world);
    world.entity_mut(second).remove::<Neighbors>();
    world.entity_mut(first).insert(Drive(0.0));
    assert_next_step_is_right(&mut world);
}

#[test]
fn neighbors_that_are_gone_are_skipped_and_counted() {
    let mut world = World::new();
    install_swarm(&mut world);
    let gone = world.spawn(Phase(1.0)).id();
    let not_an_agent = world.spawn(Unrelated).id();
    let agent = world.spawn(Phase(2.0)).id();
    world.entity_mut(agent).insert(Neighbors::from([gone, not_an_agent, agent]));
    world.despawn(gone);
    advance(&mut world, 1).unwrap();
    let report = topology_report(&world);
    assert_eq!((report.agents, report.links, report.missing, report.self_links), (1, 0, 2, 1));
    assert_next_step_is_right(&mut world);
}

#[test]
fn an_entity_that_takes_over_a_dead_neighbors_index_is_not_listened_to() {
    let mut world = World::new();
    install_swarm(&mut world);
    let gone = world.spawn(Phase(1.0)).id();
    let agent = world.spawn((Phase(2.0), Neighbors::from([gone]))).id();
    advance(&mut world, 1).unwrap();
    let heir = world.despawn_no_free(gone).expect("it was alive");
    assert_eq!(heir.index(), gone.index());
    world.spawn_at(heir, Phase(0.5)).unwrap();
    let before = world.get::<Phase>(agent).unwrap().0;
    advance(&mut world, 1).unwrap();
    assert_eq!(world.get::<Phase>(agent).unwrap().0, before);
}

#[test]
fn ids_are_given_in_spawn_order_and_never_reused() {
    let mut world = World::new();
    install_swarm(&mut world);
    let id = |world: &mut World| {
        let agent = world.spawn(Phase(0.0)).id();
        (agent, world.get::<AgentId>(agent).unwrap().get())
    };
    let (first, a) = id(&mut world);
    let (_, b) = id(&mut world);
    world.despawn(first);
    let (_, c) = id(&mut world);
    world.spawn((AgentId::new(10), Phase(0.0)));
    let (_, d) = id(&mut world);
    assert_eq!([a, b, c, d], [0, 1, 2, 11]);
}

#[test]
fn agents_spawned_before_the_swarm_was_installed_get_their_ids_then() {
    let mut world = World::new();
    let early = world.spawn(Phase(0.0)).id();
    install_swarm(&mut world);
    let late = world.spawn(Phase(0.0)).id();
    let id = |agent| world.get::<AgentId>(agent).unwrap().get();
    assert_eq!((id(early), id(late)), (0, 1));
}

/// Agents that have nothing but phase and frequency take a shorter way under the mean field.
#[test]
fn a_neutral_scale_or_drive_changes_no_bit() {
    let hash = |neutral: fn(&mut World, Entity)| {
        let mut world = World::new();
        install_swarm(&mut world);
        world.insert_resource(Coupling { all_to_all: true, phase_lag: 0.3, ..Coupling::default() });
        for i in 0..1000 {
            let agent = world.spawn((Phase(0.37 * f64::from(i) % 6.2), Frequency(0.01 * f64::from(i % 90)))).id();
            neutral(&mut world, agent);
        }
        advance(&mut world, 100).unwrap();
        phase_hash(&mut world)
    };
    let plain = hash(|_, _| {});
    assert_eq!(hash(|world, agent| _ = world.entity_mut(agent).insert(CouplingScale(1.0))), plain);
    assert_eq!(hash(|world, agent| _ = world.entity_mut(agent).insert(Drive(0.0))), plain);
}

/// A thousand agents in three tables, where one a step goes and another comes, and one moves.
#[test]
fn small_changes_are_patched_in() {
    let mut world = World::new();
    install_swarm(&mut world);
    let mut agents: Vec<Entity> = (0..1000).map(|i| world.spawn(Phase(0.01 * f64::from(i))).id()).collect();
    for (i, &agent) in agents.iter().enumerate() {
        let neighbors: Neighbors = [1, 7, 30].map(|step| agents[(i + step) % 1000]).into();
        world.entity_mut(agent).insert(neighbors);
        if i % 3 > 0 {
            world.entity_mut(agent).insert(Drive(0.1));
        }
        if i % 3 > 1 {
            world.entity_mut(agent).insert(Unrelated);
        }
    }
    assert_next_step_is_right(&mut world);
    for round in 0..300 {
        world.despawn(agents.swap_remove(round * 7 % agents.len()));
        let neighbors: Neighbors = [0, 5, 9].map(|step| agents[(round * 31 + step) % agents.len()]).into();
        agents.push(world.spawn((Phase(1.0), neighbors, Drive(0.2))).id());
        let restless = agents[round * 13 % agents.len()];
        if world.get::<Unrelated>(restless).is_some() {
            world.entity_mut(restless).remove::<Unrelated>();
        } else {
            world.entity_mut(restless).insert(Unrelated);
        }
        if round % 3 == 0 {
            let (from, to) = (agents[round * 17 % agents.len()], agents[round * 19 % agents.len()]);
            world.get_mut::<Neighbors>(from).unwrap().push(to);
        }
        assert_next_step_is_right(&mut world);
    }
    let report = topology_report(&world);
    assert_eq!((report.rebuilds, report.patches), (1, 300));
}
