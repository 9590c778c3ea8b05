//! What happens to a swarm while it is run or watched, one thing at a time.

use lampyrid::swarm::Happening;
use serde::Serialize;

/// Something that happened, by the names that `--events` gives it. Times are in simulated seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// Everything is ready, and no step taken yet; or, of a resumed run, none since.
    Started { time: f64, step: u64, steps: u64, agents: u64, links: u64, seed: u64, threads: u64 },
    /// A tenth of the steps is done.
    Progress {
        time: f64,
        step: u64,
        steps: u64,
        #[serde(rename = "R")]
        r: f64,
        agent_steps_per_second: f64,
    },
    /// Agents, or links, were hit.
    Disruption { time: f64, kind: &'static str, fraction: f64, hit: u64 },
    /// The goal has been held for its hold time, since when it is met.
    Attained { time: f64, since: f64 },
    /// The goal had been attained, and is not met any more.
    Lost { time: f64, distance: f64 },
    /// The goal was attained again, so long after the end of the disruption.
    Recovery { time: f64, after: f64 },
    /// The supervisor has chosen another strategy.
    Strategy { time: f64, strategy: &'static str },
    /// The run was saved.
    Checkpoint { time: f64, step: u64, path: String },
    /// The run is over, and its results are written.
    Finished {
        time: f64,
        step: u64,
        #[serde(rename = "R")]
        r: f64,
        /// The verdict on it, if there is one.
        goal: Option<String>,
        phase_hash: String,
        exit_code: u8,
        directory: String,
    },
}

impl Event {
    /// What a swarm tells of, if it is one of those.
    pub(crate) fn of(time: f64, happening: &Happening) -> Option<Self> {
        match happening {
            Happening::Disrupted(told) => {
                let (kind, fraction) = (told.disruption.kind.name(), told.disruption.fraction);
                Some(Self::Disruption { time, kind, fraction, hit: told.hit as u64 })
            }
            Happening::GoalAttained(told) => Some(Self::Attained { time, since: told.since }),
            Happening::GoalLost(told) => Some(Self::Lost { time, distance: told.distance }),
            Happening::Recovered(told) => Some(Self::Recovery { time, after: told.after }),
            Happening::StrategySwitched(told) => Some(Self::Strategy { time, strategy: told.rule.name() }),
            // A swarm that outgrew its budget is told of where the run ends.
            _ => None,
        }
    }
}
