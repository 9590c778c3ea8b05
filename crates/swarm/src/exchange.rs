//! What a world tells others of its agents, and hears of theirs, where a swarm is spread over several.

use bevy_ecs::{prelude::*, system::SystemParam};
use bytemuck::TransparentWrapper;
use lampyrid_kernel::{ExactSum, answer::without_offset, phasor::round_angles};

use crate::{
    agent::{IsAgent, Phase},
    answer::{Offset, Silent, Velocity},
    duties::Duties,
    error::SwarmError,
    index::{Run, Runs, SwarmIndex, not_contiguous},
    stage::Stage,
};

/// A number that agents tell those who listen to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The angle \[rad\] that their phasor is made of: the phase, less the [`Offset`].
    Heard,
    /// Their phase \[rad\], which some strategies look at.
    Phase,
    /// How fast they turned in the last step \[rad/s\], likewise.
    Velocity,
}

/// Agents of this world whom others listen to, in an order of one's own.
#[derive(Clone, Debug, Default)]
pub struct Speakers {
    agents: Vec<Entity>,
    /// Where the index has them; [`GONE`] for those that a disruption removed.
    places: Vec<u32>,
    /// The state of the index that has them there.
    version: Option<[u64; 2]>,
}

/// The place of an agent that is none any more.
const GONE: u32 = u32::MAX;

impl From<Vec<Entity>> for Speakers {
    fn from(agents: Vec<Entity>) -> Self {
        Self { agents, places: Vec::new(), version: None }
    }
}

impl Speakers {
    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// Looks for their places, if agents may have moved since it last did.
    fn find(&mut self, index: &SwarmIndex) -> Result<(), SwarmError> {
        let report = index.report();
        let version = [report.rebuilds, report.patches];
        if self.version == Some(version) {
            return Ok(());
        }
        self.version = None;
        self.places.clear();
        for &agent in &self.agents {
            let place = match index.place(agent) {
                Some(place) => place as u32,
                None if index.ghosts.is_removed(agent) => GONE,
                None => return Err(SwarmError::SpeakerGone { entity: agent }),
            };
            self.places.push(place);
        }
        self.version = Some(version);
        Ok(())
    }
}

/// System parameter: the exchange of a swarm that is spread over several worlds, each with agents of its own, whose
/// steps go together.
///
/// A system in [`StepSystems::Exchange`](crate::StepSystems::Exchange) reads what agents here have to
/// [tell](Self::told), and writes what is [heard](Self::hear) of those of other worlds: the ghosts of
/// [`SwarmSpawner::part_of`](crate::SwarmSpawner::part_of), in the order that they were given in. One after
/// [`StepSystems::Sample`](crate::StepSystems::Sample) adds up the [sums](Self::sums) of a mean field. How numbers get
/// from world to world is not the swarm's business.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_graph::Part;
/// use lampyrid_swarm::*;
///
/// // Two agents who listen to each other; the second one is elsewhere, and stands still at 2 rad.
/// let pair = lampyrid_graph::Topology::Complete { agents: 2 }.build(1)?;
/// let part = Part::of(&pair, 0..1);
/// let mut world = World::new();
/// install_swarm(&mut world);
/// SwarmSpawner::new(part.adjacency()).part_of(2, 0..1, part.outside()).spawn(&mut world)?;
/// let hear = |mut exchange: SwarmExchange| {
///     if exchange.is_due(Voice::Heard) {
///         exchange.hear(Voice::Heard).fill(2.0);
///     }
/// };
/// world.get_resource_or_init::<Schedules>().add_systems(SwarmSchedule, hear.in_set(StepSystems::Exchange));
/// advance(&mut world, 2000)?;
/// assert!((agent_states(&mut world)[0].phase - 2.0).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(SystemParam)]
pub struct SwarmExchange<'w, 's> {
    agents: Query<'w, 's, Telling, IsAgent>,
    duties: Option<Res<'w, Duties>>,
    stage: Option<Res<'w, Stage>>,
    index: Option<ResMut<'w, SwarmIndex>>,
}

/// What agents tell.
type Telling = (Entity, &'static Phase, Option<&'static Offset>, Option<&'static Velocity>, Has<Silent>);

/// The same of a table.
type Columns<'w> = (&'w [f64], Option<&'w [f64]>, Option<&'w [f64]>, bool);

/// Writes what agents of one table tell.
fn tell(voice: Voice, run: &Run<'_, Columns<'_>>, places: &[u32], numbers: &mut [f64]) {
    let (phases, offsets, velocities, silent) = run.columns;
    let rows = numbers.iter_mut().zip(places).map(|(number, &place)| (number, place as usize - run.start));
    match (voice, offsets, velocities) {
        _ if silent => numbers.fill(f64::NAN),
        (Voice::Heard, Some(offsets), _) => {
            rows.for_each(|(number, row)| *number = without_offset(phases[row], offsets[row]));
        }
        (Voice::Heard, None, _) | (Voice::Phase, ..) => rows.for_each(|(number, row)| *number = phases[row]),
        (Voice::Velocity, _, Some(velocities)) => rows.for_each(|(number, row)| *number = velocities[row]),
        (Voice::Velocity, _, None) => numbers.fill(0.0),
    }
}

impl SwarmExchange<'_, '_> {
    /// Whether this is to be exchanged in the present stage: it is the same in all worlds of one swarm, unless an error
    /// ends the step in one of them.
    #[must_use]
    pub fn is_due(&self, voice: Voice) -> bool {
        let (Some(stage), true) = (&self.stage, self.is_going()) else { return false };
        let strategies = self.duties.as_ref().is_some_and(|duties| duties.strategies);
        match voice {
            Voice::Heard => stage.settings.hearing.neighbors,
            Voice::Phase => strategies,
            Voice::Velocity => strategies && stage.is_first(),
        }
    }

    /// Whether a stage is under way and has met no error.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.index.as_ref().is_some_and(|index| index.is_going())
    }

    /// Puts off hearing this until agents move, where nobody needs it before; false where it is to be heard now. It is the
    /// same in all worlds of one swarm. Who then brings it is the system of [`SwarmMotion`](crate::SwarmMotion); what is
    /// told is what agents have to tell now.
    pub fn put_off(&mut self, voice: Voice) -> bool {
        // Strategies look at the phasors of those whom they hear.
        let can_wait = voice == Voice::Heard
            && self.is_due(voice)
            && self.duties.as_ref().is_some_and(|duties| duties.integration && !duties.strategies);
        if let Some(index) = self.index.as_mut().filter(|_| can_wait) {
            index.ghosts.are_late = true;
        }
        can_wait
    }

    /// Whether 32 bits hold what is told and heard: where agents hear each other by
    /// [single angles](crate::PhasorPrecision::SingleAngle). Whatever else is told has 64.
    #[must_use]
    pub fn is_single(&self, voice: Voice) -> bool {
        voice == Voice::Heard && self.stage.as_ref().is_some_and(|stage| stage.has_single_angles())
    }

    /// Writes what agents tell; NaN of those that are [`Silent`], or that a disruption removed.
    ///
    /// # Errors
    ///
    /// [`SwarmError::SpeakerGone`] if one of them is no agent any more; as a step where agents cannot be read.
    ///
    /// # Panics
    ///
    /// Unless there is one number for each.
    pub fn told(&self, voice: Voice, speakers: &mut Speakers, numbers: &mut [f64]) -> Result<(), SwarmError> {
        assert_eq!(numbers.len(), speakers.len(), "one number for each who speaks");
        let (Some(index), Some(stage)) = (self.index.as_deref(), self.stage.as_deref()) else { return Ok(()) };
        if speakers.is_empty() {
            return Ok(());
        }
        speakers.find(index)?;
        let tables = self.agents.contiguous_iter().map_err(not_contiguous)?;
        let tables = tables.map(|(entities, phases, offsets, velocities, silent)| {
            let offsets = offsets.map(Offset::peel_slice);
            (entities, (Phase::peel_slice(phases), offsets, velocities.map(Velocity::peel_slice), silent))
        });
        let mut runs: Runs<'_, Columns<'_>> = Runs::new();
        index.runs(tables, stage.may_change_before_sample(), &mut runs)?;
        let (mut places, mut rest) = (&*speakers.places, &mut *numbers);
        while let Some(&first) = places.first() {
            let first = first as usize;
            let run = runs.partition_point(|run| run.start <= first).checked_sub(1).map(|run| &runs[run]);
            let run = run.filter(|run| run.places().contains(&first));
            // Speakers of one table lie together, mostly, as do those that are gone.
            let is_next = |&place: &u32| run.map_or(place == GONE, |run| run.places().contains(&(place as usize)));
            let count = places.iter().position(|place| !is_next(place)).unwrap_or(places.len());
            let (speakers, telling);
            (speakers, places) = places.split_at(count);
            (telling, rest) = rest.split_at_mut(count);
            match run {
                Some(run) => tell(voice, run, speakers, telling),
                None => telling.fill(f64::NAN),
            }
        }
        if self.is_single(voice) {
            round_angles(numbers);
        }
        Ok(())
    }

    /// What is heard of each ghost, to be written; NaN of those that are [`Silent`]. What is not written
    /// stays as it was.
    pub fn hear(&mut self, voice: Voice) -> &mut [f64] {
        let ghosts = self.index.as_mut().map(|index| &mut index.ghosts);
        ghosts.map_or(&mut [], |ghosts| match voice {
            Voice::Heard => &mut ghosts.heard,
            Voice::Phase => &mut ghosts.phases,
            Voice::Velocity => &mut ghosts.velocities,
        })
    }

    /// The sums of the phasors that the agents of this world published for a mean field: one of all agents, or, where
    /// communities hear means of their own, one of those in none, of the first community, and so on. None
    /// where nobody hears a mean.
    #[must_use]
    pub fn sums(&self) -> &[ExactSum] {
        self.index.as_ref().filter(|index| index.is_going()).map_or(&[], |index| &index.mean_sums)
    }

    /// Puts sums in place of those of this world: what agents are coupled to is their mean.
    ///
    /// # Panics
    ///
    /// Unless there are as many.
    pub fn replace_sums(&mut self, sums: &[ExactSum]) {
        let own = self.stage.as_ref().is_some_and(|stage| stage.settings.hearing.own_means);
        if let Some(index) = self.index.as_mut() {
            index.mean_sums.copy_from_slice(sums);
            index.take_means(own);
        }
    }

    /// Ends the present step with an error.
    pub fn fail(&mut self, error: SwarmError) {
        if let Some(index) = &mut self.index {
            index.fail(error);
        }
    }
}
