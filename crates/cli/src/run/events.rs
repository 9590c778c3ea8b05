//! What happened to the swarm and to its run, as the table `events`.

use std::path::Path;

use lampyrid::{
    io::{EventRow, EventsWriter, OutputError, RunDirectory, TablePosition},
    swarm::{BudgetExceeded, Happening, MemoryPolicy, SwarmClock, SwarmGoal, World},
};

use super::checkpoint::Occasion;

/// The table being written. Who reads it finds the kinds in the README.
pub(super) struct Events(EventsWriter);

impl Events {
    pub(super) fn start(directory: &mut RunDirectory) -> Result<Self, OutputError> {
        directory.events().map(Self)
    }

    /// Goes on with the table of the run in `from` where its checkpoint was made.
    pub(super) fn resume(
        directory: &mut RunDirectory,
        from: &Path,
        position: TablePosition,
        world: &World,
    ) -> Result<Self, OutputError> {
        let mut events = directory.reopen_events(from, position).map(Self)?;
        events.of_run(world, "resumed", "")?;
        Ok(events)
    }

    /// Writes down what the swarm of a world has told since the last time.
    pub(super) fn of_swarm(&mut self, happened: &[(f64, Happening)], world: &World) -> Result<(), OutputError> {
        let pattern = || world.get_resource::<SwarmGoal>().map_or("", |goal| goal.goal().pattern.name());
        for &(time, happening) in happened {
            let (kind, value, detail) = match happening {
                Happening::Disrupted(told) => {
                    ("disruption", Some(told.hit as f64), told.disruption.kind.name().to_owned())
                }
                Happening::GoalAttained(told) => ("goal_attained", Some(told.since), pattern().to_owned()),
                Happening::GoalLost(_) => ("goal_lost", None, pattern().to_owned()),
                Happening::Recovered(told) => ("recovered", Some(told.after), pattern().to_owned()),
                Happening::StrategySwitched(told) => ("strategy", None, told.rule.name().to_owned()),
                Happening::BudgetExceeded(told) => ("memory", Some(told.bytes as f64), budget(told)),
                other => unreachable!("{other:?} is a happening that this program does not list"),
            };
            self.0.row(EventRow { time, kind, value, detail: &detail })?;
        }
        Ok(())
    }

    /// The run is about to be saved.
    pub(super) fn saved(&mut self, world: &World, occasion: Occasion) -> Result<(), OutputError> {
        self.of_run(world, "checkpoint", occasion.name())
    }

    fn of_run(&mut self, world: &World, kind: &str, detail: &str) -> Result<(), OutputError> {
        let clock = world.get_resource::<SwarmClock>();
        let (time, steps) = clock.map_or((0.0, 0), |clock| (clock.seconds(), clock.steps()));
        self.0.row(EventRow { time, kind, value: Some(steps as f64), detail })
    }

    pub(super) fn position(&mut self, directory: &mut RunDirectory) -> Result<TablePosition, OutputError> {
        self.0.position(directory)
    }

    pub(super) fn finish(self, directory: &mut RunDirectory) -> Result<(), OutputError> {
        self.0.finish(directory)
    }
}

fn budget(exceeded: BudgetExceeded) -> String {
    let BudgetExceeded { measure, limit, policy, .. } = exceeded;
    let policy = match policy {
        MemoryPolicy::Warn => "warn",
        MemoryPolicy::Pause => "pause",
        MemoryPolicy::Stop => "stop",
    };
    format!("{measure}, of {limit} bytes allowed; {policy}")
}
