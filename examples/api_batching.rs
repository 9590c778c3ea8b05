//! A thousand clients send a request each second. A gateway opens a call with the first request and lets others that
//! come within 50 ms share it. Left alone, requests come at all times and nearly every window holds a call; clients
//! that nudge their clocks towards those of eight others soon ask all at once.
//! Prints calls before and after, counted; draws `runs/api_batching.png`: calls in each second.
//!
//!     cargo run --release --example api_batching

mod common;

use common::{draw, firings};
use lampyrid::{prelude::*, swarm::Preset};

const CLIENTS: usize = 1_000;
const WINDOW: f64 = 0.05; // s
const SECONDS: f64 = 40.0;
/// What is counted: the last so many seconds.
const COUNTED: f64 = 20.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let swarm = Preset::MinimizeApiCalls.plan(CLIENTS);
    let mut coupled = World::new();
    swarm.spawn(&mut coupled, 1)?;

    let mut alone = World::new();
    swarm.spawn(&mut alone, 1)?;
    alone.resource_mut::<Coupling>().strength = 0.0;

    // A coordinator tells everybody the time: all fire at the full second, give or take what messages take.
    let law = FrequencyDistribution::Normal { mean: 0.0, std: 0.01 };
    let mut central: Vec<f64> = (0..SECONDS as u64)
        .flat_map(|second| (0..CLIENTS as u64).map(move |client| second as f64 + 0.5 + law.draw(second, client)))
        .collect();
    central.sort_by(f64::total_cmp);

    let rows = [
        ("left alone", firings(&mut alone, SECONDS)?),
        ("swarm", firings(&mut coupled, SECONDS)?),
        ("coordinator", central),
    ];
    let before = counted(&calls(&rows[0].1));
    println!("{:<12} {:>9} {:>7} {:>8}   in the last {COUNTED} s", "", "requests", "calls", "saved");
    for (name, requests) in &rows {
        let calls = counted(&calls(requests));
        let saved = 100.0 * (1.0 - calls as f64 / before as f64);
        println!("{name:<12} {:>9} {calls:>7} {saved:>6.1} %", counted(requests));
    }

    let lines = rows.map(|(name, requests)| (name, by_second(&calls(&requests))));
    let lines: Vec<(&str, &[(f64, f64)])> = lines.iter().map(|(name, points)| (*name, points.as_slice())).collect();
    let note = "1,000 clients, a request a second each; requests within 50 ms share a call";
    draw("api_batching", ["Calls that a swarm saves", note], ["time t (s)", "calls per second"], &lines)
}

/// The times of calls: a request opens one unless the last one was opened less than a window ago.
fn calls(requests: &[f64]) -> Vec<f64> {
    let mut calls: Vec<f64> = Vec::new();
    for &request in requests {
        if calls.last().is_none_or(|opened| request - opened > WINDOW) {
            calls.push(request);
        }
    }
    calls
}

fn counted(times: &[f64]) -> usize {
    times.iter().filter(|time| **time >= SECONDS - COUNTED).count()
}

fn by_second(times: &[f64]) -> Vec<(f64, f64)> {
    common::load(times, 0.0, SECONDS, 1.0).into_iter().enumerate().map(|(second, n)| (second as f64 + 0.5, n)).collect()
}
