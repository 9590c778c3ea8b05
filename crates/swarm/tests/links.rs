//! Undirected links are right at both ends, whatever is done to them: the world against a naive model.

use bevy_ecs::prelude::*;
use lampyrid_graph::Topology;
use lampyrid_swarm::*;
use proptest::prelude::*;

fn world() -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world
}

fn heard(world: &World, agent: Entity) -> Vec<Entity> {
    world.get::<Neighbors>(agent).map_or(Vec::new(), |list| list.iter().collect())
}

#[test]
fn a_link_is_at_both_ends_until_it_is_undone_at_either() {
    let mut world = world();
    let [one, two] = [0.0, 1.0].map(|phase| world.spawn(Phase(phase)).id());
    for undo in [one, two] {
        world.entity_mut(one).link_weighted(two, 0.5).unwrap();
        for (agent, other) in [(one, two), (two, one)] {
            assert_eq!(heard(&world, agent), [other]);
            assert_eq!(world.get::<Weights>(agent).unwrap().as_slice(), [0.5]);
            assert_eq!(world.get::<Links>(agent).unwrap().weight(other), Some(0.5));
        }
        let other = if undo == one { two } else { one };
        world.entity_mut(undo).disconnect(other).unwrap();
        assert!(
            [one, two]
                .iter()
                .all(|&agent| heard(&world, agent).is_empty() && world.get::<Links>(agent).unwrap().is_empty())
        );
    }
}

#[test]
fn a_linked_neighbour_that_is_despawned_is_dropped_from_every_list() {
    let mut world = world();
    let ring = Topology::Ring { agents: 6, neighbors: 2 }.build(1).unwrap();
    let agents = SwarmSpawner::new(&ring).undirected().spawn(&mut world).unwrap();
    advance(&mut world, 1).unwrap();
    world.despawn(agents[2]);
    assert_eq!((heard(&world, agents[1]), heard(&world, agents[3])), (vec![agents[0]], vec![agents[4]]));
    advance(&mut world, 1).unwrap();
    assert_eq!((topology_report(&world).links, topology_report(&world).missing), (8, 0));
}

#[test]
fn a_linked_graph_moves_as_the_same_graph_without_links_does() {
    let phases = |undirected: bool| {
        let mut world = world();
        let graph = Topology::SmallWorld { agents: 300, neighbors: 6, rewire: 0.2 }.build(3).unwrap();
        let angles: Vec<f64> = (0..300).map(|i| f64::from(i) * 0.7).collect();
        let spawner = SwarmSpawner::new(&graph).phases(angles);
        let spawner = if undirected { spawner.undirected() } else { spawner };
        spawner.spawn(&mut world).unwrap();
        advance(&mut world, 50).unwrap();
        phase_hash(&mut world)
    };
    assert_eq!(phases(true), phases(false));
}

#[test]
fn a_graph_with_one_way_links_is_no_undirected_swarm() {
    let mut world = world();
    let chain = lampyrid_graph::Adjacency::from_parts(vec![0, 0, 1], vec![0], None).unwrap();
    assert_eq!(SwarmSpawner::new(&chain).undirected().spawn(&mut world), Err(SwarmError::NotSymmetric));
    assert!(agent_states(&mut world).is_empty());
}

#[test]
fn replaced_links_leave_those_alone_that_stay() {
    let mut world = world();
    let [hub, a, b, c] = [0.0, 1.0, 2.0, 3.0].map(|phase| world.spawn(Phase(phase)).id());
    world.entity_mut(a).link(c).unwrap();
    world.entity_mut(hub).insert(Links::from([a, b]));
    world.entity_mut(a).link(b).unwrap();
    assert_eq!(heard(&world, a), [c, hub, b]);
    world.entity_mut(hub).insert(Links::from([c, a]));
    assert_eq!(heard(&world, a), [c, hub, b], "it kept its place");
    assert_eq!((heard(&world, b), heard(&world, c), heard(&world, hub)), (vec![a], vec![a, hub], vec![a, c]));
    world.entity_mut(hub).remove::<Links>();
    assert!(heard(&world, hub).is_empty() && heard(&world, a) == [c, b] && heard(&world, c) == [a]);
}

#[test]
fn links_that_cannot_be_made_are_dropped_at_both_ends() {
    let mut world = world();
    let [one, two, dead] = [0.0, 1.0, 2.0].map(|phase| world.spawn(Phase(phase)).id());
    world.despawn(dead);
    world.entity_mut(one).link(two).unwrap();
    let wrong =
        [Link { with: two, weight: f64::NAN }, Link { with: one, weight: 1.0 }, Link { with: dead, weight: 1.0 }];
    world.entity_mut(one).insert(wrong.into_iter().collect::<Links>());
    for agent in [one, two] {
        assert!(world.get::<Links>(agent).unwrap().is_empty() && heard(&world, agent).is_empty());
    }
    let lantern = world.spawn(Links::from([one])).id(); // no agent
    assert!(world.get::<Links>(lantern).unwrap().is_empty() && world.get::<Links>(one).unwrap().is_empty());
    advance(&mut world, 1).unwrap();
}

#[test]
fn a_clone_is_linked_as_its_original() {
    let mut world = world();
    let hub = world.spawn(Phase(0.0)).id();
    let leaf = world.spawn((Phase(1.0), Links::from([hub]))).id();
    let twin = world.entity_mut(leaf).clone_and_spawn();
    world.entity_mut(twin).insert(AgentId::default());
    assert_eq!((heard(&world, hub), heard(&world, twin)), (vec![leaf, twin], vec![hub]));
}

#[test]
fn links_cut_by_a_disruption_come_back_unless_they_were_undone() {
    let mut world = world();
    let [one, two, three] = [0.0, 1.0, 2.0].map(|phase| world.spawn(Phase(phase)).id());
    world.entity_mut(one).link_weighted(two, 0.5).unwrap().link(three).unwrap();
    let cut = Disruption { until: Some(0.1), ..Disruption::new(DisruptionKind::CutLinks, 1.0, 0.0) };
    disrupt(&mut world, cut).unwrap();
    assert!(heard(&world, one).is_empty() && heard(&world, two).is_empty());
    world.entity_mut(one).unlink(three).unwrap();
    advance(&mut world, 10).unwrap();
    assert_eq!((heard(&world, one), heard(&world, two), heard(&world, three)), (vec![two], vec![one], vec![]));
    assert_eq!(world.get::<Weights>(two).unwrap().as_slice(), [0.5]);
}

/// What may happen to agents, named by their number.
#[derive(Clone, Debug)]
enum Change {
    Link(usize, usize, Option<f64>),
    Unlink(usize, usize),
    Connect(usize, usize, Option<f64>),
    Disconnect(usize, usize),
    Replace(usize, Vec<(usize, f64)>),
    RemoveLinks(usize),
    Spawn(Vec<(usize, f64)>),
    Despawn(usize),
}

/// An agent of the model: its links and whom it hears, in order, each with a weight.
#[derive(Clone, Debug, Default, PartialEq)]
struct Modelled {
    links: Vec<(usize, f64)>,
    heard: Vec<(usize, f64)>,
}

fn set(list: &mut Vec<(usize, f64)>, other: usize, weight: f64) {
    match list.iter_mut().find(|entry| entry.0 == other) {
        Some(entry) => entry.1 = weight,
        None => list.push((other, weight)),
    }
}

fn weight(list: &[(usize, f64)], other: usize) -> Option<f64> {
    list.iter().find(|entry| entry.0 == other).map(|entry| entry.1)
}

/// Agents by number; `None` once they were despawned.
#[derive(Default)]
struct Model(Vec<Option<Modelled>>);

impl Model {
    fn is_pair(&self, a: usize, b: usize) -> bool {
        a != b && self.0[a].is_some() && self.0[b].is_some()
    }

    fn linked(&self, a: usize, b: usize) -> Option<f64> {
        weight(&self.0[a].as_ref()?.links, b)
    }

    fn link(&mut self, a: usize, b: usize, w: Option<f64>) {
        if self.is_pair(a, b) {
            let w = w.or(self.linked(a, b)).unwrap_or(1.0);
            for (agent, other) in [(a, b), (b, a)] {
                let agent = self.0[agent].as_mut().unwrap();
                set(&mut agent.links, other, w);
                set(&mut agent.heard, other, w);
            }
        }
    }

    fn part(&mut self, a: usize, b: usize) {
        for (agent, other) in [(a, b), (b, a)] {
            if let Some(agent) = &mut self.0[agent] {
                agent.links.retain(|entry| entry.0 != other);
                agent.heard.retain(|entry| entry.0 != other);
            }
        }
    }

    fn replace(&mut self, a: usize, new: &[(usize, f64)]) {
        let Some(agent) = self.0[a].clone() else {
            return;
        };
        for (b, _) in agent.links {
            if weight(new, b).is_none() {
                self.part(a, b);
            }
        }
        let mut wanted = Vec::new();
        new.iter().for_each(|&(b, w)| set(&mut wanted, b, w));
        self.0[a].as_mut().unwrap().links = wanted.clone();
        for (b, w) in wanted {
            if self.is_pair(a, b) { self.link(a, b, Some(w)) } else { self.part(a, b) }
        }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            &Change::Link(a, b, w) => self.link(a, b, w),
            &Change::Unlink(a, b) | &Change::Disconnect(a, b) if self.linked(a, b).is_some() => self.part(a, b),
            Change::Unlink(..) => {}
            &Change::Disconnect(a, b) => {
                if let Some(agent) = &mut self.0[a] {
                    agent.heard.retain(|entry| entry.0 != b);
                }
            }
            &Change::Connect(a, b, w) if self.linked(a, b).is_some() => self.link(a, b, w),
            &Change::Connect(a, b, w) => {
                if self.is_pair(a, b) {
                    let agent = self.0[a].as_mut().unwrap();
                    let w = w.or(weight(&agent.heard, b)).unwrap_or(1.0);
                    set(&mut agent.heard, b, w);
                }
            }
            Change::Replace(a, new) => self.replace(*a, new),
            Change::RemoveLinks(a) => self.replace(*a, &[]),
            Change::Spawn(links) => {
                self.0.push(Some(Modelled::default()));
                self.replace(self.0.len() - 1, links);
            }
            Change::Despawn(a) => {
                self.replace(*a, &[]);
                self.0[*a] = None;
            }
        }
    }
}

/// The same changes to a world; what is refused is refused there too.
fn apply(world: &mut World, agents: &mut Vec<Entity>, change: &Change) {
    let links = |list: &[(usize, f64)], agents: &[Entity]| -> Links {
        list.iter().map(|&(with, weight)| Link { with: agents[with], weight }).collect()
    };
    let a = match change {
        Change::Spawn(list) => {
            let agent = world.spawn(Phase(0.5)).id();
            agents.push(agent);
            world.entity_mut(agent).insert(links(list, agents));
            return;
        }
        Change::Link(a, ..) | Change::Unlink(a, _) | Change::Connect(a, ..) | Change::Disconnect(a, _) => a,
        Change::Replace(a, _) | Change::RemoveLinks(a) | Change::Despawn(a) => a,
    };
    let Ok(mut agent) = world.get_entity_mut(agents[*a]) else {
        return;
    };
    let _ = match change {
        &Change::Link(_, b, None) => agent.link(agents[b]).map(drop),
        &Change::Link(_, b, Some(w)) => agent.link_weighted(agents[b], w).map(drop),
        &Change::Unlink(_, b) => agent.unlink(agents[b]).map(drop),
        &Change::Connect(_, b, None) => agent.connect(agents[b]).map(drop),
        &Change::Connect(_, b, Some(w)) => agent.connect_weighted(agents[b], w).map(drop),
        &Change::Disconnect(_, b) => agent.disconnect(agents[b]).map(drop),
        Change::Replace(_, new) => Ok(_ = agent.insert(links(new, agents))),
        Change::RemoveLinks(_) => Ok(_ = agent.remove::<Links>()),
        Change::Despawn(_) => {
            agent.despawn();
            Ok(())
        }
        Change::Spawn(_) => Ok(()),
    };
}

const GRAPH: usize = 8;
const NUMBERS: usize = 14;

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let agent = || 0..NUMBERS;
    let weight = || prop_oneof![Just(1.0), Just(0.5), Just(-2.0)];
    let list = || prop::collection::vec((agent(), weight()), 0..6);
    let change = prop_oneof![
        4 => (agent(), agent(), prop::option::of(weight())).prop_map(|(a, b, w)| Change::Link(a, b, w)),
        2 => (agent(), agent()).prop_map(|(a, b)| Change::Unlink(a, b)),
        3 => (agent(), agent(), prop::option::of(weight())).prop_map(|(a, b, w)| Change::Connect(a, b, w)),
        2 => (agent(), agent()).prop_map(|(a, b)| Change::Disconnect(a, b)),
        2 => (agent(), list()).prop_map(|(a, list)| Change::Replace(a, list)),
        1 => agent().prop_map(Change::RemoveLinks),
        1 => list().prop_map(Change::Spawn),
        1 => agent().prop_map(Change::Despawn),
    ];
    prop::collection::vec(change, 0..60)
}

/// The world as the model has it.
fn read(world: &World, agents: &[Entity]) -> Vec<Option<Modelled>> {
    let number = |agent: Entity| agents.iter().position(|&other| other == agent).unwrap();
    let modelled = |&agent: &Entity| {
        world.get_entity(agent).ok()?;
        let weights = world.get::<Weights>(agent).map(Weights::as_slice);
        let neighbors = heard(world, agent);
        assert!(weights.is_none_or(|weights| weights.len() == neighbors.len()), "out of step");
        let weight = |place: usize| weights.map_or(1.0, |weights| weights[place]);
        let heard = neighbors.iter().enumerate().map(|(place, &other)| (number(other), weight(place))).collect();
        let links = world.get::<Links>(agent);
        let links = links.map_or(Vec::new(), |all| all.iter().map(|link| (number(link.with), link.weight)).collect());
        Some(Modelled { links, heard })
    };
    agents.iter().map(modelled).collect()
}

proptest! {
    #[test]
    fn both_ends_are_as_a_naive_model_has_them(undirected in prop::bool::ANY, changes in changes()) {
        let mut world = world();
        let ring = Topology::Ring { agents: GRAPH, neighbors: 4 }.build(1).unwrap();
        let spawner = SwarmSpawner::new(&ring);
        let mut agents = if undirected { spawner.undirected() } else { spawner }.spawn(&mut world).unwrap();
        let row = |node: usize| ring.neighbors(node).iter().map(|&other| (other as usize, 1.0)).collect::<Vec<_>>();
        let mut model = Model::default();
        for node in 0..GRAPH {
            let links = if undirected { row(node) } else { Vec::new() };
            model.0.push(Some(Modelled { links, heard: row(node) }));
        }
        // Numbers that nobody has had yet stand for the dead.
        while agents.len() < NUMBERS {
            let nobody = world.spawn_empty().id();
            world.despawn(nobody);
            agents.push(nobody);
            model.0.push(None);
        }
        for change in &changes {
            model.apply(change);
            apply(&mut world, &mut agents, change);
            prop_assert_eq!(&read(&world, &agents), &model.0, "{:?}", change);
            for (a, agent) in model.0.iter().enumerate().filter_map(|(a, agent)| Some((a, agent.as_ref()?))) {
                for &(b, w) in &agent.links {
                    prop_assert_eq!(model.linked(b, a), Some(w), "one end of {} and {} is alone", a, b);
                }
            }
        }
        advance(&mut world, 2).unwrap();
    }
}
