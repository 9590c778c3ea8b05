//! What was seen so far, for whoever looks.
//!
//! A thread follows the swarm and keeps its story; the latest frame waits in one place for all. Whoever fetches it too
//! late finds a newer one there: nothing is queued for anybody.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use lampyrid::io::plot::CurveRecorder;
use serde::Serialize;
use tokio::sync::watch;

use super::frame::Frame;
use crate::{
    events::Event,
    live::{Live, Snapshot, What},
};

/// Those who look, and what they can see.
#[derive(Clone)]
pub(super) struct Audience(Arc<Shared>);

struct Shared {
    latest: watch::Sender<Arc<Frame>>,
    story: Mutex<Story>,
    /// Whether nothing comes any more, because the swarm has ended or is to end.
    is_over: AtomicBool,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl Audience {
    /// How soon it is noticed that it has to leave.
    const PATIENCE: Duration = Duration::from_millis(100);

    /// Follows a swarm from now on.
    pub(super) fn gather(live: Arc<Live>) -> Self {
        let first = live.snapshot();
        let mut story = Story::default();
        story.see(&first);
        let (latest, _) = watch::channel(Arc::new(Frame::of(first)));
        let (story, is_over, thread) = (Mutex::new(story), AtomicBool::new(false), Mutex::new(None));
        let audience = Self(Arc::new(Shared { latest, story, is_over, thread }));
        let shared = audience.0.clone();
        let follow = move || follow(&live, &shared);
        let thread = thread::Builder::new().name("lampyrid audience".to_owned()).spawn(follow);
        *lock(&audience.0.thread) = Some(thread.expect("there is room for a thread more"));
        audience
    }

    /// The frame of now, and then those that come, as far as they are fetched in time.
    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<Frame>> {
        let mut receiver = self.0.latest.subscribe();
        // The present one is news to whoever comes.
        receiver.mark_changed();
        receiver
    }

    pub(super) fn latest(&self) -> Arc<Frame> {
        self.0.latest.borrow().clone()
    }

    /// The story up to now, as JSON.
    pub(super) fn story(&self) -> String {
        let story = lock(&self.0.story);
        let Story { run, curve, marks, .. } = &*story;
        serde_json::to_string(&Told { run: *run, points: curve.points(), marks }).unwrap_or_default()
    }

    /// Whether the swarm has ended by itself.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_over.load(Ordering::Relaxed)
    }

    /// Follows no longer.
    pub(super) fn leave(&self) {
        self.0.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = lock(&self.0.thread).take() {
            // What it panicked with was told; the swarm is as it was.
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing in here is ever half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn follow(live: &Live, shared: &Shared) {
    let mut known = 0;
    while !shared.is_over.load(Ordering::Relaxed) {
        match live.newer(known, Audience::PATIENCE) {
            Ok(Some((version, seen))) => {
                known = version;
                lock(&shared.story).see(&seen);
                shared.latest.send_replace(Arc::new(Frame::of(seen)));
            }
            Ok(None) => {}
            Err(_) => shared.is_over.store(true, Ordering::Relaxed),
        }
    }
}

/// What a page that is opened late wants to know of the present run, in bounded memory.
#[derive(Default)]
struct Story {
    run: u64,
    /// R over time.
    curve: CurveRecorder,
    marks: Vec<Mark>,
    /// How many events were looked at.
    told: u64,
}

/// The same, to be sent.
#[derive(Serialize)]
struct Told<'a> {
    run: u64,
    points: Vec<(f64, f64)>,
    marks: &'a [Mark],
}

/// Something that is marked where it happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Mark {
    time: f64,
    what: String,
    is_good: bool,
}

impl Story {
    /// Most marks that are kept, the latest.
    const MARKS: usize = 256;

    fn see(&mut self, seen: &Snapshot) {
        if seen.run != self.run {
            *self = Self { run: seen.run, told: self.told, ..Self::default() };
        }
        // Of numbers that are none there is nothing to be drawn.
        let _ = self.curve.push(seen.time, seen.r);
        let new = seen.events.iter().filter(|one| one.number >= self.told);
        self.marks.extend(new.filter_map(|one| mark(&one.what)));
        let surplus = self.marks.len().saturating_sub(Self::MARKS);
        self.marks.drain(..surplus);
        self.told = seen.events.last().map_or(self.told, |last| last.number + 1);
    }
}

fn mark(what: &What) -> Option<Mark> {
    let What::Event(event) = what else { return None };
    let (time, what, is_good) = match event {
        Event::Disruption { time, kind, .. } => (*time, kind.replace('_', " "), false),
        Event::Lost { time, .. } => (*time, "goal lost".to_owned(), false),
        Event::Attained { time, .. } => (*time, "goal attained".to_owned(), true),
        Event::Recovery { time, after } => (*time, format!("recovered after {after:.1} s"), true),
        _ => return None,
    };
    Some(Mark { time, what, is_good })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Happening;

    fn disruption(number: u64) -> Happening {
        let event = Event::Disruption { time: number as f64, kind: "cut_links", fraction: 0.3, hit: 3 };
        Happening { number, what: What::Event(event) }
    }

    #[test]
    fn a_story_keeps_the_latest_marks_of_its_run_each_once() {
        let mut story = Story::default();
        for last in 0..1_000 {
            let events = (0..=last).rev().take(3).map(disruption).collect::<Vec<_>>().into_iter().rev().collect();
            story.see(&Snapshot { time: last as f64, events, ..Snapshot::default() });
        }
        let times: Vec<f64> = story.marks.iter().map(|mark| mark.time).collect();
        assert_eq!(times, (744..1_000).map(f64::from).collect::<Vec<_>>());
        story.see(&Snapshot { run: 1, events: vec![disruption(999), disruption(1_000)], ..Snapshot::default() });
        assert_eq!((story.marks.len(), story.marks[0].time, story.curve.points().len()), (1, 1_000.0, 1));
    }
}
