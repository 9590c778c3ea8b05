//! Tables of numbers, row by row.

use std::path::Path;

use crate::InputError;
use crate::fields::Fields;
use crate::lines::Lines;
use crate::place::Place;
use crate::source::Source;

/// A CSV file with a heading.
pub(crate) struct TableReader {
    lines: Lines<'static>,
    fields: Fields,
    heading: Vec<String>,
}

impl TableReader {
    /// Opens a table and reads its heading; `expected` is what errors call that.
    pub(crate) fn open(path: &Path, expected: &'static str) -> Result<Self, InputError> {
        let mut lines = Lines::new(Source::open(path)?);
        if !lines.advance_to_data(&[])? {
            return Err(InputError::Empty { path: path.to_path_buf(), expected });
        }
        let mut fields = Fields::for_rows_like(path, lines.text());
        fields.split(&lines)?;
        let heading = (0..fields.len()).map(|field| fields.get(field).to_owned()).collect();
        Ok(Self { lines, fields, heading })
    }

    pub(crate) fn heading(&self) -> &[String] {
        &self.heading
    }

    /// The place of a column that has to be there.
    pub(crate) fn column(&self, name: &'static str) -> Result<usize, InputError> {
        let place = self.heading.iter().position(|column| column == name);
        let at = || Place::new(self.lines.path(), 1, 1);
        place.ok_or_else(|| InputError::HeaderLacks { at: at(), column: name })
    }

    /// Goes to the next row; false after the last.
    pub(crate) fn advance(&mut self) -> Result<bool, InputError> {
        if !self.lines.advance_to_data(&[])? {
            return Ok(false);
        }
        self.fields.split(&self.lines)?;
        let (expected, found) = (self.heading.len(), self.fields.len());
        if found != expected {
            let fields = "one for each column of the heading";
            return Err(InputError::FieldCount { at: self.lines.start(), expected, found, fields });
        }
        Ok(true)
    }

    pub(crate) fn text(&self, column: usize) -> &str {
        self.fields.get(column)
    }

    /// A finite number; `what` is what errors call it.
    pub(crate) fn number(&self, column: usize, what: &'static str) -> Result<f64, InputError> {
        self.lines.finite(self.fields.offset(self.lines.text(), column), self.text(column), what)
    }

    /// The error of a number that is not whole.
    pub(crate) fn not_whole(&self, column: usize, what: &'static str) -> InputError {
        let at = self.lines.at(self.fields.offset(self.lines.text(), column));
        InputError::NotAnIndex { at, what, found: self.text(column).to_owned() }
    }
}
