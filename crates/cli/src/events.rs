//! What happens to a swarm while it is run or watched, one thing at a time.
//!
//! Found by comparing the world with what was known of it before: whoever takes no more steps at a time than there are
//! until the next look at the goal misses nothing.

use lampyrid::swarm::{Disruptions, Rule, SwarmClock, SwarmGoal, World};
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

/// Remembers what of a world's story was told already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness {
    disruptions: u64,
    attained: bool,
    recoveries: (usize, Option<f64>),
    switches: (usize, Option<(f64, usize)>),
}

impl Witness {
    /// One that tells only of what comes after the present state of the world.
    pub(crate) fn of(world: &World) -> Self {
        let mut witness = Self::default();
        witness.see(world, &[], |_| {});
        witness
    }

    /// Tells what has happened since the last call. The rules are those that the supervisor chooses from.
    pub(crate) fn see(&mut self, world: &World, rules: &[Rule], mut tell: impl FnMut(Event)) {
        if let Some(disruptions) = world.get_resource::<Disruptions>() {
            let new = disruptions.begun() - self.disruptions.min(disruptions.begun());
            self.disruptions = disruptions.begun();
            let history = disruptions.history();
            // Only the latest are remembered.
            for one in &history[history.len().saturating_sub(usize::try_from(new).unwrap_or(usize::MAX))..] {
                let (kind, fraction) = (one.disruption.kind.name(), one.disruption.fraction);
                tell(Event::Disruption { time: one.at, kind, fraction, hit: one.hit as u64 });
            }
        }
        let Some(goal) = world.get_resource::<SwarmGoal>() else { return };
        let time = world.get_resource::<SwarmClock>().map_or(0.0, SwarmClock::seconds);
        let switches = (goal.switches().len(), goal.switches().last().copied());
        if std::mem::replace(&mut self.switches, switches) != switches
            && let Some((time, place)) = switches.1
            && let Some(rule) = rules.get(place)
        {
            tell(Event::Strategy { time, strategy: rule.name() });
        }
        match (std::mem::replace(&mut self.attained, goal.is_attained()), goal.attained_since()) {
            (false, Some(since)) => tell(Event::Attained { time, since }),
            (true, None) if goal.distance() > 0.0 => tell(Event::Lost { time, distance: goal.distance() }),
            _ => {}
        }
        let recoveries = (goal.recoveries().len(), goal.recoveries().last().copied());
        if std::mem::replace(&mut self.recoveries, recoveries) != recoveries
            && let Some(after) = recoveries.1
        {
            tell(Event::Recovery { time, after });
        }
    }
}
