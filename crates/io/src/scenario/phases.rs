//! `[phases]`: where every agent stands at the start.

use std::path::PathBuf;

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::source::Layer;
use super::word::Word;

/// Initial phases, in radians; whatever is given is wrapped into [0, 2π).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Phases {
    /// One value per line, in the node order of the network.
    File {
        /// The file, resolved against the directory of the scenario that names it.
        #[serde(serialize_with = "super::serialize_path")]
        file: PathBuf,
    },
    /// Drawn from a distribution with the seed of the scenario.
    Drawn(PhaseDistribution),
}

/// A distribution on the circle.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "distribution", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PhaseDistribution {
    /// Every phase as likely as any other.
    Uniform,
    /// Around a mean (von Mises 1918).
    VonMises {
        /// Mean direction, in radians.
        mean: f64,
        /// Concentration κ ≥ 0: 0 is uniform, about 1/σ² when large.
        concentration: f64,
    },
    /// All the same.
    Equal {
        /// The phase, in radians.
        value: f64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Uniform,
    VonMises,
    Equal,
}

impl Word for Shape {
    const WORDS: &'static [(&'static str, Self)] =
        &[("uniform", Self::Uniform), ("von_mises", Self::VonMises), ("equal", Self::Equal)];
}

impl Shape {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Uniform => &[],
            Self::VonMises => &["mean", "concentration"],
            Self::Equal => &["value"],
        }
    }
}

impl Phases {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        let chosen = section.one_of(&["file", "distribution"])?;
        let layer = chosen.map_or(Layer::File, |entry| entry.place.source.layer);
        let every_key = || Shape::WORDS.iter().flat_map(|(_, shape)| shape.keys().iter().copied());
        if chosen.is_some_and(|entry| entry.key == "file")
            && let Some(file) = section.input_path("file")?
        {
            section.refuse(
                every_key(),
                layer,
                "file",
                "phases that are read have none; set phases.distribution to draw them",
            )?;
            return Ok(Self::File { file });
        }
        let shape = section.word("distribution", Shape::Uniform)?;
        let strange = every_key().filter(|key| !shape.keys().contains(key));
        let context = format!("distribution = \"{}\"", shape.word());
        let help = match shape.keys() {
            [] => format!("{context} takes no parameter"),
            keys => format!("{context} takes {}", keys.join(", ")),
        };
        section.refuse(strange, layer, &context, &help)?;
        Ok(Self::Drawn(match shape {
            Shape::Uniform => PhaseDistribution::Uniform,
            Shape::VonMises => PhaseDistribution::VonMises {
                mean: section.number("mean", Bound::Finite, 0.0)?,
                concentration: section.number("concentration", Bound::NotNegative, 1.0)?,
            },
            Shape::Equal => PhaseDistribution::Equal { value: section.number("value", Bound::Finite, 0.0)? },
        }))
    }
}
