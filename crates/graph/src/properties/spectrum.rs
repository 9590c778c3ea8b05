//! How well a network hangs together.

use alloc::{vec, vec::Vec};

use super::{
    components,
    laplacian::{Laplacian, dot, norm},
};
use crate::Adjacency;

/// The algebraic connectivity of a network, as far as it was found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connectivity {
    /// λ₂, the second smallest eigenvalue of the Laplacian (Fiedler 1973); never below the true one,
    /// save for rounding. 0 for a network of several components, and for fewer than two nodes.
    pub value: f64,
    /// Some eigenvalue lies no further than this from the value.
    pub error: f64,
    /// Whether the error is below a thousandth of the value; otherwise the work allowed ran out. Where the third
    /// smallest eigenvalue is close, a settled value may still be a mixture of the two.
    pub is_settled: bool,
}

/// Part of the value by which it may be off.
const SETTLED: f64 = 1e-3;

/// λ₂ of the network with every link counted in both directions by half, for a symmetric network its
/// own. `None` for a network with weights that are not positive.
///
/// Inverse iteration, each by conjugate gradients; the Laplacian is applied about `most` times at the
/// most. Long thin networks, rings above all, take many.
#[must_use]
pub fn algebraic_connectivity(graph: &Adjacency, most: usize) -> Option<Connectivity> {
    let laplacian = Laplacian::of(graph)?;
    let nodes = graph.nodes();
    if nodes < 2 || components(graph).count() > 1 {
        return Some(Connectivity { value: 0.0, error: 0.0, is_settled: true });
    }
    let mut x: Vec<f64> = (0..nodes as u64).map(start).collect();
    let (mut next, mut image) = (vec![0.0; nodes], vec![0.0; nodes]);
    let mut left = most;
    loop {
        level(&mut x);
        laplacian.apply(&x, &mut image);
        let value = dot(&x, &image);
        image.iter_mut().zip(&x).for_each(|(y, x)| *y -= value * x);
        let error = norm(&image);
        let is_settled = error <= SETTLED * value;
        if is_settled || left == 0 {
            return Some(Connectivity { value, error, is_settled });
        }
        let solved = laplacian.solve(&x, &mut next, 1e-4, left);
        left -= solved.products.clamp(1, left);
        core::mem::swap(&mut x, &mut next);
    }
}

/// Numbers without a pattern that a network could share, the same at every call.
fn start(node: u64) -> f64 {
    let mut bits = node.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
}

/// Takes off the mean and makes the length 1.
fn level(x: &mut [f64]) {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    x.iter_mut().for_each(|x| *x -= mean);
    let length = norm(x);
    x.iter_mut().for_each(|x| *x /= length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Topology;
    use std::f64::consts::{PI, TAU};

    fn found(topology: Topology) -> f64 {
        let found = algebraic_connectivity(&topology.build(1).unwrap(), 100_000).unwrap();
        assert!(found.is_settled, "{topology:?}: {found:?}");
        found.value
    }

    fn is_close(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-4, "{found} not {expected}");
    }

    #[test]
    fn networks_with_a_closed_form_have_it() {
        is_close(found(Topology::Ring { agents: 200, neighbors: 2 }), 2.0 - 2.0 * (TAU / 200.0).cos());
        is_close(found(Topology::Complete { agents: 30 }), 30.0);
        is_close(found(Topology::Star { agents: 50 }), 1.0);
        let lattice = Topology::Lattice { width: 20, height: 12, periodic: true };
        is_close(found(lattice), 2.0 - 2.0 * (TAU / 20.0).cos());
        // Not periodic: a path in either direction.
        let open = Topology::Lattice { width: 20, height: 12, periodic: false };
        is_close(found(open), 2.0 - 2.0 * (PI / 20.0).cos());
    }

    #[test]
    fn a_network_in_parts_has_none() {
        let parts = Topology::Modular { sizes: vec![5, 5], within: 1.0, between: 0.0 };
        assert_eq!(found(parts), 0.0);
        assert_eq!(algebraic_connectivity(&Adjacency::without_links(1).unwrap(), 10).unwrap().value, 0.0);
    }

    #[test]
    fn links_more_never_lower_it() {
        let few = found(Topology::Ring { agents: 60, neighbors: 4 });
        let more = found(Topology::Ring { agents: 60, neighbors: 6 });
        assert!(more > few);
    }

    #[test]
    fn what_could_not_be_settled_is_an_upper_bound_and_says_so() {
        let ring = Topology::Ring { agents: 2_000, neighbors: 2 }.build(1).unwrap();
        let found = algebraic_connectivity(&ring, 20).unwrap();
        assert!(!found.is_settled && found.value > 2.0 - 2.0 * (TAU / 2_000.0).cos());
    }

    #[test]
    fn weights_that_hold_nothing_together_have_no_answer() {
        for weight in [-1.0, 0.0] {
            let graph = Adjacency::from_parts(vec![0, 1, 2], vec![1, 0], Some(vec![weight; 2])).unwrap();
            assert_eq!(algebraic_connectivity(&graph, 10), None);
        }
    }
}
