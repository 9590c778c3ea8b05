//! What a step goes by: settings read once, at its beginning, and the stage under way.

use std::{any::TypeId, ops::Range};

use bevy_ecs::{
    prelude::*,
    schedule::{Schedule, SystemWithAccess},
    system::{IntoSystem, System, SystemAccess},
};

use crate::{
    clock::SwarmClock,
    community::Communities,
    duties::Duties,
    error::SwarmError,
    index::{SwarmIndex, follow},
    pull::{Hearing, Pull},
    settings::{Coupling, EnergyRule, PhasorPrecision, SwarmSeed, TimeStep},
    step::{integrate, recover, sample, tick},
    workers::Workers,
};

/// The settings of one step. Systems of the step read these alone, so that whatever a host does to
/// the resources meanwhile, all stages of a step go by the same numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StepSettings {
    /// The swarm's coupling, there if coupling is installed.
    pub(crate) pull: Option<Pull>,
    /// What agents hear by it, and by the couplings of communities.
    pub(crate) hearing: Hearing,
    /// There if the energy rule is installed.
    pub(crate) energy: Option<EnergyRule>,
    pub(crate) time_step: TimeStep,
    pub(crate) seed: u64,
    /// Steps taken before this one.
    pub(crate) step: u64,
}

impl StepSettings {
    /// Reads what the installed duties need, and checks that it is there and can be taken.
    pub(crate) fn read(world: &mut World) -> Result<Self, SwarmError> {
        fn setting<'w, R: Resource>(world: &'w World, name: &'static str) -> Result<&'w R, SwarmError> {
            world.get_resource::<R>().ok_or(SwarmError::SettingsMissing { name })
        }
        let duties = world.get_resource::<Duties>().ok_or(SwarmError::NotInstalled)?;
        let time_step = *setting::<TimeStep>(world, "TimeStep")?;
        time_step.check()?;
        setting::<Workers>(world, "Workers")?.check()?;
        if !duties.topology && (duties.coupling || duties.integration) {
            return Err(SwarmError::PluginMissing { name: "TopologyPlugin" });
        }
        let step = setting::<SwarmClock>(world, "SwarmClock")?.steps();
        let seed = setting::<SwarmSeed>(world, "SwarmSeed")?.0;
        let coupling = duties.coupling.then(|| setting::<Coupling>(world, "Coupling")).transpose()?.copied();
        coupling.map_or(Ok(()), |coupling| coupling.check())?;
        let energy = duties.energy.then(|| setting::<EnergyRule>(world, "EnergyRule")).transpose()?.copied();
        energy.map_or(Ok(()), |rule| rule.check())?;
        let pull = coupling.map(|coupling| Pull::new(coupling, false));
        let mut hearing = Hearing::default();
        if let Some(pull) = &pull {
            hearing.add(pull);
            Communities::read(world, &mut hearing)?;
        }
        Ok(Self { pull, hearing, energy, time_step, seed, step })
    }
}

impl StepSettings {
    /// Whether this step is the first one since a multiple of `every` simulated seconds, counted
    /// from the beginning; 0 is in every step.
    pub(crate) fn is_time(&self, every: f64) -> bool {
        let turn = |step: u64| (step as f64 * self.time_step.seconds / every).floor();
        every <= 0.0 || self.step == 0 || turn(self.step) != turn(self.step - 1)
    }
}

/// Which stage of the step is under way, and what the step goes by.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct Stage {
    pub(crate) index: usize,
    pub(crate) count: usize,
    pub(crate) settings: StepSettings,
    pub(crate) lineup: Lineup,
    /// Whether nobody else can have touched the world since the last comparison.
    pub(crate) alone: bool,
}

impl Stage {
    pub(crate) fn is_first(&self) -> bool {
        self.index == 0
    }

    pub(crate) fn is_last(&self) -> bool {
        self.index + 1 == self.count
    }

    /// How phasors are kept for those who listen to their neighbours; `None` if nobody does.
    pub(crate) fn heard(&self) -> Option<PhasorPrecision> {
        let precision = self.settings.pull.map_or(PhasorPrecision::Double, |pull| pull.coupling.phasors);
        self.settings.hearing.by_pairs().then_some(precision)
    }

    /// Whether they hear each other by angles of single precision.
    pub(crate) fn has_single_angles(&self) -> bool {
        self.heard().is_some_and(PhasorPrecision::has_single_angles)
    }

    /// Whether agents may have moved between the comparison of `follow`, or the stage before, and the sampling.
    pub(crate) fn may_change_before_sample(&self) -> bool {
        let lineup = &self.lineup;
        !self.alone && (lineup.moves_before_sample || (!self.is_first() && lineup.moves))
    }

    /// Whether agents may have moved between the last comparison and the integration.
    pub(crate) fn may_change_before_integrate(&self) -> bool {
        let lineup = &self.lineup;
        let since_last_stage = !self.is_first() && !lineup.samples && lineup.moves;
        !self.alone && (lineup.moves_before_integrate || since_last_stage)
    }
}

/// Which systems a step consists of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lineup {
    /// Whether phases are published, that is, whether coupling is installed.
    pub(crate) samples: bool,
    /// Whether energy recovers.
    pub(crate) recovers: bool,
    /// Whether a system of somebody else may let agents come, go or change tables. Only then are they all compared once
    /// more.
    moves: bool,
    /// Whether one between `follow` and `sample` may.
    moves_before_sample: bool,
    /// Likewise between `sample` and `integrate`.
    moves_before_integrate: bool,
    /// Whether all systems are ours, and all that a step needs are there.
    is_ours: bool,
}

impl Lineup {
    /// Looks at a schedule that was built; its systems are then listed in the order they run in.
    pub(crate) fn of(schedule: &Schedule) -> Self {
        let systems = || schedule.systems_with_access().into_iter().flatten().map(|(_, system)| system);
        let types = [type_of(follow), type_of(sample), type_of(integrate), type_of(recover), type_of(tick)];
        let places = types.map(|wanted| systems().position(|system| system.system_type() == wanted));
        let [follow, sample, integrate, recover, tick] = places;
        let is_theirs = |place: usize| !places.contains(&Some(place));
        let moves = |range: Range<usize>| {
            let mut systems = systems().enumerate().skip(range.start).take(range.len());
            systems.any(|(place, system)| is_theirs(place) && can_move_agents(system))
        };
        let moves_between = |a: Option<usize>, b: Option<usize>| a.zip(b).is_none_or(|(a, b)| moves(a..b));
        Self {
            samples: sample.is_some(),
            recovers: recover.is_some(),
            moves: moves(0..schedule.systems_len()),
            moves_before_sample: moves_between(follow, sample),
            moves_before_integrate: moves_between(sample.or(follow), integrate),
            is_ours: places.iter().flatten().count() == schedule.systems_len()
                && follow.and(integrate).and(tick).is_some(),
        }
    }

    /// Whether a step of so many stages consisted of all our systems and of nothing else, given how
    /// many of ours ran and by how much the world's change tick advanced: whatever runs in a
    /// schedule, run conditions included, takes a tick.
    pub(crate) fn was_alone(&self, stages: usize, ran: usize, ticks: u32) -> bool {
        let ours = stages * (1 + usize::from(self.samples)) + 2 + usize::from(self.recovers);
        let conditions = 2 * stages;
        self.is_ours && ran == ours && ticks as usize == ours + conditions
    }
}

/// Whether a system can let agents come, go or change tables, now or by what it leaves to be done: one that has the world
/// for itself, or may write all of it, or has commands. Whoever just reads and writes components and resources cannot.
fn can_move_agents(system: &SystemWithAccess) -> bool {
    system.has_deferred()
        || match system.access() {
            SystemAccess::None => false,
            SystemAccess::Shared(access) => access.combined_access().has_write_all(),
            SystemAccess::Exclusive => true,
        }
}

fn type_of<M, S: IntoSystem<(), (), M>>(_: S) -> TypeId
where
    S::System: 'static,
{
    TypeId::of::<S::System>()
}

pub(crate) fn on_first_stage(stage: Option<Res<Stage>>) -> bool {
    stage.is_some_and(|stage| stage.is_first())
}

pub(crate) fn on_last_stage(stage: Option<Res<Stage>>) -> bool {
    stage.is_some_and(|stage| stage.is_last())
}

/// Whether a step is under way that has met no error: else strategies change nothing.
pub(crate) fn is_going(index: Option<Res<SwarmIndex>>) -> bool {
    index.is_some_and(|index| index.is_going())
}

#[cfg(test)]
mod tests {
    use bevy_ecs::{schedule::Schedules, system::ScheduleSystem, world::DeferredWorld};

    use super::*;
    use crate::{Phase, StepSystems, SwarmSchedule, install_swarm};

    /// Whether all agents are compared once more: before they are sampled and before they are moved, in the first stage of
    /// a step and in a later one.
    fn compares<M>(systems: impl IntoScheduleConfigs<ScheduleSystem, M>) -> [bool; 4] {
        let mut world = World::new();
        install_swarm(&mut world);
        let mut schedules = world.resource_mut::<Schedules>();
        schedules.add_systems(SwarmSchedule, systems);
        let mut schedule = schedules.remove(SwarmSchedule).unwrap();
        schedule.initialize(&mut world).unwrap();
        let lineup = Lineup::of(&schedule);
        let [first, later] = [0, 1].map(|index| Stage { index, count: 2, lineup, ..Stage::default() });
        let compares = |stage: Stage| [stage.may_change_before_sample(), stage.may_change_before_integrate()];
        [compares(first), compares(later)].concat().try_into().unwrap()
    }

    fn looks(_: Query<&Phase>) {}
    fn writes(_: Query<&mut Phase>, _: ResMut<SwarmClock>) {}
    fn commands(_: Commands) {}
    fn rules(_: &mut World) {}
    fn defers(_: DeferredWorld) {}

    #[test]
    fn agents_are_compared_once_more_only_behind_who_can_move_them() {
        assert_eq!(compares(looks.in_set(StepSystems::Exchange)), [false; 4]);
        assert_eq!(compares((looks, writes).in_set(StepSystems::Couple)), [false; 4]);
        let before_sample = [true, false, true, false];
        assert_eq!(compares(rules.in_set(StepSystems::Exchange)), before_sample);
        assert_eq!(compares(defers.in_set(StepSystems::Exchange)), before_sample);
        assert_eq!(compares(rules.in_set(StepSystems::Couple)), [false, true, true, true]);
        assert_eq!(compares(commands.in_set(StepSystems::Couple)), [false, true, true, true]);
        assert_eq!(compares(commands.in_set(StepSystems::Last)), [false, false, true, false]);
    }
}
