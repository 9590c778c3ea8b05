//! What is kept of a file as it is gone through.

/// What is kept of a file's entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Keep {
    pub(super) entries: Which,
    /// Whether the lines that they stood on are, which only errors tell.
    pub(super) lines: bool,
}

/// Which entries are kept.
#[derive(Clone, Debug, Default)]
pub(super) enum Which {
    #[default]
    All,
    Nothing,
    /// Those that make links of some nodes.
    Of(Own),
}

/// Some nodes of a file, by their numbers in the order in which it first names them.
#[derive(Clone, Debug)]
pub(super) struct Own {
    nodes: Vec<Node>,
    end: End,
}

/// The end at which an entry has one of them if it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Receiver,
    Sender,
    Either,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Foreign,
    /// One of them, without links to others up to now.
    Alone,
    /// One of them, with links.
    Linked,
}

impl Which {
    /// Takes note of an entry, and says whether it is kept.
    pub(super) fn take(&mut self, receiver: u32, sender: u32) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Of(own) => own.take(receiver, sender),
        }
    }

    /// How many nodes hear nobody and are heard by nobody, of those that entries are kept for where these are some.
    pub(super) fn isolated(&self) -> usize {
        match self {
            Self::All | Self::Nothing => 0,
            Self::Of(own) => own.isolated(),
        }
    }
}

impl Own {
    /// Those of whom `is_own` is true.
    pub(super) fn new(is_own: impl Iterator<Item = bool>, end: End) -> Self {
        Self { nodes: is_own.map(|is_own| if is_own { Node::Alone } else { Node::Foreign }).collect(), end }
    }

    fn take(&mut self, receiver: u32, sender: u32) -> bool {
        let mut has = |node: u32, other: u32| match self.nodes.get_mut(node as usize) {
            // A file that has changed may have more nodes.
            None | Some(Node::Foreign) => false,
            Some(own) => {
                if node != other {
                    *own = Node::Linked;
                }
                true
            }
        };
        let (has_receiver, has_sender) = (has(receiver, sender), has(sender, receiver));
        match self.end {
            End::Receiver => has_receiver,
            End::Sender => has_sender,
            End::Either => has_receiver || has_sender,
        }
    }

    fn isolated(&self) -> usize {
        self.nodes.iter().filter(|&&node| node == Node::Alone).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of all links among three nodes, the middle one of which is own.
    fn kept(end: End) -> Vec<(u32, u32)> {
        let mut own = Own::new([false, true, false].into_iter(), end);
        let all = (0..3).flat_map(|receiver| (0..3).map(move |sender| (receiver, sender)));
        all.filter(|&(receiver, sender)| own.take(receiver, sender)).collect()
    }

    #[test]
    fn entries_are_kept_for_the_end_that_is_own() {
        assert_eq!(kept(End::Receiver), [(1, 0), (1, 1), (1, 2)]);
        assert_eq!(kept(End::Sender), [(0, 1), (1, 1), (2, 1)]);
        assert_eq!(kept(End::Either), [(0, 1), (1, 0), (1, 1), (1, 2), (2, 1)]);
    }

    #[test]
    fn only_links_to_others_end_isolation_and_whoever_is_heard_has_one() {
        let mut own = Own::new([true, true, false].into_iter(), End::Receiver);
        for (entry, isolated) in [((2, 2), 2), ((0, 0), 2), ((2, 1), 1), ((0, 7), 0)] {
            own.take(entry.0, entry.1);
            assert_eq!(own.isolated(), isolated, "after {entry:?}");
        }
    }
}
