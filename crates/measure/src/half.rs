//! The later half of a stream whose length is not known beforehand.

use alloc::vec::Vec;

use crate::RunningStatistics;

/// Most stretches that are kept apart. Even, so that joining two and two leaves none alone.
const STRETCHES: usize = 256;

/// Statistics of the later half of a stream, in 12 KiB however long it lasts.
///
/// The stream is kept in stretches of equal length; when there would be more than 256, neighbours
/// are joined two and two. The half is exact up to 256 values; beyond that, a stretch that the
/// middle falls into counts as a whole, which is at most 1/128 of the stream.
///
/// ```
/// use lampyrid_measure::LaterHalf;
/// let r: LaterHalf = [0.1, 0.2, 0.7, 0.8, 0.9].into_iter().collect();
/// assert_eq!(r.statistics().count(), 3);
/// assert!((r.statistics().mean().unwrap() - 0.8).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LaterHalf {
    stretches: Vec<RunningStatistics>,
    /// Values of a full stretch; only the last one may have less.
    length: u64,
}

impl Default for LaterHalf {
    fn default() -> Self {
        Self { stretches: Vec::new(), length: 1 }
    }
}

impl LaterHalf {
    /// Takes one more value.
    pub fn push(&mut self, value: f64) {
        match self.stretches.last_mut() {
            Some(last) if last.count() < self.length => last.push(value),
            _ => {
                if self.stretches.len() == STRETCHES {
                    self.join();
                }
                self.stretches.push(core::iter::once(value).collect());
            }
        }
    }

    fn join(&mut self) {
        for place in 0..STRETCHES / 2 {
            let mut joined = self.stretches[2 * place];
            joined.merge(&self.stretches[2 * place + 1]);
            self.stretches[place] = joined;
        }
        self.stretches.truncate(STRETCHES / 2);
        self.length *= 2;
    }

    /// How many values were taken, in both halves.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.stretches.iter().map(RunningStatistics::count).sum()
    }

    /// The statistics of the later half; of an odd number of values, that with the middle one.
    #[must_use]
    pub fn statistics(&self) -> RunningStatistics {
        let middle = self.count() / 2;
        let first = usize::try_from(middle / self.length).unwrap_or(usize::MAX).min(self.stretches.len());
        let mut half = RunningStatistics::default();
        self.stretches[first..].iter().for_each(|stretch| half.merge(stretch));
        half
    }
}

impl FromIterator<f64> for LaterHalf {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut half = Self::default();
        values.into_iter().for_each(|value| half.push(value));
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_of_nothing_is_nothing_and_of_one_value_that_one() {
        assert_eq!(LaterHalf::default().statistics().mean(), None);
        let one: LaterHalf = [0.5].into_iter().collect();
        assert_eq!((one.count(), one.statistics().mean()), (1, Some(0.5)));
    }

    #[test]
    fn however_long_it_lasts_no_more_is_kept() {
        let long: LaterHalf = (0..1_000_000).map(f64::from).collect();
        assert_eq!(long.count(), 1_000_000);
        assert!(long.stretches.capacity() * size_of::<RunningStatistics>() <= 12 << 10);
        let half = long.statistics();
        assert!((500_000..=507_813).contains(&half.count()), "{}", half.count());
        assert_eq!(half.max(), Some(999_999.0));
    }

    proptest! {
        #[test]
        fn the_half_is_that_of_the_stored_values(values in prop::collection::vec(0.0_f64..1.0, 1..2000)) {
            let half: LaterHalf = values.iter().copied().collect();
            let statistics = half.statistics();
            let length = statistics.count() as usize;
            let at_least = values.len().div_ceil(2);
            prop_assert!((at_least..=at_least + values.len() / 128).contains(&length), "{} of {}", length, values.len());
            if values.len() <= STRETCHES {
                prop_assert_eq!(length, at_least);
            }
            let stored: RunningStatistics = values[values.len() - length..].iter().copied().collect();
            prop_assert!((statistics.mean().unwrap() - stored.mean().unwrap()).abs() < 1e-12);
            prop_assert_eq!((statistics.min(), statistics.max()), (stored.min(), stored.max()));
        }
    }
}
