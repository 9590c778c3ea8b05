//! How fast agents turn on average.

use std::f64::consts::{PI, TAU};

use serde::{Deserialize, Serialize};

use super::error::{PlotError, check_finite};

/// Most agents followed.
const FOLLOWED: usize = 1000;

/// Follows how far agents turn in a run of any length, in at most some 50 kB: at most 1000 of them, spaced evenly over
/// all.
///
/// Phases come modulo 2π. Between two samples an agent is taken to have turned by its natural frequency and less than
/// half a turn more or less: right as long as coupling changes its frequency by less than π over the time between
/// samples. Means are over the latter half of the samples or somewhat more, so that the start does not count.
///
/// ```
/// use lampyrid_io::plot::RotationRecorder;
///
/// let mut recorder = RotationRecorder::new(&[3.0, 5.0]);
/// for step in 0..100 {
///     let time = 0.5 * f64::from(step);
///     recorder.push(time, &[3.5 * time, 4.0 * time])?;
/// }
/// let found: Vec<f64> = recorder.rotations().iter().map(|one| one.observed).collect();
/// assert!((found[0] - 3.5).abs() < 1e-9 && (found[1] - 4.0).abs() < 1e-9);
/// # Ok::<(), lampyrid_io::plot::PlotError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RotationRecorder {
    agents: usize,
    /// Natural frequencies of those followed, in rad/s.
    natural: Vec<f64>,
    /// Their phases at the latest sample, in rad, and when it was.
    phases: Vec<f64>,
    time: f64,
    /// How far each has turned since the first sample, in rad.
    turned: Vec<f64>,
    /// The same at the last two samples whose number was a power of two, and when those were.
    marks: [(f64, Vec<f64>); 2],
    samples: u64,
}

/// How an agent turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// Its natural frequency at the start, in rad/s.
    pub natural: f64,
    /// Its mean frequency over the time that counts, in rad/s.
    pub observed: f64,
    /// Its phase at the latest sample, in rad.
    pub phase: f64,
}

impl RotationRecorder {
    /// For agents of these natural frequencies, in rad/s.
    #[must_use]
    pub fn new(frequencies: &[f64]) -> Self {
        let followed = frequencies.len().min(FOLLOWED);
        let natural: Vec<f64> = spread(frequencies.len(), followed).map(|agent| frequencies[agent]).collect();
        let none = vec![0.0; followed];
        Self {
            agents: frequencies.len(),
            natural,
            phases: none.clone(),
            time: 0.0,
            turned: none.clone(),
            marks: [(0.0, none.clone()), (0.0, none)],
            samples: 0,
        }
    }

    /// Whether it is one of a swarm of so many agents that samples can be added to: true of any but one that was read
    /// from elsewhere.
    #[must_use]
    pub fn is_of(&self, agents: usize) -> bool {
        let followed = agents.min(FOLLOWED);
        let all = [&self.natural, &self.phases, &self.turned, &self.marks[0].1, &self.marks[1].1];
        self.agents == agents && all.iter().all(|one| one.len() == followed)
    }

    /// Number of agents, of those followed and others.
    #[must_use]
    pub fn agents(&self) -> usize {
        self.agents
    }

    /// Adds the phases, in rad, of all agents at a time, in s, not earlier than any before. NaN stands for an agent
    /// that is gone; it is not followed any more.
    ///
    /// # Errors
    ///
    /// When there are more or fewer phases than agents, a time is not finite, or time runs backwards.
    pub fn push(&mut self, time: f64, phases: &[f64]) -> Result<(), PlotError> {
        if phases.len() != self.agents {
            return Err(PlotError::AgentCount { expected: self.agents, found: phases.len() });
        }
        check_finite("the time of a sample", [time])?;
        if self.samples > 0 && time < self.time {
            return Err(PlotError::TimeBackwards { previous: self.time, time });
        }
        let seconds = time - self.time;
        if self.natural.len() == self.agents {
            self.follow(seconds, phases.iter().copied());
        } else {
            self.follow(seconds, spread(self.agents, self.natural.len()).map(|agent| phases[agent]));
        }
        self.time = time;
        if self.samples == 0 {
            self.marks.iter_mut().for_each(|mark| mark.0 = time);
        } else if self.samples.is_power_of_two() {
            self.marks.swap(0, 1);
            self.marks[1].0 = time;
            self.marks[1].1.copy_from_slice(&self.turned);
        }
        self.samples += 1;
        Ok(())
    }

    /// Those followed have these phases now.
    fn follow(&mut self, seconds: f64, latest: impl Iterator<Item = f64>) {
        if self.samples == 0 {
            self.phases.iter_mut().zip(latest).for_each(|(before, phase)| *before = phase);
            return;
        }
        let followed = self.turned.iter_mut().zip(&mut self.phases).zip(&self.natural);
        for (((turned, before), natural), phase) in followed.zip(latest) {
            let expected = natural * seconds;
            *turned += expected + half_turn(phase - *before - expected);
            *before = phase;
        }
    }

    /// The time that means are over, from and until, in s.
    #[must_use]
    pub fn window(&self) -> (f64, f64) {
        (self.marks[0].0, self.time)
    }

    /// How those turn who are followed and still there; none before any time has passed.
    #[must_use]
    pub fn rotations(&self) -> Vec<Rotation> {
        let (from, until) = self.window();
        if until <= from {
            return Vec::new();
        }
        let one = |one: usize| Rotation {
            natural: self.natural[one],
            observed: (self.turned[one] - self.marks[0].1[one]) / (until - from),
            phase: self.phases[one],
        };
        (0..self.natural.len()).map(one).filter(|one| one.observed.is_finite() && one.phase.is_finite()).collect()
    }

    /// The phases of those followed at the latest sample, in rad: of all agents, if they are few. NaN stands for one
    /// that is gone.
    #[must_use]
    pub fn phases(&self) -> &[f64] {
        &self.phases
    }
}

/// So many of all agents, evenly: the `k`th is `k · agents ÷ followed`, without a division each.
fn spread(agents: usize, followed: usize) -> impl Iterator<Item = usize> {
    let (step, rest) = (agents / followed.max(1), agents % followed.max(1));
    let (mut agent, mut left) = (0, 0);
    (0..followed).map(move |_| {
        let this = agent;
        left += rest;
        let carried = usize::from(left >= followed);
        left -= carried * followed;
        agent += step + carried;
        this
    })
}

/// The same angle in [−π, π], give or take a rounding.
fn half_turn(angle: f64) -> f64 {
    /// Added and taken off again it leaves the nearest whole number, where `round` would be a call.
    const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;
    /// Times it is faster than divided by a turn, and differs at most where either half turn will do.
    const TURNS: f64 = 1.0 / TAU;
    angle - TAU * ((angle * TURNS + WHOLE) - WHOLE)
}

/// Those who turn with the swarm: they drift from the median frequency by less than half a turn over so many seconds.
pub(super) fn locked(rotations: &[Rotation], seconds: f64) -> Option<(f64, Vec<bool>)> {
    let mut observed: Vec<f64> = rotations.iter().map(|one| one.observed).collect();
    observed.sort_by(f64::total_cmp);
    let median = *observed.get(observed.len() / 2)?;
    let is_locked = |one: &Rotation| (one.observed - median).abs() * seconds < PI;
    Some((median, rotations.iter().map(is_locked).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn followed(natural: &[f64], turn: impl Fn(usize, f64) -> f64, samples: u32, every: f64) -> RotationRecorder {
        let mut recorder = RotationRecorder::new(natural);
        for sample in 0..samples {
            let time = every * f64::from(sample);
            let phases: Vec<f64> = (0..natural.len()).map(|agent| turn(agent, time).rem_euclid(TAU)).collect();
            recorder.push(time, &phases).unwrap();
        }
        recorder
    }

    #[test]
    fn the_start_does_not_count_and_at_least_half_of_the_samples_do() {
        for samples in [2, 3, 4, 5, 9, 100, 1000, 1023, 1024, 1025] {
            let recorder = followed(&[1.0], |_, time| time, samples, 0.1);
            let (from, until) = recorder.window();
            let all = 0.1 * f64::from(samples - 1);
            assert!((until - all).abs() < 1e-9 && until - from >= 0.5 * all - 1e-9, "{samples}: from {from}");
            assert!(samples < 4 || from > 0.0, "{samples}");
        }
    }

    #[test]
    fn fast_agents_are_followed_over_many_turns_between_two_samples() {
        let recorder = followed(&[700.0], |_, time| 701.5 * time, 200, 0.7);
        assert!((recorder.rotations()[0].observed - 701.5).abs() < 1e-6);
    }

    #[test]
    fn those_followed_are_spread_evenly_over_all() {
        for (agents, followed) in [(0, 0), (1, 1), (1000, 1000), (1001, 1000), (1999, 1000), (12_345, 1000)] {
            let expected: Vec<usize> = (0..followed).map(|one| one * agents / followed).collect();
            assert_eq!(spread(agents, followed).collect::<Vec<_>>(), expected, "{followed} of {agents}");
        }
    }

    #[test]
    fn those_who_go_are_left_out_and_the_others_stay() {
        let mut recorder = followed(&[1.0, 2.0], |agent, time| (agent + 1) as f64 * time, 8, 0.1);
        recorder.push(0.8, &[0.8, f64::NAN]).unwrap();
        let rotations = recorder.rotations();
        assert_eq!(rotations.len(), 1);
        assert!((rotations[0].observed - 1.0).abs() < 1e-9);
        assert!(recorder.phases()[1].is_nan());
    }

    #[test]
    fn many_agents_are_sampled_and_what_does_not_fit_is_refused() {
        let mut recorder = RotationRecorder::new(&vec![0.0; 5000]);
        assert_eq!((recorder.natural.len(), recorder.agents()), (FOLLOWED, 5000));
        assert!(matches!(recorder.push(0.0, &[0.0]), Err(PlotError::AgentCount { .. })));
        recorder.push(1.0, &vec![0.0; 5000]).unwrap();
        assert!(matches!(recorder.push(0.5, &vec![0.0; 5000]), Err(PlotError::TimeBackwards { .. })));
        assert!(recorder.rotations().is_empty(), "no time has passed");
        assert!(recorder.is_of(5000) && !recorder.is_of(4999));
        assert!(RotationRecorder::new(&[]).is_of(0));
    }

    proptest! {
        #[test]
        fn steady_turning_is_found_whatever_the_speed(
            natural in -50.0..50.0_f64, off in -2.9..2.9_f64, every in 0.01..1.0_f64, samples in 3_u32..200,
        ) {
            let speed = natural + off;
            let recorder = followed(&[natural], |_, time| speed * time, samples, every);
            prop_assert!((recorder.rotations()[0].observed - speed).abs() < 1e-6);
        }
    }
}
