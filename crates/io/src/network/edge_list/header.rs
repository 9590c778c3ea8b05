//! Which column of an edge list is what.

use super::Fields;
use crate::InputError;
use crate::lines::Lines;

/// Names by which a header calls its columns, in lower case.
const SOURCE: &[&str] = &["source", "from", "src", "sender"];
const TARGET: &[&str] = &["target", "to", "dst", "dest", "destination", "receiver"];
const WEIGHT: &[&str] = &["weight", "weights", "strength"];

/// The fields of a row, counted from 0.
pub(super) struct Columns {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) weight: Option<usize>,
    width: usize,
}

impl Columns {
    /// The columns as the row just split names them; `None` if that row is no such header.
    ///
    /// It takes a source and a target to be one: a node may well be called `source` or `to`.
    pub(super) fn named(lines: &Lines, header: &Fields) -> Result<Option<Self>, InputError> {
        let source = Named::find(header, SOURCE);
        let target = Named::find(header, TARGET);
        let weight = Named::find(header, WEIGHT);
        let lacks = |column| InputError::HeaderLacks { at: lines.start(), column };
        match (source.first, target.first, weight.first) {
            (Some(of_source), Some(of_target), of_weight) => {
                source.refuse_second(lines, header, "source")?;
                target.refuse_second(lines, header, "target")?;
                weight.refuse_second(lines, header, "weight")?;
                Ok(Some(Self { source: of_source, target: of_target, weight: of_weight, width: header.len() }))
            }
            (Some(_), None, Some(_)) => Err(lacks("target")),
            (None, Some(_), Some(_)) => Err(lacks("source")),
            // In the third column a weight is where it would be taken to be anyway.
            (None, None, Some(field)) if field != 2 => Err(lacks("source")),
            _ => Ok(None),
        }
    }

    /// Source, target and perhaps weight, as many as the row just split has fields.
    pub(super) fn in_order(lines: &Lines, first: &Fields) -> Result<Self, InputError> {
        let width = first.len();
        if width > 3 {
            return Err(InputError::UnnamedColumns { at: lines.at(first.offset(lines.text(), 3)), found: width });
        }
        let columns = Self { source: 0, target: 1, weight: (width == 3).then_some(2), width: width.max(2) };
        columns.check_width(lines, first)?;
        Ok(columns)
    }

    /// Refuses a row with more or fewer fields than the first.
    pub(super) fn check_width(&self, lines: &Lines, fields: &Fields) -> Result<(), InputError> {
        if fields.len() == self.width {
            return Ok(());
        }
        Err(InputError::FieldCount {
            at: if fields.len() > self.width {
                lines.at(fields.offset(lines.text(), self.width))
            } else {
                lines.start()
            },
            expected: self.width,
            found: fields.len(),
            fields: match (self.width, self.weight) {
                (2, None) => "source, target",
                (3, Some(_)) => "source, target, weight",
                _ => "as in the header",
            },
        })
    }
}

/// The fields of a header that bear one of a column's names.
struct Named {
    first: Option<usize>,
    second: Option<usize>,
}

impl Named {
    fn find(header: &Fields, names: &[&str]) -> Self {
        let mut found = (0..header.len()).filter(|&field| {
            let called = header.get(field);
            names.iter().any(|name| called.eq_ignore_ascii_case(name))
        });
        Self { first: found.next(), second: found.next() }
    }

    fn refuse_second(&self, lines: &Lines, header: &Fields, column: &'static str) -> Result<(), InputError> {
        match self.second {
            None => Ok(()),
            Some(field) => Err(InputError::HeaderRepeats { at: lines.at(header.offset(lines.text(), field)), column }),
        }
    }
}
