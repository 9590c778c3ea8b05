//! What being looked at costs a swarm, against steps that nobody looks at.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use lampyrid::io::scenario::{Scenario, ScenarioBuilder};
use lampyrid_bench::{duel::Duel, suite::Conditions};

use super::{Command, Live, Options, Pace, Sight, Subject};
use crate::error::Failure;

/// Most that being looked at may cost, in runs that nobody looks at.
pub(crate) const BAR: f64 = 1.05;
/// Long enough for some frames to fall into every round.
const ROUND: Duration = Duration::from_millis(250);

fn scenario() -> Result<Scenario, Failure> {
    let text = "[network]\nagents = 10_000\n[time]\nduration = 1e9\nintegrator = \"euler\"\n[goal]\npattern = \"in_phase\"\n\
                deadline = 1e9\ntarget = 1.0";
    Ok(ScenarioBuilder::from_text(text, "the bench")?.build()?)
}

/// Times 10,000 agents on one thread, by turns while somebody looks on, until told that it is over, and while nobody
/// does; also for how long somebody did.
pub(crate) fn against_unseen(
    conditions: &Conditions,
    sight: Sight,
    look_on: impl FnOnce(Arc<Live>, &AtomicBool) + Send,
) -> Result<(Duel, Duration), Failure> {
    let mut alone = Subject::new(scenario()?, 1, false)?;
    let options = Options { threads: 1, strict: false, pace: Pace::FlatOut, hold: Some(0.0), sight };
    let live = Arc::new(Live::start(scenario()?, options)?);
    let step = alone.step_seconds();
    let (target, seen) = (RefCell::new(0.0), Cell::new(Duration::ZERO));
    let is_over = AtomicBool::new(false);
    Ok(thread::scope(|scope| {
        let (looked_at, until) = (live.clone(), &is_over);
        scope.spawn(move || look_on(looked_at, until));
        let unseen = |steps: u64| {
            let end = alone.steps() + steps;
            // As the thread of a live swarm does: some milliseconds at a time.
            while alone.steps() < end {
                alone.advance((end - alone.steps()).min(64));
            }
        };
        let looked_at = |steps: u64| {
            let began = Instant::now();
            let mut target = target.borrow_mut();
            *target += steps as f64 * step;
            let _ = live.send(Command::Hold(Some(*target)));
            wait_for(&live, *target - 0.5 * step);
            seen.set(seen.get() + began.elapsed());
        };
        let rounds = (conditions.rounds / 6).max(1);
        let duel = Duel::lasting(ROUND, rounds, unseen, looked_at);
        is_over.store(true, Ordering::Relaxed);
        (duel, seen.get())
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
