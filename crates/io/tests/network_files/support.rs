//! What the network tests share: files made on the spot and adjacencies as lists of links.

use std::fs;
use std::path::{Path, PathBuf};

use lampyrid_graph::Adjacency;
use lampyrid_io::{Direction, InputError, Network, ReadOptions, read_network};
use tempfile::TempDir;

/// A file in a directory of its own, gone when dropped.
pub(crate) struct Scratch {
    directory: TempDir,
    name: String,
}

impl Scratch {
    pub(crate) fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let scratch = Self { directory: tempfile::tempdir().expect("a temporary directory"), name: name.to_owned() };
        fs::write(scratch.path(), content).expect("a temporary file");
        scratch
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join(&self.name)
    }

    pub(crate) fn read(&self, options: &ReadOptions) -> Result<Network, InputError> {
        read_network(&self.path(), options)
    }
}

/// Reads `content` as a file called `name` with default options.
pub(crate) fn read(name: &str, content: impl AsRef<[u8]>) -> Result<Network, InputError> {
    Scratch::new(name, content).read(&ReadOptions::default())
}

/// The same, turned as `direction` says.
pub(crate) fn read_turned(name: &str, content: impl AsRef<[u8]>, direction: Direction) -> Network {
    let options = ReadOptions { direction, ..ReadOptions::default() };
    let read = Scratch::new(name, content).read(&options);
    read.unwrap_or_else(|error| panic!("{error}"))
}

/// The network in `content`.
pub(crate) fn network(name: &str, content: impl AsRef<[u8]>) -> Network {
    read(name, content).unwrap_or_else(|error| panic!("{error}"))
}

/// (receiver, sender, weight) of every link, row by row.
pub(crate) fn links(adjacency: &Adjacency) -> Vec<(u32, u32, f64)> {
    (0..adjacency.nodes())
        .flat_map(|row| {
            let senders = adjacency.neighbors(row).iter().enumerate();
            senders.map(move |(k, &sender)| {
                let weight = adjacency.weights_of(row).map_or(1.0, |weights| weights[k]);
                (row as u32, sender, weight)
            })
        })
        .collect()
}

/// (receiver, sender) of every link, row by row.
pub(crate) fn pairs(network: &Network) -> Vec<(u32, u32)> {
    let links = links(&network.adjacency);
    links.into_iter().map(|(i, j, _)| (i, j)).collect()
}

/// The names of the nodes, numbers where the network has none.
pub(crate) fn names(network: &Network) -> Vec<String> {
    match &network.names {
        Some(names) => names.iter().map(str::to_owned).collect(),
        None => (0..network.adjacency.nodes()).map(|i| i.to_string()).collect(),
    }
}

/// A network that is shipped with the project.
pub(crate) fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)
}
