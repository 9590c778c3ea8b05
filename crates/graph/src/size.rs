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
            Self::Random { probability, .. } => surely(nodes * (nodes - 1.0) * probability),
            Self::RandomLinks { links, .. } => 2.0 * links as f64,
            Self::ScaleFree { attach, .. } => {
                let attach = attach as f64;
                attach * (attach + 1.0) + 2.0 * (nodes - attach - 1.0) * attach
            }
            Self::Modular { ref sizes, within, between } => {
                let same: f64 = sizes.iter().map(|&size| size as f64 * size as f64).sum();
                surely((same - nodes) * within + (nodes * nodes - same) * between)
            }
            Self::Geometric { radius, .. } => {
                // A node in a corner has the smallest share of the square within its reach. Nodes
                // of networks this large share so many neighbours that their number hardly varies.
                let reach = radius.min(1.0);
                0.9 * nodes * (nodes - 1.0) * 0.25 * PI * (reach * reach)
            }
        }
    }
}

/// A number of directed links that is all but certain to be reached where `mean` is expected: they
/// come in pairs, so that their variance is at most twice the mean.
fn surely(mean: f64) -> f64 {
    mean - 10.0 * libm::sqrt(2.0 * mean)
}
