//! Queries that worlds are looked at with from outside.

use bevy_ecs::{
    prelude::*,
    query::{QueryData, QueryFilter},
};

/// A query that a world keeps from call to call.
///
/// Not a cached system: the world notes each time one is taken out to run, and never forgets.
#[derive(Resource)]
pub(crate) struct KeptQuery<D: QueryData + 'static, F: QueryFilter + 'static>(Option<QueryState<D, F>>);

impl<D: QueryData + 'static, F: QueryFilter + 'static> Default for KeptQuery<D, F> {
    fn default() -> Self {
        Self(None)
    }
}

impl<D: QueryData + 'static, F: QueryFilter + 'static> KeptQuery<D, F> {
    /// Looks at a world with it.
    pub(crate) fn look<R>(world: &mut World, at: impl FnOnce(&mut World, &mut QueryState<D, F>) -> R) -> R {
        let kept = world.get_resource_or_init::<Self>().0.take();
        let mut query = kept.unwrap_or_else(|| world.query_filtered());
        let seen = at(world, &mut query);
        world.resource_mut::<Self>().0 = Some(query);
        seen
    }
}
