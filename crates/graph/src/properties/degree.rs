//! How many neighbours nodes have.

use alloc::{vec, vec::Vec};

use crate::Adjacency;

/// Smallest, largest and mean degree and its variance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DegreeStatistics {
    /// Smallest degree; 0 without nodes.
    pub min: usize,
    /// Largest degree; 0 without nodes.
    pub max: usize,
    /// Mean degree; 0 without nodes.
    pub mean: f64,
    /// Variance over all nodes (divisor: their number); 0 without nodes.
    pub variance: f64,
}

impl DegreeStatistics {
    fn of(degrees: impl Iterator<Item = usize> + Clone) -> Self {
        let nodes = degrees.clone().count();
        if nodes == 0 {
            return Self::default();
        }
        let mean = degrees.clone().sum::<usize>() as f64 / nodes as f64;
        let squares: f64 = degrees.clone().map(|degree| (degree as f64 - mean) * (degree as f64 - mean)).sum();
        Self {
            min: degrees.clone().min().unwrap_or(0),
            max: degrees.max().unwrap_or(0),
            mean,
            variance: squares / nodes as f64,
        }
    }
}

/// Statistics of the in-degree: how many nodes each one listens to.
#[must_use]
pub fn degree_statistics(adjacency: &Adjacency) -> DegreeStatistics {
    DegreeStatistics::of((0..adjacency.nodes()).map(|node| adjacency.degree(node)))
}

/// Statistics of the out-degree: how many nodes listen to each one.
#[must_use]
pub fn listener_statistics(adjacency: &Adjacency) -> DegreeStatistics {
    DegreeStatistics::of(listeners(adjacency).into_iter().map(|count| count as usize))
}

/// How many nodes neither listen to anybody nor are listened to.
#[must_use]
pub fn isolated(adjacency: &Adjacency) -> usize {
    let listeners = listeners(adjacency);
    (0..adjacency.nodes()).filter(|&node| adjacency.degree(node) == 0 && listeners[node] == 0).count()
}

fn listeners(adjacency: &Adjacency) -> Vec<u32> {
    let mut counts = vec![0; adjacency.nodes()];
    adjacency.columns().iter().for_each(|&sender| counts[sender as usize] += 1);
    counts
}
