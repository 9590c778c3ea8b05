//! Doors through which bytes come in that somebody else wrote, and how they are held to what they promise whatever they
//! are shown: what the bytes hold, or an error that names a place in them; never a panic, and never much memory.
//!
//! A door is a function that panics where a promise is broken. `fuzz/` shows it what a fuzzer makes up, and the tests
//! called `corpora` what was worth keeping of that, and the worst that may come at once.

#![allow(dead_code, reason = "each of its users needs its part")]

use std::{fs, path::Path, sync::mpsc, thread, time::Duration};

use crate::counting_allocator::Count;

/// A door by its name, which is also that of its fuzz target and of its corpus.
pub(crate) struct Door {
    pub(crate) name: &'static str,
    pub(crate) open: fn(&[u8]),
}

impl Door {
    /// Shows it some bytes.
    ///
    /// # Panics
    ///
    /// When a promise is broken, or more memory is taken than any door may.
    pub(crate) fn show(&self, bytes: &[u8]) {
        let peak = Count::peak_of(|| (self.open)(bytes));
        assert!(peak <= MOST_MEMORY, "{peak} bytes on the heap for {} of input", bytes.len());
    }
}

/// The most bytes on the heap at a time, for at most a mebibyte of input.
const MOST_MEMORY: i64 = 64 << 20;

/// A message is one line that a terminal can show, however long the words that it quotes.
pub(crate) fn check_message(message: &str) {
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.len() < 4000, "{} bytes: {message:.400}", message.len());
}

/// What is shown to a door, by name.
pub(crate) type Shown = Vec<(String, Vec<u8>)>;

/// How long one input may take before it counts as one that has no end. Nothing here takes a hundredth of it on an idle
/// machine, and a busy one does not make sixty seconds of that; work that grows with the square of a mebibyte would.
const PATIENCE: Duration = Duration::from_secs(60);

/// Shows everything to a door.
pub(crate) fn show_all(door: &'static Door, shown: Shown) {
    let names: Vec<String> = shown.iter().map(|(name, _)| name.clone()).collect();
    let (tell, hear) = mpsc::channel();
    let visitor = thread::spawn(move || {
        for (_, bytes) in &shown {
            door.show(bytes);
            tell.send(()).expect("somebody listens");
        }
    });
    for name in names {
        match hear.recv_timeout(PATIENCE) {
            Ok(()) => {}
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{} comes to no end with {name}", door.name),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{} breaks its promise with {name}", door.name),
        }
    }
    visitor.join().expect("it has shown everything");
}

/// The committed corpus of a door, read from the root of the repository.
pub(crate) fn corpus(door: &Door, root: &Path) -> Shown {
    /// Most files of a corpus, and most bytes of them together: all corpora are to stay below 2 MiB.
    const FILES: usize = 500;
    const BYTES: usize = 290_000;
    let directory = root.join("fuzz/corpus").join(door.name);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let read = |path: &Path| (path.display().to_string(), fs::read(path).expect("a file of the corpus"));
    let mut found: Shown = entries.map(|entry| read(&entry.expect("an entry").path())).collect();
    found.sort();
    let bytes: usize = found.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!((1..=FILES).contains(&found.len()) && bytes <= BYTES, "{}: {}, {bytes} bytes", door.name, found.len());
    found
}

/// A mebibyte.
pub(crate) const LARGE: usize = 1 << 20;
