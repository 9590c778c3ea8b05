//! Samples of a run of any length, thinned to a bounded number of them.

use serde::{Deserialize, Serialize};

use super::error::{PlotError, check_finite};

/// Most samples kept; even, so that half of them are again evenly spaced.
pub(super) const MOST: usize = 1000;

/// Samples of so many values each, of which at most [`MOST`] are kept, evenly spaced over those given, and the latest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Thinned<T> {
    /// Values of a sample.
    width: usize,
    times: Vec<f64>,
    /// The values of the sample at the first time, then at the second, …
    values: Vec<T>,
    /// One sample in so many is kept.
    stride: u64,
    samples: u64,
    /// The latest sample, kept whatever the stride, so that a picture ends where the run does.
    last: Option<(f64, Vec<T>)>,
}

impl<T: Copy> Thinned<T> {
    pub(super) fn new(width: usize) -> Self {
        Self { width, times: Vec::new(), values: Vec::new(), stride: 1, samples: 0, last: None }
    }

    /// Whether its parts go together, with so many values to a sample: true of any but one that was read from
    /// elsewhere.
    pub(super) fn is_of(&self, width: usize) -> bool {
        self.width == width
            && self.times.len().checked_mul(width) == Some(self.values.len())
            && self.times.len() <= MOST
            && self.times.is_empty() == self.last.is_none()
            && self.stride > 0
            && self.last.as_ref().is_none_or(|(_, sample)| sample.len() == width)
    }

    /// Adds a sample taken not earlier than any before.
    pub(super) fn push(&mut self, time: f64, sample: impl Iterator<Item = T>) -> Result<(), PlotError> {
        check_finite("the time of a sample", [time])?;
        if let Some((previous, _)) = self.last.as_ref().filter(|(previous, _)| time < *previous) {
            return Err(PlotError::TimeBackwards { previous: *previous, time });
        }
        let mut values = self.last.take().map_or_else(Vec::new, |(_, values)| values);
        values.clear();
        values.extend(sample);
        if self.samples.is_multiple_of(self.stride) && self.times.len() == MOST {
            self.halve();
        }
        if self.samples.is_multiple_of(self.stride) {
            self.times.push(time);
            self.values.extend_from_slice(&values);
        }
        self.samples += 1;
        self.last = Some((time, values));
        Ok(())
    }

    /// Keeps every other sample.
    fn halve(&mut self) {
        for kept in 1..MOST / 2 {
            self.times[kept] = self.times[2 * kept];
            let from = 2 * kept * self.width;
            self.values.copy_within(from..from + self.width, kept * self.width);
        }
        self.times.truncate(MOST / 2);
        self.values.truncate(MOST / 2 * self.width);
        self.stride *= 2;
    }

    /// The times kept, the latest sample apart.
    pub(super) fn times(&self) -> &[f64] {
        &self.times
    }

    /// The time of the latest sample.
    pub(super) fn end(&self) -> Option<f64> {
        self.last.as_ref().map(|(time, _)| *time)
    }

    /// The latest sample kept up to a time, or the first; none if there is none.
    pub(super) fn at(&self, time: f64) -> Option<(f64, &[T])> {
        match &self.last {
            Some((last, values)) if time >= *last => Some((*last, values)),
            _ => {
                let sample = self.times.partition_point(|known| *known <= time).saturating_sub(1);
                self.sample(sample)
            }
        }
    }

    /// All samples kept, with the latest.
    pub(super) fn samples(&self) -> impl Iterator<Item = (f64, &[T])> {
        let kept = (0..self.times.len()).filter_map(|sample| self.sample(sample));
        let end = self.times.last().copied();
        let last = self.last.iter().filter(move |(time, _)| Some(*time) != end);
        kept.chain(last.map(|(time, values)| (*time, &values[..])))
    }

    fn sample(&self, sample: usize) -> Option<(f64, &[T])> {
        let time = *self.times.get(sample)?;
        Some((time, &self.values[sample * self.width..(sample + 1) * self.width]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(samples: usize) -> Thinned<usize> {
        let mut thinned = Thinned::new(2);
        for sample in 0..samples {
            thinned.push(sample as f64, [sample, 2 * sample].into_iter()).unwrap();
        }
        thinned
    }

    #[test]
    fn samples_stay_evenly_spaced_however_many() {
        for samples in [1, 999, 1000, 1001, 1002, 2001, 12_345] {
            let thinned = thinned(samples);
            let times = thinned.times();
            assert!(times.len() <= MOST && times.len() > (MOST / 2).min(samples) - 1, "{samples}: {}", times.len());
            let gap = times.get(1).copied().unwrap_or(1.0);
            assert!(times.iter().enumerate().all(|(column, time)| *time == gap * column as f64), "{samples}");
            assert!(thinned.samples().all(|(time, values)| values == [time as usize, 2 * time as usize]));
            assert_eq!(thinned.end(), Some((samples - 1) as f64));
            assert_eq!(thinned.samples().last().unwrap().0, (samples - 1) as f64);
            assert!(thinned.is_of(2) && !thinned.is_of(3));
        }
    }

    #[test]
    fn the_sample_of_a_time_is_the_latest_up_to_then() {
        let thinned = thinned(3);
        let at = |time| thinned.at(time).map(|(time, _)| time);
        assert_eq!([at(-1.0), at(0.5), at(1.0), at(9.0)], [Some(0.0), Some(0.0), Some(1.0), Some(2.0)]);
        assert!(Thinned::<u8>::new(1).at(0.0).is_none());
    }

    #[test]
    fn time_that_runs_backwards_is_refused_and_leaves_everything_as_it_was() {
        let mut thinned = thinned(3);
        assert!(matches!(thinned.push(1.5, [0, 0].into_iter()), Err(PlotError::TimeBackwards { .. })));
        assert!(matches!(thinned.push(f64::NAN, [0, 0].into_iter()), Err(PlotError::NotFinite { .. })));
        assert_eq!(thinned.end(), Some(2.0));
        assert!(thinned.push(2.0, [0, 0].into_iter()).is_ok());
    }
}
