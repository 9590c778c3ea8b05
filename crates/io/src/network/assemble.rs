//! From a file's entries to an adjacency: directions and repeated links.

use std::mem;
use std::path::Path;

use lampyrid_graph::{Adjacency, GraphError, Link, LinkStream};

use super::entries::{EntryStream, flip};
use super::{Direction, Listed, Network, NetworkFormat, ReadOptions};
use crate::InputError;
use crate::place::{Place, excerpt};

/// Builds the network that `listed` describes.
pub(super) fn assemble(
    path: &Path,
    listed: Listed,
    format: NetworkFormat,
    options: &ReadOptions,
) -> Result<Network, InputError> {
    let refused = |source: GraphError| InputError::Graph { path: path.to_owned(), source };
    let stream = EntryStream {
        entries: &listed.entries,
        nodes: listed.nodes,
        transposed: options.direction == Direction::Reversed,
    };
    let built = Adjacency::from_stream(&stream).map_err(refused)?;
    let mut adjacency = built.adjacency;

    let mut duplicates = 0;
    if built.duplicates > 0 {
        let repeats = Repeats::among(&stream, &adjacency);
        if let Some((entry, link)) = repeats.first
            && options.strict
        {
            return Err(repeated_link(path, &listed, format, &stream, entry, link));
        }
        duplicates = repeats.count;
    }

    let Listed { entries, names, directed, .. } = listed;
    drop(entries);
    if directed && options.direction == Direction::Both {
        adjacency = Adjacency::from_stream(&WithReturns(&adjacency)).map_err(refused)?.adjacency;
    }
    Ok(Network { adjacency, names, directed, duplicates, self_links: built.self_links, format })
}

/// The entries that state a link which an earlier entry states.
struct Repeats {
    count: usize,
    /// The first such entry and the link it repeats.
    first: Option<(usize, Link)>,
}

impl Repeats {
    /// Goes through the entries in the file's order and ticks their links off in the adjacency
    /// built from them.
    fn among(stream: &EntryStream<'_>, adjacency: &Adjacency) -> Self {
        let mut met = vec![false; adjacency.links()];
        let mut repeats = Self { count: 0, first: None };
        for entry in 0..stream.entries.pairs.len() {
            let again = stream
                .links_of(entry)
                .filter(|link| link.receiver != link.sender)
                .filter(|link| mem::replace(&mut met[position(adjacency, link)], true))
                .last();
            if let Some(link) = again {
                repeats.count += 1;
                repeats.first.get_or_insert((entry, link));
            }
        }
        repeats
    }
}

/// Where `link` is stored.
fn position(adjacency: &Adjacency, link: &Link) -> usize {
    let row = link.receiver as usize;
    let within = adjacency
        .neighbors(row)
        .binary_search(&link.sender)
        .expect("every link read is in the adjacency built from it");
    adjacency.offsets()[row] as usize + within
}

fn repeated_link(
    path: &Path,
    listed: &Listed,
    format: NetworkFormat,
    stream: &EntryStream<'_>,
    entry: usize,
    link: Link,
) -> InputError {
    let same = |other: Link| other.receiver == link.receiver && other.sender == link.sender;
    let first = (0..entry).find(|&earlier| stream.links_of(earlier).any(same)).unwrap_or(entry);
    let stated = if stream.transposed { flip(link) } else { link };
    let label = |node: u32| match &listed.names {
        Some(names) => excerpt(&names[node as usize]),
        None if format == NetworkFormat::MatrixMarket => (u64::from(node) + 1).to_string(),
        None => node.to_string(),
    };
    let lines = &listed.entries.lines;
    InputError::RepeatedLink {
        at: Place::new(path, lines.of(entry), 1),
        first_line: lines.of(first),
        sender: label(stated.sender),
        receiver: label(stated.receiver),
    }
}

/// The links of an adjacency, and for each whose return is not among them, its return.
struct WithReturns<'a>(&'a Adjacency);

impl LinkStream for WithReturns<'_> {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn is_weighted(&self) -> bool {
        self.0.weights().is_some()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for row in 0..self.0.nodes() {
            let weights = self.0.weights_of(row);
            let receiver = row as u32;
            for (k, &sender) in self.0.neighbors(row).iter().enumerate() {
                let link = Link { receiver, sender, weight: weights.map_or(1.0, |weights| weights[k]) };
                visit(link);
                let returned = self.0.neighbors(sender as usize).binary_search(&receiver);
                if returned.is_err() {
                    visit(flip(link));
                }
            }
        }
    }
}
