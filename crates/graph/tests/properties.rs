//! Properties against an independent graph library.

use lampyrid_graph::properties::{
    clustering, components, degree_statistics, is_symmetric, isolated, listener_statistics,
};
use lampyrid_graph::{Adjacency, Topology};
use petgraph::graph::{NodeIndex, UnGraph};
use proptest::prelude::*;

fn directed(nodes: usize, links: &[(u32, u32)]) -> Adjacency {
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    for &(i, j) in links.iter().filter(|link| link.0 != link.1) {
        rows[i as usize].push(j);
    }
    let mut offsets = vec![0];
    let mut columns = Vec::new();
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
        columns.extend_from_slice(row);
        offsets.push(columns.len() as u32);
    }
    Adjacency::from_parts(offsets, columns, None).unwrap()
}

fn undirected(graph: &Adjacency) -> UnGraph<(), ()> {
    let mut copy = UnGraph::new_undirected();
    (0..graph.nodes()).for_each(|_| {
        copy.add_node(());
    });
    for i in 0..graph.nodes() {
        for &j in graph.neighbors(i) {
            copy.update_edge(NodeIndex::new(i), NodeIndex::new(j as usize), ());
        }
    }
    copy
}

/// Clustering by looking at every triple, through the other library's edge test.
fn naive_clustering(graph: &UnGraph<(), ()>) -> (f64, f64) {
    let (mut local, mut closed, mut pairs) = (0.0, 0.0, 0.0);
    for node in graph.node_indices() {
        let around: Vec<_> = graph.neighbors(node).collect();
        let mut linked = 0.0;
        let mut here = 0.0;
        for (k, &a) in around.iter().enumerate() {
            for &b in &around[k + 1..] {
                here += 1.0;
                linked += f64::from(u8::from(graph.contains_edge(a, b)));
            }
        }
        if here > 0.0 {
            local += linked / here;
        }
        closed += linked;
        pairs += here;
    }
    (local / (graph.node_count().max(1)) as f64, if pairs > 0.0 { closed / pairs } else { 0.0 })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn components_and_clustering_agree_with_an_independent_library(
        nodes in 1_usize..25, links in prop::collection::vec((0_u32..25, 0_u32..25), 0..60)
    ) {
        let links: Vec<_> = links.into_iter().map(|(a, b)| (a % nodes as u32, b % nodes as u32)).collect();
        let graph = directed(nodes, &links);
        let copy = undirected(&graph);
        let found = components(&graph);
        prop_assert_eq!(found.count(), petgraph::algo::connected_components(&copy));
        prop_assert_eq!(found.sizes().iter().sum::<usize>(), nodes);
        for &(a, b) in &links {
            prop_assert_eq!(found.labels()[a as usize], found.labels()[b as usize]);
        }
        let (local, transitivity) = naive_clustering(&copy);
        let found = clustering(&graph);
        prop_assert!((found.average_local - local).abs() < 1e-12);
        prop_assert!((found.transitivity - transitivity).abs() < 1e-12);
        prop_assert_eq!(isolated(&graph), copy.node_indices().filter(|&n| copy.neighbors(n).next().is_none()).count());
    }
}

#[test]
fn degrees_are_counted_on_the_listening_and_on_the_heard_side() {
    let graph = directed(4, &[(0, 1), (0, 2), (0, 3), (1, 3)]);
    let listening = degree_statistics(&graph);
    assert_eq!((listening.min, listening.max, listening.mean, listening.variance), (0, 3, 1.0, 1.5));
    let heard = listener_statistics(&graph);
    assert_eq!((heard.min, heard.max, heard.mean, heard.variance), (0, 2, 1.0, 0.5));
}

#[test]
fn a_network_is_symmetric_only_if_links_and_weights_are() {
    assert!(is_symmetric(&directed(3, &[(0, 1), (1, 0)])));
    assert!(!is_symmetric(&directed(3, &[(0, 1), (1, 2)])));
    let weighted = |back| Adjacency::from_parts(vec![0, 1, 2], vec![1, 0], Some(vec![0.5, back])).unwrap();
    assert!(is_symmetric(&weighted(0.5)) && !is_symmetric(&weighted(0.25)));
}

#[test]
fn a_giant_component_appears_where_the_mean_degree_passes_one() {
    let largest = |mean: f64| {
        let agents = 20_000;
        let graph = Topology::Random { agents, probability: mean / agents as f64 }.build(1).unwrap();
        components(&graph).largest() as f64 / agents as f64
    };
    // S = 1 − e^{−cS}: 0.7968 at c = 2 (Erdős & Rényi 1960).
    assert!(largest(0.8) < 0.01);
    assert!((largest(2.0) - 0.7968).abs() < 0.02);
}

/// Nodes 1 to n in a circle around node 0. The hub must not make the count take quadratic time.
#[test]
fn clustering_of_a_wheel_is_known_however_many_spokes_it_has() {
    let n = 300_000_u32;
    let rim = (1..=n).map(|node| (node, node % n + 1));
    let links: Vec<_> = rim.chain((1..=n).map(|node| (0, node))).collect();
    let found = clustering(&directed(n as usize + 1, &links));
    let n = f64::from(n);
    // Two of the three neighbours of a rim node are linked to the third, the hub.
    let local = (n * 2.0 / 3.0 + 2.0 / (n - 1.0)) / (n + 1.0);
    let transitivity = 3.0 * n / (n * (n - 1.0) / 2.0 + 3.0 * n);
    assert!((found.average_local - local).abs() < 1e-9, "{found:?}");
    assert!((found.transitivity - transitivity).abs() < 1e-9 * transitivity, "{found:?}");
}

#[test]
fn clustering_does_not_depend_on_the_order_or_repetition_of_links() {
    let tidy = directed(4, &[(0, 1), (0, 2), (1, 2), (2, 3)]);
    let untidy = Adjacency::from_parts(vec![0, 4, 5, 6, 8], vec![2, 1, 2, 0, 2, 3, 2, 2], None).unwrap();
    assert_eq!(clustering(&tidy), clustering(&untidy));
    assert_eq!(clustering(&tidy).transitivity, 0.6);
}

#[test]
fn an_empty_network_has_empty_properties() {
    let none = Adjacency::default();
    assert_eq!((components(&none).count(), components(&none).largest(), isolated(&none)), (0, 0, 0));
    assert_eq!(clustering(&none).transitivity, 0.0);
    assert!(is_symmetric(&none));
}
