//! Time passes.

use bevy_ecs::{prelude::*, system::If};

use crate::{clock::SwarmClock, index::SwarmIndex, stage::Stage};

/// Counts the step. A clock that was taken away meanwhile is missed by the next one.
pub(crate) fn tick(clock: Option<ResMut<SwarmClock>>, stage: If<Res<Stage>>, mut index: If<ResMut<SwarmIndex>>) {
    if let Some(mut clock) = clock.filter(|_| index.goes_on()) {
        clock.advance(stage.settings.time_step.seconds);
    }
}
