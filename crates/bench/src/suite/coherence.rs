//! What it costs to ask a swarm for its order parameter.

use std::{hint::black_box, time::Instant};

use bevy_ecs::{error::BevyError, system::SystemState};
use lampyrid::prelude::*;

use super::{Case, Conditions, Measure, Value};
use crate::swarms::case;

/// Agents of the swarm that is measured in full.
const AGENTS: usize = 100_000;

/// Reads in a row, so that the clock's own price does not show.
const READS: u32 = 100_000;

pub(super) fn cases() -> Vec<Case> {
    let read = Case::new(
        "coherence/read".to_owned(),
        "a read within the time to live of the last measurement",
        vec![Measure::lower("ns", "ns", Some(5.0))],
        cached,
    );
    let measured = Case::new(
        format!("coherence/{AGENTS}"),
        "the order parameter measured anew, one thread",
        vec![Measure::lower("ns_per_agent", "ns", Some(0.3))],
        full,
    );
    vec![read, measured]
}

fn cached(conditions: &Conditions) -> Result<Vec<Value>, BevyError> {
    let mut world = (case("network").build)(1000);
    coherence(&mut world)?;
    let mut state = SystemState::<SwarmCoherence>::new(&mut world);
    let mut fastest = f64::INFINITY;
    for _ in 0..conditions.rounds {
        let mut coherence = state.get_mut(&mut world).map_err(|_| SwarmError::NotInstalled)?;
        let start = Instant::now();
        for _ in 0..READS {
            black_box(coherence.read()?);
        }
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    Ok(vec![Value(fastest * 1e9 / f64::from(READS), None)])
}

fn full(conditions: &Conditions) -> Result<Vec<Value>, BevyError> {
    let mut world = (case("network").build)(AGENTS);
    advance(&mut world, 1)?;
    let mut fastest = f64::INFINITY;
    for _ in 0..conditions.rounds {
        world.insert_resource(Coherence::default());
        let start = Instant::now();
        black_box(coherence(&mut world)?);
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    Ok(vec![Value(fastest * 1e9 / AGENTS as f64, None)])
}
