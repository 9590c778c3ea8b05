//! Checkpoints of a swarm that is watched.

use std::path::{Path, PathBuf};

use lampyrid::io::{OutputError, RunDirectory, scenario::Scenario};

use crate::{
    error::Failure,
    run::{Prepared, Recorder, Stepping, save_checkpoint},
};

/// Where checkpoints go: a directory of their own, made when the first is saved, so that no run is overwritten. The
/// series that `lampyrid resume` goes on with begin there.
pub(crate) struct Shelf {
    beside: PathBuf,
    open: Option<(RunDirectory, Recorder)>,
}

impl Shelf {
    /// In a directory beside that of the scenario's results.
    pub(crate) fn beside(results: &Path) -> Self {
        Self { beside: results.to_path_buf(), open: None }
    }

    /// Saves the swarm; returns the directory that `lampyrid resume` takes.
    pub(crate) fn save(
        &mut self,
        scenario: &Scenario,
        prepared: &mut Prepared,
        stepping: &Stepping,
    ) -> Result<String, Failure> {
        if self.open.is_none() {
            let mut directory = RunDirectory::create(&self.free_name()?, false)?;
            let recorder = Recorder::start(scenario, prepared, &mut directory)?;
            self.open = Some((directory, recorder));
        }
        let (directory, recorder) = self.open.as_mut().expect("opened just now");
        save_checkpoint(scenario, prepared, directory, recorder, stepping.elapsed, stepping)?;
        Ok(directory.path().display().to_string())
    }

    /// `runs/grid-watched`, `runs/grid-watched-2`, …: the first that is not there yet.
    fn free_name(&self) -> Result<PathBuf, OutputError> {
        let name = |number: u32| {
            let mut path = self.beside.clone().into_os_string();
            path.push("-watched");
            if number > 1 {
                path.push(format!("-{number}"));
            }
            PathBuf::from(path)
        };
        let free = (1..=999).map(name).find(|path| !path.exists());
        free.ok_or_else(|| OutputError::AlreadyHoldsRun { directory: name(999), product: "run.json" })
    }
}
