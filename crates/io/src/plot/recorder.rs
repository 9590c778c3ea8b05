//! A line of any length kept in bounded memory.

use serde::{Deserialize, Serialize};

use super::error::{PlotError, check_finite};

/// Most stretches of time kept apart; more than a picture has pixels across half its width.
const STRETCHES: usize = 1024;

/// Records (time, value) pairs of a run of any length for a line in a picture.
///
/// Of each of at most 1024 stretches of time it keeps the lowest and the highest value, so that no spike is lost
/// however long the run, and the first and the last of all.
///
/// ```
/// use lampyrid_io::plot::CurveRecorder;
///
/// let mut recorder = CurveRecorder::default();
/// for step in 0..1_000_000 {
///     recorder.push(f64::from(step), if step == 777_777 { 1.0 } else { 0.0 })?;
/// }
/// assert!(recorder.points().contains(&(777_777.0, 1.0)));
/// assert!(recorder.points().len() <= 2050);
/// # Ok::<(), lampyrid_io::plot::PlotError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CurveRecorder {
    stretches: Vec<Stretch>,
    /// Samples in a complete stretch.
    length: u64,
    /// Samples in the last stretch.
    filled: u64,
    first: Option<(f64, f64)>,
    last: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Stretch {
    lowest: (f64, f64),
    highest: (f64, f64),
}

impl Stretch {
    fn join(&mut self, other: Self) {
        if other.lowest.1 < self.lowest.1 {
            self.lowest = other.lowest;
        }
        if other.highest.1 > self.highest.1 {
            self.highest = other.highest;
        }
    }
}

impl Default for CurveRecorder {
    fn default() -> Self {
        Self { stretches: Vec::new(), length: 1, filled: 0, first: None, last: None }
    }
}

impl CurveRecorder {
    /// Adds the value at a time, in s, not earlier than any before.
    ///
    /// # Errors
    ///
    /// When time or value is not finite, or time runs backwards.
    pub fn push(&mut self, time: f64, value: f64) -> Result<(), PlotError> {
        check_finite("the time of a sample", [time])?;
        check_finite("a sample", [value])?;
        if let Some((previous, _)) = self.last
            && time < previous
        {
            return Err(PlotError::TimeBackwards { previous, time });
        }
        let point = (time, value);
        self.first.get_or_insert(point);
        self.last = Some(point);
        let stretch = Stretch { lowest: point, highest: point };
        match self.stretches.last_mut() {
            Some(last) if self.filled < self.length => last.join(stretch),
            _ => {
                if self.stretches.len() == STRETCHES {
                    self.halve();
                }
                self.stretches.push(stretch);
                self.filled = 0;
            }
        }
        self.filled += 1;
        Ok(())
    }

    /// Joins stretches two by two, all of them complete.
    fn halve(&mut self) {
        for pair in 0..STRETCHES / 2 {
            let mut joined = self.stretches[2 * pair];
            joined.join(self.stretches[2 * pair + 1]);
            self.stretches[pair] = joined;
        }
        self.stretches.truncate(STRETCHES / 2);
        self.length *= 2;
    }

    /// The points to draw, in order of time.
    #[must_use]
    pub fn points(&self) -> Vec<(f64, f64)> {
        let extremes = self.stretches.iter().flat_map(|stretch| {
            let (lowest, highest) = (stretch.lowest, stretch.highest);
            if highest.0 < lowest.0 { [highest, lowest] } else { [lowest, highest] }
        });
        let mut points: Vec<_> = self.first.into_iter().chain(extremes).chain(self.last).collect();
        points.dedup();
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn recorded(values: &[f64]) -> CurveRecorder {
        let mut recorder = CurveRecorder::default();
        for (step, value) in values.iter().enumerate() {
            recorder.push(step as f64, *value).unwrap();
        }
        recorder
    }

    #[test]
    fn a_short_run_is_kept_as_it_is() {
        let values = [0.1, 0.5, 0.3, 0.3, 0.9];
        let points: Vec<_> = values.iter().enumerate().map(|(step, value)| (step as f64, *value)).collect();
        assert_eq!(recorded(&values).points(), points);
        assert!(recorded(&[]).points().is_empty());
        assert_eq!(recorded(&[0.5]).points(), [(0.0, 0.5)]);
    }

    #[test]
    fn what_is_no_number_or_runs_backwards_is_refused() {
        let mut recorder = recorded(&[0.0, 1.0]);
        assert!(matches!(recorder.push(2.0, f64::NAN), Err(PlotError::NotFinite { .. })));
        assert!(matches!(recorder.push(f64::INFINITY, 0.0), Err(PlotError::NotFinite { .. })));
        assert!(matches!(recorder.push(0.5, 0.0), Err(PlotError::TimeBackwards { .. })));
        assert_eq!(recorder.points(), [(0.0, 0.0), (1.0, 1.0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn extremes_and_ends_survive_any_length(length in 1_usize..20_000, seed: u32) {
            let mut state = seed;
            let values: Vec<f64> = (0..length).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f64::from(state >> 8)
            }).collect();
            let points = recorded(&values).points();
            prop_assert!(points.len() <= 2 * STRETCHES + 2);
            prop_assert!(points.is_sorted_by(|a, b| a.0 <= b.0));
            let extreme = |better: fn(f64, f64) -> f64| values.iter().copied().reduce(better).unwrap();
            prop_assert!(points.iter().any(|point| point.1 == extreme(f64::max)));
            prop_assert!(points.iter().any(|point| point.1 == extreme(f64::min)));
            prop_assert_eq!(points[0], (0.0, values[0]));
            prop_assert_eq!(points[points.len() - 1], ((length - 1) as f64, values[length - 1]));
        }
    }
}
