//! The figures for Prometheus.

use metrics::{counter, describe_counter, describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::{MetricKind, SwarmMetrics};

/// Hands the figures to the recorder of the crate `metrics` that is in force, and does nothing
/// without one. A host that installs `metrics_exporter_prometheus::PrometheusBuilder` with its
/// HTTP listener has an endpoint to scrape; any other exporter of that crate works as well.
///
/// [`refresh_metrics`](crate::refresh_metrics) calls it.
pub fn publish_metrics(metrics: &SwarmMetrics) {
    for reading in metrics.readings() {
        let Some(value) = reading.value else { continue };
        match reading.kind {
            MetricKind::Gauge => {
                describe_gauge!(reading.name, reading.help);
                gauge!(reading.name).set(value);
            }
            MetricKind::Counter => {
                describe_counter!(reading.name, reading.help);
                counter!(reading.name).absolute(value as u64);
            }
        }
    }
}

/// The figures in the text format that Prometheus scrapes and its node exporter collects from
/// files (exposition format 0.0.4). Figures that are not known are left out.
#[must_use]
pub fn prometheus_text(metrics: &SwarmMetrics) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || publish_metrics(metrics));
    recorder.handle().render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_holds_what_is_known_and_leaves_out_what_is_not() {
        let metrics = SwarmMetrics {
            agents: 4941,
            steps: 12,
            steps_per_second: Some(2.5),
            refused_energy: 0.125,
            ..SwarmMetrics::default()
        };
        let text = prometheus_text(&metrics);
        for line in [
            "# HELP lampyrid_agents Agents.",
            "# TYPE lampyrid_agents gauge",
            "lampyrid_agents 4941",
            "# TYPE lampyrid_steps_total counter",
            "lampyrid_steps_total 12",
            "lampyrid_steps_per_second 2.5",
            "lampyrid_refused_energy 0.125",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(!text.contains("lampyrid_live_bytes"), "{text}");
    }

    #[test]
    fn every_line_of_the_text_is_a_comment_or_a_name_and_a_number() {
        let text = prometheus_text(&SwarmMetrics { live_bytes: Some(u64::MAX), ..SwarmMetrics::default() });
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            let (name, value) = line.split_once(' ').unwrap();
            assert!(name.starts_with("lampyrid_") && value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
