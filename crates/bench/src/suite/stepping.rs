//! How fast swarms are stepped.

use bevy_ecs::prelude::*;
use lampyrid::{
    graph::{NodeOrder, positions},
    prelude::*,
};

use super::{Case, Conditions, Measure, Value};
use crate::{
    duel::Duel,
    floor::{MeanFieldFloor, NetworkFloor},
    swarms::{NEIGHBORS, SEED, case, of_graph, of_graph_in_order, small_world},
};

/// Most that a step may cost, in steps on plain arrays.
const OVER_FLOOR: f64 = 1.15;

/// Agents of the swarms whose network varies.
const SOME: usize = 10_000;

pub(super) fn cases(largest: usize) -> Vec<Case> {
    let sizes = |sizes: &'static [usize]| sizes.iter().copied().filter(move |&agents| agents <= largest);
    let steps = sizes(&[1000, 10_000, 100_000, 1_000_000]).map(network);
    let mean_fields = sizes(&[1000, 10_000, 100_000, 1_000_000]).map(mean_field);
    let small = [(10, 2e6), (100, 1e6)].map(|(agents, bar)| small(agents, bar));
    let threads = sizes(&[100_000, 1_000_000]).map(threads);
    let single = sizes(case("single").sizes).map(single);
    let orders =
        sizes(&[100_000, 1_000_000]).flat_map(|agents| LAYOUTS.iter().map(move |layout| order(layout, agents)));
    let churn = sizes(&[1000, 10_000, 100_000]).map(churn);
    let topologies = topologies().map(topology);
    let plain = steps.chain(mean_fields).chain(small).chain(threads).chain(churn);
    plain.chain(single).chain(orders).chain(topologies).collect()
}

fn take(world: &mut World, steps: u64) {
    advance(world, steps).expect("the cases are valid");
}

fn ns_per_agent(bar: Option<f64>) -> Measure {
    Measure::lower("ns_per_agent", "ns", bar)
}

/// The second side's time per agent, and what it costs in steps of the first.
fn second_over_first(duel: &Duel, agents: usize) -> Vec<Value> {
    vec![Value(duel.second * 1e9 / agents as f64, None), ratio(duel)]
}

fn ratio(duel: &Duel) -> Value {
    let (low, high) = duel.range();
    Value(duel.median(), Some([low, high]))
}

fn network(agents: usize) -> Case {
    let measures = vec![ns_per_agent(None), Measure::lower("over_floor", "ratio", Some(OVER_FLOOR))];
    Case::new(format!("step/{agents}"), case("network").sentence, measures, move |conditions| {
        let (mut floor, mut world) = (NetworkFloor::new(agents), (case("network").build)(agents));
        let arrays = |steps| (0..steps).for_each(|_| floor.step());
        let duel = Duel::new(conditions.rounds, arrays, |steps| take(&mut world, steps));
        Ok(second_over_first(&duel, agents))
    })
}

fn mean_field(agents: usize) -> Case {
    let measures = vec![ns_per_agent(Some(2.0)), Measure::lower("over_floor", "ratio", Some(OVER_FLOOR))];
    Case::new(format!("mean_field/{agents}"), case("mean_field").sentence, measures, move |conditions| {
        let (mut floor, mut world) = (MeanFieldFloor::new(agents), (case("mean_field").build)(agents));
        let arrays = |steps| (0..steps).for_each(|_| floor.step());
        let duel = Duel::new(conditions.rounds, arrays, |steps| take(&mut world, steps));
        Ok(second_over_first(&duel, agents))
    })
}

fn small(agents: usize, bar: f64) -> Case {
    let measures =
        vec![Measure::higher("steps_per_second", "1/s", Some(bar)), Measure::higher("one_by_one", "1/s", None)];
    let sentence = "the network, many steps in one call and one by one";
    Case::new(format!("small/{agents}"), sentence, measures, move |conditions| {
        let [mut together, mut apart] = [(); 2].map(|()| (case("network").build)(agents));
        let one_by_one = |steps| (0..steps).for_each(|_| take(&mut apart, 1));
        let duel = Duel::new(conditions.rounds, |steps| take(&mut together, steps), one_by_one);
        Ok(vec![Value(1.0 / duel.first, None), Value(1.0 / duel.second, None)])
    })
}

fn threads(agents: usize) -> Case {
    let measures = vec![ns_per_agent(None), Measure::higher("speed_up", "ratio", Some(1.6))];
    let sentence = "the network on two threads, and how much faster than on one";
    Case::new(format!("threads/{agents}"), sentence, measures, move |conditions| {
        let (mut two, mut one) = ((case("two_threads").build)(agents), (case("network").build)(agents));
        let duel = Duel::new(conditions.rounds, |steps| take(&mut two, steps), |steps| take(&mut one, steps));
        Ok(vec![Value(duel.first * 1e9 / agents as f64, None), ratio(&duel)])
    })
}

fn single(agents: usize) -> Case {
    let measures = vec![ns_per_agent(None), Measure::lower("over_double", "ratio", None)];
    Case::new(format!("single/{agents}"), case("single").sentence, measures, move |conditions| {
        let [mut double, mut single] = ["network", "single"].map(|name| (case(name).build)(agents));
        let duel = Duel::new(conditions.rounds, |steps| take(&mut double, steps), |steps| take(&mut single, steps));
        Ok(second_over_first(&duel, agents))
    })
}

/// A network, and an order that its nodes might be laid out in.
struct Layout {
    name: &'static str,
    network: fn(usize) -> Adjacency,
    order: fn(&Adjacency) -> NodeOrder,
}

const LAYOUTS: [Layout; 7] = [
    Layout { name: "small_world/degree", network: small_world, order: NodeOrder::by_degree },
    Layout { name: "small_world/cuthill_mckee", network: small_world, order: NodeOrder::reverse_cuthill_mckee },
    Layout { name: "shuffled/degree", network: shuffled, order: NodeOrder::by_degree },
    Layout { name: "shuffled/cuthill_mckee", network: shuffled, order: NodeOrder::reverse_cuthill_mckee },
    Layout { name: "random/degree", network: random, order: NodeOrder::by_degree },
    Layout { name: "random/cuthill_mckee", network: random, order: NodeOrder::reverse_cuthill_mckee },
    Layout { name: "geometric/hilbert", network: geometric, order: along_the_curve },
];

/// The small world, its nodes numbered at random.
fn shuffled(agents: usize) -> Adjacency {
    small_world(agents).reordered(&NodeOrder::hilbert(positions(agents, SEED + 1)))
}

fn random(agents: usize) -> Adjacency {
    build(&Topology::RandomLinks { agents, links: agents * NEIGHBORS / 2 })
}

fn geometric(agents: usize) -> Adjacency {
    build(&Topology::Geometric { agents, radius: radius(agents), periodic: true })
}

fn along_the_curve(network: &Adjacency) -> NodeOrder {
    NodeOrder::hilbert(positions(network.nodes(), SEED))
}

fn order(layout: &'static Layout, agents: usize) -> Case {
    let measures = vec![ns_per_agent(None), Measure::lower("over_unordered", "ratio", None)];
    let sentence = "a network laid out in an order of its nodes, against the order that it came in";
    Case::new(format!("order/{}/{agents}", layout.name), sentence, measures, move |conditions| {
        let network = (layout.network)(agents);
        let (mut before, mut after) = (of_graph(&network), of_graph_in_order(&network, &(layout.order)(&network)));
        let duel = Duel::new(conditions.rounds, |steps| take(&mut before, steps), |steps| take(&mut after, steps));
        Ok(second_over_first(&duel, agents))
    })
}

fn churn(agents: usize) -> Case {
    let measures = vec![ns_per_agent(None), Measure::lower("over_plain", "ratio", None)];
    let sentence = "the network, an agent replaced before every step, against steps one by one without";
    Case::new(format!("churn/{agents}"), sentence, measures, move |conditions: &Conditions| {
        let mut plain = (case("network").build)(agents);
        let mut churned = Churned::new(agents);
        let plain = |steps| (0..steps).for_each(|_| take(&mut plain, 1));
        let duel = Duel::new(conditions.rounds, plain, |steps| (0..steps).for_each(|_| churned.replace_and_step()));
        Ok(second_over_first(&duel, agents))
    })
}

/// A swarm one of whose agents is replaced by another before every step, with links to as many.
pub struct Churned {
    world: World,
    present: Vec<Entity>,
    place: usize,
}

impl Churned {
    /// The network of so many agents, as it was spawned.
    #[must_use]
    pub fn new(agents: usize) -> Self {
        let mut world = (case("network").build)(agents);
        let present = world.query_filtered::<Entity, With<Phase>>().iter(&world).collect();
        let mut churned = Self { world, present, place: 0 };
        (0..3).for_each(|_| churned.replace_and_step());
        churned
    }

    /// Replaces an agent and takes a step.
    pub fn replace_and_step(&mut self) {
        let agents = self.present.len();
        self.place = (self.place * 7919 + 13) % agents;
        self.world.despawn(self.present[self.place]);
        let heard: Neighbors = (1..=NEIGHBORS).map(|k| self.present[(self.place + k * k) % agents]).collect();
        self.present[self.place] = self.world.spawn((Phase(1.0), Frequency(1.0), heard)).id();
        self.world.clear_trackers();
        self.step();
    }

    /// Takes a step as things are.
    pub fn step(&mut self) {
        take(&mut self.world, 1);
    }
}

fn build(network: &Topology) -> Adjacency {
    network.build(SEED).expect("the sizes are valid")
}

/// Within which agents at random places have [`NEIGHBORS`] in the mean.
fn radius(agents: usize) -> f64 {
    (NEIGHBORS as f64 / (std::f64::consts::PI * agents as f64)).sqrt()
}

fn topologies() -> impl Iterator<Item = (&'static str, Topology)> {
    let agents = SOME;
    [
        ("ring", Topology::Ring { agents, neighbors: NEIGHBORS }),
        ("small_world", Topology::SmallWorld { agents, neighbors: NEIGHBORS, rewire: 0.1 }),
        ("random", Topology::RandomLinks { agents, links: agents * NEIGHBORS / 2 }),
        ("scale_free", Topology::ScaleFree { agents, attach: NEIGHBORS / 2 }),
        ("geometric", Topology::Geometric { agents, radius: radius(agents), periodic: true }),
    ]
    .into_iter()
}

fn topology((kind, network): (&'static str, Topology)) -> Case {
    let measures = vec![Measure::lower("ns_per_link", "ns", None)];
    let sentence = "10,000 agents of eight neighbours in the mean, explicit Euler, one thread";
    Case::new(format!("topology/{kind}"), sentence, measures, move |conditions| {
        let graph = build(&network);
        let [mut first, mut second] = [(); 2].map(|()| of_graph(&graph));
        let duel = Duel::new(conditions.rounds, |steps| take(&mut first, steps), |steps| take(&mut second, steps));
        Ok(vec![Value(duel.first.min(duel.second) * 1e9 / graph.links() as f64, None)])
    })
}
