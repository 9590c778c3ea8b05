//! How many links a topology asks for, known before any is made.

use core::f64::consts::PI;

use crate::Topology;

impl Topology {
    /// Directed links that the network has at least; where they are random, with all but certainty
    /// (ten standard deviations below their mean).
    ///
    /// Lets a network that no adjacency can hold be refused at once, not after hours of counting.
    #[must_use]
    pub fn fewest_links(&self) -> f64 {
        let nodes = self.agents() as f64;
        match *self {
            Self::Complete { .. } => nodes * (nodes - 1.0),
            Self::Ring { neighbors, .. } | Self::SmallWorld { neighbors, .. } => nodes * neighbors as f64,
            Self::Lattice { width, height, .. } => {
                let (width, height) = (width as f64, height as f64);
                2.0 * ((width - 1.0) * height + width * (height - 1.0))
            }
            Self::Star { .. } => 2.0 * (nodes - 1.0),
            Self::Random { .. } | Self::Modular { .. } => surely(self.expected_links()),
            Self::RandomLinks { links, .. } => 2.0 * links as f64,
            Self::ScaleFree { attach, .. } => {
                let attach = attach as f64;
                attach * (attach + 1.0) + 2.0 * (nodes - attach - 1.0) * attach
            }
            Self::Geometric { radius, .. } => {
                // A node in a corner has the smallest share of the square within its reach. Nodes
                // of networks this large share so many neighbours that their number hardly varies.
                let reach = radius.min(1.0);
                0.9 * nodes * (nodes - 1.0) * 0.25 * PI * (reach * reach)
            }
        }
    }

    /// Directed links to be expected, the mean over all seeds.
    ///
    /// Geometric networks: two random points of the unit square are at most r apart with probability π r² where opposite
    /// borders are joined and r ≤ 1/2, and r² (π − 8 r / 3 + r² / 2) where they are not and r ≤ 1 (Ghosh 1951). Beyond,
    /// discs overlap themselves or leave the square on all sides, and somewhat more links are told than there are: in
    /// a square with borders all of them, of which at most one in forty is missing.
    #[must_use]
    pub fn expected_links(&self) -> f64 {
        let nodes = self.agents() as f64;
        let pairs = nodes * (nodes - 1.0);
        match *self {
            Self::Lattice { width, height, periodic: true } => {
                // A row of two is joined already.
                let around = |along: usize, rows: usize| if along > 2 { 2.0 * rows as f64 } else { 0.0 };
                self.fewest_links() + around(width, height) + around(height, width)
            }
            Self::Random { probability, .. } => pairs * probability,
            Self::Modular { ref sizes, within, between } => {
                let same = same_block(sizes);
                (same - nodes) * within + (nodes * nodes - same) * between
            }
            Self::Geometric { radius, periodic: true, .. } => pairs * (PI * radius * radius).min(1.0),
            Self::Geometric { radius, .. } if radius < 1.0 => {
                pairs * radius * radius * (PI - radius * 8.0 / 3.0 + 0.5 * radius * radius)
            }
            Self::Geometric { .. } => pairs,
            Self::Complete { .. }
            | Self::Ring { .. }
            | Self::Lattice { .. }
            | Self::Star { .. }
            | Self::RandomLinks { .. }
            | Self::SmallWorld { .. }
            | Self::ScaleFree { .. } => self.fewest_links(),
        }
    }
}

/// Ordered pairs of nodes of one block, each node with itself included.
fn same_block(sizes: &[usize]) -> f64 {
    sizes.iter().map(|&size| size as f64 * size as f64).sum()
}

/// A number of directed links that is all but certain to be reached where `mean` is expected: they
/// come in pairs, so that their variance is at most twice the mean.
fn surely(mean: f64) -> f64 {
    mean - 10.0 * libm::sqrt(2.0 * mean)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    /// How many links are made, on the mean over some seeds.
    fn made(topology: &Topology) -> f64 {
        (0..8).map(|seed| topology.build(seed).unwrap().links() as f64).sum::<f64>() / 8.0
    }

    #[test]
    fn what_is_not_random_has_exactly_the_links_that_are_expected() {
        let agents = 60;
        let mut all = vec![
            Topology::Complete { agents },
            Topology::Ring { agents, neighbors: 8 },
            Topology::Star { agents },
            Topology::RandomLinks { agents, links: 100 },
            Topology::SmallWorld { agents, neighbors: 8, rewire: 0.3 },
            Topology::ScaleFree { agents, attach: 4 },
        ];
        for (width, height) in [(1, 1), (1, 7), (2, 2), (2, 5), (6, 1), (7, 6)] {
            all.extend([true, false].map(|periodic| Topology::Lattice { width, height, periodic }));
        }
        for topology in all {
            assert_eq!(topology.expected_links(), made(&topology), "{topology:?}");
        }
    }

    #[test]
    fn random_networks_have_as_many_links_as_expected_or_a_few_more_or_less() {
        let geometric = |radius: f64, periodic: bool| Topology::Geometric { agents: 300, radius, periodic };
        for topology in [
            Topology::Random { agents: 300, probability: 0.1 },
            Topology::Modular { sizes: vec![100, 50, 150], within: 0.3, between: 0.02 },
            geometric(0.1, true),
            geometric(0.4, true),
            geometric(0.1, false),
            geometric(0.4, false),
            geometric(0.9, false),
            geometric(1.2, false),
        ] {
            let (expected, made) = (topology.expected_links(), made(&topology));
            assert!((made / expected - 1.0).abs() < 0.04, "{made} of {expected}: {topology:?}");
            assert!(topology.fewest_links() <= made, "{topology:?}");
        }
    }
}
