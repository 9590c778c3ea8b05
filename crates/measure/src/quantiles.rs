//! Quantiles of a stream in bounded memory.
//!
//! The counting is that of HdrHistogram (Tene 2012), by the crate `hdrhistogram`: buckets whose
//! width grows with the value, so that every quantile is known to one part in a thousand whatever
//! the range. Of what else does this on a stream, t-digests (Dunning & Ertl 2019) depend on the
//! order in which parts are merged, and DDSketch (Masson, Rim & Lee 2019) takes logarithms, whose
//! bits differ between platforms, and one value at a time. Counts in buckets of whole numbers
//! merge exactly and take a million equal values in one addition.

use hdrhistogram::Histogram;

/// Significant decimal digits that a quantile is known to.
const DIGITS: u8 = 3;
/// The finest difference that is told apart: values are counted in billionths, so that seconds
/// become nanoseconds.
const PARTS: f64 = 1e9;

/// Quantiles of values ≥ 0 that are never stored, to one part in a thousand or to 10⁻⁹, whichever
/// is more.
///
/// Takes 16 KiB and another 8 KiB for every doubling of the range beyond 2·10⁻⁶, at most half a
/// MiB: values above 1.8·10¹⁰ count as that.
///
/// ```
/// use lampyrid_measure::Quantiles;
/// let mut step_seconds = Quantiles::default();
/// step_seconds.push_many(0.001, 99);
/// step_seconds.push(0.5);
/// assert!((step_seconds.quantile(0.5).unwrap() - 0.001).abs() < 1e-6);
/// assert!((step_seconds.quantile(1.0).unwrap() - 0.5).abs() < 5e-4);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    counts: Histogram<u64>,
    refused: u64,
}

impl Default for Quantiles {
    fn default() -> Self {
        let counts = Histogram::new(DIGITS).expect("1 to 5 digits are allowed");
        Self { counts, refused: 0 }
    }
}

impl Quantiles {
    /// Takes one more value.
    pub fn push(&mut self, value: f64) {
        self.push_many(value, 1);
    }

    /// Takes `count` more values, all equal. A value that is negative or not a number belongs to
    /// no quantile: it is counted in [`refused`](Self::refused) and left out.
    pub fn push_many(&mut self, value: f64, count: u64) {
        // The conversion ends at the largest whole number.
        let units = libm::round(value * PARTS) as u64;
        if value >= 0.0 && self.counts.record_n(units, count).is_ok() {
            return;
        }
        self.refused = self.refused.saturating_add(count);
    }

    /// Takes all values of another stream. Whatever the parts and their order, the outcome is that
    /// of one stream.
    pub fn merge(&mut self, other: &Self) {
        self.counts.add(&other.counts).expect("a histogram that resizes itself takes any other");
        self.refused = self.refused.saturating_add(other.refused);
    }

    /// All that it remembers, to be written down: values in billionths and how often each was taken, in order.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.counts.iter_recorded().map(|bucket| (bucket.value_iterated_to(), bucket.count_at_value()))
    }

    /// The quantiles that remember these counts, and so many values that were left out.
    #[must_use]
    pub fn from_counts(counts: impl IntoIterator<Item = (u64, u64)>, refused: u64) -> Self {
        let mut quantiles = Self { refused, ..Self::default() };
        for (units, count) in counts {
            // A value that was counted once has a bucket.
            let _ = quantiles.counts.record_n(units, count);
        }
        quantiles
    }

    /// How many values were taken.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.len()
    }

    /// How many values were left out because they were negative or not a number.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// The smallest value that at least the part `q` in [0, 1] of all values does not exceed: the
    /// median at 0.5, the largest at 1. `None` of nothing, and for a `q` outside.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let is_known = (0.0..=1.0).contains(&q) && !self.counts.is_empty();
        is_known.then(|| self.counts.value_at_quantile(q) as f64 / PARTS)
    }
}

impl Extend<f64> for Quantiles {
    fn extend<T: IntoIterator<Item = f64>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<f64> for Quantiles {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut quantiles = Self::default();
        quantiles.extend(values);
        quantiles
    }
}

/// The same of values that are few enough to be stored, exactly: the smallest of `sorted`, which are
/// in ascending order, that at least the part `q` in [0, 1] of them does not exceed. `None` of
/// nothing, and for a `q` outside.
///
/// ```
/// use lampyrid_measure::quantile_of_sorted;
/// let r = [0.1, 0.2, 0.3, 0.9];
/// assert_eq!([0.0, 0.5, 0.75, 1.0].map(|q| quantile_of_sorted(&r, q).unwrap()), [0.1, 0.2, 0.3, 0.9]);
/// ```
#[must_use]
pub fn quantile_of_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&q) {
        return None;
    }
    let rank = libm::ceil(q * sorted.len() as f64) as usize;
    sorted.get(rank.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, applied to all values.
    fn exact(values: &[f64], q: f64) -> f64 {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        quantile_of_sorted(&sorted, q).unwrap()
    }

    #[test]
    fn a_quantile_of_stored_values_is_one_of_them() {
        let sorted: Vec<f64> = (1..=20).map(f64::from).collect();
        let found = [0.0, 0.05, 0.051, 0.25, 0.5, 0.95, 1.0].map(|q| quantile_of_sorted(&sorted, q).unwrap());
        assert_eq!(found, [1.0, 1.0, 2.0, 5.0, 10.0, 19.0, 20.0]);
        assert_eq!((quantile_of_sorted(&[], 0.5), quantile_of_sorted(&sorted, 1.1)), (None, None));
        assert_eq!(quantile_of_sorted(&sorted, f64::NAN), None);
    }

    fn is_close(found: f64, value: f64) -> bool {
        (found - value).abs() <= 1e-3 * value + 1.0 / PARTS
    }

    #[test]
    fn quantiles_of_the_first_thousand_numbers_are_their_ranks() {
        let quantiles: Quantiles = (1..=1000).map(f64::from).collect();
        for (q, value) in [(0.0, 1.0), (0.001, 1.0), (0.5, 500.0), (0.95, 950.0), (0.99, 990.0), (1.0, 1000.0)] {
            let found = quantiles.quantile(q).unwrap();
            assert!(is_close(found, value), "{q}: {found}");
        }
    }

    #[test]
    fn many_equal_values_count_as_often_as_they_are_pushed() {
        let mut at_once = Quantiles::default();
        at_once.push_many(0.25, 1000);
        assert_eq!(at_once, std::iter::repeat_n(0.25, 1000).collect());
    }

    #[test]
    fn what_has_no_rank_is_left_out_and_counted() {
        let quantiles: Quantiles = [f64::NAN, -1.0, f64::NEG_INFINITY, 2.0].into_iter().collect();
        assert_eq!((quantiles.count(), quantiles.refused()), (1, 3));
        assert!(is_close(quantiles.quantile(0.0).unwrap(), 2.0));
    }

    #[test]
    fn what_was_written_down_is_remembered() {
        let quantiles: Quantiles = [0.0, 1e-9, 0.25, 0.25, 3.7, 1e8, -1.0].into_iter().collect();
        let again = Quantiles::from_counts(quantiles.counts(), quantiles.refused());
        assert_eq!((again.count(), again.refused()), (6, 1));
        for q in [0.0, 0.3, 0.5, 0.9, 1.0] {
            assert_eq!(again.quantile(q), quantiles.quantile(q));
        }
    }

    #[test]
    fn nothing_has_no_quantiles_and_no_quantile_lies_outside_the_unit_interval() {
        assert_eq!(Quantiles::default().quantile(0.5), None);
        let one: Quantiles = [1.0].into_iter().collect();
        for q in [-0.1, 1.1, f64::NAN] {
            assert_eq!(one.quantile(q), None);
        }
    }

    #[test]
    fn the_largest_values_take_no_more_memory_than_promised() {
        let quantiles: Quantiles = [0.0, 1e-9, 1.0, 1e10, 1e300, f64::INFINITY].into_iter().collect();
        assert_eq!((quantiles.count(), quantiles.refused()), (6, 0));
        assert!(quantiles.counts.distinct_values() * size_of::<u64>() <= 512 << 10);
        assert!(is_close(quantiles.quantile(1.0).unwrap(), u64::MAX as f64 / PARTS));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn quantiles_are_those_of_the_stored_values(
            values in prop::collection::vec(0.0_f64..1e4, 1..300), q in 0.0..=1.0_f64
        ) {
            let found = values.iter().copied().collect::<Quantiles>().quantile(q).unwrap();
            prop_assert!(is_close(found, exact(&values, q)), "{} and {}", found, exact(&values, q));
        }

        #[test]
        fn merging_any_parts_equals_taking_all_values(
            values in prop::collection::vec(0.0_f64..1e9, 1..200), parts in 1_usize..9
        ) {
            let mut merged = Quantiles::default();
            values.chunks(values.len().div_ceil(parts)).rev().for_each(|part| {
                merged.merge(&part.iter().copied().collect());
            });
            let whole: Quantiles = values.into_iter().collect();
            prop_assert_eq!(merged.count(), whole.count());
            for q in [0.0, 0.1, 0.5, 0.9, 1.0] {
                prop_assert_eq!(merged.quantile(q), whole.quantile(q));
            }
        }
    }
}
