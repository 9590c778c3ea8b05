//! The coherence of what agents are about to hear.

use bevy_ecs::{prelude::*, system::SystemParam};
use lampyrid_kernel::{ExactSum, phasor::Stored};
use lampyrid_measure::OrderParameter;

use crate::{
    index::{Heard, SwarmIndex},
    workers::{Plan, Workers},
};

/// System parameter: the order parameter of the snapshot that agents are coupled to.
///
/// Every stage of a step publishes all agents' phases once
/// ([`StepSystems::Sample`](crate::StepSystems::Sample)), and they are coupled to what was published.
/// Its coherence costs less than [`SwarmCoherence`](crate::SwarmCoherence), since no sine is computed
/// again, and is what a law needs whose coupling depends on the present order, such as K R^(z−1)
/// (Filatrella, Pedersen & Wiesenfeld 2007): a system in
/// [`StepSystems::Couple`](crate::StepSystems::Couple) reads it in every stage.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::*;
///
/// // The more agents agree, the more they pull.
/// fn pull(snapshot: SwarmSnapshot, mut agents: Query<&mut Gain>) {
///     let order = snapshot.order_parameter().unwrap_or_default();
///     agents.iter_mut().for_each(|mut gain| gain.0 = order.r);
/// }
///
/// let mut world = World::new();
/// install_swarm(&mut world);
/// world.get_resource_or_init::<Schedules>().add_systems(SwarmSchedule, pull.in_set(StepSystems::Couple));
/// let agents = [0.0, 1.0].map(|phase| world.spawn((Phase(phase), Gain(1.0))).id());
/// advance(&mut world, 1)?;
/// assert!((world.get::<Gain>(agents[0]).unwrap().0 - 0.5_f64.cos()).abs() < 1e-12);
/// # Ok::<(), SwarmError>(())
/// ```
#[derive(SystemParam)]
pub struct SwarmSnapshot<'w> {
    index: Option<Res<'w, SwarmIndex>>,
    workers: Option<Res<'w, Workers>>,
}

impl SwarmSnapshot<'_> {
    /// R and ψ of what was published last: of phases with their [`Offset`](crate::Offset)s, without the
    /// voices of [`Silent`](crate::Silent) agents, which count as the origin; R = 0 for no agents.
    /// `None` where nothing is published of the present agents: before the first step, and after some
    /// came or went until the next is published.
    ///
    /// Between steps that is what the last stage of the last step began with. Measured anew at every
    /// call; in a mean field it is known already.
    #[must_use]
    pub fn order_parameter(&self) -> Option<OrderParameter> {
        let index = self.index.as_deref().filter(|index| index.is_published())?;
        let mean = match &index.heard {
            Heard::Double(phasors) if phasors.is_empty() => index.mean,
            Heard::Double(phasors) => self.sum(index, phasors).mean(),
            Heard::Single(phasors) => self.sum(index, phasors).mean(),
        };
        Some(OrderParameter::from_mean(mean))
    }

    fn sum<P: Stored>(&self, index: &SwarmIndex, phasors: &[P]) -> ExactSum {
        let plan = Plan::new(self.workers.as_deref(), index.agents());
        let pieces = index.tables().flat_map(|table| phasors[table].chunks(plan.share));
        let sum = |phasors: &[P]| {
            let mut sum = ExactSum::default();
            sum.add(phasors);
            sum
        };
        plan.reduce(pieces, sum, ExactSum::merge)
    }
}
