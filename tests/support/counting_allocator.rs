//! The system's allocator, counting.
//!
//! Numbers are kept per thread, so that other tests of the process do not disturb them, and once
//! for all threads together. Counting allocates nothing: the cells are constants without a
//! destructor.

#![allow(dead_code, reason = "each of its users needs its part of the numbers")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    ops::Sub,
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
};

/// Make it the process's own: `#[global_allocator] static ALLOCATOR: Counting = Counting;`.
pub(crate) struct Counting;

/// What was allocated up to now; the difference of two is what was allocated in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// Calls for memory, growing and shrinking included.
    pub(crate) allocations: u64,
    /// Bytes asked for.
    pub(crate) bytes: u64,
    /// Bytes asked for and not given back. What another thread gives back is missing here.
    pub(crate) live: i64,
}

impl Count {
    const ZERO: Self = Self { allocations: 0, bytes: 0, live: 0 };

    /// The present thread's.
    pub(crate) fn of_thread() -> Self {
        THREAD.get()
    }

    /// Bytes that the present thread held at a time, at the most, beyond those before, while it did something.
    pub(crate) fn peak_of(work: impl FnOnce()) -> i64 {
        let before = THREAD.get().live;
        PEAK_OF_THREAD.set(before);
        work();
        PEAK_OF_THREAD.get() - before
    }

    /// Calls for memory by all threads.
    pub(crate) fn allocations_of_process() -> u64 {
        PROCESS.load(Relaxed)
    }

    /// Bytes asked for and not given back, by all threads.
    pub(crate) fn live_of_process() -> i64 {
        LIVE.load(Relaxed)
    }

    /// The most that these ever were since [`forget_peak`](Self::forget_peak).
    pub(crate) fn peak_of_process() -> i64 {
        PEAK.load(Relaxed)
    }

    pub(crate) fn forget_peak() {
        PEAK.store(LIVE.load(Relaxed), Relaxed);
    }
}

impl Sub for Count {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            allocations: self.allocations - earlier.allocations,
            bytes: self.bytes - earlier.bytes,
            live: self.live - earlier.live,
        }
    }
}

thread_local! {
    static THREAD: Cell<Count> = const { Cell::new(Count::ZERO) };
    static PEAK_OF_THREAD: Cell<i64> = const { Cell::new(0) };
}

static PROCESS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

fn count(new: usize, old: usize) {
    let mut count = THREAD.get();
    let more = new as i64 - old as i64;
    count.live += more;
    PEAK.fetch_max(LIVE.fetch_add(more, Relaxed) + more, Relaxed);
    if new > 0 {
        count.allocations += 1;
        count.bytes += new as u64;
        PROCESS.fetch_add(1, Relaxed);
    }
    THREAD.set(count);
    PEAK_OF_THREAD.set(PEAK_OF_THREAD.get().max(count.live));
}

// SAFETY: every call is passed on to the system's allocator unchanged; counting neither allocates
// nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}
