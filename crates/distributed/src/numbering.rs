//! Numbers for nodes whose own carry no locality, so that blocks of consecutive ones hear few others.

#[cfg(feature = "metis")]
use std::sync::{Mutex, PoisonError};

use lampyrid_graph::{Adjacency, NodeOrder};

/// How nodes are brought into an order in which those that are linked come near each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Locality {
    /// Breadth first ([`NodeOrder::reverse_cuthill_mckee`]): for meshes, and whatever is long and narrow.
    CuthillMcKee,
    /// By parts of few links between them (Karypis & Kumar 1998, as METIS does it), 64 or as many as there are nodes for.
    /// It holds the links twice meanwhile, and takes some seconds for a million nodes.
    #[cfg(feature = "metis")]
    Metis,
}

/// Ranks that orders are compared for.
const RANKS: [usize; 3] = [4, 16, 64];

/// An order of the nodes of which 4, 16 and 64 blocks together hear fewer others than of the one that they have; `None`
/// if it would be no better, or where none can be found. The number of ranks that there are going to be plays no part: it
/// must not change what a node is called.
///
/// ```
/// use lampyrid_distributed::{Locality, local_order};
/// use lampyrid_graph::{NodeOrder, Topology};
///
/// let lattice = Topology::Lattice { width: 32, height: 32, periodic: true }.build(1)?;
/// assert_eq!(local_order(&lattice, Locality::CuthillMcKee), None);
/// let shuffled = lattice.reordered(&NodeOrder::new((0..1024).map(|node| 421 * node % 1024).collect())?);
/// assert!(local_order(&shuffled, Locality::CuthillMcKee).is_some());
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
#[must_use]
pub fn local_order(network: &Adjacency, by: Locality) -> Option<NodeOrder> {
    let order = match by {
        Locality::CuthillMcKee => Some(NodeOrder::reverse_cuthill_mckee(network)),
        #[cfg(feature = "metis")]
        Locality::Metis => by_parts(network),
    };
    order.filter(|order| heard(network, Some(order)) < heard(network, None))
}

/// How many others blocks of nodes in an order hear, for all the numbers of ranks that are looked at.
fn heard(network: &Adjacency, order: Option<&NodeOrder>) -> usize {
    let nodes = network.nodes();
    RANKS.iter().map(|&ranks| halo_of(network, &owners_of_blocks(nodes, order, ranks), ranks)).sum()
}

/// The rank of each node, if blocks of them in an order, or in their own, are given to so many.
pub(crate) fn owners_of_blocks(nodes: usize, order: Option<&NodeOrder>, ranks: usize) -> Vec<u32> {
    let mut owners = vec![0; nodes];
    for rank in 0..ranks {
        for place in nodes * rank / ranks..nodes * (rank + 1) / ranks {
            owners[order.map_or(place, |order| order.nodes()[place] as usize)] = rank as u32;
        }
    }
    owners
}

/// How many others each rank hears, all together, if nodes are at these.
pub(crate) fn halo_of(network: &Adjacency, owners: &[u32], ranks: usize) -> usize {
    let mut by_owner: Vec<u32> = (0..network.nodes() as u32).collect();
    by_owner.sort_by_key(|&node| owners[node as usize]);
    let mut last_heard_by = vec![ranks as u32; network.nodes()];
    let mut heard = 0;
    for node in by_owner {
        let own = owners[node as usize];
        for &other in network.neighbors(node as usize) {
            if owners[other as usize] != own && last_heard_by[other as usize] != own {
                last_heard_by[other as usize] = own;
                heard += 1;
            }
        }
    }
    heard
}

/// METIS, for one at a time.
#[cfg(feature = "metis")]
static ALONE: Mutex<()> = Mutex::new(());

/// Nodes part by part; those of a part breadth first.
#[cfg(feature = "metis")]
fn by_parts(network: &Adjacency) -> Option<NodeOrder> {
    /// Nodes of a part at least: of fewer nothing is gained.
    const LEAST: usize = 4;
    let part = parts(network, RANKS[RANKS.len() - 1].min(network.nodes() / LEAST))?;
    // A stable sort keeps the order within parts.
    let mut nodes = NodeOrder::reverse_cuthill_mckee(network).nodes().to_vec();
    nodes.sort_by_key(|&node| part[node as usize]);
    NodeOrder::new(nodes).ok()
}

/// So many parts of the nodes with few links between them: by node, the number of its part. `None` where there are none to
/// be found.
#[cfg(feature = "metis")]
pub(crate) fn parts(network: &Adjacency, parts: usize) -> Option<Vec<u32>> {
    /// So that each time the same parts are found.
    const SEED: metis::Idx = 1;
    if parts < 2 {
        return None;
    }
    let (ends, heard) = both_ways(network)?;
    let mut part = vec![0; network.nodes()];
    // It draws from one generator for the whole process: two at a time would take each other's numbers.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let graph = metis::Graph::new(1, parts as metis::Idx, &ends, &heard).ok()?;
    graph.set_option(metis::option::Seed(SEED)).part_recursive(&mut part).ok()?;
    part.into_iter().map(|part| u32::try_from(part).ok()).collect()
}

/// The links in both directions, each once, as METIS wants them; `None` if they are more than it can count.
#[cfg(feature = "metis")]
fn both_ways(network: &Adjacency) -> Option<(Vec<metis::Idx>, Vec<metis::Idx>)> {
    let mut rows: Vec<Vec<u32>> = (0..network.nodes()).map(|node| network.neighbors(node).to_vec()).collect();
    for node in 0..network.nodes() {
        network.neighbors(node).iter().for_each(|&other| rows[other as usize].push(node as u32));
    }
    let (mut ends, mut heard) = (vec![0], Vec::new());
    for (node, row) in rows.iter_mut().enumerate() {
        row.sort_unstable();
        row.dedup();
        let others = row.iter().filter(|&&other| other as usize != node);
        heard.extend(others.map(|&other| metis::Idx::try_from(other)).collect::<Result<Vec<_>, _>>().ok()?);
        ends.push(metis::Idx::try_from(heard.len()).ok()?);
    }
    Some((ends, heard))
}

#[cfg(test)]
mod tests {
    use lampyrid_graph::{Part, Topology};

    use super::*;
    use crate::Partition;

    fn shuffled(network: &Adjacency) -> Adjacency {
        let nodes = network.nodes() as u32;
        network.reordered(&NodeOrder::new((0..nodes).map(|node| (node * 2749) % nodes).collect()).unwrap())
    }

    fn halo_of_blocks(network: &Adjacency, order: Option<&NodeOrder>, ranks: usize) -> usize {
        halo_of(network, &owners_of_blocks(network.nodes(), order, ranks), ranks)
    }

    fn lattice() -> Adjacency {
        Topology::Lattice { width: 64, height: 64, periodic: true }.build(1).unwrap()
    }

    fn methods() -> Vec<Locality> {
        vec![
            Locality::CuthillMcKee,
            #[cfg(feature = "metis")]
            Locality::Metis,
        ]
    }

    #[test]
    fn blocks_are_counted_as_parts_are_made() {
        let network = Topology::SmallWorld { agents: 500, neighbors: 6, rewire: 0.3 }.build(3).unwrap();
        for ranks in [1, 3, 16] {
            let partition = Partition::blocks(500, ranks).unwrap();
            let parts = (0..ranks).map(|rank| Part::of(&network, partition.range(rank)).outside().len());
            assert_eq!(halo_of_blocks(&network, None, ranks), parts.sum::<usize>());
        }
        let (mixed, order) = (shuffled(&network), NodeOrder::by_degree(&network));
        assert_ne!(halo_of_blocks(&mixed, None, 4), halo_of_blocks(&network, None, 4));
        assert_eq!(halo_of_blocks(&network.reordered(&order), None, 4), halo_of_blocks(&network, Some(&order), 4));
    }

    #[test]
    fn a_shuffled_lattice_gets_borders_back_that_are_less_than_half_as_long() {
        let mixed = shuffled(&lattice());
        for by in methods() {
            let order = local_order(&mixed, by).expect("an order that is better than none");
            for ranks in RANKS {
                let [before, after] = [None, Some(&order)].map(|order| halo_of_blocks(&mixed, order, ranks));
                assert!(2 * after < before, "{by:?}, {ranks} ranks: {after} not {before}");
            }
            assert_eq!(local_order(&mixed, by), Some(order), "the same each time");
        }
    }

    #[test]
    fn an_order_that_is_no_better_is_not_taken() {
        let ring = Topology::Ring { agents: 600, neighbors: 4 }.build(1).unwrap();
        let complete = Topology::Complete { agents: 20 }.build(1).unwrap();
        let nobody = Adjacency::without_links(3).unwrap();
        for (network, by) in
            [&ring, &complete, &nobody].into_iter().flat_map(|one| methods().into_iter().map(move |by| (one, by)))
        {
            assert_eq!(local_order(network, by), None, "{by:?}");
        }
    }
}
