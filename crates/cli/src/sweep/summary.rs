//! The end of a sweep in words.

use std::{fmt::Write, path::Path};

use lampyrid::io::sweep::{SweepPoint, SweepRecord};

use super::plan::Plan;
use crate::run::figures::grouped;

/// Points that are told one by one; of more, those of the least and of the greatest coherence.
const TOLD: u64 = 24;

pub(super) struct Summary {
    keys: Vec<String>,
    size: String,
    points: u64,
    has_parquet: bool,
    told: Vec<SweepPoint>,
}

impl Summary {
    pub(super) fn new(plan: &Plan) -> Self {
        let keys = plan.grid.axes().iter().map(|axis| axis.key().to_owned()).collect();
        let has_parquet = plan.first.record.format.has_parquet();
        Self { keys, size: plan.size(), points: plan.grid.points(), has_parquet, told: Vec::new() }
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
        let lines: Vec<(String, String)> = self.told.iter().map(|point| (self.place(point), figures(point))).collect();
        let width = lines.iter().map(|(place, _)| place.chars().count()).max().unwrap_or_default();
        for (place, figures) in lines {
            let _ = writeln!(text, "{place:<width$}  {figures}");
        }
        let parquet = if self.has_parquet { ", points.parquet, runs.parquet" } else { "" };
        let path = path.display();
        let _ = writeln!(text, "\nResults are in {path}: points.csv, runs.csv{parquet}, sweep.json, timings.csv");
        text
    }

    fn place(&self, point: &SweepPoint) -> String {
        let values = self.keys.iter().zip(&point.values).map(|(key, value)| format!("{key}={value}"));
        values.collect::<Vec<_>>().join("  ")
    }
}

fn figures(point: &SweepPoint) -> String {
    let mut text = point.r.map_or("R unknown".to_owned(), |r| format!("R {r:.3}"));
    if let Some(error) = point.r_standard_error {
        let _ = write!(text, " ± {error:.3}");
    }
    if let Some(attained) = point.attained {
        let _ = write!(text, ", goal attained by {:.0} %", 100.0 * attained);
    }
    if let Some(time) = point.time_to_goal {
        let _ = write!(text, ", half of them by {time:.2} s");
    }
    text
}
