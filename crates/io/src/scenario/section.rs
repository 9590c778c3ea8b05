//! Reading one table key by key.
//!
//! Each table of a scenario is read through a [`Section`], which checks types and ranges and remembers the keys it
//! was asked for. In the end every key nobody asked for is refused. So the list of known keys is the reading code
//! itself and cannot drift from it.

use std::path::PathBuf;

use bytesize::ByteSize;

use super::bound::Bound;
use super::error::{ScenarioError, ScenarioProblem};
use super::source::{Entry, Layer, Node, Place, Table, Value};
use super::word::{Word, nearest};
use crate::place::excerpt_of;

pub(crate) struct Section<'a> {
    /// Name of the table; empty for the top level.
    name: &'static str,
    table: Option<&'a Table>,
    known: Vec<&'static str>,
    /// The tables read so far, at the top level.
    tables: Vec<Section<'a>>,
    /// Where the table stands, if it is one of a list.
    place: Option<Place>,
}

impl<'a> Section<'a> {
    pub(crate) fn top(table: &'a Table) -> Self {
        Self { name: "", table: Some(table), known: Vec::new(), tables: Vec::new(), place: None }
    }

    /// Reads the table called `key` with `read`.
    pub(crate) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'a>) -> Result<T, ScenarioError>,
    ) -> Result<T, ScenarioError> {
        let table = match self.entry(key) {
            None => None,
            Some(Entry { node: Node { value: Value::Table(table), .. }, .. }) => Some(table),
            Some(entry) => return Err(self.wrong_type(entry, "a table")),
        };
        let mut section = Section { name: key, table, known: Vec::new(), tables: Vec::new(), place: None };
        let read = read(&mut section)?;
        self.tables.push(section);
        Ok(read)
    }

    /// Reads each of the tables of the list called `key` with `read`; none when the key is absent.
    pub(crate) fn tables<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'a>) -> Result<T, ScenarioError>,
    ) -> Result<Vec<T>, ScenarioError> {
        let Some(entry) = self.entry(key) else { return Ok(Vec::new()) };
        let Value::Array(items) = &entry.node.value else {
            return Err(self.wrong_type(entry, "a list of tables"));
        };
        let mut all = Vec::new();
        for item in items {
            let Value::Table(table) = &item.value else {
                return Err(self.wrong_type_of(entry, item, "a table"));
            };
            let place = Some(item.place.clone());
            let mut section = Section { name: key, table: Some(table), known: Vec::new(), tables: Vec::new(), place };
            all.push(read(&mut section)?);
            self.tables.push(section);
        }
        Ok(all)
    }

    /// Whether the scenario does not have this table.
    pub(crate) fn is_absent(&self) -> bool {
        self.table.is_none()
    }

    /// The entry of `key`, which is a known key from now on.
    pub(crate) fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table?.get(key)
    }

    /// The keys that were asked for, here and in the tables read, with the names of their tables.
    pub(crate) fn known(&self) -> Vec<String> {
        let sections = self.tables.iter().chain([self]);
        let is_table = |key: &str| self.tables.iter().any(|table| table.name == key);
        let keys = sections.flat_map(|section| section.known.iter().map(|key| section.path(key)));
        keys.filter(|key| !is_table(key)).collect()
    }

    /// Refuses the first key nobody asked for, here or in the tables read.
    pub(crate) fn refuse_unknown(&self) -> Result<(), ScenarioError> {
        let sections = self.tables.iter().chain([self]);
        let unknown = sections.flat_map(|section| {
            let entries = section.table.iter().flat_map(|table| table.entries());
            let unknown = entries.filter(|entry| !section.known.contains(&entry.key.as_str()));
            unknown.map(move |entry| (section, entry))
        });
        let Some((section, entry)) = unknown.min_by_key(|(_, entry)| entry.rank()) else {
            return Ok(());
        };
        let error = entry.place.error(ScenarioProblem::UnknownKey { key: shortened(&entry.key) });
        if let Some(known) = nearest(&entry.key, &section.known) {
            return Err(error.with_help(format!("did you mean `{known}`?")));
        }
        let elsewhere = self.tables.iter().find(|table| table.known.contains(&entry.key.as_str()));
        Err(match elsewhere {
            Some(table) => error.with_help(format!("did you mean `{}`?", table.path(&entry.key))),
            None if section.name.is_empty() => error.with_help(format!("a scenario holds {}", self.known.join(", "))),
            None => error.with_help(format!("[{}] takes {}", section.name, section.known.join(", "))),
        })
    }

    pub(crate) fn number(&mut self, key: &'static str, bound: Bound, default: f64) -> Result<f64, ScenarioError> {
        let Some(entry) = self.entry(key) else { return Ok(default) };
        let value = match entry.node.value {
            Value::Float(value) => value,
            Value::Integer(value) => value.map_or(f64::INFINITY, |value| value as f64),
            _ => return Err(self.wrong_type(entry, "a number")),
        };
        if bound.admits(value) { Ok(value) } else { Err(self.out_of_range(entry, bound.requirement())) }
    }

    /// A whole number from `least` to `most`, written as an integer or as a float without fraction (`1e6`).
    pub(crate) fn count(
        &mut self,
        key: &'static str,
        least: u64,
        most: u64,
        default: u64,
    ) -> Result<u64, ScenarioError> {
        match self.entry(key) {
            Some(entry) => self.count_in(entry, &entry.node, least, most),
            None => Ok(default),
        }
    }

    /// A list of whole numbers, each from `least` to `most`; none when the key is absent.
    pub(crate) fn counts(
        &mut self,
        key: &'static str,
        least: u64,
        most: u64,
    ) -> Result<Option<Vec<u64>>, ScenarioError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        let Value::Array(items) = &entry.node.value else {
            return Err(self.wrong_type(entry, "a list of whole numbers"));
        };
        items.iter().map(|item| self.count_in(entry, item, least, most)).collect::<Result<_, _>>().map(Some)
    }

    fn count_in(&self, entry: &Entry, node: &Node, least: u64, most: u64) -> Result<u64, ScenarioError> {
        /// Above 2^53 floats no longer tell neighbouring whole numbers apart.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let value = match node.value {
            Value::Integer(value) => value,
            Value::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => Some(value as i128),
            _ => return Err(self.wrong_type_of(entry, node, "a whole number")),
        };
        let value = value.and_then(|value| u64::try_from(value).ok());
        match value {
            Some(value) if (least..=most).contains(&value) => Ok(value),
            _ => Err(self.out_of_range_of(entry, node, format!("a whole number from {least} to {most}"))),
        }
    }

    /// A size of at least one byte: a text such as "600 MiB", or a whole number of bytes.
    pub(crate) fn bytes(&mut self, key: &'static str) -> Result<Option<u64>, ScenarioError> {
        const FORM: &str = "a size above 0, such as \"600 MiB\" or \"1.5 GB\"";
        let Some(entry) = self.entry(key) else { return Ok(None) };
        let bytes = match &entry.node.value {
            Value::Integer(bytes) => bytes.and_then(|bytes| u64::try_from(bytes).ok()),
            Value::Text(text) => text.trim().parse::<ByteSize>().ok().map(|size| size.as_u64()),
            _ => return Err(self.wrong_type(entry, "a size such as \"600 MiB\"")),
        };
        // TOML knows no larger number.
        match bytes.filter(|&bytes| (1..=i64::MAX as u64).contains(&bytes)) {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(self.out_of_range(entry, FORM)),
        }
    }

    pub(crate) fn boolean(&mut self, key: &'static str, default: bool) -> Result<bool, ScenarioError> {
        match self.entry(key) {
            None => Ok(default),
            Some(Entry { node: Node { value: Value::Boolean(truth), .. }, .. }) => Ok(*truth),
            Some(entry) => Err(self.wrong_type(entry, "true or false")),
        }
    }

    /// A number without a default, in a table of a list.
    pub(crate) fn required(&mut self, key: &'static str, bound: Bound, reason: &str) -> Result<f64, ScenarioError> {
        match self.entry(key) {
            Some(_) => self.number(key, bound, 0.0),
            None => Err(self.absent(key, reason)),
        }
    }

    /// A word without a default, in a table of a list.
    pub(crate) fn required_word<W: Word>(&mut self, key: &'static str, reason: &str) -> Result<W, ScenarioError> {
        match self.entry(key) {
            Some(entry) => self.word_in(entry, &entry.node),
            None => Err(self.absent(key, reason)),
        }
    }

    fn absent(&self, key: &str, reason: &str) -> ScenarioError {
        let table = self
            .table
            .and_then(|table| table.entries().iter().min_by_key(|entry| entry.rank()))
            .map(|entry| entry.place.clone());
        match self.place.clone().or(table) {
            Some(place) => self.missing(key, reason, &place),
            None => unreachable!("a table of a list has a place"),
        }
    }

    /// Refuses a key that is known but means nothing beside the choice described by `context`.
    pub(crate) fn refuse_here(&mut self, key: &'static str, context: &str, help: &str) -> Result<(), ScenarioError> {
        self.refuse([key], Layer::BuiltIn, context, help)
    }

    pub(crate) fn word<W: Word>(&mut self, key: &'static str, default: W) -> Result<W, ScenarioError> {
        match self.entry(key) {
            Some(entry) => self.word_in(entry, &entry.node),
            None => Ok(default),
        }
    }

    /// A list of words, none twice; empty when the key is absent.
    pub(crate) fn words<W: Word>(&mut self, key: &'static str) -> Result<Vec<W>, ScenarioError> {
        let Some(entry) = self.entry(key) else { return Ok(Vec::new()) };
        let Value::Array(items) = &entry.node.value else {
            return Err(self.wrong_type(entry, "a list of words"));
        };
        let mut words = Vec::new();
        for item in items {
            let word = self.word_in(entry, item)?;
            if words.contains(&word) {
                return Err(self.out_of_range_of(entry, item, "a list that names nothing twice"));
            }
            words.push(word);
        }
        Ok(words)
    }

    fn word_in<W: Word>(&self, entry: &Entry, node: &Node) -> Result<W, ScenarioError> {
        let Value::Text(text) = &node.value else {
            return Err(self.wrong_type_of(entry, node, "a word in quotes"));
        };
        W::from_word(text).ok_or_else(|| {
            let known: Vec<_> = W::WORDS.iter().map(|&(word, _)| word).collect();
            let help = match nearest(text, &known) {
                Some(word) => format!("did you mean \"{word}\"?"),
                None => format!("one of \"{}\"", known.join("\", \"")),
            };
            let (key, word) = (self.path(&entry.key), shortened(text));
            node.place.error(ScenarioProblem::UnknownWord { key, word, known }).with_help(help)
        })
    }

    /// A path of an existing file, resolved against the directory of the scenario that names it.
    pub(crate) fn input_path(&mut self, key: &'static str) -> Result<Option<PathBuf>, ScenarioError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        let path = PathBuf::from(self.text_in(entry, "a path in quotes")?);
        Ok(Some(match &entry.node.place.source.base {
            Some(base) => base.join(path),
            None => path,
        }))
    }

    /// A path as it stands: relative to the directory the program runs in.
    pub(crate) fn output_path(&mut self, key: &'static str) -> Result<Option<PathBuf>, ScenarioError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        Ok(Some(PathBuf::from(self.text_in(entry, "a path in quotes")?)))
    }

    fn text_in<'b>(&self, entry: &'b Entry, expected: &'static str) -> Result<&'b str, ScenarioError> {
        let text = match &entry.node.value {
            Value::Text(text) => text,
            Value::Array(_) | Value::Table(_) => return Err(self.wrong_type(entry, expected)),
            // Nobody quotes on a command line: `--out 2024` names a directory.
            _ if entry.node.place.source.is_argument => entry.node.place.text(),
            _ => return Err(self.wrong_type(entry, expected)),
        };
        if text.is_empty() || text.contains('\0') {
            return Err(self.out_of_range(entry, "a path"));
        }
        Ok(text)
    }

    /// Of keys that exclude each other, the one that holds: a higher layer removes its rivals from lower ones,
    /// within one layer two are a conflict.
    pub(crate) fn one_of(&mut self, keys: &[&'static str]) -> Result<Option<&'a Entry>, ScenarioError> {
        let mut present: Vec<&Entry> = keys.iter().filter_map(|key| self.entry(key)).collect();
        present.sort_by_key(|entry| entry.rank());
        let Some(&last) = present.last() else { return Ok(None) };
        match present[..present.len() - 1].last() {
            Some(first) if first.place.source.layer == last.place.source.layer => Err(self.conflict(first, last)),
            _ => Ok(Some(last)),
        }
    }

    /// Refuses each of `keys`, known but meaningless beside the choice described by `context`; `help` says what to
    /// do instead.
    ///
    /// A key from below the layer in which the choice was made was written for another choice, and is passed over.
    pub(crate) fn refuse(
        &mut self,
        keys: impl IntoIterator<Item = &'static str>,
        layer: Layer,
        context: &str,
        help: &str,
    ) -> Result<(), ScenarioError> {
        for key in keys {
            if let Some(entry) = self.entry(key)
                && entry.place.source.layer >= layer
            {
                let (key, context) = (self.path(key), context.to_owned());
                return Err(entry.place.error(ScenarioProblem::Inapplicable { key, context }).with_help(help));
            }
        }
        Ok(())
    }

    pub(crate) fn conflict(&self, first: &Entry, second: &Entry) -> ScenarioError {
        let (first, key) = (self.path(&first.key), self.path(&second.key));
        let help = format!("keep one of `{first}` and `{key}`");
        second.place.error(ScenarioProblem::Conflict { first, second: key }).with_help(help)
    }

    pub(crate) fn out_of_range(&self, entry: &Entry, requirement: impl Into<String>) -> ScenarioError {
        self.out_of_range_of(entry, &entry.node, requirement)
    }

    fn out_of_range_of(&self, entry: &Entry, node: &Node, requirement: impl Into<String>) -> ScenarioError {
        let (key, requirement) = (self.path(&entry.key), requirement.into());
        let value = match node.place.text() {
            "" => "empty".to_owned(),
            text => shortened(text),
        };
        node.place.error(ScenarioProblem::OutOfRange { key, requirement, value })
    }

    /// The error of a key that another one makes necessary, pointing at that other one.
    pub(crate) fn missing(&self, key: &str, reason: impl Into<String>, place: &Place) -> ScenarioError {
        place.error(ScenarioProblem::Missing { key: self.path(key), reason: reason.into() })
    }

    fn wrong_type(&self, entry: &Entry, expected: &'static str) -> ScenarioError {
        self.wrong_type_of(entry, &entry.node, expected)
    }

    fn wrong_type_of(&self, entry: &Entry, node: &Node, expected: &'static str) -> ScenarioError {
        let found = match &node.value {
            Value::Boolean(truth) => format!("{truth}"),
            Value::Integer(_) | Value::Float(_) => format!("the number {}", shortened(node.place.text())),
            Value::Text(text) => format!("the text \"{}\"", shortened(text)),
            Value::Date => "a date".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        };
        node.place.error(ScenarioProblem::WrongType { key: self.path(&entry.key), expected, found })
    }

    pub(crate) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// A message quotes no more than the beginning of a long value.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    excerpt_of(text, LONGEST)
}
