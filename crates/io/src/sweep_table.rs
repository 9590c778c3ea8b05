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
    pub points: Vec<CurvePoint>,
}

/// What R came to for one choice of values.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// The value of each key, as it was written.
    pub values: Vec<String>,
    /// Mean of R over the runs, in [0, 1].
    pub mean_r: f64,
    /// Standard error of that mean; none of a single run.
    pub standard_error_r: Option<f64>,
    /// How many runs it is the mean of.
    pub runs: u64,
}

/// Reads the `points.csv` of a sweep: `point`, the columns of the varied keys, then `runs`, and among those after it `R`
/// and `R_standard_error` (which may be empty). A point without R, all of whose runs have failed, is passed over.
///
/// # Errors
///
/// When it cannot be read, lacks a column or holds no number where one is due, and when a row has fewer or more values
/// than the heading.
pub fn read_sweep(path: &Path) -> Result<SweepTable, InputError> {
    let mut table = TableReader::open(path, "a row of a point, the varied keys, runs, R and R_standard_error")?;
    let [point, runs] = [table.column("point")?, table.column("runs")?];
    let [mean, error] = [table.column("R")?, table.column("R_standard_error")?];
    let varied = point + 1..runs.max(point + 1);
    let keys = table.heading()[varied.clone()].to_vec();
    let mut points = Vec::new();
    while table.advance()? {
        if table.text(mean).is_empty() {
            continue;
        }
        let values = varied.clone().map(|column| table.text(column).to_owned()).collect();
        let count = table.number(runs, "a number of runs")?;
        if count < 0.0 || count.fract() != 0.0 {
            return Err(table.not_whole(runs, "a number of runs"));
        }
        let standard_error_r = match table.text(error) {
            "" => None,
            _ => Some(table.number(error, "a standard error")?),
        };
        points.push(CurvePoint { values, mean_r: table.number(mean, "R")?, standard_error_r, runs: count as u64 });
    }
    Ok(SweepTable { keys, points })
}
