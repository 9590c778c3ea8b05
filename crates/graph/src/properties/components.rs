//! Parts of a network that nothing links to each other.

use alloc::{vec, vec::Vec};

use crate::Adjacency;

/// The (weakly) connected components: parts within which every node is reached from every other,
/// links taken both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    labels: Vec<u32>,
    sizes: Vec<usize>,
}

impl Components {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    /// Nodes of the largest; 0 without nodes.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.sizes.iter().copied().max().unwrap_or(0)
    }

    /// Nodes of each, numbered by their first node.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The component of each node.
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }
}

/// The components of a network, by union and find with path halving (Tarjan & van Leeuwen 1984).
#[must_use]
pub fn components(adjacency: &Adjacency) -> Components {
    let mut parents: Vec<u32> = (0..adjacency.nodes() as u32).collect();
    for receiver in 0..adjacency.nodes() {
        for &sender in adjacency.neighbors(receiver) {
            let (a, b) = (root(&mut parents, receiver as u32), root(&mut parents, sender));
            // The smaller number leads, so that a root is the first node of its component.
            parents[a.max(b) as usize] = a.min(b);
        }
    }
    let mut labels = vec![0; parents.len()];
    let mut sizes = Vec::new();
    for node in 0..parents.len() as u32 {
        let root = root(&mut parents, node);
        if root == node {
            labels[node as usize] = sizes.len() as u32;
            sizes.push(0);
        }
        let label = labels[root as usize];
        labels[node as usize] = label;
        sizes[label as usize] += 1;
    }
    Components { labels, sizes }
}

fn root(parents: &mut [u32], mut node: u32) -> u32 {
    while parents[node as usize] != node {
        let grandparent = parents[parents[node as usize] as usize];
        parents[node as usize] = grandparent;
        node = grandparent;
    }
    node
}
