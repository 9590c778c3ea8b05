//! What can be wrong with a sweep.

use std::io;
use std::path::PathBuf;

use rust_decimal::Decimal;

use crate::output_error::OutputError;

/// A sweep that cannot be begun or gone on with, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// An argument that names a key and its values is wrong.
    #[error("--vary {argument}: {problem}")]
    Axis {
        /// The argument.
        argument: String,
        /// What is wrong with it.
        problem: AxisProblem,
    },
    /// Two arguments for one key.
    #[error("--vary {key}: `{other}` is varied already; name all its values in one --vary")]
    VariedTwice {
        /// The key of the later argument.
        key: String,
        /// The key of the earlier one: the same, or a table that holds it, or one that it holds.
        other: String,
    },
    /// More points or runs than there are numbers for.
    #[error("the sweep has more runs than can be numbered (2^53): take larger steps or fewer seeds")]
    Uncountable,
    /// Another sweep is in the directory.
    #[error(
        "{} holds another sweep: {}; choose another directory (--out), or go on with that sweep by `lampyrid resume {}`",
        directory.display(),
        listed(differences),
        directory.display()
    )]
    AnotherSweep {
        /// The directory.
        directory: PathBuf,
        /// What differs, in words.
        differences: Vec<String>,
    },
    /// Something else is in the directory, under a name that a sweep needs.
    #[error("{} holds {file}, which is not of a sweep; choose another directory (--out)", directory.display())]
    NotASweep {
        /// The directory.
        directory: PathBuf,
        /// The file that is in the way.
        file: &'static str,
    },
    /// A file of the sweep cannot be read.
    #[error("cannot read {}: {source}; check the path, or choose another directory (--out)", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason given.
        source: io::Error,
    },
    /// The record of the sweep is not as it was written.
    #[error("{}: {reason}; put it back as it was, or choose another directory (--out)", path.display())]
    DamagedRecord {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A line of a table is no row of this sweep.
    #[error("{}:{line}: {reason}; remove the line to have its run done again", path.display())]
    DamagedTable {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A result could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// The first few of many, and how many more there are.
fn listed(differences: &[String]) -> String {
    const TOLD: usize = 4;
    let told = differences.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    match differences.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told}, and {more} more"),
    }
}

/// What is wrong with the values of a key.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AxisProblem {
    /// There is no `=`.
    #[error("it is written key=value,value,… or key=start:stop:step, and `=` is missing")]
    NoEquals,
    /// A part of the key is empty.
    #[error("it is written key=value,value,… or key=start:stop:step, and part of the key is missing")]
    NoKey,
    /// Nothing follows the `=`.
    #[error("it is written key=value,value,… or key=start:stop:step, and the values are missing")]
    NoValues,
    /// Two commas with nothing in between, or one at an end.
    #[error("a value is missing before or after a comma")]
    EmptyValue,
    /// One value twice.
    #[error("the value {value} is named twice; say --seeds for more runs of each point")]
    Twice {
        /// The value.
        value: String,
    },
    /// A part of a range that is not a number.
    #[error("the {part} of the range, `{text}`, is not a finite number of at most 28 digits")]
    NotANumber {
        /// Which part: start, stop or step.
        part: &'static str,
        /// What stands there.
        text: String,
    },
    /// A step that leads nowhere.
    #[error("steps of 0 lead nowhere; the range is start:stop:step")]
    ZeroStep,
    /// A range that has no value, as its steps lead away from its stop.
    #[error("the range is empty: steps of {step} lead from {start} away from {stop}; a step of {} leads there", -*step)]
    LeadsAway {
        /// The first value.
        start: Decimal,
        /// The last value.
        stop: Decimal,
        /// The step.
        step: Decimal,
    },
    /// More values than there are numbers for.
    #[error("the range has more values than can be numbered (2^53); take larger steps")]
    TooManyValues,
}
