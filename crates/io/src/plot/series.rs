//! Coherence over time.

use super::curves::{Axis, Curve, CurveStyle, Curves, curves};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};

/// Coherence over time, and what else was recorded beside it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesView<'a> {
    /// Time in s and R, in order of time.
    pub r: &'a [(f64, f64)],
    /// Further quantities by name, as (time, value), each on the scale of R.
    pub further: &'a [(&'a str, &'a [(f64, f64)])],
}

/// Draws R, from 0 to 1, over time in seconds, with the last value in figures. Further quantities are drawn over the
/// same axes, which are extended below 0 or above 1 if they go there.
///
/// # Errors
///
/// When a value is not finite, or the size is out of reason.
pub fn order_parameter(series: &SeriesView<'_>, options: &PlotOptions) -> Result<Figure, PlotError> {
    let lines = series.further.iter().map(|&(name, points)| Curve { name, points, style: CurveStyle::Line });
    // A single line needs no legend.
    let name = if series.further.is_empty() { "" } else { "R" };
    let mut all = vec![Curve { name, points: series.r, style: CurveStyle::Line }];
    all.extend(lines);
    let note = match series.r.last() {
        Some((time, r)) => format!("R = {r:.3} at t = {} s", short(*time)),
        None => String::new(),
    };
    let values = || all.iter().flat_map(|curve| curve.points.iter());
    let low = values().fold(0.0_f64, |low, point| low.min(point.1));
    let high = values().fold(1.0_f64, |high, point| high.max(point.1));
    // Rounding may put R a hair above 1.
    let low = if low < -1e-9 { (low * 5.0).floor() / 5.0 } else { 0.0 };
    let high = if high > 1.0 + 1e-9 { (high * 5.0).ceil() / 5.0 } else { 1.0 };
    let start = values().fold(f64::INFINITY, |start, point| start.min(point.0));
    let end = values().fold(f64::NEG_INFINITY, |end, point| end.max(point.0));
    let y = if series.further.is_empty() { "coherence R" } else { "coherence" };
    let picture = Curves {
        title: "Coherence over time",
        note: &note,
        x: Axis { label: "time t (s)", range: (start < end).then_some((start, end)) },
        y: Axis { label: y, range: Some((low, high)) },
        curves: &all,
    };
    curves(&picture, options)
}

/// A time in as many digits as matter to a reader.
pub(super) fn short(time: f64) -> String {
    let text = format!("{time:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
