//! Networks from files: Matrix Market, edge lists, GraphML.
//!
//! # Who listens to whom
//!
//! The adjacency read has a row for every node with the nodes it **listens to**.
//!
//! | format | one link | receiver | sender |
//! |---|---|---|---|
//! | Matrix Market | entry `(i, j)` | row `i` | column `j` |
//! | edge list | `source,target` | target | source |
//! | GraphML | `<edge source target>` | target | source |
//!
//! Symmetric and skew-symmetric matrices and undirected GraphML edges couple both ways. Edge lists
//! are one-way as written; read them with [`Direction::Both`] if their links are undirected.
//!
//! # What is kept, merged, dropped
//!
//! * A link stated several times becomes one whose weight is the sum (an unweighted link met `m`
//!   times weighs `m`); [`Network::duplicates`] counts the statements merged. With
//!   [`ReadOptions::strict`] the first of them is an error.
//! * A node's link to itself is dropped: an agent does not listen to itself.
//!   [`Network::self_links`] counts them.
//! * A weight of zero is a weight: the link exists and counts in the listener's degree.
//! * A file that states weights gives a weighted network even if all are 1.
//!
//! # Parts
//!
//! One of several processes that have a network together goes through the file twice, with
//! [`survey_network`] and [`NetworkSurvey::part`], and keeps only the links of its own nodes.

mod assemble;
mod edge_list;
mod entries;
mod format;
mod graphml;
mod keep;
mod matrix_market;
mod names;
mod origin;
mod survey;

use std::io::Read;
use std::path::{Path, PathBuf};

use lampyrid_graph::Adjacency;
use serde::{Deserialize, Serialize};

pub use format::NetworkFormat;
pub use names::NodeNames;
pub use survey::{NetworkPart, NetworkSurvey, survey_network, survey_network_bytes};

use crate::InputError;
use crate::lines::Lines;
use crate::source::Source;
use crate::summed::Summed;
use assemble::{Assembled, assemble};
use entries::Entries;
use keep::{Keep, Which};
use origin::Origin;

/// The most nodes an adjacency can number.
const MOST_NODES: u64 = u32::MAX as u64 - 1;

/// A network read from a file.
#[derive(Clone, Debug)]
pub struct Network {
    /// Who listens to whom: row `i` lists the senders that node `i` hears.
    pub adjacency: Adjacency,
    /// Names of the nodes in node order; `None` if the file's names are `0`, `1`, … in order, or
    /// if the format (Matrix Market) has none.
    pub names: Option<NodeNames>,
    /// Whether the file states one-way links, whatever [`Direction`] then made of them. False for
    /// symmetric and skew-symmetric matrices and for GraphML whose edges are all undirected.
    pub directed: bool,
    /// Statements of a link that an earlier line had stated already; their weights are added. An
    /// undirected link counts once.
    pub duplicates: usize,
    /// Links of a node to itself, all dropped. An undirected one counts once.
    pub self_links: usize,
    /// The format the file was read as.
    pub format: NetworkFormat,
    /// Of all bytes of the file (XXH3, 64 bits): what it is recognised by.
    pub checksum: u64,
}

/// What to make of a file's directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// As the file says.
    #[default]
    AsStored,
    /// Every link turned round: the matrix transposed. Changes nothing in an undirected file; in a
    /// skew-symmetric one it changes every weight's sign.
    Reversed,
    /// Links both ways. A link whose return is not stated is returned with its own weight; where
    /// both directions are stated, each keeps the weight it has. So a file that couples both ways
    /// by itself is left as it is.
    Both,
}

/// How to read a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// What to make of the file's directions.
    pub direction: Direction,
    /// Whether a link stated twice is an error rather than merged.
    pub strict: bool,
    /// The file's format; `None`: see [`NetworkFormat`] for how it is recognised.
    pub format: Option<NetworkFormat>,
}

/// What a parser hands on.
struct Listed {
    nodes: usize,
    entries: Entries,
    names: Option<NodeNames>,
    /// By the order in which the file first names nodes: their numbers, where these are others.
    rank: Option<Vec<u32>>,
    /// Whether entries couple one way, and whether some couple both ways.
    directed: bool,
    mutual: bool,
}

/// What a file says besides its links.
#[derive(Clone, Debug)]
struct Listing {
    path: PathBuf,
    format: NetworkFormat,
    checksum: u64,
    bytes: u64,
    nodes: usize,
    names: Option<NodeNames>,
    rank: Option<Vec<u32>>,
    directed: bool,
    mutual: bool,
}

/// Reads the network in the file `path`.
///
/// The file is read once, front to back, so a pipe will do. Its links take 8 bytes each while it
/// is read, 16 with weights; the adjacency comes on top.
///
/// # Errors
///
/// Any [`InputError`] but those of vectors: the file cannot be read, is not in its format, or
/// states what cannot be a network.
pub fn read_network(path: &Path, options: &ReadOptions) -> Result<Network, InputError> {
    read(&Origin::file(path), options)
}

/// Reads a network that lies in memory. `name` stands in for the file's name: its extension helps
/// to recognise the format, and errors call the network by it.
///
/// # Errors
///
/// As [`read_network`].
pub fn read_network_bytes(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Network, InputError> {
    read(&Origin::memory(name, bytes), options)
}

fn read(origin: &Origin<'_>, options: &ReadOptions) -> Result<Network, InputError> {
    let (listing, entries) = go_through(&origin.path, origin.open()?, options, Which::All)?;
    let everybody = 0..listing.nodes as u32;
    let Assembled { part, duplicates, self_links } = assemble(entries, &listing, options, everybody, None)?;
    let (adjacency, _) = part.into_parts();
    let Listing { names, directed, format, checksum, .. } = listing;
    Ok(Network { adjacency, names, directed, duplicates, self_links, format, checksum })
}

/// Goes through a file from its first byte to its last, keeping some of its entries.
fn go_through(
    path: &Path,
    bytes: Box<dyn Read + '_>,
    options: &ReadOptions,
    entries: Which,
) -> Result<(Listing, Entries), InputError> {
    let mut bytes = Summed::new(bytes);
    let source = Source::from_reader(path, Box::new(&mut bytes))?;
    let format = options.format.unwrap_or_else(|| NetworkFormat::recognise(path, source.head()));
    let keep = Keep { entries, lines: options.strict };
    let listed = match format {
        NetworkFormat::MatrixMarket => matrix_market::read(Lines::new(source), keep),
        NetworkFormat::EdgeList => edge_list::read(Lines::new(source), keep),
        NetworkFormat::GraphMl => graphml::read(source, keep),
    }?;
    let Listed { nodes, entries, names, rank, directed, mutual } = listed;
    let (path, checksum, bytes) = (path.to_owned(), bytes.checksum(), bytes.bytes);
    Ok((Listing { path, format, checksum, bytes, nodes, names, rank, directed, mutual }, entries))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::*;

    /// Gives what it has and then fails.
    struct Failing<'b>(&'b [u8]);

    impl Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::ErrorKind::TimedOut.into()),
                count => Ok(count),
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_to_its_end_is_told_wherever_that_is() {
        let files = [
            ("a.mtx", "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 0.5\n2 3 1\n"),
            ("a.csv", "source,target,weight\na,b,0.5\nb,a,1\n"),
            ("a.graphml", "<graphml><graph edgedefault='directed'><node id='a'/></graph></graphml>"),
        ];
        for (name, text) in files {
            for given in 0..=text.len() {
                let failing = Box::new(Failing(&text.as_bytes()[..given]));
                let read = go_through(Path::new(name), failing, &ReadOptions::default(), Which::All);
                assert!(matches!(read, Err(InputError::Unreadable { .. })), "{name} after {given} bytes: {read:?}");
            }
        }
    }
}
