//! How large borders are going to be, before anything is built.

use lampyrid_graph::Topology;
use lampyrid_swarm::PhasorPrecision;

/// What an agent tells each rank that hears it, in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Stages of the integrator, in each of which it tells an angle.
    pub stages: usize,
    /// How precise that is.
    pub phasors: PhasorPrecision,
    /// Whether there are strategies, which look at a phase in each stage and at a velocity in the first as well.
    pub strategies: bool,
}

impl Telling {
    /// Numbers, each of which goes with those of other agents as a message of its own.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.stages + self.looked_at()
    }

    /// Bytes of them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let angle = if self.phasors.has_single_angles() { size_of::<f32>() } else { size_of::<f64>() };
        self.stages * angle + self.looked_at() * size_of::<f64>()
    }

    fn looked_at(&self) -> usize {
        if self.strategies { self.stages + 1 } else { 0 }
    }
}

/// How many agents of others a rank of so many hears, on the mean over ranks, if each has a block of consecutive ids;
/// `None` for networks without a formula.
///
/// - **Ring** of k neighbours: k/2 on either side.
/// - **Lattice**: a row above and one below, or as much of them as a block has; at its two ends one more each where
///   it ends in the middle of a row is left out of account.
/// - **Small world**: a node's links that were led elsewhere, by itself or by others, are k p on the mean, of which
///   1 − 1/P leave its block. So m = n k p (1 − 1/P) links go to the N − n others at random, and meet
///   (N − n)(1 − e^(−m/(N − n))) of them (balls into bins); of the ring, k (1 − p) are left at the two ends.
/// - **Complete**: everybody else.
#[must_use]
pub fn predicted_halo(topology: &Topology, ranks: usize) -> Option<f64> {
    let (all, ranks) = (topology.agents() as f64, ranks as f64);
    let own = all / ranks;
    let others = all - own;
    if ranks <= 1.0 {
        return Some(0.0);
    }
    let halo = match *topology {
        Topology::Complete { .. } => others,
        Topology::Ring { neighbors, .. } => neighbors as f64,
        Topology::Lattice { width, height, periodic } => {
            let sides = if periodic && height > 2 { 2.0 } else { 2.0 * (1.0 - 1.0 / ranks) };
            sides * own.min(width as f64)
        }
        Topology::SmallWorld { neighbors, rewire, .. } => {
            let leaving = own * neighbors as f64 * rewire * (1.0 - 1.0 / ranks);
            met(leaving, others) + neighbors as f64 * (1.0 - rewire)
        }
        _ => return None,
    };
    Some(halo.min(others))
}

/// How many of so many agents are met by links that lead to any of them: balls into bins.
pub(crate) fn met(links: f64, agents: f64) -> f64 {
    agents * -(-links / agents).exp_m1()
}

/// Bytes that all ranks together tell each other in a step, if each hears so many agents of others on the mean.
#[must_use]
pub fn predicted_bytes(halo: f64, ranks: usize, telling: Telling) -> f64 {
    telling.bytes() as f64 * halo * ranks as f64
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::Part;

    use super::*;
    use crate::Partition;

    fn measured(topology: &Topology, ranks: usize) -> f64 {
        let stream = topology.stream(5).unwrap();
        let partition = Partition::blocks(topology.agents(), ranks).unwrap();
        let heard = |rank| Part::from_stream(&stream, partition.range(rank)).unwrap().outside().len();
        (0..ranks).map(heard).sum::<usize>() as f64 / ranks as f64
    }

    #[test]
    fn borders_are_within_a_twentieth_of_what_was_predicted() {
        let agents = 128 * 128;
        let topologies = [
            Topology::Ring { agents, neighbors: 8 },
            Topology::Lattice { width: 128, height: 128, periodic: true },
            Topology::Lattice { width: 128, height: 128, periodic: false },
            Topology::SmallWorld { agents, neighbors: 8, rewire: 0.05 },
            Topology::SmallWorld { agents, neighbors: 8, rewire: 0.5 },
            Topology::Complete { agents: 256 },
        ];
        for topology in topologies {
            for ranks in [2, 4, 64] {
                let (predicted, found) = (predicted_halo(&topology, ranks).unwrap(), measured(&topology, ranks));
                let ratio = predicted / found;
                assert!((0.95..1.05).contains(&ratio), "{topology:?}, {ranks} ranks: {predicted} not {found}");
            }
        }
    }

    #[test]
    fn one_rank_hears_nobody_else() {
        assert_eq!(predicted_halo(&Topology::Star { agents: 9 }, 1), Some(0.0));
        assert_eq!(predicted_halo(&Topology::Star { agents: 9 }, 2), None);
    }
}
