//! Ctrl-C and SIGTERM: asks the run to end at the next step.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Set once the user asked to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. A second request ends the program at once, in case writing hangs.
    pub(crate) fn listen() -> Self {
        Self::listen_and_leave(|| {})
    }

    /// The same, with something to be done before the program ends at once.
    pub(crate) fn listen_and_leave(leave: fn()) -> Self {
        let interrupt = Self::default();
        let asked = interrupt.clone();
        let handler = move || {
            if asked.0.swap(true, Ordering::Relaxed) {
                leave();
                std::process::exit(crate::exit_code::INTERRUPTED.into());
            }
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            log::warn!("Ctrl-C will end the program without results: {error}");
        }
        interrupt
    }

    pub(crate) fn was_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
