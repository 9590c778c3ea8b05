//! Cutting a line of an edge list or a table into fields.

use std::ffi::OsStr;
use std::ops::Range;
use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use crate::InputError;
use crate::lines::{Lines, Words};

/// Separators in a line, at the most: what is known of a field takes more than the field itself.
const MOST_FIELDS: usize = 1 << 16;

/// The fields of one line, unquoted and without white space around them; reused for the next.
pub(crate) struct Fields {
    /// Tab, semicolon, comma, or a space for any white space.
    separator: u8,
    csv: Reader,
    raw: Vec<u8>,
    ends: Vec<usize>,
    text: String,
    ranges: Vec<Range<usize>>,
}

impl Fields {
    /// Fields separated as they are in `row`, a line of the file `path`.
    pub(crate) fn for_rows_like(path: &Path, row: &str) -> Self {
        let separator = separator_of(path, row);
        Self {
            separator,
            csv: ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(b'\n')).build(),
            raw: Vec::new(),
            ends: Vec::new(),
            text: String::new(),
            ranges: Vec::new(),
        }
    }

    /// Number of fields.
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The text of a field.
    pub(crate) fn get(&self, field: usize) -> &str {
        &self.text[self.ranges[field].clone()]
    }

    /// Cuts the current line.
    pub(crate) fn split(&mut self, lines: &Lines) -> Result<(), InputError> {
        let line = lines.text();
        self.text.clear();
        self.ranges.clear();
        let too_many = || InputError::TooManyFields { at: lines.start(), limit: MOST_FIELDS };
        if self.separator == b' ' && !line.contains('"') {
            self.text.push_str(line);
            let words = Words::of(line).map(|(start, word)| start..start + word.len());
            self.ranges.extend(words.take(MOST_FIELDS + 1));
            return if self.ranges.len() > MOST_FIELDS { Err(too_many()) } else { Ok(()) };
        }
        if line.bytes().filter(|&byte| byte == self.separator).count() > MOST_FIELDS {
            return Err(too_many());
        }
        if !self.unquote(line) {
            return Err(InputError::UnclosedQuote { at: lines.start() });
        }
        let mut start = 0;
        for &end in &self.ends {
            let field = &self.text[start..end];
            let visible = field.trim_ascii();
            // Several spaces in a row separate as one.
            if self.separator != b' ' || !visible.is_empty() {
                let from = start + (field.len() - field.trim_ascii_start().len());
                self.ranges.push(from..from + visible.len());
            }
            start = end;
        }
        Ok(())
    }

    /// Reads `line` as a CSV record into `text` and `ends`; false if a quotation mark is left open.
    fn unquote(&mut self, line: &str) -> bool {
        let separators = line.bytes().filter(|&byte| byte == self.separator).count();
        // One spare element each: the parser asks for room before it looks at what is next.
        self.raw.resize(line.len() + 2, 0);
        self.ends.resize(separators + 2, 0);
        let (_, _, written, ended) = self.csv.read_record(line.as_bytes(), &mut self.raw, &mut self.ends);
        let (result, _, last_written, last_ended) =
            self.csv.read_record(b"\n", &mut self.raw[written..], &mut self.ends[ended..]);
        if result != ReadRecordResult::Record {
            self.csv.reset();
            return false;
        }
        self.ends.truncate(ended + last_ended);
        let unquoted = &self.raw[..written + last_written];
        self.text.push_str(std::str::from_utf8(unquoted).expect("cut out only at ASCII characters"));
        true
    }

    /// The byte offset in `line` at which a field begins, quotation mark included.
    pub(crate) fn offset(&self, line: &str, field: usize) -> usize {
        let bytes = line.as_bytes();
        let spaced = self.separator == b' ';
        let separates = |byte: u8| byte == self.separator || spaced && byte.is_ascii_whitespace();
        let starts = outside_quotes(line).filter(|&(_, byte)| separates(byte)).map(|(offset, _)| offset + 1);
        let start = std::iter::once(0)
            .chain(starts)
            .filter(|&start| !spaced || bytes.get(start).is_some_and(|&byte| !separates(byte)))
            .nth(field)
            .unwrap_or(line.len());
        let rest = &line[start..];
        start + (rest.len() - rest.trim_ascii_start().len())
    }
}

/// The bytes of `line` that no quotation marks enclose, with their offsets.
fn outside_quotes(line: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut quoted = false;
    line.bytes().enumerate().filter(move |&(_, byte)| {
        quoted ^= byte == b'"';
        !quoted
    })
}

/// What separates the fields of a file's first row.
fn separator_of(path: &Path, row: &str) -> u8 {
    let extension = path.extension().and_then(OsStr::to_str);
    let candidates = match extension {
        Some(csv) if csv.eq_ignore_ascii_case("csv") => b";,\t",
        _ => b"\t;,",
    };
    let present = |separator: u8| outside_quotes(row.trim_ascii()).any(|(_, byte)| byte == separator);
    let separator = candidates.iter().find(|&&separator| present(separator));
    separator.copied().unwrap_or(b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separator(name: &str, row: &str) -> char {
        char::from(separator_of(Path::new(name), row))
    }

    #[test]
    fn the_first_row_and_the_extension_tell_the_separator() {
        assert_eq!(separator("a.csv", "a,b;c"), ';');
        assert_eq!(separator("a.csv", "a,b\tc"), ',');
        assert_eq!(separator("a.tsv", "a,b\tc"), '\t');
        assert_eq!(separator("a.txt", " 1  2\t"), ' ');
        assert_eq!(separator("a.txt", "\"a,b\" c"), ' ');
        assert_eq!(separator("a.edges", "1,2"), ',');
    }

    #[test]
    fn a_field_begins_at_its_quotation_mark() {
        let row = "a, \"b,c\" ,,d";
        let fields = Fields::for_rows_like(Path::new("a.csv"), row);
        let offsets: Vec<_> = (0..5).map(|field| fields.offset(row, field)).collect();
        assert_eq!(offsets, [0, 3, 10, 11, row.len()]);

        let row = "  1   \"2 3\"  4";
        let fields = Fields::for_rows_like(Path::new("a.txt"), row);
        let offsets: Vec<_> = (0..4).map(|field| fields.offset(row, field)).collect();
        assert_eq!(offsets, [2, 6, 13, row.len()]);
    }

    #[test]
    fn quoted_fields_are_unquoted_and_trimmed() {
        let mut fields = Fields::for_rows_like(Path::new("a.csv"), "a,b");
        for _ in 0..2 {
            assert!(fields.unquote("\"say \"\"hi\"\", she\", b ,"));
            assert_eq!(fields.text, "say \"hi\", she b ");
            assert_eq!(fields.ends, [13, 16, 16]);
            assert!(!fields.unquote("\"open,b"));
            fields.text.clear();
        }
    }
}
