//! `--events`: what happens during a run, one JSON object a line on standard output, for whoever reads on.

use std::{io::Write, path::Path, time::Duration};

use lampyrid::{
    io::{RunRecord, scenario::Scenario},
    swarm::{Happening, SwarmClock, World},
};

use crate::events::Event;

/// Tells what happens as it happens. Standard output that is closed costs no result: the run goes on, and ends with the
/// error.
pub(super) struct Story {
    agents: u64,
    steps: u64,
    /// The next tenth of the steps to be told.
    tenth: u64,
    failed: Option<std::io::Error>,
}

impl Story {
    /// Of what comes from now on in a swarm of so many agents, of which this world has all or some.
    pub(super) fn of(scenario: &Scenario, agents: usize, world: &World) -> Self {
        let steps = scenario.steps();
        Self { agents: agents as u64, steps, tenth: tenth(now(world).1, steps) + 1, failed: None }
    }

    /// Everything is ready.
    pub(super) fn begin(&mut self, scenario: &Scenario, links: u64, threads: usize, world: &World) {
        let (time, step) = now(world);
        let (agents, steps, seed) = (self.agents, self.steps, scenario.seed);
        self.tell(&Event::Started { time, step, steps, agents, links, seed, threads: threads as u64 });
    }

    /// This happened to the swarm.
    pub(super) fn hear(&mut self, happened: &[(f64, Happening)]) {
        let told = happened.iter().filter_map(|(time, happening)| Event::of(*time, happening));
        told.for_each(|event| self.tell(&event));
    }

    /// Some steps were taken.
    pub(super) fn go_on(&mut self, world: &World, r: f64, elapsed: Duration) {
        let (time, step) = now(world);
        let tenth = tenth(step, self.steps);
        if tenth >= self.tenth {
            self.tenth = tenth + 1;
            let agent_steps_per_second = self.agents as f64 * step as f64 / elapsed.as_secs_f64().max(1e-9);
            self.tell(&Event::Progress { time, step, steps: self.steps, r, agent_steps_per_second });
        }
    }

    /// The run was saved into this directory.
    pub(super) fn saved(&mut self, world: &World, directory: &Path) {
        let (time, step) = now(world);
        self.tell(&Event::Checkpoint { time, step, path: directory.display().to_string() });
    }

    /// The results are written.
    pub(super) fn end(mut self, record: &RunRecord, directory: &Path) -> std::io::Result<()> {
        self.tell(&Event::Finished {
            time: record.time,
            step: record.steps,
            r: record.r#final.r,
            goal: record.goal.as_ref().map(|goal| goal.verdict.clone()),
            phase_hash: record.phase_hash.clone(),
            exit_code: record.exit_code,
            directory: directory.display().to_string(),
        });
        self.failed.map_or(Ok(()), Err)
    }

    fn tell(&mut self, event: &Event) {
        if self.failed.is_some() {
            return;
        }
        let mut out = std::io::stdout().lock();
        let line = serde_json::to_string(event).unwrap_or_default();
        // Readers see it now, not when a buffer is full.
        self.failed = writeln!(out, "{line}").and_then(|()| out.flush()).err();
    }
}

fn tenth(done: u64, steps: u64) -> u64 {
    (u128::from(done) * 10 / u128::from(steps.max(1))) as u64
}

/// Simulated seconds and steps.
fn now(world: &World) -> (f64, u64) {
    world.get_resource::<SwarmClock>().map_or((0.0, 0), |clock| (clock.seconds(), clock.steps()))
}
