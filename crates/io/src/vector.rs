//! Per-agent values from files: initial phases, natural frequencies.

use std::fmt;
use std::path::Path;

use crate::InputError;
use crate::lines::{Lines, Words};
use crate::source::Source;

/// What the values of a vector are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// Phases θ in radians. Any finite value; not wrapped by the reader.
    Phase,
    /// Natural angular frequencies ω in radians per second. Any finite value.
    Frequency,
}

impl Quantity {
    fn word(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Frequency => "frequency",
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Reads one value for each of `expected` nodes from the file `path`, in node order.
///
/// The file has one number per line. Blank lines are skipped, as are comments: lines that begin
/// with `#` or `%`. The first line with data may be a header: a single word that begins with a
/// letter, an underscore or a quotation mark and is no number.
///
/// # Errors
///
/// [`InputError::LengthMismatch`] if there are more or fewer than `expected` values; otherwise if
/// the file cannot be read, or a line is not one finite number.
pub fn read_vector(path: &Path, expected: usize, quantity: Quantity) -> Result<Vec<f64>, InputError> {
    read_source(Source::open(path)?, expected, quantity)
}

/// Reads a vector that lies in memory. `name` stands in for the file's name: errors call the vector by it.
///
/// # Errors
///
/// As [`read_vector`].
pub fn read_vector_bytes(
    name: &str,
    bytes: &[u8],
    expected: usize,
    quantity: Quantity,
) -> Result<Vec<f64>, InputError> {
    read_source(Source::from_reader(Path::new(name), Box::new(bytes))?, expected, quantity)
}

fn read_source(source: Source, expected: usize, quantity: Quantity) -> Result<Vec<f64>, InputError> {
    let path = source.path.clone();
    let mut lines = Lines::new(source);
    let mut values = Vec::new();
    let mut found = 0;
    let mut first = true;
    while lines.advance_to_data(&['#', '%'])? {
        let (offset, word) = only_word(&lines)?;
        if !(first && is_header(word)) {
            let value = lines.finite(offset, word, quantity.word())?;
            found += 1;
            // A file that is too long is read on, to say how long it is, but not kept.
            if found <= expected {
                values.push(value);
            }
        }
        first = false;
    }
    if found == expected {
        return Ok(values);
    }
    Err(InputError::LengthMismatch { path, quantity, expected, found })
}

/// The current line's only word and its byte offset.
fn only_word<'l>(lines: &'l Lines<'_>) -> Result<(usize, &'l str), InputError> {
    let separates = |c: char| c == ',' || c == ';' || c.is_ascii_whitespace();
    let mut words = Words::of(lines.text());
    let (offset, word) = words.next().unwrap_or((0, ""));
    let surplus =
        word.find(separates).map(|within| offset + within + 1).or_else(|| words.next().map(|(offset, _)| offset));
    match surplus {
        None => Ok((offset, word)),
        Some(surplus) => Err(InputError::FieldCount {
            at: lines.at(surplus),
            expected: 1,
            found: lines.text().trim().split(separates).filter(|field| !field.is_empty()).count().max(2),
            fields: "one value per line, with a decimal point",
        }),
    }
}

fn is_header(word: &str) -> bool {
    let wordy = word.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '"');
    wordy && word.parse::<f64>().is_err()
}
