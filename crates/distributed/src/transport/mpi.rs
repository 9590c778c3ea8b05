//! Ranks that are processes of an MPI job: the only file that knows MPI.

use std::{env, sync::Arc};

use mpi::{
    collective::SystemOperation,
    datatype::{Buffer, BufferMut, Equivalence},
    environment::{Threading, Universe},
    point_to_point::MatchedReceiveVec,
    request::multiple_scope,
    topology::{Communicator, SimpleCommunicator},
    traits::{CommunicatorCollectives, Destination, Source},
};

use super::{Mail, Numbers, Partner, Transport, TransportError, nothing};

/// A rank of the MPI job that this process is one of.
///
/// Like MPI itself it is for the thread that [launched](Launched) it, as long as that lives.
#[derive(Clone, Copy, Debug)]
pub struct MpiRank {
    rank: usize,
    size: usize,
}

/// MPI, from its beginning to its end in this process: it ends when this is dropped.
#[derive(Debug)]
pub struct Launched {
    rank: MpiRank,
    _universe: Whole,
}

/// The universe of MPI, which has nothing to show.
struct Whole(#[expect(dead_code, reason = "kept until MPI is to end")] Universe);

impl std::fmt::Debug for Whole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MPI")
    }
}

/// Why MPI cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// It was begun before.
    #[error("MPI was begun before in this process, which it can be only once")]
    Begun,
    /// It cannot be in a process that has several threads.
    #[error("this MPI library takes no process with several threads; use one that gives MPI_THREAD_FUNNELED")]
    Threads,
    /// Processes that were started together do not know of each other.
    #[error(
        "{started} processes were started together, but the MPI library of this program finds {found}; start it by the mpirun (mpiexec) of the library that it was built with"
    )]
    Mismatch {
        /// As many as the launcher says.
        started: usize,
        /// As many as the library says.
        found: usize,
    },
}

/// Where launchers tell how many processes they start: Open MPI, and what speaks PMI, as MPICH does.
const STARTED: [&str; 2] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];

/// Tags, so that messages of one kind are never taken for those of another.
const VOICES: i32 = 1;
const LISTS: i32 = 2;
const LETTERS: i32 = 3;

/// Where launchers tell a process its number.
const NUMBER: [&str; 3] = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"];

/// The number that its launcher gave to this process; `None` if it was not started by one. MPI need not have begun,
/// and a launcher that does not go with the MPI library of this program is none the less one.
#[must_use]
pub fn launched_as() -> Option<usize> {
    NUMBER.iter().find_map(|name| env::var(name).ok()?.parse().ok())
}

impl Launched {
    /// Begins MPI in this process.
    ///
    /// # Errors
    ///
    /// [`LaunchError::Mismatch`] where the processes of a job would run alone, each taking itself for the whole;
    /// the others where MPI cannot begin.
    pub fn begin() -> Result<Self, LaunchError> {
        let (universe, threading) = mpi::initialize_with_threading(Threading::Funneled).ok_or(LaunchError::Begun)?;
        if threading < Threading::Funneled {
            return Err(LaunchError::Threads);
        }
        let world = universe.world();
        let rank = MpiRank { rank: world.rank() as usize, size: world.size() as usize };
        let started = STARTED.iter().find_map(|name| env::var(name).ok()?.parse().ok());
        if let Some(started) = started.filter(|&started| started != rank.size) {
            return Err(LaunchError::Mismatch { started, found: rank.size });
        }
        Ok(Self { rank, _universe: Whole(universe) })
    }

    /// This rank.
    #[must_use]
    pub fn rank(&self) -> Arc<MpiRank> {
        Arc::new(self.rank)
    }

    /// Ends all processes of the job when this one panics, after what is usually said of a panic: the others would wait
    /// for it for ever.
    pub fn abort_on_panic(&self, code: i32) {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            usual(panic);
            SimpleCommunicator::world().abort(code);
        }));
    }

    /// Ends all processes of the job, with this exit code where the launcher passes it on.
    pub fn abort(&self, code: i32) -> ! {
        SimpleCommunicator::world().abort(code)
    }
}

impl MpiRank {
    /// The name of the machine that this process is on, as MPI has it.
    #[must_use]
    pub fn machine(&self) -> String {
        mpi::environment::processor_name().unwrap_or_default()
    }
}

/// A number of elements as MPI counts them.
fn check(rank: usize, numbers: usize) -> Result<(), TransportError> {
    if i32::try_from(numbers).is_ok() { Ok(()) } else { Err(TransportError::TooLong { rank, numbers }) }
}

/// Sends and receives lists, all at the same time, and does something else meanwhile; ranks with nothing to say to each
/// other say nothing.
fn swap<'a, T: Equivalence + 'a>(
    tag: i32,
    sent: impl Iterator<Item = (usize, &'a [T])>,
    received: impl Iterator<Item = (usize, &'a mut [T])>,
    meanwhile: &mut dyn FnMut() -> bool,
) -> Result<(), TransportError>
where
    [T]: Buffer + BufferMut,
{
    let world = SimpleCommunicator::world();
    let mut senders = Vec::new();
    multiple_scope(2 * world.size() as usize, |scope, requests| {
        // Nothing may be under way when this returns early: lengths come first.
        let sent: Vec<_> = sent.filter(|(_, list)| !list.is_empty()).collect();
        let received: Vec<_> = received.filter(|(_, list)| !list.is_empty()).collect();
        sent.iter().try_for_each(|(rank, list)| check(*rank, list.len()))?;
        received.iter().try_for_each(|(rank, list)| check(*rank, list.len()))?;
        for (rank, list) in received {
            senders.push(rank);
            requests.add(world.process_at_rank(rank as i32).immediate_receive_into_with_tag(scope, list, tag));
        }
        for (rank, list) in sent {
            requests.add(world.process_at_rank(rank as i32).immediate_send_with_tag(scope, list, tag));
        }
        let (mut done, mut are_done) = (Vec::new(), false);
        // Messages that are long move on only while the library is asked about them.
        while meanwhile() {
            are_done = are_done || requests.test_all(&mut done);
        }
        if !are_done {
            requests.wait_all(&mut done);
        }
        let is_whole = |(place, status, list): &(usize, mpi::point_to_point::Status, &[T])| {
            *place >= senders.len() || status.count(T::equivalent_datatype()) as usize == list.len()
        };
        match done.iter().find(|one| !is_whole(one)) {
            Some((place, ..)) => Err(TransportError::Unexpected { rank: senders[*place] }),
            None => Ok(()),
        }
    })
}

fn exchange<T: Equivalence>(
    partners: &[Partner],
    told: &[T],
    heard: &mut [T],
    meanwhile: &mut dyn FnMut() -> bool,
) -> Result<(), TransportError>
where
    [T]: Buffer + BufferMut,
{
    let sent = partners.iter().map(|partner| (partner.rank, &told[partner.told.clone()]));
    let mut rest = heard;
    let received = partners.iter().map(move |partner| {
        let list = rest.split_off_mut(..partner.heard.len()).unwrap_or_default();
        (partner.rank, list)
    });
    swap(VOICES, sent, received, meanwhile)
}

impl Transport for MpiRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn exchange(
        &self,
        partners: &[Partner],
        numbers: Numbers<'_>,
        meanwhile: &mut dyn FnMut() -> bool,
    ) -> Result<(), TransportError> {
        match numbers {
            Numbers::Doubles { told, heard } => exchange(partners, told, heard, meanwhile),
            Numbers::Singles { told, heard } => exchange(partners, told, heard, meanwhile),
        }
    }

    fn add_up(&self, numbers: &mut [i64]) -> Result<(), TransportError> {
        let own = numbers.to_vec();
        SimpleCommunicator::world().all_reduce_into(&own[..], numbers, SystemOperation::sum());
        Ok(())
    }

    fn trade(&self, mut lists: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>, TransportError> {
        assert_eq!(lists.len(), self.size, "one list per rank");
        let own = std::mem::take(&mut lists[self.rank]);
        let lengths: Vec<u64> = lists.iter().map(|list| list.len() as u64).collect();
        let mut theirs = vec![0_u64; self.size];
        SimpleCommunicator::world().all_to_all_into(&lengths[..], &mut theirs[..]);
        let mut received: Vec<Vec<u64>> = theirs.iter().map(|&length| vec![0; length as usize]).collect();
        let sent = lists.iter().map(Vec::as_slice).enumerate();
        swap(LISTS, sent, received.iter_mut().map(Vec::as_mut_slice).enumerate(), &mut nothing)?;
        received[self.rank] = own;
        Ok(received)
    }
}

impl Mail for MpiRank {
    fn post(&self, rank: usize, letter: &[u8]) -> Result<(), TransportError> {
        check(rank, letter.len())?;
        SimpleCommunicator::world().process_at_rank(rank as i32).send_with_tag(letter, LETTERS);
        Ok(())
    }

    fn collect(&self) -> Result<Option<(usize, Vec<u8>)>, TransportError> {
        let found = SimpleCommunicator::world().any_process().immediate_matched_probe_with_tag(LETTERS);
        Ok(found.map(|(message, status)| {
            let rank = status.source_rank() as usize;
            (rank, (message, status).matched_receive_vec().0)
        }))
    }
}
