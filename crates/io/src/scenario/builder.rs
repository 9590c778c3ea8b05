//! Putting a scenario together: a file, then `--set` overrides, then the program's own flags.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::{ScenarioError, ScenarioProblem};
use super::goal::{Preset, Size};
use super::section::Section;
use super::source::{Entry, LONGEST_FILE, Layer, Node, Source, TOO_LARGE, Table, Value};
use super::{DEFAULT_SCENARIO, MAX_AGENTS, Scenario, entry};
use crate::place::excerpt;

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
#[derive(Clone, Debug)]
pub struct ScenarioBuilder {
    /// The trees in the order given, the file's first.
    trees: Vec<(Layer, Table)>,
}

/// A preset that a scenario names, and the number of agents it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestedPreset {
    /// Which preset.
    pub preset: Preset,
    /// How many agents, at least 2.
    pub agents: u64,
}

impl ScenarioBuilder {
    /// Starts from the scenario built into the program, [`DEFAULT_SCENARIO`].
    ///
    /// # Panics
    ///
    /// Never: a test reads that constant.
    pub fn built_in() -> Self {
        Self::from_source(Source {
            name: "the built-in scenario".to_owned(),
            text: DEFAULT_SCENARIO.to_owned(),
            is_argument: false,
            base: None,
            layer: Layer::BuiltIn,
            order: 0,
        })
        .expect("the built-in scenario is valid TOML")
    }

    /// The preset that the scenario names as its goal, and for how many agents: those of `network.agents` or
    /// `goal.size`, 1000 if it says neither. None if it names none.
    ///
    /// # Errors
    ///
    /// For a preset or size that does not exist, for a number of agents out of range, and for size and agents both.
    pub fn requested_preset(&self) -> Result<Option<RequestedPreset>, ScenarioError> {
        let merged = self.merged();
        let mut top = Section::top(&merged);
        let (preset, size) = top.table("goal", |goal| {
            let preset = goal.entry("preset").map(|_| goal.word("preset", Preset::MinimizeApiCalls)).transpose()?;
            let size = goal.entry("size").map(|_| goal.word("size", Size::Large)).transpose()?;
            Ok((preset, size))
        })?;
        let agents = top.table("network", |network| {
            let given = network.entry("agents").map(|_| network.count("agents", 2, MAX_AGENTS, 2)).transpose()?;
            Ok(given)
        })?;
        if let (Some(_), Some(size)) = (agents, entry(&merged, "goal", "size").filter(|_| size.is_some())) {
            let problem =
                ScenarioProblem::Conflict { first: "network.agents".to_owned(), second: "goal.size".to_owned() };
            return Err(size.place.error(problem).with_help("keep one of `network.agents` and `goal.size`"));
        }
        let agents = agents.or(size.map(Size::agents)).unwrap_or(1000);
        Ok(preset.map(|preset| RequestedPreset { preset, agents }))
    }

    /// Puts what a preset brings below everything that the scenario says itself, and in place of the built-in
    /// scenario.
    ///
    /// # Errors
    ///
    /// When the text is not TOML.
    pub fn with_preset(mut self, text: &str, name: &str) -> Result<Self, ScenarioError> {
        let source = Source {
            name: format!("the preset {name}"),
            text: text.to_owned(),
            is_argument: false,
            base: None,
            layer: Layer::Preset,
            order: 0,
        };
        let tree = Arc::new(source).parse_document()?;
        self.trees.retain(|(layer, _)| *layer != Layer::BuiltIn);
        self.trees.push((Layer::Preset, tree));
        Ok(self)
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
    /// When the file cannot be read, is larger than 128 KiB, or is not TOML in UTF-8.
    pub fn from_file(path: &Path) -> Result<Self, ScenarioError> {
        let source = |text| Source {
            name: path.display().to_string(),
            text,
            is_argument: false,
            base: path.parent().map(Path::to_path_buf),
            layer: Layer::File,
            order: 0,
        };
        let unread = |(problem, help): (_, &str)| {
            ScenarioError::new(problem, Arc::new(source(String::new())), 0..0).with_help(help)
        };
        let text = String::from_utf8(read_bounded(path).map_err(unread)?).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            // Up to there it is the same text, and there stands a replacement character.
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let wrong = offset..offset + char::REPLACEMENT_CHARACTER.len_utf8();
            ScenarioError::new(ScenarioProblem::NotText { offset }, Arc::new(source(text)), wrong)
                .with_help("save the file as UTF-8")
        })?;
        Self::from_source(source(text))
    }

    fn from_source(source: Source) -> Result<Self, ScenarioError> {
        let layer = source.layer;
        let tree = Arc::new(source).parse_document()?;
        Ok(Self { trees: vec![(layer, tree)] })
    }

    /// Overrides one key by an argument such as `coupling.strength=3.0`: the value is TOML, and what is not TOML
    /// is taken as a text without quotes, so `network.kind=ring` works too.
    ///
    /// # Errors
    ///
    /// When the argument has no key or no value, or when its value starts like a TOML text, list or table and does
    /// not end like one. Whether key and value are known is found by [`build`](Self::build).
    pub fn set(self, argument: &str) -> Result<Self, ScenarioError> {
        self.override_by("--set", argument)
    }

    /// Overrides one key by a value of a sweep, as [`set`](Self::set) does. Errors name the argument of the sweep.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    pub fn vary(self, argument: &str) -> Result<Self, ScenarioError> {
        self.override_by("--vary", argument)
    }

    fn override_by(mut self, name: &str, argument: &str) -> Result<Self, ScenarioError> {
        let source = self.argument(name, argument, Layer::Set);
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
            let place = source.place(start + blanks..start + blanks + key.len());
            if path.len() == DEEPEST {
                let problem = ScenarioProblem::UnknownKey { key: excerpt(key) };
                return Err(place.error(problem).with_help("a key is written table.key"));
            }
            path.push((key.to_owned(), place));
            start += part.len() + 1;
        }
        let mut node = loose_value(&source, equals + 1)?;
        while let Some((key, place)) = path.pop() {
            let entry = Entry { key, place: place.clone(), node };
            node = Node { value: Value::Table(Table::from_iter([entry])), place };
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
            node = Node { value: Value::Table(Table::from_iter([entry])), place };
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
        Scenario::read(&self.merged())
    }

    pub(super) fn merged(&self) -> Table {
        let mut trees: Vec<_> = self.trees.iter().collect();
        trees.sort_by_key(|(layer, _)| *layer);
        let mut merged = Table::default();
        trees.into_iter().for_each(|(_, tree)| merged.merge(tree.clone()));
        merged
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

/// Tables in tables that an override may name, more than there are: whoever takes them apart again goes down as deep.
const DEEPEST: usize = 16;

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

/// Reads a file that should be small, so that naming a device or a data file by mistake does no harm; or says what is
/// wrong, and what to do.
fn read_bounded(path: &Path) -> Result<Vec<u8>, (ScenarioProblem, &'static str)> {
    let unreadable = |error| (ScenarioProblem::Unreadable(error), "check the path and its permissions");
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err((ScenarioProblem::TooLarge { limit: LONGEST_FILE }, TOO_LARGE));
    }
    Ok(bytes)
}
