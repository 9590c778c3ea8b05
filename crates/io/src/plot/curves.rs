//! Lines and points over two axes.

use kuva::plot::LinePlot;
use kuva::render::plots::Plot;
use kuva::render::render::TextAnchor;

use super::color::{INK, LINES, MUTED};
use super::error::{PlotError, check_finite};
use super::figure::{Figure, PlotOptions};
use super::frame::{Frame, LABEL, Scale, TICK, head, text_width};
use super::series::short;

const LINE_WIDTH: f64 = 2.0;
const THEORY_WIDTH: f64 = 1.6;
/// Radius of a point, and of one among many.
const DOT: f64 = 4.0;
const CLOUD_DOT: f64 = 2.6;

/// A picture of lines and points over labelled axes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Curves<'a> {
    /// The title, where the options give none.
    pub title: &'a str,
    /// A line of explanation below the title; may be empty.
    pub note: &'a str,
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// The vertical axis.
    pub y: Axis<'a>,
    /// What is drawn, the first at the bottom, points above all lines.
    pub curves: &'a [Curve<'a>],
}

/// An axis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Axis<'a> {
    /// What it shows, with the unit: `coupling strength K (rad/s)`.
    pub label: &'a str,
    /// From where to where; none for as far as the data go.
    pub range: Option<(f64, f64)>,
}

/// One line, or one set of points.
#[derive(Clone, Copy, Debug)]
pub struct Curve<'a> {
    /// Its name in the legend; without one it is not in it.
    pub name: &'a str,
    /// Its points (x, y).
    pub points: &'a [(f64, f64)],
    /// How it is drawn.
    pub style: CurveStyle,
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CurveStyle {
    /// A line from point to point.
    Line,
    /// Points by themselves.
    Points,
    /// Points by themselves, small enough for many.
    Cloud,
    /// A line with a point at each of its own.
    LineAndPoints,
    /// A dashed dark line: what theory says.
    Theory,
}

/// Draws lines and points over labelled axes. What lies outside a given range is cut off.
///
/// # Errors
///
/// When a coordinate is not finite, a range is empty or upside down, or the size is out of reason.
pub fn curves(curves: &Curves<'_>, options: &PlotOptions) -> Result<Figure, PlotError> {
    curves_over(curves, options, |_, _| {})
}

/// The same over something else, which is drawn first.
pub(super) fn curves_over(
    curves: &Curves<'_>,
    options: &PlotOptions,
    background: impl FnOnce(&mut Figure, &Frame),
) -> Result<Figure, PlotError> {
    curves_on(curves, None, options, background)
}

/// The same over a horizontal axis that is given.
pub(super) fn curves_on(
    curves: &Curves<'_>,
    x: Option<Scale>,
    options: &PlotOptions,
    background: impl FnOnce(&mut Figure, &Frame),
) -> Result<Figure, PlotError> {
    options.check()?;
    for curve in curves.curves {
        check_finite(curves.x.label, curve.points.iter().map(|point| point.0))?;
        check_finite(
            if curve.name.is_empty() { curves.y.label } else { curve.name },
            curve.points.iter().map(|point| point.1),
        )?;
    }
    let x = x.map_or_else(|| scale(&curves.x, curves.curves, |point| point.0), Ok)?;
    let y = scale(&curves.y, curves.curves, |point| point.1)?;
    let frame = Frame::new(options, x, y, 28.0);
    let mut figure = Figure::new(options);
    head(&mut figure, options.title.as_deref().unwrap_or(curves.title), curves.note);
    figure.describe(&described(curves, &frame));
    background(&mut figure, &frame);
    let colors = colors(curves.curves);
    let lines = curves.curves.iter().zip(&colors).flat_map(|(curve, color)| lines(curve, color, &frame));
    frame.draw(&mut figure, options, lines.collect());
    for (curve, color) in curves.curves.iter().zip(&colors) {
        let Some((radius, opacity)) = curve.dots() else { continue };
        for &(x, y) in curve.points.iter().filter(|point| frame.holds(**point)) {
            figure.dot(frame.at(x, y), radius, color, opacity);
        }
    }
    if curves.curves.iter().all(|curve| curve.points.is_empty()) {
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        figure.text(middle, TextAnchor::Middle, LABEL, MUTED, "no data");
    }
    legend(&mut figure, &frame, curves.curves, &colors);
    Ok(figure)
}

fn scale(axis: &Axis<'_>, curves: &[Curve<'_>], coordinate: fn(&(f64, f64)) -> f64) -> Result<Scale, PlotError> {
    match axis.range {
        Some((low, high)) => Scale::exact(axis.label, low, high),
        None => Scale::around(axis.label, curves.iter().flat_map(|curve| curve.points).map(coordinate)),
    }
}

/// Axes, and where each curve begins and ends.
fn described(curves: &Curves<'_>, frame: &Frame) -> String {
    let Frame { x, y, .. } = frame;
    let one = |curve: &Curve<'_>| {
        let ((x0, y0), (x1, y1)) = (*curve.points.first()?, *curve.points.last()?);
        let name = if curve.name.is_empty() { curves.y.label } else { curve.name };
        let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(short);
        Some(format!(" {name}: from {y0} at {x0} to {y1} at {x1}."))
    };
    let all: String = curves.curves.iter().filter_map(one).collect();
    format!("{} against {}, from {} to {}.{all}", y.label, x.label, short(x.low), short(x.high))
}

/// Theory is dark; the others take the colours in turn.
fn colors(curves: &[Curve<'_>]) -> Vec<&'static str> {
    let mut next = LINES.iter().cycle();
    let color = |curve: &Curve<'_>| match curve.style {
        CurveStyle::Theory => INK,
        _ => next.next().copied().unwrap_or(INK),
    };
    curves.iter().map(color).collect()
}

impl Curve<'_> {
    /// Radius and opacity of its points, if it is drawn as points: a line of a single one would not be seen.
    fn dots(&self) -> Option<(f64, f64)> {
        match self.style {
            CurveStyle::Points | CurveStyle::LineAndPoints => Some((DOT, 1.0)),
            CurveStyle::Cloud => Some((CLOUD_DOT, 0.6)),
            CurveStyle::Line if self.points.len() == 1 => Some((DOT, 1.0)),
            CurveStyle::Line | CurveStyle::Theory => None,
        }
    }
}

/// The lines of a curve: none, one, or one for each dash.
fn lines(curve: &Curve<'_>, color: &str, frame: &Frame) -> Vec<Plot> {
    let line = |points: Vec<(f64, f64)>, width: f64| {
        LinePlot::new().with_data(points).with_color(color).with_stroke_width(width).into()
    };
    match curve.style {
        CurveStyle::Points | CurveStyle::Cloud => Vec::new(),
        CurveStyle::Line | CurveStyle::LineAndPoints => vec![line(curve.points.to_vec(), LINE_WIDTH)],
        CurveStyle::Theory => dashes(curve.points, frame).into_iter().map(|dash| line(dash, THEORY_WIDTH)).collect(),
    }
}

/// Cuts a line into dashes of even length in the picture. (The PNG renderer would begin anew at every point.)
fn dashes(points: &[(f64, f64)], frame: &Frame) -> Vec<Vec<(f64, f64)>> {
    const DASH: f64 = 8.0;
    const GAP: f64 = 5.0;
    /// Beyond this a line that leaves the picture by far is drawn without gaps.
    const MOST: usize = 2000;
    let mut dashes: Vec<Vec<(f64, f64)>> = Vec::new();
    let (mut drawing, mut left) = (true, DASH);
    dashes.push(points.first().copied().into_iter().collect());
    for pair in points.windows(2) {
        let (from, to) = (frame.at(pair[0].0, pair[0].1), frame.at(pair[1].0, pair[1].1));
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while dashes.len() < MOST && length - done > left {
            done += left;
            let part = done / length;
            let point = (pair[0].0 + part * (pair[1].0 - pair[0].0), pair[0].1 + part * (pair[1].1 - pair[0].1));
            if drawing {
                dashes.last_mut().into_iter().for_each(|dash| dash.push(point));
            } else {
                dashes.push(vec![point]);
            }
            drawing = !drawing;
            left = if drawing { DASH } else { GAP };
        }
        left = (left - (length - done)).max(0.0);
        if drawing {
            dashes.last_mut().into_iter().for_each(|dash| dash.push(pair[1]));
        }
    }
    dashes
}

/// Names the curves above the axes, from the right, in as many rows as they take beside the axis's own label.
pub(super) fn legend(figure: &mut Figure, frame: &Frame, curves: &[Curve<'_>], colors: &[&str]) {
    const SAMPLE: f64 = 26.0;
    const ROW: f64 = 20.0;
    let least = 12.0 + text_width(&frame.y.label, LABEL) + 24.0;
    let mut y = frame.top - 14.0;
    let mut right = frame.right;
    for (curve, color) in curves.iter().zip(colors).rev().filter(|(curve, _)| !curve.name.is_empty()) {
        let width = text_width(curve.name, TICK) + 6.0 + SAMPLE;
        if right - width < least && right < frame.right {
            (right, y) = (frame.right, y - ROW);
        }
        figure.text((right, y), TextAnchor::End, TICK, INK, curve.name);
        let (from, to) = ((right - width, y - 4.5), (right - width + SAMPLE, y - 4.5));
        let middle = ((from.0 + to.0) / 2.0, from.1);
        match curve.style {
            CurveStyle::Theory => figure.line(from, to, color, THEORY_WIDTH, Some("8 5")),
            CurveStyle::Line | CurveStyle::LineAndPoints => figure.line(from, to, color, LINE_WIDTH, None),
            CurveStyle::Points | CurveStyle::Cloud => {}
        }
        if matches!(curve.style, CurveStyle::Points | CurveStyle::Cloud | CurveStyle::LineAndPoints) {
            figure.dot(middle, DOT, color, 1.0);
        }
        right = from.0 - 18.0;
    }
}
