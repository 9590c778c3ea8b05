//! The figures as Bevy diagnostics.

use bevy_app::{App, Last};
use bevy_diagnostic::{Diagnostic, DiagnosticPath, Diagnostics, RegisterDiagnostic};
use bevy_ecs::prelude::*;

use super::{SwarmMetrics, refresh};

/// The path of a figure in Bevy's `DiagnosticsStore`, by the name it has in
/// [`SwarmMetrics::readings`]: `lampyrid_agents` is at `lampyrid/agents`.
#[must_use]
pub fn diagnostic_path(name: &str) -> DiagnosticPath {
    DiagnosticPath::from_components(["lampyrid", name.strip_prefix("lampyrid_").unwrap_or(name)])
}

pub(super) fn register(app: &mut App) {
    for reading in SwarmMetrics::default().readings() {
        app.register_diagnostic(Diagnostic::new(diagnostic_path(reading.name)));
    }
    app.add_systems(Last, publish.after(refresh::refresh).run_if(resource_changed::<SwarmMetrics>));
}

fn publish(metrics: Res<SwarmMetrics>, mut diagnostics: Diagnostics) {
    for reading in metrics.readings() {
        if let Some(value) = reading.value {
            diagnostics.add_measurement(&diagnostic_path(reading.name), || value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MetricsPlugin, Phase, SwarmPlugins};
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
}
