//! What the view remembers of what it has seen, and what it makes of keys.

use std::sync::Arc;

use lampyrid::{io::plot::CurveRecorder, swarm::Pattern};

use super::{
    keys::{Action, Way},
    look::Look,
};
use crate::{
    events::Event,
    live::{Command, Pace, Snapshot, What, patterns, rules},
};

/// Part of the swarm that a key disrupts.
const FRACTION: f64 = 0.3;
/// How long what can be taken back lasts [simulated s].
const SECONDS: f64 = 5.0;

/// The latest snapshot and the story so far.
pub(super) struct View {
    pub look: Look,
    seen: Arc<Snapshot>,
    /// R over the time of the present run.
    pub curve: CurveRecorder,
    pub raster: Raster,
    /// When what happened, of the present run.
    pub marks: Vec<Mark>,
    /// How many events were looked at.
    told: u64,
    pub shows_raster: bool,
    pub shows_help: bool,
    /// The pace before it became flat out.
    pace: Pace,
}

/// Something that is marked where it happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub time: f64,
    pub is_good: bool,
}

/// What comes of a key.
pub(super) enum Reaction {
    None,
    Ask(Command),
    Leave,
}

impl View {
    pub(super) fn new(look: Look) -> Self {
        Self {
            look,
            seen: Arc::default(),
            curve: CurveRecorder::default(),
            raster: Raster::default(),
            marks: Vec::new(),
            told: 0,
            shows_raster: false,
            shows_help: false,
            pace: Pace::Times(1.0),
        }
    }

    pub(super) fn seen(&self) -> &Snapshot {
        &self.seen
    }

    /// Takes in what is seen now.
    pub(super) fn see(&mut self, seen: Arc<Snapshot>) {
        if seen.run != self.seen.run || seen.time < self.seen.time {
            (self.curve, self.raster, self.marks) = (CurveRecorder::default(), Raster::default(), Vec::new());
        }
        // Of numbers that are none there is nothing to be drawn.
        let _ = self.curve.push(seen.time, seen.r);
        self.raster.push(seen.time, &seen.sample.phases);
        let new = seen.events.iter().filter(|one| one.number >= self.told);
        self.marks.extend(new.filter_map(|one| match one.what {
            What::Event(Event::Disruption { time, .. }) => Some(Mark { time, is_good: false }),
            What::Event(Event::Attained { time, .. } | Event::Recovery { time, .. }) => {
                Some(Mark { time, is_good: true })
            }
            _ => None,
        }));
        self.told = seen.events.last().map_or(self.told, |last| last.number + 1);
        self.seen = seen;
    }

    pub(super) fn react(&mut self, action: Action) -> Reaction {
        let seen = &self.seen;
        Reaction::Ask(match action {
            Action::Toggle => Command::Toggle,
            Action::Step => Command::Step,
            Action::Faster => Command::Pace(seen.pace.faster()),
            Action::Slower => Command::Pace(seen.pace.slower()),
            Action::FlatOut if seen.pace == Pace::FlatOut => Command::Pace(self.pace),
            Action::FlatOut => {
                self.pace = seen.pace;
                Command::Pace(Pace::FlatOut)
            }
            Action::Disrupt(kind) => Command::Disrupt { kind, fraction: FRACTION, seconds: SECONDS },
            Action::Goal(way) => Command::Pursue(goal(seen, way)),
            Action::Strategy(way) => {
                let rules = rules();
                let present = seen.rule.and_then(|name| rules.iter().position(|rule| rule.name() == name));
                Command::Follow(rules[beside(present, rules.len(), way)])
            }
            Action::Size(Way::Next) => Command::Resize(seen.agents.saturating_mul(2)),
            Action::Size(Way::Previous) => Command::Resize((seen.agents / 2).max(1)),
            Action::Seed(Way::Next) => Command::Seed(seen.seed.saturating_add(1)),
            Action::Seed(Way::Previous) => Command::Seed(seen.seed.saturating_sub(1)),
            Action::Reset => Command::Reset,
            Action::Save => Command::Save,
            Action::Phases => {
                self.shows_raster = !self.shows_raster;
                return Reaction::None;
            }
            Action::Help => {
                self.shows_help = !self.shows_help;
                return Reaction::None;
            }
            Action::Escape if self.shows_help => {
                self.shows_help = false;
                return Reaction::None;
            }
            Action::Escape | Action::Leave => return Reaction::Leave,
        })
    }
}

/// The pattern after or before the present one.
fn goal(seen: &Snapshot, way: Way) -> Pattern {
    let patterns = patterns(seen.frequency);
    let present = seen.goal.as_ref().and_then(|goal| patterns.iter().position(|one| one.name() == goal.pattern));
    patterns[beside(present, patterns.len(), way)]
}

/// The place after or before the present one, round about; the first, or last, if there is none.
fn beside(present: Option<usize>, count: usize, way: Way) -> usize {
    match (present, way) {
        (Some(place), Way::Next) => (place + 1) % count,
        (Some(place), Way::Previous) => (place + count - 1) % count,
        (None, Way::Next) => 0,
        (None, Way::Previous) => count - 1,
    }
}

/// Phases of some agents over the time of a run of any length, in bounded memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Raster {
    columns: Vec<(f64, [u8; Self::ROWS])>,
    /// Every so many-th snapshot is kept.
    stride: u64,
    passed: u64,
}

impl Raster {
    /// Agents, evenly chosen.
    pub(super) const ROWS: usize = 64;
    /// Most columns that are kept.
    const MOST: usize = 512;

    fn push(&mut self, time: f64, phases: &[f32]) {
        if phases.is_empty() || self.columns.last().is_some_and(|(last, _)| *last == time) {
            return;
        }
        self.passed += 1;
        if !self.passed.is_multiple_of(self.stride.max(1)) {
            return;
        }
        if self.columns.len() == Self::MOST {
            let mut place = 0;
            self.columns.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride = 2 * self.stride.max(1);
        }
        let hue = |row| Look::hue(phases[row * phases.len() / Self::ROWS]) as u8;
        self.columns.push((time, std::array::from_fn(hue)));
    }

    /// The hues at a time: of the latest column until then.
    pub(super) fn at(&self, time: f64) -> Option<&[u8; Self::ROWS]> {
        let after = self.columns.partition_point(|(known, _)| *known <= time);
        self.columns.get(after.saturating_sub(1)).map(|(_, column)| column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raster_of_any_length_keeps_beginning_and_end_in_bounded_memory() {
        let mut raster = Raster::default();
        (0..100_000).for_each(|time| raster.push(f64::from(time), &[time as f32 * 1e-5]));
        assert!(raster.columns.len() <= Raster::MOST);
        assert_eq!(raster.columns[0].0, 0.0);
        assert!(raster.columns.last().unwrap().0 > 99_000.0);
        assert_eq!(raster.at(0.0).unwrap()[0], 0);
    }

    #[test]
    fn goals_and_strategies_go_round() {
        assert_eq!((beside(None, 5, Way::Next), beside(None, 5, Way::Previous)), (0, 4));
        assert_eq!((beside(Some(4), 5, Way::Next), beside(Some(0), 5, Way::Previous)), (0, 4));
    }
}
