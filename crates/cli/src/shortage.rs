//! What becomes of the program where it is refused memory that nobody had foreseen. Rust says how much it was and aborts;
//! nothing can be done or written any more, but the exit code.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use signal_hook::{consts::SIGABRT, flag::register_conditional_shutdown};

use crate::exit_code;

/// From now on an abort ends the program with the exit code for memory, unless a panic came before: that one is an error
/// of the program, and its abort stays a signal. What else Rust aborts for is a stack that is used up, memory too.
pub(crate) fn give_it_an_exit_code() {
    let is_shortage = Arc::new(AtomicBool::new(true));
    let code = exit_code::MEMORY.into();
    if let Err(error) = register_conditional_shutdown(SIGABRT, code, is_shortage.clone()) {
        log::warn!("where memory is short the program will end by a signal: {error}");
        return;
    }
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        is_shortage.store(false, Ordering::SeqCst);
        tell(panic);
    }));
}
