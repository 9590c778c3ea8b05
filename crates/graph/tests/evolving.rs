//! A network that is changed in place is the network that the changes describe.

use lampyrid_graph::{Adjacency, Evolving, Topology};
use proptest::prelude::*;

/// By node: whom it listens to, and with what weight.
type Rows = Vec<Vec<(u32, f64)>>;

fn rows(network: &Evolving) -> Rows {
    let rows = network.rows();
    let row = |node| {
        let weights = rows.weights_of(node);
        let weight = |place: usize| weights.map_or(1.0, |weights| weights[place]);
        rows.neighbors(node).iter().enumerate().map(|(place, &other)| (other, weight(place))).collect()
    };
    (0..rows.nodes()).map(row).collect()
}

fn built(rows: &Rows, weighted: bool) -> Adjacency {
    let mut adjacency = Adjacency::default();
    let mut writer = adjacency.rebuild(rows.len(), weighted);
    for row in rows {
        row.iter().for_each(|&(other, weight)| writer.push(other, weight));
        writer.end_row();
    }
    writer.finish();
    adjacency
}

#[derive(Clone, Debug)]
enum Change {
    SetRow(usize, Vec<(usize, f64)>),
    Leave(usize),
    Add(usize),
    /// Nodes leave and the last ones take their places.
    SwapRemove(Vec<usize>),
    /// These nodes move around in a circle.
    Rotate(Vec<usize>),
}

fn changes() -> impl Strategy<Value = Change> {
    let node = 0_usize..60;
    prop_oneof![
        (node.clone(), prop::collection::vec((node.clone(), -2.0..2.0), 0..14)).prop_map(|(a, b)| Change::SetRow(a, b)),
        node.clone().prop_map(Change::Leave),
        (0_usize..5).prop_map(Change::Add),
        prop::collection::vec(node.clone(), 0..4).prop_map(Change::SwapRemove),
        prop::collection::vec(node, 0..5).prop_map(Change::Rotate),
    ]
}

/// Takes the links to a node off all rows; returns who had them.
fn leave(model: &mut Rows, node: u32) -> Vec<u32> {
    let mut listeners = Vec::new();
    for (listener, row) in (0..).zip(model) {
        let before = row.len();
        row.retain(|link| link.0 != node);
        listeners.extend(std::iter::repeat_n(listener, before - row.len()));
    }
    listeners
}

fn renumber(model: &mut Rows, moves: &[(u32, u32)]) {
    let before = model.clone();
    let new = |node: u32| moves.iter().find(|m| m.0 == node).map_or(node, |m| m.1);
    moves.iter().for_each(|m| model[m.0 as usize].clear());
    for node in 0..before.len() as u32 {
        let row = &before[node as usize];
        if moves.iter().any(|m| m.0 == node) || !moves.iter().any(|m| m.1 == node) {
            model[new(node) as usize] = row.iter().map(|&(other, weight)| (new(other), weight)).collect();
        }
    }
}

fn apply(network: &mut Evolving, model: &mut Rows, weighted: bool, change: Change) {
    let nodes = model.len();
    let pick = |node: usize| node % nodes;
    match change {
        Change::Add(more) => {
            network.resize(nodes + more);
            model.resize(nodes + more, Vec::new());
        }
        _ if nodes == 0 => (),
        Change::SetRow(node, links) => {
            let weight = |weight| if weighted { weight } else { 1.0 };
            let links: Vec<_> = links.into_iter().map(|(other, w)| (pick(other) as u32, weight(w))).collect();
            network.set_row(pick(node), links.iter().copied());
            model[pick(node)] = links;
        }
        Change::Leave(node) => {
            let mut listeners = network.listeners(pick(node)).to_vec();
            network.leave(pick(node));
            listeners.sort_unstable();
            assert_eq!(listeners, leave(model, pick(node) as u32));
        }
        Change::SwapRemove(gone) => {
            let mut gone: Vec<usize> = gone.into_iter().map(pick).collect();
            gone.sort_unstable();
            gone.dedup();
            gone.iter().for_each(|&node| network.clear_row(node));
            gone.iter().for_each(|&node| network.leave(node));
            gone.iter().for_each(|&node| model[node].clear());
            gone.iter().for_each(|&node| _ = leave(model, node as u32));
            let left = nodes - gone.len();
            let last = (left..nodes).filter(|node| !gone.contains(node));
            let moves: Vec<_> = last.zip(&gone).map(|(from, &to)| (from as u32, to as u32)).collect();
            network.renumber(&moves);
            network.resize(left);
            renumber(model, &moves);
            model.truncate(left);
        }
        Change::Rotate(nodes) => {
            let mut nodes: Vec<u32> = nodes.into_iter().map(|node| pick(node) as u32).collect();
            nodes.sort_unstable();
            nodes.dedup();
            let next = nodes.iter().cycle().skip(1);
            let moves: Vec<_> = nodes.iter().copied().zip(next.copied()).collect();
            network.renumber(&moves);
            renumber(model, &moves);
        }
    }
}

proptest! {
    #[test]
    fn any_changes_leave_the_rows_that_a_list_of_lists_has(
        weighted in prop::bool::ANY,
        changes in prop::collection::vec(changes(), 0..60),
    ) {
        let start: Rows = vec![vec![(1, 1.0), (2, 1.0), (1, 1.0)], vec![], vec![(2, 1.0), (0, 1.0)]];
        let start = built(&start, weighted);
        // Two nodes between the first and the others that nobody becomes.
        let mut network = Evolving::new(start.rows(), 5, |node| Some(if node == 0 { 0 } else { node + 2 }));
        let mut model: Rows =
            vec![vec![(3, 1.0), (4, 1.0), (3, 1.0)], vec![], vec![], vec![], vec![(4, 1.0), (0, 1.0)]];
        for change in changes {
            apply(&mut network, &mut model, weighted, change);
            prop_assert_eq!(&rows(&network), &model);
            prop_assert_eq!(network.links(), model.iter().map(Vec::len).sum::<usize>());
            let rows = network.rows();
            prop_assert!((0..rows.nodes()).all(|node| rows.ends()[node] as usize <= rows.columns().len()));
        }
    }
}

/// Buffers are tidied up: a network that changes for ever does not grow for ever.
#[test]
fn a_thousand_generations_leave_no_trail() {
    let nodes = 500;
    let start = Topology::Random { agents: nodes, probability: 0.02 }.build(1).unwrap();
    let mut network = Evolving::new(start.rows(), nodes, Some);
    let mut random = 1_u64;
    let mut draw = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let mut largest = [0; 2];
    for round in 0..500_000 {
        let node = draw(nodes);
        network.clear_row(node);
        network.leave(node);
        network.set_row(node, (0..10).map(|_| (draw(nodes) as u32, 1.0)));
        let half = usize::from(round >= 250_000);
        largest[half] = network.heap_bytes().max(largest[half]);
    }
    assert!(largest[1] <= largest[0] * 11 / 10, "{largest:?} bytes");
}

#[test]
fn moves_that_would_lose_links_are_refused_and_change_nothing() {
    let ring = Topology::Ring { agents: 5, neighbors: 2 }.build(0).unwrap();
    for moves in [&[(0, 1)][..], &[(0, 5)], &[(5, 0)], &[(0, 1), (0, 2)], &[(1, 0), (0, 2), (2, 0)]] {
        let mut network = Evolving::new(ring.rows(), 5, Some);
        let before = rows(&network);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| network.renumber(moves)));
        assert!(outcome.is_err(), "{moves:?}");
        assert_eq!(rows(&network), before, "{moves:?}");
    }
}

#[test]
#[should_panic(expected = "nodes with links cannot go")]
fn a_node_that_somebody_listens_to_cannot_be_cut_off() {
    let star = Topology::Star { agents: 3 }.build(0).unwrap();
    let mut network = Evolving::new(star.rows(), 3, Some);
    network.clear_row(2);
    network.resize(2);
}
