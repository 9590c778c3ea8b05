//! Links one by one.

use core::ops::Range;

use crate::Adjacency;

/// A directed link: `receiver` listens to `sender`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The listener.
    pub receiver: u32,
    /// The one listened to.
    pub sender: u32,
    /// The weight; 1 in an unweighted network.
    pub weight: f64,
}

impl Link {
    /// A link of weight 1.
    #[must_use]
    pub fn new(receiver: u32, sender: u32) -> Self {
        Self { receiver, sender, weight: 1.0 }
    }
}

/// The links of a network, one after the other.
///
/// A stream can be replayed: every call gives the same links in the same order. An undirected link
/// is given in both directions.
///
/// ```
/// use lampyrid_graph::{Adjacency, Link, LinkStream};
///
/// /// Everybody listens to the node before.
/// struct Chain(u32);
///
/// impl LinkStream for Chain {
///     fn nodes(&self) -> usize {
///         self.0 as usize
///     }
///     fn for_each_link(&self, visit: impl FnMut(Link)) {
///         (1..self.0).map(|node| Link::new(node, node - 1)).for_each(visit);
///     }
/// }
///
/// let built = Adjacency::from_stream(&Chain(4))?;
/// assert_eq!(built.adjacency.columns(), [0, 1, 2]);
/// assert_eq!((built.duplicates, built.self_links), (0, 0));
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
pub trait LinkStream {
    /// Number of nodes.
    fn nodes(&self) -> usize;

    /// Whether links have weights; if not, every weight is to be 1.
    fn is_weighted(&self) -> bool {
        false
    }

    /// Visits every link.
    fn for_each_link(&self, visit: impl FnMut(Link));

    /// Visits the links whose receiver lies in `rows`, so that a part of a network can be built
    /// without the whole. By default all links are gone through; streams that can do better do.
    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        self.for_each_link(|link| {
            if rows.contains(&link.receiver) {
                visit(link);
            }
        });
    }
}

/// The links of an adjacency, row by row.
impl LinkStream for Adjacency {
    fn nodes(&self) -> usize {
        Self::nodes(self)
    }

    fn is_weighted(&self) -> bool {
        self.weights().is_some()
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..Self::nodes(self) as u32, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        let nodes = Self::nodes(self) as u32;
        for receiver in rows.start..rows.end.min(nodes) {
            let weights = self.weights_of(receiver as usize);
            for (place, &sender) in self.neighbors(receiver as usize).iter().enumerate() {
                visit(Link { receiver, sender, weight: weights.map_or(1.0, |weights| weights[place]) });
            }
        }
    }
}
