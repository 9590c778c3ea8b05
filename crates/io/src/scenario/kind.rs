//! The kinds of networks a scenario can ask for, and what each takes.

use super::word::Word;

/// The kinds by name, without their parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Complete,
    Ring,
    Lattice,
    Star,
    Random,
    SmallWorld,
    ScaleFree,
    Modular,
    Geometric,
}

impl Word for Kind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("ring", Self::Ring),
        ("lattice", Self::Lattice),
        ("complete", Self::Complete),
        ("random", Self::Random),
        ("small_world", Self::SmallWorld),
        ("scale_free", Self::ScaleFree),
        ("star", Self::Star),
        ("modular", Self::Modular),
        ("geometric", Self::Geometric),
    ];
}

impl Kind {
    /// The parameters of this kind.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Complete | Self::Star => &["agents"],
            Self::Ring => &["agents", "neighbors"],
            Self::Lattice => &["agents", "width", "height", "periodic"],
            Self::Random => &["agents", "probability", "neighbors", "links"],
            Self::SmallWorld => &["agents", "neighbors", "rewire"],
            Self::ScaleFree => &["agents", "attach"],
            Self::Modular => &["agents", "blocks", "sizes", "within", "between"],
            Self::Geometric => &["agents", "radius", "neighbors", "periodic"],
        }
    }

    /// The parameters of any kind that are not among `keys`.
    pub(crate) fn keys_but(keys: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
        let all = Self::WORDS.iter().flat_map(|(_, kind)| kind.keys().iter().copied());
        all.filter(|key| !keys.contains(key))
    }
}
