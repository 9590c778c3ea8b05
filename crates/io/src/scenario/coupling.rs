//! `[coupling]`: how agents act on those who listen to them.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::word::{self, Word};

/// Coupling of phases (Kuramoto 1975; Sakaguchi & Kuramoto 1986).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coupling {
    /// Coupling strength K, in rad/s; negative repels.
    pub strength: f64,
    /// Phase lag α, in rad.
    pub phase_lag: f64,
    /// What the sum over neighbours is divided by.
    #[serde(serialize_with = "word::serialize")]
    pub normalization: Normalization,
    /// Whether everybody couples to the mean field instead of to neighbours.
    pub all_to_all: bool,
    /// In how many digits neighbours hear each other.
    #[serde(serialize_with = "word::serialize")]
    pub phasors: PhasorPrecision,
    /// Intensity D ≥ 0 of the white noise on every phase, in rad²/s.
    pub noise: f64,
}

/// What the sum over neighbours is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Normalization {
    /// The agent's own number of neighbours.
    Degree,
    /// Nothing.
    Sum,
    /// The number of agents.
    Size,
}

impl Word for Normalization {
    const WORDS: &'static [(&'static str, Self)] =
        &[("degree", Self::Degree), ("sum", Self::Sum), ("size", Self::Size)];
}

/// In how many digits (cos θ, sin θ) of an agent is kept for those who listen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhasorPrecision {
    /// `f64`.
    Double,
    /// `f32`: quicker for swarms that outgrow the caches, and another result.
    Single,
    /// `f32`, of angles that are `f32` as well: half the bytes between processes, and another result again.
    SingleAngle,
}

impl Word for PhasorPrecision {
    const WORDS: &'static [(&'static str, Self)] =
        &[("double", Self::Double), ("single", Self::Single), ("single_angle", Self::SingleAngle)];
}

impl Coupling {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        Ok(Self {
            strength: section.number("strength", Bound::Finite, 2.0)?,
            phase_lag: section.number("phase_lag", Bound::Finite, 0.0)?,
            normalization: section.word("normalization", Normalization::Degree)?,
            all_to_all: section.boolean("all_to_all", false)?,
            phasors: section.word("phasors", PhasorPrecision::Double)?,
            noise: section.number("noise", Bound::NotNegative, 0.0)?,
        })
    }
}
