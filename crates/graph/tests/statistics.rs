//! The random networks against the laws they follow; tolerances are standard errors where not said
//! otherwise.

use std::f64::consts::PI;

use lampyrid_graph::properties::{clustering, components, degree_statistics};
use lampyrid_graph::{Adjacency, Topology};

/// Asserts that a number lies within so many standard errors of what it should be.
fn assert_near(what: &str, found: f64, expected: f64, error: f64, errors: f64) {
    let deviation = (found - expected) / error;
    assert!(deviation.abs() < errors, "{what}: {found} instead of {expected}, {deviation:.1} standard errors off");
}

/// Triangles of a network.
fn triangles(graph: &Adjacency) -> f64 {
    let paths: f64 = (0..graph.nodes()).map(|i| graph.degree(i) as f64 * (graph.degree(i) as f64 - 1.0) / 2.0).sum();
    clustering(graph).transitivity * paths / 3.0
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
fn gnm_spares_no_pair() {
    // Over many seeds every pair of five nodes is linked as often as any other: 2 of 10 pairs.
    let seeds = 4000;
    let mut hits = [0.0_f64; 25];
    for seed in 0..seeds {
        let graph = Topology::RandomLinks { agents: 5, links: 2 }.build(seed).unwrap();
        (0..5).for_each(|i| graph.neighbors(i).iter().for_each(|&j| hits[i * 5 + j as usize] += 1.0));
    }
    for (i, j) in (0..5).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let seeds = seeds as f64;
        assert_near(&format!("pair {i} {j}"), hits[i * 5 + j], 0.2 * seeds, (0.16 * seeds).sqrt(), 4.5);
    }
}

/// The permutation that picks the pairs must not show in the degrees.
#[test]
fn gnm_degrees_vary_as_if_pairs_were_drawn_one_by_one() {
    let (n, m) = (4000_usize, 16_000);
    let degrees = degree_statistics(&Topology::RandomLinks { agents: n, links: m }.build(11).unwrap());
    assert_eq!(degrees.mean, 8.0);
    // Hypergeometric: n − 1 of the n(n − 1)/2 pairs are a node's own.
    let own = 2.0 / n as f64;
    let density = 2.0 * m as f64 / (n * (n - 1)) as f64;
    let variance = m as f64 * own * (1.0 - own) * (1.0 - density);
    assert_near("variance", degrees.variance, variance, variance * (2.0 / n as f64).sqrt(), 4.0);
}

#[test]
fn triangles_of_random_networks_are_as_many_as_chance_makes() {
    let (n, p) = (3000.0_f64, 0.008);
    let links = (n * (n - 1.0) / 2.0 * p) as usize;
    for topology in [
        Topology::Random { agents: n as usize, probability: p },
        Topology::RandomLinks { agents: n as usize, links },
        Topology::Modular { sizes: vec![1000, 500, 1500], within: p, between: p },
    ] {
        let expected = n * (n - 1.0) * (n - 2.0) / 6.0 * p.powi(3);
        // Besides their own chance, they vary with the number of links, to the third power.
        let error = (expected + (3.0 * expected).powi(2) / links as f64).sqrt();
        assert_near(&format!("{topology:?}"), triangles(&topology.build(9).unwrap()), expected, error, 4.0);
    }
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
fn links_move_as_often_as_their_probability() {
    let (agents, reach) = (20_000_usize, 3);
    for rewire in [0.01, 0.3, 0.9] {
        let graph = Topology::SmallWorld { agents, neighbors: 2 * reach, rewire }.build(6).unwrap();
        let far = |i: usize, j: u32| {
            let apart = i.abs_diff(j as usize);
            apart.min(agents - apart) > reach
        };
        let moved: usize = (0..agents).map(|i| graph.neighbors(i).iter().filter(|&&j| far(i, j)).count()).sum();
        let links = (agents * reach) as f64;
        let error = (links * rewire * (1.0 - rewire)).sqrt();
        assert_near(&format!("rewire = {rewire}"), moved as f64 / 2.0, links * rewire, error, 4.0);
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
        let seeds = seeds as f64;
        assert_near(&format!("node {node}"), count, seeds * p, (seeds * p * (1.0 - p)).sqrt(), 5.0);
    }
}

#[test]
fn a_scale_free_network_has_its_links_and_the_degrees_of_preferential_attachment() {
    let (n, m) = (100_000, 4);
    let graph = Topology::ScaleFree { agents: n, attach: m }.build(8).unwrap();
    assert_eq!(graph.links(), 2 * (m * (m + 1) / 2 + (n - m - 1) * m));
    assert_eq!(degree_statistics(&graph).min, m);
    assert_eq!(components(&graph).count(), 1);
    // P(degree ≥ k) = m(m + 1)/(k(k + 1)) for large networks (Bollobás et al. 2001).
    for k in [6_usize, 8, 16, 32, 64, 128] {
        let share = (0..n).filter(|&i| graph.degree(i) >= k).count() as f64 / n as f64;
        let expected = (m * (m + 1)) as f64 / (k * (k + 1)) as f64;
        assert_near(&format!("degree ≥ {k}"), share, expected, (expected / n as f64).sqrt(), 4.0);
    }
}

/// Exponent by maximum likelihood (Clauset, Shalizi & Newman 2009, equation 3.7).
#[test]
fn the_tail_of_a_scale_free_network_falls_with_the_third_power() {
    let graph = Topology::ScaleFree { agents: 200_000, attach: 3 }.build(2).unwrap();
    let smallest = 30;
    let tail: Vec<f64> =
        (0..graph.nodes()).map(|i| graph.degree(i)).filter(|&k| k >= smallest).map(|k| k as f64).collect();
    let sum: f64 = tail.iter().map(|k| (k / (smallest as f64 - 0.5)).ln()).sum();
    let exponent = 1.0 + tail.len() as f64 / sum;
    // The law k(k + 1)(k + 2) is a little flatter than k³ here, by 3/k on average.
    assert!(tail.len() > 1000 && (exponent - 3.0).abs() < 0.2, "{exponent} from {} nodes", tail.len());
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
fn a_geometric_network_without_borders_has_pi_r_squared_neighbours_per_node() {
    let (n, radius) = (20_000.0_f64, 0.015);
    let graph = Topology::Geometric { agents: n as usize, radius, periodic: true }.build(3).unwrap();
    // Pairs are near with this probability, and independently of each other two by two.
    let (pairs, near) = (n * (n - 1.0) / 2.0, PI * radius * radius);
    let error = (pairs * near * (1.0 - near)).sqrt();
    assert_near("links", graph.links() as f64 / 2.0, pairs * near, error, 4.0);
    // Two near nodes share the overlap of their reaches: 1 − 3√3/4π of one (Dall & Christensen 2002).
    let expected = 1.0 - 3.0 * 3.0_f64.sqrt() / (4.0 * PI);
    assert!((clustering(&graph).transitivity - expected).abs() < 0.01, "transitivity");
}
