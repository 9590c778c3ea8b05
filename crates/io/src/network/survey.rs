//! Parts of a network, for processes that have one together: no file is ever held whole.

use std::ops::Range;
use std::path::Path;

use lampyrid_graph::{NodeOrder, Part};

use super::assemble::{Assembled, assemble};
use super::keep::{End, Own, Which};
use super::origin::Origin;
use super::{Direction, Listing, Network, NetworkFormat, NodeNames, ReadOptions, go_through, read};
use crate::InputError;

/// A network file that was gone through once: what it says besides its links, of which none was
/// kept, and where to read on.
///
/// ```
/// use lampyrid_io::{ReadOptions, survey_network_bytes};
///
/// let text = b"source,target\n0,1\n1,2\n2,0\n2,0\n";
/// let survey = survey_network_bytes("net.csv", text, &ReadOptions::default())?;
/// assert_eq!(survey.nodes(), 3);
/// let found = survey.part(0..2, None)?;
/// assert_eq!(found.part.outside(), [2]);
/// assert_eq!(found.duplicates, 1);
/// # Ok::<(), lampyrid_io::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NetworkSurvey<'b> {
    origin: Origin<'b>,
    options: ReadOptions,
    listing: Listing,
}

/// Some nodes of a network from a file.
///
/// Counts are those of the whole if they are added up over parts that have every node once.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPart {
    /// Their rows. The whole network has weights if any of its parts has; see [`Part::weighted`].
    pub part: Part,
    /// As [`Network::duplicates`], of those statements whose listener is among the nodes.
    pub duplicates: usize,
    /// As [`Network::self_links`], of these nodes.
    pub self_links: usize,
    /// How many of them hear nobody and are heard by nobody.
    pub isolated: usize,
}

/// Goes through the network in the file `path` once and keeps no link.
///
/// All that is wrong with the file is found here, except links stated twice and sums of weights
/// that are not finite, which its parts find. Names take memory, and a number for every node.
///
/// # Errors
///
/// As [`read_network`](super::read_network), and [`InputError::ReadOnce`] for a pipe.
pub fn survey_network(path: &Path, options: &ReadOptions) -> Result<NetworkSurvey<'static>, InputError> {
    survey(Origin::file(path), options)
}

/// Goes through a network that lies in memory, called `name`.
///
/// # Errors
///
/// As [`survey_network`].
pub fn survey_network_bytes<'b>(
    name: &str,
    bytes: &'b [u8],
    options: &ReadOptions,
) -> Result<NetworkSurvey<'b>, InputError> {
    survey(Origin::memory(name, bytes), options)
}

fn survey<'b>(origin: Origin<'b>, options: &ReadOptions) -> Result<NetworkSurvey<'b>, InputError> {
    origin.check_lasts()?;
    let (listing, _none) = go_through(&origin.path, origin.open()?, options, Which::Nothing)?;
    Ok(NetworkSurvey { origin, options: *options, listing })
}

impl NetworkSurvey<'_> {
    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.listing.nodes
    }

    /// As [`Network::names`].
    #[must_use]
    pub fn names(&self) -> Option<&NodeNames> {
        self.listing.names.as_ref()
    }

    /// As [`Network::directed`].
    #[must_use]
    pub fn directed(&self) -> bool {
        self.listing.directed
    }

    /// As [`Network::format`].
    #[must_use]
    pub fn format(&self) -> NetworkFormat {
        self.listing.format
    }

    /// As [`Network::checksum`].
    #[must_use]
    pub fn checksum(&self) -> u64 {
        self.listing.checksum
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.listing.bytes
    }

    /// Reads the whole network after all.
    ///
    /// # Errors
    ///
    /// As [`read_network`](super::read_network), and [`InputError::Changed`] if the file is another now.
    pub fn whole(&self) -> Result<Network, InputError> {
        let network = read(&self.origin, &self.options)?;
        self.check(network.checksum, network.adjacency.nodes())?;
        Ok(network)
    }

    /// Reads the nodes `own`, and keeps only entries that have one of them: for a file that couples
    /// one way, those that one of them hears by. Where `order` gives nodes other numbers, `own` are
    /// such numbers. Rows are to the bit those that [`Part::of`] cuts out of the whole network, which
    /// was [reordered](lampyrid_graph::Adjacency::reordered) if there is an order, but for weights
    /// that only other parts ask for.
    ///
    /// A range that reaches beyond the last node ends with it.
    ///
    /// # Errors
    ///
    /// As [`read_network`](super::read_network), and [`InputError::Changed`] if the file is another now.
    ///
    /// # Panics
    ///
    /// If the order is of another number of nodes.
    pub fn part(&self, own: Range<u32>, order: Option<&NodeOrder>) -> Result<NetworkPart, InputError> {
        let which = Which::Of(self.own(&own, order));
        let (listing, entries) = go_through(&self.origin.path, self.origin.open()?, &self.options, which)?;
        self.check(listing.checksum, listing.nodes)?;
        let isolated = entries.keep.entries.isolated();
        let Assembled { part, duplicates, self_links } = assemble(entries, &listing, &self.options, own, order)?;
        Ok(NetworkPart { part, duplicates, self_links, isolated })
    }

    /// The nodes `own`, and at which end entries that are needed for their rows have them.
    fn own(&self, own: &Range<u32>, order: Option<&NodeOrder>) -> Own {
        let Listing { nodes, rank, mutual, .. } = &self.listing;
        assert!(order.is_none_or(|order| order.nodes().len() == *nodes), "an order of all nodes");
        let places = order.map(NodeOrder::places);
        let number = |first: u32| rank.as_ref().map_or(first, |rank| rank[first as usize]);
        let place = |node: u32| places.as_ref().map_or(node, |places| places[node as usize]);
        let is_own = (0..*nodes as u32).map(|first| own.contains(&place(number(first))));
        // An entry that couples both ways, or is made to, makes a link at either end. Where some do, any other may be
        // what such a one repeats.
        let end = match self.options.direction {
            _ if *mutual => End::Either,
            Direction::Both => End::Either,
            Direction::Reversed => End::Sender,
            Direction::AsStored => End::Receiver,
        };
        Own::new(is_own, end)
    }

    /// Whether what was read is what was gone through before.
    fn check(&self, checksum: u64, nodes: usize) -> Result<(), InputError> {
        match (checksum, nodes) == (self.checksum(), self.nodes()) {
            true => Ok(()),
            false => Err(InputError::Changed { path: self.origin.path.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries kept of a ring of ten nodes, each of which hears the one before.
    fn kept(name: &str, text: &str, direction: Direction, own: Range<u32>) -> Vec<(u32, u32)> {
        let options = ReadOptions { direction, ..ReadOptions::default() };
        let survey = survey_network_bytes(name, text.as_bytes(), &options).unwrap();
        let which = Which::Of(survey.own(&own, None));
        go_through(Path::new(name), Box::new(text.as_bytes()), &options, which).unwrap().1.pairs
    }

    #[test]
    fn links_of_others_are_not_kept() {
        let entries = (1..10).map(|node| format!("{node} {}\n", node + 1)).collect::<String>();
        let matrix = |kind: &str| format!("%%MatrixMarket matrix coordinate pattern {kind}\n10 10 10\n{entries}10 1\n");
        for (kind, direction, expected) in [
            ("general", Direction::AsStored, vec![(3, 4), (4, 5)]),
            ("general", Direction::Reversed, vec![(2, 3), (3, 4)]),
            ("general", Direction::Both, vec![(2, 3), (3, 4), (4, 5)]),
            ("symmetric", Direction::AsStored, vec![(2, 3), (3, 4), (4, 5)]),
        ] {
            assert_eq!(kept("a.mtx", &matrix(kind), direction, 3..5), expected, "{kind} {direction:?}");
        }
        let edges = (0..9).map(|node| format!("{},{node}\n", node + 1)).collect::<String>();
        let list = format!("source,target\n{edges}0,9\n");
        assert_eq!(kept("a.csv", &list, Direction::AsStored, 3..5), [(3, 4), (4, 5)]);
        let nodes = (0..10).rev().map(|node| format!("<node id='{node}'/>")).collect::<String>();
        let edges = (0..9).map(|node| format!("<edge source='{}' target='{node}'/>", node + 1)).collect::<String>();
        let graph = format!("<graphml><graph edgedefault='directed'>{nodes}{edges}</graph></graphml>");
        // Node 9 comes first there, so the nodes are those called 6 and 5.
        assert_eq!(kept("a.graphml", &graph, Direction::AsStored, 3..5), [(4, 3), (3, 2)]);
    }

    #[test]
    fn a_survey_keeps_no_entry() {
        let text = "source,target\n0,1\n1,0\n";
        let options = ReadOptions { strict: true, ..ReadOptions::default() };
        let (listing, entries) =
            go_through(Path::new("a.csv"), Box::new(text.as_bytes()), &options, Which::Nothing).unwrap();
        assert_eq!((listing.nodes, entries.pairs.capacity()), (2, 0));
    }
}
