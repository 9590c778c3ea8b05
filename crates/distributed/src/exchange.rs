//! The systems that let a rank's agents hear those of others.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use bevy_ecs::{prelude::*, schedule::Schedules};
use lampyrid_kernel::ExactSum;
use lampyrid_swarm::{Speakers, StepSystems, SwarmError, SwarmExchange, SwarmSchedule, Voice};

use crate::{halo::Halo, ranks::Ranks, transport::Partner};

/// Resource: what a rank has exchanged with others while it stepped.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages to other ranks.
    pub messages: u64,
    /// Bytes of what agents told, in those messages.
    pub bytes: u64,
    /// Times that sums were added up over all ranks.
    pub sums: u64,
    /// Time spent collecting what agents tell.
    pub packing: Duration,
    /// Time spent sending and waiting for what others tell.
    pub waiting: Duration,
    /// Time spent adding up sums and waiting for those of others.
    pub adding: Duration,
}

/// With whom a rank exchanges what, and room for it.
#[derive(Resource)]
pub(crate) struct Border {
    /// The ids that agents of this rank have, those who are gone among them.
    pub(crate) range: Range<u32>,
    partners: Vec<Partner>,
    speakers: Speakers,
    told: Vec<f64>,
    sums: Vec<ExactSum>,
}

impl Border {
    /// The border of a part whose nodes have these ids and became these agents.
    pub(crate) fn new(halo: &Halo, range: Range<u32>, agents: &[Entity]) -> Self {
        let speakers: Vec<Entity> = halo.told().iter().map(|&node| agents[node as usize]).collect();
        let told = vec![0.0; speakers.len()];
        Self { range, partners: halo.partners().to_vec(), speakers: speakers.into(), told, sums: Vec::new() }
    }
}

/// Adds the systems of the exchange to the schedule of a step.
pub(crate) fn install(world: &mut World) {
    world.init_resource::<Traffic>();
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
fn exchange(ranks: Res<Ranks>, mut border: ResMut<Border>, mut traffic: ResMut<Traffic>, mut swarm: SwarmExchange) {
    for voice in [Voice::Heard, Voice::Phase, Voice::Velocity] {
        if swarm.is_due(voice)
            && let Err(error) = border.exchange(voice, &ranks, &mut traffic, &mut swarm)
        {
            swarm.fail(error);
        }
    }
}

impl Border {
    fn exchange(
        &mut self,
        voice: Voice,
        ranks: &Ranks,
        traffic: &mut Traffic,
        swarm: &mut SwarmExchange,
    ) -> Result<(), SwarmError> {
        let begun = Instant::now();
        swarm.told(voice, &mut self.speakers, &mut self.told)?;
        let packed = Instant::now();
        ranks.transport().exchange(&self.partners, &self.told, swarm.hear(voice))?;
        traffic.packing += packed - begun;
        traffic.waiting += packed.elapsed();
        traffic.messages += self.partners.iter().filter(|partner| !partner.told.is_empty()).count() as u64;
        traffic.bytes += size_of_val(&*self.told) as u64;
        Ok(())
    }
}

/// Makes the mean that agents hear that of all ranks.
fn add_up_means(ranks: Res<Ranks>, mut border: ResMut<Border>, mut traffic: ResMut<Traffic>, mut swarm: SwarmExchange) {
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
    traffic.adding += begun.elapsed();
    traffic.sums += 1;
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
