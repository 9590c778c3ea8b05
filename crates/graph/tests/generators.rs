//! Every generator against its definition, its statistics and itself.

use lampyrid_graph::properties::{clustering, components, degree_statistics, is_symmetric};
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

#[test]
fn a_part_of_the_rows_is_that_part_of_the_whole() {
    for (topology, _) in one_of_each() {
        let stream = topology.stream(3).unwrap();
        let nodes = topology.agents() as u32;
        for rows in [0..nodes / 3, nodes / 3..nodes, 5..5] {
            let (mut part, mut whole) = (Vec::new(), Vec::new());
            stream.for_each_link_into(rows.clone(), |link| part.push((link.receiver, link.sender)));
            stream.for_each_link(|link| whole.push((link.receiver, link.sender)));
            whole.retain(|link| rows.contains(&link.0));
            part.sort_unstable();
            whole.sort_unstable();
            assert_eq!(part, whole, "{topology:?}");
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
fn gnp_has_the_mean_and_the_variance_of_binomial_degrees() {
    let (n, p) = (4000_usize, 0.004);
    let graph = Topology::Random { agents: n, probability: p }.build(11).unwrap();
    let degrees = degree_statistics(&graph);
    let (mean, variance) = ((n - 1) as f64 * p, (n - 1) as f64 * p * (1.0 - p));
    // Each of the n(n−1)/2 pairs counts for two nodes.
    assert!((degrees.mean - mean).abs() < 4.0 * (2.0 * variance / n as f64).sqrt(), "{degrees:?}");
    assert!((degrees.variance / variance - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt(), "{degrees:?}");
}

#[test]
fn gnp_at_its_ends_is_empty_and_complete() {
    let gnp = |probability| Topology::Random { agents: 30, probability }.build(1).unwrap();
    assert_eq!(gnp(0.0).links(), 0);
    assert_eq!(gnp(1.0), Topology::Complete { agents: 30 }.build(0).unwrap());
}

#[test]
fn gnm_has_exactly_its_links_and_spares_no_pair() {
    for links in [0, 1, 100, 434, 435] {
        let graph = Topology::RandomLinks { agents: 30, links }.build(5).unwrap();
        assert_eq!(graph.links(), 2 * links);
    }
    // Over many seeds every pair of five nodes is linked as often as any other: 2 of 10 pairs.
    let mut hits = [0.0_f64; 25];
    for seed in 0..4000 {
        let graph = Topology::RandomLinks { agents: 5, links: 2 }.build(seed).unwrap();
        (0..5).for_each(|i| graph.neighbors(i).iter().for_each(|&j| hits[i * 5 + j as usize] += 1.0));
    }
    for (i, j) in (0..5).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let deviation = (hits[i * 5 + j] - 800.0) / (4000.0_f64 * 0.2 * 0.8).sqrt();
        assert!(deviation.abs() < 4.5, "pair {i} {j}: {deviation} standard errors");
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

/// Barrat & Weigt (2000): C(p) ≈ C(0) (1 − p)³ with C(0) = 3(k − 2) / 4(k − 1).
#[test]
fn clustering_of_a_small_world_falls_as_the_cube_of_the_links_that_stay() {
    let (n, k) = (5000, 10_usize);
    for rewire in [0.0, 0.05, 0.2, 0.5] {
        let graph = Topology::SmallWorld { agents: n, neighbors: k, rewire }.build(3).unwrap();
        let expected = 3.0 * (k as f64 - 2.0) / (4.0 * (k as f64 - 1.0)) * (1.0 - rewire).powi(3);
        let found = clustering(&graph).average_local;
        assert!((found - expected).abs() < 0.02, "rewire = {rewire}: {found} instead of {expected}");
    }
}

#[test]
fn moved_links_end_everywhere_alike() {
    let (n, reach) = (40_u32, 2);
    let mut ends = vec![0.0_f64; n as usize];
    let seeds = 4000;
    for seed in 0..seeds {
        let graph = Topology::SmallWorld { agents: n as usize, neighbors: 2 * reach, rewire: 1.0 }.build(seed).unwrap();
        graph.neighbors(0).iter().for_each(|&other| ends[other as usize] += 1.0);
    }
    // Each of 35 far nodes is linked to node 0 with probability (2 + 2)/35.
    let p = 4.0 / 35.0;
    for (node, &count) in ends.iter().enumerate().skip(3).take(35) {
        let deviation = (count - f64::from(seeds as u32) * p) / (f64::from(seeds as u32) * p * (1.0 - p)).sqrt();
        assert!(deviation.abs() < 5.0, "node {node}: {deviation} standard errors");
    }
}

#[test]
fn a_scale_free_network_has_its_links_and_a_tail_of_the_third_power() {
    let (n, m) = (40_000, 4);
    let graph = Topology::ScaleFree { agents: n, attach: m }.build(8).unwrap();
    assert_eq!(graph.links(), 2 * (m * (m + 1) / 2 + (n - m - 1) * m));
    assert_eq!(degree_statistics(&graph).min, m);
    assert_eq!(components(&graph).count(), 1);
    // P(degree ≥ k) = m(m + 1)/(k(k + 1)) for large networks (Bollobás et al. 2001).
    for k in [8_usize, 16, 32, 64] {
        let share = (0..n).filter(|&i| graph.degree(i) >= k).count() as f64 / n as f64;
        let expected = (m * (m + 1)) as f64 / (k * (k + 1)) as f64;
        assert!((share / expected - 1.0).abs() < 0.15, "k = {k}: {share} instead of {expected}");
    }
}

#[test]
fn blocks_have_their_densities() {
    let sizes = vec![300, 500, 200];
    let (within, between) = (0.05, 0.004);
    let graph = Topology::Modular { sizes: sizes.clone(), within, between }.build(4).unwrap();
    let block = |node: usize| {
        if node < 300 {
            0
        } else if node < 800 {
            1
        } else {
            2
        }
    };
    for (a, b) in [(0, 0), (1, 1), (2, 2), (1, 0), (2, 1)] {
        let links = (0..1000)
            .filter(|&i| block(i) == a)
            .flat_map(|i| graph.neighbors(i))
            .filter(|&&j| block(j as usize) == b)
            .count() as f64;
        let (pairs, p) =
            if a == b { ((sizes[a] * (sizes[a] - 1)) as f64, within) } else { ((sizes[a] * sizes[b]) as f64, between) };
        let deviation = (links - pairs * p) / (2.0 * pairs * p).sqrt();
        assert!(deviation.abs() < 4.0, "blocks {a} {b}: {deviation} standard errors");
    }
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
    let large = Topology::Lattice { width: 1 << 20, height: 1 << 20, periodic: false };
    assert!(matches!(large.stream(0), Err(GraphError::TooMany { .. })));
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

    #[test]
    fn a_stream_replays_its_links(agents in 2_usize..80, seed: u64) {
        let stream = Topology::Random { agents, probability: 0.2 }.stream(seed).unwrap();
        let links = || {
            let mut links: Vec<Link> = Vec::new();
            stream.for_each_link(|link| links.push(link));
            links
        };
        prop_assert_eq!(links(), links());
    }
}
