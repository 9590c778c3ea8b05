//! What a run is run again from, and what it has to come to.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::place::Place;
use crate::product::Product;
use crate::record_error::{RecordError, read_text};
use crate::run_record::{RunRecord, Versions};
use crate::scenario::Scenario;

/// The element of a report that holds it.
pub(super) const ELEMENT: &str = "lampyrid-replay";

/// A run to be repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    /// The scenario with every default filled in.
    pub scenario: Scenario,
    /// Number of steps that were taken.
    pub steps: u64,
    /// Hash of all phases after them.
    pub phase_hash: String,
    /// What they were taken with.
    pub versions: Versions,
}

impl From<&RunRecord> for Replay {
    fn from(record: &RunRecord) -> Self {
        let RunRecord { scenario, steps, phase_hash, versions, .. } = record.clone();
        Self { scenario, steps, phase_hash, versions }
    }
}

impl Replay {
    /// Reads what a report, a `run.json` or the directory of a run holds.
    ///
    /// # Errors
    ///
    /// When it cannot be read, holds nothing of the kind, or is a report that was edited.
    pub fn read(path: &Path) -> Result<Self, RecordError> {
        let is_directory = fs::metadata(path).is_ok_and(|found| found.is_dir());
        let path = if is_directory { path.join(Product::RunRecord.file_name()) } else { path.to_path_buf() };
        let text = read_text(&path)?;
        if text.trim_start().starts_with('{') {
            return RunRecord::read(&path).map(|record| Self::from(&record));
        }
        Self::from_report(&text, &path)
    }

    /// The element of the report of a run. Its text cannot end the element, whatever is in the scenario.
    pub(super) fn element(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        let json = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
        let checksum = checksum(&json);
        format!("<script type=\"application/json\" id=\"{ELEMENT}\" data-crc32=\"{checksum}\">{json}</script>")
    }

    fn from_report(text: &str, path: &Path) -> Result<Self, RecordError> {
        let none = || RecordError::NotAReport { path: path.to_path_buf() };
        let opening = format!("id=\"{ELEMENT}\" data-crc32=\"");
        let stated_at = text.find(&opening).ok_or_else(none)? + opening.len();
        let stated = text[stated_at..].split('"').next().unwrap_or_default();
        let begin = text[stated_at..].find('>').ok_or_else(none)? + stated_at + 1;
        let json = text[begin..].split("</script>").next().unwrap_or_default();
        let (line, column) = place(&text[..begin]);
        let found = checksum(json);
        if stated != found {
            let at = Place::new(path, line, column);
            return Err(RecordError::Edited { at, stated: stated.to_owned(), found });
        }
        serde_json::from_str(json).map_err(|error| RecordError::malformed(path, (line, column), &error))
    }
}

fn checksum(json: &str) -> String {
    format!("{:08x}", crc32fast::hash(json.as_bytes()))
}

/// Line and column of the end of a text, from 1.
fn place(before: &str) -> (u64, u64) {
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) as u64 + 1;
    (line, column)
}
