//! What can be done while watching, by which key and which name.

use lampyrid::{io::scenario::nearest, swarm::DisruptionKind};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// Something that a key does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Action {
    /// Pause, or go on.
    Toggle,
    /// One step, then stand still.
    Step,
    Faster,
    Slower,
    /// As fast as the machine can, or again at the pace before.
    FlatOut,
    Disrupt(DisruptionKind),
    /// The goal after, or before, the present one.
    Goal(Way),
    Strategy(Way),
    /// Twice, or half, as many agents.
    Size(Way),
    Seed(Way),
    Reset,
    Save,
    /// The histogram of phases gives way to their raster, and the other way round, where there is room for one.
    Phases,
    Help,
    /// Closes the help, or leaves.
    Escape,
    Leave,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Next,
    Previous,
}

/// A key, the other name that scripts may give it, and what it does.
pub(super) struct Key {
    pub key: &'static str,
    pub name: &'static str,
    pub action: Action,
}

const fn key(key: &'static str, name: &'static str, action: Action) -> Key {
    Key { key, name, action }
}

/// All keys.
pub(super) const KEYS: [Key; 27] = [
    key("space", "pause", Action::Toggle),
    key(".", "step", Action::Step),
    key("+", "faster", Action::Faster),
    key("-", "slower", Action::Slower),
    key("f", "flat_out", Action::FlatOut),
    key("1", "scramble", Action::Disrupt(DisruptionKind::Scramble)),
    key("2", "silence", Action::Disrupt(DisruptionKind::Silence)),
    key("3", "remove", Action::Disrupt(DisruptionKind::Remove)),
    key("4", "cut_links", Action::Disrupt(DisruptionKind::CutLinks)),
    key("5", "shift_frequencies", Action::Disrupt(DisruptionKind::ShiftFrequencies { by: 1.0 })),
    key("6", "freeze_energy", Action::Disrupt(DisruptionKind::FreezeEnergy)),
    key("g", "next_goal", Action::Goal(Way::Next)),
    key("G", "previous_goal", Action::Goal(Way::Previous)),
    key("s", "next_strategy", Action::Strategy(Way::Next)),
    key("S", "previous_strategy", Action::Strategy(Way::Previous)),
    key("n", "larger", Action::Size(Way::Next)),
    key("N", "smaller", Action::Size(Way::Previous)),
    key("e", "next_seed", Action::Seed(Way::Next)),
    key("E", "previous_seed", Action::Seed(Way::Previous)),
    key("r", "reset", Action::Reset),
    key("w", "save", Action::Save),
    key("v", "phases", Action::Phases),
    key("?", "help", Action::Help),
    key("esc", "escape", Action::Escape),
    key("q", "quit", Action::Leave),
    // Where a hand may be already.
    key("=", "faster", Action::Faster),
    key("h", "help", Action::Help),
];

/// What a key, or what it does, is called: the action, or the name that was probably meant.
pub(super) fn named(word: &str) -> Result<Action, Option<&'static str>> {
    let found = KEYS.iter().find(|known| known.key == word || known.name == word);
    found.map(|known| known.action).ok_or_else(|| {
        let names: Vec<_> =
            KEYS.iter().flat_map(|known| [known.name, known.key]).filter(|name| name.len() > 1).collect();
        nearest(word, &names)
    })
}

/// What a key of the keyboard does.
pub(super) fn action_of(event: &KeyEvent) -> Option<Action> {
    if event.kind == KeyEventKind::Release || event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    match event.code {
        KeyCode::Char(' ') => named("space").ok(),
        KeyCode::Esc => named("esc").ok(),
        KeyCode::Up => named("faster").ok(),
        KeyCode::Down => named("slower").ok(),
        KeyCode::Right => named("step").ok(),
        // Names of more than one letter are for scripts.
        KeyCode::Char(letter) => named(letter.encode_utf8(&mut [0; 4])).ok(),
        _ => None,
    }
}

/// Whether it is Ctrl-C, which a terminal in raw mode does not turn into a signal.
pub(super) fn is_interrupt(event: &KeyEvent) -> bool {
    event.code == KeyCode::Char('c') && event.modifiers.contains(KeyModifiers::CONTROL)
}

/// The keys as the help explains them.
pub(super) const HELP: [(&str, &str); 18] = [
    ("space", "pause, or go on, past the end too"),
    (".", "one step"),
    ("+ -", "faster, slower: 0.1 to 100 simulated s per s"),
    ("f", "flat out, or back"),
    ("1", "scramble the phases of 30 %"),
    ("2", "silence 30 % for 5 s"),
    ("3", "remove 30 %"),
    ("4", "cut 30 % of the links for 5 s"),
    ("5", "shift frequencies of 30 % by 1 rad/s for 5 s"),
    ("6", "freeze the energy of 30 % for 5 s"),
    ("g G", "next goal, goal before"),
    ("s S", "next strategy, strategy before"),
    ("n N", "begin anew with twice, half as many agents"),
    ("e E", "begin anew with the next seed, the one before"),
    ("r", "begin anew"),
    ("w", "save a checkpoint for lampyrid resume"),
    ("v", "histogram or raster of phases"),
    ("? q esc", "this help, quit"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_and_the_page_tell_of_every_key() {
        let page = include_str!("../../../../docs/watch.md");
        for known in &KEYS {
            let is_told = HELP.iter().any(|(keys, _)| keys.split(' ').any(|one| one == known.key));
            assert!(is_told || ["=", "h"].contains(&known.key), "{}", known.key);
            assert!(page.contains(&format!("`{}`", known.name)), "{}", known.name);
        }
    }

    #[test]
    fn every_action_has_a_name_and_every_name_one_action() {
        for known in &KEYS {
            assert_eq!((named(known.key), named(known.name)), (Ok(known.action), Ok(known.action)), "{}", known.name);
        }
    }

    #[test]
    fn a_slip_is_recognised_and_letters_alone_are_no_hint() {
        assert_eq!(named("scrable"), Err(Some("scramble")));
        assert_eq!(named("spcae"), Err(Some("space")));
        assert_eq!(named("Z"), Err(None));
    }

    #[test]
    fn control_keys_do_nothing_but_interrupt() {
        let control = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(is_interrupt(&control) && action_of(&control).is_none());
        assert_eq!(action_of(&KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE)), Some(Action::Leave));
        assert_eq!(
            action_of(&KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT)),
            Some(Action::Goal(Way::Previous))
        );
    }
}
