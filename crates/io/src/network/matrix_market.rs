//! Reading Matrix Market coordinate files.
//!
//! The format: Boisvert, Pozo & Remington 1996, "The Matrix Market exchange formats: initial
//! design". Looser than it in what costs nothing: blank lines and extra white space are accepted
//! anywhere, comments also between entries, and symmetric files may store either triangle.

use super::entries::{Coupling, Entries};
use super::{Listed, MOST_NODES};
use crate::InputError;
use crate::lines::{Lines, Words};
use crate::place::{Place, excerpt};

/// Up to this many nodes the node count is believed whatever the size of the file: 8 MiB or so.
///
/// Beyond it a file has to have a byte per node. Isolated nodes are legal, but a line with two
/// node numbers of this size takes 16 bytes: a file below the bound has less than one end of a
/// link for every eight nodes, and a few bytes could otherwise ask for gigabytes.
const BELIEVED_NODES: u64 = 1 << 20;

/// Comments begin with this.
const COMMENT: &[char] = &['%'];

pub(super) fn read(mut lines: Lines) -> Result<Listed, InputError> {
    let banner = read_banner(&mut lines)?;
    let size = read_size(&mut lines)?;
    let entries = read_entries(&mut lines, banner, &size)?;
    if size.nodes > BELIEVED_NODES && size.nodes > lines.bytes() {
        return Err(InputError::ImplausibleNodes {
            at: size.nodes_at,
            nodes: size.nodes,
            bytes: lines.bytes(),
        });
    }
    Ok(Listed {
        nodes: size.nodes as usize,
        directed: matches!(entries.coupling, Coupling::OneWay),
        entries,
        names: None,
    })
}

/// What the values of a matrix are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// No values: every entry is a plain link.
    Pattern,
    Integer,
    Real,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symmetry {
    General,
    Symmetric,
    Skew,
}

#[derive(Clone, Copy)]
struct Banner {
    field: Field,
    symmetry: Symmetry,
}

fn read_banner(lines: &mut Lines) -> Result<Banner, InputError> {
    let expected = "the line `%%MatrixMarket matrix coordinate …`";
    if !lines.advance()? {
        return Err(InputError::Empty {
            path: lines.path().to_owned(),
            expected,
        });
    }
    let mut words = Words::of(lines.text());
    let first = words.next().map_or("", |(_, word)| word);
    if !first.eq_ignore_ascii_case("%%MatrixMarket") {
        return Err(InputError::NotMatrixMarket {
            at: lines.start(),
            found: excerpt(first),
        });
    }
    choose(lines, &mut words, "object", "`matrix`", &[("matrix", ())])?;
    let formats = [("coordinate", ())];
    choose(lines, &mut words, "format", "`coordinate`", &formats)?;
    let fields = [
        ("pattern", Field::Pattern),
        ("integer", Field::Integer),
        ("real", Field::Real),
        ("double", Field::Real),
    ];
    let supported = "`pattern`, `integer`, `real` or `double`";
    let field = choose(lines, &mut words, "field", supported, &fields)?;
    let symmetries = [
        ("general", Symmetry::General),
        ("symmetric", Symmetry::Symmetric),
        ("skew-symmetric", Symmetry::Skew),
    ];
    let (supported, known) = if field == Field::Pattern {
        // A pattern has no sign to turn round.
        ("`general` or `symmetric`", &symmetries[..2])
    } else {
        (
            "`general`, `symmetric` or `skew-symmetric`",
            &symmetries[..],
        )
    };
    let symmetry = choose(lines, &mut words, "symmetry", supported, known)?;
    refuse_more(lines, words, 5, "the banner's five words")?;
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
        .ok_or_else(|| InputError::UnsupportedMatrix {
            at: lines.at(offset),
            part,
            found: excerpt(found),
            supported,
        })
}

struct Size {
    nodes: u64,
    nodes_at: Place,
    entries: u64,
    entries_at: Place,
}

fn read_size(lines: &mut Lines) -> Result<Size, InputError> {
    if !lines.advance_to_data(COMMENT)? {
        return Err(InputError::NoSizeLine { at: lines.start() });
    }
    let fields = "rows columns entries";
    let mut words = Words::of(lines.text());
    let [rows, columns, entries] = take(lines, &mut words, fields)?;
    refuse_more(lines, words, 3, fields)?;
    let entries_at = lines.at(entries.0);
    let rows = count(lines, rows, "the number of rows")?;
    let nodes_at = lines.at(columns.0);
    let columns = count(lines, columns, "the number of columns")?;
    let entries = count(lines, entries, "the number of entries")?;
    if rows != columns {
        return Err(InputError::Rectangular {
            at: nodes_at,
            rows,
            columns,
        });
    }
    if rows > MOST_NODES {
        return Err(InputError::TooManyNodes {
            at: nodes_at,
            nodes: rows,
            limit: MOST_NODES,
        });
    }
    Ok(Size {
        nodes: rows,
        nodes_at,
        entries,
        entries_at,
    })
}

fn read_entries(lines: &mut Lines, banner: Banner, size: &Size) -> Result<Entries, InputError> {
    let coupling = match banner.symmetry {
        Symmetry::General => Coupling::OneWay,
        Symmetry::Symmetric => Coupling::Mutual,
        Symmetry::Skew => Coupling::Opposed,
    };
    let mut entries = Entries::new(banner.field != Field::Pattern, coupling);
    let mut found = 0;
    while lines.advance_to_data(COMMENT)? {
        if found == size.entries {
            return Err(InputError::SurplusEntry {
                at: lines.start(),
                stated: size.entries,
            });
        }
        let (row, column, weight) = read_entry(lines, banner.field, size.nodes)?;
        entries.push(row, column, weight, lines.number());
        found += 1;
    }
    if found < size.entries {
        return Err(InputError::TooFewEntries {
            at: size.entries_at.clone(),
            stated: size.entries,
            found,
        });
    }
    Ok(entries)
}

/// Reads an entry as (row, column, weight), the indices counted from 0.
fn read_entry(lines: &Lines, field: Field, nodes: u64) -> Result<(u32, u32, f64), InputError> {
    let mut words = Words::of(lines.text());
    if field == Field::Pattern {
        let fields = "row column";
        let [row, column] = take(lines, &mut words, fields)?;
        refuse_more(lines, words, 2, fields)?;
        let row = index(lines, row, "row index", nodes)?;
        let column = index(lines, column, "column index", nodes)?;
        return Ok((row, column, 1.0));
    }
    let fields = "row column weight";
    let [row, column, (offset, word)] = take(lines, &mut words, fields)?;
    refuse_more(lines, words, 3, fields)?;
    let row = index(lines, row, "row index", nodes)?;
    let column = index(lines, column, "column index", nodes)?;
    let weight = lines.finite(offset, word, "weight")?;
    if field == Field::Integer && weight.fract() != 0.0 {
        return Err(InputError::NotAnIndex {
            at: lines.at(offset),
            what: "weight (the banner says integer)",
            found: excerpt(word),
        });
    }
    Ok((row, column, weight))
}

/// A word and its byte offset in the line.
type Word<'a> = (usize, &'a str);

/// Takes the line's next `N` words, which must be its first.
fn take<'a, const N: usize>(
    lines: &Lines,
    words: &mut Words<'a>,
    fields: &'static str,
) -> Result<[Word<'a>; N], InputError> {
    let mut taken = [(0, ""); N];
    for found in 0..N {
        taken[found] = words.next().ok_or_else(|| InputError::FieldCount {
            at: lines.start(),
            expected: N,
            found,
            fields,
        })?;
    }
    Ok(taken)
}

/// Refuses words beyond the `expected` ones.
fn refuse_more(
    lines: &Lines,
    mut words: Words<'_>,
    expected: usize,
    fields: &'static str,
) -> Result<(), InputError> {
    match words.next() {
        None => Ok(()),
        Some((offset, _)) => Err(InputError::FieldCount {
            at: lines.at(offset),
            expected,
            found: expected + 1 + words.count(),
            fields,
        }),
    }
}

/// Reads a count; beyond 2⁶⁴ − 1 it is taken as that.
fn count(lines: &Lines, (offset, word): Word<'_>, what: &'static str) -> Result<u64, InputError> {
    if is_digits(word) {
        return Ok(word.parse().unwrap_or(u64::MAX));
    }
    Err(InputError::NotAnIndex {
        at: lines.at(offset),
        what,
        found: excerpt(word),
    })
}

/// Reads an index that counts from 1 as one that counts from 0.
fn index(
    lines: &Lines,
    (offset, word): Word<'_>,
    what: &'static str,
    nodes: u64,
) -> Result<u32, InputError> {
    if let Ok(index @ 1..) = word.parse::<u64>()
        && index <= nodes
    {
        return Ok((index - 1) as u32);
    }
    let at = lines.at(offset);
    if is_digits(word.strip_prefix('-').unwrap_or(word)) {
        return Err(InputError::IndexOutside {
            at,
            what,
            index: excerpt(word),
            nodes,
        });
    }
    Err(InputError::NotAnIndex {
        at,
        what,
        found: excerpt(word),
    })
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
