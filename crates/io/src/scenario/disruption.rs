//! `[[disruption]]`: what goes wrong, and when.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::word::{self, Word};

/// Something that happens to a part of the swarm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Disruption {
    /// What happens.
    #[serde(serialize_with = "word::serialize")]
    pub kind: DisruptionKind,
    /// By how much frequencies are shifted, in rad/s; only there for that kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<f64>,
    /// Which part of the agents (or links) it hits, in (0, 1].
    pub fraction: f64,
    /// When it begins, ≥ 0, in s of simulated time.
    pub at: f64,
    /// When it is taken back, later than `at`, in s of simulated time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Picks whom it hits; the scenario's seed if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// What happens to those who are hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisruptionKind {
    /// Their phases become random.
    Scramble,
    /// They neither are heard nor hear.
    Silence,
    /// They go for good.
    Remove,
    /// Links are cut, not agents hit.
    CutLinks,
    /// Their natural frequencies change.
    ShiftFrequencies,
    /// Their energy neither comes nor goes.
    FreezeEnergy,
}

impl Word for DisruptionKind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("scramble", Self::Scramble),
        ("silence", Self::Silence),
        ("remove", Self::Remove),
        ("cut_links", Self::CutLinks),
        ("shift_frequencies", Self::ShiftFrequencies),
        ("freeze_energy", Self::FreezeEnergy),
    ];
}

impl Disruption {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        let kind = section.required_word("kind", "a disruption has to be of one")?;
        let by = match kind {
            DisruptionKind::ShiftFrequencies => {
                Some(section.required("by", Bound::Finite, "frequencies are shifted by it")?)
            }
            _ => {
                let context = format!("kind = \"{}\"", kind.word());
                section.refuse_here("by", &context, "only shift_frequencies takes it")?;
                None
            }
        };
        let fraction = section.required("fraction", Bound::Share, "a disruption hits a part of the swarm")?;
        let at = section.required("at", Bound::NotNegative, "a disruption begins at a time")?;
        let can_end = !matches!(kind, DisruptionKind::Scramble | DisruptionKind::Remove);
        if !can_end {
            let context = format!("kind = \"{}\"", kind.word());
            section.refuse_here("until", &context, "it cannot be taken back")?;
        }
        let until = match section.entry("until") {
            Some(entry) => {
                let until = section.number("until", Bound::Positive, 0.0)?;
                if until <= at {
                    return Err(section.out_of_range(entry, format!("later than its beginning at {at}")));
                }
                Some(until)
            }
            None => None,
        };
        let seed = match section.entry("seed") {
            Some(_) => Some(section.count("seed", 0, super::MAX_SEED, 0)?),
            None => None,
        };
        Ok(Self { kind, by, fraction, at, until, seed })
    }
}
