//! Whether a job of several processes still goes on: where a network is cut, ranks wait for each other for ever.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Ends this process, and with it the job, when nothing has happened for too long; stops watching when dropped.
pub(crate) struct Heartbeat {
    beats: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

/// Between looks.
const PAUSE: Duration = Duration::from_millis(200);

impl Heartbeat {
    /// Watches from now on.
    pub(crate) fn watch(patience: Duration, rank: usize) -> Self {
        let heartbeat = Self { beats: Arc::default(), is_over: Arc::default() };
        let (beats, is_over) = (heartbeat.beats.clone(), heartbeat.is_over.clone());
        thread::spawn(move || {
            let (mut heard, mut since) = (0, Instant::now());
            while !is_over.load(Ordering::Relaxed) {
                thread::sleep(PAUSE);
                let now = beats.load(Ordering::Relaxed);
                if now != heard {
                    (heard, since) = (now, Instant::now());
                } else if since.elapsed() > patience {
                    let seconds = patience.as_secs();
                    let text = format!("error: rank {rank} has got no further for {seconds} s, and ends the job\n");
                    let _ = std::io::stderr().lock().write_all(text.as_bytes());
                    // Whatever would be said to other ranks could wait for ever as well.
                    std::process::abort();
                }
            }
        });
        heartbeat
    }

    /// Something has happened.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
