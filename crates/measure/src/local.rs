//! Coherence around one agent, and along the links.

use alloc::{vec, vec::Vec};

use lampyrid_graph::Adjacency;
use lampyrid_kernel::{ExactSum, Level, Phasor};

use crate::order::OrderParameter;

/// Differences along links, at least, that are summed at a time: a row of a few would be summed one by one.
const TOGETHER: usize = 1024;

/// The sum of the phasors that an agent listens to.
///
/// Its magnitude over the number of neighbours is the agent's local coherence, its direction the
/// neighbours' mean phase.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LocalField {
    sum: Phasor,
    neighbors: usize,
}

impl LocalField {
    /// Adds a neighbour's phase \[rad\].
    pub fn add(&mut self, phase: f64) {
        self.sum = self.sum.plus(Phasor::from_angle(phase));
        self.neighbors += 1;
    }

    /// How many neighbours were added.
    #[must_use]
    pub fn neighbors(&self) -> usize {
        self.neighbors
    }

    /// |Σ e^{iθ_j}| / |N(i)| and the mean phase ψ_i; both 0 without neighbours.
    #[must_use]
    pub fn order_parameter(&self) -> OrderParameter {
        OrderParameter::from_mean(self.sum.times(1.0 / self.neighbors.max(1) as f64))
    }
}

impl Extend<f64> for LocalField {
    fn extend<T: IntoIterator<Item = f64>>(&mut self, phases: T) {
        phases.into_iter().for_each(|phase| self.add(phase));
    }
}

/// The mean of cos(θ_j − θ_i) over all links: 1 when linked agents agree, 0 for independent
/// phases, −1 when they are opposite. It is high where a large or sparse network is ordered
/// piece by piece although R is small. `None` without links or if a phase is not finite.
///
/// # Panics
///
/// If there is not one phase \[rad\] per node.
#[must_use]
pub fn link_coherence(adjacency: &Adjacency, phases: &[f64]) -> Option<f64> {
    link_sum(adjacency, phases).filter(|sum| sum.count() > 0).map(|sum| sum.mean().cos)
}

/// The sum of the phasors e^{i(θ_j − θ_i)} along all links, of whose mean [`link_coherence`] is the real part. Sums of
/// several parts of a network, each with the rows of some nodes, add up to that of the whole. `None` if a phase is not
/// finite.
///
/// # Panics
///
/// If there is not one phase \[rad\] per node.
#[must_use]
pub fn link_sum(adjacency: &Adjacency, phases: &[f64]) -> Option<ExactSum> {
    let phasors = phasors(adjacency, phases)?;
    let mut sum = ExactSum::default();
    let mut along = Vec::new();
    for (node, own) in phasors.iter().enumerate() {
        along.extend(adjacency.neighbors(node).iter().map(|&j| phasors[j as usize].turned_back_by(*own)));
        if along.len() >= TOGETHER {
            sum.add(&along);
            along.clear();
        }
    }
    sum.add(&along);
    Some(sum)
}

/// The mean over agents of their local coherence |Σ_{j∈N(i)} e^{iθ_j}| / |N(i)|, agents without
/// neighbours counting 0. `None` if there are no agents or a phase is not finite.
///
/// # Panics
///
/// If there is not one phase \[rad\] per node.
#[must_use]
pub fn mean_local_coherence(adjacency: &Adjacency, phases: &[f64]) -> Option<f64> {
    let sum = local_coherence_sum(adjacency, phases, adjacency.nodes());
    sum.filter(|sum| sum.count() > 0).map(|sum| sum.mean().cos)
}

/// The sum of the local coherences of the first `agents` nodes, on the real axis: their mean is the
/// [`mean_local_coherence`] of agents who hear the nodes behind them too. Sums of several parts of a network add up to that
/// of the whole. `None` if a phase is not finite.
///
/// # Panics
///
/// If there is not one phase \[rad\] per node, or if there are fewer nodes than agents.
#[must_use]
pub fn local_coherence_sum(adjacency: &Adjacency, phases: &[f64], agents: usize) -> Option<ExactSum> {
    let phasors = phasors(adjacency, phases)?;
    let coherence = |node: usize| {
        let row = adjacency.neighbors(node);
        let sum = row.iter().fold(Phasor::ZERO, |sum, &j| sum.plus(phasors[j as usize]));
        let r = OrderParameter::from_mean(sum.times(1.0 / row.len().max(1) as f64)).r;
        Phasor { cos: r, sin: 0.0 }
    };
    let mut sum = ExactSum::default();
    let mut coherences = Vec::with_capacity(TOGETHER.min(agents));
    for first in (0..agents).step_by(TOGETHER) {
        coherences.clear();
        coherences.extend((first..agents.min(first + TOGETHER)).map(coherence));
        sum.add(&coherences);
    }
    Some(sum)
}

/// The phasors of all nodes; `None` if a phase is not finite.
fn phasors(adjacency: &Adjacency, phases: &[f64]) -> Option<Vec<Phasor>> {
    assert_eq!(adjacency.nodes(), phases.len(), "one phase per node");
    let mut phasors = vec![Phasor::ZERO; phases.len()];
    lampyrid_kernel::phasor::sin_cos(Level::detect(), phases, &mut phasors).then_some(phasors)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_PI_2, PI};

    use lampyrid_graph::{Part, Topology};

    use super::*;

    #[test]
    fn neighbours_that_agree_are_locally_coherent_and_opposite_ones_are_not() {
        let mut field = LocalField::default();
        field.extend([1.0, 1.0, 1.0]);
        let order = field.order_parameter();
        assert!((order.r - 1.0).abs() < 1e-15 && (order.psi - 1.0).abs() < 1e-15);
        let mut opposite = LocalField::default();
        opposite.extend([1.0, 1.0 + PI]);
        assert!(opposite.order_parameter().r < 1e-15);
        assert_eq!(LocalField::default().order_parameter(), OrderParameter::default());
    }

    #[test]
    fn link_coherence_is_the_mean_cosine_along_links() {
        // 0 listens to 1 and 2, 1 listens to 0.
        let adjacency = Adjacency::from_parts(vec![0, 2, 3, 3], vec![1, 2, 0], None).unwrap();
        let coherence = link_coherence(&adjacency, &[0.0, FRAC_PI_2, PI]).unwrap();
        assert!((coherence - (0.0 - 1.0 + 0.0) / 3.0).abs() < 1e-15);
        assert_eq!(link_coherence(&adjacency, &[0.0, f64::NAN, PI]), None);
    }

    #[test]
    fn mean_local_coherence_averages_what_each_agent_hears() {
        // 0 hears two opposite phases, 1 hears one, 2 nobody.
        let adjacency = Adjacency::from_parts(vec![0, 2, 3, 3], vec![1, 2, 0], None).unwrap();
        let mean = mean_local_coherence(&adjacency, &[0.4, 1.0, 1.0 + PI]).unwrap();
        assert!((mean - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(mean_local_coherence(&adjacency, &[0.0, f64::NAN, 0.0]), None);
        assert_eq!(mean_local_coherence(&Adjacency::default(), &[]), None);
    }

    #[test]
    fn sums_of_parts_of_a_network_are_those_of_the_whole() {
        let whole = Topology::SmallWorld { agents: 60, neighbors: 4, rewire: 0.2 }.build(3).unwrap();
        let phases: Vec<f64> = (0..60).map(|node| f64::from(node * node)).collect();
        let (mut links, mut local) = (ExactSum::default(), ExactSum::default());
        for range in [0..7, 7..40, 40..60] {
            let part = Part::of(&whole, range.clone());
            let outside = part.outside().iter().copied();
            let of_part: Vec<f64> = range.chain(outside).map(|node| phases[node as usize]).collect();
            links.merge(link_sum(part.adjacency(), &of_part).unwrap());
            local.merge(local_coherence_sum(part.adjacency(), &of_part, part.range().len()).unwrap());
        }
        assert_eq!(Some(links), link_sum(&whole, &phases));
        assert_eq!(Some(local), local_coherence_sum(&whole, &phases, 60));
    }

    #[test]
    fn without_links_there_is_no_link_coherence() {
        assert_eq!(link_coherence(&Adjacency::without_links(3).unwrap(), &[0.0; 3]), None);
    }
}
