//! Adjacencies built of listed links.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

struct Listed {
    nodes: usize,
    weighted: bool,
    links: Vec<(u32, u32, f64)>,
}

impl LinkStream for Listed {
    fn nodes(&self) -> usize {
        self.nodes
    }
    fn is_weighted(&self) -> bool {
        self.weighted
    }
    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for &(receiver, sender, weight) in &self.links {
            visit(Link { receiver, sender, weight });
        }
    }
}

#[test]
fn a_link_met_twice_weighs_two() {
    let links = vec![(0, 1, 1.0), (2, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)];
    let built = Adjacency::from_stream(&Listed { nodes: 3, weighted: false, links }).unwrap();
    assert_eq!((built.duplicates, built.self_links), (1, 1));
    assert_eq!(built.adjacency, Adjacency::from_parts(vec![0, 1, 1, 2], vec![1, 0], Some(vec![2.0, 1.0])).unwrap());
}

/// Enough nodes for links to be gathered in bins, and few enough rows that each binful repeats some.
#[test]
fn weights_are_added_in_the_order_of_the_stream_in_large_networks_too() {
    let nodes = 200_000;
    let links: Vec<_> = (0..600_000_u32)
        .map(|i| ((i.wrapping_mul(2_654_435_761) % nodes) & !0x7ff, i % 3, 0.1 * f64::from(i % 7)))
        .filter(|link| link.0 != link.1)
        .collect();
    let mut map = BTreeMap::<(u32, u32), f64>::new();
    links.iter().for_each(|&(receiver, sender, weight)| *map.entry((receiver, sender)).or_insert(0.0) += weight);
    let built = Adjacency::from_stream(&Listed { nodes: nodes as usize, weighted: true, links }).unwrap();
    let mut found = BTreeMap::new();
    built.adjacency.for_each_link(|link| {
        found.insert((link.receiver, link.sender), link.weight);
    });
    assert!(built.duplicates > 0);
    assert!(found == map);
}

#[test]
fn an_adjacency_streams_what_it_was_built_of() {
    let links = vec![(0, 1, 0.5), (2, 0, -1.0), (2, 1, 2.0)];
    let built = Adjacency::from_stream(&Listed { nodes: 3, weighted: true, links }).unwrap();
    assert_eq!(Adjacency::from_stream(&built.adjacency).unwrap(), built);
    let mut last = Vec::new();
    built.adjacency.for_each_link_into(1..9, |link| last.push((link.receiver, link.sender, link.weight)));
    assert_eq!(last, [(2, 0, -1.0), (2, 1, 2.0)]);
}

#[test]
fn a_stream_that_gives_other_links_when_replayed_is_refused() {
    /// Its second replay has one link less, or leads elsewhere.
    struct Fickle {
        replays: std::cell::Cell<usize>,
        later: &'static [(u32, u32)],
    }
    impl LinkStream for Fickle {
        fn nodes(&self) -> usize {
            // Grows, too: what was counted must hold.
            3 + self.replays.get()
        }
        fn for_each_link(&self, visit: impl FnMut(Link)) {
            let links = if self.replays.get() == 0 { &[(0, 1), (1, 2)] } else { self.later };
            self.replays.set(self.replays.get() + 1);
            links.iter().map(|&(receiver, sender)| Link::new(receiver, sender)).for_each(visit);
        }
    }
    for later in [&[(0, 1)][..], &[(0, 1), (0, 2)], &[(0, 1), (3, 0)], &[(0, 1), (1, 3)], &[(2, 1), (1, 2), (0, 1)]] {
        let built = Adjacency::from_stream(&Fickle { replays: 0.into(), later });
        assert_eq!(built, Err(GraphError::Unsteady), "{later:?}");
    }
}

#[test]
fn links_that_leave_the_network_and_weights_that_are_not_finite_are_refused() {
    let build = |link| Adjacency::from_stream(&Listed { nodes: 2, weighted: true, links: vec![link] });
    assert!(matches!(build((0, 2, 1.0)), Err(GraphError::OutOfRange { .. })));
    assert!(matches!(build((2, 0, 1.0)), Err(GraphError::OutOfRange { .. })));
    assert!(matches!(build((7, 7, 1.0)), Err(GraphError::OutOfRange { .. })));
    assert!(matches!(build((0, 1, f64::INFINITY)), Err(GraphError::WeightNotFinite { .. })));
}

#[test]
fn duplicates_whose_sum_overflows_are_refused() {
    let links = vec![(0, 1, f64::MAX), (0, 1, f64::MAX)];
    let built = Adjacency::from_stream(&Listed { nodes: 2, weighted: true, links });
    assert!(matches!(built, Err(GraphError::WeightNotFinite { .. })));
}

proptest! {
    #[test]
    fn a_built_adjacency_is_the_map_of_its_links(
        nodes in 1_usize..20,
        weighted: bool,
        links in prop::collection::vec((0_u32..20, 0_u32..20, -3..4_i32), 0..200)
    ) {
        let links: Vec<_> = links
            .into_iter()
            .map(|(a, b, w)| (a % nodes as u32, b % nodes as u32, if weighted { f64::from(w) } else { 1.0 }))
            .collect();
        let mut map = BTreeMap::<(u32, u32), f64>::new();
        links.iter().filter(|l| l.0 != l.1).for_each(|l| *map.entry((l.0, l.1)).or_default() += l.2);
        let others = links.iter().filter(|l| l.0 != l.1).count();
        let built = Adjacency::from_stream(&Listed { nodes, weighted, links: links.clone() }).unwrap();
        let mut found = BTreeMap::new();
        for i in 0..nodes {
            prop_assert!(built.adjacency.neighbors(i).is_sorted_by(|a, b| a < b));
            for (place, &j) in built.adjacency.neighbors(i).iter().enumerate() {
                found.insert((i as u32, j), built.adjacency.weights_of(i).map_or(1.0, |w| w[place]));
            }
        }
        prop_assert_eq!(built.duplicates, others - map.len());
        prop_assert_eq!(built.self_links, links.len() - others);
        prop_assert_eq!(found, map);
    }
}
