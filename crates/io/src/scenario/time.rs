//! `[time]`: how far and how finely time advances.

use serde::Serialize;

use super::bound::Bound;
use super::error::ScenarioError;
use super::section::Section;
use super::word::{self, Word};

/// The most steps a run can have: beyond 2^53 simulated time could no longer be told exactly.
pub(super) const MAX_STEPS: u64 = 1 << 53;

/// Step and extent of a run, in simulated time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Time {
    /// Δt > 0, in s.
    pub step: f64,
    /// How long to run; until its goal is attained, or the deadline, if there is none.
    #[serde(flatten)]
    pub extent: Option<Extent>,
    /// The method by which phases advance.
    #[serde(serialize_with = "word::serialize")]
    pub integrator: Integrator,
}

/// How long a run is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// At least so much simulated time, in s.
    Duration(f64),
    /// Exactly so many steps.
    Steps(u64),
}

/// The method by which phases advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Integrator {
    /// Explicit Euler, of order 1.
    Euler,
    /// Heun's method, of order 2.
    Heun,
    /// The classical Runge–Kutta method, of order 4.
    Rk4,
}

impl Word for Integrator {
    const WORDS: &'static [(&'static str, Self)] = &[("euler", Self::Euler), ("heun", Self::Heun), ("rk4", Self::Rk4)];
}

impl Time {
    /// Number of steps: as given, or the fewest that last for the duration; 0 without either.
    ///
    /// A duration within a billionth of a whole number of steps is that number, so that 0.3 s in steps of 0.1 s
    /// are three, although 0.3 / 0.1 exceeds 3 in binary arithmetic or falls short of it.
    pub(super) fn steps(&self) -> u64 {
        const TOLERANCE: f64 = 1e-9;
        match self.extent {
            None => 0,
            Some(Extent::Steps(steps)) => steps,
            Some(Extent::Duration(duration)) => {
                let steps = duration / self.step;
                let whole = steps.round();
                let steps = if (steps - whole).abs() <= TOLERANCE * whole { whole } else { steps.ceil() };
                steps as u64
            }
        }
    }

    pub(crate) fn read(section: &mut Section<'_>, has_goal: bool) -> Result<Self, ScenarioError> {
        let step = section.number("step", Bound::Positive, 0.01)?;
        let chosen = section.one_of(&["duration", "steps"])?;
        let extent = match chosen.map(|entry| entry.key.as_str()) {
            Some("steps") => Some(Extent::Steps(section.count("steps", 0, MAX_STEPS, 0)?)),
            None if has_goal => None,
            _ => Some(Extent::Duration(section.number("duration", Bound::NotNegative, 10.0)?)),
        };
        let integrator = section.word("integrator", Integrator::Rk4)?;
        let time = Self { step, extent, integrator };
        match (extent, section.entry("duration").or_else(|| section.entry("step"))) {
            (Some(Extent::Duration(_)), Some(entry)) if time.steps() > MAX_STEPS => {
                Err(section.out_of_range(entry, format!("such that the run has at most {MAX_STEPS} steps")))
            }
            _ => Ok(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(step: f64, duration: f64) -> u64 {
        Time { step, extent: Some(Extent::Duration(duration)), integrator: Integrator::Rk4 }.steps()
    }

    #[test]
    fn a_duration_is_the_fewest_steps_that_last_for_it() {
        assert_eq!(steps(0.01, 10.0), 1000);
        assert_eq!(steps(0.1, 0.3), 3);
        assert_eq!(steps(0.1, 0.7), 7);
        assert_eq!(steps(0.3, 1.0), 4);
        assert_eq!(steps(0.01, 0.0), 0);
        assert_eq!(steps(1.0, 1e-12), 1);
    }
}
