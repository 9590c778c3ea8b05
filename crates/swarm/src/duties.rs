//! Which parts of a swarm a world has.

use bevy_ecs::prelude::*;

/// Which duties this world has; each is installed once.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct Duties {
    pub(crate) stepping: bool,
    /// A schedule of the host's takes the steps.
    pub(crate) hosting: bool,
    pub(crate) topology: bool,
    pub(crate) coupling: bool,
    pub(crate) integration: bool,
    pub(crate) energy: bool,
    pub(crate) coherence: bool,
    pub(crate) metrics: bool,
    pub(crate) strategies: bool,
}

/// Notes a duty; false if the world had it already.
pub(crate) fn is_new(world: &mut World, duty: impl Fn(&mut Duties) -> &mut bool) -> bool {
    let mut duties = world.get_resource_or_init::<Duties>();
    !std::mem::replace(duty(&mut duties), true)
}
