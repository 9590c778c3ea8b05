//! What inspectors, scenes and the remote protocol know of a swarm, through `bevy_reflect`.
//!
//! A public component or resource says so in one line above it, and has its name in
//! [`register_types`]; a test finds the one that was forgotten. What other crates of ours define
//! has a mirror here, since they know nothing of Bevy.

use std::any::TypeId;

use bevy_ecs::{component::Component, world::World};
use bevy_reflect::{FromReflect, TypePath, TypeRegistry, reflect_remote};
use lampyrid_kernel::{Integrator, Normalization};
use lampyrid_measure::OrderParameter;

use crate::*;

pub(crate) use bevy_ecs::reflect::{
    AppTypeRegistry, ReflectComponent, ReflectComponentFns, ReflectMapEntities, ReflectResource,
};
pub(crate) use bevy_reflect::{Reflect, std_traits::ReflectDefault};

/// [`Normalization`] as a field to look at and to set.
#[reflect_remote(Normalization)]
pub(crate) enum NormalizationMirror {
    Degree,
    Sum,
    Size,
}

/// [`Integrator`] as a field to look at and to set.
#[reflect_remote(Integrator)]
pub(crate) enum IntegratorMirror {
    Euler,
    Heun,
    Rk4,
}

/// [`OrderParameter`] as a field to look at.
#[reflect_remote(OrderParameter)]
pub(crate) struct OrderParameterMirror {
    pub(crate) r: f64,
    pub(crate) psi: f64,
}

macro_rules! register {
    ($registry:ident: $($type:ty)*) => {{ $($registry.register::<$type>();)* }};
}

/// Registers every public component and resource of the swarm, so that inspectors show them, scenes
/// hold them and the remote protocol reads and writes them.
///
/// [`install_swarm`] and the plugins do it where the world has a type registry, as that of every app
/// has; a bare world needs it only if it is given one later.
///
/// What belongs to a community is not among them: its type has the host's marker in it, so that there is no
/// end of such types. A host whose marker has a `TypePath` registers those it wants,
/// `app.register_type::<CommunityCoupling<Choir>>()`, and [`CommunityGoal`] likewise.
///
/// ```
/// use bevy_reflect::TypeRegistry;
///
/// let mut registry = TypeRegistry::new();
/// lampyrid_swarm::register_types(&mut registry);
/// assert!(registry.get_with_short_type_path("Coupling").is_some());
/// ```
pub fn register_types(registry: &mut TypeRegistry) {
    register!(registry:
        Phase Frequency Energy CouplingScale Drive AgentId
        Gain Effort Velocity Offset Silent EnergyFrozen Pacemaker
        Neighbors Weights Links Fires
        PhaseNudge FrequencyLock Pulse EnergyAware Desync Adaptive AdaptiveState
        Coupling TimeStep EnergyRule SwarmSeed SwarmClock Workers Coherence AgentIds
        SwarmGoal Supervisor Disruptions
        MemoryBudget MemoryUse SwarmMetrics AllocationProbe
    );
    refuse_changes_in_place::<AgentId>(registry);
    refuse_changes_in_place::<Links>(registry);
}

/// Nobody can change an immutable component in place. Bevy's own answer is a panic, which a remote
/// client could cause.
fn refuse_changes_in_place<C: Component + Reflect + FromReflect + TypePath>(registry: &mut TypeRegistry) {
    let functions = ReflectComponentFns { reflect_mut: |_| None, ..ReflectComponentFns::new::<C>() };
    if let Some(registration) = registry.get_mut(TypeId::of::<C>()) {
        registration.insert(ReflectComponent::new(functions));
    }
}

/// Does so for a world that has a registry.
pub(crate) fn register_in(world: &World) {
    if let Some(registry) = world.get_resource::<AppTypeRegistry>() {
        register_types(&mut registry.write());
    }
}

#[cfg(test)]
mod tests;
