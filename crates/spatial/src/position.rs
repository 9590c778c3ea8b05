//! Where an agent is.

use bevy_ecs::component::Component;
use lampyrid_swarm::Neighbors;

#[cfg(feature = "reflect")]
use crate::reflect::*;

/// Where an agent is: x, y and z, in a unit of your choice, the same for all lengths of
/// [`Proximity`](crate::Proximity). Finite numbers.
///
/// A swarm in a plane has equal z everywhere, as [`Position::new_2d`] gives; that costs next to
/// nothing. Any system may write it. An agent that has it hears whoever is near: its [`Neighbors`], which
/// come with it, are kept up to date, and what others write into them does not last.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(summary_tick)]
#[require(Neighbors)]
pub struct Position(pub [f64; 3]);

impl Position {
    /// A place in space.
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self([x, y, z])
    }

    /// A place in the plane z = 0.
    #[must_use]
    pub const fn new_2d(x: f64, y: f64) -> Self {
        Self([x, y, 0.0])
    }
}
