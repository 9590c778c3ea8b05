//! Real networks that travel inside the program.

use crate::scenario::Word;

/// A network embedded in the library, in Matrix Market form.
///
/// Both were collected by M. E. J. Newman; `data/README.md` has their provenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuiltinNetwork {
    /// The western United States power grid: 4,941 buses, 6,594 undirected lines (Watts & Strogatz 1998).
    PowerGrid,
    /// The neurons of *C. elegans*: 297 cells, 2,345 directed weighted links (White et al. 1986; Watts & Strogatz
    /// 1998).
    Celegans,
}

impl BuiltinNetwork {
    /// Every embedded network.
    pub const ALL: [Self; 2] = [Self::PowerGrid, Self::Celegans];

    /// The name by which a scenario asks for it, `power_grid` or `celegans`.
    pub fn name(self) -> &'static str {
        self.word()
    }

    /// The Matrix Market file, byte for byte, for [`read_network_bytes`](crate::read_network_bytes).
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::PowerGrid => include_bytes!("../../../data/power.mtx"),
            Self::Celegans => include_bytes!("../../../data/celegansneural.mtx"),
        }
    }
}

impl Word for BuiltinNetwork {
    const WORDS: &'static [(&'static str, Self)] = &[("power_grid", Self::PowerGrid), ("celegans", Self::Celegans)];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadOptions, read_network_bytes};

    #[test]
    fn builtin_networks_have_the_nodes_and_the_links_their_sources_state() {
        for (network, nodes, links) in
            [(BuiltinNetwork::PowerGrid, 4941, 13_188), (BuiltinNetwork::Celegans, 297, 2345)]
        {
            let read = read_network_bytes(network.name(), network.bytes(), &ReadOptions::default()).unwrap();
            assert_eq!((read.adjacency.nodes(), read.adjacency.links()), (nodes, links), "{network:?}");
            assert_eq!(read.adjacency.weights().is_some(), network == BuiltinNetwork::Celegans);
        }
    }

    #[test]
    fn every_builtin_network_is_a_matrix_market_file_with_a_name() {
        for network in BuiltinNetwork::ALL {
            assert!(network.bytes().starts_with(b"%%MatrixMarket matrix coordinate"), "{network:?}");
            assert_eq!(BuiltinNetwork::from_word(network.name()), Some(network));
        }
    }
}
