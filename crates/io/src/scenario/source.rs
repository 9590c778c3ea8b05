//! Where scenario text comes from, and the tree it becomes.
//!
//! The tree keeps the place of every key and value, so that whatever turns out wrong later can be pointed at.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::{iter, mem};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ScenarioError, ScenarioProblem};
use crate::place::excerpt_of;

/// One text: a scenario file or a command-line argument.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    /// An argument is quoted whole in messages; a file is cited by line and column.
    pub(crate) is_argument: bool,
    /// Directory that relative input paths are resolved against; none means the current one.
    pub(crate) base: Option<PathBuf>,
    /// A higher layer overrides a lower one.
    pub(crate) layer: Layer,
    /// Place among the sources of one layer.
    pub(crate) order: usize,
}

/// The order in which sources override each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// The scenario that runs when none is given.
    BuiltIn,
    /// What a preset brings.
    Preset,
    File,
    Set,
    Flag,
}

/// The longest text read, in bytes: TOML takes a hundred times its size while it is taken apart.
const LONGEST: usize = 512 << 10;

/// The longest file read. With every default written out, as in a checkpoint, it is still no longer than [`LONGEST`].
pub(crate) const LONGEST_FILE: u64 = 128 << 10;

/// What to do about one that is longer.
pub(crate) const TOO_LARGE: &str = "networks and vectors go into files of their own, which a scenario names";

/// A stretch of one source's text.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
}

impl Place {
    pub(crate) fn text(&self) -> &str {
        self.source.text.get(self.span.clone()).unwrap_or("")
    }

    pub(crate) fn error(&self, problem: ScenarioProblem) -> ScenarioError {
        ScenarioError::new(problem, self.source.clone(), self.span.clone())
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Boolean(bool),
    /// None: more digits than 128 bits hold.
    Integer(Option<i128>),
    Float(f64),
    Text(String),
    Date,
    Array(Vec<Node>),
    Table(Table),
}

/// A key with its value and where the key stands.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) node: Node,
}

impl Entry {
    /// What becomes of it when another of its key comes: tables are merged, anything else is overridden.
    fn replaced(mut self, other: Self) -> Self {
        match (&mut self.node.value, other.node.value) {
            (Value::Table(known), Value::Table(new)) => {
                known.merge(new);
                self
            }
            (_, value) => Self { node: Node { value, place: other.node.place }, ..other },
        }
    }

    /// Orders keys by which overrides which and, within one text, by which comes first.
    pub(crate) fn rank(&self) -> (Layer, usize, usize) {
        let source = &self.place.source;
        (source.layer, source.order, self.place.span.start)
    }
}

/// Entries in the order of their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    entries: Vec<Entry>,
}

impl FromIterator<Entry> for Table {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut entries = Vec::from_iter(entries);
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Self { entries }
    }
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| entry.key.as_str().cmp(key)).ok().map(|place| &self.entries[place])
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes all entries of another table: merges tables, and replaces anything else that had a key of theirs.
    pub(crate) fn merge(&mut self, other: Self) {
        let mut known = mem::take(&mut self.entries).into_iter().peekable();
        for entry in other.entries {
            self.entries.extend(iter::from_fn(|| known.next_if(|known| known.key < entry.key)));
            self.entries.push(match known.next_if(|known| known.key == entry.key) {
                Some(known) => known.replaced(entry),
                None => entry,
            });
        }
        self.entries.extend(known);
    }
}

impl Source {
    /// The tree of a whole document.
    pub(crate) fn parse_document(self: &Arc<Self>) -> Result<Table, ScenarioError> {
        self.check_size()?;
        let document = DeTable::parse(&self.text).map_err(|error| self.syntax_error(&error, 0))?;
        Ok(self.table(document.get_ref(), 0))
    }

    /// The tree of the value that fills `span`.
    pub(crate) fn parse_value(self: &Arc<Self>, span: Range<usize>) -> Result<Node, ScenarioError> {
        self.check_size()?;
        let offset = span.start;
        let value = DeValue::parse(&self.text[span]).map_err(|error| self.syntax_error(&error, offset))?;
        Ok(self.node(&value, offset))
    }

    /// Refuses a text that is longer than scenarios are.
    fn check_size(self: &Arc<Self>) -> Result<(), ScenarioError> {
        if self.text.len() <= LONGEST {
            return Ok(());
        }
        Err(self.place(0..0).error(ScenarioProblem::TooLarge { limit: LONGEST as u64 }).with_help(TOO_LARGE))
    }

    pub(crate) fn place(self: &Arc<Self>, span: Range<usize>) -> Place {
        Place { source: self.clone(), span }
    }

    fn syntax_error(self: &Arc<Self>, error: &toml::de::Error, offset: usize) -> ScenarioError {
        let span = error.span().unwrap_or(0..0);
        let message = excerpt_of(error.message(), 200);
        self.place(span.start + offset..span.end + offset).error(ScenarioProblem::Syntax { message })
    }

    // The parser bounds the nesting, so the recursion here is bounded too.
    fn table(self: &Arc<Self>, table: &DeTable<'_>, offset: usize) -> Table {
        let entries = table.iter().map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            place: self.place(key.span().start + offset..key.span().end + offset),
            node: self.node(value, offset),
        });
        entries.collect()
    }

    fn node(self: &Arc<Self>, value: &Spanned<DeValue<'_>>, offset: usize) -> Node {
        let place = self.place(value.span().start + offset..value.span().end + offset);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(digits) => Value::Integer(i128::from_str_radix(digits.as_str(), digits.radix()).ok()),
            // The parser has checked the form; what overflows becomes infinite and is refused by range.
            DeValue::Float(digits) => Value::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(_) => Value::Date,
            DeValue::Array(items) => Value::Array(items.iter().map(|item| self.node(item, offset)).collect()),
            DeValue::Table(table) => Value::Table(self.table(table, offset)),
        };
        Node { value, place }
    }
}
