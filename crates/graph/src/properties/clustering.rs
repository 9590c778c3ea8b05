//! How often the neighbours of a node are neighbours of each other.

use crate::{Adjacency, Link, LinkStream};

/// Two measures of the same, both from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clustering {
    /// The mean over nodes of the share of linked pairs among their neighbours, counting 0 for
    /// nodes with fewer than two (Watts & Strogatz 1998).
    pub average_local: f64,
    /// Three times the triangles over the paths of two links (Newman, Strogatz & Watts 2001).
    pub transitivity: f64,
}

/// The clustering of the underlying undirected network: weights are ignored, and two nodes are
/// linked if either listens to the other.
///
/// Takes time in proportion to the sum over links of the degrees of their ends.
#[must_use]
pub fn clustering(adjacency: &Adjacency) -> Clustering {
    let undirected = Undirected(adjacency).rows();
    let row = |node: usize| undirected.neighbors(node);
    let (mut local, mut closed, mut paths) = (0.0, 0_u64, 0_u64);
    for node in 0..undirected.nodes() {
        let degree = row(node).len() as u64;
        // Every link between neighbours is met from both of its ends.
        let linked: u64 = row(node).iter().map(|&other| common(row(node), row(other as usize))).sum();
        let pairs = degree * degree.saturating_sub(1);
        if pairs > 0 {
            local += linked as f64 / pairs as f64;
        }
        closed += linked;
        paths += pairs;
    }
    Clustering {
        average_local: local / undirected.nodes().max(1) as f64,
        transitivity: closed as f64 / paths.max(1) as f64,
    }
}

/// How many entries two ascending lists share.
fn common(a: &[u32], b: &[u32]) -> u64 {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        count += u64::from(a[i] == b[j]);
        let (x, y) = (a[i], b[j]);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    count
}

/// A network with every link taken both ways.
struct Undirected<'a>(&'a Adjacency);

impl Undirected<'_> {
    fn rows(&self) -> Adjacency {
        match Adjacency::from_stream(self) {
            // A link and its return are merged here; only their presence matters below.
            Ok(built) => built.adjacency,
            // Only the doubling of more than 2³¹ links can fail; those as stored must do then.
            Err(_) => self.0.clone(),
        }
    }
}

impl LinkStream for Undirected<'_> {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for receiver in 0..self.0.nodes() as u32 {
            for &sender in self.0.neighbors(receiver as usize) {
                // The return is added only where it is missing, so that no row grows twofold.
                visit(Link::new(receiver, sender));
                if self.0.neighbors(sender as usize).binary_search(&receiver).is_err() {
                    visit(Link::new(sender, receiver));
                }
            }
        }
    }
}
