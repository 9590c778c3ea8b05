//! Building a network takes little more memory than the network.
//!
//! One test, alone in its process: the allocator counts for all threads.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use lampyrid_graph::{Adjacency, Link, LinkStream, Topology};

/// The system's allocator, counting the bytes in use and their peak.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let now = IN_USE.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(now, Relaxed);
}

// SAFETY: every call is passed on to the system's allocator unchanged; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new may exist side by side.
        grow(size);
        // SAFETY: as above.
        let moved = unsafe { System.realloc(memory, layout, size) };
        IN_USE.fetch_sub(layout.size(), Relaxed);
        moved
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `build` makes, and the most bytes that were in use on the way.
fn peak_of<T>(build: impl FnOnce() -> T) -> (T, usize) {
    let before = IN_USE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let made = build();
    (made, PEAK.load(Relaxed) - before)
}

/// A network with weights.
struct Weighted<S>(S);

impl<S: LinkStream> LinkStream for Weighted<S> {
    fn nodes(&self) -> usize {
        self.0.nodes()
    }

    fn is_weighted(&self) -> bool {
        true
    }

    fn for_each_link(&self, mut visit: impl FnMut(Link)) {
        self.0.for_each_link(|link| visit(Link { weight: 0.5, ..link }));
    }
}

#[test]
fn building_takes_little_more_memory_than_the_network() {
    let agents = 200_000;
    let topologies = [
        Topology::Ring { agents, neighbors: 4 },
        Topology::Lattice { width: 500, height: 400, periodic: true },
        Topology::Star { agents },
        Topology::Complete { agents: 2000 },
        Topology::Random { agents, probability: 4.0 / agents as f64 },
        Topology::RandomLinks { agents, links: 2 * agents },
        Topology::SmallWorld { agents, neighbors: 4, rewire: 0.3 },
        Topology::ScaleFree { agents, attach: 2 },
        Topology::Modular { sizes: vec![agents / 4; 4], within: 2e-5, between: 2e-6 },
    ];
    for topology in &topologies {
        let (graph, peak) = peak_of(|| topology.build(1).unwrap());
        let ratio = peak as f64 / graph.heap_bytes() as f64;
        assert!(ratio <= 1.3, "{topology:?}: {ratio}");

        let stream = Weighted(topology.stream(1).unwrap());
        let (graph, peak) = peak_of(|| Adjacency::from_stream(&stream).unwrap().adjacency);
        let ratio = peak as f64 / graph.heap_bytes() as f64;
        assert!(ratio <= 1.3, "{topology:?} with weights: {ratio}");
    }

    // Whoever looks for near nodes must know where all of them are.
    let geometric = Topology::Geometric { agents, radius: 0.003, periodic: true };
    let (graph, peak) = peak_of(|| geometric.build(1).unwrap());
    assert!(peak <= graph.heap_bytes() + 40 * agents, "{peak} bytes for {}", graph.heap_bytes());

    // A replaced adjacency keeps to the memory it has.
    let mut graph = topologies[0].build(1).unwrap();
    let ((), peak) = peak_of(|| {
        let mut rows = graph.rebuild(agents, false);
        for node in 0..agents as u32 {
            rows.push((node + 1) % agents as u32, 1.0);
            rows.end_row();
        }
        rows.finish();
    });
    assert_eq!((graph.links(), peak), (agents, 0));
}
