//! Reads the figures, on a cadence of the wall clock's.

use std::time::{Duration, Instant};

use bevy_app::{App, Last, Plugin};
use bevy_ecs::{prelude::*, system::despawn_unused_registered_systems};
use lampyrid_measure::machine;

use super::SwarmMetrics;
#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{
    clock::SwarmClock, coherence::Coherence, duties::is_new, index::SwarmIndex, workers::Workers,
    world::topology_report,
};

/// Keeps [`SwarmMetrics`] up to date. Not one of the [`SwarmPlugins`](crate::SwarmPlugins).
///
/// Refreshes at the end of the host's update, once `every` has passed; in between it costs one
/// look at the clock of the wall per update, and nothing per step. With the feature `diagnostics`
/// the figures and R are Bevy diagnostics too, with `prometheus` they go to the recorder of the crate
/// `metrics`, if the host has installed one.
///
/// ```
/// use bevy_app::{App, Update};
/// use lampyrid_swarm::{MetricsPlugin, SwarmMetrics, SwarmPlugins};
///
/// let mut app = App::new();
/// app.add_plugins((SwarmPlugins::new(Update), MetricsPlugin::default()));
/// app.update();
/// assert_eq!(app.world().resource::<SwarmMetrics>().steps, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsPlugin {
    /// Time of the wall clock between refreshes; zero refreshes at every update.
    pub every: Duration,
}

impl Default for MetricsPlugin {
    /// Once a second.
    fn default() -> Self {
        Self { every: Duration::from_secs(1) }
    }
}

impl Plugin for MetricsPlugin {
    fn build(&self, app: &mut App) {
        if !is_new(app.world_mut(), |duties| &mut duties.metrics) {
            log::warn!("the metrics plugin was added twice; the first addition stands");
            return;
        }
        let every = self.every;
        app.init_resource::<SwarmMetrics>().init_resource::<LastRefresh>();
        let is_due = move |last: Res<LastRefresh>| last.is_over(every);
        // Every app has this one in `Last`, and it wants the whole world as well.
        app.add_systems(Last, refresh.before(despawn_unused_registered_systems).run_if(is_due));
        #[cfg(feature = "diagnostics")]
        super::diagnostics::register(app);
    }

    fn is_unique(&self) -> bool {
        false
    }
}

/// Tells [`SwarmMetrics`] what the process has allocated: a resource that a program fills from its
/// own allocator. Without it the figures are unknown.
///
/// ```
/// use lampyrid_swarm::{AllocationProbe, Allocations, World, install_swarm, refresh_metrics};
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.insert_resource(AllocationProbe(|| Allocations { live: 1000, peak: 2000 }));
/// assert_eq!(refresh_metrics(&mut world).peak_bytes, Some(2000));
/// ```
#[derive(Resource, Clone, Copy, Debug)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(opaque, Clone))]
pub struct AllocationProbe(pub fn() -> Allocations);

/// What a process has allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocations {
    /// Bytes allocated and not given back.
    pub live: u64,
    /// The most bytes that were ever live.
    pub peak: u64,
}

/// When the figures were last read, and how many steps were taken then.
#[derive(Resource, Clone, Copy, Debug, Default)]
struct LastRefresh(Option<(Instant, u64)>);

impl LastRefresh {
    fn is_over(&self, every: Duration) -> bool {
        self.0.is_none_or(|(at, _)| at.elapsed() >= every)
    }
}

/// Reads all figures now, into the world's [`SwarmMetrics`], and returns them. Rates are since the
/// call before.
///
/// Without the plugin, call it once before agents are spawned: a resource has an entity, and one
/// that comes after a million agents is filed in a list as long.
pub fn refresh_metrics(world: &mut World) -> SwarmMetrics {
    let allocations = world.get_resource::<AllocationProbe>().map(|probe| (probe.0)());
    let topology = topology_report(world);
    let agents = topology.agents as u64;
    let steps = world.get_resource().map_or(0, SwarmClock::steps);
    let steps_per_second = rate(world, steps);
    let metrics = SwarmMetrics {
        resident_bytes: machine::resident_bytes(),
        live_bytes: allocations.map(|allocations| allocations.live),
        peak_bytes: allocations.map(|allocations| allocations.peak),
        threads: world.get_resource().map_or(0, Workers::threads) as u64,
        agents,
        links: topology.links as u64,
        steps,
        steps_per_second,
        agent_updates_per_second: steps_per_second.map(|rate| rate * agents as f64),
        index_rebuilds: topology.rebuilds,
        index_patches: topology.patches,
        refused_energy: world.get_resource::<SwarmIndex>().map_or(0.0, |index| index.ledger.refused()),
        coherence_hits: world.get_resource().map_or(0, Coherence::hits),
        coherence_measurements: world.get_resource().map_or(0, Coherence::measurements),
    };
    *world.get_resource_or_init::<SwarmMetrics>() = metrics;
    #[cfg(feature = "prometheus")]
    super::prometheus::publish_metrics(&metrics);
    metrics
}

/// Steps per second since the last call.
fn rate(world: &mut World, steps: u64) -> Option<f64> {
    let now = Instant::now();
    let before = world.get_resource_or_init::<LastRefresh>().0.replace((now, steps));
    let (at, earlier) = before?;
    let rate = steps.saturating_sub(earlier) as f64 / now.duration_since(at).as_secs_f64();
    rate.is_finite().then_some(rate)
}

pub(super) fn refresh(world: &mut World) {
    refresh_metrics(world);
}
