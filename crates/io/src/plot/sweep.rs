//! R against what was varied.

use std::collections::BTreeMap;

use super::color::LINES;
use super::curves::{Axis, Curve, CurveStyle, Curves, curves_over};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};
use super::frame::Frame;
use crate::sweep::{SweepPoint, SweepTable, unit};

/// Most lines in one picture: one more, and nobody tells them apart.
const MOST_CURVES: usize = 6;

/// A point of a curve: where, R, and its standard error.
type Point = (f64, f64, f64);

/// Draws mean R against the key that was varied in most steps, with a line for each choice of the others and a band of
/// one standard error to either side.
///
/// Where a mean field of frequencies of a Lorentzian law was swept, `half_width` is γ, in rad/s, and a dashed line says
/// R = √(1 − 2γ/K) against K (Kuramoto 1975).
///
/// # Errors
///
/// When no key was varied in numbers, the others in more than six ways, or the size is out of reason.
pub fn sweep_curves(table: &SweepTable, half_width: Option<f64>, options: &PlotOptions) -> Result<Figure, PlotError> {
    let nothing = |reason| PlotError::NothingToDraw { picture: "sweep_curves", reason };
    let x = most_varied(table).ok_or_else(|| nothing("no key was varied in numbers"))?;
    let groups = groups(table, x);
    if groups.len() > MOST_CURVES {
        return Err(nothing("there would be more than six lines; sweep_map shows two keys"));
    }
    let key = &table.keys[x];
    let range = span(groups.values().flatten().map(|point| point.0));
    let lines: Vec<(&str, Vec<(f64, f64)>)> =
        groups.iter().map(|(name, points)| (&name[..], points.iter().map(|&(x, r, _)| (x, r)).collect())).collect();
    let theory = match (half_width, range) {
        (Some(half_width), Some(range)) if key == "coupling.strength" => mean_field_theory(half_width, range),
        _ => Vec::new(),
    };
    let mut all = vec![Curve {
        name: if theory.is_empty() { "" } else { "theory, \u{221a}(1 \u{2212} 2γ/K)" },
        points: &theory,
        style: CurveStyle::Theory,
    }];
    // A single line needs a name only beside that of theory.
    let alone = if theory.is_empty() { "" } else { "simulated" };
    all.extend(lines.iter().map(|(name, points)| {
        let name = if name.is_empty() { alone } else { name };
        Curve { name, points, style: CurveStyle::LineAndPoints }
    }));
    let label = key_label(key);
    let note = note(table);
    let picture = Curves {
        title: "Coherence over the sweep",
        note: &note,
        x: Axis { label: &label, range },
        y: Axis { label: "mean R", range: Some((0.0, 1.0)) },
        curves: &all,
    };
    curves_over(&picture, options, |figure, frame| bands(figure, frame, &groups))
}

/// R = √(1 − 2γ/K) from the onset on (Kuramoto 1975), and 0 before.
fn mean_field_theory(half_width: f64, (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    const STEPS: u32 = 400;
    let r = |k: f64| if k > 2.0 * half_width { (1.0 - 2.0 * half_width / k).sqrt() } else { 0.0 };
    let mut strengths: Vec<f64> =
        (0..=STEPS).map(|step| low + (high - low) * f64::from(step) / f64::from(STEPS)).collect();
    // The corner belongs to it, whatever the steps.
    if (low..=high).contains(&(2.0 * half_width)) {
        strengths.push(2.0 * half_width);
        strengths.sort_by(f64::total_cmp);
    }
    strengths.into_iter().map(|k| (k, r(k))).collect()
}

/// The key of most different numbers.
fn most_varied(table: &SweepTable) -> Option<usize> {
    let different = |key: usize| {
        let mut numbers = table.with_r().map(|(point, _)| number(point, key)).collect::<Option<Vec<f64>>>()?;
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        Some(numbers.len())
    };
    let counted = (0..table.keys.len()).filter_map(|key| Some((different(key)?, key)));
    // Of as many, the first.
    counted.max_by_key(|&(count, key)| (count, std::cmp::Reverse(key))).map(|(_, key)| key)
}

pub(super) fn number(point: &SweepPoint, key: usize) -> Option<f64> {
    point.values.get(key)?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The points along a key for each choice of the others, whose names and values are the name of the group.
fn groups(table: &SweepTable, x: usize) -> BTreeMap<String, Vec<Point>> {
    let mut groups: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for (point, r) in table.with_r() {
        let others = table.keys.iter().zip(&point.values).enumerate().filter(|(key, _)| *key != x);
        let name: Vec<String> = others.map(|(_, (key, value))| format!("{} {value}", last_part(key))).collect();
        if let Some(at) = number(point, x) {
            let error = point.r_standard_error.unwrap_or(0.0);
            groups.entry(name.join(", ")).or_default().push((at, r, error));
        }
    }
    groups.values_mut().for_each(|points| points.sort_by(|a, b| a.0.total_cmp(&b.0)));
    groups
}

fn bands(figure: &mut Figure, frame: &Frame, groups: &BTreeMap<String, Vec<Point>>) {
    for (points, color) in groups.values().zip(LINES.iter().cycle()) {
        let edge = |side: f64| {
            let at = move |&(x, r, error): &Point| frame.at(x, (r + side * error).clamp(0.0, 1.0));
            points.iter().map(at).collect::<Vec<_>>()
        };
        if points.iter().any(|point| point.2 > 0.0) {
            figure.area(edge(1.0).into_iter().chain(edge(-1.0).into_iter().rev()), color, 0.22);
        }
    }
}

fn span(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let ends = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    (ends.0 < ends.1).then_some(ends)
}

/// How many runs each point is the mean of.
pub(super) fn note(table: &SweepTable) -> String {
    let counts = || table.with_r().map(|(point, _)| point.done());
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    let (points, errors) = (counts().count(), table.points.iter().any(|point| point.r_standard_error.is_some()));
    let of = if least == most { format!("{most}") } else { format!("{least} to {most}") };
    let runs = if most == 1 { "run" } else { "runs" };
    let band = if errors { ", with its standard error" } else { "" };
    format!("{points} points, each the mean of {of} {runs}{band}")
}

fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// A key of a scenario as an axis calls it, with its unit.
pub(super) fn key_label(key: &str) -> String {
    let name = match key {
        "coupling.strength" => "coupling strength K",
        "coupling.phase_lag" => "phase lag α",
        "coupling.noise" => "noise intensity D",
        "frequencies.half_width" => "half-width of frequencies γ",
        "frequencies.std" => "standard deviation of frequencies",
        "network.agents" => "number of agents N",
        "network.neighbors" => "neighbours of an agent",
        "network.rewire" => "share of links rewired",
        "time.step" => "time step Δt",
        "energy.capacity" => "energy capacity",
        other => other,
    };
    match unit(key) {
        "1" => name.to_owned(),
        unit => format!("{name} ({unit})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(keys: &[&str], points: &[(&[&str], f64)]) -> SweepTable {
        let point = |(values, r): &(&[&str], f64)| SweepPoint {
            values: values.iter().map(|&value| value.to_owned()).collect(),
            r: Some(*r),
            r_standard_error: Some(0.01),
            runs: 5,
            ..SweepPoint::default()
        };
        SweepTable {
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            points: points.iter().map(point).collect(),
        }
    }

    #[test]
    fn the_key_of_most_numbers_is_the_axis_and_each_choice_of_the_others_a_line() {
        let table = table(
            &["network.kind", "coupling.strength"],
            &[(&["ring", "2"], 0.5), (&["ring", "1"], 0.25), (&["star", "1"], 0.125)],
        );
        assert_eq!(most_varied(&table), Some(1));
        let groups = groups(&table, 1);
        assert_eq!(groups["kind ring"], [(1.0, 0.25, 0.01), (2.0, 0.5, 0.01)]);
        assert_eq!(groups.len(), 2);
    }

    #[test]
    fn points_whose_runs_have_failed_are_not_drawn_and_failed_runs_not_counted() {
        let mut table = table(&["coupling.strength"], &[(&["1"], 0.5), (&["2"], 0.75), (&["3"], 0.0)]);
        table.points[1].failures = 2;
        (table.points[2].r, table.points[2].failures) = (None, 5);
        assert_eq!(groups(&table, 0)[""], [(1.0, 0.5, 0.01), (2.0, 0.75, 0.01)]);
        assert_eq!(note(&table), "2 points, each the mean of 3 to 5 runs, with its standard error");
    }

    #[test]
    fn theory_begins_at_twice_the_half_width() {
        let theory = mean_field_theory(0.5, (0.0, 4.0));
        assert!(theory.iter().all(|(k, r)| (*r > 0.0) == (*k > 1.0)));
        assert!(theory.contains(&(1.0, 0.0)));
        let (k, r) = theory[theory.len() - 1];
        assert!(k == 4.0 && (r - 0.75_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn too_many_lines_and_none_are_refused() {
        let words: Vec<String> = (0..7).map(|word| format!("w{word}")).collect();
        let rows: Vec<[&str; 2]> = words.iter().map(|word| [&word[..], "1"]).collect();
        let points: Vec<(&[&str], f64)> = rows.iter().map(|row| (&row[..], 0.5)).collect();
        let many = table(&["network.kind", "coupling.strength"], &points);
        assert!(matches!(sweep_curves(&many, None, &PlotOptions::default()), Err(PlotError::NothingToDraw { .. })));
        let words = table(&["network.kind"], &[(&["ring"], 0.5)]);
        assert!(matches!(sweep_curves(&words, None, &PlotOptions::default()), Err(PlotError::NothingToDraw { .. })));
    }
}
