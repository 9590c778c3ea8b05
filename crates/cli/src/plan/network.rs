//! What connects the nodes of a cluster.

use lampyrid::{distributed::Interconnect, io::scenario::nearest};
use serde::Serialize;

/// Networks by name, as assumed: latency \[s\], processor time for each further message \[s\], bytes per second. Those of
/// a cluster at hand are found by the benchmarks of its MPI library.
const KNOWN: [(&str, [f64; 3]); 2] = [("hdr200", [1.5e-6, 0.3e-6, 23e9]), ("25gbe", [30e-6, 5e-6, 2.8e9])];

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Network {
    latency: f64,
    overhead: f64,
    bandwidth: f64,
    /// Whether nobody has measured them.
    is_assumed: bool,
}

/// A network that is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NetworkError {
    #[error("there is no network {name:?}; {}", did_you_mean(.nearest.as_deref()))]
    Unknown { name: String, nearest: Option<String> },
    #[error(
        "{text:?} is no network: LATENCY,OVERHEAD,BANDWIDTH are three numbers in s, s and bytes/s, the last above 0"
    )]
    Numbers { text: String },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "there are hdr200 and 25gbe, and LATENCY,OVERHEAD,BANDWIDTH, e.g. 1.5e-6,0.3e-6,23e9".to_owned(),
        |nearest| format!("did you mean {nearest:?}?"),
    )
}

impl Network {
    pub(super) fn parse(text: &str) -> Result<Self, NetworkError> {
        if let Some((_, [latency, overhead, bandwidth])) = KNOWN.iter().find(|(name, _)| *name == text) {
            return Ok(Self { latency: *latency, overhead: *overhead, bandwidth: *bandwidth, is_assumed: true });
        }
        if !text.contains(',') {
            let nearest = nearest(text, &KNOWN.map(|(name, _)| name)).map(str::to_owned);
            return Err(NetworkError::Unknown { name: text.to_owned(), nearest });
        }
        let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[latency, overhead, bandwidth])
                if [latency, overhead].iter().all(|time| time.is_finite() && *time >= 0.0) && bandwidth > 0.0 =>
            {
                Ok(Self { latency, overhead, bandwidth, is_assumed: false })
            }
            _ => Err(NetworkError::Numbers { text: text.to_owned() }),
        }
    }

    pub(super) fn text(&self) -> String {
        let [latency, overhead] = [self.latency, self.overhead].map(|time| format!("{:.3} µs", 1e6 * time));
        let assumed = if self.is_assumed { ": assumed, not measured" } else { "" };
        format!("{latency} latency, {overhead} per message, {:.1} GB/s{assumed}", 1e-9 * self.bandwidth)
    }
}

impl From<Network> for Interconnect {
    fn from(network: Network) -> Self {
        Self { latency: network.latency, overhead: network.overhead, bandwidth: network.bandwidth }
    }
}
