//! How strong a coupling must be for a network to lock.

use alloc::{vec, vec::Vec};

use super::{components, is_symmetric, laplacian::Laplacian};
use crate::Adjacency;

/// What the sum over an oscillator's neighbours is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DividedBy {
    /// Nothing.
    One,
    /// Its number of neighbours.
    Degree,
    /// The number of nodes.
    Nodes,
}

/// An estimate of the critical coupling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalCoupling {
    /// K_c \[rad/s\].
    pub strength: f64,
    /// Relative residual of the linear system behind it.
    pub residual: f64,
}

impl CriticalCoupling {
    /// Whether the work allowed sufficed. If not, the strength may be anything.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.residual <= TOLERANCE
    }
}

/// Relative residual at which the linear system counts as solved.
const TOLERANCE: f64 = 1e-9;

/// The coupling strength from which on all frequencies of a component lock, with phases of linked
/// oscillators less than a quarter turn apart: ‖Bᵀ L† ω‖_∞ (Dörfler, Chertkov & Bullo 2013), where B is
/// the incidence matrix and L† the pseudo-inverse of the Laplacian, and ω the natural frequencies
/// less the mean of their component. Exact for trees, and for two oscillators; for other networks a
/// good estimate, not a bound.
///
/// Where the sum is divided by the degree, the oscillators' frequencies count by it.
///
/// `None` for networks with one-way links or weights that are not positive, for which it does not hold, and
/// if there is not one finite frequency per node. The Laplacian is applied `most` times at the most.
#[must_use]
pub fn critical_coupling(
    graph: &Adjacency,
    frequencies: &[f64],
    divided_by: DividedBy,
    most: usize,
) -> Option<CriticalCoupling> {
    let are_finite = frequencies.iter().all(|frequency| frequency.is_finite());
    if frequencies.len() != graph.nodes() || !are_finite || !is_symmetric(graph) {
        return None;
    }
    let laplacian = Laplacian::of(graph)?;
    let share = |node: usize| match divided_by {
        DividedBy::One => 1.0,
        DividedBy::Degree => graph.degree(node) as f64,
        DividedBy::Nodes => graph.nodes() as f64,
    };
    let parts = components(graph);
    let mut sums = vec![(0.0, 0.0); parts.count()];
    for (node, frequency) in frequencies.iter().enumerate() {
        let (weighted, weight) = &mut sums[parts.labels()[node] as usize];
        *weighted += share(node) * frequency;
        *weight += share(node);
    }
    let torque = |node: usize| {
        let (weighted, weight) = sums[parts.labels()[node] as usize];
        if weight > 0.0 { share(node) * (frequencies[node] - weighted / weight) } else { 0.0 }
    };
    let torques: Vec<f64> = (0..graph.nodes()).map(torque).collect();
    let mut potentials = vec![0.0; graph.nodes()];
    let solved = laplacian.solve(&torques, &mut potentials, TOLERANCE, most);
    let drop = |node: usize| {
        graph
            .neighbors(node)
            .iter()
            .map(|&other| (potentials[node] - potentials[other as usize]).abs())
            .fold(0.0, f64::max)
    };
    let strength = (0..graph.nodes()).map(drop).fold(0.0, f64::max);
    Some(CriticalCoupling { strength, residual: solved.residual })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Topology;

    fn critical(graph: &Adjacency, frequencies: &[f64], divided_by: DividedBy) -> f64 {
        critical_coupling(graph, frequencies, divided_by, 10_000).unwrap().strength
    }

    fn path(nodes: usize) -> Adjacency {
        Topology::Lattice { width: nodes, height: 1, periodic: false }.build(0).unwrap()
    }

    #[test]
    fn two_oscillators_lock_from_half_their_difference_on() {
        for divided_by in [DividedBy::One, DividedBy::Degree] {
            assert!((critical(&path(2), &[1.0, 4.0], divided_by) - 1.5).abs() < 1e-9);
        }
        assert!((critical(&path(2), &[1.0, 4.0], DividedBy::Nodes) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn on_a_chain_the_flow_through_each_link_is_what_lies_on_one_side() {
        let frequencies = [0.3, -1.0, 2.0, 0.5, -0.2];
        let mean = frequencies.iter().sum::<f64>() / 5.0;
        let mut flow = 0.0;
        let mut most: f64 = 0.0;
        for frequency in &frequencies[..4] {
            flow += frequency - mean;
            most = most.max(f64::abs(flow));
        }
        assert!((critical(&path(5), &frequencies, DividedBy::One) - most).abs() < 1e-9);
    }

    #[test]
    fn a_star_is_as_its_most_different_leaf() {
        let star = Topology::Star { agents: 5 }.build(0).unwrap();
        let frequencies = [0.0, 1.0, 1.0, 1.0, -3.0];
        assert!((critical(&star, &frequencies, DividedBy::One) - 3.0).abs() < 1e-9);
        // By degree the hub counts four times: Ω = 0 again, and leaves are as they were.
        assert!((critical(&star, &frequencies, DividedBy::Degree) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn every_component_locks_to_a_frequency_of_its_own() {
        let parts = Topology::Modular { sizes: vec![2, 2], within: 1.0, between: 0.0 }.build(0).unwrap();
        assert!((critical(&parts, &[0.0, 1.0, 100.0, 104.0], DividedBy::One) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn it_is_not_told_of_networks_it_does_not_hold_for() {
        let one_way = Adjacency::from_parts(vec![0, 1, 1], vec![1], None).unwrap();
        assert_eq!(critical_coupling(&one_way, &[0.0, 1.0], DividedBy::One, 10), None);
        assert_eq!(critical_coupling(&path(3), &[0.0], DividedBy::One, 10), None);
        assert_eq!(critical_coupling(&path(2), &[0.0, f64::NAN], DividedBy::One, 10), None);
    }

    #[test]
    fn a_solution_that_took_too_long_says_so() {
        let ring = Topology::Ring { agents: 1_000, neighbors: 2 }.build(0).unwrap();
        let frequencies: Vec<f64> = (0..1_000).map(|node| (0.01 * f64::from(node)).sin()).collect();
        assert!(!critical_coupling(&ring, &frequencies, DividedBy::One, 10).unwrap().is_settled());
        assert!(critical_coupling(&ring, &frequencies, DividedBy::One, 10_000).unwrap().is_settled());
    }
}
