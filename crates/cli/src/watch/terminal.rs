//! The terminal, and that it is left as it was: on leaving, on errors, on signals and on panics.

use std::{
    io::{self, IsTerminal, Stdout, Write},
    mem::ManuallyDrop,
    panic,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
};

use ratatui::{
    Frame, Terminal,
    backend::CrosstermBackend,
    crossterm::{
        cursor,
        event::{self, Event},
        execute,
        terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
    },
};

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TerminalError {
    #[error(
        "there is no terminal to watch in: {what}; run it in a terminal, or `lampyrid run` for results without one"
    )]
    Missing { what: &'static str },
    #[error("the terminal failed: {0}; the swarm has ended, and nothing was written")]
    Io(#[from] io::Error),
}

/// Whether there is a terminal at all.
pub(super) fn check() -> Result<(), TerminalError> {
    let missing = |what| Err(TerminalError::Missing { what });
    match () {
        () if !io::stdout().is_terminal() => missing("standard output is not one"),
        () if !io::stdin().is_terminal() => missing("standard input is not one"),
        () if std::env::var_os("TERM").is_some_and(|kind| kind == "dumb") => missing("TERM is dumb"),
        () => Ok(()),
    }
}

/// Whether the screen of this process is in use.
static IS_ENTERED: AtomicBool = AtomicBool::new(false);

/// What threads said that panicked while the screen was in use.
static POSTPONED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The alternate screen, in raw mode. Dropped, it is left.
pub(super) struct Screen {
    /// Not to be dropped: it would show the cursor once more, and panic if all it could tell that to was closed.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
}

impl Screen {
    pub(super) fn enter() -> Result<Self, TerminalError> {
        leave_before_panics();
        IS_ENTERED.store(true, Ordering::SeqCst);
        let entered = enable_raw_mode().and_then(|()| execute!(io::stdout(), EnterAlternateScreen, cursor::Hide));
        let terminal = entered.and_then(|()| Terminal::new(CrosstermBackend::new(io::stdout())));
        match terminal {
            Ok(terminal) => Ok(Self { terminal: ManuallyDrop::new(terminal) }),
            Err(error) => {
                leave();
                Err(error.into())
            }
        }
    }

    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Result<(), TerminalError> {
        self.terminal.draw(draw)?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

/// Keys as they are pressed. They are read on a thread of their own: of a terminal that was closed meanwhile the library
/// reads for ever.
pub(super) struct Keys(Receiver<Event>);

impl Keys {
    pub(super) fn listen() -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || while event::read().is_ok_and(|event| sender.send(event).is_ok()) {});
        Self(receiver)
    }

    /// The next one, if there is one already.
    pub(super) fn next(&self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}

/// Whether the terminal was closed. Whoever has it for a controlling one gets a signal too.
pub(super) fn is_gone() -> bool {
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let keys = io::stdin();
        let mut asked = [PollFd::new(&keys, PollFlags::empty())];
        poll(&mut asked, Some(&Timespec::default())).is_ok() && asked[0].revents().contains(PollFlags::HUP)
    }
    #[cfg(not(unix))]
    false
}

/// Leaves the screen, once.
pub(super) fn leave() {
    if IS_ENTERED.swap(false, Ordering::SeqCst) {
        // Whatever fails here, nothing better could be done.
        let _ = disable_raw_mode();
        let _ = execute!(io::stdout(), LeaveAlternateScreen, cursor::Show);
    }
}

/// A panic of the thread that shows leaves the screen before it is told of. That of another one waits until the screen
/// was left: whoever shows finds out by itself that nothing comes any more.
fn leave_before_panics() {
    let viewer = thread::current().id();
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if IS_ENTERED.load(Ordering::SeqCst) && thread::current().id() != viewer {
            POSTPONED.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
            return;
        }
        leave();
        usual(panic);
    }));
}

/// Says what had to wait.
pub(super) fn tell_postponed() {
    for text in POSTPONED.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    /// Set where this program is run again, in a terminal, to panic there.
    const MARK: &str = "LAMPYRID_TEST_PANICS_IN";

    /// No test by itself: what the one below runs.
    #[test]
    fn panics_in_a_terminal() {
        let Some(place) = std::env::var_os(MARK) else { return };
        let screen = Screen::enter();
        assert!(screen.is_ok());
        if place == "viewer" {
            panic!("the viewer fell");
        }
        let driver = thread::spawn(|| panic!("the driver fell")).join();
        drop(screen);
        tell_postponed();
        panic::resume_unwind(driver.unwrap_err());
    }

    /// What a shell in a terminal shows after this program panicked in it.
    fn shown(place: &str) -> String {
        let pair = native_pty_system().openpty(PtySize { rows: 50, cols: 100, ..PtySize::default() }).unwrap();
        let mut command = CommandBuilder::new("sh");
        command.args([
            "-c",
            "\"$TEST\" --exact watch::terminal::tests::panics_in_a_terminal --nocapture; stty -a; echo the end",
        ]);
        command.env("TEST", std::env::current_exe().unwrap());
        command.env(MARK, place);
        pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (mut text, mut buffer) = (Vec::new(), [0; 1024]);
        while !String::from_utf8_lossy(&text).contains("the end") {
            let Ok(count @ 1..) = io::Read::read(&mut reader, &mut buffer) else { break };
            text.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    #[test]
    fn a_panic_of_either_thread_is_told_on_a_terminal_that_is_as_it_was() {
        for place in ["viewer", "driver"] {
            let text = shown(place);
            let (entered, left) = (text.find("\u{1b}[?1049h"), text.find("\u{1b}[?1049l"));
            let told = text.find(&format!("the {place} fell"));
            assert!(entered.is_some() && entered < left && left < told, "{place}: {text:?}");
            let is_set = |mode: &&str| text.split_whitespace().any(|word| word == *mode);
            assert!(["icanon", "echo", "opost"].iter().all(is_set), "{place}: {text}");
        }
    }
}
