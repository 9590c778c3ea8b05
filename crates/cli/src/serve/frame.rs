//! What is sent of a snapshot, written down once for all who look, and not at all if nobody does.

use std::{
    f32::consts::TAU,
    sync::{Arc, OnceLock},
};

use axum::body::Bytes;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;

use crate::live::{Happening, Sight, Snapshot};

/// A snapshot, and it as server-sent events once somebody wants them.
pub(super) struct Frame {
    pub seen: Arc<Snapshot>,
    view: OnceLock<Bytes>,
    events: OnceLock<Bytes>,
}

/// A snapshot with its agents as cells of a picture.
#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    seen: &'a Snapshot,
    /// A byte each, in base64: the 255th of a turn that the phase is in, or 255 for an agent that is gone.
    cells: String,
}

/// The latest events, and how many there were in all.
#[derive(Serialize)]
struct Events<'a> {
    run: u64,
    events: &'a [Happening],
}

/// Stands for an agent that is gone.
const GONE: u8 = 255;

impl Frame {
    pub(super) fn of(seen: Arc<Snapshot>) -> Self {
        Self { seen, view: OnceLock::new(), events: OnceLock::new() }
    }

    /// How the swarm is now.
    pub(super) fn view(&self) -> Bytes {
        let cells = || BASE64_STANDARD.encode(cells(&self.seen));
        self.view.get_or_init(|| sent("view", &View { seen: &self.seen, cells: cells() })).clone()
    }

    /// What has happened of late.
    pub(super) fn events(&self) -> Bytes {
        let (run, events) = (self.seen.run, &self.seen.events[..]);
        self.events.get_or_init(|| sent("events", &Events { run, events })).clone()
    }

    /// How many events there were: with as many known, there is nothing new among them.
    pub(super) fn told(&self) -> u64 {
        self.seen.events.last().map_or(0, |last| last.number + 1)
    }
}

/// An event for `EventSource`: JSON has no line ends in it.
fn sent(name: &str, what: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(what).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n").into()
}

/// A cell for each agent there was in the beginning, as far as all can be shown; else one for each that is shown.
fn cells(seen: &Snapshot) -> Vec<u8> {
    let tints = seen.sample.phases.iter().map(|phase| tint(*phase));
    let initial = usize::try_from(seen.initial).unwrap_or(usize::MAX);
    if initial > Sight::PAGE.sample || initial == seen.sample.ids.len() {
        return tints.collect();
    }
    let mut cells = vec![GONE; initial];
    for (id, tint) in seen.sample.ids.iter().zip(tints) {
        if let Some(cell) = usize::try_from(*id).ok().and_then(|id| cells.get_mut(id)) {
            *cell = tint;
        }
    }
    cells
}

/// The 255th of a turn that a phase [rad] is in.
fn tint(phase: f32) -> u8 {
    ((phase.rem_euclid(TAU) * (f32::from(GONE) / TAU)) as u8).min(GONE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(initial: u64, ids: &[u64], phases: &[f32]) -> Snapshot {
        let mut seen = Snapshot { initial, ..Snapshot::default() };
        (seen.sample.ids, seen.sample.phases) = (ids.to_vec(), phases.to_vec());
        seen
    }

    #[test]
    fn the_cells_of_those_who_are_gone_are_empty() {
        let turn = [0.0, 0.5 * TAU, 0.999_999 * TAU];
        assert_eq!(cells(&seen(3, &[0, 1, 2], &turn)), [0, 127, 254]);
        assert_eq!(cells(&seen(5, &[0, 2, 4], &turn)), [0, GONE, 127, GONE, 254]);
        assert_eq!(cells(&seen(1_000_000, &[0, 2, 4], &turn)), [0, 127, 254]);
    }

    #[test]
    fn a_phase_that_rounding_brought_to_a_whole_turn_is_not_gone() {
        assert_eq!((tint(TAU), tint(-f32::MIN_POSITIVE), tint(f32::NAN)), (0, GONE - 1, 0));
    }

    #[test]
    fn a_frame_is_written_down_once_and_in_one_line() {
        let frame = Frame::of(Arc::new(seen(2, &[0, 1], &[0.0, 1.0])));
        let [one, other] = [frame.view(), frame.view()];
        assert_eq!(one.as_ptr(), other.as_ptr());
        let text = std::str::from_utf8(&one).unwrap();
        let data = text.strip_prefix("event: view\ndata: ").unwrap().strip_suffix("\n\n").unwrap();
        let value: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!((&value["cells"], &value["state"]["state"]), (&"ACg=".into(), &"paused".into()));
        assert!(!text.contains("ids") && !data.contains('\n'));
    }
}
