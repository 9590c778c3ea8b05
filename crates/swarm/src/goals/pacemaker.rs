//! The rhythm of the world outside.

use bevy_ecs::component::Component;
use lampyrid_graph::{Adjacency, GraphError};

use crate::agent::CouplingScale;
#[cfg(feature = "reflect")]
use crate::reflect::*;

/// An agent that others listen to while it listens to nobody: the rhythm that a swarm is to follow.
///
/// It turns at its own frequency. Goals leave it out of their measures, disruptions spare it, and no
/// strategy is given to it.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[require(CouplingScale = CouplingScale(0.0))]
#[cfg_attr(feature = "serialize", derive(serde::Serialize, serde::Deserialize))]
pub struct Pacemaker;

/// The network in which everybody also listens to node 0, and node 0 to nobody: with a
/// [`Pacemaker`] at node 0. Links to it have weight 1.
///
/// # Errors
///
/// [`GraphError`] if that makes too many links.
pub fn with_pacemaker(network: &Adjacency) -> Result<Adjacency, GraphError> {
    let nodes = network.nodes();
    let weighted = network.weights().is_some();
    let mut offsets = Vec::with_capacity(nodes + 1);
    let mut columns = Vec::with_capacity(network.links() + nodes);
    let mut weights = weighted.then(Vec::new);
    offsets.push(0);
    for node in 0..nodes {
        if node > 0 {
            columns.extend_from_slice(network.neighbors(node));
            if let (Some(all), Some(own)) = (&mut weights, network.weights_of(node)) {
                all.extend_from_slice(own);
            }
            if !network.neighbors(node).contains(&0) {
                columns.push(0);
                weights.iter_mut().for_each(|all| all.push(1.0));
            }
        }
        offsets.push(u32::try_from(columns.len()).unwrap_or(u32::MAX));
    }
    Adjacency::from_parts(offsets, columns, weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lampyrid_graph::Topology;

    #[test]
    fn everybody_hears_the_pacemaker_once_and_it_hears_nobody() {
        let ring = Topology::Ring { agents: 6, neighbors: 2 }.build(0).unwrap();
        let network = with_pacemaker(&ring).unwrap();
        assert_eq!(network.degree(0), 0);
        assert_eq!((network.degree(1), network.degree(5)), (2, 2), "neighbours of node 0 on the ring");
        for node in 1..6 {
            assert_eq!(network.neighbors(node).iter().filter(|&&other| other == 0).count(), 1);
        }
        assert_eq!(network.degree(3), 3);
    }
}
