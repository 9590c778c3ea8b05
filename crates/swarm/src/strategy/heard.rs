//! What agents publish besides their phasors, by place in the index.

use bevy_ecs::prelude::*;

use super::{Adaptive, FrequencyLock, Pulse};
use crate::{
    agent::{Frequency, IsAgent, Phase},
    answer::{Silent, Velocity},
    error::SwarmError,
    index::{Runs, SwarmIndex, not_contiguous},
};

/// Agents that listen to velocities.
type Listening = Or<(With<FrequencyLock>, With<Pulse>, With<Adaptive>)>;

/// Gives all agents a [`Velocity`] as soon as one of them listens to velocities. Before its first
/// step an agent turns at its natural frequency.
pub(super) fn lend_velocities(
    listeners: Query<(), Listening>,
    without: Query<(Entity, &Frequency), (IsAgent, Without<Velocity>)>,
    mut commands: Commands,
) {
    if without.is_empty() || listeners.is_empty() {
        return;
    }
    let velocities: Vec<_> = without.iter().map(|(agent, frequency)| (agent, Velocity(frequency.0))).collect();
    commands.insert_batch(velocities);
}

/// One number per agent, by place.
pub(super) type Published = Vec<f64>;

/// What agents publish of themselves.
pub(super) type Publishing = (Entity, &'static Phase, Option<&'static Velocity>, Has<Silent>);

/// Lists what `value` makes of each agent's phase and velocity; NaN of those that nobody hears.
pub(super) fn publish(
    agents: &Query<Publishing, IsAgent>,
    index: &SwarmIndex,
    published: &mut Published,
    value: impl Fn(f64, f64) -> f64,
) -> Result<(), SwarmError> {
    let tables = agents.contiguous_iter().map_err(not_contiguous)?;
    let mut runs = Runs::new();
    index.runs(
        tables.map(|(entities, phases, velocities, silent)| (entities, (phases, velocities, silent))),
        false,
        &mut runs,
    )?;
    published.clear();
    for run in &runs {
        published.resize(run.start, f64::NAN);
        let (phases, velocities, silent) = &run.columns;
        let velocity = |row: usize| velocities.map_or(0.0, |all: &[Velocity]| all[row].0);
        published.extend(phases.iter().enumerate().map(
            |(row, phase)| {
                if *silent { f64::NAN } else { value(phase.0, velocity(row)) }
            },
        ));
    }
    let ghosts = index.ghosts.phases.iter().zip(&index.ghosts.velocities);
    if ghosts.len() > 0 {
        published.resize(index.ghost_places().start, f64::NAN);
        published
            .extend(ghosts.map(|(&phase, &velocity)| if phase.is_nan() { f64::NAN } else { value(phase, velocity) }));
    }
    Ok(())
}

/// What the neighbours of the agent at a place publish, as far as they are heard; nothing for one
/// that is off the air itself.
pub(super) fn of_neighbors<'a>(
    index: &'a SwarmIndex,
    published: &'a Published,
    place: usize,
) -> impl Iterator<Item = f64> + Clone + 'a {
    let row = if published[place].is_nan() { &[] } else { index.rows().neighbors(place) };
    row.iter().map(|&neighbor| published[neighbor as usize]).filter(|value| !value.is_nan())
}

/// The place of the first agent of a table, all of whose agents have consecutive places.
pub(super) fn first_place(index: &SwarmIndex, entities: &[Entity]) -> Result<usize, SwarmError> {
    let changed = || SwarmError::ChangedMidStep { before: index.agents(), after: index.agents() };
    let first = entities.first().and_then(|&agent| index.place(agent)).ok_or_else(changed)?;
    let last = entities.last().and_then(|&agent| index.place(agent)).ok_or_else(changed)?;
    if last == first + entities.len() - 1 { Ok(first) } else { Err(changed()) }
}
