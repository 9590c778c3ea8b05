//! Threads that stay awake between the passes of a call.
//!
//! To wake a sleeping thread takes some 50 to 110 µs on the machine it was measured on, and a step
//! goes over its agents twice. A thread that waits in a task of its own for the next pass takes up its
//! share within 10 µs (2026-11-24).

use std::{
    hint::spin_loop,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use bevy_tasks::{TaskPool, futures_lite::future::yield_now};

/// Counts the passes that were handed to other threads.
#[derive(Clone, Debug, Default)]
pub(super) struct Passes(Arc<AtomicUsize>);

impl Passes {
    /// Tells those who are awake that there is something to do: its pieces are in the pool's queue.
    pub(super) fn announce(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits for a pass after `known`, the last one heard of, but not so long that tasks of others
    /// would have to wait for it.
    fn wait(&self, known: &mut usize) {
        for _ in 0..PATIENCE {
            let latest = self.0.load(Ordering::Relaxed);
            if latest != *known {
                *known = latest;
                return;
            }
            spin_loop();
        }
    }
}

/// Counts the threads that have finished with a pass.
#[derive(Debug, Default)]
pub(super) struct Finished(AtomicUsize);

impl Finished {
    /// Does a thread's part of a pass.
    pub(super) fn after(&self, part: impl FnOnce()) {
        part();
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits for the others, awake: they are about to finish. If they are not, the thread may sleep.
    pub(super) fn wait_for(&self, number: usize) {
        for _ in 0..PATIENCE {
            if self.0.load(Ordering::Relaxed) >= number {
                return;
            }
            spin_loop();
        }
    }
}

/// Looks for the next pass before others get their turn: some tens of microseconds.
const PATIENCE: usize = 1000;

/// Keeps the threads of a pool from falling asleep, until it is dropped.
#[derive(Debug)]
pub(crate) struct Awake {
    over: Arc<AtomicBool>,
}

impl Awake {
    /// Occupies `threads` threads of the pool, unless with the calling one there are more of them than
    /// the processor has: they would then be in the way of those at work.
    pub(super) fn keep(pool: &TaskPool, threads: usize, passes: &Passes) -> Option<Self> {
        if threads >= cores() {
            return None;
        }
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..threads {
            let (over, passes) = (over.clone(), passes.clone());
            let idle = async move {
                let mut known = 0;
                while !over.load(Ordering::Relaxed) {
                    passes.wait(&mut known);
                    yield_now().await;
                }
            };
            pool.spawn(idle).detach();
        }
        Some(Self { over })
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Asked for once: to find out takes longer than a small step.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| available_parallelism().map_or(1, usize::from))
}

#[cfg(test)]
mod tests {
    use bevy_tasks::TaskPoolBuilder;

    use super::*;

    #[test]
    fn threads_may_sleep_when_it_is_over() {
        let pool = TaskPoolBuilder::new().num_threads(1).build();
        assert!(
            Awake::keep(&pool, cores(), &Passes::default()).is_none(),
            "more threads than cores stay out of each other's way"
        );
        if let Some(awake) = Awake::keep(&pool, 1, &Passes::default()) {
            let tasks = Arc::downgrade(&awake.over);
            let sum: u32 = pool.scope(|scope| (0..100).for_each(|i| scope.spawn(async move { i }))).into_iter().sum();
            assert_eq!(sum, 4950, "those who are kept awake work");
            drop(awake);
            while tasks.strong_count() > 0 {
                std::thread::yield_now();
            }
        }
    }
}
