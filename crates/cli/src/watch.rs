//! `lampyrid watch`: a swarm in the terminal while it runs.
//!
//! | file | what |
//! |---|---|
//! | `keys` | what can be done, by which key and which name |
//! | `script` | keys at simulated times, from a file |
//! | `terminal` | the terminal, and that it is left as it was |
//! | `look` | with or without colours, with or without more than ASCII |
//! | `view` | what the view remembers of what it has seen |
//! | `screen` | how it is drawn |
//! | `bench` | what being watched costs a swarm |

mod bench;
mod keys;
mod look;
mod screen;
mod script;
mod terminal;
mod view;

use std::time::Duration;

use ratatui::crossterm::event::Event;

use crate::{
    arguments::WatchArguments,
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    live::{Command, Live, Options, Sight, close},
};
pub(crate) use bench::cases;
use keys::Action;
use look::Look;
pub(crate) use script::ScriptError;
use script::{Player, Script, Turn};
pub(crate) use terminal::TerminalError;
use terminal::{Keys, Screen};
use view::{Reaction, View};

/// Shows a scenario while it runs; returns the exit code.
pub(crate) fn watch(arguments: &WatchArguments) -> Result<u8, Failure> {
    let script = arguments.script.as_deref().map(Script::load).transpose()?.unwrap_or_default();
    let scenario = arguments.live.scenario()?;
    terminal::check()?;
    let mut player = Player::new(script);
    let options = Options { hold: player.first_hold(), ..arguments.live.options(Sight::TERMINAL) };
    let live = Live::start(scenario, options)?;
    let mut watching = Watching {
        wire: Wire { live: &live, sent: 0 },
        view: View::new(Look::of_the_terminal(arguments.ascii)),
        interrupt: Interrupt::listen_and_leave(terminal::leave),
        frames: arguments.frames,
    };
    let left = {
        let mut screen = Screen::enter()?;
        watching.follow(&mut screen, &mut player)
    };
    terminal::tell_postponed();
    let ended = live.end();
    close(&ended, "watched", arguments.json, arguments.quiet)?;
    Ok(match left? {
        Left::Interrupted => exit_code::INTERRUPTED,
        Left::OfOwnAccord => exit_code::DONE,
    })
}

/// Why watching is over.
#[derive(Clone, Copy)]
enum Left {
    OfOwnAccord,
    Interrupted,
}

/// The way to the swarm.
struct Wire<'a> {
    live: &'a Live,
    /// Commands that were taken up to now, or are waiting.
    sent: u64,
}

impl Wire<'_> {
    /// Asks for something, unless so much was asked for already that it would only come late.
    fn send(&mut self, command: Command) {
        self.sent += u64::from(self.live.send(command).is_ok());
    }
}

struct Watching<'a> {
    wire: Wire<'a>,
    view: View,
    interrupt: Interrupt,
    /// Frames until it leaves.
    frames: Option<u64>,
}

impl Watching<'_> {
    /// Shows what there is to be seen and passes on what is asked for, until that is enough.
    fn follow(&mut self, screen: &mut Screen, player: &mut Player) -> Result<Left, TerminalError> {
        /// How long a key may wait.
        const PATIENCE: Duration = Duration::from_millis(15);
        let keys = Keys::listen();
        let (mut known, mut drawn, mut is_stale) = (u64::MAX, 0, true);
        while !self.interrupt.was_requested() && !terminal::is_gone() {
            match self.wire.live.newer(known, if is_stale { Duration::ZERO } else { PATIENCE }) {
                Ok(Some((version, seen))) => {
                    known = version;
                    self.view.see(seen);
                    is_stale = true;
                }
                Ok(None) => {}
                Err(_) => return Ok(Left::OfOwnAccord),
            }
            if let Some(left) = self.play(player) {
                return Ok(left);
            }
            if is_stale {
                screen.draw(|frame| screen::draw(&self.view, frame))?;
                (is_stale, drawn) = (false, drawn + 1);
                if self.frames == Some(drawn) {
                    return Ok(Left::OfOwnAccord);
                }
            }
            while let Some(event) = keys.next() {
                is_stale = true;
                if let Some(left) = self.hear(&event) {
                    return Ok(left);
                }
            }
        }
        Ok(Left::Interrupted)
    }

    /// Does what the script says for now.
    fn play(&mut self, player: &mut Player) -> Option<Left> {
        loop {
            match player.turn(self.view.seen(), self.wire.sent) {
                Turn::Wait => return None,
                Turn::Hold(until) => self.wire.send(Command::Hold(until)),
                Turn::Press(action) => {
                    if let Some(left) = self.react(action) {
                        return Some(left);
                    }
                }
            }
        }
    }

    /// Does what a key says.
    fn hear(&mut self, event: &Event) -> Option<Left> {
        let Event::Key(key) = event else { return None };
        if keys::is_interrupt(key) {
            return Some(Left::Interrupted);
        }
        keys::action_of(key).and_then(|action| self.react(action))
    }

    fn react(&mut self, action: Action) -> Option<Left> {
        match self.view.react(action) {
            Reaction::None => {}
            Reaction::Ask(command) => self.wire.send(command),
            Reaction::Leave => return Some(Left::OfOwnAccord),
        }
        None
    }
}
