//! `[network]`: who listens to whom.

use std::path::PathBuf;

use serde::Serialize;

use super::error::ScenarioError;
use super::generated::GeneratedNetwork;
use super::kind::Kind;
use super::section::Section;
use super::source::Layer;
use super::word::{self, Word};
use crate::builtin::BuiltinNetwork;
use crate::network::Direction;

/// The most agents a network can have: links name their ends by 32 bits.
pub const MAX_AGENTS: u64 = u32::MAX as u64;

/// Where the network of a scenario comes from.
///
/// With [`Coupling::all_to_all`](super::Coupling::all_to_all) only its number of agents, and their names, are used.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum NetworkScenario {
    /// From a file.
    File {
        /// The file, resolved against the directory of the scenario that names it.
        #[serde(serialize_with = "super::serialize_path")]
        file: PathBuf,
        /// How links are to be read.
        #[serde(serialize_with = "word::serialize")]
        direction: Direction,
        /// How its nodes are numbered; left out when written if they keep their numbers.
        #[serde(serialize_with = "word::serialize", skip_serializing_if = "Numbering::is_as_stored")]
        numbering: Numbering,
    },
    /// One of the networks embedded in the program.
    Builtin {
        /// Which.
        #[serde(serialize_with = "word::serialize")]
        builtin: BuiltinNetwork,
        /// How links are to be read.
        #[serde(serialize_with = "word::serialize")]
        direction: Direction,
        /// How its nodes are numbered; left out when written if they keep their numbers.
        #[serde(serialize_with = "word::serialize", skip_serializing_if = "Numbering::is_as_stored")]
        numbering: Numbering,
    },
    /// Generated from its kind, its parameters and the seed of the scenario.
    Generated(GeneratedNetwork),
}

/// How the nodes of a network that is read become agents. What is drawn of an agent goes by its number, so that each has
/// results of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// In the order of the file.
    #[default]
    AsStored,
    /// Breadth first, the order of Cuthill & McKee (1969).
    CuthillMcKee,
    /// By parts that METIS finds.
    Metis,
}

impl Numbering {
    fn is_as_stored(&self) -> bool {
        *self == Self::AsStored
    }

    /// Its name in scenarios and results.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.word()
    }
}

impl Word for Numbering {
    const WORDS: &'static [(&'static str, Self)] =
        &[("as_stored", Self::AsStored), ("cuthill_mckee", Self::CuthillMcKee), ("metis", Self::Metis)];
}

impl Word for Direction {
    const WORDS: &'static [(&'static str, Self)] =
        &[("as_stored", Self::AsStored), ("reversed", Self::Reversed), ("both", Self::Both)];
}

impl NetworkScenario {
    /// Number of agents, where it is known without reading a file.
    pub fn agents(&self) -> Option<usize> {
        match self {
            Self::Generated(network) => Some(network.agents()),
            Self::File { .. } | Self::Builtin { .. } => None,
        }
    }

    pub(crate) fn read(section: &mut Section<'_>, default: Kind) -> Result<Self, ScenarioError> {
        let chosen = section.one_of(&["file", "builtin", "kind"])?;
        let layer = chosen.map_or(Layer::File, |entry| entry.place.source.layer);
        let source = chosen.map_or("kind", |entry| entry.key.as_str());
        if source == "kind" {
            let kind = section.word("kind", default)?;
            let context = match chosen {
                Some(_) => format!("kind = \"{}\"", kind.word()),
                None => format!("kind = \"{}\", which holds as no kind is given", kind.word()),
            };
            let help = format!("kind = \"{}\" takes {}", kind.word(), kind.keys().join(", "));
            section.refuse(Kind::keys_but(kind.keys()), layer, &context, &help)?;
            section.refuse(["direction", "numbering"], layer, &context, &help)?;
            return GeneratedNetwork::read(kind, section).map(Self::Generated);
        }
        let help = "a network that is read has its own; set network.kind to make one";
        section.refuse(Kind::keys_but(&[]), layer, source, help)?;
        let direction = section.word("direction", Direction::AsStored)?;
        let numbering = section.word("numbering", Numbering::AsStored)?;
        Ok(match section.input_path("file")? {
            Some(file) if source == "file" => Self::File { file, direction, numbering },
            _ => Self::Builtin { builtin: section.word("builtin", BuiltinNetwork::PowerGrid)?, direction, numbering },
        })
    }
}
