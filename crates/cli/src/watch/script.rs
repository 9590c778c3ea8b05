//! Keys at simulated times, from a file.
//!
//! ```text
//! # seconds of simulated time since watching began, then keys, by key or by name
//! 2.5   scramble
//! 8     space . . space      # pause, two steps, go on
//! 12    q
//! ```
//!
//! Times do not decrease. They go on through resets. Where the clock stands still, after a pause or at the end of the
//! scenario, keys are pressed one after the other, whatever their times. A key is pressed before the first step that
//! begins at its time or later, however fast the swarm runs, so that a script comes to the same bits every time.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use super::keys::{Action, named};
use crate::live::{Snapshot, State};

/// Keys with their times [simulated s], in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Script(Vec<(f64, Action)>);

/// Why a script cannot be played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    #[error("{}: cannot read the script: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}: the script is {problem}", path.display())]
    NotAScript { path: PathBuf, problem: &'static str },
    #[error("{}:{line}:{column}: {problem}", path.display())]
    Line { path: PathBuf, line: usize, column: usize, problem: LineProblem },
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum LineProblem {
    #[error("{0:?} is no time: a line begins with seconds of simulated time, 0 or more, such as `2.5 scramble`")]
    Time(String),
    #[error("{time} s comes after {before} s: times must not decrease")]
    Earlier { time: f64, before: f64 },
    #[error("a time without keys; name some after it, such as `2.5 scramble`")]
    NoKey,
    #[error("unknown key `{key}`; {}", hint(.nearest.as_ref()))]
    Key { key: String, nearest: Option<&'static str> },
}

fn hint(nearest: Option<&&str>) -> String {
    nearest.map_or_else(
        || "`lampyrid watch` tells all keys when `?` is pressed".to_owned(),
        |nearest| format!("did you mean `{nearest}`?"),
    )
}

/// Largest file that is taken for a script [bytes].
const LARGEST: u64 = 1 << 20;

impl Script {
    /// Reads a file.
    pub(crate) fn load(path: &Path) -> Result<Self, ScriptError> {
        let unreadable = |source| ScriptError::Unreadable { path: path.to_path_buf(), source };
        let wrong = |problem| ScriptError::NotAScript { path: path.to_path_buf(), problem };
        let mut bytes = Vec::new();
        fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(wrong("larger than a mebibyte; name a text of times and keys"));
        }
        let text = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8 text; name a text of times and keys"))?;
        Self::parse(&text).map_err(|(line, column, problem)| ScriptError::Line {
            path: path.to_path_buf(),
            line,
            column,
            problem,
        })
    }

    /// Reads a text; line, column and problem of the first line that is wrong.
    fn parse(text: &str) -> Result<Self, (usize, usize, LineProblem)> {
        let mut keys = Vec::new();
        let mut before = 0.0;
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.split_once('#').map_or(line, |(said, _)| said);
            let place = |word: &str| {
                let start = word.as_ptr() as usize - line.as_ptr() as usize;
                (number + 1, line[..start].chars().count() + 1)
            };
            let wrong = |word: &str, problem| {
                let (line, column) = place(word);
                (line, column, problem)
            };
            let mut words = line.split_whitespace();
            let Some(first) = words.next() else { continue };
            let time = first.parse().ok().filter(|time: &f64| time.is_finite() && *time >= 0.0);
            let time = time.ok_or_else(|| wrong(first, LineProblem::Time(first.to_owned())))?;
            if time < before {
                return Err(wrong(first, LineProblem::Earlier { time, before }));
            }
            before = time;
            let known = keys.len();
            for word in words {
                let action = named(word);
                let unknown = |nearest| wrong(word, LineProblem::Key { key: word.to_owned(), nearest });
                keys.push((time, action.map_err(unknown)?));
            }
            if keys.len() == known {
                return Err(wrong(first, LineProblem::NoKey));
            }
        }
        Ok(Self(keys))
    }
}

/// What the script wants done now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Turn {
    /// Nothing: it waits for the swarm.
    Wait,
    /// The swarm shall not go beyond this time, or may go where it likes.
    Hold(Option<f64>),
    Press(Action),
}

/// Plays a script: one key at a time, each where the swarm has come to its time and done all that was asked before.
#[derive(Debug)]
pub(super) struct Player {
    script: Script,
    next: usize,
    hold: Option<f64>,
}

impl Player {
    pub(super) fn new(script: Script) -> Self {
        let hold = script.0.first().map(|(time, _)| *time);
        Self { script, next: 0, hold }
    }

    /// Where the swarm has to stop for the first key.
    pub(super) fn first_hold(&self) -> Option<f64> {
        self.hold
    }

    /// What is to be done, of a swarm that was asked for so many things.
    pub(super) fn turn(&mut self, seen: &Snapshot, asked: u64) -> Turn {
        let time = self.script.0.get(self.next).map(|(time, _)| *time);
        if self.hold.is_none() || seen.taken < asked || !seen.held {
            return Turn::Wait;
        }
        // Once at a time it stays there: clocks that stand still come no nearer.
        if (time == self.hold || seen.state != State::Running)
            && let Some(&(_, action)) = self.script.0.get(self.next)
        {
            self.next += 1;
            return Turn::Press(action);
        }
        self.hold = time;
        Turn::Hold(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::keys::Way;

    #[test]
    fn lines_are_times_with_keys_and_the_rest_is_comment() {
        let script = Script::parse("# demo\n\n 2.5\tscramble # now\n8 space . space\r\n8 G\n").unwrap();
        let expected = [
            (2.5, named("1").unwrap()),
            (8.0, Action::Toggle),
            (8.0, Action::Step),
            (8.0, Action::Toggle),
            (8.0, Action::Goal(Way::Previous)),
        ];
        assert_eq!(script.0, expected);
        assert_eq!(Script::parse(""), Ok(Script::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |text: &str| {
            let (line, column, problem) = Script::parse(text).unwrap_err();
            format!("{line}:{column}: {problem}")
        };
        for (text, expected) in [
            ("1 q\n2  sqramble", "2:4: unknown key `sqramble`; did you mean `scramble`?"),
            ("1 ü", "1:3: unknown key `ü`; `lampyrid watch` tells all keys when `?` is pressed"),
            (
                "scramble",
                "1:1: \"scramble\" is no time: a line begins with seconds of simulated time, 0 or more, such as `2.5 scramble`",
            ),
            (
                "-1 q",
                "1:1: \"-1\" is no time: a line begins with seconds of simulated time, 0 or more, such as `2.5 scramble`",
            ),
            (
                "nan q",
                "1:1: \"nan\" is no time: a line begins with seconds of simulated time, 0 or more, such as `2.5 scramble`",
            ),
            ("2 q\n\n 1 q", "3:2: 1 s comes after 2 s: times must not decrease"),
            ("2 # q", "1:1: a time without keys; name some after it, such as `2.5 scramble`"),
        ] {
            assert_eq!(wrong(text), expected);
        }
    }

    #[test]
    fn keys_wait_for_their_time_and_for_what_was_asked_before() {
        let mut player = Player::new(Script::parse("1 space space\n2 q").unwrap());
        assert_eq!(player.first_hold(), Some(1.0));
        let mut seen = Snapshot { state: State::Running, ..Snapshot::default() };
        assert_eq!(player.turn(&seen, 0), Turn::Wait);
        seen.held = true;
        assert_eq!(player.turn(&seen, 0), Turn::Press(Action::Toggle));
        assert_eq!(player.turn(&seen, 1), Turn::Wait);
        (seen.taken, seen.state) = (1, State::Paused);
        assert_eq!(player.turn(&seen, 1), Turn::Press(Action::Toggle));
        (seen.taken, seen.state) = (2, State::Running);
        assert_eq!(player.turn(&seen, 2), Turn::Hold(Some(2.0)));
        (seen.taken, seen.held) = (3, false);
        assert_eq!(player.turn(&seen, 3), Turn::Wait);
        seen.held = true;
        assert_eq!(player.turn(&seen, 3), Turn::Press(Action::Leave));
        assert_eq!(player.turn(&seen, 3), Turn::Hold(None));
        assert_eq!(player.turn(&seen, 3), Turn::Wait);
    }

    #[test]
    fn a_clock_that_stands_still_makes_no_key_wait() {
        let mut player = Player::new(Script::parse("1 space\n5 .").unwrap());
        let seen = Snapshot { held: true, state: State::Paused, ..Snapshot::default() };
        assert_eq!(player.turn(&seen, 0), Turn::Press(Action::Toggle));
        assert_eq!(player.turn(&seen, 0), Turn::Press(Action::Step));
    }
}
