//! The first lines of a Matrix Market file: the banner and the size.

use super::{COMMENT, is_digits};
use crate::InputError;
use crate::lines::{Lines, Word, Words};
use crate::network::MOST_NODES;
use crate::place::{Place, excerpt};

/// What the values of a matrix are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// No values: every entry is a plain link.
    Pattern,
    Integer,
    Real,
}

/// What an entry says about the one on the other side of the diagonal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Symmetry {
    /// Nothing.
    General,
    /// It is the same, and not in the file.
    Symmetric,
    /// It has the opposite sign, and is not in the file.
    Skew,
}

/// What the first line says about the entries.
#[derive(Clone, Copy)]
pub(super) struct Banner {
    pub(super) field: Field,
    pub(super) symmetry: Symmetry,
}

pub(super) fn read_banner(lines: &mut Lines) -> Result<Banner, InputError> {
    if !lines.advance()? {
        return Err(InputError::Empty {
            path: lines.path().to_owned(),
            expected: "the line `%%MatrixMarket matrix coordinate …`",
        });
    }
    let mut words = Words::of(lines.text());
    let first = words.next().map_or("", |(_, word)| word);
    if !first.eq_ignore_ascii_case("%%MatrixMarket") {
        return Err(InputError::NotMatrixMarket { at: lines.start(), found: excerpt(first) });
    }
    choose(lines, &mut words, "object", "`matrix`", &[("matrix", ())])?;
    let formats = [("coordinate", ())];
    choose(lines, &mut words, "format", "`coordinate`", &formats)?;
    let fields =
        [("pattern", Field::Pattern), ("integer", Field::Integer), ("real", Field::Real), ("double", Field::Real)];
    let supported = "`pattern`, `integer`, `real` or `double`";
    let field = choose(lines, &mut words, "field", supported, &fields)?;
    let symmetries =
        [("general", Symmetry::General), ("symmetric", Symmetry::Symmetric), ("skew-symmetric", Symmetry::Skew)];
    let (supported, known) = if field == Field::Pattern {
        // A pattern has no sign to turn round.
        ("`general` or `symmetric`", &symmetries[..2])
    } else {
        ("`general`, `symmetric` or `skew-symmetric`", &symmetries[..])
    };
    let symmetry = choose(lines, &mut words, "symmetry", supported, known)?;
    lines.words::<5>("%%MatrixMarket object format field symmetry")?;
    Ok(Banner { field, symmetry })
}

/// Takes the banner's next word, which must be one of `known`, in whatever case.
fn choose<T: Copy>(
    lines: &Lines,
    words: &mut Words<'_>,
    part: &'static str,
    supported: &'static str,
    known: &[(&str, T)],
) -> Result<T, InputError> {
    let (offset, found) = words.next().unwrap_or((lines.text().len(), ""));
    known
        .iter()
        .find(|(name, _)| found.eq_ignore_ascii_case(name))
        .map(|&(_, meaning)| meaning)
        .ok_or_else(|| InputError::UnsupportedMatrix { at: lines.at(offset), part, found: excerpt(found), supported })
}

/// The size line: a square matrix, as yet unverified.
pub(super) struct Size {
    pub(super) nodes: u64,
    pub(super) nodes_at: Place,
    pub(super) entries: u64,
    pub(super) entries_at: Place,
}

pub(super) fn read_size(lines: &mut Lines) -> Result<Size, InputError> {
    if !lines.advance_to_data(COMMENT)? {
        return Err(InputError::NoSizeLine { at: lines.start() });
    }
    let [rows, columns, entries] = lines.words("rows columns entries")?;
    let entries_at = lines.at(entries.0);
    let rows = count(lines, rows, "the number of rows")?;
    let nodes_at = lines.at(columns.0);
    let columns = count(lines, columns, "the number of columns")?;
    let entries = count(lines, entries, "the number of entries")?;
    if rows != columns {
        return Err(InputError::Rectangular { at: nodes_at, rows, columns });
    }
    if rows > MOST_NODES {
        return Err(InputError::TooManyNodes { at: nodes_at, nodes: rows, limit: MOST_NODES });
    }
    Ok(Size { nodes: rows, nodes_at, entries, entries_at })
}

/// Reads a count; beyond 2⁶⁴ − 1 it is taken as that.
fn count(lines: &Lines, (offset, word): Word<'_>, what: &'static str) -> Result<u64, InputError> {
    if is_digits(word) {
        return Ok(word.parse().unwrap_or(u64::MAX));
    }
    Err(InputError::NotAnIndex { at: lines.at(offset), what, found: excerpt(word) })
}
