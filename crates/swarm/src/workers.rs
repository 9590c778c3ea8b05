//! The threads that a large step is spread over.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bevy_ecs::resource::Resource;
use bevy_tasks::{ComputeTaskPool, TaskPool, TaskPoolBuilder};

mod awake;

pub(crate) use awake::Awake;
use awake::{Finished, Passes};

use crate::error::SwarmError;
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// How many threads a step may use, and from how many agents on it uses them.
///
/// | set-up | works on a large step |
/// |---|---|
/// | [`shared`](Self::shared), in a process without Bevy's pools: bare worlds | the calling thread |
/// | [`shared`](Self::shared), in an app | its compute pool and the calling thread; that one alone if the pool has a single thread, as `TaskPoolPlugin` gives it by default on two cores |
/// | [`with_threads`](Self::with_threads) | the calling thread and others of its own, whatever pools the host has |
///
/// A host sizes its pool by `TaskPoolOptions::compute`, before anything else sets up the pools of the
/// process: Bevy's multi-threaded executor does so at its first run, with a thread per core. Several
/// worlds may share a pool.
///
/// No number here changes a result: every agent is computed from the same snapshot by the same
/// arithmetic, and sums over agents are exact.
#[derive(Resource, Clone, Debug)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default, Clone))]
pub struct Workers {
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    pool: Pool,
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    threads: usize,
    #[cfg_attr(feature = "reflect", reflect(ignore))]
    passes: Passes,
    /// Swarms below this many agents are stepped by the calling thread alone: waking a sleeping
    /// thread takes tens of microseconds.
    pub sequential_below: usize,
    /// Agents that go through the kernels at a time, from 1 to [`Workers::MAX_BLOCK`]: their
    /// intermediate values stay in the first-level cache.
    pub block: usize,
}

#[derive(Clone, Debug)]
enum Pool {
    /// Bevy's compute pool, if the host set one up.
    Shared,
    Own(Arc<TaskPool>),
}

/// With two threads of a 4-core Ice Lake-SP machine that are awake, a step takes as long as alone at some
/// 2,000 agents, and three quarters of that at 8,000; but in the first step of a call, when they may
/// have to be woken, 50 to 110 µs longer, which 16,000 agents make up for (2026-11-24).
const SEQUENTIAL_BELOW: usize = 16_384;

/// 128 to 1024 agents are equally fast where it was measured; see the benchmarks.
const BLOCK: usize = 1024;

impl Default for Workers {
    /// The host's compute pool: all its threads and the calling one.
    fn default() -> Self {
        Self::shared()
    }
}

impl Workers {
    /// Uses the host's compute pool, which `bevy_app`'s `TaskPoolPlugin` sizes; where there is
    /// none, the calling thread alone.
    #[must_use]
    pub fn shared() -> Self {
        Self::of(Pool::Shared, 1)
    }

    /// Uses exactly `threads` threads: the calling one and `threads − 1` of its own. More threads
    /// than cores are allowed. Without any, steps are refused, as [`check`](Self::check) says.
    #[must_use]
    pub fn with_threads(threads: usize) -> Self {
        let pool =
            TaskPoolBuilder::new().num_threads(threads.saturating_sub(1).max(1)).thread_name("lampyrid".into()).build();
        Self::of(Pool::Own(Arc::new(pool)), threads)
    }

    fn of(pool: Pool, threads: usize) -> Self {
        Self { pool, threads, passes: Passes::default(), sequential_below: SEQUENTIAL_BELOW, block: BLOCK }
    }

    /// The largest [`block`](Self::block).
    pub const MAX_BLOCK: usize = 4096;

    /// Whether steps can be taken with these settings.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] for no threads, and for blocks of no agents or too many.
    pub fn check(&self) -> Result<(), SwarmError> {
        if self.threads == 0 {
            return Err(SwarmError::OutOfRange { name: "number of threads", value: 0.0, allowed: "at least 1" });
        }
        if !(1..=Self::MAX_BLOCK).contains(&self.block) {
            return Err(SwarmError::OutOfRange {
                name: "block size",
                value: self.block as f64,
                allowed: "from 1 to 4096 agents",
            });
        }
        Ok(())
    }

    /// How many threads work on a large step.
    #[must_use]
    pub fn threads(&self) -> usize {
        match &self.pool {
            // The pool of a single thread would only hand the work over.
            Pool::Shared => ComputeTaskPool::try_get().map_or(1, |pool| match pool.thread_num() {
                1 => 1,
                threads => threads + 1,
            }),
            Pool::Own(_) => self.threads,
        }
    }

    /// Keeps the other threads from falling asleep while steps of so many agents are taken, if they are
    /// going to be needed.
    pub(crate) fn stay_awake(&self, agents: usize) -> Option<Awake> {
        let others = self.threads().saturating_sub(1);
        let needed = others > 0 && agents >= self.sequential_below;
        needed.then(|| self.pool()).flatten().and_then(|pool| Awake::keep(pool, others, &self.passes))
    }

    /// Does something for so many agents, in pieces, each on the next thread that is free; with few agents
    /// on the calling thread alone. `cut` is told how many agents a piece shall have, and cuts what the
    /// work is about into such pieces.
    ///
    /// For systems of one's own in a step: threads that it keeps awake take part at once. Which thread
    /// does what is left to chance, so pieces must not depend on one another.
    ///
    /// ```
    /// use lampyrid_swarm::Workers;
    ///
    /// let mut squares: Vec<u64> = (0..100).collect();
    /// Workers::default().share_out(100, |share| squares.chunks_mut(share), |piece| {
    ///     piece.iter_mut().for_each(|number| *number *= *number);
    /// });
    /// assert_eq!(squares[9], 81);
    /// ```
    pub fn share_out<P: Send, I: Iterator<Item = P> + Send>(
        &self,
        agents: usize,
        cut: impl FnOnce(usize) -> I,
        work: impl Fn(P) + Sync,
    ) {
        let plan = Plan::new(Some(self), agents);
        plan.reduce(cut(plan.share), work, |(), ()| ());
    }

    fn pool(&self) -> Option<&TaskPool> {
        match &self.pool {
            Pool::Shared => ComputeTaskPool::try_get().map(|pool| &**pool),
            Pool::Own(pool) => Some(pool),
        }
    }
}

/// One pass over the agents: alone, or shared out.
pub(crate) struct Plan<'a> {
    others: Option<Others<'a>>,
    /// Agents per piece.
    pub(crate) share: usize,
    /// Agents that go through the kernels at a time.
    pub(crate) block: usize,
}

/// Pieces that a thread gets if all are equally fast, which they are not: cores are shared with other
/// programs, and rows are of different lengths.
const PIECES_PER_THREAD: usize = 4;

/// Who else takes part in a pass.
struct Others<'a> {
    /// How many threads.
    number: usize,
    pool: &'a TaskPool,
    /// Whether the pool is the host's: the calling thread may then be one of its own, and would wait
    /// for ever for work that it alone can do, did it not take others' on.
    is_shared: bool,
    passes: &'a Passes,
}

impl<'a> Others<'a> {
    fn of(workers: &'a Workers) -> Option<Self> {
        let is_shared = matches!(workers.pool, Pool::Shared);
        let number = workers.threads() - 1;
        Some(Self { number, pool: workers.pool()?, is_shared, passes: &workers.passes })
    }

    /// Has all threads do the same, the calling one too. A pass comes as a reference, so that the pool's
    /// share of the work is compiled once and not for every pass there is.
    fn all_do(&self, part: &(dyn Fn() + Sync)) {
        let finished = &Finished::default();
        self.pool.scope_with_executor(self.is_shared, None, |scope| {
            (0..self.number).for_each(|_| scope.spawn(async move { finished.after(part) }));
            self.passes.announce();
            part();
            finished.wait_for(self.number);
        });
    }
}

impl<'a> Plan<'a> {
    /// How to go through this many agents, in pieces of whole blocks; alone without workers.
    pub(crate) fn new(workers: Option<&'a Workers>, agents: usize) -> Self {
        let block = workers.map_or(BLOCK, |workers| workers.block);
        let workers = workers.filter(|workers| agents >= workers.sequential_below);
        let threads = workers.map_or(1, Workers::threads);
        let pieces = if threads > 1 { threads * PIECES_PER_THREAD } else { 1 };
        Self {
            others: workers.filter(|_| threads > 1).and_then(Others::of),
            share: agents.div_ceil(pieces).next_multiple_of(block).max(block),
            block,
        }
    }

    /// How many threads take part.
    pub(crate) fn threads(&self) -> usize {
        1 + self.others.as_ref().map_or(0, |others| others.number)
    }

    /// Applies `work` to the pieces, each on the next thread that is free, and adds up what it returns;
    /// `merge` must not care for order.
    pub(crate) fn reduce<P: Send, R: Send + Default>(
        &self,
        pieces: impl Iterator<Item = P> + Send,
        work: impl Fn(P) -> R + Sync,
        merge: impl Fn(&mut R, R) + Sync,
    ) -> R {
        let Some(others) = &self.others else {
            return pieces.fold(R::default(), |mut total, piece| {
                merge(&mut total, work(piece));
                total
            });
        };
        let (pieces, total) = (Mutex::new(pieces), Mutex::new(R::default()));
        let next = || locked(&pieces).next();
        others.all_do(&|| {
            let mut own = R::default();
            while let Some(piece) = next() {
                merge(&mut own, work(piece));
            }
            merge(&mut locked(&total), own);
        });
        total.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever panicked with it, its pass ends by that panic.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
