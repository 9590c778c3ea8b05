//! Node names: stored end to end, and looked up while a file is read.

use std::hash::{BuildHasher, RandomState};
use std::ops::Index;

/// The names of a network's nodes, in node order.
///
/// One text for all of them and where each ends: a few bytes per node beyond the name itself,
/// where a `Vec<String>` takes some fifty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeNames {
    text: String,
    ends: Vec<usize>,
}

impl NodeNames {
    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no nodes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The name of node `node`, if there is such a node.
    #[must_use]
    pub fn get(&self, node: usize) -> Option<&str> {
        let end = *self.ends.get(node)?;
        let start = if node == 0 { 0 } else { self.ends[node - 1] };
        Some(&self.text[start..end])
    }

    /// The names in node order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|node| &self[node])
    }

    /// Whether the names are just the node numbers `0`, `1`, `2`, … and so say nothing.
    pub(super) fn are_numbers(&self) -> bool {
        self.iter().enumerate().all(|(node, name)| whole_number(name) == Some(node as u64))
    }

    /// Each node's place when all are sorted by the number their name is; `None` if a name is no
    /// number.
    pub(super) fn rank_by_number(&self) -> Option<Vec<u32>> {
        let mut order: Vec<(u64, u32)> =
            self.iter().zip(0..).map(|(name, node)| Some((whole_number(name)?, node))).collect::<Option<_>>()?;
        order.sort_unstable();
        let mut rank = vec![0; order.len()];
        for (place, (_, node)) in (0..).zip(order) {
            rank[node as usize] = place;
        }
        Some(rank)
    }

    /// The names with node `i` moved to `rank[i]`.
    pub(super) fn renumbered(&self, rank: &[u32]) -> Self {
        let mut node_at = vec![0_u32; rank.len()];
        for (node, &place) in (0_u32..).zip(rank) {
            node_at[place as usize] = node;
        }
        let mut moved = Self { text: String::with_capacity(self.text.len()), ends: Vec::with_capacity(self.len()) };
        for node in node_at {
            moved.push(&self[node as usize]);
        }
        moved
    }

    fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len());
    }
}

impl Index<usize> for NodeNames {
    type Output = str;

    /// The name of node `node`.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    fn index(&self, node: usize) -> &str {
        self.get(node).expect("a node of this network")
    }
}

impl<S: AsRef<str>> FromIterator<S> for NodeNames {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut collected = Self::default();
        for name in names {
            collected.push(name.as_ref());
        }
        collected
    }
}

/// The number that `name` writes, if it is a whole number in its plainest form: digits only, no
/// leading zeros, below 2⁶⁴. Equal numbers then have equal names.
pub(super) fn whole_number(name: &str) -> Option<u64> {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (name.len() == 1 || !name.starts_with('0'));
    plain.then(|| name.parse().ok()).flatten()
}

/// Numbers names in order of first appearance.
///
/// A table of node numbers with open addressing over [`NodeNames`]: each name is stored once. The
/// hash is keyed at random, so no file can be made to collide; node numbers do not depend on it.
#[derive(Debug)]
pub(super) struct Numbering {
    names: NodeNames,
    /// Node numbers, or [`FREE`]; its length is a power of two, at most half is taken.
    slots: Vec<u32>,
    hasher: RandomState,
}

/// An empty slot. Also one more than the largest node number, so nodes fit the adjacency.
const FREE: u32 = u32::MAX;

impl Numbering {
    pub(super) fn new() -> Self {
        Self { names: NodeNames::default(), slots: vec![FREE; 16], hasher: RandomState::new() }
    }

    /// The number of the node called `name`, a new one if the name is new; `None` if it would be
    /// beyond the largest there is.
    pub(super) fn number(&mut self, name: &str) -> Option<u32> {
        let slot = self.slot_of(name);
        if self.slots[slot] != FREE {
            return Some(self.slots[slot]);
        }
        let node = u32::try_from(self.names.len()).ok().filter(|&node| node < FREE - 1)?;
        self.names.push(name);
        self.slots[slot] = node;
        if self.names.len() * 2 > self.slots.len() {
            self.grow();
        }
        Some(node)
    }

    /// The names in the order of their numbers.
    pub(super) fn into_names(self) -> NodeNames {
        self.names
    }

    /// Where `name` is or belongs.
    fn slot_of(&self, name: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.hasher.hash_one(name) as usize & mask;
        while self.slots[slot] != FREE && &self.names[self.slots[slot] as usize] != name {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![FREE; self.slots.len() * 2];
        for node in 0..self.names.len() {
            let slot = self.slot_of(&self.names[node]);
            self.slots[slot] = node as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_in_order_of_first_appearance() {
        let mut numbering = Numbering::new();
        let found: Vec<_> = ["b", "a", "b", "", "a", "c"].map(|name| numbering.number(name)).to_vec();
        assert_eq!(found, [0, 1, 0, 2, 1, 3].map(Some));
        assert_eq!(numbering.names, NodeNames::from_iter(["b", "a", "", "c"]));
    }

    #[test]
    fn many_names_keep_their_numbers_as_the_table_grows() {
        let mut numbering = Numbering::new();
        for round in 0..2 {
            for node in 0..10_000_u32 {
                let number = numbering.number(&format!("n{node}"));
                assert_eq!(number, Some(node), "round {round}");
            }
        }
        assert_eq!(numbering.names.len(), 10_000);
    }

    #[test]
    fn only_plain_whole_numbers_count_as_numbers() {
        assert_eq!(whole_number("0"), Some(0));
        assert_eq!(whole_number("907"), Some(907));
        assert_eq!(whole_number("18446744073709551615"), Some(u64::MAX));
        for name in ["", "007", "-1", "+1", "1.0", "1e3", "18446744073709551616", "٣"] {
            assert_eq!(whole_number(name), None, "{name}");
        }
    }

    #[test]
    fn renumbering_moves_names_to_their_rank() {
        let names = NodeNames::from_iter(["ten", "two", "three"]);
        let moved = names.renumbered(&[2, 0, 1]);
        assert_eq!(moved.iter().collect::<Vec<_>>(), ["two", "three", "ten"]);
        assert_eq!(moved.get(3), None);
    }
}
