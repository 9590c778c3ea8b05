//! Which strategies agents follow.

use kuva::render::render::TextAnchor;
use serde::{Deserialize, Serialize};

use super::color::{LINES, MUTED};
use super::curves::{Curve, CurveStyle, legend};
use super::error::{PlotError, check_finite};
use super::figure::{Figure, PlotOptions};
use super::frame::{Frame, LABEL, Scale, head};
use super::series::short;
use super::thinned::Thinned;

/// Records the shares of agents that follow each strategy over a run of any length, at no more than 1000 instants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShareRecorder {
    names: Vec<String>,
    shares: Thinned<f32>,
}

impl ShareRecorder {
    /// A recorder of strategies of these names.
    #[must_use]
    pub fn new(names: &[&str]) -> Self {
        Self { names: names.iter().map(|&name| name.to_owned()).collect(), shares: Thinned::new(names.len()) }
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it is one that samples can be added to: true of any but one that was read from elsewhere.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.shares.is_of(self.names.len())
    }

    /// Adds the share, from 0 to 1, of agents that follow each strategy at a time, in s, not earlier than any before.
    ///
    /// # Errors
    ///
    /// When there are more or fewer shares than names, a value is not finite, or time runs backwards.
    pub fn push(&mut self, time: f64, shares: &[f64]) -> Result<(), PlotError> {
        if shares.len() != self.names.len() {
            return Err(PlotError::AgentCount { expected: self.names.len(), found: shares.len() });
        }
        check_finite("the share of a strategy", shares.iter().copied())?;
        self.shares.push(time, shares.iter().map(|share| *share as f32))
    }
}

/// Draws which share of the agents follows which strategy over time in seconds, one above the other.
///
/// # Errors
///
/// When the size is out of reason.
pub fn strategy_shares(recorder: &ShareRecorder, options: &PlotOptions) -> Result<Figure, PlotError> {
    options.check()?;
    let samples: Vec<(f64, &[f32])> = recorder.shares.samples().collect();
    let (start, end) = (samples.first().map_or(0.0, |one| one.0), samples.last().map_or(0.0, |one| one.0));
    let x = Scale::exact("time t (s)", start, if start < end { end } else { start + 1.0 })?;
    let frame = Frame::new(options, x, Scale::exact("share of agents", 0.0, 1.0)?, 28.0);
    let mut figure = Figure::new(options);
    let note = last_shares(recorder, &samples);
    head(&mut figure, options.title.as_deref().unwrap_or("Strategies"), &note);
    figure.describe(&format!("Shares of agents that follow each strategy, stacked, over time. {note}."));
    frame.draw(&mut figure, options, Vec::new());
    let colors: Vec<&str> = LINES.iter().cycle().take(recorder.names.len()).copied().collect();
    for (place, color) in colors.iter().enumerate() {
        let sum = |shares: &[f32], below: usize| shares[..below].iter().map(|share| f64::from(*share)).sum::<f64>();
        let upper = steps(&samples, frame.x.high, |shares| sum(shares, place + 1));
        let lower = steps(&samples, frame.x.high, |shares| sum(shares, place));
        let outline = upper.into_iter().chain(lower.into_iter().rev()).map(|(time, share)| frame.at(time, share));
        figure.area(outline, color, 0.85);
    }
    if samples.is_empty() {
        let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0);
        figure.text(middle, TextAnchor::Middle, LABEL, MUTED, "no data");
    }
    let names = recorder.names.iter().map(|name| Curve { name, points: &[], style: CurveStyle::Points });
    let names: Vec<Curve<'_>> = names.collect();
    legend(&mut figure, &frame, &names, &colors);
    Ok(figure)
}

/// What holds until the next sample is drawn as a step.
fn steps(samples: &[(f64, &[f32])], end: f64, value: impl Fn(&[f32]) -> f64) -> Vec<(f64, f64)> {
    let nexts = samples.iter().skip(1).map(|one| one.0).chain([end]);
    let mut points: Vec<(f64, f64)> = Vec::new();
    for ((time, shares), next) in samples.iter().zip(nexts) {
        let value = value(shares);
        // Samples that change nothing need no corner.
        if points.len() > 1 && points[points.len() - 1].1 == value {
            points.pop();
        } else {
            points.push((*time, value));
        }
        points.push((next, value));
    }
    points
}

fn last_shares(recorder: &ShareRecorder, samples: &[(f64, &[f32])]) -> String {
    let Some((time, shares)) = samples.last() else { return String::new() };
    let named = recorder.names.iter().zip(*shares).filter(|(_, share)| **share > 0.0);
    let words: Vec<String> = named.map(|(name, share)| format!("{name} {:.0} %", 100.0 * share)).collect();
    format!("at t = {} s: {}", short(*time), words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_that_stay_are_one_step() {
        let shares: [&[f32]; 4] = [&[0.25], &[0.25], &[0.5], &[0.5]];
        let samples: Vec<_> = shares.iter().enumerate().map(|(time, shares)| (time as f64, *shares)).collect();
        let points = steps(&samples, 4.0, |shares| f64::from(shares[0]));
        assert_eq!(points, [(0.0, 0.25), (2.0, 0.25), (2.0, 0.5), (4.0, 0.5)]);
    }

    #[test]
    fn as_many_shares_as_names_are_taken() {
        let mut recorder = ShareRecorder::new(&["a", "b"]);
        assert!(recorder.push(0.0, &[1.0]).is_err() && recorder.push(0.0, &[f64::NAN, 1.0]).is_err());
        assert!(recorder.push(0.0, &[0.25, 0.75]).is_ok() && recorder.is_whole());
    }
}
