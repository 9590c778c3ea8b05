//! `recording.lampyrid`: what the pictures of a run are drawn from, so that they can be drawn again, or others.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError, CheckpointWriter};
use crate::plot::{CircleSnapshot, LedgerRecorder, PhaseRaster, RotationRecorder, ShareRecorder};
use crate::record_error::RecordError;

/// The name of the one record in the file.
const RECORD: &str = "recording";

/// What pictures need of a run beside `run.json` and `order_parameter.csv`, in bounded size however long the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// Phases over time.
    pub raster: PhaseRaster,
    /// Phases at the start, half-way and at the end.
    pub circles: Vec<CircleSnapshot>,
    /// How agents turn.
    pub rotations: RotationRecorder,
    /// What became of the energy, if coupling costs any.
    pub energy: Option<LedgerRecorder>,
    /// Who follows which strategy, if there is more than one.
    pub strategies: Option<ShareRecorder>,
    /// Recoveries: from the end of a disruption until the goal was met again, in s.
    pub recoveries: Vec<(f64, f64)>,
}

impl Recording {
    /// Whether it is one of a swarm of so many agents that can be gone on with: true of any but one that was read from
    /// elsewhere.
    #[must_use]
    pub fn is_of(&self, agents: usize) -> bool {
        let are_finite = self.recoveries.iter().all(|(from, until)| from.is_finite() && until.is_finite());
        self.raster.is_of(agents)
            && self.rotations.is_of(agents)
            && self.strategies.as_ref().is_none_or(ShareRecorder::is_whole)
            && are_finite
    }

    /// The file, in the format of checkpoints: under checksums.
    ///
    /// # Panics
    ///
    /// Never: memory can be written to.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = CheckpointWriter::new(&mut bytes).and_then(|mut file| {
            file.record(RECORD, self)?;
            file.finish()
        });
        written.expect("memory can be written to");
        bytes
    }

    /// Reads the recording of a swarm of so many agents.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is damaged, or is of another swarm.
    pub fn load(path: &Path, agents: u64) -> Result<Self, RecordError> {
        let wrong = |reason: String| RecordError::Recording { path: path.to_path_buf(), reason };
        let found: Result<Self, CheckpointError> = Checkpoint::load(path).and_then(|mut file| file.record(RECORD));
        let recording = found.map_err(|error| match error {
            CheckpointError::Unreadable { path, source } => RecordError::Unreadable { path, source },
            CheckpointError::Damaged { place, reason, .. } => wrong(format!("it is damaged ({place}: {reason})")),
            CheckpointError::Unfit { reason, .. } => wrong(reason),
            CheckpointError::OtherVersion { found, .. } => wrong(format!("it has format version {found}")),
            _ => wrong("it is no recording of a run".to_owned()),
        })?;
        let is_of_it = usize::try_from(agents).is_ok_and(|agents| recording.is_of(agents));
        is_of_it
            .then_some(recording)
            .ok_or_else(|| wrong("it is not of the swarm of the run.json beside it".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> Recording {
        let mut raster = PhaseRaster::new(3);
        raster.push(0.0, &[0.0, 1.0, 2.0]).unwrap();
        Recording {
            raster,
            circles: Vec::new(),
            rotations: RotationRecorder::new(&[0.0, 1.0, 2.0]),
            energy: None,
            strategies: Some(ShareRecorder::new(&["a", "b"])),
            recoveries: vec![(1.0, 2.5)],
        }
    }

    #[test]
    fn a_recording_is_read_back_and_one_that_is_damaged_or_of_another_swarm_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("recording.lampyrid");
        let mut bytes = recording().to_bytes();
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(Recording::load(&path, 3).unwrap().recoveries, [(1.0, 2.5)]);
        let other = Recording::load(&path, 4).unwrap_err().to_string();
        assert!(other.contains("not of the swarm"), "{other}");
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            let error = Recording::load(&path, 3).unwrap_err();
            assert!(matches!(error, RecordError::Recording { .. }), "byte {at}: {error}");
            bytes[at] ^= 1;
        }
        let missing = Recording::load(&scratch.path().join("missing"), 3).unwrap_err();
        assert!(matches!(missing, RecordError::Unreadable { .. }));
    }
}
