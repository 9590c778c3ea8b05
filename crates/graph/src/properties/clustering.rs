//! How often the neighbours of a node are neighbours of each other.

use alloc::{borrow::Cow, vec, vec::Vec};

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
/// Every link is followed from the end with fewer links only, so that hubs cost no more than others:
/// time grows at most as the number of links to the power 3/2 (Schank & Wagner 2005; Latapy 2008).
#[must_use]
pub fn clustering(adjacency: &Adjacency) -> Clustering {
    let adjacency = tidy(adjacency);
    let degrees = degrees(&adjacency);
    let triangles = triangles(&adjacency, &degrees);
    let (mut local, mut closed, mut paths) = (0.0, 0_u64, 0_u64);
    for (&degree, &triangles) in degrees.iter().zip(&triangles) {
        let pairs = u64::from(degree) * u64::from(degree.saturating_sub(1)) / 2;
        if pairs > 0 {
            local += triangles as f64 / pairs as f64;
        }
        closed += triangles;
        paths += pairs;
    }
    Clustering { average_local: local / degrees.len().max(1) as f64, transitivity: closed as f64 / paths.max(1) as f64 }
}

/// The adjacency with rows in ascending order and without duplicates.
fn tidy(adjacency: &Adjacency) -> Cow<'_, Adjacency> {
    if (0..adjacency.nodes()).all(|node| adjacency.neighbors(node).is_sorted_by(|a, b| a < b)) {
        return Cow::Borrowed(adjacency);
    }
    let tidied = Adjacency::from_stream(&Unweighted(adjacency));
    Cow::Owned(tidied.expect("links that are stored fit into an adjacency").adjacency)
}

struct Unweighted<'a>(&'a Adjacency);

impl LinkStream for Unweighted<'_> {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        self.0.for_each_link(|link| visit(Link::new(link.receiver, link.sender)));
    }
}

/// Visits each pair of linked nodes once.
fn for_each_pair(adjacency: &Adjacency, mut visit: impl FnMut(u32, u32)) {
    adjacency.for_each_link(|Link { receiver, sender, .. }| {
        let returned = || adjacency.neighbors(sender as usize).binary_search(&receiver).is_ok();
        // A link and its return are one pair, visited at the one in the earlier row.
        if receiver < sender || (receiver > sender && !returned()) {
            visit(receiver, sender);
        }
    });
}

/// How many nodes each one is linked to.
fn degrees(adjacency: &Adjacency) -> Vec<u32> {
    let mut degrees = vec![0; adjacency.nodes()];
    for_each_pair(adjacency, |a, b| {
        degrees[a as usize] += 1;
        degrees[b as usize] += 1;
    });
    degrees
}

/// How many triangles each node is part of.
fn triangles(adjacency: &Adjacency, degrees: &[u32]) -> Vec<u64> {
    let upward = Adjacency::from_stream(&Upward { adjacency, degrees });
    let upward = upward.expect("fewer links than are stored fit into an adjacency").adjacency;
    let mut triangles = vec![0; degrees.len()];
    for low in 0..upward.nodes() {
        for &middle in upward.neighbors(low) {
            for_each_common(upward.neighbors(low), upward.neighbors(middle as usize), |high| {
                triangles[low] += 1;
                triangles[middle as usize] += 1;
                triangles[high as usize] += 1;
            });
        }
    }
    triangles
}

/// Each pair of linked nodes once: the one with fewer links listens to the other.
struct Upward<'a> {
    adjacency: &'a Adjacency,
    degrees: &'a [u32],
}

impl LinkStream for Upward<'_> {
    fn nodes(&self) -> usize {
        self.adjacency.nodes()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        let rank = |node: u32| (self.degrees[node as usize], node);
        for_each_pair(self.adjacency, |a, b| {
            visit(if rank(a) < rank(b) { Link::new(a, b) } else { Link::new(b, a) });
        });
    }
}

/// Visits the entries that two ascending lists share.
fn for_each_common(a: &[u32], b: &[u32], mut visit: impl FnMut(u32)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        if x == y {
            visit(x);
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
}
