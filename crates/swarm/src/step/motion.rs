//! Moves agents while what some of them hear is still under way.

use std::mem;

use bevy_ecs::{prelude::*, system::SystemParam};

use super::{
    energy::check_energies,
    fetched::{Fetched, Movable, fetch},
    integrate::{Ahead, Whom, make_ready, run_stage},
    sample::publish_ghosts,
};
use crate::{
    agent::IsAgent,
    community::Membership,
    error::SwarmError,
    index::{Runs, SwarmIndex},
    stage::Stage,
    workers::{Plan, Workers},
};

/// System parameter: moves the agents of a part of a swarm, those first who hear nobody of elsewhere, while what the
/// others hear is still under way.
///
/// For the system that brings what a [`SwarmExchange`](crate::SwarmExchange) has [put
/// off](crate::SwarmExchange::put_off). It runs after [`StepSystems::Couple`](crate::StepSystems::Couple) and before
/// [`StepSystems::Integrate`](crate::StepSystems::Integrate), in which nobody is left to be moved then.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_graph::Part;
/// use lampyrid_swarm::*;
///
/// // Half of a ring, whose other half stands still at 2 rad.
/// let ring = lampyrid_graph::Topology::Ring { agents: 4000, neighbors: 2 }.build(1)?;
/// let part = Part::of(&ring, 0..2000);
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.resource_mut::<Workers>().block = 64;
/// SwarmSpawner::new(part.adjacency()).part_of(4000, 0..2000, part.outside()).spawn(&mut world)?;
/// let put_off = |mut exchange: SwarmExchange| _ = exchange.put_off(Voice::Heard);
/// let bring = |mut motion: SwarmMotion| {
///     motion.hear(|heard, meanwhile| {
///         while meanwhile() {} // here the message would be looked for
///         heard.fill(2.0);
///         Ok(())
///     });
/// };
/// world.get_resource_or_init::<Schedules>().add_systems(
///     SwarmSchedule,
///     (
///         put_off.in_set(StepSystems::Exchange),
///         bring.after(StepSystems::Couple).before(StepSystems::Integrate),
///     ),
/// );
/// advance(&mut world, 10)?;
/// let states = agent_states(&mut world);
/// assert!(states[0].phase > 0.0 && states[1999].phase > 0.0 && states[1000].phase == 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(SystemParam)]
pub struct SwarmMotion<'w, 's> {
    agents: Query<'w, 's, Movable, IsAgent>,
    stage: Option<Res<'w, Stage>>,
    workers: Option<Res<'w, Workers>>,
    membership: Membership<'w>,
    index: Option<ResMut<'w, SwarmIndex>>,
}

impl SwarmMotion<'_, '_> {
    /// How many [blocks](Workers::block) of agents who hear no ghost it takes at least for them to move first: to go
    /// through the agents twice is not worth it for fewer.
    pub const LEAST_BLOCKS: usize = 16;

    /// Moves all agents by the present stage, if what ghosts tell was put off in it; else it does nothing.
    ///
    /// `bring` is given what is heard of each ghost, to be written as in [`SwarmExchange::hear`](crate::SwarmExchange::hear),
    /// and what can be done meanwhile: each call moves some of those agents who hear no ghost, and tells whether there are
    /// more. The others move when it has returned, and so do those of the first kind that are left.
    ///
    /// An error of `bring` ends the step. Agents that have moved in the first stage of a step are not taken back: the error
    /// stands then, and this world takes no further step.
    pub fn hear(&mut self, bring: impl FnOnce(&mut [f64], &mut dyn FnMut() -> bool) -> Result<(), SwarmError>) {
        let (Some(stage), Some(index)) = (self.stage.as_deref(), self.index.as_deref_mut()) else { return };
        if !index.is_going() || !mem::take(&mut index.ghosts.are_late) {
            return;
        }
        let fetched =
            check_energies(&self.agents, stage).and_then(|()| fetch(&mut self.agents, stage, &self.membership, index));
        let moved = fetched.and_then(|runs| {
            let (workers, membership) = (self.workers.as_deref(), &self.membership);
            Motion { runs, stage, workers, membership, index, next: 0, moved: 0 }.hear(bring)
        });
        if let Err(error) = moved {
            index.fail(error);
        }
    }
}

/// Agents on their way.
struct Motion<'m, 'w> {
    runs: Runs<'w, Fetched<'w>>,
    stage: &'m Stage,
    workers: Option<&'m Workers>,
    membership: &'m Membership<'w>,
    index: &'m mut SwarmIndex,
    /// Runs of the interior that have moved, and their agents.
    next: usize,
    moved: usize,
}

impl Motion<'_, '_> {
    fn hear(
        mut self,
        bring: impl FnOnce(&mut [f64], &mut dyn FnMut() -> bool) -> Result<(), SwarmError>,
    ) -> Result<(), SwarmError> {
        let whole = Plan::new(self.workers, self.index.agents());
        self.index.follow_interior(whole.block);
        make_ready(self.stage, &whole, self.index);
        let mut heard = mem::take(&mut self.index.ghosts.heard);
        let brought = bring(&mut heard, &mut || self.go_on(&whole));
        self.index.ghosts.heard = heard;
        if let (Err(error), true, true) = (brought, self.stage.is_first(), self.moved > 0) {
            self.index.ghosts.torn = Some(error);
        }
        brought?;
        publish_ghosts(self.index);
        let others = Plan::new(self.workers, self.index.agents() - self.moved);
        self.go(Whom { interior: 0..self.next, are_inside: false }, &others);
        self.index.has_moved = true;
        Ok(())
    }

    /// Moves the next part of the interior; whether there are more.
    fn go_on(&mut self, whole: &Plan<'_>) -> bool {
        let (interior, agents) = self.index.interior.portion(self.next, whole.block, whole.threads());
        if agents > 0 {
            self.next = interior.end;
            self.moved += agents;
            self.go(Whom { interior, are_inside: true }, &Plan::new(self.workers, agents));
        }
        self.next < self.index.interior.len()
    }

    fn go(&mut self, whom: Whom, plan: &Plan<'_>) {
        let communities = &*self.membership.communities;
        run_stage(&mut self.runs, whom, self.stage, plan, communities, self.index, Ahead::Nothing);
    }
}
