//! What being watched costs a swarm.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use lampyrid_bench::suite::Case;
use ratatui::{Terminal, backend::TestBackend};

use super::{Look, View, screen};
use crate::live::{BAR, Live, Sight, against_unseen};

/// Frames that the viewer draws in a second.
const FRAMES: u64 = 25;

/// The cases of `lampyrid bench` that are about watching.
pub(crate) fn cases() -> Vec<Case> {
    let sentence =
        "10,000 agents on one thread while a viewer draws 25 frames a second, against steps that nobody watches";
    vec![Case::of_duel("watching/10000".to_owned(), "over_unwatched", sentence, BAR, |conditions| {
        Ok(against_unseen(conditions, Sight::TERMINAL, look_on)?.0)
    })]
}

/// Draws what there is to be seen, as a terminal would show it.
fn look_on(live: Arc<Live>, is_over: &AtomicBool) {
    let mut view = View::new(Look { colour: true, unicode: true });
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("memory is a terminal");
    while !is_over.load(Ordering::Relaxed) {
        view.see(live.snapshot());
        let _ = terminal.draw(|frame| screen::draw(&view, frame));
        thread::sleep(Duration::from_millis(1000 / FRAMES));
    }
}
