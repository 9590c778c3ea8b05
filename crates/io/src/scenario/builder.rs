//! Putting a scenario together: a file, then `--set` overrides, then the program's own flags.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::{ScenarioError, ScenarioProblem};
use super::source::{Entry, Layer, Node, Source, Table, Value};
use super::{DEFAULT_SCENARIO, Scenario};

/// A scenario in the making: a text and what overrides it.
///
/// A `--set` overrides the file and a flag overrides a `--set`, in whatever order they are given; within either, the
/// later wins. An override also removes what it excludes: `--set network.file=grid.mtx` takes the place of a
/// `kind` in the file, together with the parameters of that kind.
///
/// ```
/// use lampyrid_io::scenario::ScenarioBuilder;
///
/// let scenario = ScenarioBuilder::built_in()
///     .set("coupling.strength=3")?
///     .flag("--seed", "seed", "7")?
///     .build()?;
/// assert_eq!((scenario.coupling.strength, scenario.seed), (3.0, 7));
/// # Ok::<(), lampyrid_io::scenario::ScenarioError>(())
/// ```
#[derive(Debug)]
pub struct ScenarioBuilder {
    /// The trees in the order given, the file's first.
    trees: Vec<(Layer, Table)>,
}

impl ScenarioBuilder {
    /// Starts from the scenario built into the program, [`DEFAULT_SCENARIO`].
    ///
    /// # Panics
    ///
    /// Never: a test reads that constant.
    pub fn built_in() -> Self {
        Self::from_text(DEFAULT_SCENARIO, "the built-in scenario").expect("the built-in scenario is valid TOML")
    }

    /// Starts from a text; `name` is what errors call it. Relative paths in it stay as they are.
    ///
    /// # Errors
    ///
    /// When the text is not TOML.
    pub fn from_text(text: &str, name: &str) -> Result<Self, ScenarioError> {
        Self::from_source(Source {
            name: name.to_owned(),
            text: text.to_owned(),
            is_argument: false,
            base: None,
            layer: Layer::File,
            order: 0,
        })
    }

    /// Starts from a file. Relative paths of input files in it are resolved against its directory.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is larger than a mebibyte, or is not TOML in UTF-8.
    pub fn from_file(path: &Path) -> Result<Self, ScenarioError> {
        let name = path.display().to_string();
        let blank = |problem| {
            let source = Source {
                name: name.clone(),
                text: String::new(),
                is_argument: false,
                base: None,
                layer: Layer::File,
                order: 0,
            };
            ScenarioError::new(problem, Arc::new(source), 0..0)
        };
        let bytes = read_bounded(path).map_err(blank)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| blank(ScenarioProblem::NotText { offset: error.utf8_error().valid_up_to() }))?;
        Self::from_source(Source {
            name: name.clone(),
            text,
            is_argument: false,
            base: path.parent().map(Path::to_path_buf),
            layer: Layer::File,
            order: 0,
        })
    }

    fn from_source(source: Source) -> Result<Self, ScenarioError> {
        let tree = Arc::new(source).parse_document()?;
        Ok(Self { trees: vec![(Layer::File, tree)] })
    }

    /// Overrides one key by an argument such as `coupling.strength=3.0`: the value is TOML, and what is not TOML
    /// is taken as a text without quotes, so `network.kind=ring` works too.
    ///
    /// # Errors
    ///
    /// When the argument has no key or no value, or when its value starts like a TOML text, list or table and does
    /// not end like one. Whether key and value are known is found by [`build`](Self::build).
    pub fn set(mut self, argument: &str) -> Result<Self, ScenarioError> {
        let source = self.argument("--set", argument, Layer::Set);
        let whole = source.place(0..argument.len());
        let malformed = |missing| Err(whole.error(ScenarioProblem::MalformedOverride { missing }));
        let Some(equals) = argument.find('=') else { return malformed("`=`") };
        if argument[equals + 1..].trim().is_empty() {
            return malformed("the value");
        }
        let mut path = Vec::new();
        let mut start = 0;
        for part in argument[..equals].split('.') {
            let key = part.trim();
            if key.is_empty() {
                return malformed("part of the key");
            }
            let blanks = part.len() - part.trim_start().len();
            path.push((key.to_owned(), source.place(start + blanks..start + blanks + key.len())));
            start += part.len() + 1;
        }
        let mut node = loose_value(&source, equals + 1)?;
        while let Some((key, place)) = path.pop() {
            let entry = Entry { key, place: place.clone(), node };
            node = Node { value: Value::Table(Table { entries: vec![entry] }), place };
        }
        self.add(Layer::Set, node);
        Ok(self)
    }

    /// Overrides one key by the value of a flag of the program: `flag("--seed", "seed", "7")`. Errors name the flag.
    ///
    /// # Errors
    ///
    /// When the value starts like a TOML text, list or table and does not end like one.
    pub fn flag(mut self, flag: &str, key: &str, value: &str) -> Result<Self, ScenarioError> {
        let source = self.argument(flag, value, Layer::Flag);
        let mut node = loose_value(&source, 0)?;
        for part in key.rsplit('.') {
            let place = source.place(0..value.len());
            let entry = Entry { key: part.to_owned(), place: place.clone(), node };
            node = Node { value: Value::Table(Table { entries: vec![entry] }), place };
        }
        self.add(Layer::Flag, node);
        Ok(self)
    }

    /// The scenario, with everything not given at its default.
    ///
    /// # Errors
    ///
    /// At the first key that is unknown, has a value of the wrong type or out of range, or contradicts another.
    pub fn build(&self) -> Result<Scenario, ScenarioError> {
        let mut trees: Vec<_> = self.trees.iter().collect();
        trees.sort_by_key(|(layer, _)| *layer);
        let mut merged = Table::default();
        for (layer, tree) in trees {
            // The first tree goes in whole: merging it key by key would cost the square of its size.
            if *layer == Layer::File {
                merged = tree.clone();
            } else {
                tree.entries.iter().cloned().for_each(|entry| merged.put(entry));
            }
        }
        Scenario::read(&merged)
    }

    fn argument(&self, name: &str, text: &str, layer: Layer) -> Arc<Source> {
        Arc::new(Source {
            name: name.to_owned(),
            text: text.to_owned(),
            is_argument: true,
            base: None,
            layer,
            order: self.trees.len(),
        })
    }

    fn add(&mut self, layer: Layer, node: Node) {
        if let Value::Table(table) = node.value {
            self.trees.push((layer, table));
        }
    }
}

/// The value that starts at byte `start`: TOML if it can be, otherwise a text without quotes.
fn loose_value(source: &Arc<Source>, start: usize) -> Result<Node, ScenarioError> {
    let rest = &source.text[start..];
    let text = rest.trim();
    let start = start + (rest.len() - rest.trim_start().len());
    let span = start..start + text.len();
    match source.parse_value(span.clone()) {
        Err(_) if !text.starts_with(['"', '\'', '[', '{']) => {
            Ok(Node { value: Value::Text(text.to_owned()), place: source.place(span) })
        }
        parsed => parsed,
    }
}

/// Reads a file that should be small, so that naming a device or a data file by mistake does no harm.
fn read_bounded(path: &Path) -> Result<Vec<u8>, ScenarioProblem> {
    const LIMIT: u64 = 1 << 20;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(ScenarioProblem::Unreadable)?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(ScenarioProblem::Unreadable)?;
    if bytes.len() as u64 > LIMIT { Err(ScenarioProblem::TooLarge { limit: LIMIT }) } else { Ok(bytes) }
}
