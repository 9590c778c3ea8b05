//! What an agent perceives of its neighbours.

use bevy_ecs::{prelude::*, system::SystemParam};
use lampyrid_measure::LocalField;

use crate::{
    agent::{IsAgent, Phase},
    links::Neighbors,
};

/// What one agent perceives, by value: computed when asked for, from the phases as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Context {
    /// Neighbours that it hears: listed ones that are agents, itself excluded.
    pub neighbors: usize,
    /// |Σ e^{iθ_j}| / |N(i)| in [0, 1]; 0 without neighbours.
    pub local_coherence: f64,
    /// The neighbours' mean phase in [0, 2π) \[rad\]; 0 without neighbours.
    pub mean_phase: f64,
}

/// System parameter: the [`Context`] of any agent.
///
/// ```
/// use bevy_ecs::prelude::*;
/// use lampyrid_swarm::{Phase, SwarmContext};
///
/// #[derive(Component)]
/// struct Lamp(bool);
///
/// fn glow(context: SwarmContext, mut lamps: Query<(Entity, &mut Lamp), With<Phase>>) {
///     for (agent, mut lamp) in &mut lamps {
///         lamp.0 = context.of(agent).is_some_and(|c| c.local_coherence > 0.9);
///     }
/// }
/// ```
#[derive(SystemParam)]
pub struct SwarmContext<'w, 's> {
    agents: Query<'w, 's, (&'static Phase, Option<&'static Neighbors>), IsAgent>,
}

impl SwarmContext<'_, '_> {
    /// What `agent` perceives; `None` if it is no agent.
    #[must_use]
    pub fn of(&self, agent: Entity) -> Option<Context> {
        let (_, neighbors) = self.agents.get(agent).ok()?;
        let mut field = LocalField::default();
        let heard = neighbors.into_iter().flatten().filter(|&other| other != agent);
        field.extend(heard.filter_map(|other| self.agents.get(other).ok().map(|(phase, _)| phase.0)));
        let order = field.order_parameter();
        Some(Context { neighbors: field.neighbors(), local_coherence: order.r, mean_phase: order.psi })
    }
}
