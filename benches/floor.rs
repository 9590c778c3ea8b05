//! What the ECS costs: its step against the same arithmetic on plain arrays, against other kinds
//! of step, and one thread against two; each pair in alternating rounds of this one process.
//!
//! ```text
//! cargo bench --bench floor                       # up to a million agents
//! cargo bench --bench floor -- --quick            # up to a hundred thousand, fewer rounds
//! ```
//!
//! Times are those of the fastest round, ratios the median over all rounds with their range.

#![forbid(unsafe_code)]

use lampyrid::{kernel::Level, prelude::*, swarm::read_phases};
use lampyrid_bench::{
    duel::Duel,
    floor::{MeanFieldFloor, NetworkFloor},
    suite::Churned,
    swarms::{Case, NEIGHBORS, case},
};

/// Most that a step may cost, in steps on plain arrays, and what is aimed at.
const BAR: f64 = 1.15;
const GOAL: f64 = 1.05;

/// Steps per second that a hundred agents must reach.
const SMALL_BAR: f64 = 1_000_000.0;

/// Nanoseconds per agent that a mean-field step may take.
const MEAN_FIELD_BAR: f64 = 2.0;

/// How much faster two threads must be where both have a core.
const THREADS_BAR: f64 = 1.6;

/// How thoroughly to measure.
struct Effort {
    rounds: usize,
    largest: usize,
}

impl Effort {
    fn from_arguments() -> Self {
        let has = |flag: &str| std::env::args().any(|argument| argument == flag);
        match (has("--bench"), has("--quick")) {
            // Tried out by `cargo test --benches`.
            (false, _) => Self { rounds: 1, largest: 1000 },
            (true, true) => Self { rounds: 41, largest: 100_000 },
            (true, false) => Self { rounds: 101, largest: 1_000_000 },
        }
    }

    fn sizes(&self, sizes: &'static [usize]) -> impl Iterator<Item = usize> + use<> {
        let largest = self.largest;
        sizes.iter().copied().filter(move |&agents| agents <= largest)
    }
}

fn main() {
    let effort = Effort::from_arguments();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("instruction level {}; {} rounds; load average {}", Level::detect().name(), effort.rounds, load.trim());
    network(&effort);
    mean_field(&effort);
    small(&effort);
    kinds(&effort);
    churn(&effort);
    threads(&effort);
}

fn network(effort: &Effort) {
    println!("\nnetwork of {NEIGHBORS} neighbours, Euler, one thread: ECS against plain arrays");
    println!("    agents   arrays ns/agent   ECS ns/agent   ECS ns/link   ratio (range)");
    for agents in effort.sizes(&[1000, 10_000, 100_000, 1_000_000]) {
        let mut floor = NetworkFloor::new(agents);
        let mut world = (case("network").build)(agents);
        let duel = against(effort, &mut world, |steps| (0..steps).for_each(|_| floor.step()));
        assert_equal_bits(&mut world, floor.phases());
        let (arrays, ecs) = (duel.first * 1e9 / agents as f64, duel.second * 1e9 / agents as f64);
        let per_link = duel.second * 1e9 / floor.links() as f64;
        println!("{agents:10} {arrays:17.2} {ecs:14.2} {per_link:13.2}   {}", verdict(&duel));
    }
}

fn mean_field(effort: &Effort) {
    println!("\nmean field, Euler, one thread: ECS against plain arrays");
    println!("    agents   arrays ns/agent   ECS ns/agent   ratio (range)");
    for agents in effort.sizes(&[1000, 10_000, 100_000, 1_000_000]) {
        let mut floor = MeanFieldFloor::new(agents);
        let mut world = (case("mean_field").build)(agents);
        let duel = against(effort, &mut world, |steps| (0..steps).for_each(|_| floor.step()));
        assert_equal_bits(&mut world, floor.phases());
        let (arrays, ecs) = (duel.first * 1e9 / agents as f64, duel.second * 1e9 / agents as f64);
        let bar = held(ecs <= MEAN_FIELD_BAR);
        println!("{agents:10} {arrays:17.2} {ecs:14.2}   {}; {MEAN_FIELD_BAR} ns {bar}", verdict(&duel));
    }
}

fn small(effort: &Effort) {
    println!(
        "\nsmall swarms, Euler, one thread: steps per second, many in one call, and one by one as a host takes them"
    );
    println!("    agents     network  one by one   mean field  one by one");
    for agents in effort.sizes(&[10, 100, 1000]) {
        let [network, one_by_one] = rates(effort, (case("network").build)(agents), (case("network").build)(agents));
        let [field, field_one_by_one] =
            rates(effort, (case("mean_field").build)(agents), (case("mean_field").build)(agents));
        let bar =
            if agents == 100 { format!("   {SMALL_BAR:.0} {}", held(network >= SMALL_BAR)) } else { String::new() };
        println!("{agents:10} {network:11.0} {one_by_one:11.0} {field:12.0} {field_one_by_one:11.0}{bar}");
    }
}

/// Steps per second taken together, and one by one.
fn rates(effort: &Effort, mut together: World, mut one_by_one: World) -> [f64; 2] {
    let duel = Duel::new(
        effort.rounds,
        |steps| take(&mut together, steps),
        |steps| (0..steps).for_each(|_| take(&mut one_by_one, 1)),
    );
    [1.0 / duel.first, 1.0 / duel.second]
}

/// An agent is replaced by another before every step, with links to as many.
fn churn(effort: &Effort) {
    println!("\nnetwork, Euler, one thread: a step after one agent was replaced, against one without");
    println!("    agents   ns/agent   ratio (range)");
    for agents in effort.sizes(&[1000, 10_000, 100_000]) {
        let mut plain = (case("network").build)(agents);
        let mut churned = Churned::new(agents);
        let plain = |steps| (0..steps).for_each(|_| take(&mut plain, 1));
        let duel = Duel::new(effort.rounds, plain, |steps| (0..steps).for_each(|_| churned.replace_and_step()));
        println!("{agents:10} {:10.2}   {}", duel.second * 1e9 / agents as f64, ratio(&duel));
    }
}

fn kinds(effort: &Effort) {
    println!("\nother kinds of step against the network's plain Euler step, one thread");
    println!("      kind    agents   ns/agent   ratio (range)");
    for name in ["heun", "rk4", "noise", "energy", "weighted", "single", "coherence"] {
        let Case { sizes, build, .. } = case(name);
        for agents in effort.sizes(sizes) {
            let mut plain = (case("network").build)(agents);
            let mut world = build(agents);
            let duel = against(effort, &mut world, |steps| take(&mut plain, steps));
            let each = duel.second * 1e9 / agents as f64;
            println!("{name:>10} {agents:9} {each:10.2}   {}", ratio(&duel));
        }
    }
}

fn threads(effort: &Effort) {
    println!("\nnetwork, Euler: how much faster two threads are than one");
    println!("    agents   one ns/agent   two ns/agent   speed-up (range)");
    for agents in effort.sizes(case("two_threads").sizes) {
        let mut two = (case("two_threads").build)(agents);
        let mut one = (case("network").build)(agents);
        let duel = against(effort, &mut one, |steps| take(&mut two, steps));
        let mut phases = Vec::new();
        read_phases(&mut two, &mut phases);
        assert_equal_bits(&mut one, &phases);
        let (two, one) = (duel.first * 1e9 / agents as f64, duel.second * 1e9 / agents as f64);
        let bar = held(duel.median() >= THREADS_BAR);
        println!("{agents:10} {one:14.2} {two:14.2}   {}; {THREADS_BAR} {bar}", ratio(&duel));
    }
}

/// A duel in which the world comes second.
fn against(effort: &Effort, world: &mut World, other: impl FnMut(u64)) -> Duel {
    Duel::new(effort.rounds, other, |steps| take(world, steps))
}

fn take(world: &mut World, steps: u64) {
    advance(world, steps).expect("the case is valid");
}

/// Both sides of a duel took the same steps, so they must have come to the same bits.
fn assert_equal_bits(world: &mut World, phases: &[f64]) {
    let mut found = Vec::new();
    read_phases(world, &mut found);
    let bits = |phases: &[f64]| phases.iter().map(|phase| phase.to_bits()).collect::<Vec<_>>();
    assert!(bits(&found) == bits(phases), "the two sides took different paths");
}

fn ratio(duel: &Duel) -> String {
    let (low, high) = duel.range();
    format!("{:.3} ({low:.3} to {high:.3})", duel.median())
}

fn verdict(duel: &Duel) -> String {
    let median = duel.median();
    format!("{}; {BAR} {}, {GOAL} {}", ratio(duel), held(median <= BAR), held(median <= GOAL))
}

fn held(holds: bool) -> &'static str {
    if holds { "held" } else { "missed" }
}
