//! The graph of a GraphML file as it grows.

use super::xml::{Position, Spot};
use crate::InputError;
use crate::network::entries::{Coupling, Entries};
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
    /// Which entries couple both ways.
    mutual: Vec<bool>,
}

impl Graph {
    /// A graph without nodes, whose edges are undirected unless they say otherwise.
    pub(super) fn new(undirected: bool, weighted: bool) -> Self {
        Self {
            undirected,
            numbering: Numbering::new(),
            declared: Vec::new(),
            order: Vec::new(),
            mentioned: Vec::new(),
            entries: Entries::new(weighted, Coupling::OneWay),
            mutual: Vec::new(),
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
        self.entries.push(edge.target, edge.source, weight, edge.line);
        self.mutual.push(edge.undirected);
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
        let directed = if self.mutual.is_empty() { !self.undirected } else { self.mutual.contains(&false) };
        entries.coupling = if directed { Coupling::Mixed(self.mutual) } else { Coupling::Mutual };
        if !self.order.is_sorted() {
            let mut rank = vec![0; self.order.len()];
            for (place, node) in (0..).zip(self.order) {
                rank[node as usize] = place;
            }
            entries.renumber(&rank);
            names = names.renumbered(&rank);
        }
        Ok(Listed { nodes: names.len(), entries, names: (!names.are_numbers()).then_some(names), directed })
    }
}
