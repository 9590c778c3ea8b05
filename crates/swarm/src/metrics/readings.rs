//! The figures and their names.

#[cfg(feature = "reflect")]
use crate::reflect::*;
use bevy_ecs::resource::Resource;

/// What the swarm and its process cost and do, as of the last refresh.
///
/// Filled by [`MetricsPlugin`](crate::MetricsPlugin) or [`refresh_metrics`](crate::refresh_metrics).
/// What the system or the program does not tell is `None`.
///
/// ```
/// use lampyrid_swarm::*;
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.spawn_batch((0..10).map(|_| Phase(0.0)));
/// advance(&mut world, 1)?;
/// assert_eq!(refresh_metrics(&mut world).agents, 10);
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
#[non_exhaustive]
pub struct SwarmMetrics {
    /// Bytes that the process holds in the machine's memory.
    pub resident_bytes: Option<u64>,
    /// Bytes that the process has allocated and not given back, by an
    /// [`AllocationProbe`](crate::AllocationProbe).
    pub live_bytes: Option<u64>,
    /// The most that [`live_bytes`](Self::live_bytes) ever was.
    pub peak_bytes: Option<u64>,
    /// Threads that work on a large step.
    pub threads: u64,
    /// Agents, as of the last step.
    pub agents: u64,
    /// Directed links between them, as of the last step.
    pub links: u64,
    /// Steps taken.
    pub steps: u64,
    /// Steps per second of the wall clock since the refresh before; `None` at the first one.
    pub steps_per_second: Option<f64>,
    /// The same times the agents there are now.
    pub agent_updates_per_second: Option<f64>,
    /// Times the derived index was built anew.
    pub index_rebuilds: u64,
    /// Times a small change was patched into it instead.
    pub index_patches: u64,
    /// The price of all displacements that agents could not pay \[dimensionless\].
    pub refused_energy: f64,
    /// Reads of the coherence that the last measurement answered.
    pub coherence_hits: u64,
    /// Reads of the coherence for which the phases were measured.
    pub coherence_measurements: u64,
}

/// Whether a figure may fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// It rises and falls.
    Gauge,
    /// It counts from the beginning and never falls.
    Counter,
}

/// One figure under the name it has in every form of output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricReading {
    /// Its name, after the rules of Prometheus: base units, counters end in `_total`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// Whether it may fall.
    pub kind: MetricKind,
    /// Its value, if it is known.
    pub value: Option<f64>,
}

impl SwarmMetrics {
    /// All figures by name.
    ///
    /// ```
    /// use lampyrid_swarm::SwarmMetrics;
    /// let metrics = SwarmMetrics::default();
    /// let agents = metrics.readings().into_iter().find(|reading| reading.name == "lampyrid_agents");
    /// assert_eq!(agents.unwrap().value, Some(0.0));
    /// ```
    #[must_use]
    pub fn readings(&self) -> [MetricReading; 14] {
        use MetricKind::{Counter, Gauge};
        let figure = |name, help, kind, value| MetricReading { name, help, kind, value };
        let bytes = |value: Option<u64>| value.map(|bytes| bytes as f64);
        let count = |value: u64| Some(value as f64);
        [
            figure("lampyrid_resident_bytes", "Resident set of the process.", Gauge, bytes(self.resident_bytes)),
            figure("lampyrid_live_bytes", "Bytes allocated and not given back.", Gauge, bytes(self.live_bytes)),
            figure("lampyrid_peak_bytes", "Most bytes ever allocated at a time.", Gauge, bytes(self.peak_bytes)),
            figure("lampyrid_threads", "Threads that work on a large step.", Gauge, count(self.threads)),
            figure("lampyrid_agents", "Agents.", Gauge, count(self.agents)),
            figure("lampyrid_links", "Directed links between agents.", Gauge, count(self.links)),
            figure("lampyrid_steps_total", "Steps taken.", Counter, count(self.steps)),
            figure("lampyrid_steps_per_second", "Steps per second.", Gauge, self.steps_per_second),
            figure(
                "lampyrid_agent_updates_per_second",
                "Agents times steps per second.",
                Gauge,
                self.agent_updates_per_second,
            ),
            figure(
                "lampyrid_index_rebuilds_total",
                "Times the index was built anew.",
                Counter,
                count(self.index_rebuilds),
            ),
            figure(
                "lampyrid_index_patches_total",
                "Times a small change was patched into the index.",
                Counter,
                count(self.index_patches),
            ),
            // Not a count: a counter holds whole numbers.
            figure("lampyrid_refused_energy", "Energy that agents lacked so far.", Gauge, Some(self.refused_energy)),
            figure(
                "lampyrid_coherence_hits_total",
                "Reads of the coherence answered by an earlier measurement.",
                Counter,
                count(self.coherence_hits),
            ),
            figure(
                "lampyrid_coherence_measurements_total",
                "Reads of the coherence that measured the phases.",
                Counter,
                count(self.coherence_measurements),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_name_of_its_own_that_says_whether_it_counts() {
        let readings = SwarmMetrics::default().readings();
        for (place, reading) in readings.iter().enumerate() {
            assert!(reading.name.starts_with("lampyrid_"), "{}", reading.name);
            assert!(reading.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", reading.name);
            assert_eq!(reading.name.ends_with("_total"), reading.kind == MetricKind::Counter, "{}", reading.name);
            assert!(readings[..place].iter().all(|other| other.name != reading.name));
            assert!(reading.help.ends_with('.'));
        }
    }
}
