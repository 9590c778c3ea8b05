//! `[energy]`: what coupling costs.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;

/// What agents pay for being turned by others, and how they recover. Without it coupling is free.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Energy {
    /// What each agent begins with and can hold at most, > 0.
    pub capacity: f64,
    /// Price of a radian, ≥ 0; strategies multiply it by the effort they take.
    pub cost_per_radian: f64,
    /// Energy regained, ≥ 0, per s.
    pub recovery: f64,
}

impl Energy {
    /// The rule, if there is the table.
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Option<Self>, ScenarioError> {
        if section.is_absent() {
            return Ok(None);
        }
        Ok(Some(Self {
            capacity: section.number("capacity", Bound::Positive, 100.0)?,
            cost_per_radian: section.number("cost_per_radian", Bound::NotNegative, 2.0)?,
            recovery: section.number("recovery", Bound::NotNegative, 1.0)?,
        }))
    }
}
