//! The systems that let a rank's agents hear those of others.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid_graph::Members;
use lampyrid_kernel::ExactSum;
use lampyrid_swarm::{Speakers, StepSystems, SwarmError, SwarmExchange, SwarmMotion, SwarmSchedule, Voice};

use crate::{
    halo::Halo,
    partition::Partition,
    ranks::{Council, Ranks},
    transport::{Numbers, Partner, nothing},
};

/// What a rank has exchanged with others while it stepped; [`traffic`] tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages to other ranks.
    pub messages: u64,
    /// Bytes of what agents told, in those messages.
    pub bytes: u64,
    /// Times that sums were added up over all ranks, for means and for what goals and disruptions ask.
    pub sums: u64,
    /// Time spent collecting what agents tell.
    pub packing: Duration,
    /// Time spent sending and waiting for what others tell, when there was nothing else to do.
    pub waiting: Duration,
    /// Time in which agents moved while that was under way: those who hear nobody of elsewhere.
    pub meanwhile: Duration,
    /// Time spent adding up sums and otherwise deciding together, and waiting for others to do so.
    pub adding: Duration,
}

impl Traffic {
    /// What came since an earlier look.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            messages: self.messages - earlier.messages,
            bytes: self.bytes - earlier.bytes,
            sums: self.sums - earlier.sums,
            packing: self.packing - earlier.packing,
            waiting: self.waiting - earlier.waiting,
            meanwhile: self.meanwhile - earlier.meanwhile,
            adding: self.adding - earlier.adding,
        }
    }

    /// All of its time in which no agent moved.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.packing + self.waiting + self.adding
    }
}

/// What this rank has exchanged with others up to now; nothing in a world that is none of several.
#[must_use]
pub fn traffic(world: &World) -> Traffic {
    let Some(border) = world.get_resource::<Border>() else { return Traffic::default() };
    let asked = border.council.asked();
    Traffic { sums: border.traffic.sums + asked.sums, adding: border.traffic.adding + asked.time, ..border.traffic }
}

/// The ranks that this one tells or hears something, ascending; nobody in a world that is none of several.
#[must_use]
pub fn partners(world: &World) -> &[Partner] {
    world.get_resource::<Border>().map_or(&[], |border| &border.partners)
}

/// With whom a rank exchanges what, and room for it.
#[derive(Resource)]
pub(crate) struct Border {
    pub(crate) partition: Partition,
    /// The ids that agents of this rank have, those who are gone among them.
    pub(crate) own: Members,
    partners: Vec<Partner>,
    speakers: Speakers,
    told: Vec<f64>,
    /// Whether 32 bits hold each of them: the same, and what is heard, in single precision.
    is_single: bool,
    singles: [Vec<f32>; 2],
    sums: Vec<ExactSum>,
    traffic: Traffic,
    council: Arc<Council>,
}

impl Border {
    /// The border of a part whose nodes have these ids and became these agents.
    pub(crate) fn new(
        halo: &Halo,
        partition: Partition,
        own: Members,
        agents: &[Entity],
        council: Arc<Council>,
    ) -> Self {
        let speakers: Vec<Entity> = halo.told().iter().map(|&node| agents[node as usize]).collect();
        let told = vec![0.0; speakers.len()];
        Self {
            partition,
            own,
            partners: halo.partners().to_vec(),
            speakers: speakers.into(),
            told,
            is_single: false,
            singles: Default::default(),
            sums: Vec::new(),
            traffic: Traffic::default(),
            council,
        }
    }
}

/// Adds the systems of the exchange to the schedule of a step.
pub(crate) fn install(world: &mut World) {
    let mut schedules = world.get_resource_or_init::<Schedules>();
    schedules.add_systems(
        SwarmSchedule,
        (
            exchange.in_set(StepSystems::Exchange),
            add_up_means.after(StepSystems::Sample).before(StepSystems::Couple).before(StepSystems::Integrate),
            exchange_in_motion.after(StepSystems::Couple).before(StepSystems::Integrate),
        ),
    );
}

/// Tells partners what they hear of agents here, and lets the ghosts here tell what partners told. What nobody needs
/// before agents move is only packed.
fn exchange(ranks: Res<Ranks>, mut border: ResMut<Border>, mut swarm: SwarmExchange) {
    for voice in [Voice::Heard, Voice::Phase, Voice::Velocity] {
        if !swarm.is_due(voice) {
            continue;
        }
        let packed = border.pack(voice, &swarm);
        let exchanged = match swarm.put_off(voice) {
            true => packed,
            false => packed.and_then(|()| border.exchange(&ranks, swarm.hear(voice), &mut nothing)),
        };
        if let Err(error) = exchanged {
            swarm.fail(error);
        }
    }
}

/// Exchanges what was packed while those agents move who hear nobody of another rank.
fn exchange_in_motion(ranks: Res<Ranks>, mut border: ResMut<Border>, mut motion: SwarmMotion) {
    motion.hear(|heard, meanwhile| border.exchange(&ranks, heard, meanwhile));
}

impl Border {
    /// Collects what partners are to be told.
    fn pack(&mut self, voice: Voice, swarm: &SwarmExchange) -> Result<(), SwarmError> {
        let begun = Instant::now();
        swarm.told(voice, &mut self.speakers, &mut self.told)?;
        self.is_single = swarm.is_single(voice);
        if self.is_single {
            let [told, _] = &mut self.singles;
            told.clear();
            told.extend(self.told.iter().map(|&number| number as f32));
        }
        self.traffic.packing += begun.elapsed();
        Ok(())
    }

    /// Tells it to them, hears what they tell, and lets agents move meanwhile.
    fn exchange(
        &mut self,
        ranks: &Ranks,
        heard: &mut [f64],
        meanwhile: &mut dyn FnMut() -> bool,
    ) -> Result<(), SwarmError> {
        let Self { partners, told, is_single, singles: [told_singles, heard_singles], traffic, .. } = self;
        let (begun, mut moving) = (Instant::now(), Duration::ZERO);
        let mut meanwhile = || {
            let begun = Instant::now();
            let goes_on = meanwhile();
            moving += begun.elapsed();
            goes_on
        };
        let (numbers, bytes) = if *is_single {
            heard_singles.resize(heard.len(), f32::NAN);
            (Numbers::Singles { told: told_singles, heard: &mut *heard_singles }, size_of_val(&**told_singles))
        } else {
            (Numbers::Doubles { told, heard: &mut *heard }, size_of_val(&**told))
        };
        ranks.transport().exchange(partners, numbers, &mut meanwhile)?;
        if *is_single {
            heard.iter_mut().zip(&*heard_singles).for_each(|(number, &single)| *number = single.into());
        }
        traffic.waiting += begun.elapsed().saturating_sub(moving);
        traffic.meanwhile += moving;
        traffic.messages += partners.iter().filter(|partner| !partner.told.is_empty()).count() as u64;
        traffic.bytes += bytes as u64;
        Ok(())
    }
}

/// Makes the mean that agents hear that of all ranks.
fn add_up_means(ranks: Res<Ranks>, mut border: ResMut<Border>, mut swarm: SwarmExchange) {
    if swarm.sums().is_empty() {
        return;
    }
    let begun = Instant::now();
    border.sums.clear();
    border.sums.extend_from_slice(swarm.sums());
    match add_up(&ranks, &mut border.sums) {
        Ok(()) => swarm.replace_sums(&border.sums),
        Err(error) => swarm.fail(error.into()),
    }
    border.traffic.adding += begun.elapsed();
    border.traffic.sums += 1;
}

/// Replaces sums by those over all ranks.
fn add_up(ranks: &Ranks, sums: &mut [ExactSum]) -> Result<(), crate::TransportError> {
    let mut parts: Vec<i128> = sums.iter().flat_map(ExactSum::to_parts).collect();
    ranks.add_up(&mut parts)?;
    for (sum, parts) in sums.iter_mut().zip(parts.as_chunks().0) {
        *sum = ExactSum::from_parts(*parts);
    }
    Ok(())
}
