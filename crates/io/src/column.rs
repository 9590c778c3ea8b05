//! The columns of a table that is written in more than one format.

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) kind: ColumnKind,
    pub(crate) repeats: bool,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// A number in every row.
    Number,
    /// A number, or nothing.
    OptionalNumber,
    /// A whole number from 0 on.
    Count,
    /// A text.
    Text,
}

/// What is in a column of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Of a [`ColumnKind::Number`] or [`ColumnKind::OptionalNumber`]; of the latter, NaN stands for nothing.
    Number(f64),
    /// Of a [`ColumnKind::Count`].
    Count(u64),
    /// Of a [`ColumnKind::Text`].
    Text(&'a str),
}

impl TableColumn {
    /// A column with its unit, such as `s` or `rad/s`; `1` for what has none, and nothing for a text.
    #[must_use]
    pub fn new(name: &str, unit: &str, kind: ColumnKind) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), kind, repeats: false }
    }

    /// The same column, whose values are equal in many rows: each is then stored once, where the format can.
    #[must_use]
    pub fn repeating(self) -> Self {
        Self { repeats: true, ..self }
    }
}
