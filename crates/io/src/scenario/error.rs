//! What can be wrong with a scenario, and where.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::source::Source;
use crate::place::excerpt_of;

/// What is wrong, apart from where it stands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioProblem {
    /// The scenario file could not be read.
    #[error("cannot read the scenario: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The scenario file holds more bytes than any scenario needs.
    #[error("the scenario is larger than {limit} bytes")]
    TooLarge {
        /// The largest size accepted, in bytes.
        limit: u64,
    },
    /// The text is not UTF-8.
    #[error("the scenario is not UTF-8 text: byte {offset} starts no character")]
    NotText {
        /// Offset of the first byte that is not part of a character.
        offset: usize,
    },
    /// The text is not TOML.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// What the TOML parser expected.
        message: String,
    },
    /// An override is not of the form `key=value`.
    #[error("an override is written key=value, and {missing} is missing")]
    MalformedOverride {
        /// The part that is missing.
        missing: &'static str,
    },
    /// A key or table that no scenario has.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key, or its beginning if it is long.
        key: String,
    },
    /// A word that is none of those a key accepts.
    #[error("`{key}` cannot be \"{word}\"")]
    UnknownWord {
        /// The key with its table, such as `time.integrator`.
        key: String,
        /// The word, or its beginning if it is long.
        word: String,
        /// The words the key accepts.
        known: Vec<&'static str>,
    },
    /// A value of the wrong type.
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        /// The key with its table.
        key: String,
        /// The type the key takes.
        expected: &'static str,
        /// The type and, where short, the value found.
        found: String,
    },
    /// A value of the right type but outside what the key accepts.
    #[error("`{key}` must be {requirement}, not {value}")]
    OutOfRange {
        /// The key with its table.
        key: String,
        /// What the value must satisfy.
        requirement: String,
        /// The value as written.
        value: String,
    },
    /// Two keys that exclude each other.
    #[error("`{second}` conflicts with `{first}`")]
    Conflict {
        /// The key met first.
        first: String,
        /// The key met second, to which the error points.
        second: String,
    },
    /// A key that means nothing beside the choice made by another.
    #[error("`{key}` has no meaning with {context}")]
    Inapplicable {
        /// The key with its table.
        key: String,
        /// The choice it does not fit, such as `kind = "ring"`.
        context: String,
    },
    /// A key that another one makes necessary.
    #[error("`{key}` is missing: {reason}")]
    Missing {
        /// The key with its table.
        key: String,
        /// What makes it necessary.
        reason: String,
    },
}

/// A wrong scenario: the problem, the place in the text and, mostly, a way out.
///
/// [`Display`](fmt::Display) gives one line, `scenario.toml:7:3: unknown key `strenght`; did you mean
/// `strength`?`; [`source_text`](Self::source_text) and
/// [`span`](Self::span) let a program show the wrong part in its text.
#[derive(Debug)]
pub struct ScenarioError {
    // Boxed: errors are rare, results are not.
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    problem: ScenarioProblem,
    help: Option<String>,
    source: Arc<Source>,
    span: Range<usize>,
}

impl ScenarioError {
    pub(crate) fn new(problem: ScenarioProblem, source: Arc<Source>, span: Range<usize>) -> Self {
        let end = source.text.len();
        let span = span.start.min(end)..span.end.min(end);
        Self { inner: Box::new(Inner { problem, help: None, source, span }) }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.inner.help = Some(help.into());
        self
    }

    /// What is wrong.
    pub fn problem(&self) -> &ScenarioProblem {
        &self.inner.problem
    }

    /// What to do about it, where that can be said.
    pub fn help(&self) -> Option<&str> {
        self.inner.help.as_deref()
    }

    /// The file, or the command-line option, the wrong text came from.
    pub fn source_name(&self) -> &str {
        &self.inner.source.name
    }

    /// The whole text of that file or argument; empty when it could not be read.
    pub fn source_text(&self) -> &str {
        &self.inner.source.text
    }

    /// The wrong part of [`source_text`](Self::source_text), in bytes.
    pub fn span(&self) -> Range<usize> {
        self.inner.span.clone()
    }

    /// Line of the wrong part, counted from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// Column of the wrong part in characters, counted from 1.
    pub fn column(&self) -> usize {
        let before = self.before();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        before[start..].chars().count() + 1
    }

    /// The text before the wrong part, never cut inside a character.
    fn before(&self) -> &str {
        let text = self.source_text();
        &text[..text.floor_char_boundary(self.inner.span.start)]
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.inner.source;
        if source.is_argument {
            write!(f, "{} {}: {}", source.name, excerpt_of(&source.text, 200), self.inner.problem)?;
        } else if source.text.is_empty() {
            write!(f, "{}: {}", source.name, self.inner.problem)?;
        } else {
            let (line, column) = (self.line(), self.column());
            write!(f, "{}:{line}:{column}: {}", source.name, self.inner.problem)?;
        }
        match self.help() {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ScenarioError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.problem {
            ScenarioProblem::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}
