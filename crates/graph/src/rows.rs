//! A look at who listens to whom, wherever the rows lie.

/// The rows of an [`Adjacency`](crate::Adjacency) or an [`Evolving`](crate::Evolving) network.
///
/// Guaranteed, so that kernels may rely on it without looking: every row begins no later than it
/// ends and ends within [`columns`](Self::columns); every column of a row is less than the number of
/// nodes; there is one finite weight per link, or none at all. Between rows there may be columns that
/// belong to none; those mean nothing.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    starts: &'a [u32],
    ends: &'a [u32],
    columns: &'a [u32],
    weights: Option<&'a [f64]>,
}

impl<'a> Rows<'a> {
    /// Trusts slices made in this crate.
    pub(crate) fn from_checked(
        starts: &'a [u32],
        ends: &'a [u32],
        columns: &'a [u32],
        weights: Option<&'a [f64]>,
    ) -> Self {
        debug_assert_eq!(starts.len(), ends.len());
        debug_assert!(weights.is_none_or(|weights| weights.len() == columns.len()));
        Self { starts, ends, columns, weights }
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.starts.len()
    }

    /// How many nodes `node` listens to.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn degree(&self, node: usize) -> usize {
        (self.ends[node] - self.starts[node]) as usize
    }

    /// The nodes that `node` listens to.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn neighbors(&self, node: usize) -> &'a [u32] {
        &self.columns[self.starts[node] as usize..self.ends[node] as usize]
    }

    /// The weights of the links of `node`, in the order of [`neighbors`](Self::neighbors); `None`
    /// for an unweighted network.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn weights_of(&self, node: usize) -> Option<&'a [f64]> {
        let row = self.starts[node] as usize..self.ends[node] as usize;
        self.weights.map(|weights| &weights[row])
    }

    /// Where each row begins among the columns.
    #[must_use]
    pub fn starts(&self) -> &'a [u32] {
        self.starts
    }

    /// Where each row ends.
    #[must_use]
    pub fn ends(&self) -> &'a [u32] {
        self.ends
    }

    /// The columns of all rows.
    #[must_use]
    pub fn columns(&self) -> &'a [u32] {
        self.columns
    }

    /// The weights of all rows, column by column; `None` for an unweighted network.
    #[must_use]
    pub fn weights(&self) -> Option<&'a [f64]> {
        self.weights
    }
}
