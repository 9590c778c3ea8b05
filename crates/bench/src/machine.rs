//! The machine that something was measured on.

use std::fs;

use lampyrid::kernel::Level;
use serde::{Deserialize, Serialize};

/// What tells whether two measurements can be compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name, where the system tells (Linux).
    pub processor: Option<String>,
    /// Cores that this process may use.
    pub cores: usize,
    /// The instruction level of the kernels.
    pub level: String,
    /// The operating system and architecture the program was built for.
    pub system: String,
    /// The version of this program.
    pub version: String,
}

impl Machine {
    /// The one that this runs on.
    #[must_use]
    pub fn here() -> Self {
        let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Self {
            processor: name.map(|(_, name)| name.trim().to_owned()),
            cores: cores(),
            level: Level::detect().name().to_owned(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Cores that this process may use.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The most memory that this process ever held \[bytes\], where the system tells (Linux).
#[must_use]
pub fn peak_resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(1024 * kibibytes)
}

/// How many programs wanted to run during the last minute, where the system tells (Linux).
#[must_use]
pub fn load_average() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}
