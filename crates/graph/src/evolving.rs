//! A network whose nodes come, go and are linked anew.

use alloc::{vec, vec::Vec};

mod lists;

use crate::{Rows, adjacency::check_link};
use lists::Lists;

/// A network that changes a little at a time.
///
/// It knows of every node whom it listens to and who listens to it, so that a change costs in
/// proportion to the links of the nodes concerned, not to the network. It takes about 2.5 times the
/// memory of an [`Adjacency`](crate::Adjacency).
///
/// The rows keep the order of their links: sums over them are the same as over rows built anew.
///
/// ```
/// use lampyrid_graph::{Evolving, Topology};
///
/// let ring = Topology::Ring { agents: 5, neighbors: 2 }.build(0)?;
/// let mut network = Evolving::new(ring.rows(), 5, Some);
/// // Node 1 goes, and the last one takes its place.
/// network.clear_row(1);
/// network.leave(1);
/// network.renumber(&[(4, 1)]);
/// network.resize(4);
/// assert_eq!(network.rows().neighbors(3), [2, 1]);
/// // Another one comes and listens to all.
/// network.resize(5);
/// network.set_row(4, [0, 1, 2, 3].map(|node| (node, 1.0)));
/// assert_eq!(network.links(), 4 * 2 - 2 + 4);
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evolving {
    /// By node: whom it listens to. Every entry is less than the number of nodes.
    heard: Lists,
    /// By node: who listens to it, once per link, in no order. Node j is listed at i once for each
    /// time that i is in the row of j.
    hearers: Lists,
    links: usize,
}

impl Evolving {
    /// A copy of `rows` in a network of `nodes` nodes, where node i becomes `number(i)`; a node without
    /// links may become none. Nodes that nobody becomes have no links.
    ///
    /// # Panics
    ///
    /// If a number is not less than `nodes`, they do not rise, or a node with links gets none.
    #[must_use]
    pub fn new(rows: Rows<'_>, nodes: usize, number: impl Fn(usize) -> Option<usize>) -> Self {
        let numbers: Vec<Option<u32>> = (0..rows.nodes()).map(|node| number(node).map(|new| new as u32)).collect();
        assert!(numbers.iter().flatten().is_sorted_by(|a, b| a < b), "numbers rise");
        assert!(numbers.iter().flatten().all(|&new| (new as usize) < nodes), "numbers are less than {nodes}");
        let new = |node: usize| numbers[node].expect("nodes with links get a number");
        let (mut out, mut into) = (vec![0; nodes], vec![0; nodes]);
        let linked = || (0..rows.nodes()).filter(|&node| rows.degree(node) > 0);
        for node in linked() {
            out[new(node) as usize] = rows.degree(node) as u32;
            rows.neighbors(node).iter().for_each(|&other| into[new(other as usize) as usize] += 1);
        }
        let mut network = Self {
            heard: Lists::with_room(out.into_iter(), rows.weights().is_some()),
            hearers: Lists::with_room(into.into_iter(), false),
            links: 0,
        };
        for node in linked() {
            let weights = rows.weights_of(node);
            for (place, &other) in rows.neighbors(node).iter().enumerate() {
                network.link(new(node), new(other as usize), weights.map_or(1.0, |weights| weights[place]));
            }
        }
        network
    }

    fn link(&mut self, listener: u32, other: u32, weight: f64) {
        // In this order: whatever may fail, no row names a node that does not know of it.
        self.hearers.push(other as usize, listener, 1.0);
        self.heard.push(listener as usize, other, weight);
        self.links += 1;
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.heard.len()
    }

    /// Number of directed links.
    #[must_use]
    pub fn links(&self) -> usize {
        self.links
    }

    /// The rows as they are.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        let Lists { starts, ends, items, weights, .. } = &self.heard;
        Rows::from_checked(starts, ends, items, weights.as_deref())
    }

    /// Replaces the links of a node to others, in this order. Weights are ignored in an unweighted
    /// network.
    ///
    /// # Panics
    ///
    /// If there is no such node, listener or listened to, or a weight is not finite.
    pub fn set_row(&mut self, node: usize, links: impl IntoIterator<Item = (u32, f64)>) {
        self.clear_row(node);
        for (other, weight) in links {
            let checked = check_link(node as u32, other, weight, self.nodes());
            checked.unwrap_or_else(|error| panic!("{error}"));
            self.link(node as u32, other, weight);
        }
    }

    /// Takes away the links of a node to others.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    pub fn clear_row(&mut self, node: usize) {
        for place in self.heard.range(node) {
            let other = self.heard.items[place];
            self.hearers.remove_one(other as usize, node as u32);
        }
        self.links -= self.heard.get(node).len();
        self.heard.clear(node);
    }

    /// Who listens to a node: each of them once per link, in no order.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn listeners(&self, node: usize) -> &[u32] {
        self.hearers.get(node)
    }

    /// Takes away the links of others to a node.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    pub fn leave(&mut self, node: usize) {
        self.links -= self.hearers.get(node).len();
        for &listener in self.hearers.get(node) {
            self.heard.remove(listener as usize, node as u32);
        }
        self.hearers.clear(node);
    }

    /// Gives nodes other numbers, all at once: pairs of the present number and the new one. Links go
    /// with them.
    ///
    /// # Panics
    ///
    /// If there is no such node, or a new number is that of a node with links that keeps it, or that
    /// of two. Nothing has changed then.
    pub fn renumber(&mut self, moves: &[(u32, u32)]) {
        self.check(moves);
        let renamed = |lists: &Lists, others: &Lists| {
            let mut renamed = Vec::new();
            for &(from, to) in moves {
                for &holder in others.get(from as usize) {
                    let places = lists.range(holder as usize);
                    renamed.extend(places.filter(|&place| lists.items[place] == from).map(|place| (place, to)));
                }
            }
            renamed
        };
        let in_rows = renamed(&self.heard, &self.hearers);
        let in_hearers = renamed(&self.hearers, &self.heard);
        in_rows.into_iter().for_each(|(place, to)| self.heard.items[place] = to);
        in_hearers.into_iter().for_each(|(place, to)| self.hearers.items[place] = to);
        for lists in [&mut self.heard, &mut self.hearers] {
            let taken: Vec<_> = moves.iter().map(|&(from, _)| lists.take(from as usize)).collect();
            for (&(_, to), slot) in moves.iter().zip(taken) {
                lists.give_up(to as usize);
                lists.put(to as usize, slot);
            }
        }
    }

    fn check(&self, moves: &[(u32, u32)]) {
        let nodes = self.nodes();
        let (mut from, mut to): (Vec<u32>, Vec<u32>) = moves.iter().copied().unzip();
        for numbers in [&mut from, &mut to] {
            numbers.sort_unstable();
            assert!(numbers.is_sorted_by(|a, b| a < b), "a number is there twice");
            assert!(numbers.last().is_none_or(|&last| (last as usize) < nodes), "numbers are less than {nodes}");
        }
        let is_free = |&node: &u32| {
            let lists = [&self.heard, &self.hearers];
            from.binary_search(&node).is_ok() || lists.iter().all(|lists| lists.get(node as usize).is_empty())
        };
        let taken = to.iter().find(|node| !is_free(node));
        assert_eq!(taken, None, "the node of that number has links and keeps it");
    }

    /// Adds nodes without links after the last one, or takes the last ones away.
    ///
    /// # Panics
    ///
    /// If one of those to go has links.
    pub fn resize(&mut self, nodes: usize) {
        for lists in [&mut self.heard, &mut self.hearers] {
            assert!((nodes..lists.len()).all(|node| lists.get(node).is_empty()), "nodes with links cannot go");
            lists.resize(nodes);
        }
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.heard.heap_bytes() + self.hearers.heap_bytes()
    }
}
