//! How a swarm is getting on towards its goal.

use lampyrid_measure::Trend;

use super::goal::Goal;
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// What the monitor makes of the swarm, with the numbers behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing was measured yet.
    Unknown,
    /// The pattern was met for the whole hold time and still is.
    Attained {
        /// Since when \[simulated s\].
        since: f64,
    },
    /// The pattern is met, but not long enough yet.
    Holding {
        /// Since when \[simulated s\].
        since: f64,
    },
    /// The distance shrinks.
    Converging {
        /// By how much \[1/s\].
        rate: f64,
        /// How many simulated seconds are left if it goes on like that.
        left: f64,
    },
    /// The distance has not shrunk for long.
    Stuck {
        /// Since when \[simulated s\].
        since: f64,
        /// The smallest distance so far.
        best: f64,
    },
    /// The goal was attained, and is not met any more.
    Lost {
        /// Since when \[simulated s\].
        since: f64,
    },
    /// The deadline has passed without the goal being attained.
    Late {
        /// The distance now.
        distance: f64,
    },
}

impl Verdict {
    /// One word for reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Attained { .. } => "attained",
            Self::Holding { .. } => "holding",
            Self::Converging { .. } => "converging",
            Self::Stuck { .. } => "stuck",
            Self::Lost { .. } => "lost",
            Self::Late { .. } => "late",
        }
    }
}

/// Follows the distance to a goal over time, without keeping its history.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Default, Clone))]
pub struct Monitor {
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    pub(crate) trend: Trend,
    pub(crate) met_since: Option<f64>,
    /// When the present time of being attained began.
    pub(crate) attained_since: Option<f64>,
    /// When the first one did.
    pub(crate) first: Option<f64>,
    pub(crate) lost_since: Option<f64>,
    /// The smallest distance so far, or since the last fresh start, and when it was found.
    pub(crate) best: Option<(f64, f64)>,
}

/// What changed with one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The goal has been held for its whole hold time, for the first time or again.
    Attained,
    /// It had been, and is not met any more.
    Lost,
}

impl Monitor {
    /// For how many hold times the distance may stand still before the swarm counts as stuck.
    pub const PATIENCE: f64 = 5.0;

    /// By which part the smallest distance must shrink to count as progress.
    const PROGRESS: f64 = 0.02;

    /// Takes in the distance to the goal at a time \[simulated s\] after that of the last.
    pub fn add(&mut self, goal: &Goal, time: f64, distance: f64) -> Option<Change> {
        self.trend.add(time, distance, goal.hold);
        if self.best.is_none_or(|(best, _)| distance < best * (1.0 - Self::PROGRESS)) {
            self.best = Some((distance, time));
        }
        if distance > 0.0 {
            self.met_since = None;
            let lost = self.attained_since.take().is_some();
            if lost {
                self.lost_since = Some(time);
            }
            return lost.then_some(Change::Lost);
        }
        let since = *self.met_since.get_or_insert(time);
        // A hold of ten looks has seen nine intervals, give or take a rounding.
        let is_new = self.attained_since.is_none() && time - since >= goal.hold * (1.0 - 1e-9);
        if !is_new {
            return None;
        }
        self.attained_since = Some(since);
        self.first.get_or_insert(since);
        self.lost_since = None;
        Some(Change::Attained)
    }

    /// Starts the hold time anew, e.g. at a disruption: what was held before it says nothing of the
    /// time after. Standing still is counted anew as well.
    pub fn start_afresh(&mut self) {
        self.met_since = None;
        self.attained_since = None;
        self.best = None;
        self.trend = Trend::default();
    }

    /// Counts standing still anew, e.g. after another rule was chosen.
    pub fn be_patient(&mut self) {
        self.best = None;
    }

    /// Whether the goal is attained now.
    #[must_use]
    pub fn is_attained(&self) -> bool {
        self.attained_since.is_some()
    }

    /// When the goal was first reached that was then held \[simulated s\].
    #[must_use]
    pub fn time_to_goal(&self) -> Option<f64> {
        self.first
    }

    /// When the present time of being attained began \[simulated s\].
    #[must_use]
    pub fn attained_since(&self) -> Option<f64> {
        self.attained_since
    }

    /// What to make of it all at a time \[simulated s\].
    #[must_use]
    pub fn verdict(&self, goal: &Goal, time: f64) -> Verdict {
        let Some((best, at)) = self.best else {
            return Verdict::Unknown;
        };
        if let Some(since) = self.attained_since {
            return Verdict::Attained { since };
        }
        if let Some(since) = self.met_since {
            return Verdict::Holding { since };
        }
        if time >= goal.deadline {
            return Verdict::Late { distance: self.trend.last() };
        }
        let rate = -self.trend.slope();
        if time - at > Self::PATIENCE * goal.hold {
            Verdict::Stuck { since: at, best }
        } else if let Some(since) = self.lost_since.filter(|_| rate <= 0.0) {
            Verdict::Lost { since }
        } else {
            let left = if rate > 0.0 { self.trend.last() / rate } else { f64::INFINITY };
            Verdict::Converging { rate, left }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::Pattern;

    const GOAL: Goal = Goal { pattern: Pattern::InPhase, target: 0.9, tolerance: 0.0, hold: 1.0, deadline: 60.0 };

    fn followed(seconds: f64, distance: impl Fn(f64) -> f64) -> (Monitor, Vec<(f64, Change)>) {
        let mut monitor = Monitor::default();
        let looks = (seconds / 0.1).round() as u32;
        let times = (0..=looks).map(|look| f64::from(look) * 0.1);
        let changes = times.filter_map(|time| Some((time, monitor.add(&GOAL, time, distance(time))?))).collect();
        (monitor, changes)
    }

    #[test]
    fn a_goal_is_attained_when_it_was_met_for_the_whole_hold_time() {
        let (monitor, changes) = followed(9.0, |time| (4.95 - time).max(0.0));
        assert_eq!(changes.len(), 1);
        assert!((changes[0].0 - 6.0).abs() < 1e-9 && changes[0].1 == Change::Attained);
        assert!((monitor.time_to_goal().unwrap() - 5.0).abs() < 1e-9);
        assert!(matches!(monitor.verdict(&GOAL, 9.0), Verdict::Attained { .. }));
    }

    #[test]
    fn an_interruption_starts_the_hold_time_anew() {
        let (monitor, changes) = followed(2.5, |time| f64::from(u8::from((0.85..0.95).contains(&time))));
        assert!((monitor.time_to_goal().unwrap() - 1.0).abs() < 1e-9);
        assert!((changes[0].0 - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_was_attained_can_be_lost_and_won_again() {
        let (monitor, changes) = followed(20.0, |time| if (5.0..10.0).contains(&time) { 0.5 } else { 0.0 });
        let kinds: Vec<_> = changes.iter().map(|(_, change)| *change).collect();
        assert_eq!(kinds, [Change::Attained, Change::Lost, Change::Attained]);
        assert_eq!(monitor.time_to_goal(), Some(0.0), "the first time is remembered");
    }

    #[test]
    fn a_straight_way_down_is_foretold() {
        let (monitor, _) = followed(4.0, |time| 1.0 - 0.1 * time);
        let Verdict::Converging { rate, left } = monitor.verdict(&GOAL, 4.0) else { panic!("not converging") };
        assert!((rate - 0.1).abs() < 1e-9 && (left - 6.0).abs() < 1e-6);
    }

    #[test]
    fn an_exponential_approach_has_its_present_slope() {
        let (monitor, _) = followed(10.0, |time| (-0.2 * time).exp());
        let Verdict::Converging { rate, .. } = monitor.verdict(&GOAL, 10.0) else { panic!("not converging") };
        // The regression looks back by about a half-life, where the slope was steeper.
        let slope = 0.2 * (-2.0_f64).exp();
        assert!(rate > slope && rate < 2.0 * slope);
    }

    #[test]
    fn a_plateau_is_stuck_after_patience_and_late_after_the_deadline() {
        let plateau = |time: f64| 0.5 + (-time).exp() + 0.002 * (7.0 * time).sin();
        assert!(matches!(followed(4.0, plateau).0.verdict(&GOAL, 4.0), Verdict::Converging { .. }));
        assert!(matches!(followed(20.0, plateau).0.verdict(&GOAL, 20.0), Verdict::Stuck { .. }));
        assert!(matches!(followed(61.0, plateau).0.verdict(&GOAL, 61.0), Verdict::Late { .. }));
    }

    #[test]
    fn nothing_measured_is_nothing_known() {
        assert_eq!(Monitor::default().verdict(&GOAL, 0.0), Verdict::Unknown);
    }
}
