//! What is told of a running swarm is what it does, and telling changes nothing.

use std::time::Duration;

use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use lampyrid::{
    prelude::*,
    swarm::{AllocationProbe, Allocations, MetricsPlugin, SwarmMetrics, refresh_metrics, topology_report},
};

fn ring(agents: usize) -> World {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Workers::with_threads(3));
    let graph = Topology::Ring { agents, neighbors: 4 }.build(1).unwrap();
    let values: Vec<f64> = (0..agents).map(|agent| 0.7 * agent as f64 % 6.2).collect();
    SwarmSpawner::new(&graph).phases(&values).frequencies(&values).energy(0.01).spawn(&mut world).unwrap();
    world
}

#[test]
fn every_figure_is_that_of_the_swarm() {
    let mut world = ring(100);
    assert_eq!(refresh_metrics(&mut world).steps_per_second, None, "there is nothing to compare with");
    advance(&mut world, 50).unwrap();
    for _ in 0..3 {
        coherence(&mut world).unwrap();
    }
    let found = refresh_metrics(&mut world);
    assert_eq!((found.threads, found.agents, found.links, found.steps), (3, 100, 400, 50));
    assert_eq!((found.coherence_measurements, found.coherence_hits), (1, 2));
    let report = topology_report(&world);
    assert_eq!((found.index_rebuilds, found.index_patches), (report.rebuilds, report.patches));
    assert!(found.refused_energy > 0.0);
    let steps_per_second = found.steps_per_second.unwrap();
    assert!(steps_per_second > 0.0);
    assert_eq!(found.agent_updates_per_second, Some(100.0 * steps_per_second));
    assert_eq!(*world.resource::<SwarmMetrics>(), found);
    assert_eq!(refresh_metrics(&mut world).steps_per_second, Some(0.0), "no step was taken in between");
}

#[test]
fn what_nobody_tells_is_unknown() {
    let mut world = World::new();
    let found = refresh_metrics(&mut world);
    assert_eq!((found.live_bytes, found.peak_bytes, found.agents, found.threads), (None, None, 0, 0));
    world.insert_resource(AllocationProbe(|| Allocations { live: 7, peak: 9 }));
    let found = refresh_metrics(&mut world);
    assert_eq!((found.live_bytes, found.peak_bytes), (Some(7), Some(9)));
}

#[test]
fn reads_inside_a_step_count_as_well() {
    fn watch(mut coherence: SwarmCoherence) -> Result {
        coherence.read().map(drop).map_err(Into::into)
    }
    let mut world = ring(20);
    world.resource_mut::<Schedules>().add_systems(lampyrid::swarm::SwarmSchedule, watch.in_set(StepSystems::Last));
    world.insert_resource(TimeStep { seconds: 0.0625, ..Default::default() });
    advance(&mut world, 10).unwrap();
    let found = refresh_metrics(&mut world);
    assert_eq!(found.coherence_hits + found.coherence_measurements, 10);
    assert_eq!(found.coherence_measurements, 5, "a measurement lives for two steps");
}

#[test]
fn the_plugin_refreshes_on_its_own_cadence_and_changes_no_bit() {
    let run = |every: Option<Duration>| {
        let mut app = App::new();
        app.add_plugins(SwarmPlugins::new(Update));
        if let Some(every) = every {
            app.add_plugins(MetricsPlugin { every });
        }
        app.world_mut().spawn_batch((0..50).map(|i| (Phase(0.1 * f64::from(i)), Frequency(1.0))));
        (0..20).for_each(|_| app.update());
        let steps = app.world().get_resource::<SwarmMetrics>().map(|metrics| metrics.steps);
        (steps, phase_hash(app.world_mut()))
    };
    let (never, hash) = run(None);
    assert_eq!(never, None);
    assert_eq!(run(Some(Duration::ZERO)), (Some(20), hash.clone()));
    // An hour has not passed since the first update.
    assert_eq!(run(Some(Duration::from_secs(3600))), (Some(1), hash));
}

#[test]
fn a_second_plugin_changes_nothing() {
    let mut app = App::new();
    app.add_plugins((SwarmPlugins::new(Update), MetricsPlugin { every: Duration::ZERO }, MetricsPlugin::default()));
    (0..3).for_each(|_| app.update());
    assert_eq!(app.world().resource::<SwarmMetrics>().steps, 3);
}
