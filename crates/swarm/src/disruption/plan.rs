//! What a disruption is.

#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    error::SwarmError,
    settings::{at_least_zero, finite},
};

/// What is done to those who are hit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub enum DisruptionKind {
    /// Their phases become uniformly random.
    Scramble,
    /// They are neither heard nor hear, see [`Silent`](crate::Silent).
    Silence,
    /// They are despawned. Nothing brings them back.
    Remove,
    /// Links are cut, in both directions where there are two. Each is hit with the probability of
    /// the fraction.
    CutLinks,
    /// Their natural frequencies change.
    ShiftFrequencies {
        /// By how much \[rad/s\], any finite number.
        by: f64,
    },
    /// Their energy neither comes nor goes, see [`EnergyFrozen`](crate::EnergyFrozen).
    FreezeEnergy,
}

impl DisruptionKind {
    /// Its name in scenario files and reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Scramble => "scramble",
            Self::Silence => "silence",
            Self::Remove => "remove",
            Self::CutLinks => "cut_links",
            Self::ShiftFrequencies { .. } => "shift_frequencies",
            Self::FreezeEnergy => "freeze_energy",
        }
    }

    /// Whether what it does can be taken back.
    #[must_use]
    pub fn can_end(&self) -> bool {
        !matches!(self, Self::Scramble | Self::Remove)
    }
}

/// Something that goes wrong at a time, for a part of the swarm.
///
/// Whom it hits is a function of its seed and the agents' ids alone. Pacemakers are spared: they
/// stand for the world outside.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect))]
pub struct Disruption {
    /// What happens.
    pub kind: DisruptionKind,
    /// Which part of the agents (or links) it hits, in (0, 1].
    pub fraction: f64,
    /// When it begins, ≥ 0 \[simulated s\]: before the first step that starts then or later.
    pub at: f64,
    /// When it ends and what it did is taken back, later than `at` \[simulated s\]; never if `None`.
    pub until: Option<f64>,
    /// Picks whom it hits.
    pub seed: u64,
}

impl Disruption {
    /// A disruption at a time that nothing ends, by seed 0.
    #[must_use]
    pub fn new(kind: DisruptionKind, fraction: f64, at: f64) -> Self {
        Self { kind, fraction, at, until: None, seed: 0 }
    }

    /// Whether it can happen.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] or [`SwarmError::NotFinite`] for a fraction outside (0, 1], a time
    /// before 0, an end that is not later than the beginning or that nothing can be taken back at,
    /// and a shift that is no number.
    pub fn check(&self) -> Result<(), SwarmError> {
        let out = |name, value, allowed| Err(SwarmError::OutOfRange { name, value, allowed });
        if !(self.fraction > 0.0 && self.fraction <= 1.0) {
            return out("fraction of the disruption", self.fraction, "above 0 and at most 1");
        }
        at_least_zero("time of the disruption", self.at)?;
        if let DisruptionKind::ShiftFrequencies { by } = self.kind {
            finite("shift of the frequencies", by)?;
        }
        match self.until {
            Some(until) if !(until > self.at && until.is_finite()) => {
                out("end of the disruption", until, "later than its beginning")
            }
            Some(until) if !self.kind.can_end() => {
                out("end of the disruption", until, "left out: neither a scramble nor a removal can be taken back")
            }
            _ => Ok(()),
        }
    }

    /// When the swarm is left to itself again \[simulated s\].
    #[must_use]
    pub fn end(&self) -> f64 {
        self.until.unwrap_or(self.at)
    }
}
