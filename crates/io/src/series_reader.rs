//! `order_parameter.csv`, read back.

use std::path::Path;

use lampyrid_measure::OrderParameter;

use crate::InputError;
use crate::plot::{CurveRecorder, PlotError};
use crate::table_reader::TableReader;

/// What a curve is of, and its points.
pub type NamedCurve = (String, Vec<(f64, f64)>);

/// The rows of a run's `order_parameter.csv`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunSeries {
    /// Times in s, in order.
    pub times: Vec<f64>,
    /// Coherence R e^{iψ} at each of them.
    pub coherence: Vec<OrderParameter>,
    /// Further columns by name.
    pub further: Vec<(String, Vec<f64>)>,
}

/// Reads a run's `order_parameter.csv`.
///
/// # Errors
///
/// When it cannot be read, lacks one of the columns `time`, `R` and `psi`, or holds what is no finite number, and when
/// a row has fewer or more values than the heading.
pub fn read_series(path: &Path) -> Result<RunSeries, InputError> {
    let mut table = TableReader::open(path, "a row `time,R,psi`")?;
    let [time, r, psi] = [table.column("time")?, table.column("R")?, table.column("psi")?];
    let others: Vec<usize> = (0..table.heading().len()).filter(|column| ![time, r, psi].contains(column)).collect();
    let further = others.iter().map(|&column| (table.heading()[column].clone(), Vec::new())).collect();
    let mut series = RunSeries { further, ..RunSeries::default() };
    while table.advance()? {
        series.times.push(table.number(time, "a time")?);
        series.coherence.push(OrderParameter { r: table.number(r, "R")?, psi: table.number(psi, "psi")? });
        for (&column, (_, values)) in others.iter().zip(&mut series.further) {
            values.push(table.number(column, "a value")?);
        }
    }
    Ok(series)
}

impl RunSeries {
    /// The row nearest to a time, in s: its time, and the coherence then. None without rows.
    #[must_use]
    pub fn at(&self, time: f64) -> Option<(f64, OrderParameter)> {
        let after = self.times.partition_point(|known| *known < time);
        let rows = [after.checked_sub(1), Some(after)].into_iter().flatten().filter(|row| *row < self.times.len());
        let nearest = rows.min_by(|a, b| (self.times[*a] - time).abs().total_cmp(&(self.times[*b] - time).abs()))?;
        Some((self.times[nearest], self.coherence[nearest]))
    }

    /// R and the further columns as lines of a picture, R first.
    ///
    /// # Errors
    ///
    /// When times run backwards.
    pub fn curves(&self) -> Result<Vec<NamedCurve>, PlotError> {
        let r: Vec<f64> = self.coherence.iter().map(|coherence| coherence.r).collect();
        let columns = std::iter::once(("R", &r)).chain(self.further.iter().map(|(name, values)| (&name[..], values)));
        let curve = |(name, values): (&str, &Vec<f64>)| {
            let mut recorder = CurveRecorder::default();
            self.times.iter().zip(values).try_for_each(|(time, value)| recorder.push(*time, *value))?;
            Ok((name.to_owned(), recorder.points()))
        };
        columns.map(curve).collect()
    }
}
