//! The graph of a GraphML file as it grows.

use super::xml::{Position, Spot};
use crate::InputError;
use crate::network::entries::{Coupling, Entries};
use crate::network::keep::Keep;
use crate::network::names::Numbering;
use crate::network::{Listed, MOST_NODES};
use crate::place::excerpt;

/// An edge whose weight is yet to come.
pub(super) struct Edge {
    source: u32,
    target: u32,
    undirected: bool,
    line: u64,
    pub(super) weight: Option<f64>,
}

pub(super) struct Graph {
    undirected: bool,
    numbering: Numbering,
    /// Whether a `<node>` has been met for each name so far.
    declared: Vec<bool>,
    /// The nodes in the order of their elements.
    order: Vec<u32>,
    /// Nodes that an edge mentioned before their own element, and where.
    mentioned: Vec<(u32, Position)>,
    entries: Entries,
    /// Which of the entries couple both ways.
    mutual: Vec<bool>,
    /// Whether there are edges that couple one way, and such that couple both ways.
    has_directed: bool,
    has_undirected: bool,
}

impl Graph {
    /// A graph without nodes, whose edges are undirected unless they say otherwise.
    pub(super) fn new(undirected: bool, weighted: bool, keep: Keep) -> Self {
        Self {
            undirected,
            numbering: Numbering::new(),
            declared: Vec::new(),
            order: Vec::new(),
            mentioned: Vec::new(),
            entries: Entries::new(weighted, Coupling::OneWay, keep),
            mutual: Vec::new(),
            has_directed: false,
            has_undirected: false,
        }
    }

    /// Takes a `<node>`.
    pub(super) fn declare(&mut self, id: &str, spot: &Spot<'_>) -> Result<(), InputError> {
        let node = self.number(id, spot)?;
        match self.declared.get_mut(node as usize) {
            None => self.declared.push(true),
            Some(declared @ false) => *declared = true,
            Some(true) => {
                return Err(InputError::RepeatedNode { at: spot.place(), name: excerpt(id) });
            }
        }
        self.order.push(node);
        Ok(())
    }

    /// Takes the attributes of an `<edge>`.
    pub(super) fn edge(
        &mut self,
        source: &str,
        target: &str,
        undirected: Option<bool>,
        spot: &Spot<'_>,
    ) -> Result<Edge, InputError> {
        Ok(Edge {
            source: self.mention(source, spot)?,
            target: self.mention(target, spot)?,
            undirected: undirected.unwrap_or(self.undirected),
            line: spot.line(),
            weight: None,
        })
    }

    /// Takes an edge that is read to its end.
    pub(super) fn add(&mut self, edge: &Edge, default_weight: f64) {
        let weight = edge.weight.unwrap_or(default_weight);
        if self.entries.push(edge.target, edge.source, weight, edge.line) {
            self.mutual.push(edge.undirected);
        }
        self.has_directed |= !edge.undirected;
        self.has_undirected |= edge.undirected;
    }

    fn mention(&mut self, id: &str, spot: &Spot<'_>) -> Result<u32, InputError> {
        let node = self.number(id, spot)?;
        if node as usize == self.declared.len() {
            self.declared.push(false);
            self.mentioned.push((node, spot.position()));
        }
        Ok(node)
    }

    fn number(&mut self, id: &str, spot: &Spot<'_>) -> Result<u32, InputError> {
        self.numbering.number(id).ok_or_else(|| InputError::TooManyNodes {
            at: spot.place(),
            nodes: MOST_NODES + 1,
            limit: MOST_NODES,
        })
    }

    /// The graph with its nodes in the order of their elements. `end` is the end of the file.
    pub(super) fn finish(self, end: &Spot<'_>) -> Result<Listed, InputError> {
        let mut names = self.numbering.into_names();
        for (node, position) in self.mentioned {
            if !self.declared[node as usize] {
                return Err(InputError::UnknownNode {
                    at: end.place_at(position),
                    name: excerpt(&names[node as usize]),
                });
            }
        }
        let mut entries = self.entries;
        entries.coupling = match (self.has_directed, self.has_undirected) {
            (_, false) => Coupling::OneWay,
            (false, true) => Coupling::Mutual,
            (true, true) => Coupling::Mixed(self.mutual),
        };
        let mut rank = None;
        if !self.order.is_sorted() {
            let mut places = vec![0; self.order.len()];
            for (place, node) in (0..).zip(self.order) {
                places[node as usize] = place;
            }
            entries.renumber(&places);
            names = names.renumbered(&places);
            rank = Some(places);
        }
        let nodes = names.len();
        let names = (!names.are_numbers()).then_some(names);
        let directed = self.has_directed || !self.undirected && !self.has_undirected;
        Ok(Listed { nodes, entries, names, rank, directed, mutual: self.has_undirected })
    }
}
