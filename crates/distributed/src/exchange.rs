//! The systems that let a rank's agents hear those of others.

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid_kernel::ExactSum;
use lampyrid_swarm::{Speakers, StepSystems, SwarmError, SwarmExchange, SwarmSchedule, Voice};

use crate::{
    halo::Halo,
    ranks::{Council, Ranks},
    transport::Partner,
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
    /// Time spent sending and waiting for what others tell.
    pub waiting: Duration,
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
            adding: self.adding - earlier.adding,
        }
    }

    /// All of its time.
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

/// With whom a rank exchanges what, and room for it.
#[derive(Resource)]
pub(crate) struct Border {
    /// The ids that agents of this rank have, those who are gone among them.
    pub(crate) range: Range<u32>,
    partners: Vec<Partner>,
    speakers: Speakers,
    told: Vec<f64>,
    /// The same, and what is heard, where single precision is all that is told.
    singles: [Vec<f32>; 2],
    sums: Vec<ExactSum>,
    traffic: Traffic,
    council: Arc<Council>,
}

impl Border {
    /// The border of a part whose nodes have these ids and became these agents.
    pub(crate) fn new(halo: &Halo, range: Range<u32>, agents: &[Entity], council: Arc<Council>) -> Self {
        let speakers: Vec<Entity> = halo.told().iter().map(|&node| agents[node as usize]).collect();
        let told = vec![0.0; speakers.len()];
        Self {
            range,
            partners: halo.partners().to_vec(),
            speakers: speakers.into(),
            told,
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
        ),
    );
}

/// Tells partners what they hear of agents here, and lets the ghosts here tell what partners told.
fn exchange(ranks: Res<Ranks>, mut border: ResMut<Border>, mut swarm: SwarmExchange) {
    for voice in [Voice::Heard, Voice::Phase, Voice::Velocity] {
        if swarm.is_due(voice)
            && let Err(error) = border.exchange(voice, &ranks, &mut swarm)
        {
            swarm.fail(error);
        }
    }
}

impl Border {
    fn exchange(&mut self, voice: Voice, ranks: &Ranks, swarm: &mut SwarmExchange) -> Result<(), SwarmError> {
        let Self { partners, speakers, told, singles: [told_singles, heard_singles], traffic, .. } = self;
        let begun = Instant::now();
        swarm.told(voice, speakers, told)?;
        if swarm.is_single(voice) {
            told_singles.clear();
            told_singles.extend(told.iter().map(|&number| number as f32));
            let heard = swarm.hear(voice);
            heard_singles.resize(heard.len(), f32::NAN);
            let packed = Instant::now();
            ranks.transport().exchange_singles(partners, told_singles, heard_singles)?;
            let exchanged = Instant::now();
            heard.iter_mut().zip(&*heard_singles).for_each(|(number, &single)| *number = single.into());
            traffic.packing += (packed - begun) + exchanged.elapsed();
            traffic.waiting += exchanged - packed;
            traffic.bytes += size_of_val(&**told_singles) as u64;
        } else {
            let packed = Instant::now();
            ranks.transport().exchange(partners, told, swarm.hear(voice))?;
            traffic.packing += packed - begun;
            traffic.waiting += packed.elapsed();
            traffic.bytes += size_of_val(&**told) as u64;
        }
        traffic.messages += partners.iter().filter(|partner| !partner.told.is_empty()).count() as u64;
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
