//! Reading Matrix Market coordinate files.
//!
//! The format: Boisvert, Pozo & Remington 1996, "The Matrix Market exchange formats: initial
//! design". Looser than it in what costs nothing: blank lines and extra white space are accepted
//! anywhere, comments also between entries, and symmetric files may store either triangle.

mod head;

use super::Listed;
use super::entries::{Coupling, Entries};
use super::keep::Keep;
use crate::InputError;
use crate::lines::{Lines, Word};
use crate::place::excerpt;
use head::{Banner, Field, Size, Symmetry, read_banner, read_size};

/// Up to this many nodes the node count is believed whatever the size of the file: 8 MiB or so.
///
/// Beyond it a file has to have a byte per node. Isolated nodes are legal, but a line with two
/// node numbers of this size takes 16 bytes: a file below the bound has less than one end of a
/// link for every eight nodes, and a few bytes could otherwise ask for gigabytes.
const BELIEVED_NODES: u64 = 1 << 20;

/// Comments begin with this.
const COMMENT: &[char] = &['%'];

pub(super) fn read(mut lines: Lines, keep: Keep) -> Result<Listed, InputError> {
    let banner = read_banner(&mut lines)?;
    let size = read_size(&mut lines)?;
    let entries = read_entries(&mut lines, banner, &size, keep)?;
    if size.nodes > BELIEVED_NODES && size.nodes > lines.bytes() {
        return Err(InputError::ImplausibleNodes { at: size.nodes_at, nodes: size.nodes, bytes: lines.bytes() });
    }
    let directed = matches!(entries.coupling, Coupling::OneWay);
    Ok(Listed { nodes: size.nodes as usize, entries, names: None, rank: None, directed, mutual: !directed })
}

fn read_entries(lines: &mut Lines, banner: Banner, size: &Size, keep: Keep) -> Result<Entries, InputError> {
    let coupling = match banner.symmetry {
        Symmetry::General => Coupling::OneWay,
        Symmetry::Symmetric => Coupling::Mutual,
        Symmetry::Skew => Coupling::Opposed,
    };
    let mut entries = Entries::new(banner.field != Field::Pattern, coupling, keep);
    let mut found = 0;
    while lines.advance_to_data(COMMENT)? {
        if found == size.entries {
            return Err(InputError::SurplusEntry { at: lines.start(), stated: size.entries });
        }
        let (row, column, weight) = read_entry(lines, banner.field, size.nodes)?;
        entries.push(row, column, weight, lines.number());
        found += 1;
    }
    if found < size.entries {
        return Err(InputError::TooFewEntries { at: size.entries_at.clone(), stated: size.entries, found });
    }
    Ok(entries)
}

/// Reads an entry as (row, column, weight), the indices counted from 0.
fn read_entry(lines: &Lines, field: Field, nodes: u64) -> Result<(u32, u32, f64), InputError> {
    if field == Field::Pattern {
        let [row, column] = lines.words("row column")?;
        let row = index(lines, row, "row index", nodes)?;
        let column = index(lines, column, "column index", nodes)?;
        return Ok((row, column, 1.0));
    }
    let [row, column, (offset, word)] = lines.words("row column weight")?;
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

/// Reads an index that counts from 1 as one that counts from 0.
fn index(lines: &Lines, (offset, word): Word<'_>, what: &'static str, nodes: u64) -> Result<u32, InputError> {
    if let Ok(index @ 1..) = word.parse::<u64>()
        && index <= nodes
    {
        return Ok((index - 1) as u32);
    }
    let at = lines.at(offset);
    if is_digits(word.strip_prefix('-').unwrap_or(word)) {
        return Err(InputError::IndexOutside { at, what, index: excerpt(word), nodes });
    }
    Err(InputError::NotAnIndex { at, what, found: excerpt(word) })
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
