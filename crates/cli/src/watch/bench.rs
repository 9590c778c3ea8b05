//! What being watched costs a swarm.

use std::{
    cell::RefCell,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use lampyrid::io::scenario::{Scenario, ScenarioBuilder};
use lampyrid_bench::{
    duel::Duel,
    suite::{Case, Conditions},
};
use ratatui::{Terminal, backend::TestBackend};

use super::{Look, View, screen};
use crate::{
    error::Failure,
    live::{Command, Live, Options, Pace, Subject},
};

/// Most that watching may cost, in runs that nobody watches.
const BAR: f64 = 1.05;
/// Frames that the viewer draws in a second.
const FRAMES: u64 = 25;
/// Long enough for some frames to fall into every round.
const ROUND: Duration = Duration::from_millis(250);

/// The cases of `lampyrid bench` that are about watching.
pub(crate) fn cases() -> Vec<Case> {
    let sentence =
        "10,000 agents on one thread while a viewer draws 25 frames a second, against steps that nobody watches";
    vec![Case::of_duel("watching/10000".to_owned(), "over_unwatched", sentence, BAR, |conditions| {
        Ok(duel(conditions)?)
    })]
}

fn scenario() -> Result<Scenario, Failure> {
    let text = "[network]\nagents = 10_000\n[time]\nduration = 1e9\nintegrator = \"euler\"\n[goal]\npattern = \"in_phase\"\n\
                deadline = 1e9\ntarget = 1.0";
    Ok(ScenarioBuilder::from_text(text, "the bench")?.build()?)
}

fn duel(conditions: &Conditions) -> Result<Duel, Failure> {
    let mut alone = Subject::new(scenario()?, 1, false)?;
    let options = Options { threads: 1, strict: false, pace: Pace::FlatOut, hold: Some(0.0) };
    let live = Live::start(scenario()?, options)?;
    let step = alone.step_seconds();
    let target = RefCell::new(0.0);
    let is_over = AtomicBool::new(false);
    Ok(thread::scope(|scope| {
        scope.spawn(|| look_on(&live, &is_over));
        let unwatched = |steps: u64| {
            let end = alone.steps() + steps;
            // As the thread of a live swarm does: some milliseconds at a time.
            while alone.steps() < end {
                alone.advance((end - alone.steps()).min(64));
            }
        };
        let watched = |steps: u64| {
            let mut target = target.borrow_mut();
            *target += steps as f64 * step;
            let _ = live.send(Command::Hold(Some(*target)));
            wait_for(&live, *target - 0.5 * step);
        };
        let rounds = (conditions.rounds / 6).max(1);
        let duel = Duel::lasting(ROUND, rounds, unwatched, watched);
        is_over.store(true, Ordering::Relaxed);
        duel
    }))
}

/// Waits until the swarm has come so far.
fn wait_for(live: &Live, time: f64) {
    let mut known = u64::MAX;
    while let Ok(seen) = live.newer(known, Duration::from_secs(1)) {
        let Some((version, seen)) = seen else { continue };
        known = version;
        if seen.held && seen.elapsed >= time {
            return;
        }
    }
}

/// Draws what there is to be seen, as a terminal would show it.
fn look_on(live: &Live, is_over: &AtomicBool) {
    let mut view = View::new(Look { colour: true, unicode: true });
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("memory is a terminal");
    while !is_over.load(Ordering::Relaxed) {
        view.see(live.snapshot());
        let _ = terminal.draw(|frame| screen::draw(&view, frame));
        thread::sleep(Duration::from_millis(1000 / FRAMES));
    }
}
