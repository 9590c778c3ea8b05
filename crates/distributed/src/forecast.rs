//! What a step is going to take on a cluster, from what its parts take on a machine at hand.

use lampyrid_graph::Topology;
use lampyrid_swarm::{SwarmMotion, Workers};

use crate::{
    model::{Telling, met},
    predicted_halo,
};

/// What one core takes for the parts of a step; [`calibrate`](crate::calibrate) measures it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// An agent without its links, per stage \[s\].
    pub agent: f64,
    /// A link to an agent near in memory, per stage \[s\].
    pub near_link: f64,
    /// A link to an agent anywhere in memory, per stage \[s\].
    pub far_link: f64,
    /// Collecting a number for others \[s\].
    pub tell: f64,
    /// Making cosine and sine of a number heard \[s\].
    pub hear: f64,
    /// Standard deviation of the time of a step over its mean.
    pub jitter: f64,
}

/// What messages between nodes take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interconnect {
    /// Until the first byte of a message has arrived \[s\].
    pub latency: f64,
    /// Of a processor, for each message but the first \[s\].
    pub overhead: f64,
    /// Bytes per second and node.
    pub bandwidth: f64,
}

/// Nodes with a rank each, whose threads are as many as it has cores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cluster {
    /// Number of nodes, at least 1.
    pub nodes: usize,
    /// Cores of a node, at least 1.
    pub cores: usize,
    /// What a core takes.
    pub costs: Costs,
    /// What messages take.
    pub interconnect: Interconnect,
}

/// What each node has of a swarm, on the mean over nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burden {
    /// Agents.
    pub agents: f64,
    /// Directed links of an agent.
    pub links: f64,
    /// The part of them that leads anywhere in memory instead of nearby.
    pub far: f64,
    /// Agents of other nodes that it hears.
    pub halo: f64,
    /// Nodes that it exchanges messages with.
    pub partners: f64,
    /// The part of its agents that move while messages are under way.
    pub interior: f64,
    /// Whether the halo is that of the network; else it is the most that ids without locality make of so many links.
    pub is_exact: bool,
}

/// What a step is going to take \[s\], part by part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Stepping its own agents.
    pub compute: f64,
    /// Collecting what others hear, and making cosines and sines of what is heard.
    pub pack: f64,
    /// Sending messages, and waiting for them while no agent moves.
    pub exchange: f64,
    /// Adding up over all nodes.
    pub reduce: f64,
    /// Waiting for the slowest node.
    pub wait: f64,
}

impl Burden {
    /// Of a swarm whose consecutive ids are cut into a block per node. A mean field has no links and no halo.
    #[must_use]
    pub fn of(topology: &Topology, all_to_all: bool, nodes: usize) -> Self {
        let (all, nodes_) = (topology.agents() as f64, nodes as f64);
        let (own, others) = (all / nodes_, nodes_ - 1.0);
        if all_to_all {
            let (links, halo, interior) = (0.0, 0.0, 0.0);
            return Self { agents: own, links, far: 0.0, halo, partners: 0.0, interior, is_exact: true };
        }
        let links = topology.expected_links() / all.max(1.0);
        let predicted = predicted_halo(topology, nodes);
        // One node is always predicted, so that there are others.
        let halo = predicted.unwrap_or_else(|| met(own * links * (1.0 - 1.0 / nodes_), all - own));
        let (far, partners) = match *topology {
            Topology::Ring { .. } => (0.0, 2.0),
            Topology::Lattice { width, .. } => (0.0, 2.0 * (width as f64 / own).ceil()),
            Topology::SmallWorld { neighbors, rewire, .. } => (rewire, 2.0 + own * neighbors as f64 * rewire),
            _ => (1.0, halo),
        };
        let (partners, is_exact) = (partners.min(others).min(halo), predicted.is_some());
        Self { agents: own, links, far, halo, partners, interior: interior(topology, own), is_exact }
    }
}

/// The part of a node's agents that are in blocks of which nobody hears another node: all but those at its two ends. None
/// where links lead anywhere, and where they are too few to go first.
fn interior(topology: &Topology, own: f64) -> f64 {
    let border = match *topology {
        Topology::Ring { neighbors, .. } => 0.5 * neighbors as f64,
        Topology::Lattice { width, .. } => width as f64,
        _ => return 0.0,
    };
    let block = Workers::default().block as f64;
    let inside = own - 2.0 * block * (border / block).ceil();
    if inside < block * SwarmMotion::LEAST_BLOCKS as f64 { 0.0 } else { inside / own }
}

impl Cluster {
    /// What a step takes in which agents tell so much; `sums` is how often it adds up over all nodes.
    ///
    /// With n agents of k links on each of P nodes, C cores each, a halo of H agents from d partners, and s stages,
    /// in which each of them tells t numbers of b bytes in all:
    ///
    /// - compute: s n (`agent` + k ((1 − f) `near_link` + f `far_link`)) / C, f being the part of links that are far
    /// - pack: H (t `tell` + s `hear` / C); a node tells as many as it hears, on the mean
    /// - exchange: t overhead (d − 1), and t latency + b H / bandwidth as far as that is longer than the computing of those
    ///   agents who move meanwhile: the part `interior` of all, nobody where there are strategies
    /// - reduce: sums ⌈log₂ P⌉ latency (a tree)
    /// - wait: jitter · compute · √(2 ln P), the mean of the largest of P normal deviates (Fisher & Tippett 1928)
    #[must_use]
    pub fn forecast(&self, burden: &Burden, telling: Telling, sums: f64) -> Forecast {
        let Self { nodes, cores, costs, interconnect } = self;
        let (nodes, cores) = (*nodes as f64, *cores as f64);
        let (stages, numbers) = (telling.stages as f64, telling.numbers() as f64);
        let link = (1.0 - burden.far) * costs.near_link + burden.far * costs.far_link;
        let compute = stages * burden.agents * (costs.agent + burden.links * link) / cores;
        // What strategies look at is waited for before anybody moves.
        let meanwhile = if telling.strategies { 0.0 } else { burden.interior * compute };
        let bytes = telling.bytes() as f64 * burden.halo;
        let under_way = numbers * interconnect.latency + bytes / interconnect.bandwidth;
        let sending = numbers * interconnect.overhead * (burden.partners - 1.0);
        Forecast {
            compute,
            pack: burden.halo * (numbers * costs.tell + stages * costs.hear / cores),
            exchange: if burden.partners > 0.0 { sending + (under_way - meanwhile).max(0.0) } else { 0.0 },
            reduce: sums * nodes.log2().ceil() * interconnect.latency,
            wait: costs.jitter * compute * (2.0 * nodes.ln()).sqrt(),
        }
    }

    /// The same with all of the swarm on one of the nodes, whose memory has room for it.
    #[must_use]
    pub fn alone(&self, topology: &Topology, all_to_all: bool, telling: Telling, sums: f64) -> Forecast {
        Self { nodes: 1, ..*self }.forecast(&Burden::of(topology, all_to_all, 1), telling, sums)
    }
}

impl Forecast {
    /// All of it \[s\].
    #[must_use]
    pub fn step(&self) -> f64 {
        self.compute + self.pack + self.exchange + self.reduce + self.wait
    }

    /// The part of it that is not computing: exchanging, adding up, and waiting for others.
    #[must_use]
    pub fn communication(&self) -> f64 {
        1.0 - self.weak_efficiency()
    }

    /// Weak efficiency: a node's share alone would take its computing, and with the others it takes the step.
    #[must_use]
    pub fn weak_efficiency(&self) -> f64 {
        self.compute / self.step()
    }

    /// Strong efficiency on so many nodes, if one of them alone would take `alone`.
    #[must_use]
    pub fn strong_efficiency(&self, alone: &Self, nodes: usize) -> f64 {
        alone.step() / (nodes as f64 * self.step())
    }
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::Part;
    use lampyrid_swarm::PhasorPrecision;
    use proptest::prelude::*;

    use super::*;
    use crate::Partition;

    const COSTS: Costs =
        Costs { agent: 3e-9, near_link: 0.6e-9, far_link: 3.4e-9, tell: 2e-9, hear: 3e-9, jitter: 0.03 };

    fn told(stages: usize) -> Telling {
        Telling { stages, phasors: PhasorPrecision::Double, strategies: false }
    }

    fn cluster(nodes: usize) -> Cluster {
        let interconnect = Interconnect { latency: 1.5e-6, overhead: 0.3e-6, bandwidth: 23e9 };
        Cluster { nodes, cores: 4, costs: COSTS, interconnect }
    }

    #[test]
    fn one_node_computes_and_does_nothing_else() {
        let ring = Topology::Ring { agents: 1000, neighbors: 8 };
        let alone = cluster(1).forecast(&Burden::of(&ring, false, 1), told(4), 1.0);
        assert_eq!(alone.step(), alone.compute);
        let expected = 4.0 * 1000.0 * (3e-9 + 8.0 * 0.6e-9) / 4.0;
        assert!((alone.compute - expected).abs() < 1e-12 * expected);
        assert_eq!(alone.weak_efficiency(), 1.0);
        assert_eq!(alone.strong_efficiency(&cluster(1).alone(&ring, false, told(4), 1.0), 1), 1.0);
    }

    #[test]
    fn a_mean_field_sends_sums_alone() {
        let all = Topology::Complete { agents: 1_000_000 };
        let found = cluster(8).forecast(&Burden::of(&all, true, 8), told(1), 1.0);
        assert_eq!((found.pack, found.exchange), (0.0, 0.0));
        assert!((found.reduce - 3.0 * 1.5e-6).abs() < 1e-18);
    }

    #[test]
    fn messages_are_waited_for_as_long_as_they_are_under_way_after_the_interior_has_moved() {
        let exchange = |agents: usize, latency: f64, strategies: bool| {
            let ring = Topology::Ring { agents, neighbors: 8 };
            let interconnect = Interconnect { latency, overhead: 0.3e-6, bandwidth: 23e9 };
            let telling = Telling { strategies, ..told(1) };
            Cluster { interconnect, ..cluster(8) }.forecast(&Burden::of(&ring, false, 8), telling, 0.0)
        };
        // Of 100,000 agents 2,048 are in the blocks at both ends.
        let hidden = exchange(800_000, 1.5e-6, false);
        assert!((hidden.exchange - 0.3e-6).abs() < 1e-15, "{hidden:?}");
        let late = exchange(800_000, 1e-3, false);
        let expected = 0.3e-6 + 1e-3 + 64.0 / 23e9 - (1.0 - 0.02048) * late.compute;
        assert!((late.exchange - expected).abs() < 1e-12, "{late:?} not {expected}");
        // Three messages where strategies look at others, and none of them can wait.
        let looked_at = exchange(800_000, 1.5e-6, true);
        assert!((looked_at.exchange - 3.0 * 1.8e-6 - 192.0 / 23e9).abs() < 1e-12, "{looked_at:?}");
        assert!(exchange(8 * 16_384, 1.5e-6, false).exchange > 1.5e-6, "fewer than sixteen blocks do not go first");
    }

    #[test]
    fn agents_move_meanwhile_who_are_predicted_to() {
        for (topology, expected) in [
            (Topology::Ring { agents: 400_000, neighbors: 8 }, 1.0 - 2048.0 / 100_000.0),
            (Topology::Lattice { width: 1000, height: 400, periodic: true }, 1.0 - 2048.0 / 100_000.0),
            (Topology::Lattice { width: 4000, height: 100, periodic: true }, 1.0 - 8192.0 / 100_000.0),
            (Topology::SmallWorld { agents: 400_000, neighbors: 8, rewire: 0.1 }, 0.0),
        ] {
            let (found, block) = (Burden::of(&topology, false, 4).interior, Workers::default().block);
            assert!((found - expected).abs() < 1e-9, "{topology:?}: {found}");
            let partition = Partition::blocks(400_000, 4).unwrap();
            let part = Part::from_stream(&topology.stream(5).unwrap(), partition.range(1)).unwrap();
            let hears_nobody = |block: std::ops::Range<usize>| {
                block.into_iter().all(|agent| part.adjacency().neighbors(agent).iter().all(|&other| other < 100_000))
            };
            let blocks = (0..100_000).step_by(block).map(|start| start..100_000.min(start + block));
            let inside: usize = blocks.filter(|block| hears_nobody(block.clone())).map(|block| block.len()).sum();
            // The last block is not whole.
            assert!((inside as f64 / 1e5 - expected).abs() <= block as f64 / 1e5, "{topology:?}: {inside}");
        }
    }

    #[test]
    fn partners_are_those_of_whom_a_block_hears() {
        let agents = 128 * 128;
        for (topology, ranks) in [
            (Topology::Ring { agents, neighbors: 8 }, 8),
            (Topology::Lattice { width: 128, height: 128, periodic: true }, 8),
            (Topology::SmallWorld { agents, neighbors: 8, rewire: 0.1 }, 8),
            (Topology::Complete { agents: 256 }, 8),
        ] {
            let stream = topology.stream(5).unwrap();
            let partition = Partition::blocks(topology.agents(), ranks).unwrap();
            let part = Part::from_stream(&stream, partition.range(3)).unwrap();
            let mut owners: Vec<usize> = part.outside().iter().map(|&agent| partition.owner(agent)).collect();
            owners.dedup();
            assert_eq!(Burden::of(&topology, false, ranks).partners, owners.len() as f64, "{topology:?}");
        }
    }

    #[test]
    fn networks_without_a_formula_are_taken_at_their_worst() {
        let topology = Topology::ScaleFree { agents: 4000, attach: 4 };
        let burden = Burden::of(&topology, false, 4);
        let partition = Partition::blocks(4000, 4).unwrap();
        let stream = topology.stream(5).unwrap();
        let heard: usize =
            (0..4).map(|rank| Part::from_stream(&stream, partition.range(rank)).unwrap().outside().len()).sum();
        assert!(!burden.is_exact && burden.halo >= 0.25 * heard as f64, "{} < {heard} / 4", burden.halo);
    }

    proptest! {
        #[test]
        fn more_nodes_never_make_a_step_of_the_same_share_quicker(nodes in 1_usize..500, more in 1_usize..500) {
            let share = 10_000;
            let step = |nodes: usize| {
                let topology = Topology::SmallWorld { agents: share * nodes, neighbors: 8, rewire: 0.1 };
                cluster(nodes).forecast(&Burden::of(&topology, false, nodes), told(1), 1.0).step()
            };
            prop_assert!(step(nodes + more) >= step(nodes));
        }
    }
}
