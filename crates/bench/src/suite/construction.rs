//! What building a swarm asks of the allocator.

use std::hint::black_box;

use bevy_app::App;
use bevy_ecs::error::BevyError;
use lampyrid::prelude::*;

use super::{Allocated, Case, Conditions, Measure, Value};
use crate::swarms::{SEED, Start};

/// Agents and undirected links of a random network; the bytes and allocations that a swarm of one
/// heap object per agent takes to be built with as many links, once its coherence has been measured:
/// 58,757 in 485 allocations for ten agents.
const SIZES: [(usize, usize, [f64; 2]); 4] = [
    (10, 45, [58_757.0, 485.0]),
    (100, 890, [343_413.0, 6_496.0]),
    (500, 9_500, [2_786_660.0, 56_575.0]),
    (1000, 9_900, [3_275_529.0, 69_531.0]),
];

pub(super) fn cases() -> Vec<Case> {
    let measures = |bars: [Option<f64>; 2]| {
        vec![Measure::lower("bytes", "bytes", bars[0]), Measure::lower("allocations", "allocations", bars[1])]
    };
    let fixed = Case::new(
        "construction/fixed".to_owned(),
        "an app with the plugins, before the first agent",
        measures([None; 2]),
        |conditions| {
            Ok(counted(conditions, || App::new().add_plugins(SwarmPlugins::default()).world_mut().entities().len()))
        },
    );
    let sizes = SIZES.into_iter().map(|(agents, links, [bytes, allocations])| {
        Case::new(
            format!("construction/{agents}"),
            "a random network, its agents spawned into an empty swarm, their coherence measured once",
            measures([Some(0.5 * bytes), Some(0.4 * allocations)]),
            move |conditions| construct(conditions, agents, links),
        )
    });
    std::iter::once(fixed).chain(sizes).collect()
}

fn construct(conditions: &Conditions, agents: usize, links: usize) -> Result<Vec<Value>, BevyError> {
    let start = Start::of(agents);
    let mut world = World::new();
    install_swarm(&mut world);
    let mut found = Ok(OrderParameter::default());
    let values = counted(conditions, || {
        let graph = Topology::RandomLinks { agents, links }.build(SEED).expect("the sizes are valid");
        let spawner = SwarmSpawner::new(&graph).phases(&start.phases).frequencies(&start.frequencies);
        found = spawner.spawn(&mut world).and_then(|_| coherence(&mut world));
    });
    found?;
    Ok(values)
}

fn counted<T>(conditions: &Conditions, work: impl FnOnce() -> T) -> Vec<Value> {
    let before = (conditions.allocated)();
    black_box(work());
    let after = (conditions.allocated)();
    let Allocated { bytes, allocations } =
        Allocated { bytes: after.bytes - before.bytes, allocations: after.allocations - before.allocations };
    vec![Value(bytes as f64, None), Value(allocations as f64, None)]
}
