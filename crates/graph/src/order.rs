//! Orders of the nodes, and networks laid out in them.
//!
//! Who listens to whom is the same in any order, but not how far apart in memory they lie. In a
//! network larger than the caches, nodes that hear each other are read faster if they are near each
//! other. No order is best for all networks, and none makes a random network local, so reordering is
//! never done unasked.

use alloc::{vec, vec::Vec};
use core::{cmp::Reverse, mem};

use crate::{Adjacency, GraphError, adjacency::LIMIT};

/// An order of all nodes of a network: which comes first, second, and so on.
///
/// ```
/// use lampyrid_graph::{NodeOrder, Topology, positions};
///
/// let (agents, seed) = (1000, 7);
/// let network = Topology::Geometric { agents, radius: 0.06, periodic: false }.build(seed)?;
/// let order = NodeOrder::hilbert(positions(agents, seed));
/// let reordered = network.reordered(&order);
/// let first = order.nodes()[0] as usize;
/// assert_eq!(reordered.degree(0), network.degree(first));
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeOrder {
    /// By place: the node there. A permutation.
    nodes: Vec<u32>,
}

impl NodeOrder {
    /// An order of one's own: at each place, the node to come there.
    ///
    /// # Errors
    ///
    /// [`GraphError::NotAnOrder`] unless every node from 0 on is there once.
    pub fn new(nodes: Vec<u32>) -> Result<Self, GraphError> {
        let mut is_there = vec![false; nodes.len()];
        for (place, &node) in nodes.iter().enumerate() {
            match is_there.get_mut(node as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(GraphError::NotAnOrder { place, node, nodes: nodes.len() }),
            }
        }
        Ok(Self { nodes })
    }

    /// Nodes that listen to most others first, equal ones in the order they had.
    ///
    /// Brings together whom everybody hears in networks with hubs, which are symmetric as a rule.
    #[must_use]
    pub fn by_degree(network: &Adjacency) -> Self {
        let mut nodes = all(network.nodes());
        nodes.sort_by_key(|&node| Reverse(network.degree(node as usize)));
        Self { nodes }
    }

    /// The order of Cuthill & McKee (1969), reversed (George 1971): breadth first along the links
    /// from a node of least degree, neighbours of smaller degree first; so on with what was not
    /// reached. Brings linked nodes near each other where the network has such an order at all:
    /// rings, lattices, meshes, whatever their nodes are numbered like.
    #[must_use]
    pub fn reverse_cuthill_mckee(network: &Adjacency) -> Self {
        let key = |&node: &u32| (network.degree(node as usize), node);
        let mut starts = all(network.nodes());
        starts.sort_unstable_by_key(key);
        let mut is_there = vec![false; network.nodes()];
        let mut nodes: Vec<u32> = Vec::with_capacity(network.nodes());
        for start in starts {
            let mut next = nodes.len();
            if !mem::replace(&mut is_there[start as usize], true) {
                nodes.push(start);
            }
            while let Some(&node) = nodes.get(next) {
                let first = nodes.len();
                let is_new = |other: &u32| !mem::replace(&mut is_there[*other as usize], true);
                nodes.extend(network.neighbors(node as usize).iter().copied().filter(is_new));
                nodes[first..].sort_unstable_by_key(key);
                next += 1;
            }
        }
        nodes.reverse();
        Self { nodes }
    }

    /// The order in which the curve of Hilbert (1891) meets places in the unit square, on a grid of
    /// 2¹⁶ by 2¹⁶: neighbours in the plane are mostly neighbours on the curve. For networks whose
    /// nodes have places, such as [`positions`](crate::positions). Places outside are taken to the
    /// border, and what is not a number to 0.
    ///
    /// # Panics
    ///
    /// If there are more than 2³² − 1 places.
    #[must_use]
    pub fn hilbert(places: impl ExactSizeIterator<Item = [f64; 2]>) -> Self {
        let mut along: Vec<(u32, u32)> =
            all(places.len()).into_iter().zip(places).map(|(node, at)| (curve(at), node)).collect();
        along.sort_unstable();
        Self { nodes: along.into_iter().map(|(_, node)| node).collect() }
    }

    /// By place: the node there.
    #[must_use]
    pub fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// By node: its place.
    #[must_use]
    pub fn places(&self) -> Vec<u32> {
        let mut places = vec![0; self.nodes.len()];
        (0..).zip(&self.nodes).for_each(|(place, &node)| places[node as usize] = place);
        places
    }
}

fn all(nodes: usize) -> Vec<u32> {
    assert!(nodes as u64 <= LIMIT, "{nodes} nodes are more than 32-bit indices can name");
    (0..nodes as u32).collect()
}

/// How far along Hilbert's curve a place of the unit square lies, in cells of 2⁻¹⁶ by 2⁻¹⁶.
fn curve(at: [f64; 2]) -> u32 {
    const BITS: u32 = 16;
    let [mut x, mut y] = at.map(|along| ((along * f64::from(1 << BITS)) as u32).min((1 << BITS) - 1));
    let mut distance = 0;
    for bit in (0..BITS).rev() {
        let (right, up) = (x >> bit & 1, y >> bit & 1);
        distance = distance << 2 | (3 * right) ^ up;
        // The lower two quarters hold the curve mirrored at a diagonal.
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    distance
}

impl Adjacency {
    /// The same network with its nodes numbered in another order. Every row lists the same neighbours
    /// as before in the same order, by their new numbers, so that sums over them keep their bits.
    ///
    /// # Panics
    ///
    /// If the order is of another number of nodes.
    #[must_use]
    pub fn reordered(&self, order: &NodeOrder) -> Self {
        assert_eq!(order.nodes.len(), self.nodes(), "an order of all nodes");
        let places = order.places();
        let mut reordered = Self::default();
        let mut rows = reordered.rebuild(self.nodes(), self.weights().is_some());
        for node in order.nodes.iter().map(|&node| node as usize) {
            let places = self.neighbors(node).iter().map(|&other| places[other as usize]);
            match self.weights_of(node) {
                None => rows.extend(places),
                Some(weights) => places.zip(weights).for_each(|(place, &weight)| rows.push(place, weight)),
            }
            rows.end_row();
        }
        rows.finish();
        reordered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Topology, positions};
    use proptest::prelude::*;

    /// The longest link, in places.
    fn bandwidth(network: &Adjacency) -> u32 {
        let rows = (0..).zip(0..network.nodes());
        let longest =
            |(node, row): (u32, usize)| network.neighbors(row).iter().map(move |other| other.abs_diff(node)).max();
        rows.filter_map(longest).max().unwrap_or(0)
    }

    fn shuffled(network: &Adjacency, seed: u64) -> Adjacency {
        let order = NodeOrder::hilbert(positions(network.nodes(), seed));
        network.reordered(&order)
    }

    fn mean_length(network: &Adjacency) -> f64 {
        let lengths = (0..network.nodes())
            .flat_map(|node| network.neighbors(node).iter().map(move |other| other.abs_diff(node as u32)));
        lengths.map(f64::from).sum::<f64>() / network.links() as f64
    }

    #[test]
    fn cuthill_and_mckee_find_the_order_of_a_shuffled_ring_and_of_a_grid() {
        let ring = shuffled(&Topology::Ring { agents: 500, neighbors: 4 }.build(0).unwrap(), 3);
        assert!(bandwidth(&ring) > 300);
        // Breadth first goes around both sides of a ring by turns.
        assert!(bandwidth(&ring.reordered(&NodeOrder::reverse_cuthill_mckee(&ring))) <= 8);
        let grid = shuffled(&Topology::Lattice { width: 20, height: 30, periodic: false }.build(0).unwrap(), 3);
        assert!(bandwidth(&grid.reordered(&NodeOrder::reverse_cuthill_mckee(&grid))) <= 21);
    }

    #[test]
    fn unlinked_nodes_are_in_every_order_too() {
        let network = Topology::Random { agents: 300, probability: 0.003 }.build(1).unwrap();
        for order in [NodeOrder::by_degree(&network), NodeOrder::reverse_cuthill_mckee(&network)] {
            assert_eq!(NodeOrder::new(order.nodes().to_vec()), Ok(order));
        }
    }

    #[test]
    fn hubs_come_first_and_equals_keep_their_order() {
        let network = Topology::ScaleFree { agents: 400, attach: 3 }.build(5).unwrap();
        let order = NodeOrder::by_degree(&network);
        assert!(order.nodes().is_sorted_by_key(|&node| (Reverse(network.degree(node as usize)), node)));
    }

    #[test]
    fn the_curve_goes_from_cell_to_cell_next_to_it() {
        const SIDE: u32 = 32;
        let cells = || (0..SIDE * SIDE).map(|cell| [cell % SIDE, cell / SIDE]);
        let places: Vec<[f64; 2]> =
            cells().map(|cell| cell.map(|at| (f64::from(at) + 0.5) / f64::from(SIDE))).collect();
        let order = NodeOrder::hilbert(places.into_iter());
        let cells: Vec<_> = cells().collect();
        for [a, b] in order.nodes().array_windows() {
            let ([x, y], [u, v]) = (cells[*a as usize], cells[*b as usize]);
            assert_eq!(x.abs_diff(u) + y.abs_diff(v), 1);
        }
        assert_eq!(cells[order.nodes()[0] as usize], [0, 0]);
    }

    #[test]
    fn places_outside_the_square_are_taken_to_its_border() {
        let places = [[2.0, -1.0], [0.0, 0.0], [f64::NAN, 0.0], [1.0, 0.0]];
        assert_eq!(NodeOrder::hilbert(places.into_iter()).nodes(), [1, 2, 0, 3]);
    }

    #[test]
    fn geometric_links_are_short_along_the_curve() {
        let network = Topology::Geometric { agents: 4000, radius: 0.025, periodic: false }.build(2).unwrap();
        let reordered = network.reordered(&NodeOrder::hilbert(positions(4000, 2)));
        assert!(mean_length(&reordered) < 0.1 * mean_length(&network));
    }

    #[test]
    fn what_is_not_an_order_is_refused() {
        for (nodes, place) in [(vec![0, 2], 1), (vec![1, 0, 1], 2), (vec![3, 0, 1], 0)] {
            let (node, count) = (nodes[place], nodes.len());
            assert_eq!(NodeOrder::new(nodes), Err(GraphError::NotAnOrder { place, node, nodes: count }));
        }
        assert!(NodeOrder::new(vec![]).is_ok() && NodeOrder::new(vec![2, 0, 1]).is_ok());
    }

    proptest! {
        #[test]
        fn rows_keep_their_neighbours_weights_and_order(seed: u64, agents in 4_usize..60, weighted: bool) {
            let network = Topology::SmallWorld { agents, neighbors: 2, rewire: 0.5 }.build(seed).unwrap();
            let weights = weighted.then(|| (0..network.links()).map(|link| link as f64).collect());
            let network = Adjacency::from_parts(network.offsets().to_vec(), network.columns().to_vec(), weights).unwrap();
            let order = NodeOrder::hilbert(positions(agents, seed));
            let reordered = network.reordered(&order);
            for (place, &node) in order.nodes().iter().enumerate() {
                let heard: Vec<u32> = reordered.neighbors(place).iter().map(|&other| order.nodes()[other as usize]).collect();
                prop_assert_eq!(&heard[..], network.neighbors(node as usize));
                prop_assert_eq!(reordered.weights_of(place), network.weights_of(node as usize));
            }
            let back = NodeOrder::new(order.places()).unwrap();
            prop_assert_eq!(reordered.reordered(&back), network);
        }
    }
}
