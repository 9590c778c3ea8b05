//! `points.csv` of a sweep, read back.

use std::path::Path;

use super::point::SweepPoint;
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

impl SweepTable {
    /// The points with their mean R. Those all of whose runs have failed have none.
    pub fn with_r(&self) -> impl Iterator<Item = (&SweepPoint, f64)> {
        self.points.iter().filter_map(|point| Some((point, point.r?)))
    }
}

/// Reads the `points.csv` of a sweep. Its columns are found by their names, those of the varied keys between `point` and
/// `runs`.
///
/// # Errors
///
/// When it cannot be read, lacks a column or holds no number where one is due, and when a row has fewer or more values
/// than the heading.
pub fn read_sweep(path: &Path) -> Result<SweepTable, InputError> {
    let mut table = TableReader::open(path, "a row of a point, the varied keys, runs and their figures")?;
    let point = table.column(SweepPoint::NUMBER)?;
    let [runs, failures] = columns(&table, SweepPoint::COUNTS)?;
    let figures = columns(&table, SweepPoint::FIGURES)?;
    let varied = point + 1..runs.max(point + 1);
    let keys = table.heading()[varied.clone()].to_vec();
    let mut points = Vec::new();
    while table.advance()? {
        let [r, r_standard_error, r_q05, r_q25, r_q50, r_q75, r_q95, attained, time_to_goal] =
            figures.map(|column| figure(&table, column));
        points.push(SweepPoint {
            point: count(&table, point, "the number of a point")?,
            values: varied.clone().map(|column| table.text(column).to_owned()).collect(),
            runs: count(&table, runs, "a number of runs")?,
            failures: count(&table, failures, "a number of runs")?,
            r: r?,
            r_standard_error: r_standard_error?,
            r_q05: r_q05?,
            r_q25: r_q25?,
            r_q50: r_q50?,
            r_q75: r_q75?,
            r_q95: r_q95?,
            attained: attained?,
            time_to_goal: time_to_goal?,
        });
    }
    Ok(SweepTable { keys, points })
}

fn columns<const N: usize>(table: &TableReader, names: [&'static str; N]) -> Result<[usize; N], InputError> {
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = table.column(name)?;
    }
    Ok(places)
}

fn count(table: &TableReader, column: usize, what: &'static str) -> Result<u64, InputError> {
    let number = table.number(column, what)?;
    if number < 0.0 || number.fract() != 0.0 { Err(table.not_whole(column, what)) } else { Ok(number as u64) }
}

fn figure(table: &TableReader, column: usize) -> Result<Option<f64>, InputError> {
    if table.text(column).is_empty() { Ok(None) } else { table.number(column, "a figure of its runs").map(Some) }
}
