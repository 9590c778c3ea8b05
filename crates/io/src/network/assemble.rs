//! From a file's entries to rows: directions and repeated links.

use std::mem;
use std::ops::Range;

use lampyrid_graph::{GraphError, Link, LinkStream, NodeOrder, Part};

use super::entries::{Entries, EntryStream, flip};
use super::{Direction, Listing, NetworkFormat, ReadOptions};
use crate::InputError;
use crate::place::{Place, excerpt};

/// Rows of some nodes, and how much was met of them that is in no row.
pub(super) struct Assembled {
    pub(super) part: Part,
    /// Statements of a link that had been stated already, and whose listener is one of the nodes.
    pub(super) duplicates: usize,
    pub(super) self_links: usize,
}

/// Makes the rows of the nodes `own`, all or some, out of the entries that were kept for them.
/// `own` are numbers that `order` gives, if there is one.
pub(super) fn assemble(
    entries: Entries,
    listing: &Listing,
    options: &ReadOptions,
    own: Range<u32>,
    order: Option<&NodeOrder>,
) -> Result<Assembled, InputError> {
    let refused = |source: GraphError| InputError::Graph { path: listing.path.clone(), source };
    let stream = EntryStream::new(&entries, listing.nodes, options.direction == Direction::Reversed, order);
    let heard = Part::from_stream(&stream, own.clone()).map_err(refused)?;
    let has_returns = listing.directed && options.direction == Direction::Both;
    // An entry that couples both ways may repeat a link of its own only at the end that is not.
    let is_mixed_part = listing.directed && listing.mutual && own.len() < listing.nodes;
    let listeners = if has_returns || is_mixed_part {
        Some(Part::from_stream(&Turned(&stream), own.clone()).map_err(refused)?)
    } else {
        None
    };

    let self_links = heard.self_links();
    let mut duplicates = 0;
    if [Some(&heard), listeners.as_ref()].into_iter().flatten().any(|part| part.duplicates() > 0) {
        let repeats = Repeats::among(&stream, &heard, listeners.as_ref());
        if let Some((entry, link)) = repeats.first
            && options.strict
        {
            return Err(repeated_link(listing, &stream, order, entry, link));
        }
        duplicates = repeats.count;
    }

    drop(entries);
    let part = match listeners.filter(|_| has_returns) {
        Some(listeners) => {
            let links = WithReturns { heard, listeners, nodes: listing.nodes };
            Part::from_stream(&links, own).map_err(refused)?
        }
        None => heard,
    };
    let part = match order {
        Some(order) => part.rows_as_before(order),
        None => part,
    };
    Ok(Assembled { part, duplicates, self_links })
}

/// The links of a stream, each in the other direction.
struct Turned<'a, S>(&'a S);

impl<S: LinkStream> LinkStream for Turned<'_, S> {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn is_weighted(&self) -> bool {
        self.0.is_weighted()
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        self.0.for_each_link(|link| visit(flip(link)));
    }
}

/// The entries that state a link which an earlier entry states.
struct Repeats {
    count: usize,
    /// The first such entry and the link it repeats.
    first: Option<(usize, Link)>,
}

impl Repeats {
    /// Goes through the entries in the file's order and ticks their links off in the rows built from
    /// them: of those whom the nodes hear and, if need be, of those who hear them. An entry counts where
    /// the listener that it states first is.
    fn among(stream: &EntryStream<'_>, heard: &Part, listeners: Option<&Part>) -> Self {
        let own = heard.range();
        let mut listeners = listeners.map(Ticked::new);
        let mut heard = Ticked::new(heard);
        let mut was_met = |link: &Link| {
            if link.receiver == link.sender {
                false
            } else if own.contains(&link.receiver) {
                heard.tick(link.receiver, link.sender)
            } else {
                let listeners = listeners.as_mut().filter(|_| own.contains(&link.sender));
                listeners.is_some_and(|listeners| listeners.tick(link.sender, link.receiver))
            }
        };
        let mut repeats = Self { count: 0, first: None };
        for entry in 0..stream.entries.pairs.len() {
            let again = stream.links_of(entry).filter(&mut was_met).last();
            let is_own = stream.links_of(entry).next().is_some_and(|stated| own.contains(&stated.receiver));
            if let Some(link) = again.filter(|_| is_own) {
                repeats.count += 1;
                repeats.first.get_or_insert((entry, link));
            }
        }
        repeats
    }
}

/// Rows in which links are ticked off.
struct Ticked<'a> {
    part: &'a Part,
    met: Vec<bool>,
}

impl<'a> Ticked<'a> {
    fn new(part: &'a Part) -> Self {
        Self { part, met: vec![false; part.adjacency().links()] }
    }

    /// Ticks off that the row of `node` has `other`, and says whether that was done before.
    fn tick(&mut self, node: u32, other: u32) -> bool {
        let row = (node - self.part.range().start) as usize;
        let within = place_in(self.part, row, other).expect("every link read is in the rows built from it");
        mem::replace(&mut self.met[self.part.adjacency().offsets()[row] as usize + within], true)
    }
}

/// Where in a row `other` stands.
fn place_in(part: &Part, row: usize, other: u32) -> Option<usize> {
    part.adjacency().neighbors(row).binary_search_by_key(&other, |&local| part.node(local)).ok()
}

fn repeated_link(
    listing: &Listing,
    stream: &EntryStream<'_>,
    order: Option<&NodeOrder>,
    entry: usize,
    link: Link,
) -> InputError {
    let same = |other: Link| other.receiver == link.receiver && other.sender == link.sender;
    let first = (0..entry).find(|&earlier| stream.links_of(earlier).any(same)).unwrap_or(entry);
    let stated = if stream.transposed { flip(link) } else { link };
    let label = |place: u32| {
        let node = order.map_or(place, |order| order.nodes()[place as usize]);
        match &listing.names {
            Some(names) => excerpt(&names[node as usize]),
            None if listing.format == NetworkFormat::MatrixMarket => (u64::from(node) + 1).to_string(),
            None => node.to_string(),
        }
    };
    let lines = &stream.entries.lines;
    InputError::RepeatedLink {
        at: Place::new(&listing.path, lines.of(entry), 1),
        first_line: lines.of(first),
        sender: label(stated.sender),
        receiver: label(stated.receiver),
    }
}

/// The links by which nodes hear others, and for each by which another hears them and whose return is
/// not among those, its return.
struct WithReturns {
    heard: Part,
    listeners: Part,
    nodes: usize,
}

impl LinkStream for WithReturns {
    fn nodes(&self) -> usize {
        self.nodes
    }

    fn is_weighted(&self) -> bool {
        [&self.heard, &self.listeners].iter().any(|part| part.adjacency().weights().is_some())
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        for row in 0..self.heard.range().len() {
            links_of(&self.heard, row).for_each(&mut visit);
            let is_new = |link: &Link| place_in(&self.heard, row, link.sender).is_none();
            links_of(&self.listeners, row).filter(is_new).for_each(&mut visit);
        }
    }
}

/// The links of a row, by the numbers that nodes have in the network.
fn links_of(part: &Part, row: usize) -> impl Iterator<Item = Link> {
    let weights = part.adjacency().weights_of(row);
    let receiver = part.range().start + row as u32;
    part.adjacency().neighbors(row).iter().enumerate().map(move |(place, &local)| Link {
        receiver,
        sender: part.node(local),
        weight: weights.map_or(1.0, |weights| weights[place]),
    })
}
