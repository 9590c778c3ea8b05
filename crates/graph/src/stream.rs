//! Links one by one, and the adjacency made of them.

use std::ops::Range;

use crate::GraphError;
use crate::adjacency::{Adjacency, check_count, check_link};
use crate::bins::Bins;

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

/// An adjacency and what was met on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// The adjacency: rows ascending, without duplicates and self-links.
    pub adjacency: Adjacency,
    /// Links that had been given before; their weights were added.
    pub duplicates: usize,
    /// Links of a node to itself, which were dropped.
    pub self_links: usize,
}

impl Adjacency {
    /// Builds the adjacency of a stream: counts, fills, sorts each row, merges duplicates.
    ///
    /// Self-links are dropped. A link met several times becomes one whose weight is the sum, added
    /// in the order of the stream; also in an unweighted stream, where a link met m times then
    /// weighs m.
    ///
    /// Takes time in proportion to nodes and links (short of the sorting of each row) and, beyond
    /// the arrays of the result, a few megabytes at most. Rows of a weighted stream are sorted in a
    /// copy of one row; duplicates take their place in the arrays until they are merged.
    ///
    /// # Errors
    ///
    /// [`GraphError::OutOfRange`] if a link leaves the network, [`GraphError::WeightNotFinite`] if a
    /// weight or a sum of weights is not finite, [`GraphError::TooMany`] beyond 2³² − 1 nodes or
    /// links: in all these cases before memory for links is asked for, except where a sum
    /// overflows. [`GraphError::Unsteady`] if it shows that a replay gave other links.
    pub fn from_stream(stream: &impl LinkStream) -> Result<Built, GraphError> {
        check_count("nodes", stream.nodes() as u64)?;
        let (ends, self_links) = row_ends(stream)?;
        let mut rows = fill(stream, ends)?;
        let duplicates = rows.sort_and_merge()?;
        Ok(Built { adjacency: rows.finish(), duplicates, self_links })
    }
}

/// The end of each row, moved one place up: row i ends where place i + 1 says.
fn row_ends(stream: &impl LinkStream) -> Result<(Vec<u32>, usize), GraphError> {
    let nodes = stream.nodes();
    let mut offsets = vec![0_u32; nodes + 1];
    let (mut links, mut self_links, mut error) = (0_u64, 0, None);
    let mut bins = Bins::new(nodes, |receiver: u32| {
        let count = &mut offsets[receiver as usize + 1];
        *count = count.saturating_add(1);
    });
    stream.for_each_link(|link| {
        if link.receiver == link.sender && (link.receiver as usize) < nodes {
            self_links += 1;
        } else if let Err(wrong) = check_link(link.receiver, link.sender, link.weight, nodes) {
            error.get_or_insert(wrong);
        } else {
            links += 1;
            bins.add(link.receiver, link.receiver);
        }
    });
    bins.finish();
    if let Some(error) = error {
        return Err(error);
    }
    check_count("links", links)?;
    let mut total = 0;
    for offset in &mut offsets {
        total += *offset;
        *offset = total;
    }
    Ok((offsets, self_links))
}

/// Rows in the making, in the order of the stream.
struct Rows {
    offsets: Vec<u32>,
    columns: Vec<u32>,
    weights: Option<Vec<f64>>,
}

/// Puts every link into its row. `offsets[i]` serves as the cursor of row i, and is where row
/// i + 1 begins when all are in.
fn fill(stream: &impl LinkStream, mut offsets: Vec<u32>) -> Result<Rows, GraphError> {
    let links = offsets.last().copied().unwrap_or(0) as usize;
    let mut columns = vec![0_u32; links];
    let mut weights = stream.is_weighted().then(|| vec![0.0; links]);
    let nodes = stream.nodes();
    let mut unsteady = false;
    let mut missed = false;
    let mut bins = Bins::new(nodes, |link: Link| {
        let cursor = &mut offsets[link.receiver as usize];
        let place = *cursor as usize;
        *cursor = cursor.saturating_add(1);
        if let Some(column) = columns.get_mut(place) {
            *column = link.sender;
            if let Some(weights) = &mut weights {
                weights[place] = link.weight;
            }
        } else {
            missed = true;
        }
    });
    stream.for_each_link(|link| {
        if link.receiver as usize >= nodes || link.sender as usize >= nodes {
            unsteady = true;
        } else if link.receiver != link.sender {
            bins.add(link.receiver, link);
        }
    });
    bins.finish();
    // Every cursor must have reached the beginning of the next row, i.e. the old offset there.
    offsets.pop();
    offsets.insert(0, 0);
    let steady = offsets.last().copied() == Some(links as u32) && offsets.is_sorted();
    if unsteady || missed || !steady {
        return Err(GraphError::Unsteady);
    }
    Ok(Rows { offsets, columns, weights })
}

impl Rows {
    /// Sorts each row by column and merges equal ones; returns how many links were merged.
    fn sort_and_merge(&mut self) -> Result<usize, GraphError> {
        if self.weights.is_none() {
            for row in self.offsets.array_windows().map(|[start, end]| *start as usize..*end as usize) {
                self.columns[row].sort_unstable();
            }
            let repeated = |row: &[u32]| row.array_windows().any(|[a, b]| a == b);
            let any = self
                .offsets
                .array_windows()
                .any(|[start, end]| repeated(&self.columns[*start as usize..*end as usize]));
            if !any {
                return Ok(0);
            }
            self.weights = Some(vec![1.0; self.columns.len()]);
        }
        self.merge()
    }

    fn merge(&mut self) -> Result<usize, GraphError> {
        let Some(weights) = &mut self.weights else {
            return Ok(0);
        };
        let (mut kept, mut start) = (0, 0);
        let mut row: Vec<(u32, f64)> = Vec::new();
        for receiver in 0..self.offsets.len() - 1 {
            let end = self.offsets[receiver + 1] as usize;
            row.clear();
            row.extend(self.columns[start..end].iter().copied().zip(weights[start..end].iter().copied()));
            // Stable, so that weights are added in the order of the stream.
            row.sort_by_key(|link| link.0);
            let first = kept;
            for &(sender, weight) in &row {
                if kept > first && self.columns[kept - 1] == sender {
                    weights[kept - 1] += weight;
                } else {
                    (self.columns[kept], weights[kept]) = (sender, weight);
                    kept += 1;
                }
            }
            for (&sender, &weight) in self.columns[first..kept].iter().zip(&weights[first..kept]) {
                check_link(receiver as u32, sender, weight, self.offsets.len() - 1)?;
            }
            self.offsets[receiver + 1] = kept as u32;
            start = end;
        }
        let merged = self.columns.len() - kept;
        self.columns.truncate(kept);
        weights.truncate(kept);
        if merged > 0 {
            self.columns.shrink_to_fit();
            weights.shrink_to_fit();
        }
        Ok(merged)
    }

    fn finish(self) -> Adjacency {
        Adjacency::from_checked(self.offsets, self.columns, self.weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    struct Listed {
        nodes: usize,
        weighted: bool,
        links: Vec<(u32, u32, f64)>,
    }

    impl LinkStream for Listed {
        fn nodes(&self) -> usize {
            self.nodes
        }
        fn is_weighted(&self) -> bool {
            self.weighted
        }
        fn for_each_link(&self, mut visit: impl FnMut(Link)) {
            for &(receiver, sender, weight) in &self.links {
                visit(Link { receiver, sender, weight });
            }
        }
    }

    #[test]
    fn a_link_met_twice_weighs_two() {
        let links = vec![(0, 1, 1.0), (2, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)];
        let built = Adjacency::from_stream(&Listed { nodes: 3, weighted: false, links }).unwrap();
        assert_eq!((built.duplicates, built.self_links), (1, 1));
        assert_eq!(built.adjacency, Adjacency::from_parts(vec![0, 1, 1, 2], vec![1, 0], Some(vec![2.0, 1.0])).unwrap());
    }

    #[test]
    fn links_that_leave_the_network_and_weights_that_are_not_finite_are_refused() {
        let build = |link| Adjacency::from_stream(&Listed { nodes: 2, weighted: true, links: vec![link] });
        assert!(matches!(build((0, 2, 1.0)), Err(GraphError::OutOfRange { .. })));
        assert!(matches!(build((2, 0, 1.0)), Err(GraphError::OutOfRange { .. })));
        assert!(matches!(build((7, 7, 1.0)), Err(GraphError::OutOfRange { .. })));
        assert!(matches!(build((0, 1, f64::INFINITY)), Err(GraphError::WeightNotFinite { .. })));
    }

    #[test]
    fn duplicates_whose_sum_overflows_are_refused() {
        let links = vec![(0, 1, f64::MAX), (0, 1, f64::MAX)];
        let built = Adjacency::from_stream(&Listed { nodes: 2, weighted: true, links });
        assert!(matches!(built, Err(GraphError::WeightNotFinite { .. })));
    }

    proptest! {
        #[test]
        fn a_built_adjacency_is_the_map_of_its_links(
            nodes in 1_usize..20,
            weighted: bool,
            links in prop::collection::vec((0_u32..20, 0_u32..20, -3..4_i32), 0..200)
        ) {
            let links: Vec<_> = links
                .into_iter()
                .map(|(a, b, w)| (a % nodes as u32, b % nodes as u32, if weighted { f64::from(w) } else { 1.0 }))
                .collect();
            let mut map = BTreeMap::<(u32, u32), f64>::new();
            links.iter().filter(|l| l.0 != l.1).for_each(|l| *map.entry((l.0, l.1)).or_default() += l.2);
            let others = links.iter().filter(|l| l.0 != l.1).count();
            let built = Adjacency::from_stream(&Listed { nodes, weighted, links: links.clone() }).unwrap();
            let mut found = BTreeMap::new();
            for i in 0..nodes {
                prop_assert!(built.adjacency.neighbors(i).is_sorted_by(|a, b| a < b));
                for (place, &j) in built.adjacency.neighbors(i).iter().enumerate() {
                    found.insert((i as u32, j), built.adjacency.weights_of(i).map_or(1.0, |w| w[place]));
                }
            }
            prop_assert_eq!(built.duplicates, others - map.len());
            prop_assert_eq!(built.self_links, links.len() - others);
            prop_assert_eq!(found, map);
        }
    }
}
