//! Jobs that need no other rank, each for whoever is free.

use std::{
    ops::Range,
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc::{self, Receiver, Sender, TryRecvError},
    },
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::transport::{Mail, TransportError};

/// Has jobs, known by their numbers, done by all ranks, one at a time by each: whoever is done gets the next. All ranks
/// call it together, and return when no job is left.
///
/// The first rank asks `next` for jobs and gives `take` what came of each: the rank that did it, its number and the
/// result. At the others only `work` is called, on a thread of its own as at the first. A rank whose `work` has no
/// result has given up: nobody gets another job then, and what the others are at is waited for.
///
/// All of them write now and then that they still get on, which `work` says by its [`Pulse`]; a rank that is not heard of
/// for longer than `patience` is missed: by the first rank, or by the others if it is that one.
///
/// ```
/// use std::time::Duration;
///
/// use lampyrid_distributed::{TransportError, hand_out, on_threads};
///
/// let sums = on_threads(3, |rank| -> Result<u64, TransportError> {
///     let (mut jobs, mut sum) = (0..10, 0);
///     let add = |_, _, square: Vec<u8>| -> Result<(), TransportError> {
///         sum += u64::from(square[0]);
///         Ok(())
///     };
///     let patience = Duration::from_secs(60);
///     hand_out(&*rank, patience, || jobs.next(), add, |job, _| Some(vec![(job * job) as u8]))?;
///     Ok(sum)
/// });
/// assert_eq!(sums, [Ok(285), Ok(0), Ok(0)]);
/// ```
///
/// # Errors
///
/// The first of `take`, at the first rank, which then sends nothing more: whoever runs ranks ends the others. And if
/// ranks do not come together: [`TransportError::Silent`] names one that is missed. A `work` that is under way then is
/// waited for, unless it is this rank's own that is missed.
pub fn hand_out<E: From<TransportError>>(
    mail: &dyn Mail,
    patience: Duration,
    next: impl FnMut() -> Option<u64>,
    take: impl FnMut(usize, u64, Vec<u8>) -> Result<(), E>,
    work: impl FnMut(u64, &Pulse) -> Option<Vec<u8>> + Send,
) -> Result<(), E> {
    let (orders, ordered) = mpsc::channel();
    let (results, finished) = mpsc::channel();
    let (pulse, mut work) = (&Pulse::default(), work);
    thread::scope(|scope| {
        scope.spawn(move || {
            // Until there are no more orders, or nobody is left who wants to know.
            let work = |job| work(job, pulse).map(|result| (job, result));
            ordered.into_iter().map(work).try_for_each(|outcome| results.send(outcome))
        });
        let desk = Desk::of(mail, patience, pulse, orders, finished);
        let ended = if mail.rank() == 0 { lead(desk, next, take) } else { desk.follow().map_err(E::from) };
        pulse.is_unwanted.store(ended.is_err(), Relaxed);
        ended
    })
}

/// How a job that is under way tells that it gets on.
#[derive(Debug, Default)]
pub struct Pulse {
    beats: AtomicU64,
    is_unwanted: AtomicBool,
}

impl Pulse {
    /// Gets on; false if nobody wants the result any more, so that it may as well end.
    pub fn beat(&self) -> bool {
        self.beats.fetch_add(1, Relaxed);
        !self.is_unwanted.load(Relaxed)
    }
}

/// What ranks write to each other.
#[derive(Debug, Serialize, Deserialize)]
enum Letter {
    /// The one who writes gets on.
    Alive,
    /// A job, for others than the first rank.
    Job(u64),
    /// There is nothing left to do.
    Over,
    /// A job that is done, for the first rank.
    Done(Outcome),
}

/// What came of a job; nothing where its rank gave up.
type Outcome = Option<(u64, Vec<u8>)>;

/// What happens at a rank while jobs are done.
struct Desk<'a> {
    mail: &'a dyn Mail,
    /// The rank's own worker.
    orders: Sender<u64>,
    finished: Receiver<Outcome>,
    is_busy: bool,
    watch: Watch<'a>,
}

fn lead<E: From<TransportError>>(
    mut desk: Desk<'_>,
    mut next: impl FnMut() -> Option<u64>,
    mut take: impl FnMut(usize, u64, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let ranks = desk.mail.size();
    let mut free: Vec<usize> = (0..ranks).rev().collect();
    let mut goes_on = true;
    loop {
        while goes_on && let Some(&rank) = free.last() {
            match next() {
                Some(job) => {
                    desk.order(rank, job)?;
                    free.pop();
                }
                None => goes_on = false,
            }
        }
        if free.len() == ranks {
            break;
        }
        match desk.wait()? {
            (rank, Letter::Done(outcome)) => {
                free.push(rank);
                match outcome {
                    Some((job, result)) => take(rank, job, result)?,
                    None => goes_on = false,
                }
            }
            (rank, _) => return Err(TransportError::Unexpected { rank }.into()),
        }
    }
    (1..ranks).try_for_each(|rank| Ok(desk.post(rank, &Letter::Over)?))
}

impl<'a> Desk<'a> {
    fn of(
        mail: &'a dyn Mail,
        patience: Duration,
        pulse: &'a Pulse,
        orders: Sender<u64>,
        finished: Receiver<Outcome>,
    ) -> Self {
        Self { mail, orders, finished, is_busy: false, watch: Watch::new(mail, patience, pulse) }
    }

    /// Carries out orders of the first rank.
    fn follow(mut self) -> Result<(), TransportError> {
        let own = self.mail.rank();
        loop {
            match self.wait()? {
                (0, Letter::Job(job)) => self.order(own, job)?,
                (0, Letter::Over) => return Ok(()),
                (rank, done @ Letter::Done(_)) if rank == own => self.post(0, &done)?,
                (rank, _) => return Err(TransportError::Unexpected { rank }),
            }
        }
    }

    /// Has a job done, by this rank or another.
    fn order(&mut self, rank: usize, job: u64) -> Result<(), TransportError> {
        if rank != self.mail.rank() {
            return self.post(rank, &Letter::Job(job));
        }
        self.is_busy = true;
        self.orders.send(job).map_err(|_| TransportError::Gone { rank })
    }

    fn post(&self, rank: usize, letter: &Letter) -> Result<(), TransportError> {
        // What cannot be understood is noticed where it is read.
        self.mail.post(rank, &postcard::to_stdvec(letter).unwrap_or_default())
    }

    /// Waits for what this rank's own worker has done, or for a letter, and tells whose it is.
    ///
    /// Each pause is twice as long as the one before, up to a millisecond, so that waiting costs those who work next to
    /// nothing, and short jobs wait no longer than they take.
    fn wait(&mut self) -> Result<(usize, Letter), TransportError> {
        let mut pause = Duration::from_micros(10);
        loop {
            if let Some(found) = self.look()? {
                return Ok(found);
            }
            if self.watch.is_time_to_tell(self.is_busy) {
                self.watch.others.clone().try_for_each(|rank| self.post(rank, &Letter::Alive))?;
            }
            self.watch.look()?;
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(1));
        }
    }

    fn look(&mut self) -> Result<Option<(usize, Letter)>, TransportError> {
        let rank = self.mail.rank();
        match self.finished.try_recv() {
            Ok(outcome) => {
                self.is_busy = false;
                return Ok(Some((rank, Letter::Done(outcome))));
            }
            Err(TryRecvError::Disconnected) => return Err(TransportError::Gone { rank }),
            Err(TryRecvError::Empty) => {}
        }
        loop {
            let (rank, letter) = match self.mail.collect() {
                Ok(Some(found)) => found,
                Ok(None) => return Ok(None),
                // It was told before this rank that there is nothing left to do.
                Err(TransportError::Gone { rank }) if !self.watch.others.contains(&rank) => return Ok(None),
                Err(error) => return Err(error),
            };
            self.watch.hear(rank);
            match postcard::from_bytes(&letter).map_err(|_| TransportError::Unexpected { rank })? {
                Letter::Alive => {}
                letter => return Ok(Some((rank, letter))),
            }
        }
    }
}

/// Who has been heard of when: the first rank watches all others, and they watch it.
struct Watch<'a> {
    patience: Duration,
    /// Those who are watched, and who are told that this rank gets on.
    others: Range<usize>,
    /// Of the others, in their order.
    heard: Vec<Instant>,
    /// When they were looked for last, and told last.
    looked: Instant,
    told: Instant,
    /// Beats of this rank's own work when they were told.
    beats: u64,
    pulse: &'a Pulse,
}

impl<'a> Watch<'a> {
    fn new(mail: &dyn Mail, patience: Duration, pulse: &'a Pulse) -> Self {
        let others = if mail.rank() == 0 { 1..mail.size() } else { 0..1 };
        let now = Instant::now();
        Self { patience, heard: vec![now; others.len()], others, looked: now, told: now, beats: 0, pulse }
    }

    /// How often others are told.
    fn interval(&self) -> Duration {
        self.patience / 4
    }

    fn hear(&mut self, rank: usize) {
        if let Some(heard) = rank.checked_sub(self.others.start).and_then(|place| self.heard.get_mut(place)) {
            *heard = Instant::now();
        }
    }

    /// Whether others are to be told, and there is something to tell: of work that does not get on there is nothing.
    fn is_time_to_tell(&mut self, is_busy: bool) -> bool {
        let beats = self.pulse.beats.load(Relaxed);
        if self.told.elapsed() < self.interval() || (is_busy && beats == self.beats) {
            return false;
        }
        (self.told, self.beats) = (Instant::now(), beats);
        true
    }

    /// Whether all that are watched have been heard of.
    fn look(&mut self) -> Result<(), TransportError> {
        let now = Instant::now();
        let has_slept = now - self.looked > self.interval();
        self.looked = now;
        if has_slept {
            // As when a whole job is halted for a while: nobody was listened to.
            self.heard.fill(now);
        }
        match self.heard.iter().position(|&heard| now - heard > self.patience) {
            Some(place) => Err(TransportError::Silent { rank: self.others.start + place, patience: self.patience }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    };

    use super::*;
    use crate::{on_threads, transport::Transport};

    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(600);

    /// What the first rank heard: jobs and their results.
    type Heard = Vec<(u64, Vec<u8>)>;

    /// Carries out so many jobs, and tells what was heard of them and what each rank ended with.
    fn carry_out(
        ranks: usize,
        jobs: u64,
        work: impl Fn(usize, u64) -> Option<Vec<u8>> + Sync,
    ) -> (Heard, Vec<Result<(), TransportError>>) {
        let heard = Mutex::new(Vec::new());
        let ended = on_threads(ranks, |rank| {
            let own = rank.rank();
            let mut jobs = 0..jobs;
            let take = |_, job, result| {
                heard.lock().unwrap().push((job, result));
                Ok(())
            };
            hand_out(&*rank, LONG, || jobs.next(), take, |job, _| work(own, job))
        });
        let mut heard = heard.into_inner().unwrap();
        heard.sort_unstable();
        (heard, ended)
    }

    #[test]
    fn every_job_is_done_once_and_the_first_rank_hears_of_it() {
        for (ranks, jobs) in [(1, 5), (2, 0), (4, 3), (4, 200)] {
            let (heard, ended) = carry_out(ranks, jobs, |_, job| Some(vec![7; job as usize]));
            assert_eq!(heard, (0..jobs).map(|job| (job, vec![7; job as usize])).collect::<Vec<_>>());
            assert!(ended.iter().all(Result::is_ok), "{ended:?}");
        }
    }

    /// With fixed shares, some job would wait for its rank for ever.
    #[test]
    fn a_long_job_holds_up_nobody_but_its_rank() {
        let done = AtomicU64::new(0);
        let (heard, _) = carry_out(3, 50, |_, job| {
            while job == 1 && done.load(SeqCst) < 49 {
                thread::yield_now();
            }
            done.fetch_add(1, SeqCst);
            Some(Vec::new())
        });
        assert_eq!(heard.len(), 50);
    }

    #[test]
    fn after_a_rank_gave_up_nothing_is_begun_and_what_was_begun_is_heard_of() {
        for quitter in 0..3 {
            let begun = AtomicU64::new(0);
            let (heard, ended) = carry_out(3, 1_000_000, |rank, _| {
                begun.fetch_add(1, SeqCst);
                (rank != quitter).then(Vec::new)
            });
            assert_eq!(heard.len() as u64, begun.into_inner() - 1);
            assert!(heard.len() < 1_000_000 && ended.iter().all(Result::is_ok), "{ended:?}");
        }
    }

    #[test]
    fn where_results_are_not_taken_no_more_jobs_are_given() {
        let ended = on_threads(3, |rank| {
            let mut jobs = 0..;
            let refuse = |rank, job, _| if job < 20 { Ok(()) } else { Err(TransportError::Unexpected { rank }) };
            hand_out(&*rank, LONG, || jobs.next(), refuse, |_, _| Some(Vec::new()))
        });
        assert!(matches!(ended[0], Err(TransportError::Unexpected { .. })));
        assert_eq!(ended[1..], [Err(TransportError::Gone { rank: 0 }), Err(TransportError::Gone { rank: 0 })]);
    }

    /// One rank does not get on with its job, however long it is waited for; the others have short ones.
    fn with_a_hung_rank(hung: usize, ranks: usize) -> Vec<Result<(), TransportError>> {
        on_threads(ranks, |rank| {
            let (own, mut jobs) = (rank.rank(), 0..ranks as u64);
            let work = |_, pulse: &Pulse| {
                while own == hung && !pulse.is_unwanted.load(Relaxed) {
                    thread::yield_now();
                }
                Some(Vec::new())
            };
            let take = |_, _, _| Ok(());
            hand_out(&*rank, Duration::from_millis(200), || jobs.next(), take, work)
        })
    }

    #[test]
    fn a_rank_that_does_not_get_on_is_missed_by_the_first_one() {
        let ended = with_a_hung_rank(2, 3);
        assert!(matches!(ended[0], Err(TransportError::Silent { rank: 2, .. })), "{ended:?}");
    }

    #[test]
    fn the_first_rank_is_missed_by_others() {
        let ended = with_a_hung_rank(0, 3);
        assert!(ended[1..].iter().any(|one| matches!(one, Err(TransportError::Silent { rank: 0, .. }))), "{ended:?}");
    }

    /// However long a job takes, its beats tell that it gets on.
    #[test]
    fn a_job_that_gets_on_is_waited_for() {
        let patience = Duration::from_millis(100);
        let ended = on_threads(3, |rank| {
            let (own, mut jobs) = (rank.rank(), 0..3);
            let work = |_, pulse: &Pulse| {
                let began = Instant::now();
                while own == 1 && began.elapsed() < 4 * patience {
                    assert!(pulse.beat());
                    thread::sleep(patience / 50);
                }
                Some(Vec::new())
            };
            let take = |_, _, _| -> Result<(), TransportError> { Ok(()) };
            hand_out(&*rank, patience, || jobs.next(), take, work)
        });
        assert_eq!(ended, [Ok(()); 3]);
    }
}
