//! What a page may ask the swarm to do, and what of it is out of reason.

use lampyrid::{
    io::scenario::nearest,
    swarm::{DisruptionKind, Pattern, Rule},
};
use serde::Deserialize;

use crate::live::{Command, Pace, Snapshot, patterns, rules};

/// A command in JSON, such as `{"do": "disrupt", "kind": "scramble", "fraction": 0.3}`.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Wish {
    Toggle {},
    Step {},
    /// Simulated seconds per second, or none for as many as the machine can do.
    Pace {
        speed: Option<f64>,
    },
    Disrupt {
        kind: String,
        fraction: f64,
        /// How long what can be taken back lasts [simulated s].
        #[serde(default = "seconds")]
        seconds: f64,
    },
    Pursue {
        pattern: String,
    },
    Follow {
        strategy: String,
    },
    Couple {
        strength: f64,
    },
    Resize {
        agents: u64,
    },
    Seed {
        seed: u64,
    },
    Reset {},
    Save {},
}

fn seconds() -> f64 {
    5.0
}

/// Why a wish is not passed on.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum Unwished {
    #[error("no command that is known: {0}")]
    Malformed(String),
    #[error("there is no {what} {word:?}{}", hint(.nearest))]
    Unknown { what: &'static str, word: String, nearest: Option<&'static str> },
    #[error("{what} must be {requirement}")]
    OutOfRange { what: &'static str, requirement: &'static str },
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map_or(String::new(), |nearest| format!("; did you mean {nearest:?}?"))
}

const DISRUPTIONS: [DisruptionKind; 6] = [
    DisruptionKind::Scramble,
    DisruptionKind::Silence,
    DisruptionKind::Remove,
    DisruptionKind::CutLinks,
    DisruptionKind::ShiftFrequencies { by: 1.0 },
    DisruptionKind::FreezeEnergy,
];

/// The most that the number 2⁶³ − 1 of seeds allows.
const LARGEST_SEED: u64 = i64::MAX as u64;

/// Reads a command for the swarm that is seen.
pub(super) fn read(body: &[u8], seen: &Snapshot) -> Result<Command, Unwished> {
    let wish = serde_json::from_slice(body).map_err(|error| Unwished::Malformed(error.to_string()))?;
    Ok(match wish {
        Wish::Toggle {} => Command::Toggle,
        Wish::Step {} => Command::Step,
        Wish::Pace { speed: None } => Command::Pace(Pace::FlatOut),
        Wish::Pace { speed: Some(speed) } => {
            ranged((0.1..=100.0).contains(&speed), "the speed", "from 0.1 to 100 simulated seconds per second")?;
            Command::Pace(Pace::Times(speed))
        }
        Wish::Disrupt { kind, fraction, seconds } => {
            ranged(fraction > 0.0 && fraction <= 1.0, "the fraction", "above 0 and at most 1")?;
            ranged(seconds > 0.0 && seconds <= 1e6, "the time", "above 0 s and at most a million")?;
            let kind = known("disruption", &kind, DISRUPTIONS, DisruptionKind::name)?;
            Command::Disrupt { kind, fraction, seconds }
        }
        Wish::Pursue { pattern } => {
            Command::Pursue(known("pattern", &pattern, patterns(seen.frequency), Pattern::name)?)
        }
        Wish::Follow { strategy } => Command::Follow(known("strategy", &strategy, rules(), Rule::name)?),
        Wish::Couple { strength } => {
            ranged(strength.abs() <= 1e6, "the coupling strength", "a number of rad/s, no larger than a million")?;
            Command::Couple(strength)
        }
        Wish::Resize { agents } => {
            ranged((1..=100_000_000).contains(&agents), "the size", "from 1 to 100 million agents")?;
            Command::Resize(agents)
        }
        Wish::Seed { seed } => {
            ranged(seed <= LARGEST_SEED, "the seed", "at most 2^63 − 1")?;
            Command::Seed(seed)
        }
        Wish::Reset {} => Command::Reset,
        Wish::Save {} => Command::Save,
    })
}

fn ranged(is_in: bool, what: &'static str, requirement: &'static str) -> Result<(), Unwished> {
    if is_in { Ok(()) } else { Err(Unwished::OutOfRange { what, requirement }) }
}

/// The one of some that has a name, or the one that was probably meant.
fn known<T: Copy, const N: usize>(
    what: &'static str,
    word: &str,
    all: [T; N],
    name: impl Fn(&T) -> &'static str,
) -> Result<T, Unwished> {
    if let Some(found) = all.iter().find(|one| name(one) == word) {
        return Ok(*found);
    }
    let names: Vec<&'static str> = all.iter().map(name).collect();
    let shown = word.chars().take(40).collect();
    Err(Unwished::Unknown { what, word: shown, nearest: nearest(word, &names) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wished(text: &str) -> Result<Command, Unwished> {
        read(text.as_bytes(), &Snapshot { frequency: 0.5, ..Snapshot::default() })
    }

    #[test]
    fn every_wish_becomes_its_command() {
        for (text, command) in [
            (r#"{"do":"toggle"}"#, Command::Toggle),
            (r#"{"do":"step"}"#, Command::Step),
            (r#"{"do":"pace","speed":2.5}"#, Command::Pace(Pace::Times(2.5))),
            (r#"{"do":"pace","speed":null}"#, Command::Pace(Pace::FlatOut)),
            (
                r#"{"do":"disrupt","kind":"cut_links","fraction":0.3}"#,
                Command::Disrupt { kind: DisruptionKind::CutLinks, fraction: 0.3, seconds: 5.0 },
            ),
            (r#"{"do":"pursue","pattern":"locked"}"#, Command::Pursue(Pattern::Locked { frequency: 0.5 })),
            (r#"{"do":"follow","strategy":"phase_nudge"}"#, Command::Follow(rules()[0])),
            (r#"{"do":"couple","strength":-2}"#, Command::Couple(-2.0)),
            (r#"{"do":"resize","agents":500}"#, Command::Resize(500)),
            (r#"{"do":"seed","seed":7}"#, Command::Seed(7)),
            (r#"{"do":"reset"}"#, Command::Reset),
            (r#"{"do":"save"}"#, Command::Save),
        ] {
            assert_eq!(wished(text), Ok(command), "{text}");
        }
    }

    #[test]
    fn what_is_out_of_reason_is_not_passed_on() {
        for (text, words) in [
            ("", "no command"),
            ("[]", "no command"),
            (r#"{"do":"quit"}"#, "no command"),
            (r#"{"do":"step","twice":true}"#, "no command"),
            (r#"{"do":"resize","agents":-1}"#, "no command"),
            (r#"{"do":"resize","agents":1.5}"#, "no command"),
            (r#"{"do":"resize","agents":0}"#, "from 1 to"),
            (r#"{"do":"couple","strength":1e999}"#, "no command"),
            (r#"{"do":"couple","strength":1e7}"#, "no larger"),
            (r#"{"do":"pace","speed":0}"#, "from 0.1"),
            (r#"{"do":"disrupt","kind":"scramble","fraction":0}"#, "above 0"),
            (r#"{"do":"disrupt","kind":"scramble","fraction":1.1}"#, "at most 1"),
            (r#"{"do":"disrupt","kind":"scrambel","fraction":1}"#, "did you mean \"scramble\"?"),
            (r#"{"do":"pursue","pattern":"spaly"}"#, "did you mean \"splay\"?"),
            (r#"{"do":"follow","strategy":"puls"}"#, "did you mean \"pulse\"?"),
            (r#"{"do":"seed","seed":9223372036854775808}"#, "2^63"),
        ] {
            let error = wished(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
