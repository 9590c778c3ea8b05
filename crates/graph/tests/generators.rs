//! Every generator against its definition, its statistics and itself.

use lampyrid_graph::properties::{degree_statistics, is_symmetric};
use lampyrid_graph::{Adjacency, GraphError, Link, LinkStream, Topology, positions};
use proptest::prelude::*;

/// FNV-1a over offsets and columns.
fn fingerprint(graph: &Adjacency) -> u64 {
    let words = graph.offsets().iter().chain(graph.columns());
    words
        .flat_map(|word| word.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

fn one_of_each() -> Vec<(Topology, u64)> {
    vec![
        (Topology::Complete { agents: 20 }, 0xa69f_6b2b_c968_0042),
        (Topology::Ring { agents: 50, neighbors: 6 }, 0xf6ef_591a_4aa9_6b2f),
        (Topology::Lattice { width: 8, height: 5, periodic: false }, 0xb52a_4274_b6b5_f633),
        (Topology::Lattice { width: 8, height: 5, periodic: true }, 0x4214_726d_0038_48d5),
        (Topology::Star { agents: 30 }, 0xbb39_ba74_ff3e_da93),
        (Topology::Random { agents: 300, probability: 0.03 }, 0xaf08_8905_dcf2_e44d),
        (Topology::RandomLinks { agents: 300, links: 900 }, 0x8c40_e3b8_ff2b_a6e3),
        (Topology::SmallWorld { agents: 300, neighbors: 8, rewire: 0.2 }, 0xeaee_9a30_66f0_43fc),
        (Topology::ScaleFree { agents: 300, attach: 3 }, 0x2aa7_609f_a571_d6b1),
        (Topology::Modular { sizes: vec![40, 60, 50], within: 0.3, between: 0.02 }, 0x02fc_7141_a7fc_1dfc),
        (Topology::Geometric { agents: 300, radius: 0.1, periodic: false }, 0xdc26_ea73_7d4f_31df),
        (Topology::Geometric { agents: 300, radius: 0.1, periodic: true }, 0xac02_1879_f676_cfce),
    ]
}

#[test]
fn the_same_seed_makes_the_same_network_for_ever() {
    let found: Vec<_> = one_of_each().iter().map(|(topology, _)| fingerprint(&topology.build(42).unwrap())).collect();
    let expected: Vec<_> = one_of_each().iter().map(|(_, known)| *known).collect();
    assert!(found == expected, "{found:#x?}");
}

#[test]
fn another_seed_makes_another_random_network() {
    for (topology, _) in one_of_each() {
        let random = !matches!(
            topology,
            Topology::Complete { .. } | Topology::Ring { .. } | Topology::Lattice { .. } | Topology::Star { .. }
        );
        assert_eq!(topology.build(1).unwrap() != topology.build(2).unwrap(), random, "{topology:?}");
    }
}

#[test]
fn every_network_is_undirected_and_simple() {
    for (topology, _) in one_of_each() {
        let built = Adjacency::from_stream(&topology.stream(7).unwrap()).unwrap();
        assert_eq!((built.duplicates, built.self_links), (0, 0), "{topology:?}");
        assert!(is_symmetric(&built.adjacency), "{topology:?}");
        assert_eq!(built.adjacency.nodes(), topology.agents(), "{topology:?}");
    }
}

fn links_of(stream: &impl LinkStream) -> Vec<Link> {
    let mut links = Vec::new();
    stream.for_each_link(|link| links.push(link));
    links
}

#[test]
fn a_stream_replays_its_links() {
    for (topology, _) in one_of_each() {
        let stream = topology.stream(3).unwrap();
        let links = links_of(&stream);
        assert_eq!(links, links_of(&stream), "{topology:?}");
        assert_eq!(links, links_of(&topology.stream(3).unwrap()), "{topology:?}");
    }
}

#[test]
fn a_part_of_the_rows_is_that_part_of_the_whole() {
    for (topology, _) in one_of_each() {
        let stream = topology.stream(3).unwrap();
        let order = |links: &mut Vec<Link>| links.sort_unstable_by_key(|link| (link.receiver, link.sender));
        let mut whole = links_of(&stream);
        order(&mut whole);
        let nodes = topology.agents() as u32;
        for rows in
            [0..nodes, 0..nodes / 3, 1..2, nodes / 3..nodes, nodes - 1..nodes, 5..5, 7..u32::MAX, nodes..nodes + 9]
        {
            let mut part = Vec::new();
            stream.for_each_link_into(rows.clone(), |link| part.push(link));
            order(&mut part);
            let expected: Vec<Link> = whole.iter().copied().filter(|link| rows.contains(&link.receiver)).collect();
            assert_eq!(part, expected, "{topology:?}, rows {rows:?}");
        }
    }
}

#[test]
fn a_ring_links_every_node_to_its_nearest() {
    let ring = Topology::Ring { agents: 10, neighbors: 4 }.build(0).unwrap();
    assert_eq!(ring.neighbors(0), [1, 2, 8, 9]);
    assert_eq!(ring.neighbors(5), [3, 4, 6, 7]);
}

#[test]
fn a_lattice_has_its_corners_open_or_joined() {
    let lattice = |width, height, periodic| Topology::Lattice { width, height, periodic }.build(0).unwrap();
    assert_eq!(lattice(4, 3, false).neighbors(0), [1, 4]);
    assert_eq!(lattice(4, 3, true).neighbors(0), [1, 3, 4, 8]);
    // Sides of one or two nodes have no other way round.
    assert_eq!(lattice(2, 2, true), lattice(2, 2, false));
    assert_eq!(lattice(5, 1, true), Topology::Ring { agents: 5, neighbors: 2 }.build(0).unwrap());
    assert_eq!(lattice(1, 1, true).links(), 0);
}

#[test]
fn gnp_at_its_ends_is_empty_and_complete() {
    let gnp = |probability| Topology::Random { agents: 30, probability }.build(1).unwrap();
    assert_eq!(gnp(0.0).links(), 0);
    assert_eq!(gnp(1.0), Topology::Complete { agents: 30 }.build(0).unwrap());
}

#[test]
fn gnm_has_exactly_its_links() {
    for links in [0, 1, 100, 434, 435] {
        let graph = Topology::RandomLinks { agents: 30, links }.build(5).unwrap();
        assert_eq!(graph.links(), 2 * links);
    }
}

#[test]
fn a_small_world_keeps_its_number_of_links_and_half_of_every_degree() {
    for rewire in [0.0, 0.1, 0.5, 1.0] {
        let graph = Topology::SmallWorld { agents: 500, neighbors: 8, rewire }.build(2).unwrap();
        let degrees = degree_statistics(&graph);
        assert_eq!(graph.links(), 500 * 8, "rewire = {rewire}");
        assert!(degrees.min >= 4, "rewire = {rewire}: {degrees:?}");
    }
    let ring = Topology::Ring { agents: 500, neighbors: 8 }.build(0).unwrap();
    assert_eq!(Topology::SmallWorld { agents: 500, neighbors: 8, rewire: 0.0 }.build(2).unwrap(), ring);
}

#[test]
fn a_small_world_that_has_no_room_for_a_move_stays_a_ring() {
    let graph = Topology::SmallWorld { agents: 9, neighbors: 8, rewire: 1.0 }.build(2).unwrap();
    assert_eq!(graph, Topology::Complete { agents: 9 }.build(0).unwrap());
}

#[test]
fn geometric_neighbours_are_those_within_the_radius() {
    for (periodic, radius) in [(false, 0.13), (true, 0.13), (true, 0.4), (false, 2.0), (true, 0.9)] {
        let agents = 150;
        let graph = Topology::Geometric { agents, radius, periodic }.build(6).unwrap();
        let places: Vec<_> = positions(agents, 6).collect();
        for i in 0..agents {
            let near = |j: &usize| {
                let apart = |axis: usize| {
                    let d = (places[i][axis] - places[*j][axis]).abs();
                    if periodic { d.min(1.0 - d) } else { d }
                };
                *j != i && apart(0).hypot(apart(1)) <= radius
            };
            let expected: Vec<u32> = (0..agents).filter(near).map(|j| j as u32).collect();
            assert_eq!(graph.neighbors(i), expected, "radius {radius}, periodic {periodic}, node {i}");
        }
    }
}

#[test]
fn parameters_outside_their_range_are_named() {
    let wrong = [
        Topology::Complete { agents: 0 },
        Topology::Ring { agents: 10, neighbors: 3 },
        Topology::Ring { agents: 10, neighbors: 10 },
        Topology::SmallWorld { agents: 10, neighbors: 4, rewire: 1.5 },
        Topology::SmallWorld { agents: 10, neighbors: 4, rewire: f64::NAN },
        Topology::Random { agents: 10, probability: -0.1 },
        Topology::RandomLinks { agents: 10, links: 46 },
        Topology::ScaleFree { agents: 10, attach: 0 },
        Topology::ScaleFree { agents: 10, attach: 10 },
        Topology::Modular { sizes: vec![], within: 0.1, between: 0.1 },
        Topology::Modular { sizes: vec![5], within: 1.1, between: 0.1 },
        Topology::Geometric { agents: 10, radius: 0.0, periodic: false },
        Topology::Geometric { agents: 10, radius: f64::INFINITY, periodic: false },
        Topology::Lattice { width: 0, height: 4, periodic: false },
    ];
    for topology in wrong {
        assert!(matches!(topology.build(0), Err(GraphError::Parameter { .. })), "{topology:?}");
    }
}

/// Counting these links one by one would take from minutes to days.
#[test]
fn networks_that_no_adjacency_can_hold_are_refused_at_once() {
    let refused = |topology: &Topology| match topology.build(0) {
        Err(GraphError::TooMany { what, .. }) => what,
        other => panic!("{topology:?}: {other:?}"),
    };
    let agents = 1_000_000;
    let too_many_links = [
        Topology::Complete { agents },
        Topology::Ring { agents: 1000 * agents, neighbors: 6 },
        Topology::Lattice { width: 60_000, height: 60_000, periodic: true },
        Topology::Star { agents: 3000 * agents },
        Topology::Random { agents, probability: 0.01 },
        Topology::RandomLinks { agents, links: 3000 * agents },
        Topology::SmallWorld { agents, neighbors: 5000, rewire: 0.1 },
        Topology::ScaleFree { agents, attach: 2500 },
        Topology::Modular { sizes: vec![agents / 2; 2], within: 0.01, between: 0.001 },
        Topology::Geometric { agents, radius: 0.1, periodic: true },
    ];
    for topology in too_many_links {
        assert_eq!(refused(&topology), "links", "{topology:?}");
        // Parts of it can be made all the same.
        let stream = topology.stream(0).unwrap();
        assert_eq!(stream.nodes(), topology.agents());
    }
    assert_eq!(refused(&Topology::Lattice { width: 1 << 20, height: 1 << 20, periodic: false }), "nodes");
    assert_eq!(refused(&Topology::Modular { sizes: vec![usize::MAX, 2], within: 0.0, between: 0.0 }), "nodes");
}

#[test]
fn dense_networks_that_fit_are_not_refused() {
    for topology in [
        Topology::Random { agents: 300, probability: 1.0 },
        Topology::Modular { sizes: vec![100, 200], within: 1.0, between: 1.0 },
        Topology::Geometric { agents: 300, radius: 2.0, periodic: false },
        Topology::ScaleFree { agents: 300, attach: 299 },
        Topology::RandomLinks { agents: 300, links: 300 * 299 / 2 },
    ] {
        assert_eq!(topology.build(0).unwrap(), Topology::Complete { agents: 300 }.build(0).unwrap(), "{topology:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn small_worlds_and_scale_free_networks_are_simple_for_any_parameters(
        agents in 1_usize..60, half in 0_usize..6, rewire in 0.0..=1.0, attach in 1_usize..8, seed: u64
    ) {
        let neighbors = 2 * half;
        if neighbors < agents {
            let built = Adjacency::from_stream(&Topology::SmallWorld { agents, neighbors, rewire }.stream(seed).unwrap()).unwrap();
            prop_assert_eq!((built.duplicates, built.self_links, built.adjacency.links()), (0, 0, agents * neighbors));
        }
        if attach < agents {
            let built = Adjacency::from_stream(&Topology::ScaleFree { agents, attach }.stream(seed).unwrap()).unwrap();
            let links = attach * (attach + 1) + 2 * (agents - attach - 1) * attach;
            prop_assert_eq!((built.duplicates, built.self_links, built.adjacency.links()), (0, 0, links));
        }
    }
}
