//! Threads that stay awake between the passes of a call.
//!
//! To wake a sleeping thread takes some 50 to 110 µs on the machine it was measured on, and a step
//! goes over its agents twice. A thread that has a task, if only one that does nothing, looks for
//! others again and again, and takes up its share within 10 µs (2026-11-24).

use std::{
    hint::spin_loop,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::available_parallelism,
};

use bevy_tasks::{TaskPool, futures_lite::future::yield_now};

/// Keeps the threads of a pool from falling asleep, until it is dropped.
#[derive(Debug)]
pub(crate) struct Awake {
    over: Arc<AtomicBool>,
}

/// Pauses between two looks for work: some hundred nanoseconds.
const PAUSES: usize = 20;

impl Awake {
    /// Occupies `threads` threads of the pool, unless with the calling one there are more of them than
    /// the processor has: they would then be in the way of those at work.
    pub(super) fn keep(pool: &TaskPool, threads: usize) -> Option<Self> {
        if threads >= cores() {
            return None;
        }
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..threads {
            let over = over.clone();
            let idle = async move {
                while !over.load(Ordering::Relaxed) {
                    (0..PAUSES).for_each(|_| spin_loop());
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
        assert!(Awake::keep(&pool, cores()).is_none(), "more threads than cores stay out of each other's way");
        if let Some(awake) = Awake::keep(&pool, 1) {
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
