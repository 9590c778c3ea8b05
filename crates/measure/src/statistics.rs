//! Statistics of a stream in constant memory.

/// Count, mean, variance, minimum and maximum of values that are never stored.
///
/// Updated by the recurrence of Welford (1962), merged as by Chan, Golub & LeVeque (1979).
///
/// ```
/// use lampyrid_measure::RunningStatistics;
/// let mut r: RunningStatistics = [0.2, 0.4].into_iter().collect();
/// r.merge(&[0.6].into_iter().collect());
/// assert_eq!((r.count(), r.min(), r.max()), (3, Some(0.2), Some(0.6)));
/// assert!((r.mean().unwrap() - 0.4).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunningStatistics {
    count: u64,
    mean: f64,
    squares: f64,
    range: Option<(f64, f64)>,
}

impl RunningStatistics {
    /// Takes one more value.
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let from_old_mean = value - self.mean;
        self.mean += from_old_mean / self.count as f64;
        self.squares += from_old_mean * (value - self.mean);
        self.range = Some(match self.range {
            Some((min, max)) => (min.min(value), max.max(value)),
            None => (value, value),
        });
    }

    /// Takes all values of another stream.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        let (own, theirs) = (self.count as f64, other.count as f64);
        let apart = other.mean - self.mean;
        self.mean += apart * (theirs / (own + theirs));
        self.squares += other.squares + apart * apart * (own * theirs / (own + theirs));
        self.count += other.count;
        self.range = self.range.zip(other.range).map(|((a, b), (c, d))| (a.min(c), b.max(d)));
    }

    /// How many values were taken.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The arithmetic mean; `None` of nothing.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The unbiased variance (divisor count − 1); `None` of fewer than two values.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// The smallest value; `None` of nothing.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        self.range.map(|(min, _)| min)
    }

    /// The largest value; `None` of nothing.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        self.range.map(|(_, max)| max)
    }
}

impl FromIterator<f64> for RunningStatistics {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut statistics = Self::default();
        values.into_iter().for_each(|value| statistics.push(value));
        statistics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_has_no_mean_and_one_value_no_variance() {
        assert_eq!(RunningStatistics::default().mean(), None);
        let one: RunningStatistics = [3.0].into_iter().collect();
        assert_eq!((one.mean(), one.variance()), (Some(3.0), None));
    }

    #[test]
    fn a_large_offset_does_not_eat_the_variance() {
        let values: RunningStatistics = (0..1000).map(|i| 1e9 + f64::from(i % 2)).collect();
        assert!((values.variance().unwrap() - 0.250_250_25).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn merging_equals_taking_all_values(
            values in prop::collection::vec(-1e3_f64..1e3, 2..200), cut in 0_usize..200
        ) {
            let cut = cut.min(values.len());
            let whole: RunningStatistics = values.iter().copied().collect();
            let mut parts: RunningStatistics = values[..cut].iter().copied().collect();
            parts.merge(&values[cut..].iter().copied().collect());
            prop_assert_eq!(parts.count(), whole.count());
            prop_assert!((parts.mean().unwrap() - whole.mean().unwrap()).abs() < 1e-10);
            prop_assert!((parts.variance().unwrap() - whole.variance().unwrap()).abs() < 1e-7);
            prop_assert_eq!((parts.min(), parts.max()), (whole.min(), whole.max()));
        }
    }
}
