//! Where a stream of numbers is heading.

/// The slope of a stream of samples over time: a linear regression in which samples count the less the
/// older they are, without keeping them (West 1979 for the weighted sums).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trend {
    value: f64,
    time: f64,
    weight: f64,
    mean_time: f64,
    mean: f64,
    spread: f64,
    covariance: f64,
}

impl Trend {
    /// Takes in a value at a time \[s\] after that of the last. Samples that are `half_life` \[s\] older than the
    /// newest count half.
    pub fn add(&mut self, time: f64, value: f64, half_life: f64) {
        let fade = if self.weight == 0.0 { 0.0 } else { libm::exp2(-(time - self.time) / half_life) };
        (self.time, self.value) = (time, value);
        let old = self.weight * fade;
        self.weight = old + 1.0;
        let (late, up) = (time - self.mean_time, value - self.mean);
        self.mean_time += late / self.weight;
        self.mean += up / self.weight;
        let share = old / self.weight;
        self.spread = self.spread * fade + share * late * late;
        self.covariance = self.covariance * fade + share * late * up;
    }

    /// All that it remembers, to be written down: value, time, weight, mean time, mean, spread and covariance.
    #[must_use]
    pub fn to_parts(&self) -> [f64; 7] {
        [self.value, self.time, self.weight, self.mean_time, self.mean, self.spread, self.covariance]
    }

    /// The trend that remembers this.
    #[must_use]
    pub fn from_parts([value, time, weight, mean_time, mean, spread, covariance]: [f64; 7]) -> Self {
        Self { value, time, weight, mean_time, mean, spread, covariance }
    }

    /// The newest value; 0 without any.
    #[must_use]
    pub fn last(&self) -> f64 {
        self.value
    }

    /// How fast the values rise, per s; 0 with fewer than two samples.
    #[must_use]
    pub fn slope(&self) -> f64 {
        if self.spread > 0.0 { self.covariance / self.spread } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: impl Fn(f64) -> f64) -> Trend {
        let mut trend = Trend::default();
        (0..100).map(|i| 0.1 * f64::from(i)).for_each(|time| trend.add(time, value(time), 1.0));
        trend
    }

    #[test]
    fn a_straight_line_has_its_slope() {
        assert!((of(|time| 2.0 - 0.3 * time).slope() + 0.3).abs() < 1e-12);
        assert_eq!(Trend::default().slope(), 0.0);
    }

    #[test]
    fn what_is_many_half_lives_old_is_forgotten() {
        let bent = of(|time| if time < 1.0 { 10.0 - 3.0 * time } else { 7.0 + 0.5 * (time - 1.0) });
        assert!((bent.slope() - 0.5).abs() < 0.05, "{}", bent.slope());
        assert!((bent.last() - 11.45).abs() < 1e-12);
    }

    #[test]
    fn the_slope_is_that_of_the_weighted_regression_of_all_samples() {
        let value = |time: f64| (1.3 * time).sin() + 0.2 * time;
        let trend = of(value);
        let samples: Vec<(f64, f64, f64)> =
            (0..100).map(|i| 0.1 * f64::from(i)).map(|time| (time, value(time), (-(9.9 - time)).exp2())).collect();
        let weight: f64 = samples.iter().map(|(.., w)| w).sum();
        let mean_time = samples.iter().map(|(t, _, w)| w * t).sum::<f64>() / weight;
        let mean = samples.iter().map(|(_, v, w)| w * v).sum::<f64>() / weight;
        let covariance: f64 = samples.iter().map(|(t, v, w)| w * (t - mean_time) * (v - mean)).sum();
        let spread: f64 = samples.iter().map(|(t, _, w)| w * (t - mean_time).powi(2)).sum();
        assert!((trend.slope() - covariance / spread).abs() < 1e-9);
    }
}
