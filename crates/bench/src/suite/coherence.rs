//! What it costs to ask a swarm for its order parameter.

use std::{hint::black_box, time::Instant};

use bevy_ecs::{error::BevyError, prelude::*, system::SystemState};
use lampyrid::{
    prelude::*,
    swarm::{SwarmSchedule, SwarmSnapshot},
};

use super::{Case, Conditions, Measure, Value};
use crate::{duel::Duel, swarms::case};

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
        "the order parameter measured anew from the phases, one thread",
        vec![Measure::lower("ns_per_agent", "ns", None)],
        full,
    );
    let snapshots = [1, 2].map(|threads| {
        Case::new(
            format!("coherence/snapshot/{AGENTS}/{threads}"),
            "the order parameter of the snapshot that agents are coupled to; the last number is threads",
            vec![Measure::lower("ns_per_agent", "ns", Some(0.3))],
            move |conditions| snapshot(conditions, threads),
        )
    });
    [read, measured].into_iter().chain(snapshots).chain(READS_PER_STEP.map(watched)).collect()
}

/// How often hosts may ask in a step.
const READS_PER_STEP: [u64; 3] = [1, 10, 100];

/// Agents of the swarm that is asked after every step.
const WATCHED: usize = 10_000;

/// Steps with so many reads after each, measured anew every time, in steps with reads that a measurement answers for
/// the usual 0.1 s: what caching saves.
fn watched(reads: u64) -> Case {
    let measures = vec![Measure::lower("ns_per_agent", "ns", None), Measure::higher("saving", "ratio", None)];
    let sentence = "10,000 agents asked after every step: how much longer it takes if every read measures anew";
    Case::new(format!("coherence/reads/{reads}"), sentence, measures, move |conditions| {
        let [mut cached, mut anew] = [(); 2].map(|()| (case("network").build)(WATCHED));
        let step = |world: &mut World, forgets: bool| {
            advance(world, 1).expect("the cases are valid");
            for _ in 0..reads {
                if forgets {
                    world.resource_mut::<Coherence>().invalidate();
                }
                black_box(coherence(world).expect("the cases are valid"));
            }
        };
        let lazily = |steps| (0..steps).for_each(|_| step(&mut cached, false));
        let duel = Duel::new(conditions.rounds, lazily, |steps| (0..steps).for_each(|_| step(&mut anew, true)));
        let (low, high) = duel.range();
        Ok(vec![Value(duel.first * 1e9 / WATCHED as f64, None), Value(duel.median(), Some([low, high]))])
    })
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

/// Of the fastest step: where the phasors have just been written, and other threads are awake.
fn snapshot(conditions: &Conditions, threads: usize) -> Result<Vec<Value>, BevyError> {
    let mut world = (case("network").build)(AGENTS);
    world.insert_resource(Workers::with_threads(threads));
    world.insert_resource(Fastest(f64::INFINITY));
    let measure = |snapshot: SwarmSnapshot<'_>, mut fastest: ResMut<'_, Fastest>| {
        let start = Instant::now();
        black_box(snapshot.order_parameter());
        fastest.0 = fastest.0.min(start.elapsed().as_secs_f64());
    };
    world.get_resource_or_init::<Schedules>().add_systems(SwarmSchedule, measure.in_set(StepSystems::Couple));
    advance(&mut world, 10 * conditions.rounds as u64)?;
    Ok(vec![Value(world.resource::<Fastest>().0 * 1e9 / AGENTS as f64, None)])
}

/// The least time so far, in seconds.
#[derive(Resource)]
struct Fastest(f64);
