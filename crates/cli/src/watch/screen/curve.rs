//! R over time, the bound that the goal puts on it, and what happened when.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    symbols::Marker,
    text::Span,
    widgets::{Axis, Chart, Dataset, GraphType, Widget},
};

use super::{Look, Tone, View, framed};

/// Draws the curve of the present run.
pub(super) fn draw(view: &View, area: Rect, buffer: &mut Buffer) {
    let (seen, look) = (view.seen(), view.look);
    let points = view.curve.points();
    let (from, to) = span(view);
    let bound = seen.goal.as_ref().and_then(crate::live::Judgement::bound_of_r);
    let line = bound.map_or(Vec::new(), |(bound, _)| dotted(|part| (from + part * (to - from), bound)));
    let mark = |is_good| -> Vec<(f64, f64)> {
        let marks = view.marks.iter().filter(|mark| mark.is_good == is_good && mark.time >= from);
        marks.flat_map(|mark| dotted(|part| (mark.time, part))).collect()
    };
    let (good, bad) = (mark(true), mark(false));
    let title = match bound {
        Some((bound, true)) => format!(" R over time, goal ≥ {bound:.2} "),
        Some((bound, false)) => format!(" R over time, goal ≤ {bound:.2} "),
        None => " R over time ".to_owned(),
    };
    let sets = vec![
        set(look, &line, Tone::Goal, GraphType::Scatter),
        set(look, &bad, Tone::Bad, GraphType::Scatter),
        set(look, &good, Tone::Good, GraphType::Scatter),
        set(look, &points, Tone::Order, GraphType::Line),
    ];
    let faint = look.style(Tone::Faint);
    let times = [from, 0.5 * (from + to), to].map(|time| Span::raw(seconds(time, to - from)));
    Chart::new(sets)
        .block(framed(&title, look))
        .legend_position(None)
        .x_axis(Axis::default().style(faint).bounds([from, to]).labels(times))
        .y_axis(Axis::default().style(faint).bounds([0.0, 1.0]).labels(["0", "0.5", "1"]))
        .render(area, buffer);
}

/// A line, or points that stand out beside it.
fn set(look: Look, data: &[(f64, f64)], tone: Tone, kind: GraphType) -> Dataset<'_> {
    let marker = if kind == GraphType::Line { look.marker() } else { Marker::Dot };
    Dataset::default().data(data).style(look.style(tone)).marker(marker).graph_type(kind)
}

/// From where to where time is shown [simulated s].
pub(super) fn span(view: &View) -> (f64, f64) {
    let seen = view.seen();
    let first = view.curve.points().first().map_or(0.0, |(time, _)| *time);
    (first, if seen.time > first { seen.time } else { first + 1.0 })
}

/// Points along a line, far enough apart to look like dots on most screens.
fn dotted(at: impl Fn(f64) -> (f64, f64)) -> Vec<(f64, f64)> {
    (0..=40).map(|point| at(f64::from(point) / 40.0)).collect()
}

/// A time with as many digits as tell it from those near.
fn seconds(time: f64, span: f64) -> String {
    if span < 0.1 {
        format!("{time:.3} s")
    } else if span < 20.0 {
        format!("{time:.1} s")
    } else {
        format!("{time:.0} s")
    }
}
