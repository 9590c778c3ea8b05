//! The swarm: who is where, who sees whom, and how they couple.

use bevy::prelude::*;
use lampyrid::{
    graph::positions,
    prelude::*,
    swarm::{DisruptionPlugin, Pattern},
};

use crate::action::pursue;

pub(crate) const FIREFLIES: usize = 10_000;
/// How many others a firefly sees on average, away from the borders.
pub(crate) const NEIGHBORS: f64 = 60.0;
const SEED: u64 = 5;

/// Where a firefly sits, in the unit square.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place(pub(crate) [f64; 2]);

/// The places of all fireflies, in the order of their ids.
pub(crate) fn places() -> impl Iterator<Item = Place> {
    positions(FIREFLIES, SEED).map(Place)
}

/// `SwarmPlugins` sits in `FixedUpdate`, whose step of 1/64 s is the swarm's own by default.
pub(crate) fn plugin(app: &mut App) {
    app.add_plugins((SwarmPlugins::default(), DisruptionPlugin::default()));
    // With a lag of some 45° those ahead pull harder than those behind: waves, and spirals where they break.
    app.insert_resource(Coupling { strength: 6.0, phase_lag: 0.8, ..default() });
    app.add_systems(Startup, plant);
}

fn plant(world: &mut World) -> Result {
    let radius = (NEIGHBORS / (std::f64::consts::PI * FIREFLIES as f64)).sqrt();
    let sight = Topology::Geometric { agents: FIREFLIES, radius, periodic: false }.build(SEED)?;
    // Coupling with a lag slows all of them by K sin α, from 9 rad/s to a flash every 1.3 s.
    let law = FrequencyDistribution::Normal { mean: 9.0, std: 0.1 };
    let ids = 0..FIREFLIES as u64;
    let phases: Vec<f64> = ids.clone().map(|id| PhaseDistribution::Uniform.draw(SEED, id)).collect();
    let frequencies: Vec<f64> = ids.map(|id| law.draw(SEED, id)).collect();
    let fireflies = SwarmSpawner::new(&sight).phases(&phases).frequencies(&frequencies).spawn(world)?;
    let places: Vec<_> = fireflies.into_iter().zip(places()).collect();
    world.insert_batch(places);
    pursue(world, Pattern::InPhase)?;
    Ok(())
}
