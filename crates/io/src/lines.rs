//! Line by line through a text file, and word by word through a line.

use std::io::{BufRead, Read};
use std::mem;
use std::path::Path;

use crate::InputError;
use crate::place::{Place, excerpt};
use crate::source::{Source, refused};

/// The longest line read, in bytes. Lines are held whole, so this bounds the memory that a file
/// without line ends can ask for.
pub(crate) const LONGEST_LINE: usize = 1 << 20;

/// The lines of a text file, one at a time, in one reused buffer.
pub(crate) struct Lines<'s> {
    source: Source<'s>,
    text: String,
    number: u64,
    bytes: u64,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(source: Source<'s>) -> Self {
        Self { source, text: String::new(), number: 0, bytes: 0 }
    }

    /// Goes to the next line; false at the end of the file.
    pub(crate) fn advance(&mut self) -> Result<bool, InputError> {
        let mut line = mem::take(&mut self.text).into_bytes();
        line.clear();
        self.number += 1;
        let read = (&mut self.source.reader)
            .take(LONGEST_LINE as u64 + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| refused(&self.source.path, error))?;
        self.bytes += read as u64;
        if line.len() > LONGEST_LINE {
            return Err(InputError::LineTooLong { at: self.start(), limit: LONGEST_LINE });
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        self.text = self.decode(line)?;
        Ok(read > 0)
    }

    /// Goes to the next line with anything on it that is not a comment. A comment is a line whose
    /// first visible character is one of `markers`.
    pub(crate) fn advance_to_data(&mut self, markers: &[char]) -> Result<bool, InputError> {
        while self.advance()? {
            let visible = self.text.trim_start();
            if !visible.is_empty() && !visible.starts_with(markers) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn decode(&self, line: Vec<u8>) -> Result<String, InputError> {
        let place = |before: &[u8]| {
            let column = String::from_utf8_lossy(before).chars().count() as u64 + 1;
            Place::new(&self.source.path, self.number, column)
        };
        if let Some(offset) = find(&line, 0) {
            return Err(InputError::Binary { at: place(&line[..offset]) });
        }
        if let Some(offset) = find(&line, b'\r') {
            return Err(InputError::CarriageReturn { at: place(&line[..offset]) });
        }
        String::from_utf8(line).map_err(|error| InputError::InvalidUtf8 {
            at: place(&error.as_bytes()[..error.utf8_error().valid_up_to()]),
        })
    }

    /// The current line, without its line end.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The current line's number, from 1; past the end, one more than the last line's.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.source.path
    }

    /// The start of the current line.
    pub(crate) fn start(&self) -> Place {
        Place::new(&self.source.path, self.number, 1)
    }

    /// The place at a byte offset of the current line.
    pub(crate) fn at(&self, offset: usize) -> Place {
        let column = self.text[..offset].chars().count() as u64 + 1;
        Place::new(&self.source.path, self.number, column)
    }

    /// The words of the current line, which must be exactly `N`: the named `fields`.
    pub(crate) fn words<const N: usize>(&self, fields: &'static str) -> Result<[Word<'_>; N], InputError> {
        let mut words = Words::of(&self.text);
        let mut taken = [(0, ""); N];
        for (found, word) in taken.iter_mut().enumerate() {
            *word =
                words.next().ok_or_else(|| InputError::FieldCount { at: self.start(), expected: N, found, fields })?;
        }
        match words.next() {
            None => Ok(taken),
            Some((surplus, _)) => {
                Err(InputError::FieldCount { at: self.at(surplus), expected: N, found: N + 1 + words.count(), fields })
            }
        }
    }

    /// Reads the finite number `word` that begins at byte `offset` of the current line.
    pub(crate) fn finite(&self, offset: usize, word: &str, what: &'static str) -> Result<f64, InputError> {
        parse_finite(word).map_err(|reason| reason.error(self.at(offset), what, word))
    }
}

/// Where `byte` stands in `line`; fast when it does not.
fn find(line: &[u8], byte: u8) -> Option<usize> {
    // `contains` searches whole words at a time, `position` does not.
    if line.contains(&byte) { line.iter().position(|&b| b == byte) } else { None }
}

/// Why a word is no usable number.
pub(crate) enum NoNumber {
    NotANumber,
    NotFinite,
}

impl NoNumber {
    /// The error that `word`, which stands at `at` and should be a `what`, is none.
    pub(crate) fn error(self, at: Place, what: &'static str, word: &str) -> InputError {
        let found = excerpt(word);
        match self {
            Self::NotANumber => InputError::NotANumber { at, what, found },
            Self::NotFinite => InputError::NotFinite { at, what, found },
        }
    }
}

/// Reads a finite number in the usual notations (`2`, `-0.5`, `2.5e-1`).
pub(crate) fn parse_finite(word: &str) -> Result<f64, NoNumber> {
    match word.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(NoNumber::NotFinite),
        Err(_) => Err(NoNumber::NotANumber),
    }
}

/// A word and its byte offset in the line.
pub(crate) type Word<'a> = (usize, &'a str);

/// The words of a line with their byte offsets, separated by any run of white space.
pub(crate) struct Words<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let mut start = self.offset;
        while bytes.get(start).is_some_and(u8::is_ascii_whitespace) {
            start += 1;
        }
        let mut end = start;
        while bytes.get(end).is_some_and(|byte| !byte.is_ascii_whitespace()) {
            end += 1;
        }
        self.offset = end;
        (start < end).then(|| (start, &self.text[start..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_with_their_offsets() {
        let words: Vec<_> = Words::of("  12 \t é 0.5  ").collect();
        assert_eq!(words, [(2, "12"), (7, "é"), (10, "0.5")]);
        assert_eq!(Words::of(" \t ").next(), None);
    }
}
