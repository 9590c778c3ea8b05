//! `sweep.json`: what is swept, and how far it is.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::grid::Grid;
use crate::run_record::Versions;
use crate::scenario::Scenario;

/// The record of a sweep. It is written when the sweep begins, and anew when it ends or is interrupted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepRecord {
    /// Points of the grid.
    pub points: u64,
    /// Runs of each point.
    pub replicates: u64,
    /// Runs in all.
    pub runs: u64,
    /// Runs that have their row in `runs.csv`, failed ones included.
    pub done: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Whether all runs have their row, so that the tables are sorted and change no more.
    pub finished: bool,
    /// CRC-32 of `runs.csv` once it is finished, 8 hexadecimal digits.
    pub runs_crc32: Option<String>,
    /// The seed that the seeds of the runs follow from, each from it and its replicate: at every point, runs of one
    /// replicate have one seed.
    pub seed: u64,
    /// The keys that are varied, in the order of the columns; the last one turns over fastest from point to point.
    pub vary: Vec<VariedKey>,
    /// Files that runs have read, and what was in them.
    pub inputs: Vec<SweepInput>,
    /// A hash of the scenarios of the points that were looked at before the sweep began.
    pub scenarios: String,
    /// What it is run with.
    pub versions: Versions,
    /// What it was asked for by.
    pub command: SweepCommand,
    /// The scenario of the first point with every default filled in, and the seed of the sweep.
    pub scenario: Value,
}

/// A key that is varied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariedKey {
    /// The key, such as `coupling.strength`.
    pub key: String,
    /// Its values as they were written, such as `0:4:0.1`.
    pub values: String,
    /// How many there are.
    pub count: u64,
}

/// A file that runs have read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepInput {
    /// The file.
    pub file: String,
    /// Hash of what was read from it.
    pub hash: String,
}

/// The arguments that a sweep was begun with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepCommand {
    /// The directory that relative paths start from.
    pub directory: String,
    /// The scenario file; none for the built-in one.
    pub scenario: Option<String>,
    /// Keys that are set.
    pub set: Vec<String>,
    /// Keys that are varied.
    pub vary: Vec<String>,
    /// Runs of each point.
    pub seeds: u64,
}

impl SweepRecord {
    /// The scenario of the first point; none of a record that another version wrote, of a scenario that this one
    /// does not understand.
    #[must_use]
    pub fn first_scenario(&self) -> Option<Scenario> {
        Scenario::from_value(self.scenario.clone()).ok()
    }

    /// The record of a sweep that has not begun. `runs` is how many there are; `scenario` is that of the first point
    /// with the seed of the sweep.
    ///
    /// # Panics
    ///
    /// Never: a scenario holds only what JSON can.
    #[must_use]
    pub fn new(grid: &Grid, runs: u64, scenario: &Scenario, command: SweepCommand) -> Self {
        let vary = grid.axes().iter().map(|axis| VariedKey {
            key: axis.key().to_owned(),
            values: axis.written().to_owned(),
            count: axis.count(),
        });
        Self {
            points: grid.points(),
            replicates: command.seeds,
            runs,
            done: 0,
            failed: 0,
            finished: false,
            runs_crc32: None,
            seed: scenario.seed,
            vary: vary.collect(),
            inputs: Vec::new(),
            scenarios: String::new(),
            versions: Versions::of_this_program(),
            command,
            scenario: serde_json::to_value(scenario).expect("a scenario holds only what JSON can"),
        }
    }

    /// The record as it stands in `sweep.json`.
    ///
    /// # Panics
    ///
    /// Never: the record holds nothing that JSON cannot.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("a record holds only what JSON can");
        json.push('\n');
        json
    }

    /// What makes the runs of another sweep other runs than those of this one, in words; nothing if they are the same.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, was: String, is: String| {
            if was != is {
                found.push(format!("{what} was {was} and is {is}"));
            }
        };
        compare("the version of lampyrid", self.versions.lampyrid.clone(), other.versions.lampyrid.clone());
        compare("--vary", varied(&self.vary), varied(&other.vary));
        compare("--seeds", self.replicates.to_string(), other.replicates.to_string());
        let (was, is) = (leaves(&self.scenario), leaves(&other.scenario));
        let keys = was.iter().chain(&is).map(|(key, _)| key);
        let mut keys: Vec<&String> = keys.filter(|key| decides(key) && !self.is_varied(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let value = |leaves: &[(String, String)]| {
                leaves.iter().find(|(other, _)| other == key).map_or("not set".to_owned(), |(_, value)| value.clone())
            };
            compare(key, value(&was), value(&is));
        }
        for input in &self.inputs {
            if other.inputs.iter().any(|other| other.file == input.file && other.hash != input.hash) {
                found.push(format!("{} has changed since (put it back to go on)", input.file));
            }
        }
        if found.is_empty() && (self.scenarios != other.scenarios || self.inputs != other.inputs) {
            found.push("its scenario differs at points other than the first".to_owned());
        }
        found
    }

    /// What is varied, as it was written.
    pub(super) fn varied(&self) -> String {
        varied(&self.vary)
    }

    fn is_varied(&self, key: &str) -> bool {
        self.vary.iter().any(|varied| varied.key == key)
    }
}

fn varied(keys: &[VariedKey]) -> String {
    keys.iter().map(|one| format!("{}={}", one.key, one.values)).collect::<Vec<_>>().join(" ")
}

/// Whether a key of a scenario makes a difference to the runs of a sweep.
fn decides(key: &str) -> bool {
    !["output.", "checkpoint."].iter().any(|table| key.starts_with(table))
}

/// The keys of a scenario, with those of their tables, and their values.
fn leaves(scenario: &Value) -> Vec<(String, String)> {
    let Value::Object(tables) = scenario else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in tables {
        match value {
            Value::Object(keys) => found.extend(keys.iter().map(|(key, value)| (format!("{name}.{key}"), text(value)))),
            value => found.push((name.clone(), text(value))),
        }
    }
    found
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::Axis;

    fn record(vary: &str, seeds: u64, scenario: &str) -> SweepRecord {
        let grid = Grid::new(vec![Axis::parse(vary).unwrap()]).unwrap();
        let scenario = Scenario::parse(scenario, "scenario.toml").unwrap();
        let command =
            SweepCommand { directory: "/".to_owned(), scenario: None, set: vec![], vary: vec![vary.to_owned()], seeds };
        SweepRecord::new(&grid, grid.runs(seeds).unwrap(), &scenario, command)
    }

    #[test]
    fn what_is_not_the_same_is_named_with_both_values_and_what_decides_nothing_is_not() {
        let vary = "coupling.strength=1,2";
        let begun = record(vary, 20, "seed = 7");
        assert_eq!(begun.differences(&begun), Vec::<String>::new());
        let elsewhere = record(vary, 20, "seed = 7\noutput.dir = \"b\"\ncheckpoint.every = 1.0");
        assert_eq!(begun.differences(&elsewhere), Vec::<String>::new());
        let other = record("coupling.strength=1:3:1", 30, "seed = 8\n[goal]\npattern = \"splay\"");
        let found = begun.differences(&other);
        let expected = [
            "--vary was coupling.strength=1,2 and is coupling.strength=1:3:1",
            "--seeds was 20 and is 30",
            "goal.pattern was not set and is splay",
            "seed was 7 and is 8",
        ];
        assert!(expected.iter().all(|one| found.iter().any(|found| found == one)), "{found:#?}");
        let unseen = SweepRecord { scenarios: "other".to_owned(), ..begun.clone() };
        assert_eq!(begun.differences(&unseen), ["its scenario differs at points other than the first"]);
        let input = |hash: &str| vec![SweepInput { file: "net.csv".to_owned(), hash: hash.to_owned() }];
        let (was, is) =
            (SweepRecord { inputs: input("1"), ..begun.clone() }, SweepRecord { inputs: input("2"), ..begun });
        assert_eq!(was.differences(&is), ["net.csv has changed since (put it back to go on)"]);
    }

    #[test]
    fn a_record_reads_back_as_it_was() {
        let record = record("coupling.strength=0:4:0.1", 20, "[coupling]\nphase_lag = 0.1");
        assert_eq!(serde_json::from_str::<SweepRecord>(&record.to_json()).unwrap(), record);
    }
}
