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

    /// The Matrix Market file, byte for byte.
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

    #[test]
    fn every_builtin_network_is_a_matrix_market_file_with_a_name() {
        for network in BuiltinNetwork::ALL {
            assert!(network.bytes().starts_with(b"%%MatrixMarket matrix coordinate"), "{network:?}");
            assert_eq!(BuiltinNetwork::from_word(network.name()), Some(network));
        }
    }
}
