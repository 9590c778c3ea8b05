//! What is drawn and told at the end of a run.

use lampyrid::{
    graph::Adjacency,
    io::{Product, RunDirectory, RunRecord, RunView},
};

use super::recorder::Recorded;
use crate::{error::Failure, report};

/// Writes the pictures that the scenario asks for, the report, and what both are drawn from.
pub(super) fn write(
    directory: &mut RunDirectory,
    record: &RunRecord,
    recorded: &Recorded,
    network: Option<&Adjacency>,
) -> Result<(), Failure> {
    let view = RunView { record, curves: &recorded.curves, recording: &recorded.recording, network };
    let drawable = view.pictures();
    let wanted = &record.scenario.record;
    for &picture in wanted.pictures.iter().filter(|picture| drawable.contains(picture)) {
        directory.write_picture(picture, &view.draw(picture, &picture.options())?)?;
    }
    directory.write(Product::Recording, &recorded.recording.to_bytes())?;
    if wanted.report {
        directory.write(Product::Report, report::of_run(&view, &recorded.observed)?.html().as_bytes())?;
    }
    Ok(())
}
