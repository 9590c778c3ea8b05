//! Where in an input file something stands.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in an input file, shown as `grid.mtx:17:5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the caller named it.
    pub path: PathBuf,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in characters, counted from 1.
    pub column: u64,
}

impl Place {
    /// The place `line:column` of `path`.
    #[must_use]
    pub fn new(path: &Path, line: u64, column: u64) -> Self {
        Self { path: path.to_owned(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// A piece of the file as a message may quote it: short, on one line, without characters that steer a terminal.
pub(crate) fn excerpt(text: &str) -> String {
    excerpt_of(text, 40)
}

/// The same, cut to `longest` characters.
pub(crate) fn excerpt_of(text: &str, longest: usize) -> String {
    let mut shown: String = text.chars().take(longest).map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(longest).is_some() {
        shown.push('…');
    }
    shown
}

/// Control characters, and those that turn round the direction in which text runs.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_like_a_compiler_message() {
        let place = Place::new(Path::new("grid.mtx"), 17, 5);
        assert_eq!(place.to_string(), "grid.mtx:17:5");
    }

    #[test]
    fn an_excerpt_is_short_and_has_no_control_characters() {
        assert_eq!(excerpt("0,5"), "0,5");
        assert_eq!(excerpt("a\tb"), "a\u{fffd}b");
        assert_eq!(excerpt("\u{202e}b"), "\u{fffd}b");
        let long = excerpt(&"é".repeat(1000));
        assert_eq!(long.chars().count(), 41);
        assert!(long.ends_with('…'));
    }
}
