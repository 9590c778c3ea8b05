//! The end of a sweep in words.

use std::{fmt::Write, path::Path};

use lampyrid::io::sweep::{SweepPoint, SweepRecord};

use super::plan::Plan;
use crate::run::figures::grouped;

/// Points that are told one by one; of more, those of the least and of the greatest coherence.
const TOLD: u64 = 16;

pub(super) struct Summary {
    keys: Vec<String>,
    size: String,
    points: u64,
    told: Vec<SweepPoint>,
}

impl Summary {
    pub(super) fn new(plan: &Plan) -> Self {
        let keys = plan.grid.axes().iter().map(|axis| axis.key().to_owned()).collect();
        Self { keys, size: plan.size(), points: plan.grid.points(), told: Vec::new() }
    }

    /// Takes the next point.
    pub(super) fn see(&mut self, point: &SweepPoint) {
        if self.points <= TOLD {
            self.told.push(point.clone());
            return;
        }
        let Some(r) = point.r else { return };
        match &mut self.told[..] {
            [least, _] if least.r.is_some_and(|known| r < known) => *least = point.clone(),
            [_, greatest] if greatest.r.is_some_and(|known| r > known) => *greatest = point.clone(),
            [_, _] => {}
            _ => self.told = vec![point.clone(), point.clone()],
        }
    }

    pub(super) fn text(&self, record: &SweepRecord, path: &Path) -> String {
        let mut text = format!("{}\n", self.size);
        if record.failed > 0 {
            let _ = writeln!(text, "{} runs failed; `error` in runs.csv says why", grouped(record.failed));
        }
        if self.points > TOLD && !self.told.is_empty() {
            text.push_str("\nThe points of the least and of the greatest coherence:\n");
        } else {
            text.push('\n');
        }
        for point in &self.told {
            let _ = writeln!(text, "{}", self.line(point));
        }
        let _ = writeln!(text, "\nResults are in {}: points.csv, runs.csv, sweep.json, timings.csv", path.display());
        text
    }

    fn line(&self, point: &SweepPoint) -> String {
        let mut line: Vec<String> =
            self.keys.iter().zip(&point.values).map(|(key, value)| format!("{key}={value}")).collect();
        let r = point.r.map_or("R unknown".to_owned(), |r| format!("R {r:.3}"));
        line.push(match point.r_standard_error {
            Some(error) => format!("{r} ± {error:.3}"),
            None => r,
        });
        if let Some(attained) = point.attained {
            let time = point.time_to_goal.map_or(String::new(), |time| format!(", half of them by {time:.2} s"));
            line.push(format!("goal attained by {:.0} %{time}", 100.0 * attained));
        }
        line.join("  ")
    }
}
