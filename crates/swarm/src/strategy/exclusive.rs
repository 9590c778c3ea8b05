//! One strategy at a time.

use bevy_ecs::{component::Component, entity::Entity, lifecycle::HookContext, world::DeferredWorld};

use super::{Adaptive, Desync, EnergyAware, FrequencyLock, PhaseNudge, Pulse};
use crate::{
    agent::Drive,
    answer::{Effort, Gain},
};

/// A strategy takes an agent over: what it starts with.
pub(super) trait Strategy: Component {
    /// Of its sine coupling.
    fn gain(&self) -> f64;

    /// What a radian costs, as a multiple of the swarm's price.
    const EFFORT: f64;
}

/// The strategy was inserted: those before it end.
pub(super) fn begin<S: Strategy>(mut world: DeferredWorld<'_>, context: HookContext) {
    let agent = context.entity;
    let Some(gain) = world.get::<S>(agent).map(Strategy::gain) else {
        return;
    };
    answer(&mut world, agent, gain, S::EFFORT);
    end_others::<S, PhaseNudge>(&mut world, agent);
    end_others::<S, FrequencyLock>(&mut world, agent);
    end_others::<S, Pulse>(&mut world, agent);
    end_others::<S, EnergyAware>(&mut world, agent);
    end_others::<S, Desync>(&mut world, agent);
    end_others::<S, Adaptive>(&mut world, agent);
}

fn end_others<S: Component, O: Component>(world: &mut DeferredWorld<'_>, agent: Entity) {
    if std::any::TypeId::of::<S>() != std::any::TypeId::of::<O>() && world.get::<O>(agent).is_some() {
        world.commands().entity(agent).remove::<O>();
    }
}

/// The strategy was removed. Unless another follows, the agent answers as the swarm does.
pub(super) fn end<S: Strategy>(mut world: DeferredWorld<'_>, context: HookContext) {
    let agent = context.entity;
    let strategies = usize::from(world.get::<PhaseNudge>(agent).is_some())
        + usize::from(world.get::<FrequencyLock>(agent).is_some())
        + usize::from(world.get::<Pulse>(agent).is_some())
        + usize::from(world.get::<EnergyAware>(agent).is_some())
        + usize::from(world.get::<Desync>(agent).is_some())
        + usize::from(world.get::<Adaptive>(agent).is_some());
    if strategies == 1 {
        answer(&mut world, agent, 1.0, 1.0);
    }
}

fn answer(world: &mut DeferredWorld<'_>, agent: Entity, gain: f64, effort: f64) {
    if let Some(mut present) = world.get_mut::<Gain>(agent) {
        present.0 = gain;
    }
    if let Some(mut present) = world.get_mut::<Effort>(agent) {
        present.0 = effort;
    }
    if let Some(mut drive) = world.get_mut::<Drive>(agent) {
        drive.0 = 0.0;
    }
}
