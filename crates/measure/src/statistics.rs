//! Statistics of a stream in constant memory.

/// Count, mean, variance, minimum and maximum of values that are never stored.
///
/// Updated by the recurrence of Welford (1962), merged as by Chan, Golub & LeVeque (1979). The
/// relative error of the variance is of the order κ ε, where κ is mean over standard deviation and
/// ε the rounding of a double (Chan & Lewis 1979); a sum of squares would lose κ² ε.
///
/// A value that is not a number, or infinite, leaves mean and variance without a number, but does
/// not hide the range of the others.
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

    /// All that it remembers, to be written down: count, mean, sum of squared deviations, minimum and maximum.
    #[must_use]
    pub fn to_parts(&self) -> (u64, f64, f64, Option<(f64, f64)>) {
        (self.count, self.mean, self.squares, self.range)
    }

    /// The statistics that remember this.
    #[must_use]
    pub fn from_parts((count, mean, squares, range): (u64, f64, f64, Option<(f64, f64)>)) -> Self {
        Self { count, mean, squares, range }
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

    /// The square root of the [`variance`](Self::variance), in the unit of the values.
    #[must_use]
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(libm::sqrt)
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

impl Extend<f64> for RunningStatistics {
    fn extend<T: IntoIterator<Item = f64>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<f64> for RunningStatistics {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut statistics = Self::default();
        statistics.extend(values);
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

    /// The data sets NumAcc1 to NumAcc4 of the Statistical Reference Datasets (NIST 1999), with
    /// their certified means and standard deviations: the offset is up to 10⁸ times the spread.
    #[test]
    fn the_certified_values_of_the_reference_data_sets_are_met() {
        let alternating = |first: f64, low: f64, high: f64| -> RunningStatistics {
            let rest = (0..1000).map(|i| if i % 2 == 0 { low } else { high });
            std::iter::once(first).chain(rest).collect()
        };
        let cases = [
            ([10_000_001.0, 10_000_003.0, 10_000_002.0].into_iter().collect(), 10_000_002.0, 1.0, 1e-15),
            (alternating(1.2, 1.1, 1.3), 1.2, 0.1, 1e-13),
            (alternating(1_000_000.2, 1_000_000.1, 1_000_000.3), 1_000_000.2, 0.1, 1e-9),
            (alternating(10_000_000.2, 10_000_000.1, 10_000_000.3), 10_000_000.2, 0.1, 1e-7),
        ];
        for (found, mean, deviation, tolerance) in cases {
            let found: RunningStatistics = found;
            assert!((found.mean().unwrap() / mean - 1.0).abs() < 1e-15, "mean {mean}");
            let found = found.standard_deviation().unwrap();
            assert!((found / deviation - 1.0).abs() < tolerance, "standard deviation {found} at mean {mean}");
        }
    }

    #[test]
    fn a_value_that_is_not_a_number_spoils_the_mean_and_not_the_range() {
        let values: RunningStatistics = [1.0, f64::NAN, 3.0].into_iter().collect();
        assert!(values.mean().unwrap().is_nan() && values.variance().unwrap().is_nan());
        assert_eq!((values.count(), values.min(), values.max()), (3, Some(1.0), Some(3.0)));
    }

    #[test]
    fn merging_with_nothing_changes_no_bit() {
        let some: RunningStatistics = [0.1, 0.7, 0.2].into_iter().collect();
        let (mut before, mut after) = (RunningStatistics::default(), some);
        before.merge(&some);
        after.merge(&RunningStatistics::default());
        assert_eq!((before, after), (some, some));
    }

    proptest! {
        /// However many values lie in however many parts, and however far they are from zero.
        #[test]
        fn merging_any_parts_equals_taking_all_values(
            values in prop::collection::vec(-1e3_f64..1e3, 2..200),
            cuts in prop::collection::vec(0_usize..200, 0..8),
            offset in -1e6_f64..1e6,
        ) {
            let values: Vec<f64> = values.iter().map(|value| value + offset).collect();
            let whole: RunningStatistics = values.iter().copied().collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(values.len())).collect();
            cuts.extend([0, values.len()]);
            cuts.sort_unstable();
            let mut merged = RunningStatistics::default();
            for part in cuts.array_windows() {
                let [from, to] = *part;
                merged.merge(&values[from..to].iter().copied().collect());
            }
            prop_assert_eq!(merged.count(), whole.count());
            prop_assert_eq!((merged.min(), merged.max()), (whole.min(), whole.max()));
            // Rounding: of the mean in units of its own size, of the variance in those of κ ε.
            let size = offset.abs() + 1e3;
            prop_assert!((merged.mean().unwrap() - whole.mean().unwrap()).abs() < 1e-13 * size);
            let spread = whole.standard_deviation().unwrap() + 1e-9;
            let difference = (merged.variance().unwrap() - whole.variance().unwrap()).abs();
            prop_assert!(difference < 1e-12 * size * spread, "{} of {}", difference, spread);
        }
    }
}
