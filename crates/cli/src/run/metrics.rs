//! What the run costs: for `run.json`, and as text for Prometheus.

use lampyrid::{
    io::{MetricsRecord, RunRecord},
    swarm::{AllocationProbe, Allocations, World, refresh_metrics},
};

use super::Stepping;

/// Watches the swarm of this world from now on; what the process allocates is told by its allocator.
pub(crate) fn install(world: &mut World) {
    world.insert_resource(AllocationProbe(|| Allocations {
        live: crate::ALLOCATOR.allocated() as u64,
        peak: crate::ALLOCATOR.max_allocated() as u64,
    }));
    refresh_metrics(world);
}

/// The figures at the end, with the rates of stepping alone.
pub(crate) fn record(world: &mut World, stepping: &Stepping) -> MetricsRecord {
    let found = refresh_metrics(world);
    let seconds = stepping.elapsed.as_secs_f64();
    MetricsRecord {
        resident_bytes: found.resident_bytes,
        live_bytes: found.live_bytes,
        peak_bytes: found.peak_bytes,
        threads: found.threads,
        agents: found.agents,
        links: found.links,
        steps_per_second: RunRecord::speed(1, found.steps, seconds),
        agent_updates_per_second: RunRecord::speed(found.agents, found.steps, seconds),
        index_rebuilds: found.index_rebuilds,
        index_patches: found.index_patches,
        refused_energy: found.refused_energy,
        coherence_hits: found.coherence_hits,
        coherence_measurements: found.coherence_measurements,
    }
}

#[cfg(feature = "prometheus")]
pub(crate) use file::MetricsFile;

#[cfg(feature = "prometheus")]
mod file {
    use std::{
        fs, io,
        path::{Path, PathBuf},
        time::{Duration, Instant},
    };

    use lampyrid::swarm::{World, prometheus_text, refresh_metrics};

    /// A file that collectors read whenever they like: it is replaced whole.
    pub(crate) struct MetricsFile {
        path: PathBuf,
        written: Option<Instant>,
    }

    impl MetricsFile {
        /// Between two writings while the run goes on.
        const EVERY: Duration = Duration::from_secs(1);

        pub(crate) fn new(path: &Path) -> Self {
            Self { path: path.to_path_buf(), written: None }
        }

        /// That of one of several processes: `swarm.prom` becomes `swarm.rank3.prom`.
        #[cfg(feature = "mpi")]
        pub(crate) fn of_rank(path: &Path, rank: usize) -> Self {
            let extension = path.extension().map_or(String::new(), |extension| format!(".{}", extension.display()));
            Self::new(&path.with_extension(format!("rank{rank}{extension}")))
        }

        /// Writes what is known now, unless that was done a moment ago.
        pub(crate) fn refresh(&mut self, world: &mut World) -> Result<(), MetricsFileError> {
            if self.written.is_some_and(|at| at.elapsed() < Self::EVERY) { Ok(()) } else { self.write(world) }
        }

        /// Writes what is known now.
        pub(crate) fn write(&mut self, world: &mut World) -> Result<(), MetricsFileError> {
            let text = prometheus_text(&refresh_metrics(world));
            let mut partial = self.path.clone().into_os_string();
            partial.push(".partial");
            fs::write(&partial, text)
                .and_then(|()| fs::rename(&partial, &self.path))
                .map_err(|source| MetricsFileError { path: self.path.clone(), source })?;
            self.written = Some(Instant::now());
            Ok(())
        }
    }

    /// The file could not be written.
    #[derive(Debug, thiserror::Error)]
    #[error("cannot write the metrics into {}: {source}; choose another file (--metrics)", path.display())]
    pub(crate) struct MetricsFileError {
        path: PathBuf,
        source: io::Error,
    }
}
#[cfg(feature = "prometheus")]
pub(crate) use file::MetricsFileError;
