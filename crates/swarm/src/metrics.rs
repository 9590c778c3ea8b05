//! What a running swarm costs and does, for whoever watches over it.
//!
//! Nothing is measured unless it is asked for: without [`MetricsPlugin`](crate::MetricsPlugin) or
//! [`refresh_metrics`](crate::refresh_metrics) no code of this module runs, and with them none
//! runs inside a step. Clocks of the wall are read outside the swarm's schedule, and what they say
//! influences no result.

#[cfg(feature = "diagnostics")]
mod diagnostics;
#[cfg(feature = "prometheus")]
mod prometheus;
mod readings;
mod refresh;

#[cfg(feature = "diagnostics")]
pub use diagnostics::diagnostic_path;
#[cfg(feature = "prometheus")]
pub use prometheus::{prometheus_text, publish_metrics};
pub use readings::{MetricKind, MetricReading, SwarmMetrics};
pub use refresh::{AllocationProbe, Allocations, MetricsPlugin, refresh_metrics};
