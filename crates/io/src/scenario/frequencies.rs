//! `[frequencies]`: how fast every agent turns by itself.

use std::path::PathBuf;

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::source::Layer;
use super::word::{self, Word};

/// Natural angular frequencies, in rad/s.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Frequencies {
    /// One value per line, in the node order of the network.
    File {
        /// The file, resolved against the directory of the scenario that names it.
        #[serde(serialize_with = "super::serialize_path")]
        file: PathBuf,
    },
    /// From a distribution.
    Drawn {
        /// The distribution.
        #[serde(flatten)]
        distribution: FrequencyDistribution,
        /// How agents are given values of it.
        #[serde(serialize_with = "word::serialize")]
        sampling: Sampling,
    },
}

/// A distribution of natural frequencies. None is clipped: tails decide where synchrony sets in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "distribution", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FrequencyDistribution {
    /// Gaussian.
    Normal {
        /// Mean, in rad/s.
        mean: f64,
        /// Standard deviation ≥ 0, in rad/s.
        std: f64,
    },
    /// Cauchy–Lorentz, whose mean does not exist.
    Lorentzian {
        /// Median, in rad/s.
        center: f64,
        /// Half the width at half the height ≥ 0, in rad/s.
        half_width: f64,
    },
    /// Every value between two as likely as any other.
    Uniform {
        /// Lowest value, in rad/s.
        low: f64,
        /// Highest value, in rad/s.
        high: f64,
    },
    /// All the same.
    Equal {
        /// The frequency, in rad/s.
        value: f64,
    },
}

/// How agents are given values of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Drawn independently, with the seed of the scenario.
    Random,
    /// Agent i of N gets the quantile of (i + ½)/N, so that the sample is the distribution without the noise of
    /// drawing. Neighbouring agents of a network get neighbouring values: meant for all-to-all coupling.
    Quantiles,
}

impl Word for Sampling {
    const WORDS: &'static [(&'static str, Self)] = &[("random", Self::Random), ("quantiles", Self::Quantiles)];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Normal,
    Lorentzian,
    Uniform,
    Equal,
}

impl Word for Shape {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("normal", Self::Normal),
        ("lorentzian", Self::Lorentzian),
        ("uniform", Self::Uniform),
        ("equal", Self::Equal),
    ];
}

impl Shape {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Normal => &["mean", "std", "sampling"],
            Self::Lorentzian => &["center", "half_width", "sampling"],
            Self::Uniform => &["low", "high", "sampling"],
            Self::Equal => &["value", "sampling"],
        }
    }
}

impl Frequencies {
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
                "frequencies that are read have none; set frequencies.distribution to draw them",
            )?;
            return Ok(Self::File { file });
        }
        let shape = section.word("distribution", Shape::Normal)?;
        let strange = every_key().filter(|key| !shape.keys().contains(key));
        let context = format!("distribution = \"{}\"", shape.word());
        let help = format!("{context} takes {}", shape.keys().join(", "));
        section.refuse(strange, layer, &context, &help)?;
        let distribution = match shape {
            Shape::Normal => FrequencyDistribution::Normal {
                mean: section.number("mean", Bound::Finite, 0.0)?,
                std: section.number("std", Bound::NotNegative, 1.0)?,
            },
            Shape::Lorentzian => FrequencyDistribution::Lorentzian {
                center: section.number("center", Bound::Finite, 0.0)?,
                half_width: section.number("half_width", Bound::NotNegative, 1.0)?,
            },
            Shape::Uniform => interval(section)?,
            Shape::Equal => FrequencyDistribution::Equal { value: section.number("value", Bound::Finite, 0.0)? },
        };
        Ok(Self::Drawn { distribution, sampling: section.word("sampling", Sampling::Random)? })
    }
}

fn interval(section: &mut Section<'_>) -> Result<FrequencyDistribution, ScenarioError> {
    let low = section.number("low", Bound::Finite, -1.0)?;
    let high = section.number("high", Bound::Finite, 1.0)?;
    if low <= high && (high - low).is_finite() {
        return Ok(FrequencyDistribution::Uniform { low, high });
    }
    Err(match (section.entry("low"), section.entry("high")) {
        (Some(_), Some(entry)) if low <= high => section.out_of_range(entry, "at a finite distance from `low`"),
        (Some(entry), None) => section.out_of_range(entry, format!("at most `high`, which is {high}")),
        (_, Some(entry)) => section.out_of_range(entry, format!("at least `low`, which is {low}")),
        (None, None) => unreachable!("the default interval is in order"),
    })
}
