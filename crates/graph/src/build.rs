//! From a stream of links to an adjacency.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use crate::adjacency::{Adjacency, check_count, check_link};
use crate::bins::Bins;
use crate::{GraphError, Link, LinkStream};

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
    /// the arrays of the result, a few megabytes at most. Rows of a weighted stream that are not in
    /// order are sorted in a copy of one row; duplicates take their place in the arrays until they
    /// are merged.
    ///
    /// # Errors
    ///
    /// [`GraphError::OutOfRange`] if a link leaves the network, [`GraphError::WeightNotFinite`] if a
    /// weight or a sum of weights is not finite, [`GraphError::TooMany`] beyond 2³² − 1 nodes or
    /// links: in all these cases before memory for links is asked for, except where a sum
    /// overflows. [`GraphError::Unsteady`] if it shows that a replay gave other links.
    pub fn from_stream(stream: &impl LinkStream) -> Result<Built, GraphError> {
        check_count("nodes", stream.nodes() as u64)?;
        let nodes = stream.nodes() as u32;
        let built = build(stream, Frame { rows: 0..nodes, nodes })?;
        let BuiltRows { rows: Rows { offsets, columns, weights, .. }, duplicates, self_links } = built;
        Ok(Built { adjacency: Self::from_checked(offsets, columns, weights), duplicates, self_links })
    }
}

/// Some consecutive rows of a network, and what was met on the way to them.
pub(crate) struct BuiltRows {
    pub(crate) rows: Rows,
    pub(crate) duplicates: usize,
    pub(crate) self_links: usize,
}

/// Which rows of a network are built, and how many nodes it has: what a stream said of them once.
pub(crate) struct Frame {
    pub(crate) rows: Range<u32>,
    pub(crate) nodes: u32,
}

/// Builds rows from a stream of the links into them.
pub(crate) fn build(stream: &impl LinkStream, frame: Frame) -> Result<BuiltRows, GraphError> {
    let (ends, self_links) = row_ends(stream, &frame)?;
    let mut rows = fill(stream, frame, ends)?;
    let duplicates = rows.sort_and_merge()?;
    Ok(BuiltRows { rows, duplicates, self_links })
}

/// Whether a link can be taken as it is.
#[inline]
fn is_proper(link: &Link, frame: &Frame) -> bool {
    frame.rows.contains(&link.receiver)
        && link.sender < frame.nodes
        && link.receiver != link.sender
        && link.weight.is_finite()
}

/// Links that cannot be taken.
#[derive(Default)]
struct Improper {
    self_links: usize,
    error: Option<GraphError>,
}

impl Improper {
    #[cold]
    #[inline(never)]
    fn note(&mut self, link: Link, nodes: usize) {
        if link.receiver == link.sender && (link.receiver as usize) < nodes {
            self.self_links += 1;
        } else if let Err(error) = check_link(link.receiver, link.sender, link.weight, nodes) {
            self.error.get_or_insert(error);
        }
    }
}

/// The end of each row, moved one place up: row i of them ends where place i + 1 says. And how many
/// self-links there are.
fn row_ends(stream: &impl LinkStream, frame: &Frame) -> Result<(Vec<u32>, usize), GraphError> {
    let rows = &frame.rows;
    let mut offsets = vec![0_u32; rows.len() + 1];
    let (mut links, mut improper) = (0_u64, Improper::default());
    let mut bins = Bins::new(rows.len(), 0, |row: u32| {
        let count = &mut offsets[row as usize + 1];
        *count = count.saturating_add(1);
    });
    stream.for_each_link(|link| {
        if is_proper(&link, frame) {
            links += 1;
            let row = link.receiver - rows.start;
            bins.add(row, row);
        } else {
            improper.note(link, frame.nodes as usize);
        }
    });
    bins.finish();
    if let Some(error) = improper.error {
        return Err(error);
    }
    check_count("links", links)?;
    let mut total = 0;
    for offset in &mut offsets {
        total += *offset;
        *offset = total;
    }
    Ok((offsets, improper.self_links))
}

/// Rows in the making, in the order of the stream.
pub(crate) struct Rows {
    pub(crate) offsets: Vec<u32>,
    pub(crate) columns: Vec<u32>,
    pub(crate) weights: Option<Vec<f64>>,
    frame: Frame,
}

/// Puts every link into its row. `offsets[i]` serves as the cursor of row i, and is where row
/// i + 1 begins when all are in.
fn fill(stream: &impl LinkStream, frame: Frame, mut offsets: Vec<u32>) -> Result<Rows, GraphError> {
    let rows = &frame.rows;
    let links = offsets.last().copied().unwrap_or(0) as usize;
    let mut columns = vec![0_u32; links];
    let mut weights = stream.is_weighted().then(|| vec![0.0; links]);
    let (mut given, mut stored, mut strange) = (0_usize, 0_usize, false);
    let mut bins = Bins::new(rows.len(), Link::new(0, 0), |link| {
        let cursor = &mut offsets[(link.receiver - rows.start) as usize];
        let place = *cursor as usize;
        *cursor = cursor.saturating_add(1);
        if let Some(column) = columns.get_mut(place) {
            *column = link.sender;
            if let Some(weights) = &mut weights {
                weights[place] = link.weight;
            }
            stored += 1;
        }
    });
    stream.for_each_link(|link| {
        if is_proper(&link, &frame) {
            given += 1;
            bins.add(link.receiver - rows.start, link);
        } else {
            strange |= link.receiver != link.sender;
        }
    });
    bins.finish();
    // Every cursor must have reached the beginning of the next row, i.e. the old offset there.
    offsets.pop();
    offsets.insert(0, 0);
    let full = offsets.last().copied() == Some(links as u32) && offsets.is_sorted();
    if strange || given != links || stored != links || !full {
        return Err(GraphError::Unsteady);
    }
    Ok(Rows { offsets, columns, weights, frame })
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

    /// Sorts and merges links with weights; equal ones are added in the order of the stream.
    fn merge(&mut self) -> Result<usize, GraphError> {
        let Some(weights) = &mut self.weights else {
            return Ok(0);
        };
        let (mut kept, mut start) = (0, 0);
        let mut copy: Vec<(u32, u32, f64)> = Vec::new();
        for row in 0..self.offsets.len() - 1 {
            let end = self.offsets[row + 1] as usize;
            sort_row(&mut self.columns[start..end], &mut weights[start..end], &mut copy);
            let first = kept;
            for place in start..end {
                let (sender, weight) = (self.columns[place], weights[place]);
                if kept > first && self.columns[kept - 1] == sender {
                    weights[kept - 1] += weight;
                } else {
                    (self.columns[kept], weights[kept]) = (sender, weight);
                    kept += 1;
                }
            }
            for (&sender, &weight) in self.columns[first..kept].iter().zip(&weights[first..kept]) {
                check_link(self.frame.rows.start + row as u32, sender, weight, self.frame.nodes as usize)?;
            }
            self.offsets[row + 1] = kept as u32;
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
}

/// Sorts a row by column, equal ones in their present order, by way of a copy if it must.
fn sort_row(columns: &mut [u32], weights: &mut [f64], copy: &mut Vec<(u32, u32, f64)>) {
    if columns.is_sorted() {
        return;
    }
    copy.clear();
    copy.extend(columns.iter().zip(&*weights).zip(0..).map(|((&column, &weight), place)| (column, place, weight)));
    // The place makes keys distinct: this sort is as good as a stable one, which would take memory.
    copy.sort_unstable_by_key(|&(column, place, _)| (column, place));
    for ((column, weight), sorted) in columns.iter_mut().zip(weights).zip(&*copy) {
        (*column, *weight) = (sorted.0, sorted.2);
    }
}

#[cfg(test)]
mod tests;
