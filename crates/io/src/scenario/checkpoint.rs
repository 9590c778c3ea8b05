//! `[checkpoint]`: how often a run is saved so that it can be resumed.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;

/// Most checkpoints that can be kept.
const MOST: u64 = 1_000_000;

/// When a run is saved, besides when it is interrupted or outgrows its memory.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Checkpoints {
    /// Simulated time between checkpoints, > 0, in s; none: only when it is interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<f64>,
    /// How many are kept, the latest, at least 1.
    pub keep: u64,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self { every: None, keep: 3 }
    }
}

impl Checkpoints {
    pub(crate) fn read(section: &mut Section<'_>) -> Result<Self, ScenarioError> {
        let every = section.entry("every").map(|_| section.number("every", Bound::Positive, 1.0)).transpose()?;
        Ok(Self { every, keep: section.count("keep", 1, MOST, Self::default().keep)? })
    }

    /// Steps of `step` seconds between checkpoints, at least one; none if there are none.
    #[must_use]
    pub fn steps(&self, step: f64) -> Option<u64> {
        self.every.map(|every| ((every / step).round() as u64).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn a_checkpoint_comes_after_a_whole_number_of_steps() {
        let steps = |every| Checkpoints { every, keep: 3 }.steps(0.1);
        assert_eq!((steps(None), steps(Some(0.3)), steps(Some(0.01))), (None, Some(3), Some(1)));
    }

    #[test]
    fn where_results_go_and_how_often_they_are_saved_makes_no_other_run() {
        let read = |text: &str| Scenario::parse(text, "scenario.toml").unwrap();
        let one = read("seed = 1");
        let saved = read("seed = 1\ncheckpoint.every = 2.0\noutput.dir = \"elsewhere\"");
        assert_eq!(saved.checkpoint, Checkpoints { every: Some(2.0), keep: 3 });
        assert_eq!(saved.fingerprint(), one.fingerprint());
        assert_ne!(read("seed = 2").fingerprint(), one.fingerprint());
        assert_eq!(Scenario::parse(&saved.to_toml(), "again").unwrap(), saved);
    }
}
