//! What the parts of a step take on a machine, as `lampyrid bench --calibrate` prints it.

use lampyrid::distributed::{Costs, DistributedError};
use lampyrid_bench::machine::{Machine, load_average};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Calibration {
    pub(super) costs: CoreCosts,
    /// Agents of the swarms that were measured.
    agents: usize,
    machine: Machine,
    load: Option<f64>,
}

/// What one core takes: all in seconds but `jitter`, which is a ratio.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoreCosts {
    agent: f64,
    near_link: f64,
    far_link: f64,
    tell: f64,
    hear: f64,
    jitter: f64,
}

/// Measures on this machine, in swarms of so many agents.
pub(crate) fn calibrate(agents: usize) -> Result<Calibration, DistributedError> {
    let load = load_average();
    let Costs { agent, near_link, far_link, tell, hear, jitter } = lampyrid::distributed::calibrate(agents)?;
    let costs = CoreCosts { agent, near_link, far_link, tell, hear, jitter };
    Ok(Calibration { costs, agents, machine: Machine::here(), load })
}

impl From<CoreCosts> for Costs {
    fn from(costs: CoreCosts) -> Self {
        let CoreCosts { agent, near_link, far_link, tell, hear, jitter } = costs;
        Self { agent, near_link, far_link, tell, hear, jitter }
    }
}

impl Calibration {
    pub(super) fn text(&self) -> String {
        let CoreCosts { agent, near_link, far_link, tell, hear, jitter } = self.costs;
        let [agent, near, far, tell, hear] = [agent, near_link, far_link, tell, hear].map(|time| 1e9 * time);
        let processor = self.machine.processor.as_deref().unwrap_or("an unknown processor");
        format!(
            "{agent:.2} ns per agent, {near:.2} per near link, {far:.2} per far one, {tell:.2} to tell and {hear:.2} to \
             hear\n{:16}a number; {:.1} % jitter (swarms of {} agents on {processor})",
            "",
            100.0 * jitter,
            crate::run::figures::grouped(self.agents as u64),
        )
    }
}
