//! The thread that a live swarm runs on.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use lampyrid::{io::scenario::Scenario, measure::machine::resident_bytes};

use super::{
    command::Command,
    kept::{Account, Kept},
    latest::{Latest, Over},
    pace::{Metronome, Pace},
    snapshot::{Figures, Snapshot, State},
    subject::Subject,
};
use crate::error::Failure;

/// How a swarm is run while it is watched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub threads: usize,
    /// Whether networks that state a link twice are refused.
    pub strict: bool,
    pub pace: Pace,
    /// No step is taken beyond so many simulated seconds to begin with, see [`Command::Hold`].
    pub hold: Option<f64>,
    pub sight: Sight,
}

/// How much is seen of a swarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Most agents that are shown one by one.
    pub sample: usize,
    /// Whether what is seen is kept, so that files can be written from it.
    pub keeps: bool,
}

impl Sight {
    /// What a terminal can show.
    pub(crate) const TERMINAL: Self = Self { sample: 2_000, keeps: false };
    /// What a page can show, and offer for download.
    pub(crate) const PAGE: Self = Self { sample: 10_000, keeps: true };
}

/// What comes over the queue.
enum Asked {
    Do(Command),
    /// An account of the run, to be sent there.
    Account(SyncSender<Account>),
}

/// A swarm that runs on a thread of its own. Dropped, it ends.
pub(crate) struct Live {
    queue: SyncSender<Asked>,
    latest: Arc<Latest<Snapshot>>,
    thread: Option<JoinHandle<Ended>>,
}

/// How it was left.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub last: Arc<Snapshot>,
    pub phase_hash: String,
}

/// A command that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// So many are waiting already that more would only come late.
    #[error("the swarm is busy; that was not done")]
    Busy,
    #[error("the swarm has ended")]
    Over,
}

/// Commands that wait at the most.
const QUEUE: usize = 256;

impl Live {
    /// Makes the swarm and lets it run.
    ///
    /// # Errors
    ///
    /// As `lampyrid run`, before the first step.
    pub(crate) fn start(scenario: Scenario, options: Options) -> Result<Self, Failure> {
        let mut subject = Subject::new(scenario, options.threads, options.strict)?;
        let mut first = Snapshot::default();
        subject.look(options.sight.sample, &mut first);
        let kept = options.sight.keeps.then(|| Kept::of(&mut subject));
        let latest = Arc::new(Latest::new(first));
        let (asked, queue) = sync_channel(QUEUE);
        let driver = Driver {
            subject,
            kept,
            sample: options.sight.sample,
            queue,
            latest: latest.clone(),
            pace: options.pace,
            hold: options.hold,
            is_paused: false,
            taken: 0,
            metronome: Metronome::new(),
            batch: 1,
            frames: Frames::new(),
            meter: Meter::new(),
        };
        let thread = thread::Builder::new().name("lampyrid live".to_owned()).spawn(move || driver.run());
        let thread = thread.expect("there is room for a thread more");
        Ok(Self { queue: asked, latest, thread: Some(thread) })
    }

    /// Asks for something, without waiting for it.
    pub(crate) fn send(&self, command: Command) -> Result<(), Refused> {
        self.ask(Asked::Do(command))
    }

    fn ask(&self, asked: Asked) -> Result<(), Refused> {
        self.queue.try_send(asked).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Busy,
            TrySendError::Disconnected(_) => Refused::Over,
        })
    }

    /// An account of the run as it is now, if what is seen of it is kept. Waits for it, but no longer than `patience`.
    pub(crate) fn account(&self, patience: Duration) -> Result<Account, Refused> {
        let (sender, receiver) = sync_channel(1);
        self.ask(Asked::Account(sender))?;
        receiver.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => Refused::Busy,
            RecvTimeoutError::Disconnected => Refused::Over,
        })
    }

    /// What was seen last.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.latest.get()
    }

    /// The latest snapshot and its version, if that is not the one known already; waits for it, but no longer than
    /// `patience`.
    pub(crate) fn newer(&self, known: u64, patience: Duration) -> Result<Option<(u64, Arc<Snapshot>)>, Over> {
        self.latest.newer(known, patience)
    }

    /// Ends it, and says how it was left. Whatever it panicked with goes on here.
    pub(crate) fn end(mut self) -> Ended {
        let thread = self.quit().expect("it ends only once");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn quit(&mut self) -> Option<JoinHandle<Ended>> {
        // With the queue full it waits until there is room: the thread takes commands until it has ended.
        let _ = self.queue.send(Asked::Do(Command::Quit));
        self.thread.take()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.is_some().then(|| self.quit()).flatten() {
            // Nobody is left to be told.
            let _ = thread.join();
        }
    }
}

struct Driver {
    subject: Subject,
    kept: Option<Kept>,
    /// Most agents that are shown one by one.
    sample: usize,
    queue: Receiver<Asked>,
    latest: Arc<Latest<Snapshot>>,
    pace: Pace,
    hold: Option<f64>,
    is_paused: bool,
    /// Commands carried out.
    taken: u64,
    metronome: Metronome,
    /// Steps at a time.
    batch: u64,
    frames: Frames,
    meter: Meter,
}

/// Whoever waits for snapshots learns that there will be none, even if the thread panics.
struct Announced(Arc<Latest<Snapshot>>);

impl Drop for Announced {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Driver {
    /// How long steps may take until commands are looked at again.
    const PATIENCE: Duration = Duration::from_millis(2);

    fn run(mut self) -> Ended {
        let _announced = Announced(self.latest.clone());
        self.publish();
        loop {
            let wait = self.step();
            if !self.obey(wait) {
                break;
            }
            if self.frames.is_due() {
                self.publish();
            }
        }
        self.publish();
        Ended { last: self.latest.get(), phase_hash: self.subject.hash() }
    }

    /// Takes the steps that are due, as far as patience reaches; returns for how long nothing is to be done.
    fn step(&mut self) -> Duration {
        /// With nothing to step, commands alone wake it.
        const ASLEEP: Duration = Duration::from_secs(3600);
        if self.is_paused || !self.subject.can_step() {
            self.metronome.restart();
            return self.frames.until_due().unwrap_or(ASLEEP);
        }
        let allowed = self.until_hold();
        if allowed == 0 {
            self.metronome.restart();
            return self.frames.until_due().unwrap_or(ASLEEP);
        }
        let (due, wait) = self.metronome.due(self.pace, self.subject.step_seconds());
        if due == 0 {
            let wait = Duration::try_from_secs_f64(wait).unwrap_or(ASLEEP);
            return self.frames.until_due().map_or(wait, |frame| wait.min(frame));
        }
        self.take(due.min(allowed));
        Duration::ZERO
    }

    fn take(&mut self, most: u64) {
        let began = Instant::now();
        let taken = self.subject.advance(most.min(self.batch));
        let took = began.elapsed();
        self.metronome.count(taken);
        self.meter.count(taken);
        if took < Self::PATIENCE / 2 {
            self.batch = self.batch.saturating_mul(2).min(1 << 20);
        } else if took > Self::PATIENCE {
            self.batch = (self.batch / 2).max(1);
        }
        // Steps are news; so is that none can be taken any more.
        self.frames.has_news = true;
        if self.is_held() || !self.subject.can_step() {
            self.publish();
        }
    }

    /// How many steps there are until the hold.
    fn until_hold(&self) -> u64 {
        let Some(hold) = self.hold else { return u64::MAX };
        // The first step that comes to it, but for what rounding does to a sum of steps.
        (((hold - self.subject.elapsed()) / self.subject.step_seconds() - 1e-6).ceil()).max(0.0) as u64
    }

    /// Whether the hold is reached, or time does not go by that could reach it.
    fn is_held(&self) -> bool {
        self.hold.is_some() && (self.until_hold() == 0 || self.is_paused || !self.subject.can_step())
    }

    /// Takes what commands there are, waiting for the first one if there is nothing else to do; false for the last.
    fn obey(&mut self, wait: Duration) -> bool {
        let mut asked = match self.queue.recv_timeout(wait) {
            Ok(asked) => asked,
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        loop {
            match asked {
                Asked::Do(Command::Quit) => return false,
                Asked::Do(command) => {
                    self.carry_out(command);
                    self.taken += 1;
                }
                Asked::Account(whom) => self.give_account(&whom),
            }
            match self.queue.try_recv() {
                Ok(next) => asked = next,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        self.frames.has_news = true;
        if self.is_held() {
            self.publish();
        }
        true
    }

    /// Whoever asked may have gone meanwhile.
    fn give_account(&mut self, whom: &SyncSender<Account>) {
        if let Some(kept) = &mut self.kept {
            let _ = whom.try_send(kept.account(&mut self.subject));
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Toggle if self.is_paused || self.subject.is_over() => self.resume(),
            Command::Toggle => self.is_paused = true,
            Command::Step => {
                self.is_paused = true;
                self.subject.go_on();
                if self.subject.can_step() {
                    self.take(1);
                }
            }
            Command::Pace(pace) => {
                self.pace = pace;
                self.metronome.restart();
            }
            Command::Disrupt { kind, fraction, seconds } => self.subject.disrupt(kind, fraction, seconds),
            Command::Pursue(pattern) => self.subject.pursue(pattern),
            Command::Follow(rule) => self.subject.follow(rule),
            Command::Couple(strength) => self.subject.couple(strength),
            Command::Begin(scenario) => self.subject.begin_anew(*scenario),
            Command::Resize(agents) => self.subject.resize(agents),
            Command::Seed(seed) => self.subject.seed(seed),
            Command::Reset => self.subject.reset(),
            Command::Save => self.subject.save(),
            Command::Hold(hold) => self.hold = hold,
            Command::Quit => {}
        }
    }

    fn resume(&mut self) {
        self.is_paused = false;
        self.subject.go_on();
    }

    fn state(&self) -> State {
        match &self.subject.stopped {
            Some(reason) => State::Stopped { reason: reason.clone() },
            None if self.subject.is_over() => State::Finished,
            None if self.is_paused => State::Paused,
            None => State::Running,
        }
    }

    /// Shows the swarm as it is now.
    fn publish(&mut self) {
        let began = Instant::now();
        let mut spare = self.frames.spare.take().unwrap_or_default();
        if Arc::get_mut(&mut spare).is_none() {
            // Somebody still looks at it.
            spare = Arc::default();
        }
        let figures = self.meter.read(&mut self.subject);
        let (state, held) = (self.state(), self.is_held());
        if let Some(snapshot) = Arc::get_mut(&mut spare) {
            if snapshot.run != self.subject.run {
                snapshot.network.clear();
            }
            (snapshot.state, snapshot.pace, snapshot.held, snapshot.figures) = (state, self.pace, held, figures);
            snapshot.taken = self.taken;
            self.subject.look(self.sample, snapshot);
        }
        if let Some(kept) = &mut self.kept {
            kept.see(&mut self.subject);
        }
        self.frames.spare = Some(self.latest.publish(spare));
        self.frames.published(began);
    }
}

/// When snapshots are due: not more often than anybody sees, and never so often that looking would take more than a
/// small part of the time.
struct Frames {
    last: Instant,
    interval: Duration,
    /// Whether anything changed since the last one.
    has_news: bool,
    spare: Option<Arc<Snapshot>>,
}

impl Frames {
    const SHORTEST: Duration = Duration::from_nanos(1_000_000_000 / 30);
    /// A look may take one part in so many of the time.
    const THRIFT: u32 = 30;

    fn new() -> Self {
        Self { last: Instant::now(), interval: Self::SHORTEST, has_news: false, spare: None }
    }

    fn is_due(&self) -> bool {
        self.has_news && self.last.elapsed() >= self.interval
    }

    /// How long until the next one is due, if anything is there to be told.
    fn until_due(&self) -> Option<Duration> {
        self.has_news.then(|| self.interval.saturating_sub(self.last.elapsed()))
    }

    fn published(&mut self, began: Instant) {
        self.last = Instant::now();
        self.interval = Self::SHORTEST.max((self.last - began) * Self::THRIFT);
        self.has_news = false;
    }
}

/// Measures what the run costs, once in a while.
struct Meter {
    since: Instant,
    steps: u64,
    figures: Figures,
}

impl Meter {
    const EVERY: Duration = Duration::from_millis(500);

    fn new() -> Self {
        Self { since: Instant::now(), steps: 0, figures: Figures::default() }
    }

    fn count(&mut self, steps: u64) {
        self.steps += steps;
    }

    fn read(&mut self, subject: &mut Subject) -> Figures {
        let passed = self.since.elapsed();
        if passed >= Self::EVERY || self.figures.bytes_per_agent.is_none() {
            let rate = self.steps as f64 / passed.as_secs_f64().max(1e-9);
            self.figures.steps_per_second = rate;
            self.figures.agent_steps_per_second = rate * subject.prepared.agents as f64;
            self.figures.resident_bytes = resident_bytes();
            self.figures.bytes_per_agent = subject.bytes_per_agent();
            (self.since, self.steps) = (Instant::now(), 0);
        }
        self.figures
    }
}

#[cfg(test)]
mod tests;
