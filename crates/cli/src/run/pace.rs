//! How many steps are taken at a time: few enough to answer Ctrl-C and to show progress.

use std::time::Duration;

pub(crate) struct Pace {
    batch: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { batch: 1 }
    }
}

impl Pace {
    /// Between looks at the clock of the wall.
    const PATIENCE: Duration = Duration::from_millis(2);

    /// Steps to be taken now, at most so many.
    pub(crate) fn steps(&self, most: u64) -> u64 {
        self.batch.min(most)
    }

    /// Those that were asked for last took so long.
    pub(crate) fn took(&mut self, time: Duration) {
        if time < Self::PATIENCE / 2 {
            self.batch = self.batch.saturating_mul(2);
        } else if time > Self::PATIENCE {
            self.batch = (self.batch / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_steps_are_taken_many_at_a_time_and_slow_ones_alone() {
        let mut pace = Pace::default();
        (0..100).for_each(|_| pace.took(Duration::from_micros(1)));
        assert_eq!((pace.steps(u64::MAX), pace.steps(7)), (u64::MAX, 7));
        (0..100).for_each(|_| pace.took(Duration::from_secs(1)));
        assert_eq!(pace.steps(7), 1);
    }
}
