//! How fast agents turn, against how fast they would by themselves, and which phase they hold at that.

use std::f64::consts::PI;

use lampyrid_measure::OrderParameter;

use super::curves::{Axis, Curve, CurveStyle, Curves, curves};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};
use super::frame::Scale;
use super::rotation::{Rotation, RotationRecorder, locked};
use super::series::short;

type Points = Vec<(f64, f64)>;

/// Draws the mean observed frequency of each agent against its natural one: those locked to each other lie on a level,
/// those that drift near the diagonal of agents by themselves.
///
/// # Errors
///
/// When the size is out of reason.
pub fn effective_frequencies(recorder: &RotationRecorder, options: &PlotOptions) -> Result<Figure, PlotError> {
    let rotations = recorder.rotations();
    let (locked, drifting, note) = parts(recorder, &rotations, |one| (one.natural, one.observed));
    let x = central(rotations.iter().map(|one| one.natural));
    let y = central(rotations.iter().map(|one| one.observed).chain(x.into_iter().flat_map(|(low, high)| [low, high])));
    let diagonal: Points = x.map_or(Vec::new(), |(low, high)| vec![(low, low), (high, high)]);
    let picture = Curves {
        title: "Effective frequencies",
        note: &note,
        x: Axis { label: "natural frequency ω (rad/s)", range: x },
        y: Axis { label: "mean observed frequency Ω (rad/s)", range: y },
        curves: &[
            Curve { name: "uncoupled", points: &diagonal, style: CurveStyle::Theory },
            Curve { name: "locked", points: &locked, style: CurveStyle::Cloud },
            Curve { name: "drifting", points: &drifting, style: CurveStyle::Cloud },
        ],
    };
    let mut figure = curves(&picture, options)?;
    figure.describe(&format!("Each dot is an agent: how fast it turned, against how fast it would by itself. {note}."));
    Ok(figure)
}

/// The mean field as agents feel it that are all coupled to all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanField {
    /// Coupling strength K, in rad/s.
    pub strength: f64,
    /// Phase lag α, in rad.
    pub lag: f64,
}

/// Draws the natural frequency of each agent against the phase it holds relative to the mean phase. In a mean field
/// those who are locked lie on ω = Ω + K R sin(θ − ψ + α) (Kuramoto 1975; Sakaguchi & Kuramoto 1986), which is drawn
/// beside them.
///
/// # Errors
///
/// When the size is out of reason.
pub fn phase_portrait(
    recorder: &RotationRecorder,
    coherence: OrderParameter,
    field: Option<MeanField>,
    options: &PlotOptions,
) -> Result<Figure, PlotError> {
    let rotations = recorder.rotations();
    let relative = |phase: f64| (phase - coherence.psi + PI).rem_euclid(2.0 * PI) - PI;
    let (held, drifting, note) = parts(recorder, &rotations, |one| (relative(one.phase), one.natural));
    let (from, until) = recorder.window();
    let level = locked(&rotations, until - from).map_or(0.0, |(median, _)| median);
    let theory: Points = field.map_or(Vec::new(), |MeanField { strength, lag }| {
        let at = |angle: f64| (angle, level + strength * coherence.r * (angle + lag).sin());
        (-90..=90).map(|step| at(PI * f64::from(step) / 90.0)).collect()
    });
    let y = central(rotations.iter().map(|one| one.natural).chain(theory.iter().map(|point| point.1)));
    let scale = Scale::half_turns("phase relative to the mean phase, θ \u{2212} ψ (rad)");
    let picture = Curves {
        title: "Frequency\u{2013}phase portrait",
        note: &note,
        x: Axis { label: &scale.label, range: None },
        y: Axis { label: "natural frequency ω (rad/s)", range: y },
        curves: &[
            Curve {
                name: if theory.is_empty() { "" } else { "locked in theory" },
                points: &theory,
                style: CurveStyle::Theory,
            },
            Curve { name: "locked", points: &held, style: CurveStyle::Cloud },
            Curve { name: "drifting", points: &drifting, style: CurveStyle::Cloud },
        ],
    };
    let mut figure = super::curves::curves_on(&picture, Some(scale.clone()), options, |_, _| {})?;
    figure.describe(&format!(
        "Each dot is an agent: its natural frequency, against its phase relative to the mean phase. {note}."
    ));
    Ok(figure)
}

/// The points of those who are locked and of those who drift, and both in words.
fn parts(
    recorder: &RotationRecorder,
    rotations: &[Rotation],
    point: impl Fn(&Rotation) -> (f64, f64),
) -> (Points, Points, String) {
    let (from, until) = recorder.window();
    let (mut held, mut drifting) = (Vec::new(), Vec::new());
    if let Some((_, is_locked)) = locked(rotations, until - from) {
        for (one, is_locked) in rotations.iter().zip(is_locked) {
            if is_locked { held.push(point(one)) } else { drifting.push(point(one)) }
        }
    }
    let agents = match rotations.len() {
        followed if followed < recorder.agents() => format!("{followed} of {} agents", recorder.agents()),
        followed => format!("{followed} agents"),
    };
    let note = format!("{agents}, {} of them locked; means over {} to {} s", held.len(), short(from), short(until));
    (held, drifting, note)
}

/// From where to where an axis shows nearly all values: heavy tails would leave the middle no room.
fn central(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (least, most) = (*values.first()?, *values.last()?);
    let at = |part: f64| values[((values.len() - 1) as f64 * part).round() as usize];
    let (low, high) = (at(0.02), at(0.98));
    let (low, high) = if most - least > 3.0 * (high - low) && low < high { (low, high) } else { (least, most) };
    let margin = if low < high { 0.05 * (high - low) } else { 0.5_f64.max(0.1 * low.abs()) };
    let (low, high) = (low - margin, high + margin);
    (low < high && (high - low).is_finite()).then_some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_shows_all_values_but_those_far_out() {
        let (low, high) = central([1.0, 2.0, 3.0].into_iter()).unwrap();
        assert!(low < 1.0 && high > 3.0 && high < 3.2);
        let tailed = (0..1000).map(|i| f64::from(i) / 1000.0).chain([1e6]);
        assert!(central(tailed).unwrap().1 < 1.2);
        assert!(central(std::iter::empty()).is_none());
        let (low, high) = central(std::iter::repeat_n(5.0, 3)).unwrap();
        assert!(low < 5.0 && 5.0 < high);
    }
}
