//! Flat adjacency: the rows of all nodes, one after the other.

use alloc::{vec, vec::Vec};

use crate::{GraphError, Rows};

/// Who listens to whom: row i lists the nodes that node i listens to.
///
/// Rows lie end to end in one array of 32-bit columns, found by one array of offsets. Guaranteed,
/// so that kernels may rely on it without looking: offsets begin with 0, never fall and end with
/// the number of links; every column is less than the number of nodes; there is one finite weight
/// per link, or none at all.
#[derive(Clone, Debug, Default)]
pub struct Adjacency {
    /// Empty where there are no nodes and nothing was ever stored: nothing is then allocated.
    offsets: Vec<u32>,
    columns: Vec<u32>,
    weights: Option<Vec<f64>>,
}

/// Nodes and links that 32-bit indices can name.
pub(crate) const LIMIT: u64 = u32::MAX as u64;

/// Whether so many nodes or links can be named.
pub(crate) fn check_count(what: &'static str, count: u64) -> Result<(), GraphError> {
    if count <= LIMIT { Ok(()) } else { Err(GraphError::TooMany { what, count, limit: LIMIT }) }
}

impl PartialEq for Adjacency {
    fn eq(&self, other: &Self) -> bool {
        self.offsets() == other.offsets() && self.columns == other.columns && self.weights == other.weights
    }
}

impl Adjacency {
    /// An adjacency from its arrays: one more offset than nodes, columns row by row, and a weight
    /// per column or none.
    ///
    /// # Errors
    ///
    /// When the arrays break a guarantee of the type; duplicates and self-links are allowed.
    pub fn from_parts(offsets: Vec<u32>, columns: Vec<u32>, weights: Option<Vec<f64>>) -> Result<Self, GraphError> {
        let links = columns.len();
        if offsets.first() != Some(&0) {
            return Err(GraphError::Offsets { place: 0, links });
        }
        if let Some(fall) = offsets.array_windows().position(|[a, b]| a > b) {
            return Err(GraphError::Offsets { place: fall + 1, links });
        }
        if offsets.last().map(|&end| end as usize) != Some(links) {
            return Err(GraphError::Offsets { place: offsets.len() - 1, links });
        }
        let nodes = offsets.len() - 1;
        check_count("nodes", nodes as u64)?;
        if let Some(weights) = weights.as_ref().filter(|weights| weights.len() != links) {
            return Err(GraphError::WeightCount { weights: weights.len(), links });
        }
        let adjacency = Self { offsets, columns, weights };
        for receiver in 0..nodes {
            for (place, &sender) in adjacency.neighbors(receiver).iter().enumerate() {
                let weight = adjacency.weights_of(receiver).map_or(1.0, |all| all[place]);
                check_link(receiver as u32, sender, weight, nodes)?;
            }
        }
        Ok(adjacency)
    }

    /// Nodes that all listen to nobody.
    ///
    /// # Errors
    ///
    /// [`GraphError::TooMany`] beyond 2³² − 1 nodes.
    pub fn without_links(nodes: usize) -> Result<Self, GraphError> {
        check_count("nodes", nodes as u64)?;
        Ok(Self { offsets: vec![0; nodes + 1], columns: Vec::new(), weights: None })
    }

    /// Trusts arrays made in this crate.
    pub(crate) fn from_checked(offsets: Vec<u32>, columns: Vec<u32>, weights: Option<Vec<f64>>) -> Self {
        Self { offsets, columns, weights }
    }

    /// The same with weights of 1 where it has none.
    pub(crate) fn weighted(mut self) -> Self {
        let links = self.links();
        self.weights.get_or_insert_with(|| vec![1.0; links]);
        self
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Number of directed links: an undirected one counts twice.
    #[must_use]
    pub fn links(&self) -> usize {
        self.columns.len()
    }

    /// How many nodes `node` listens to.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn degree(&self, node: usize) -> usize {
        (self.offsets[node + 1] - self.offsets[node]) as usize
    }

    /// The nodes that `node` listens to.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn neighbors(&self, node: usize) -> &[u32] {
        &self.columns[self.offsets[node] as usize..self.offsets[node + 1] as usize]
    }

    /// The weights of the links of `node`, in the order of [`neighbors`](Self::neighbors); `None`
    /// for an unweighted network.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn weights_of(&self, node: usize) -> Option<&[f64]> {
        let row = self.offsets[node] as usize..self.offsets[node + 1] as usize;
        self.weights.as_ref().map(|weights| &weights[row])
    }

    /// Where each row begins, and where the last one ends: one more than nodes.
    #[must_use]
    pub fn offsets(&self) -> &[u32] {
        if self.offsets.is_empty() { &[0] } else { &self.offsets }
    }

    /// All rows, end to end.
    #[must_use]
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// The weights of all rows, end to end; `None` for an unweighted network.
    #[must_use]
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// A look at the rows.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        let offsets = self.offsets();
        Rows::from_checked(&offsets[..offsets.len() - 1], &offsets[1..], &self.columns, self.weights())
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let weights = self.weights.as_ref().map_or(0, Vec::capacity);
        (self.offsets.capacity() + self.columns.capacity()) * size_of::<u32>() + weights * size_of::<f64>()
    }

    /// The network of the nodes for which `keep` holds, numbered anew in their order, with the links
    /// between them.
    ///
    /// # Panics
    ///
    /// If there is not one flag per node.
    #[must_use]
    pub fn among(&self, keep: &[bool]) -> Self {
        assert_eq!(keep.len(), self.nodes(), "one flag per node");
        let mut count = 0;
        let number = |&kept: &bool| {
            count += u32::from(kept);
            count.wrapping_sub(1)
        };
        let numbers: Vec<u32> = keep.iter().map(number).collect();
        let mut part = Self::default();
        let mut rows = part.rebuild(count as usize, self.weights.is_some());
        for node in (0..self.nodes()).filter(|&node| keep[node]) {
            let weights = self.weights_of(node);
            for (place, &other) in self.neighbors(node).iter().enumerate().filter(|(_, other)| keep[**other as usize]) {
                rows.push(numbers[other as usize], weights.map_or(1.0, |weights| weights[place]));
            }
            rows.end_row();
        }
        rows.finish();
        part
    }

    /// Replaces the links of a node by as many others, in place; weights are ignored in an unweighted
    /// network. Returns false, having changed nothing, if they are not as many.
    ///
    /// # Panics
    ///
    /// If there is no such node, listener or listened to, or a weight is not finite.
    pub fn overwrite_row(&mut self, node: usize, links: impl ExactSizeIterator<Item = (u32, f64)> + Clone) -> bool {
        let nodes = self.nodes();
        let row = self.offsets[node] as usize..self.offsets[node + 1] as usize;
        if links.len() != row.len() {
            return false;
        }
        for (sender, weight) in links.clone() {
            check_link(node as u32, sender, weight, nodes).unwrap_or_else(|error| panic!("{error}"));
        }
        self.columns[row.clone()].iter_mut().zip(links.clone()).for_each(|(column, (sender, _))| *column = sender);
        if let Some(weights) = &mut self.weights {
            weights[row].iter_mut().zip(links).for_each(|(kept, (_, weight))| *kept = weight);
        }
        true
    }

    /// Replaces all rows, in the memory of the present ones where that suffices. Until the writer
    /// is finished there are no nodes.
    ///
    /// # Panics
    ///
    /// If there are more than 2³² − 1 nodes.
    pub fn rebuild(&mut self, nodes: usize, weighted: bool) -> RowWriter<'_> {
        assert!(nodes as u64 <= LIMIT, "{nodes} nodes are more than 32-bit indices can name");
        let Self { mut offsets, mut columns, weights } = core::mem::take(self);
        offsets.clear();
        offsets.reserve(nodes + 1);
        offsets.push(0);
        columns.clear();
        let weights = weighted.then(|| {
            let mut weights = weights.unwrap_or_default();
            weights.clear();
            weights
        });
        RowWriter { target: self, rows: Self { offsets, columns, weights }, nodes }
    }
}

pub(crate) fn check_link(receiver: u32, sender: u32, weight: f64, nodes: usize) -> Result<(), GraphError> {
    if receiver as usize >= nodes || sender as usize >= nodes {
        Err(GraphError::OutOfRange { receiver, sender, nodes })
    } else if !weight.is_finite() {
        Err(GraphError::WeightNotFinite { receiver, sender, weight })
    } else {
        Ok(())
    }
}

/// Writes the rows of an adjacency in order, link by link. Nothing is sorted or merged.
///
/// Dropped before [`finish`](Self::finish), it leaves an adjacency without nodes.
#[derive(Debug)]
pub struct RowWriter<'a> {
    target: &'a mut Adjacency,
    /// The rows so far. They are kept out of the target until they are complete, so that even a
    /// writer that is forgotten instead of dropped cannot leave half a network behind.
    rows: Adjacency,
    nodes: usize,
}

impl RowWriter<'_> {
    /// Adds a link to the present row; the weight is ignored in an unweighted adjacency.
    ///
    /// # Panics
    ///
    /// If there is no such node, the weight is not finite, or there are 2³² − 1 links already.
    #[inline]
    pub fn push(&mut self, column: u32, weight: f64) {
        assert!((column as usize) < self.nodes, "column {column} of {} nodes", self.nodes);
        assert!(self.rows.columns.len() < LIMIT as usize, "links end at 2^32 - 1");
        self.rows.columns.push(column);
        if let Some(weights) = &mut self.rows.weights {
            assert!(weight.is_finite(), "the weight of a link is {weight}");
            weights.push(weight);
        }
    }

    /// Adds links of weight 1 to the present row, faster than one by one.
    ///
    /// # Panics
    ///
    /// As [`push`](Self::push).
    #[inline]
    pub fn extend(&mut self, columns: impl ExactSizeIterator<Item = u32>) {
        let first = self.rows.columns.len();
        self.rows.columns.extend(columns);
        let added = &self.rows.columns[first..];
        let largest = added.iter().copied().max().unwrap_or(0) as usize;
        assert!(added.is_empty() || largest < self.nodes, "column {largest} of {} nodes", self.nodes);
        assert!(self.rows.columns.len() <= LIMIT as usize, "links end at 2^32 - 1");
        if let Some(weights) = &mut self.rows.weights {
            weights.resize(self.rows.columns.len(), 1.0);
        }
    }

    /// Ends the present row.
    ///
    /// # Panics
    ///
    /// If all rows have been ended already.
    #[inline]
    pub fn end_row(&mut self) {
        assert!(self.rows.offsets.len() <= self.nodes, "all {} rows are written", self.nodes);
        self.rows.offsets.push(self.rows.columns.len() as u32);
    }

    /// Completes the adjacency.
    ///
    /// # Panics
    ///
    /// If not all rows have been ended, or links were added after the last one.
    pub fn finish(self) {
        assert_eq!(self.rows.offsets.len(), self.nodes + 1, "one row per node");
        let ended = self.rows.offsets.last().map_or(0, |&end| end as usize);
        assert_eq!(self.rows.columns.len(), ended, "links after the last row");
        *self.target = self.rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_added_together_are_those_added_one_by_one() {
        for weighted in [false, true] {
            let (mut together, mut one_by_one) = (Adjacency::default(), Adjacency::default());
            let rows = [&[2, 1][..], &[], &[0, 0, 1]];
            let mut writer = together.rebuild(3, weighted);
            for row in rows {
                writer.extend(row.iter().copied());
                writer.end_row();
            }
            writer.finish();
            let mut writer = one_by_one.rebuild(3, weighted);
            for row in rows {
                row.iter().for_each(|&column| writer.push(column, 1.0));
                writer.end_row();
            }
            writer.finish();
            assert_eq!(together, one_by_one);
        }
    }

    #[test]
    #[should_panic(expected = "column 3 of 3 nodes")]
    fn links_added_together_are_checked() {
        Adjacency::default().rebuild(3, false).extend([1, 3, 0].into_iter());
    }

    #[test]
    fn arrays_that_break_a_guarantee_are_refused() {
        let parts = |offsets: &[u32], columns: &[u32], weights: Option<Vec<f64>>| {
            Adjacency::from_parts(offsets.to_vec(), columns.to_vec(), weights)
        };
        assert!(matches!(parts(&[], &[], None), Err(GraphError::Offsets { place: 0, .. })));
        assert!(matches!(parts(&[1, 1], &[0], None), Err(GraphError::Offsets { place: 0, .. })));
        assert!(matches!(parts(&[0, 2, 1], &[0], None), Err(GraphError::Offsets { place: 2, .. })));
        assert!(matches!(parts(&[0, 1, 1], &[0, 1], None), Err(GraphError::Offsets { place: 2, .. })));
        assert!(matches!(parts(&[0, 1], &[1], None), Err(GraphError::OutOfRange { sender: 1, nodes: 1, .. })));
        assert!(matches!(parts(&[0, 1], &[0], Some(vec![])), Err(GraphError::WeightCount { .. })));
        assert!(matches!(parts(&[0, 1], &[0], Some(vec![f64::NAN])), Err(GraphError::WeightNotFinite { .. })));
        assert!(parts(&[0, 2, 2], &[0, 1], Some(vec![0.5, -1.0])).is_ok());
    }

    #[test]
    fn a_row_is_overwritten_by_as_many_links_or_not_at_all() {
        let mut adjacency = Adjacency::from_parts(vec![0, 2, 2, 3], vec![1, 2, 0], Some(vec![0.5; 3])).unwrap();
        assert!(adjacency.overwrite_row(0, [(2, 1.5), (0, 2.5)].into_iter()));
        assert!(!adjacency.overwrite_row(2, [].into_iter()) && !adjacency.overwrite_row(1, [(0, 1.0)].into_iter()));
        assert_eq!(adjacency.columns(), [2, 0, 0]);
        assert_eq!(adjacency.weights(), Some(&[1.5, 2.5, 0.5][..]));
    }

    #[test]
    #[should_panic(expected = "3")]
    fn a_row_is_not_overwritten_by_a_node_that_does_not_exist() {
        Adjacency::from_parts(vec![0, 1, 1, 1], vec![1], None).unwrap().overwrite_row(0, [(3, 1.0)].into_iter());
    }

    #[test]
    fn rebuilding_reuses_the_memory_of_the_old_rows() {
        let mut adjacency = Adjacency::from_parts(vec![0, 2, 2, 3], vec![1, 2, 0], None).unwrap();
        let before = adjacency.columns.as_ptr();
        let mut rows = adjacency.rebuild(2, false);
        rows.push(1, 1.0);
        rows.end_row();
        rows.end_row();
        rows.finish();
        assert_eq!((adjacency.offsets(), adjacency.columns()), (&[0, 1, 1][..], &[1][..]));
        assert_eq!(adjacency.columns.as_ptr(), before);
    }

    #[test]
    fn an_unfinished_rebuild_leaves_a_valid_adjacency() {
        let mut adjacency = Adjacency::without_links(3).unwrap();
        let mut rows = adjacency.rebuild(5, true);
        rows.push(4, 0.5);
        rows.end_row();
        drop(rows);
        assert_eq!(adjacency, Adjacency::default());
    }

    /// Kernels read columns unchecked, so not even a leaked writer may break a guarantee.
    #[test]
    fn a_forgotten_writer_leaves_a_valid_adjacency() {
        let mut adjacency = Adjacency::without_links(3).unwrap();
        let mut rows = adjacency.rebuild(5, false);
        rows.push(4, 1.0);
        rows.end_row();
        std::mem::forget(rows);
        assert_eq!((adjacency.nodes(), adjacency.links(), adjacency.offsets()), (0, 0, &[0][..]));
    }

    #[test]
    #[should_panic(expected = "links after the last row")]
    fn links_after_the_last_row_are_refused() {
        let mut adjacency = Adjacency::default();
        let mut rows = adjacency.rebuild(1, false);
        rows.end_row();
        rows.push(0, 1.0);
        rows.finish();
    }

    #[test]
    #[should_panic(expected = "column 2 of 2 nodes")]
    fn a_row_cannot_name_a_node_that_does_not_exist() {
        Adjacency::default().rebuild(2, false).push(2, 1.0);
    }
}
