//! Ranks that are threads of one process: they do all that ranks of MPI do, on a machine without it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, TryRecvError, channel},
    },
    thread,
};

use super::{Mail, Numbers, Partner, Transport, TransportError};

/// A rank that is a thread, with a channel from and to every other.
#[derive(Debug)]
pub struct ThreadRank {
    rank: usize,
    to: Vec<Sender<Message>>,
    /// Behind locks that nobody else takes, since a channel's end is for one thread at a time.
    from: Vec<Mutex<Receiver<Message>>>,
}

#[derive(Debug)]
enum Message {
    Doubles(Vec<f64>),
    Singles(Vec<f32>),
    Integers(Vec<i64>),
    Words(Vec<u64>),
    Letter(Vec<u8>),
}

/// Runs so many ranks, each on a thread of its own; returns what they returned, in their order.
///
/// A rank that returns early or panics is missed by those who still want to hear of it.
///
/// ```
/// use lampyrid_distributed::{Transport, on_threads};
///
/// let sums = on_threads(3, |rank| {
///     let mut numbers = [rank.rank() as i64];
///     rank.add_up(&mut numbers).map(|()| numbers[0])
/// });
/// assert_eq!(sums, [Ok(3), Ok(3), Ok(3)]);
/// ```
///
/// # Panics
///
/// If one of them panicked, when all have ended.
pub fn on_threads<T: Send>(size: usize, run: impl Fn(Arc<ThreadRank>) -> T + Sync) -> Vec<T> {
    let run = &run;
    thread::scope(|scope| {
        let ranks: Vec<_> =
            ThreadRank::all(size).into_iter().map(|rank| scope.spawn(move || run(Arc::new(rank)))).collect();
        let ended: Vec<_> = ranks.into_iter().map(thread::ScopedJoinHandle::join).collect();
        ended.into_iter().map(|ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

impl ThreadRank {
    /// Ranks that are connected with each other.
    fn all(size: usize) -> Vec<Self> {
        let mut ranks: Vec<Self> = (0..size).map(|rank| Self { rank, to: Vec::new(), from: Vec::new() }).collect();
        for from in 0..size {
            for to in 0..size {
                let (sender, receiver) = channel();
                ranks[from].to.push(sender);
                ranks[to].from.push(Mutex::new(receiver));
            }
        }
        ranks
    }

    fn send(&self, rank: usize, message: Message) -> Result<(), TransportError> {
        self.to[rank].send(message).map_err(|_| TransportError::Gone { rank })
    }

    fn receive(&self, rank: usize) -> Result<Message, TransportError> {
        let receiver = self.from[rank].lock().unwrap_or_else(PoisonError::into_inner);
        receiver.recv().map_err(|_| TransportError::Gone { rank })
    }

    /// Sends every partner its numbers as a message, and takes theirs out of those that have come when something else is
    /// done.
    fn swap<T: Copy>(
        &self,
        partners: &[Partner],
        (told, heard): (&[T], &mut [T]),
        meanwhile: &mut dyn FnMut() -> bool,
        message: impl Fn(Vec<T>) -> Message,
        numbers: impl Fn(Message) -> Option<Vec<T>>,
    ) -> Result<(), TransportError> {
        for partner in partners {
            self.send(partner.rank, message(told[partner.told.clone()].to_vec()))?;
        }
        while meanwhile() {}
        for partner in partners {
            let (rank, place) = (partner.rank, &mut heard[partner.heard.clone()]);
            match numbers(self.receive(rank)?) {
                Some(numbers) if numbers.len() == place.len() => place.copy_from_slice(&numbers),
                _ => return Err(TransportError::Unexpected { rank }),
            }
        }
        Ok(())
    }

    fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let own = self.rank;
        (0..self.to.len()).filter(move |&rank| rank != own)
    }
}

impl Transport for ThreadRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn exchange(
        &self,
        partners: &[Partner],
        numbers: Numbers<'_>,
        meanwhile: &mut dyn FnMut() -> bool,
    ) -> Result<(), TransportError> {
        let doubles = |message| if let Message::Doubles(numbers) = message { Some(numbers) } else { None };
        let singles = |message| if let Message::Singles(numbers) = message { Some(numbers) } else { None };
        match numbers {
            Numbers::Doubles { told, heard } => {
                self.swap(partners, (told, heard), meanwhile, Message::Doubles, doubles)
            }
            Numbers::Singles { told, heard } => {
                self.swap(partners, (told, heard), meanwhile, Message::Singles, singles)
            }
        }
    }

    fn add_up(&self, numbers: &mut [i64]) -> Result<(), TransportError> {
        for rank in self.others() {
            self.send(rank, Message::Integers(numbers.to_vec()))?;
        }
        for rank in self.others() {
            match self.receive(rank)? {
                Message::Integers(theirs) if theirs.len() == numbers.len() => {
                    numbers.iter_mut().zip(theirs).for_each(|(number, theirs)| *number += theirs);
                }
                _ => return Err(TransportError::Unexpected { rank }),
            }
        }
        Ok(())
    }

    fn trade(&self, lists: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>, TransportError> {
        assert_eq!(lists.len(), self.size(), "one list per rank");
        for (rank, list) in lists.into_iter().enumerate() {
            self.send(rank, Message::Words(list))?;
        }
        let received = |rank| match self.receive(rank)? {
            Message::Words(list) => Ok(list),
            _ => Err(TransportError::Unexpected { rank }),
        };
        (0..self.size()).map(received).collect()
    }
}

impl Mail for ThreadRank {
    fn post(&self, rank: usize, letter: &[u8]) -> Result<(), TransportError> {
        self.send(rank, Message::Letter(letter.to_vec()))
    }

    fn collect(&self) -> Result<Option<(usize, Vec<u8>)>, TransportError> {
        for rank in self.others() {
            let receiver = self.from[rank].lock().unwrap_or_else(PoisonError::into_inner);
            match receiver.try_recv() {
                Ok(Message::Letter(letter)) => return Ok(Some((rank, letter))),
                Ok(_) => return Err(TransportError::Unexpected { rank }),
                Err(TryRecvError::Disconnected) => return Err(TransportError::Gone { rank }),
                Err(TryRecvError::Empty) => {}
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use super::*;
    use crate::transport::nothing;

    #[test]
    fn every_rank_gets_what_each_has_for_it() {
        let traded = on_threads(4, |rank| {
            let own = rank.rank() as u64;
            rank.trade((0..4).map(|to| vec![own; to]).collect()).unwrap()
        });
        for (rank, lists) in traded.into_iter().enumerate() {
            assert_eq!(lists, (0..4).map(|from| vec![from; rank]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_rank_that_has_ended_is_missed_by_its_number() {
        let outcomes = on_threads(3, |rank| match rank.rank() {
            1 => Ok(()),
            _ => rank.add_up(&mut [1]),
        });
        let gone = Err(TransportError::Gone { rank: 1 });
        assert_eq!(outcomes[1], Ok(()));
        assert!(outcomes[0] == gone || outcomes[2] == gone);
        assert!(outcomes[0].is_err() && outcomes[2].is_err());
    }

    #[test]
    fn ranks_that_do_different_things_find_out() {
        let outcomes = on_threads(2, |rank| {
            let partners = [Partner { rank: 1 - rank.rank(), told: 0..rank.rank() + 1, heard: 0..1 }];
            rank.exchange(&partners, Numbers::Doubles { told: &[0.5, 0.5], heard: &mut [0.0] }, &mut nothing)
        });
        assert_eq!(outcomes, [Err(TransportError::Unexpected { rank: 1 }), Ok(())]);
    }

    #[test]
    fn what_is_told_is_under_way_before_anything_else_is_done() {
        let has_heard = AtomicBool::new(false);
        let heard = on_threads(2, |rank| {
            let (own, mut heard) = (rank.rank(), [0.0]);
            let partners = [Partner { rank: 1 - own, told: 0..1, heard: 0..1 }];
            let numbers = Numbers::Singles { told: &[own as f32], heard: &mut heard };
            // The first rank does so much else that the other one comes to an end meanwhile.
            let mut meanwhile = || own == 0 && !has_heard.load(SeqCst);
            rank.exchange(&partners, numbers, &mut meanwhile).unwrap();
            has_heard.fetch_or(own == 1, SeqCst);
            heard
        });
        assert_eq!(heard, [[1.0], [0.0]]);
    }
}
