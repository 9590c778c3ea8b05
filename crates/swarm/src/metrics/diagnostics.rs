//! The figures as Bevy diagnostics.

use bevy_app::{App, Last};
use bevy_diagnostic::{Diagnostic, DiagnosticPath, Diagnostics, DiagnosticsStore, RegisterDiagnostic};
use bevy_ecs::{prelude::*, system::despawn_unused_registered_systems};

use super::{SwarmMetrics, refresh};
use crate::coherence::SwarmCoherence;

/// The path of a figure in Bevy's `DiagnosticsStore`, by the name it has in
/// [`SwarmMetrics::readings`]: `lampyrid_agents` is at `lampyrid/agents`.
///
/// One more is no metric: `lampyrid_order_parameter`, the order parameter R. It is read as by
/// [`SwarmCoherence`], so that a measurement within its time to live answers; a host that does not
/// want it disables that diagnostic, and nothing is measured.
#[must_use]
pub fn diagnostic_path(name: &str) -> DiagnosticPath {
    DiagnosticPath::from_components(["lampyrid", name.strip_prefix("lampyrid_").unwrap_or(name)])
}

const ORDER_PARAMETER: &str = "lampyrid_order_parameter";

pub(super) fn register(app: &mut App) {
    for reading in SwarmMetrics::default().readings() {
        app.register_diagnostic(Diagnostic::new(diagnostic_path(reading.name)));
    }
    app.register_diagnostic(Diagnostic::new(diagnostic_path(ORDER_PARAMETER)));
    let systems = (publish, publish_order).chain().after(refresh::refresh).before(despawn_unused_registered_systems);
    app.add_systems(Last, systems.run_if(resource_changed::<SwarmMetrics>));
}

fn publish(metrics: Res<SwarmMetrics>, mut diagnostics: Diagnostics) {
    for reading in metrics.readings() {
        if let Some(value) = reading.value {
            diagnostics.add_measurement(&diagnostic_path(reading.name), || value);
        }
    }
}

fn publish_order(mut coherence: SwarmCoherence, store: Res<DiagnosticsStore>, mut diagnostics: Diagnostics) {
    let path = diagnostic_path(ORDER_PARAMETER);
    if store.get(&path).is_some_and(|diagnostic| diagnostic.is_enabled)
        && let Ok(order) = coherence.read()
    {
        diagnostics.add_measurement(&path, || order.r);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Coherence, Frequency, MetricsPlugin, Phase, SwarmPlugins};
    use bevy_app::Update;
    use bevy_diagnostic::DiagnosticsStore;
    use std::time::Duration;

    #[test]
    fn every_known_figure_is_a_diagnostic_measured_at_each_refresh() {
        let mut app = App::new();
        app.add_plugins((SwarmPlugins::new(Update), MetricsPlugin { every: Duration::ZERO }));
        app.world_mut().spawn_batch((0..5).map(|_| Phase(0.5)));
        (0..3).for_each(|_| app.update());
        let metrics = *app.world().resource::<SwarmMetrics>();
        let store = app.world().resource::<DiagnosticsStore>();
        for reading in metrics.readings() {
            let diagnostic = store.get(&diagnostic_path(reading.name)).expect(reading.name);
            assert_eq!(diagnostic.value(), reading.value, "{}", reading.name);
        }
        let agents = store.get(&diagnostic_path("lampyrid_agents")).unwrap();
        assert_eq!((agents.value(), agents.history_len()), (Some(5.0), 3));
    }

    #[test]
    fn r_is_measured_once_within_its_time_to_live_and_not_at_all_where_nobody_wants_it() {
        let mut app = App::new();
        app.add_plugins((SwarmPlugins::new(Update), MetricsPlugin { every: Duration::ZERO }));
        app.world_mut().spawn((Phase(0.0), Frequency(0.0)));
        app.world_mut().spawn((Phase(std::f64::consts::FRAC_PI_2), Frequency(0.0)));
        app.world_mut().resource_mut::<Coherence>().time_to_live = 1.0;
        (0..10).for_each(|_| app.update());
        let path = diagnostic_path(ORDER_PARAMETER);
        let diagnostic = app.world().resource::<DiagnosticsStore>().get(&path).unwrap();
        let r = diagnostic.value().unwrap();
        assert!((r - 0.5_f64.sqrt()).abs() < 1e-12, "{r}");
        assert_eq!((diagnostic.history_len(), app.world().resource::<Coherence>().measurements()), (10, 1));

        app.world_mut().resource_mut::<DiagnosticsStore>().get_mut(&path).unwrap().is_enabled = false;
        app.world_mut().resource_mut::<Coherence>().invalidate();
        (0..10).for_each(|_| app.update());
        assert_eq!(app.world().resource::<Coherence>().measurements(), 1);
    }
}
