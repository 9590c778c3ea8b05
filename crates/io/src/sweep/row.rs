//! A row of `runs.csv`: one run and what came of it.

use csv::StringRecord;
use serde::{Deserialize, Serialize};

use super::grid::RunId;

/// Columns of `runs.csv` before those of the varied keys, and after them.
const BEFORE: [&str; 1] = ["point"];
const AFTER: [&str; 11] = [
    "replicate",
    "seed",
    "status",
    "agents",
    "steps",
    "R_final",
    "R_mean",
    "attained",
    "time_to_goal",
    "phase_hash",
    "error",
];

/// A run of a sweep, a row of `runs.csv`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepRun {
    /// The point of the grid, counted from 0.
    pub point: u64,
    /// The values of the varied keys there, as a scenario has them: a column for each, headed by its key.
    pub values: Vec<String>,
    /// Which of the runs at that point, counted from 0.
    pub replicate: u64,
    /// The seed of the run.
    pub seed: u64,
    /// What came of it.
    pub outcome: SweepOutcome,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SweepOutcome {
    /// Whether it came to its end.
    pub status: SweepStatus,
    /// Number of agents in the beginning; this and what follows, up to the error, only of a run that was done.
    pub agents: Option<u64>,
    /// Steps taken.
    pub steps: Option<u64>,
    /// Coherence R at the end, in [0, 1].
    pub r_final: Option<f64>,
    /// Mean of R over the later half of the rows that `order_parameter.csv` would have.
    pub r_mean: Option<f64>,
    /// Whether the goal was attained at the end; none without a goal.
    pub attained: Option<bool>,
    /// When the goal was first met that was then held, in s of simulated time; none if it never was.
    pub time_to_goal: Option<f64>,
    /// Hash of all final phases in the order of agents, 16 hexadecimal digits.
    pub phase_hash: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Whether a run came to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SweepStatus {
    /// It did, whether it attained its goal or not.
    #[default]
    Done,
    /// It could not be begun or had to stop; `error` says why.
    Failed,
}

impl SweepOutcome {
    /// The outcome of a run that failed. Line ends in the reason become blanks: a row is a line.
    #[must_use]
    pub fn failed(reason: &str) -> Self {
        let error = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { status: SweepStatus::Failed, error: Some(error), ..Self::default() }
    }

    /// Whether the run failed.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.status == SweepStatus::Failed
    }
}

impl SweepRun {
    /// Which run it is.
    #[must_use]
    pub fn id(&self) -> RunId {
        RunId { point: self.point, replicate: self.replicate }
    }

    /// The heading of `runs.csv` for these keys.
    #[must_use]
    pub fn heading<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        BEFORE.into_iter().chain(keys).chain(AFTER).collect()
    }

    /// The run in a record of `runs.csv` with so many keys.
    pub(super) fn read(record: &StringRecord, keys: usize) -> Result<Self, String> {
        let expected = BEFORE.len() + keys + AFTER.len();
        if record.len() != expected {
            return Err(format!("the row has {} values where the heading has {expected}", record.len()));
        }
        let point = record[0].parse().map_err(|_| format!("`{}` is not the number of a point", &record[0]))?;
        let values = record.iter().skip(1).take(keys).map(str::to_owned).collect();
        let rest: StringRecord = record.iter().skip(1 + keys).collect();
        let (replicate, seed, outcome) =
            rest.deserialize(None).map_err(|error: csv::Error| format!("the row cannot be read ({error})"))?;
        Ok(Self { point, values, replicate, seed, outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = SweepOutcome> {
        let number = || prop::option::of(prop::num::f64::NORMAL | prop::num::f64::ZERO);
        let figures = (number(), number(), number(), prop::option::of(any::<bool>()), prop::option::of("[0-9a-f]{16}"));
        (figures, prop::option::of(any::<u64>()), "\\PC{1,30}", any::<bool>()).prop_map(
            |(figures, count, text, failed)| {
                if failed {
                    return SweepOutcome::failed(&format!("it said \"{text}\",\r\nand more"));
                }
                let (r_final, r_mean, time_to_goal, attained, phase_hash) = figures;
                SweepOutcome {
                    agents: count,
                    steps: count,
                    r_final,
                    r_mean,
                    attained,
                    time_to_goal,
                    phase_hash,
                    ..SweepOutcome::default()
                }
            },
        )
    }

    fn line(run: &SweepRun) -> Vec<u8> {
        let mut csv = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        csv.serialize(run).unwrap();
        csv.into_inner().unwrap()
    }

    proptest! {
        #[test]
        fn a_row_is_one_line_and_reads_back_to_the_last_bit(
            outcome in outcome(), point: u64, replicate: u64, seed: u64, values in prop::collection::vec("\\PC{1,12}", 0..4)
        ) {
            let run = SweepRun { point, values, replicate, seed, outcome };
            let line = line(&run);
            prop_assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
            let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let record = csv.records().next().unwrap().unwrap();
            prop_assert_eq!(SweepRun::read(&record, run.values.len()).unwrap(), run);
        }
    }

    #[test]
    fn a_heading_names_as_many_columns_as_a_row_has_values() {
        let run = SweepRun {
            point: 0,
            values: vec!["0.1".to_owned(), "ring".to_owned()],
            replicate: 0,
            seed: 7,
            outcome: SweepOutcome::failed("two\nlines"),
        };
        assert_eq!(String::from_utf8(line(&run)).unwrap(), "0,0.1,ring,0,7,failed,,,,,,,,two lines\n");
        assert_eq!(SweepRun::heading(["a", "b"]).len(), 14);
    }

    #[test]
    fn what_is_no_row_is_refused_with_a_reason() {
        let read = |fields: &[&str]| SweepRun::read(&fields.iter().copied().collect(), 0).unwrap_err();
        assert!(read(&["0", "0"]).contains("2 values where the heading has 12"));
        let mut row = ["0", "0", "7", "done", "10", "1", "0.5", "0.5", "", "", "", ""];
        assert!(SweepRun::read(&row.into_iter().collect(), 0).is_ok());
        row[0] = "-1";
        assert!(read(&row).contains("`-1` is not the number of a point"));
        (row[0], row[3]) = ("0", "doing");
        assert!(read(&row).contains("cannot be read"));
    }
}
