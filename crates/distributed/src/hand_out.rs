//! Jobs that need no other rank, each for whoever is free.

use std::{
    sync::mpsc::{self, Receiver, Sender, TryRecvError},
    thread,
    time::Duration,
};

use crate::transport::{Mail, TransportError};

/// What the first rank sends when there is nothing left to do.
const OVER: u64 = u64::MAX;

/// Has jobs, known by their numbers, done by all ranks, one at a time by each: whoever is done gets the next. All ranks
/// call it together, and return when no job is left.
///
/// The first rank asks `next` for jobs and gives `take` what came of each: the rank that did it, its number and the
/// result. It works as well, on a thread of its own. At the others only `work` is called. A rank whose `work` has no
/// result has given up: nobody gets another job then, and what the others are at is waited for.
///
/// ```
/// use lampyrid_distributed::{TransportError, hand_out, on_threads};
///
/// let sums = on_threads(3, |rank| -> Result<u64, TransportError> {
///     let (mut jobs, mut sum) = (0..10, 0);
///     let add = |_, _, square: Vec<u8>| -> Result<(), TransportError> {
///         sum += u64::from(square[0]);
///         Ok(())
///     };
///     hand_out(&*rank, || jobs.next(), add, |job| Some(vec![(job * job) as u8]))?;
///     Ok(sum)
/// });
/// assert_eq!(sums, [Ok(285), Ok(0), Ok(0)]);
/// ```
///
/// # Errors
///
/// The first of `take`, at the first rank, which then sends nothing more: whoever runs ranks ends the others. And if
/// ranks do not come together.
pub fn hand_out<E: From<TransportError>>(
    mail: &dyn Mail,
    next: impl FnMut() -> Option<u64>,
    take: impl FnMut(usize, u64, Vec<u8>) -> Result<(), E>,
    work: impl FnMut(u64) -> Option<Vec<u8>> + Send,
) -> Result<(), E> {
    if mail.rank() == 0 { lead(mail, next, take, work) } else { Ok(follow(mail, work)?) }
}

/// What came of a job; nothing where its rank gave up.
type Outcome = Option<(u64, Vec<u8>)>;

fn lead<E: From<TransportError>>(
    mail: &dyn Mail,
    mut next: impl FnMut() -> Option<u64>,
    mut take: impl FnMut(usize, u64, Vec<u8>) -> Result<(), E>,
    mut work: impl FnMut(u64) -> Option<Vec<u8>> + Send,
) -> Result<(), E> {
    thread::scope(|scope| {
        let (orders, ordered) = mpsc::channel();
        let (results, finished) = mpsc::channel();
        scope.spawn(move || {
            // Until there are no more orders, or nobody is left who wants to know.
            let work = |job| work(job).map(|result| (job, result));
            ordered.into_iter().map(work).try_for_each(|outcome| results.send(outcome))
        });
        let office = Office { mail, orders, finished };
        let mut free: Vec<usize> = (0..mail.size()).rev().collect();
        let (mut goes_on, mut busy) = (true, 0);
        loop {
            while goes_on && let Some(&rank) = free.last() {
                match next() {
                    Some(job) => office.order(rank, job)?,
                    None => goes_on = false,
                }
                if goes_on {
                    free.pop();
                    busy += 1;
                }
            }
            if busy == 0 {
                break;
            }
            let (rank, outcome) = office.hear()?;
            free.push(rank);
            busy -= 1;
            match outcome {
                Some((job, result)) => take(rank, job, result)?,
                None => goes_on = false,
            }
        }
        (1..mail.size()).try_for_each(|rank| Ok(office.order(rank, OVER)?))
    })
}

/// Where the first rank gives orders, to itself as to others, and hears what came of them.
struct Office<'a> {
    mail: &'a dyn Mail,
    orders: Sender<u64>,
    finished: Receiver<Outcome>,
}

impl Office<'_> {
    fn order(&self, rank: usize, job: u64) -> Result<(), TransportError> {
        match rank {
            0 => self.orders.send(job).map_err(|_| TransportError::Gone { rank }),
            _ => self.mail.post(rank, &job.to_le_bytes()),
        }
    }

    /// Waits for the next job that is done, and tells who did it.
    fn hear(&self) -> Result<(usize, Outcome), TransportError> {
        wait_for(|| match self.finished.try_recv() {
            Ok(outcome) => Ok(Some((0, outcome))),
            Err(TryRecvError::Disconnected) => Err(TransportError::Gone { rank: 0 }),
            Err(TryRecvError::Empty) => {
                let Some((rank, letter)) = self.mail.collect()? else { return Ok(None) };
                let outcome =
                    letter.split_first_chunk().map(|(job, result)| (u64::from_le_bytes(*job), result.to_vec()));
                Ok(Some((rank, outcome)))
            }
        })
    }
}

fn follow(mail: &dyn Mail, mut work: impl FnMut(u64) -> Option<Vec<u8>>) -> Result<(), TransportError> {
    loop {
        let (rank, letter) = wait_for(|| mail.collect())?;
        let job = <[u8; 8]>::try_from(&letter[..]).map_err(|_| TransportError::Unexpected { rank })?;
        match u64::from_le_bytes(job) {
            OVER => return Ok(()),
            number => {
                let result = work(number);
                // Nothing at all where it gave up.
                let letter = result.map_or_else(Vec::new, |result| [&job[..], &result].concat());
                mail.post(0, &letter)?;
            }
        }
    }
}

/// Asks until there is something. Each pause is twice as long as the one before, up to a millisecond, so that waiting
/// costs those who work next to nothing, and short jobs wait no longer than they take.
fn wait_for<T>(ask: impl Fn() -> Result<Option<T>, TransportError>) -> Result<T, TransportError> {
    let mut pause = Duration::from_micros(10);
    loop {
        if let Some(found) = ask()? {
            return Ok(found);
        }
        thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(1));
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
            hand_out(&*rank, || jobs.next(), take, |job| work(own, job))
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
            hand_out(&*rank, || jobs.next(), refuse, |_| Some(Vec::new()))
        });
        assert!(matches!(ended[0], Err(TransportError::Unexpected { .. })));
        assert_eq!(ended[1..], [Err(TransportError::Gone { rank: 0 }), Err(TransportError::Gone { rank: 0 })]);
    }
}
