//! Two pieces of work timed against each other.
//!
//! On a shared machine a second is worth more in one minute than in the next. Two things timed in
//! alternating short rounds of one process share their minutes, so the ratio of the two is steadier
//! than either: it is what bars are set for.

use std::time::{Duration, Instant};

/// Time that one side of a round should take, long against the clock's grain and short against a
/// turn of the operating system's scheduler.
const ROUND: Duration = Duration::from_millis(4);

/// The outcome of a duel: seconds per step of the fastest round of either side, and the ratio of
/// the second side's time to the first's, round by round.
pub struct Duel {
    /// Of the first side \[s\].
    pub first: f64,
    /// Of the second side \[s\].
    pub second: f64,
    ratios: Vec<f64>,
    /// Of all rounds, by side \[s\].
    all: [f64; 2],
}

impl Duel {
    /// Has both sides take the same number of steps in each of `rounds` rounds, taking turns in
    /// going first. Either is given a number of steps to take.
    pub fn new(rounds: usize, first: impl FnMut(u64), second: impl FnMut(u64)) -> Self {
        Self::lasting(ROUND, rounds, first, second)
    }

    /// The same with rounds that last longer: for what happens only now and then.
    pub fn lasting(round: Duration, rounds: usize, mut first: impl FnMut(u64), mut second: impl FnMut(u64)) -> Self {
        // The first step builds what later ones use.
        first(2);
        second(2);
        let pace = seconds(&mut first, 2).max(seconds(&mut second, 2)) / 2.0;
        let steps = ((round.as_secs_f64() / pace) as u64).clamp(1, 1_000_000);

        let mut duel =
            Self { first: f64::INFINITY, second: f64::INFINITY, ratios: Vec::with_capacity(rounds), all: [0.0; 2] };
        for round in 0..rounds {
            let (a, b) = if round % 2 == 0 {
                let a = seconds(&mut first, steps);
                (a, seconds(&mut second, steps))
            } else {
                let b = seconds(&mut second, steps);
                (seconds(&mut first, steps), b)
            };
            duel.first = duel.first.min(a / steps as f64);
            duel.second = duel.second.min(b / steps as f64);
            duel.ratios.push(b / a);
            duel.all = [duel.all[0] + a, duel.all[1] + b];
        }
        duel.ratios.sort_unstable_by(f64::total_cmp);
        duel
    }

    /// The median of the ratios, second to first.
    pub fn median(&self) -> f64 {
        self.ratios[self.ratios.len() / 2]
    }

    /// What the second side took in all rounds to what the first took: for work that comes in waves, which a median
    /// does not see.
    pub fn of_all(&self) -> f64 {
        self.all[1] / self.all[0]
    }

    /// The smallest and the largest ratio.
    pub fn range(&self) -> (f64, f64) {
        (self.ratios[0], self.ratios[self.ratios.len() - 1])
    }
}

fn seconds(work: &mut impl FnMut(u64), steps: u64) -> f64 {
    let start = Instant::now();
    work(steps);
    start.elapsed().as_secs_f64()
}
