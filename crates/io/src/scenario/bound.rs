//! Ranges of numbers.

/// What a number must satisfy.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Finite,
    Positive,
    NotNegative,
    /// Between 0 and 1, both included.
    Unit,
    /// Between 0 and 1, 0 not included.
    Share,
    /// Between 0 and 1, 1 not included.
    BelowOne,
}

impl Bound {
    pub(crate) fn admits(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Finite => true,
                Self::Positive => value > 0.0,
                Self::NotNegative => value >= 0.0,
                Self::Unit => (0.0..=1.0).contains(&value),
                Self::Share => value > 0.0 && value <= 1.0,
                Self::BelowOne => (0.0..1.0).contains(&value),
            }
    }

    pub(crate) fn requirement(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::Positive => "a finite number above 0",
            Self::NotNegative => "a finite number, 0 or above",
            Self::Unit => "between 0 and 1",
            Self::Share => "above 0 and at most 1",
            Self::BelowOne => "at least 0 and below 1",
        }
    }
}
