//! Notices what changed.

use bevy_ecs::{change_detection::ContiguousRef, entity::Entity, prelude::*};

use super::{SwarmIndex, TableShape};
use crate::{
    agent::{AgentId, Phase},
    links::{Neighbors, Weights},
};

/// The structure of the swarm, table by table.
pub(crate) type Structure = (Entity, &'static AgentId, Option<Ref<'static, Neighbors>>, Option<Ref<'static, Weights>>);

/// The columns of one table.
pub(super) type Table<'w> =
    (&'w [Entity], &'w [AgentId], Option<ContiguousRef<'w, Neighbors>>, Option<ContiguousRef<'w, Weights>>);

/// Compares the index with the world and rebuilds it if an agent came, went or changed its row, or
/// if any list of neighbours or weights was touched.
///
/// Comparing every table's entities costs about half a nanosecond per agent. Lifecycle hooks would
/// cost nothing per step but miss moves between archetypes, which reorder rows.
pub(crate) fn follow(agents: Query<Structure, With<Phase>>, mut index: ResMut<SwarmIndex>) {
    // A build that failed left nothing to compare with: it is tried again at every step.
    if !index.is_current(&agents) {
        index.rebuild(&agents);
    }
}

impl SwarmIndex {
    fn is_current(&self, agents: &Query<Structure, With<Phase>>) -> bool {
        let tables = || agents.contiguous_iter().expect("all components of an agent are table components");
        self.is_built()
            && self.has_order(tables().map(|(entities, ..)| entities))
            && self.shapes().eq(tables().map(|table| TableShape::of(&table)))
            && tables().all(|(_, _, neighbors, weights)| {
                neighbors.is_none_or(is_untouched) && weights.is_none_or(is_untouched)
            })
    }
}

impl TableShape {
    pub(super) fn of((entities, _, neighbors, weights): &Table<'_>) -> Self {
        Self { agents: entities.len(), has_neighbors: neighbors.is_some(), has_weights: weights.is_some() }
    }
}

/// Whether no row of this column was written since this system last ran.
fn is_untouched<T>(column: ContiguousRef<'_, T>) -> bool {
    ContiguousRef::split(column).1.summary_tick_is_changed() == Some(false)
}
