//! How long and how much memory it takes to build networks of ten links per node, up to 10⁷ nodes
//! with 10⁸ directed links.
//!
//! Time is linear if the nanoseconds per link stay about the same from size to size; memory is
//! lean if the peak is little more than the adjacency itself. The peak is that of the resident set
//! above what stood before (Linux only); small builds get memory that the process still holds from
//! earlier ones, so it is shown for large ones only.
//!
//! ```text
//! cargo bench -p lampyrid_graph --bench build                # up to 10⁷ nodes
//! cargo bench -p lampyrid_graph --bench build -- --quick     # up to 10⁶
//! ```

#![forbid(unsafe_code)]

use std::fs;
use std::time::Instant;

use lampyrid_graph::Topology;

/// Size from which the peak of the resident set says something \[bytes\].
const LARGE: usize = 100_000_000;

/// A kind of network and its builder of `agents` nodes, about ten links each.
type Case = (&'static str, fn(usize) -> Topology);

const CASES: [Case; 8] = [
    ("ring", |agents| Topology::Ring { agents, neighbors: 10 }),
    ("lattice", |agents| Topology::Lattice { width: agents / 100, height: 100, periodic: true }),
    ("small world", |agents| Topology::SmallWorld { agents, neighbors: 10, rewire: 0.1 }),
    ("random", |agents| Topology::Random { agents, probability: 10.0 / (agents as f64 - 1.0) }),
    ("random links", |agents| Topology::RandomLinks { agents, links: 5 * agents }),
    ("scale free", |agents| Topology::ScaleFree { agents, attach: 5 }),
    ("modular", |agents| Topology::Modular {
        sizes: vec![agents / 10; 10],
        within: 90.0 / agents as f64,
        between: 10.0 / (9.0 * agents as f64),
    }),
    ("geometric", |agents| Topology::Geometric {
        agents,
        radius: (10.0 / (std::f64::consts::PI * agents as f64)).sqrt(),
        periodic: true,
    }),
];

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let largest = match (has("--bench"), has("--quick")) {
        // Tried out by `cargo test --benches`.
        (false, _) => 100_000,
        (true, true) => 1_000_000,
        (true, false) => 10_000_000,
    };
    println!("network            nodes       links   seconds   ns/link       bytes   peak/bytes");
    for (name, topology) in CASES {
        for agents in [100_000, 1_000_000, 10_000_000].into_iter().filter(|&agents| agents <= largest) {
            measure(name, &topology(agents));
        }
    }
}

/// Builds thrice and prints the fastest; the highest peak counts.
fn measure(name: &str, topology: &Topology) {
    let (mut seconds, mut peak, mut links, mut bytes) = (f64::INFINITY, 0, 0, 0);
    for seed in 0..3 {
        let before = restart_peak();
        let start = Instant::now();
        let graph = topology.build(seed).expect("the cases are valid");
        seconds = seconds.min(start.elapsed().as_secs_f64());
        peak = peak.max(resident("VmHWM:").saturating_sub(before));
        (links, bytes) = (graph.links(), graph.heap_bytes());
    }
    let ratio = match bytes >= LARGE {
        true => format!("{:.2}", peak as f64 / bytes as f64),
        false => "-".to_owned(),
    };
    let each = seconds * 1e9 / links as f64;
    println!("{name:13} {:10} {links:11} {seconds:9.3} {each:9.1} {bytes:11} {ratio:>12}", topology.agents());
}

/// Makes the peak of the resident set the present one, and tells it \[bytes\].
fn restart_peak() -> usize {
    // Where the kernel has no such file, the peak stays that of the whole run.
    let _ = fs::write("/proc/self/clear_refs", "5");
    resident("VmRSS:")
}

/// A line of the process's status \[bytes\]; 0 where there is none.
fn resident(line: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|found| found.strip_prefix(line)).unwrap_or("0");
    value.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or(0) * 1024
}
