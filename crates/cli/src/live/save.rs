//! Checkpoints of a swarm that is watched.

use std::path::{Path, PathBuf};

use lampyrid::io::{OutputError, RunDirectory, scenario::Scenario};

use crate::{
    error::Failure,
    run::{Prepared, Recorder, Stepping, save_checkpoint},
};

/// Saves a swarm into a directory of its own beside that of the scenario's results, so that no run is overwritten, and
/// the series that `lampyrid resume` goes on with begin there. Returns the directory.
pub(super) fn save(scenario: &Scenario, prepared: &mut Prepared, stepping: &Stepping) -> Result<String, Failure> {
    let mut directory = RunDirectory::create(&free_name(&scenario.output.dir)?, false)?;
    let mut recorder = Recorder::start(scenario, prepared, &mut directory)?;
    save_checkpoint(scenario, prepared, &mut directory, &mut recorder, stepping.elapsed, stepping)?;
    Ok(directory.path().display().to_string())
}

/// `runs/grid-watched`, `runs/grid-watched-2`, …: the first that is not there yet.
fn free_name(beside: &Path) -> Result<PathBuf, OutputError> {
    let name = |number: u32| {
        let mut path = beside.as_os_str().to_owned();
        path.push("-watched");
        if number > 1 {
            path.push(format!("-{number}"));
        }
        PathBuf::from(path)
    };
    let free = (1..=999).map(name).find(|path| !path.exists());
    free.ok_or_else(|| OutputError::AlreadyHoldsRun { directory: name(999), product: "run.json" })
}
