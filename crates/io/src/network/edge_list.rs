//! Reading edge lists: one link per line, with or without a header, weights, quotation marks.

mod header;

use super::entries::{Coupling, Entries};
use super::keep::Keep;
use super::names::{Numbering, whole_number};
use super::{Listed, MOST_NODES};
use crate::InputError;
use crate::fields::Fields;
use crate::lines::Lines;
use crate::place::{Place, excerpt};
use header::Columns;

/// Comments begin with one of these.
const COMMENT: &[char] = &['#', '%'];

pub(super) fn read(mut lines: Lines, keep: Keep) -> Result<Listed, InputError> {
    if !lines.advance_to_data(COMMENT)? {
        return Err(nothing_in(&lines));
    }
    let mut fields = Fields::for_rows_like(lines.path(), lines.text());
    fields.split(&lines)?;
    let mut links;
    match Columns::named(&lines, &fields)? {
        Some(columns) => links = Links::new(columns, keep),
        None => {
            links = Links::new(Columns::in_order(&lines, &fields)?, keep);
            links.begin_unnamed(&mut lines, &mut fields)?;
        }
    }
    while lines.advance_to_data(COMMENT)? {
        fields.split(&lines)?;
        links.add(&lines, &fields)?;
    }
    let listed = links.finish();
    if listed.nodes == 0 { Err(nothing_in(&lines)) } else { Ok(listed) }
}

fn nothing_in(lines: &Lines) -> InputError {
    InputError::Empty { path: lines.path().to_owned(), expected: "a row with the source and the target of a link" }
}

/// The links read so far.
struct Links {
    columns: Columns,
    numbering: Numbering,
    entries: Entries,
    /// The first row, if it was taken for a header only because numbers follow it.
    unnamed_header: Option<Place>,
}

impl Links {
    fn new(columns: Columns, keep: Keep) -> Self {
        Self {
            numbering: Numbering::new(),
            entries: Entries::new(columns.weight.is_some(), Coupling::OneWay, keep),
            columns,
            unnamed_header: None,
        }
    }

    /// Reads the first row, which bears no known column names, and perhaps the second.
    ///
    /// A row without any number in it is a header if it has a weight column, where a link has a
    /// number, or if a row of numbers follows. Otherwise it is a link between two names.
    fn begin_unnamed(&mut self, lines: &mut Lines, fields: &mut Fields) -> Result<(), InputError> {
        let wordy = (0..fields.len()).all(|field| fields.get(field).parse::<f64>().is_err());
        if !wordy {
            return self.add(lines, fields);
        }
        if self.columns.weight.is_some() {
            return Ok(());
        }
        let first = lines.start();
        let [source, target] = self.ends(lines, fields)?.map(str::to_owned);
        if !lines.advance_to_data(COMMENT)? {
            return self.push(lines, &source, &target, 1.0, first.line);
        }
        fields.split(lines)?;
        self.columns.check_width(lines, fields)?;
        if [0, 1].iter().all(|&field| whole_number(fields.get(field)).is_some()) {
            self.unnamed_header = Some(first);
        } else {
            self.push(lines, &source, &target, 1.0, first.line)?;
        }
        self.add(lines, fields)
    }

    /// Adds the link of the current row.
    fn add(&mut self, lines: &Lines, fields: &Fields) -> Result<(), InputError> {
        self.columns.check_width(lines, fields)?;
        let [source, target] = self.ends(lines, fields)?;
        if let Some(header) = &self.unnamed_header
            && let Some(name) = [source, target].iter().find(|id| whole_number(id).is_none())
        {
            return Err(InputError::UnclearHeader {
                at: header.clone(),
                named_line: lines.number(),
                name: excerpt(name),
            });
        }
        let weight = match self.columns.weight {
            Some(field) => {
                let offset = fields.offset(lines.text(), field);
                lines.finite(offset, fields.get(field), "weight")?
            }
            None => 1.0,
        };
        self.push(lines, source, target, weight, lines.number())
    }

    /// The source and the target of the current row.
    fn ends<'a>(&self, lines: &Lines, fields: &'a Fields) -> Result<[&'a str; 2], InputError> {
        let end = |field: usize, end: &'static str| {
            let name = fields.get(field);
            if name.is_empty() {
                let at = lines.at(fields.offset(lines.text(), field));
                return Err(InputError::EmptyName { at, end });
            }
            Ok(name)
        };
        Ok([end(self.columns.source, "source")?, end(self.columns.target, "target")?])
    }

    fn push(&mut self, lines: &Lines, source: &str, target: &str, weight: f64, line: u64) -> Result<(), InputError> {
        let mut number = |name| {
            self.numbering.number(name).ok_or_else(|| InputError::TooManyNodes {
                at: Place::new(lines.path(), line, 1),
                nodes: MOST_NODES + 1,
                limit: MOST_NODES,
            })
        };
        let sender = number(source)?;
        let receiver = number(target)?;
        self.entries.push(receiver, sender, weight, line);
        Ok(())
    }

    /// Puts the nodes in order: numbers ascending, names as they came.
    fn finish(self) -> Listed {
        let Self { numbering, mut entries, .. } = self;
        let mut names = numbering.into_names();
        let rank = names.rank_by_number();
        if let Some(rank) = &rank {
            entries.renumber(rank);
            names = names.renumbered(rank);
        }
        let nodes = names.len();
        let names = (!names.are_numbers()).then_some(names);
        Listed { nodes, entries, names, rank, directed: true, mutual: false }
    }
}
