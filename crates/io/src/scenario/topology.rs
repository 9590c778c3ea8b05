//! From the network a scenario asks for to the generator that makes it.

use std::f64::consts::PI;

use lampyrid_graph::Topology;

use super::generated::{Blocks, Density, GeneratedNetwork, Reach};

impl GeneratedNetwork {
    /// The network as the generators know it.
    #[must_use]
    pub fn topology(&self) -> Topology {
        match *self {
            Self::Complete { agents } => Topology::Complete { agents },
            Self::Ring { agents, neighbors } => Topology::Ring { agents, neighbors },
            Self::Lattice { width, height, periodic } => Topology::Lattice { width, height, periodic },
            Self::Star { agents } => Topology::Star { agents },
            Self::Random { agents, density } => match density {
                Density::Probability(probability) => Topology::Random { agents, probability },
                Density::Neighbors(neighbors) => {
                    // Each of the others is a neighbour with the same probability.
                    let probability = (neighbors / others(agents)).min(1.0);
                    Topology::Random { agents, probability }
                }
                Density::Links(links) => {
                    Topology::RandomLinks { agents, links: usize::try_from(links).unwrap_or(usize::MAX) }
                }
            },
            Self::SmallWorld { agents, neighbors, rewire } => Topology::SmallWorld { agents, neighbors, rewire },
            Self::ScaleFree { agents, attach } => Topology::ScaleFree { agents, attach },
            Self::Modular { ref blocks, within, between } => {
                Topology::Modular { sizes: blocks.sizes(), within, between }
            }
            Self::Geometric { agents, reach, periodic } => {
                let radius = match reach {
                    Reach::Radius(radius) => radius,
                    // So many of the others lie within a disc of area πr² of the unit square. A radius of
                    // zero is none; the smallest there is reaches nobody either.
                    Reach::Neighbors(neighbors) => (neighbors / (PI * others(agents))).sqrt().max(f64::MIN_POSITIVE),
                };
                Topology::Geometric { agents, radius, periodic }
            }
        }
    }
}

impl Blocks {
    /// Agents in each block.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        match self {
            Self::Sizes { sizes } => sizes.clone(),
            Self::Equal { agents, blocks } => {
                (0..*blocks).map(|block| agents / blocks + usize::from(block < agents % blocks)).collect()
            }
        }
    }
}

/// How many others there are; one for a single agent, whom nobody is divided among.
fn others(agents: usize) -> f64 {
    agents.saturating_sub(1).max(1) as f64
}
