//! `[strategy]`: how agents answer what they hear.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::source::Layer;
use super::word::Word;

/// A local rule for all agents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strategy {
    /// Sine coupling times a gain.
    PhaseNudge {
        /// Factor on the coupling strength.
        gain: f64,
    },
    /// The same, and natural frequencies follow those of neighbours.
    FrequencyLock {
        /// Factor on the coupling strength.
        gain: f64,
        /// How fast frequencies follow, ≥ 0, in 1/s.
        rate: f64,
    },
    /// Jumps at the firing of neighbours.
    Pulse {
        /// How far a pulse of all neighbours raises the state, > 0.
        strength: f64,
        /// How concave the rise of the state is, > 0.
        curvature: f64,
        /// The part of a turn in [0, 1) in which an agent that has fired hears nothing.
        refractory: f64,
    },
    /// Sine coupling that fades with energy.
    EnergyAware {
        /// Factor on the coupling strength with full energy.
        gain: f64,
        /// Energy that is not touched, ≥ 0.
        reserve: f64,
    },
    /// To the middle between the neighbours before and after.
    Desync {
        /// How fast, ≥ 0, in 1/s.
        rate: f64,
    },
    /// Sine coupling of phases less an offset of each agent's own.
    Offset {
        /// Factor on the coupling strength.
        gain: f64,
        /// How fast frequencies follow, ≥ 0, in 1/s; 0 for not at all.
        rate: f64,
        /// Into how many slots the circle is cut; one for each agent if neither slots nor phase are given.
        #[serde(skip_serializing_if = "Option::is_none")]
        slots: Option<u32>,
        /// The same offset for everybody, in rad.
        #[serde(skip_serializing_if = "Option::is_none")]
        phase: Option<f64>,
    },
    /// One of these, by what an agent perceives.
    Adaptive {
        /// Factor on the coupling strength.
        gain: f64,
        /// How fast frequencies follow, ≥ 0, in 1/s.
        rate: f64,
        /// Energy that is not touched, ≥ 0.
        reserve: f64,
        /// Simulated time between two looks, ≥ 0, in s.
        every: f64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    PhaseNudge,
    FrequencyLock,
    Pulse,
    EnergyAware,
    Desync,
    Offset,
    Adaptive,
}

impl Word for Kind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("phase_nudge", Self::PhaseNudge),
        ("frequency_lock", Self::FrequencyLock),
        ("pulse", Self::Pulse),
        ("energy_aware", Self::EnergyAware),
        ("desync", Self::Desync),
        ("offset", Self::Offset),
        ("adaptive", Self::Adaptive),
    ];
}

impl Kind {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::PhaseNudge => &["gain"],
            Self::FrequencyLock => &["gain", "rate"],
            Self::Pulse => &["strength", "curvature", "refractory"],
            Self::EnergyAware => &["gain", "reserve"],
            Self::Desync => &["rate"],
            Self::Offset => &["gain", "rate", "slots", "phase"],
            Self::Adaptive => &["gain", "rate", "reserve", "every"],
        }
    }
}

impl Strategy {
    /// The strategy, if the table names one.
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Option<Self>, ScenarioError> {
        if section.is_absent() {
            return Ok(None);
        }
        let layer = section.entry("kind").map_or(Layer::BuiltIn, |entry| entry.place.source.layer);
        let kind = section.word("kind", Kind::PhaseNudge)?;
        let all = Kind::WORDS.iter().flat_map(|(_, kind)| kind.keys().iter().copied());
        let others = all.filter(|key| !kind.keys().contains(key));
        let help = format!("{} takes {}", kind.word(), kind.keys().join(", "));
        section.refuse(others, layer, &format!("kind = \"{}\"", kind.word()), &help)?;
        let gain = |section: &mut Section<'_>| section.number("gain", Bound::Finite, 1.0);
        let rate = |section: &mut Section<'_>, usual| section.number("rate", Bound::NotNegative, usual);
        let reserve = |section: &mut Section<'_>| section.number("reserve", Bound::NotNegative, 20.0);
        Ok(Some(match kind {
            Kind::PhaseNudge => Self::PhaseNudge { gain: gain(section)? },
            Kind::FrequencyLock => Self::FrequencyLock { gain: gain(section)?, rate: rate(section, 0.5)? },
            Kind::Pulse => Self::Pulse {
                strength: section.number("strength", Bound::Positive, 0.3)?,
                curvature: section.number("curvature", Bound::Positive, 3.0)?,
                refractory: section.number("refractory", Bound::BelowOne, 0.1)?,
            },
            Kind::EnergyAware => Self::EnergyAware { gain: gain(section)?, reserve: reserve(section)? },
            Kind::Desync => Self::Desync { rate: rate(section, 2.0)? },
            Kind::Offset => Self::offset(section)?,
            Kind::Adaptive => Self::Adaptive {
                gain: gain(section)?,
                rate: rate(section, 0.5)?,
                reserve: reserve(section)?,
                every: section.number("every", Bound::NotNegative, 0.5)?,
            },
        }))
    }

    fn offset(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        let chosen = section.one_of(&["slots", "phase"])?.map(|entry| entry.key.as_str());
        Ok(Self::Offset {
            gain: section.number("gain", Bound::Finite, 1.0)?,
            rate: section.number("rate", Bound::NotNegative, 0.0)?,
            slots: match chosen {
                Some("slots") => Some(section.count("slots", 1, u64::from(u32::MAX), 1)? as u32),
                _ => None,
            },
            phase: match chosen {
                Some("phase") => Some(section.number("phase", Bound::Finite, 0.0)?),
                _ => None,
            },
        })
    }
}
