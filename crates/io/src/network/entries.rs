//! The links of a file as they were read, compactly: 8 bytes each, 16 with weights.

use lampyrid_graph::{Link, LinkStream, NodeOrder};

use super::keep::Keep;

/// What one entry of the file couples.
#[derive(Clone, Debug)]
pub(super) enum Coupling {
    /// The receiver listens to the sender.
    OneWay,
    /// Both listen to each other, with the same weight.
    Mutual,
    /// Both listen to each other; the sender hears the receiver with the opposite weight.
    Opposed,
    /// Entry by entry: mutual where true, else one-way.
    Mixed(Vec<bool>),
}

/// What a file says about its links, in the file's order, as far as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Entries {
    /// Receiver and sender.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Parallel to `pairs`; absent if the file has no weights.
    pub(super) weights: Option<Vec<f64>>,
    pub(super) coupling: Coupling,
    /// Of all entries, if lines are kept at all.
    pub(super) lines: EntryLines,
    pub(super) keep: Keep,
}

impl Entries {
    pub(super) fn new(weighted: bool, coupling: Coupling, keep: Keep) -> Self {
        let weights = weighted.then(Vec::new);
        Self { pairs: Vec::new(), weights, coupling, lines: EntryLines::default(), keep }
    }

    /// Takes an entry read from `line`, and says whether it is kept. The weight counts only if the entries are weighted.
    pub(super) fn push(&mut self, receiver: u32, sender: u32, weight: f64, line: u64) -> bool {
        if !self.keep.entries.take(receiver, sender) {
            return false;
        }
        if self.keep.lines {
            self.lines.record(self.pairs.len(), line);
        }
        self.pairs.push((receiver, sender));
        if let Some(weights) = &mut self.weights {
            weights.push(weight);
        }
        true
    }

    /// Gives node `i` the number `rank[i]`.
    pub(super) fn renumber(&mut self, rank: &[u32]) {
        for (receiver, sender) in &mut self.pairs {
            *receiver = rank[*receiver as usize];
            *sender = rank[*sender as usize];
        }
    }

    /// Whether entry `index` couples both ways.
    fn is_mutual(&self, index: usize) -> bool {
        match &self.coupling {
            Coupling::OneWay => false,
            Coupling::Mutual | Coupling::Opposed => true,
            Coupling::Mixed(mutual) => mutual[index],
        }
    }

    /// The directed links that entry `index` states: one or two.
    fn links_of(&self, index: usize) -> impl Iterator<Item = Link> {
        let (receiver, sender) = self.pairs[index];
        let weight = self.weights.as_ref().map_or(1.0, |weights| weights[index]);
        let back = match self.coupling {
            Coupling::Opposed => -weight,
            _ => weight,
        };
        let stated = Link { receiver, sender, weight };
        // A node's link to itself is one link however it is stated.
        let returned = (self.is_mutual(index) && receiver != sender).then_some(Link {
            receiver: sender,
            sender: receiver,
            weight: back,
        });
        std::iter::once(stated).chain(returned)
    }
}

/// The entries as directed links among `nodes` nodes, as stated or transposed.
pub(super) struct EntryStream<'a> {
    pub(super) entries: &'a Entries,
    pub(super) nodes: usize,
    pub(super) transposed: bool,
    /// By node: the number that links call it by, where that is another.
    places: Option<Vec<u32>>,
}

impl<'a> EntryStream<'a> {
    pub(super) fn new(entries: &'a Entries, nodes: usize, transposed: bool, order: Option<&NodeOrder>) -> Self {
        Self { entries, nodes, transposed, places: order.map(NodeOrder::places) }
    }

    /// The directed links of entry `index`: one or two.
    pub(super) fn links_of(&self, index: usize) -> impl Iterator<Item = Link> {
        let place = |node: u32| self.places.as_ref().map_or(node, |places| places[node as usize]);
        self.entries.links_of(index).map(move |link| {
            let link = if self.transposed { flip(link) } else { link };
            Link { receiver: place(link.receiver), sender: place(link.sender), ..link }
        })
    }
}

impl LinkStream for EntryStream<'_> {
    fn nodes(&self) -> usize {
        self.nodes
    }

    fn is_weighted(&self) -> bool {
        self.entries.weights.is_some()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for index in 0..self.entries.pairs.len() {
            self.links_of(index).for_each(&mut visit);
        }
    }
}

/// The link in the other direction, with the same weight.
pub(super) fn flip(link: Link) -> Link {
    Link { receiver: link.sender, sender: link.receiver, weight: link.weight }
}

/// The line of each entry, stored only where the count does not simply go up by one per entry.
#[derive(Clone, Debug, Default)]
pub(super) struct EntryLines {
    /// First entry and line of each run of entries on consecutive lines.
    runs: Vec<(usize, u64)>,
}

impl EntryLines {
    fn record(&mut self, entry: usize, line: u64) {
        let expected = self.runs.last().map(|&run| line_in(run, entry));
        if expected != Some(line) {
            self.runs.push((entry, line));
        }
    }

    /// The line that entry `entry` was read from.
    ///
    /// # Panics
    ///
    /// If there is no such entry, or lines were not kept.
    pub(super) fn of(&self, entry: usize) -> u64 {
        let run = self.runs.partition_point(|&(first, _)| first <= entry) - 1;
        line_in(self.runs[run], entry)
    }
}

fn line_in((first, line): (usize, u64), entry: usize) -> u64 {
    line + (entry - first) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_lines_are_one_run() {
        let mut lines = EntryLines::default();
        for (entry, line) in [4, 5, 6, 9, 10, 10, 11].into_iter().enumerate() {
            lines.record(entry, line);
        }
        assert_eq!(lines.runs, [(0, 4), (3, 9), (5, 10)]);
        let found: Vec<u64> = (0..7).map(|entry| lines.of(entry)).collect();
        assert_eq!(found, [4, 5, 6, 9, 10, 10, 11]);
    }

    #[test]
    fn an_opposed_entry_returns_with_the_opposite_weight() {
        let mut entries = Entries::new(true, Coupling::Opposed, Keep::default());
        entries.push(3, 1, 0.5, 1);
        let links: Vec<Link> = entries.links_of(0).collect();
        let expected = [(3, 1, 0.5), (1, 3, -0.5)].map(|(receiver, sender, weight)| Link { receiver, sender, weight });
        assert_eq!(links, expected);
    }
}
