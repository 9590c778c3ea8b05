//! A row of `points.csv`: all runs at one point of the grid.

use lampyrid_measure::{RunningStatistics, quantile_of_sorted};
use serde::{Deserialize, Serialize};

use super::row::SweepRun;

/// The runs at one point of the grid, a row of `points.csv`.
///
/// Quantiles are exact: the smallest value that at least such a part of the runs does not exceed.
///
/// ```
/// use lampyrid_io::sweep::{SweepOutcome, SweepPoint, SweepRun};
///
/// let run = |replicate: u64, r| SweepRun {
///     point: 0,
///     values: vec!["2.5".to_owned()],
///     replicate,
///     seed: replicate,
///     outcome: SweepOutcome { r_mean: Some(r), ..SweepOutcome::default() },
/// };
/// let point = SweepPoint::of(&[run(0, 0.5), run(1, 0.7)]).unwrap();
/// assert_eq!((point.runs, point.r_q50), (2, Some(0.5)));
/// assert!((point.r.unwrap() - 0.6).abs() < 1e-15 && (point.r_standard_error.unwrap() - 0.1).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// The point, counted from 0.
    pub point: u64,
    /// The values of the varied keys there, as a scenario has them.
    pub values: Vec<String>,
    /// Runs so far, failed ones included.
    pub runs: u64,
    /// Runs that failed.
    pub failures: u64,
    /// Mean over the runs of their mean R, in [0, 1]; this and what follows is none where no run gives it.
    pub r: Option<f64>,
    /// Standard error of that mean: the standard deviation over the runs by the root of their number; none of a single
    /// run.
    pub r_standard_error: Option<f64>,
    /// The part 0.05 of the runs has a mean R of at most this.
    pub r_q05: Option<f64>,
    /// The lower quartile.
    pub r_q25: Option<f64>,
    /// The median.
    pub r_q50: Option<f64>,
    /// The upper quartile.
    pub r_q75: Option<f64>,
    /// The part 0.95 of the runs has a mean R of at most this.
    pub r_q95: Option<f64>,
    /// Part of the runs that attained their goal, failed runs left out.
    pub attained: Option<f64>,
    /// Median of the times until the goal was met, in s of simulated time. A run that never met it counts as later than
    /// any, so that there is none if less than half of the runs did.
    pub time_to_goal: Option<f64>,
}

impl SweepPoint {
    /// The first column of `points.csv`; those of the varied keys follow.
    pub(super) const NUMBER: &str = "point";
    /// Columns that count runs.
    pub(super) const COUNTS: [&str; 2] = ["runs", "failures"];
    /// Columns that may be empty.
    pub(super) const FIGURES: [&str; 9] =
        ["R", "R_standard_error", "R_q05", "R_q25", "R_q50", "R_q75", "R_q95", "attained", "time_to_goal"];

    /// The heading of `points.csv` for these keys.
    #[must_use]
    pub fn heading<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        [Self::NUMBER].into_iter().chain(keys).chain(Self::COUNTS).chain(Self::FIGURES).collect()
    }

    /// What is in the columns that may be empty.
    pub(super) fn figures(&self) -> [Option<f64>; 9] {
        let Self { r, r_standard_error, r_q05, r_q25, r_q50, r_q75, r_q95, attained, time_to_goal, .. } = *self;
        [r, r_standard_error, r_q05, r_q25, r_q50, r_q75, r_q95, attained, time_to_goal]
    }

    /// How many runs its figures are of.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.runs.saturating_sub(self.failures)
    }

    /// What these runs of one point come to; none of no runs.
    #[must_use]
    pub fn of(runs: &[SweepRun]) -> Option<Self> {
        let first = runs.first()?;
        let done = || runs.iter().map(|run| &run.outcome).filter(|outcome| !outcome.is_failure());
        let r = sorted(done().filter_map(|outcome| outcome.r_mean));
        let statistics: RunningStatistics = r.iter().copied().collect();
        let quantile = |q| quantile_of_sorted(&r, q);
        let goals: Vec<bool> = done().filter_map(|outcome| outcome.attained).collect();
        let with_goal = done().filter(|outcome| outcome.attained.is_some());
        let times = sorted(with_goal.map(|outcome| outcome.time_to_goal.unwrap_or(f64::INFINITY)));
        Some(Self {
            point: first.point,
            values: first.values.clone(),
            runs: runs.len() as u64,
            failures: (runs.len() - done().count()) as u64,
            r: statistics.mean(),
            r_standard_error: statistics.standard_deviation().map(|std| std / (r.len() as f64).sqrt()),
            r_q05: quantile(0.05),
            r_q25: quantile(0.25),
            r_q50: quantile(0.5),
            r_q75: quantile(0.75),
            r_q95: quantile(0.95),
            attained: share(&goals),
            time_to_goal: quantile_of_sorted(&times, 0.5).filter(|time| time.is_finite()),
        })
    }
}

/// In ascending order, so that neither sum nor quantile depends on the order of the runs.
fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn share(of: &[bool]) -> Option<f64> {
    let those = of.iter().filter(|&&is| is).count();
    (!of.is_empty()).then(|| those as f64 / of.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::SweepOutcome;

    fn runs(outcomes: Vec<SweepOutcome>) -> Vec<SweepRun> {
        let run = |(replicate, outcome)| SweepRun { point: 3, values: vec![], replicate, seed: replicate, outcome };
        (0..).zip(outcomes).map(run).collect()
    }

    fn with_goal(time_to_goal: Option<f64>) -> SweepOutcome {
        SweepOutcome { r_mean: Some(0.5), attained: Some(time_to_goal.is_some()), time_to_goal, ..Default::default() }
    }

    #[test]
    fn quantiles_of_twenty_runs_are_values_of_runs() {
        let outcome = |n: u32| SweepOutcome { r_mean: Some(f64::from(n) / 20.0), ..Default::default() };
        let point = SweepPoint::of(&runs((1..=20).rev().map(outcome).collect())).unwrap();
        let quantiles = [point.r_q05, point.r_q25, point.r_q50, point.r_q75, point.r_q95];
        assert_eq!(quantiles, [Some(0.05), Some(0.25), Some(0.5), Some(0.75), Some(0.95)]);
        // The variance of 1, 2, … 20 with divisor 19 is 35.
        let expected = (35.0_f64 / 400.0 / 20.0).sqrt();
        assert!((point.r_standard_error.unwrap() - expected).abs() < 1e-15);
        assert_eq!((point.point, point.failures, point.attained, point.time_to_goal), (3, 0, None, None));
    }

    #[test]
    fn failures_are_counted_and_belong_to_no_figure() {
        let point = SweepPoint::of(&runs(vec![SweepOutcome::failed("why"), with_goal(Some(2.0))])).unwrap();
        assert_eq!((point.runs, point.failures, point.r, point.r_standard_error), (2, 1, Some(0.5), None));
        assert_eq!((point.attained, point.time_to_goal), (Some(1.0), Some(2.0)));
        let none = SweepPoint::of(&runs(vec![SweepOutcome::failed("why")])).unwrap();
        assert_eq!((none.r, none.r_q50, none.attained), (None, None, None));
        assert_eq!(SweepPoint::of(&[]), None);
    }

    #[test]
    fn those_who_never_meet_their_goal_are_later_than_all_who_do() {
        let median = |times: &[Option<f64>]| {
            SweepPoint::of(&runs(times.iter().copied().map(with_goal).collect())).unwrap().time_to_goal
        };
        assert_eq!(median(&[Some(1.0), None, Some(3.0)]), Some(3.0));
        assert_eq!(median(&[Some(1.0), None, None]), None);
    }
}
