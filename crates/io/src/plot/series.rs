//! Coherence over time.

use kuva::render::render::TextAnchor;

use super::color::{INK, LINES, MUTED};
use super::curves::{Axis, Curve, CurveStyle, Curves, curves_over};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};
use super::frame::{Frame, TICK, text_width};

/// Coherence over time, what else was recorded beside it, and what happened meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeriesView<'a> {
    /// Time in s and R, in order of time.
    pub r: &'a [(f64, f64)],
    /// Further quantities by name, as (time, value), each on the scale of R.
    pub further: &'a [(&'a str, &'a [(f64, f64)])],
    /// The least and the largest R that a goal asks for.
    pub goal: Option<(f64, f64)>,
    /// What disturbed the swarm, in order of time.
    pub disruptions: &'a [DisruptionMark],
    /// Recoveries: from the end of a disruption until the goal was met again, in s.
    pub recoveries: &'a [(f64, f64)],
}

/// A disruption to be marked.
#[derive(Clone, Debug, PartialEq)]
pub struct DisruptionMark {
    /// When it began, in s.
    pub at: f64,
    /// When it was taken back, in s.
    pub until: Option<f64>,
    /// What it was, in a word or two.
    pub name: String,
}

/// Colours of what is marked behind the curves: a goal, a disruption, a recovery.
const GOAL: &str = LINES[2];
const HARM: &str = LINES[1];
const HEAL: &str = LINES[5];

/// Draws R, from 0 to 1, over time in seconds, with the last value in figures. Further quantities are drawn over the
/// same axes, which are extended below 0 or above 1 if they go there. A goal is a band, a disruption a line with its
/// name, a recovery a strip at the bottom as long as it took.
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
    let note = note(series);
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
    let mut figure = curves_over(&picture, options, |figure, frame| mark(figure, frame, series))?;
    figure.describe(&described(series));
    Ok(figure)
}

fn note(series: &SeriesView<'_>) -> String {
    let Some((time, r)) = series.r.last() else { return String::new() };
    let reached = format!("R = {r:.3} at t = {} s", short(*time));
    match series.goal {
        Some((low, high)) if high >= 1.0 => format!("{reached}; green: the goal, R ≥ {}", short(low)),
        Some((_, high)) => format!("{reached}; green: the goal, R ≤ {}", short(high)),
        None => reached,
    }
}

/// Goal, disruptions and recoveries, behind the curves.
fn mark(figure: &mut Figure, frame: &Frame, series: &SeriesView<'_>) {
    let rectangle = |(x0, y0): (f64, f64), (x1, y1): (f64, f64)| [(x0, y0), (x1, y0), (x1, y1), (x0, y1)];
    let across = |time: f64| frame.at(time.clamp(frame.x.low, frame.x.high), 0.0).0;
    if let Some((low, high)) = series.goal {
        let corners = (frame.at(frame.x.low, high), frame.at(frame.x.high, low));
        figure.area(rectangle(corners.0, corners.1), GOAL, 0.14);
    }
    for (from, until) in series.recoveries {
        let (left, right) = (across(*from), across(*until).max(across(*from) + 2.0));
        figure.area(rectangle((left, frame.bottom - 9.0), (right, frame.bottom)), HEAL, 0.75);
        let words = format!("{} s", short(((until - from) * 100.0).round() / 100.0));
        figure.text((left + 2.0, frame.bottom - 14.0), TextAnchor::Start, 11, INK, &words);
    }
    // Names stand where the curve mostly is not, and those shortly after each other in rows.
    let (first, down) = match is_high(series.r) {
        true => (frame.bottom - 34.0, -16.0),
        false => (frame.top + 16.0, 16.0),
    };
    let mut taken: Vec<f64> = Vec::new();
    for mark in series.disruptions.iter().filter(|mark| (frame.x.low..=frame.x.high).contains(&mark.at)) {
        let left = across(mark.at);
        if let Some(until) = mark.until {
            figure.area(rectangle((left, frame.top), (across(until), frame.bottom)), HARM, 0.08);
        }
        figure.line((left, frame.top), (left, frame.bottom), HARM, 1.2, Some("4 3"));
        let width = text_width(&mark.name, TICK) + 10.0;
        let row = taken.iter().position(|end| *end < left).unwrap_or(taken.len());
        let fits = left + width < frame.right;
        taken.resize(taken.len().max(row + 1), 0.0);
        taken[row] = if fits { left + width } else { frame.right };
        let (x, anchor) = if fits { (left + 5.0, TextAnchor::Start) } else { (left - 5.0, TextAnchor::End) };
        figure.text((x, first + down * row as f64), anchor, TICK, MUTED, &mark.name);
    }
}

/// Whether a curve is above the middle for most of its points.
fn is_high(r: &[(f64, f64)]) -> bool {
    2 * r.iter().filter(|point| point.1 > 0.5).count() > r.len()
}

/// The course of R and what happened, in words.
fn described(series: &SeriesView<'_>) -> String {
    let (Some((start, first)), Some((end, last))) = (series.r.first(), series.r.last()) else {
        return "No data.".to_owned();
    };
    let lowest = series.r.iter().fold(1.0_f64, |low, point| low.min(point.1));
    let highest = series.r.iter().fold(0.0_f64, |high, point| high.max(point.1));
    let mut text = format!(
        "Coherence R over time from {} s to {} s: {first:.3} at first, {last:.3} in the end, between {lowest:.3} and {highest:.3}.",
        short(*start),
        short(*end)
    );
    if let Some((low, high)) = series.goal {
        text += &format!(" The goal is R from {} to {}.", short(low), short(high));
    }
    for mark in series.disruptions {
        text += &format!(" At {} s: {}.", short(mark.at), mark.name);
    }
    for (from, until) in series.recoveries {
        text += &format!(" Recovered {:.2} s after {} s.", until - from, short(*from));
    }
    for (name, points) in series.further {
        if let (Some(first), Some(last)) = (points.first(), points.last()) {
            text += &format!(" {name}: from {:.3} to {:.3}.", first.1, last.1);
        }
    }
    text
}

/// A time in as many digits as matter to a reader.
pub(super) fn short(time: f64) -> String {
    let text = format!("{time:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
