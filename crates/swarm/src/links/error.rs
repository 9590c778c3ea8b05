//! Why two entities cannot be linked.

use bevy_ecs::entity::Entity;

/// A link that was not made or undone: what is wrong with it, and what to do. Nothing was changed.
///
/// Unlike a [`SwarmError`](crate::SwarmError) it does not stop the swarm. Commands hand it to the
/// world's error handler with severity [`Error`](bevy_ecs::error::Severity::Error), so that a world
/// without a handler of its own logs it; a handler finds it by
/// [`BevyError::downcast_ref`](bevy_ecs::error::BevyError::downcast_ref).
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Both ends are one entity.
    #[error("entity {entity} cannot be linked with itself; name two different agents")]
    ToItself {
        /// The entity.
        entity: Entity,
    },
    /// One end is no agent, or not in the world at all.
    #[error("entity {entity} is no agent (any more); give it a `Phase` before it is linked")]
    NotAnAgent {
        /// The entity.
        entity: Entity,
    },
    /// The weight is NaN or infinite.
    #[error("the weight of the link between {one} and {other} is {value}; it must be a finite number")]
    WeightNotFinite {
        /// One end.
        one: Entity,
        /// The other.
        other: Entity,
        /// The weight.
        value: f64,
    },
    /// An agent has not one weight per neighbour, so that nobody can tell which weight is whose.
    #[error("entity {entity} has {neighbors} neighbors but {weights} weights; mend its lists before it is linked")]
    WeightsMismatch {
        /// The agent.
        entity: Entity,
        /// Neighbours listed.
        neighbors: usize,
        /// Weights listed.
        weights: usize,
    },
}
