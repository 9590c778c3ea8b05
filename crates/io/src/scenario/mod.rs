//! Scenario files: everything a run depends on, in one TOML text.
//!
//! Every key has a default, and a key that does not exist is an error that says where it stands and what was
//! probably meant. [`Scenario::load`] reads a file; [`ScenarioBuilder`] lets command-line arguments override it.
//!
//! ```
//! use lampyrid_io::scenario::Scenario;
//!
//! let error = Scenario::parse("[coupling]\nstrenght = 2.0", "scenario.toml").unwrap_err();
//! assert_eq!(error.to_string(), "scenario.toml:2:1: unknown key `strenght`; did you mean `strength`?");
//! ```

mod bound;
mod builder;
mod checkpoint;
mod coupling;
mod disruption;
mod energy;
mod error;
mod frequencies;
mod generated;
mod goal;
mod kind;
mod memory;
mod network;
mod phases;
mod record;
mod section;
mod source;
mod strategy;
mod time;
mod topology;
mod word;

use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use builder::{RequestedPreset, ScenarioBuilder};
pub use checkpoint::Checkpoints;
pub use coupling::{Coupling, Normalization, PhasorPrecision};
pub use disruption::{Disruption, DisruptionKind};
pub use energy::Energy;
pub use error::{ScenarioError, ScenarioProblem};
pub use frequencies::{Frequencies, FrequencyDistribution, Sampling};
pub use generated::{Blocks, Density, GeneratedNetwork, Reach};
pub use goal::{Goal, Pattern, Preset, Size};
pub use memory::{Memory, MemoryPolicy};
pub use network::{MAX_AGENTS, NetworkScenario, Numbering};
pub use phases::{PhaseDistribution, Phases};
pub use record::{Column, Output, Record, RecordFormat};
pub use strategy::Strategy;
pub use time::{Extent, Integrator, Time};
pub(crate) use word::Word;
pub use word::nearest;

use kind::Kind;
use section::Section;
use source::{Entry, Table, Value};

/// The scenario that runs when none is given: the power grid of the western United States.
pub const DEFAULT_SCENARIO: &str = include_str!("default.toml");

/// The largest seed: TOML knows no larger number.
const MAX_SEED: u64 = i64::MAX as u64;

/// A scenario with every default filled in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// What every random choice follows from, 0 to 2^63 − 1.
    pub seed: u64,
    /// Who listens to whom.
    pub network: NetworkScenario,
    /// Where the agents stand at the start.
    pub phases: Phases,
    /// How fast each turns by itself.
    pub frequencies: Frequencies,
    /// How they act on each other.
    pub coupling: Coupling,
    /// How far and how finely time advances.
    pub time: Time,
    /// What the swarm is to reach, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// How agents answer what they hear; if there is none, as the goal suggests, else by plain coupling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// What coupling costs; nothing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<Energy>,
    /// How much memory it may take.
    pub memory: Memory,
    /// How often it is saved, so that it can be resumed.
    pub checkpoint: Checkpoints,
    /// What is written.
    pub record: Record,
    /// Where to.
    pub output: Output,
    /// What goes wrong.
    #[serde(rename = "disruption", skip_serializing_if = "Vec::is_empty")]
    pub disruptions: Vec<Disruption>,
}

impl Scenario {
    /// Reads a scenario from text; `name` is what errors call it. Relative paths in it stay as they are.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, or a key is unknown, of the wrong type, out of range or contradicts another.
    pub fn parse(text: &str, name: &str) -> Result<Self, ScenarioError> {
        ScenarioBuilder::from_text(text, name)?.build()
    }

    /// Reads a scenario file. Relative paths of input files in it are resolved against its directory.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and when the file cannot be read.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        ScenarioBuilder::from_file(path)?.build()
    }

    /// The scenario of [`DEFAULT_SCENARIO`].
    ///
    /// # Panics
    ///
    /// Never: a test reads that constant.
    pub fn default_power_grid() -> Self {
        ScenarioBuilder::built_in().build().expect("the built-in scenario is valid")
    }

    /// The scenario as TOML that [`parse`](Self::parse) reads back to an equal one.
    ///
    /// A path that is not Unicode is written with replacement characters.
    ///
    /// # Panics
    ///
    /// When a field was set by hand to a number TOML cannot hold, above 2^63 − 1.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a scenario holds only what TOML can")
    }

    /// A scenario from what it serialises to, in JSON or elsewhere.
    pub(crate) fn from_value(mut value: serde_json::Value) -> Result<Self, String> {
        remove_nulls(&mut value);
        let text = toml::to_string(&value).map_err(|error| error.to_string())?;
        Self::parse(&text, "scenario").map_err(|error| error.to_string())
    }

    /// A number of all that decides the results: see [`decisive`](Self::decisive).
    #[must_use]
    pub fn fingerprint(&self) -> u32 {
        crc32fast::hash(self.decisive().to_toml().as_bytes())
    }

    /// The scenario with what does not decide its results as if nothing had been said: where they are written, and how
    /// often the run is saved.
    #[must_use]
    pub fn decisive(&self) -> Self {
        let (checkpoint, output) = (Checkpoints::default(), Output::default());
        Self { checkpoint, output, ..self.clone() }
    }

    /// Number of steps: as the time says, or as many as fit before the goal's deadline.
    #[must_use]
    pub fn steps(&self) -> u64 {
        let deadline = self.goal.map_or(0.0, |goal| goal.deadline);
        Time { extent: Some(self.time.extent.unwrap_or(Extent::Duration(deadline))), ..self.time }.steps()
    }

    /// Whether the run ends as soon as its goal is attained.
    #[must_use]
    pub fn ends_at_goal(&self) -> bool {
        self.time.extent.is_none()
    }

    /// Every key that a scenario may have, as `--set` takes it: `seed`, `network.kind`, `disruption.at` (of each of a
    /// list of tables).
    ///
    /// # Panics
    ///
    /// Never: a test asks for them.
    #[must_use]
    pub fn keys() -> Vec<String> {
        // Tables that are read only where they are there.
        const ALL: &str = "[goal]\n[strategy]\n[energy]\n[[disruption]]\nkind = \"silence\"\nfraction = 1\nat = 0";
        let builder = ScenarioBuilder::from_text(ALL, "every table").expect("it is TOML");
        let table = builder.merged();
        let (_, top) = Self::read_sections(&table).expect("it is a scenario");
        top.known()
    }

    fn read(table: &Table) -> Result<Self, ScenarioError> {
        let (scenario, top) = Self::read_sections(table)?;
        top.refuse_unknown()?;
        scenario.refuse_unused_links(table)?;
        scenario.refuse_unused_phasors(table)?;
        Ok(scenario)
    }

    /// One line for each table.
    fn read_sections(table: &Table) -> Result<(Self, Section<'_>), ScenarioError> {
        let mut top = Section::top(table);
        let seed = top.count("seed", 0, MAX_SEED, 42)?;
        let coupling = top.table("coupling", Coupling::read)?;
        let default = if coupling.all_to_all { Kind::Complete } else { Kind::SmallWorld };
        let goal = top.table("goal", Goal::read)?;
        let scenario = Self {
            seed,
            network: top.table("network", |section| NetworkScenario::read(section, default))?,
            phases: top.table("phases", Phases::read)?,
            frequencies: top.table("frequencies", Frequencies::read)?,
            coupling,
            time: top.table("time", |section| Time::read(section, goal.is_some()))?,
            goal,
            strategy: top.table("strategy", Strategy::read)?,
            energy: top.table("energy", Energy::read)?,
            memory: top.table("memory", Memory::read)?,
            checkpoint: top.table("checkpoint", Checkpoints::read)?,
            record: top.table("record", Record::read)?,
            output: top.table("output", Output::read)?,
            disruptions: top.tables("disruption", Disruption::read)?,
        };
        Ok((scenario, top))
    }

    /// All-to-all coupling uses no links: asking for them as well is a contradiction, unless they come with the
    /// agents of a real network.
    fn refuse_unused_links(&self, table: &Table) -> Result<(), ScenarioError> {
        let generated = match &self.network {
            NetworkScenario::Generated(network) => !matches!(network, GeneratedNetwork::Complete { .. }),
            NetworkScenario::File { .. } | NetworkScenario::Builtin { .. } => false,
        };
        let (Some(kind), Some(all_to_all)) = (entry(table, "network", "kind"), entry(table, "coupling", "all_to_all"))
        else {
            return Ok(());
        };
        if !(generated && self.coupling.all_to_all) {
            return Ok(());
        }
        Err(conflict([("network.kind", kind), ("coupling.all_to_all", all_to_all)]).with_help(
            "all-to-all coupling uses no links: say kind = \"complete\", or all_to_all = false to couple along the network",
        ))
    }

    /// Neither does anybody hear neighbours in it, in however many digits.
    fn refuse_unused_phasors(&self, table: &Table) -> Result<(), ScenarioError> {
        let entry = |key| entry(table, "coupling", key);
        let (Some(phasors), Some(all_to_all)) = (entry("phasors"), entry("all_to_all")) else {
            return Ok(());
        };
        if !(self.coupling.all_to_all && self.coupling.phasors != PhasorPrecision::Double) {
            return Ok(());
        }
        Err(conflict([("coupling.phasors", phasors), ("coupling.all_to_all", all_to_all)])
            .with_help("all-to-all coupling goes by the mean of all phases, in double precision: leave phasors out"))
    }
}

impl<'de> Deserialize<'de> for Scenario {
    /// Reads what a scenario serialises to, with every check that a file undergoes.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Self::from_value(value).map_err(serde::de::Error::custom)
    }
}

/// TOML has no word for what is not there.
fn remove_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(entries) => {
            entries.retain(|_, value| !value.is_null());
            entries.values_mut().for_each(remove_nulls);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

/// Two entries that cannot both be meant, at the place of the one that was said last.
fn conflict(mut ends: [(&str, &Entry); 2]) -> ScenarioError {
    ends.sort_by_key(|(_, entry)| entry.rank());
    let [(first, _), (second, entry)] = ends;
    entry.place.error(ScenarioProblem::Conflict { first: first.to_owned(), second: second.to_owned() })
}

fn entry<'a>(table: &'a Table, section: &str, key: &str) -> Option<&'a Entry> {
    match &table.get(section)?.node.value {
        Value::Table(table) => table.get(key),
        _ => None,
    }
}

/// Writes a path as text, with replacement characters for what is not Unicode.
fn serialize_path<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}
