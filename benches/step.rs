//! One step of every kind of swarm, each by itself.
//!
//! ```text
//! cargo bench --bench step                        # everything, some two minutes
//! cargo bench --bench step -- --quick             # a shorter look, less than a minute
//! cargo bench --bench step -- network/100000      # what the name contains
//! ```
//!
//! Time per element is time per agent and step. How the step compares with plain arrays is for
//! `floor` to say.

#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use lampyrid::prelude::advance;
use lampyrid_bench::swarms::{CASES, Case};

/// Largest swarm where a benchmark is only tried out, by `cargo test --benches`.
const LARGEST_TRIAL: usize = 1000;

fn main() {
    let is_trial = !std::env::args().any(|argument| argument == "--bench");
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for case in &CASES {
        let sizes = case.sizes.iter().filter(|&&agents| !is_trial || agents <= LARGEST_TRIAL);
        sizes.for_each(|&agents| register(&mut criterion, case, agents));
    }
    criterion.final_summary();
}

fn register(criterion: &mut Criterion, case: &Case, agents: usize) {
    let mut group = criterion.benchmark_group(case.name);
    group.throughput(Throughput::Elements(agents as u64));
    group.bench_function(BenchmarkId::from_parameter(agents), |bencher| {
        // A fresh world, built only if this case passed the filter.
        let mut world = (case.build)(agents);
        advance(&mut world, 1).expect("the case is valid");
        bencher.iter_custom(|steps| {
            let start = Instant::now();
            advance(&mut world, steps).expect("the case is valid");
            start.elapsed()
        });
    });
    group.finish();
}
