//! `points.csv` of a sweep: what R came to for each choice of what was varied.

use std::path::Path;

use crate::InputError;
use crate::table_reader::TableReader;

/// The points of a sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepTable {
    /// The keys of the scenario that were varied, such as `coupling.strength`.
    pub keys: Vec<String>,
    /// A point for each choice of their values.
    pub points: Vec<SweepPoint>,
}

/// What R came to for one choice of values.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepPoint {
    /// The value of each key, as it was written.
    pub values: Vec<String>,
    /// Mean of R over the runs, in [0, 1].
    pub mean_r: f64,
    /// Standard error of that mean; none of a single run.
    pub standard_error_r: Option<f64>,
    /// How many runs it is the mean of.
    pub runs: u64,
}

/// Reads the `points.csv` of a sweep: the columns of the varied keys, then `mean_R`, `standard_error_R` (which may be
/// empty) and `runs`. Columns after those are passed over.
///
/// # Errors
///
/// When it cannot be read, lacks a column or holds no number where one is due, and when a row has fewer or more values
/// than the heading.
pub fn read_sweep(path: &Path) -> Result<SweepTable, InputError> {
    let mut table = TableReader::open(path, "a row of varied keys, mean_R, standard_error_R and runs")?;
    let [mean, error, runs] = [table.column("mean_R")?, table.column("standard_error_R")?, table.column("runs")?];
    let varied = mean.min(error).min(runs);
    let keys = table.heading()[..varied].to_vec();
    let mut points = Vec::new();
    while table.advance()? {
        let values = (0..varied).map(|column| table.text(column).to_owned()).collect();
        let count = table.number(runs, "a number of runs")?;
        if count < 0.0 || count.fract() != 0.0 {
            return Err(table.not_whole(runs, "a number of runs"));
        }
        let standard_error_r = match table.text(error) {
            "" => None,
            _ => Some(table.number(error, "a standard error")?),
        };
        points.push(SweepPoint { values, mean_r: table.number(mean, "R")?, standard_error_r, runs: count as u64 });
    }
    Ok(SweepTable { keys, points })
}
