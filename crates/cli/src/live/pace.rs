//! How fast simulated time goes by.

use std::time::Instant;

use serde::Serialize;

/// Simulated seconds per second of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pace {
    /// So many.
    Times(f64),
    /// As many as the machine can do.
    FlatOut,
}

impl Pace {
    /// Those that one goes up and down by.
    pub(crate) const LADDER: [f64; 10] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

    /// The next faster one of the ladder.
    pub(crate) fn faster(self) -> Self {
        match self {
            Self::Times(now) => Self::Times(Self::LADDER.into_iter().find(|&one| one > 1.001 * now).unwrap_or(100.0)),
            Self::FlatOut => Self::FlatOut,
        }
    }

    /// The next slower one.
    pub(crate) fn slower(self) -> Self {
        let slower = |now| Self::LADDER.into_iter().rev().find(|&one| one < 0.999 * now).unwrap_or(0.1);
        match self {
            Self::Times(now) => Self::Times(slower(now)),
            Self::FlatOut => Self::Times(100.0),
        }
    }
}

impl std::str::FromStr for Pace {
    type Err = String;

    /// A number from 0.1 to 100, or `max`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::FlatOut);
        }
        let speed = text.parse().ok().filter(|speed| (0.1..=100.0).contains(speed));
        speed.map(Self::Times).ok_or_else(|| "from 0.1 to 100 simulated seconds per second, or max".to_owned())
    }
}

/// Says how many steps are due, by the wall clock. That decides when steps are taken, never what they do.
#[derive(Debug)]
pub(crate) struct Metronome {
    since: Instant,
    /// Steps taken since then.
    taken: u64,
}

impl Metronome {
    /// Behind by more than this, time that was lost is not made up for [wall s].
    const PATIENCE: f64 = 0.25;

    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), taken: 0 }
    }

    /// Counts from now on: the pace has changed, or the swarm stood still.
    pub(crate) fn restart(&mut self) {
        *self = Self::new();
    }

    pub(crate) fn count(&mut self, steps: u64) {
        self.taken += steps;
    }

    /// How many steps are due, and how many seconds of the wall clock pass until the next one is if none is.
    pub(crate) fn due(&mut self, pace: Pace, step: f64) -> (u64, f64) {
        let Pace::Times(speed) = pace else { return (u64::MAX, 0.0) };
        let owed = speed * self.since.elapsed().as_secs_f64() / step - self.taken as f64;
        if owed >= 1.0 {
            if owed * step / speed > Self::PATIENCE {
                self.restart();
            }
            return (owed as u64, 0.0);
        }
        (0, (1.0 - owed) * step / speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_down_the_ladder_is_back_where_it_was_and_no_further_than_its_ends() {
        for one in &Pace::LADDER[1..9] {
            assert_eq!(Pace::Times(*one).faster().slower(), Pace::Times(*one));
        }
        assert_eq!((Pace::Times(100.0).faster(), Pace::Times(0.1).slower()), (Pace::Times(100.0), Pace::Times(0.1)));
        assert_eq!((Pace::Times(3.0).faster(), Pace::Times(3.0).slower()), (Pace::Times(5.0), Pace::Times(2.0)));
    }

    #[test]
    fn a_speed_is_a_number_in_its_range_or_max() {
        assert_eq!(("2.5".parse(), "max".parse()), (Ok(Pace::Times(2.5)), Ok(Pace::FlatOut)));
        for wrong in ["0", "0.09", "101", "-1", "nan", "fast", ""] {
            assert!(wrong.parse::<Pace>().is_err(), "{wrong}");
        }
    }
}
