//! What became of the energy.

use serde::{Deserialize, Serialize};

use super::curves::{Axis, Curve, CurveStyle, Curves, curves};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};
use super::recorder::CurveRecorder;
use super::series::short;

/// Records the energy of all agents over a run of any length, in bounded memory.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LedgerRecorder {
    spent: CurveRecorder,
    recovered: CurveRecorder,
    refused: CurveRecorder,
}

impl LedgerRecorder {
    /// Adds what was spent, recovered and refused up to a time, in s, not earlier than any before.
    ///
    /// # Errors
    ///
    /// When a value is not finite, or time runs backwards.
    pub fn push(&mut self, time: f64, [spent, recovered, refused]: [f64; 3]) -> Result<(), PlotError> {
        self.spent.push(time, spent)?;
        self.recovered.push(time, recovered)?;
        self.refused.push(time, refused)
    }
}

/// Draws what all agents have spent and recovered, and what was refused them, over time in seconds.
///
/// # Errors
///
/// When the size is out of reason.
pub fn energy_ledger(ledger: &LedgerRecorder, options: &PlotOptions) -> Result<Figure, PlotError> {
    let [spent, recovered, refused] = [&ledger.spent, &ledger.recovered, &ledger.refused].map(CurveRecorder::points);
    let last = |points: &[(f64, f64)]| points.last().map_or((0.0, 0.0), |point| *point);
    let time = last(&spent).0;
    let [paid, regained, denied] = [&spent, &recovered, &refused].map(|points| last(points).1);
    let note = format!("by t = {} s: {paid:.1} spent, {regained:.1} recovered, {denied:.1} refused", short(time));
    let curve = |name, points| Curve { name, points, style: CurveStyle::Line };
    let picture = Curves {
        title: "Energy",
        note: &note,
        x: Axis { label: "time t (s)", range: (time > 0.0).then_some((spent[0].0, time)) },
        y: Axis { label: "energy of all agents (units)", range: None },
        curves: &[curve("spent", &spent), curve("recovered", &recovered), curve("refused", &refused)],
    };
    curves(&picture, options)
}
