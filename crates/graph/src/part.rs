//! Some rows of a network, without the others.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use crate::{
    Adjacency, GraphError, Link, LinkStream, NodeOrder,
    adjacency::check_count,
    build::{BuiltRows, Frame, Rows, build},
};

/// A run of consecutive nodes of a network, and whom else they listen to: what one of several processes
/// needs of a network that none of them holds whole.
///
/// Its nodes have numbers of their own: those of the run come first, in their order, and behind them
/// those outside whom any of the run listens to, in the order of theirs. A row lists its neighbours in the order
/// that it has in the whole network, so that sums over it have the same bits. Nodes outside have
/// empty rows here.
///
/// ```
/// use lampyrid_graph::{Part, Topology};
///
/// let ring = Topology::Ring { agents: 100, neighbors: 2 }.stream(1)?;
/// let part = Part::from_stream(&ring, 40..60)?;
/// assert_eq!((part.range(), part.outside()), (40..60, &[39, 60][..]));
/// assert_eq!(part.adjacency().neighbors(0), [20, 1]); // node 40 listens to 39 and 41
/// # Ok::<(), lampyrid_graph::GraphError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    range: Range<u32>,
    adjacency: Adjacency,
    outside: Vec<u32>,
    duplicates: usize,
    self_links: usize,
}

/// The links of a stream into some rows, as a stream.
struct LinksInto<'a, S> {
    stream: &'a S,
    rows: Range<u32>,
}

impl<S: LinkStream> LinkStream for LinksInto<'_, S> {
    fn nodes(&self) -> usize {
        self.stream.nodes()
    }

    fn is_weighted(&self) -> bool {
        self.stream.is_weighted()
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.stream.for_each_link_into(self.rows.clone(), visit);
    }
}

impl Part {
    /// The nodes `range` of the network of a stream: their rows are those that
    /// [`Adjacency::from_stream`] makes of the whole. Only these rows are held, and what a stream has to go through
    /// for them stands at [`LinkStream::for_each_link_into`].
    ///
    /// A range that reaches beyond the last node ends with it.
    ///
    /// # Errors
    ///
    /// As [`Adjacency::from_stream`], but for links between others, which are not looked at.
    pub fn from_stream(stream: &impl LinkStream, range: Range<u32>) -> Result<Self, GraphError> {
        check_count("nodes", stream.nodes() as u64)?;
        let nodes = stream.nodes() as u32;
        let rows = range.start.min(nodes)..range.end.min(nodes).max(range.start.min(nodes));
        let BuiltRows { rows: built, duplicates, self_links } =
            build(&LinksInto { stream, rows: rows.clone() }, Frame { rows: rows.clone(), nodes })?;
        let Rows { offsets, columns, weights, .. } = built;
        Ok(Self { duplicates, self_links, ..Self::numbered(rows, offsets, columns, weights) })
    }

    /// The nodes `range` of a network that is there, with their rows as they are.
    ///
    /// # Panics
    ///
    /// If the range reaches beyond the last node.
    #[must_use]
    pub fn of(network: &Adjacency, range: Range<u32>) -> Self {
        let ends = &network.offsets()[range.start as usize..=range.end as usize];
        let links = ends[0] as usize..ends[ends.len() - 1] as usize;
        let offsets = ends.iter().map(|end| end - ends[0]).collect();
        let weights = network.weights().map(|weights| weights[links.clone()].to_vec());
        Self::numbered(range, offsets, network.columns()[links].to_vec(), weights)
    }

    /// Gives the nodes of rows their own numbers.
    fn numbered(range: Range<u32>, mut offsets: Vec<u32>, mut columns: Vec<u32>, weights: Option<Vec<f64>>) -> Self {
        let mut outside: Vec<u32> = columns.iter().copied().filter(|node| !range.contains(node)).collect();
        outside.sort_unstable();
        outside.dedup();
        outside.shrink_to_fit();
        let own = range.len();
        for column in &mut columns {
            *column = match range.contains(column) {
                true => *column - range.start,
                false => (own + outside.partition_point(|node| node < column)) as u32,
            };
        }
        offsets.resize(own + outside.len() + 1, columns.len() as u32);
        let adjacency = Adjacency::from_checked(offsets, columns, weights);
        Self { range, adjacency, outside, duplicates: 0, self_links: 0 }
    }

    /// The same nodes of the network in which everybody listens to `leader` besides: to it last of all, with weight 1,
    /// where they did not anyway; and the leader to nobody.
    ///
    /// # Errors
    ///
    /// [`GraphError::TooMany`] if that makes too many links.
    pub fn led_by(self, leader: u32) -> Result<Self, GraphError> {
        let Self { ref range, ref adjacency, duplicates, self_links, .. } = self;
        let (mut offsets, mut columns) = (vec![0], Vec::with_capacity(adjacency.links() + range.len()));
        let mut weights = adjacency.weights().map(|_| Vec::new());
        for row in 0..range.len() {
            if range.start + row as u32 != leader {
                let first = columns.len();
                columns.extend(adjacency.neighbors(row).iter().map(|&column| self.node(column)));
                weights.iter_mut().for_each(|all| all.extend_from_slice(adjacency.weights_of(row).unwrap_or_default()));
                if !columns[first..].contains(&leader) {
                    columns.push(leader);
                    weights.iter_mut().for_each(|all| all.push(1.0));
                }
            }
            offsets.push(columns.len() as u32);
        }
        check_count("links", columns.len() as u64)?;
        Ok(Self { duplicates, self_links, ..Self::numbered(range.clone(), offsets, columns, weights) })
    }

    /// The same nodes of a network that has weights because other parts of it do: with weights of 1 where it has none.
    #[must_use]
    pub fn weighted(self) -> Self {
        Self { adjacency: self.adjacency.weighted(), ..self }
    }

    /// The same with every row in the order that its neighbours had before `order` gave them their numbers, which is how
    /// [`Adjacency::reordered`] leaves the rows of the whole.
    ///
    /// # Panics
    ///
    /// If the order is of fewer nodes than the network has.
    #[must_use]
    pub fn rows_as_before(self, order: &NodeOrder) -> Self {
        let mut arranged = Adjacency::default();
        let mut rows = arranged.rebuild(self.adjacency.nodes(), self.adjacency.weights().is_some());
        let mut row_before = Vec::new();
        for row in 0..self.adjacency.nodes() {
            let neighbors = self.adjacency.neighbors(row).iter().enumerate();
            let weight = |place: usize| self.adjacency.weights_of(row).map_or(1.0, |weights| weights[place]);
            let before = |local: u32| order.nodes()[self.node(local) as usize];
            row_before.extend(neighbors.map(|(place, &local)| (before(local), local, weight(place))));
            row_before.sort_unstable_by_key(|&(before, ..)| before);
            row_before.drain(..).for_each(|(_, local, weight)| rows.push(local, weight));
            rows.end_row();
        }
        rows.finish();
        Self { adjacency: arranged, ..self }
    }

    /// Which nodes of the network they are.
    #[must_use]
    pub fn range(&self) -> Range<u32> {
        self.range.clone()
    }

    /// Who listens to whom, in the numbers of the part.
    #[must_use]
    pub fn adjacency(&self) -> &Adjacency {
        &self.adjacency
    }

    /// The nodes outside whom any of the part listens to, ascending, by their numbers in the network: node
    /// `range().len() + i` of the part is the i-th of them.
    #[must_use]
    pub fn outside(&self) -> &[u32] {
        &self.outside
    }

    /// The number in the network of a node that is called `local` in the part.
    ///
    /// # Panics
    ///
    /// If there is no such node in the part.
    #[must_use]
    pub fn node(&self, local: u32) -> u32 {
        match (local as usize).checked_sub(self.range.len()) {
            None => self.range.start + local,
            Some(place) => self.outside[place],
        }
    }

    /// Links that had been given before; their weights were added.
    #[must_use]
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Links of a node to itself, which were dropped.
    #[must_use]
    pub fn self_links(&self) -> usize {
        self.self_links
    }

    /// Its parts: who listens to whom, and the nodes outside.
    #[must_use]
    pub fn into_parts(self) -> (Adjacency, Vec<u32>) {
        (self.adjacency, self.outside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Topology;
    use proptest::prelude::*;

    fn topologies() -> Vec<Topology> {
        vec![
            Topology::Complete { agents: 12 },
            Topology::Ring { agents: 50, neighbors: 6 },
            Topology::Lattice { width: 9, height: 7, periodic: true },
            Topology::Star { agents: 20 },
            Topology::Random { agents: 60, probability: 0.1 },
            Topology::RandomLinks { agents: 60, links: 150 },
            Topology::SmallWorld { agents: 60, neighbors: 6, rewire: 0.3 },
            Topology::ScaleFree { agents: 60, attach: 3 },
            Topology::Modular { sizes: vec![20, 15, 25], within: 0.3, between: 0.05 },
            Topology::Geometric { agents: 60, radius: 0.2, periodic: true },
        ]
    }

    /// The rows of a part, in the numbers of the network.
    fn rows(part: &Part) -> Vec<Vec<u32>> {
        let node = |&local: &u32| part.node(local);
        (0..part.range().len()).map(|row| part.adjacency().neighbors(row).iter().map(node).collect()).collect()
    }

    proptest! {
        #[test]
        fn rows_of_a_part_are_those_of_the_whole(seed: u64, cuts in prop::collection::vec(0_u32..70, 0..4)) {
            for topology in topologies() {
                let stream = topology.stream(seed).unwrap();
                let whole = Adjacency::from_stream(&stream).unwrap().adjacency;
                let nodes = whole.nodes() as u32;
                let mut ends: Vec<u32> = cuts.iter().map(|cut| cut.min(&nodes)).copied().chain([0, nodes]).collect();
                ends.sort_unstable();
                for [start, end] in ends.array_windows() {
                    let part = Part::from_stream(&stream, *start..*end).unwrap();
                    let expected: Vec<_> = (*start..*end).map(|row| whole.neighbors(row as usize).to_vec()).collect();
                    prop_assert_eq!(rows(&part), expected, "{:?}", topology);
                    prop_assert!((part.range().len()..part.adjacency().nodes()).all(|node| part.adjacency().degree(node) == 0));
                    prop_assert_eq!(part, Part::of(&whole, *start..*end));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn rows_of_a_part_in_another_order_are_those_of_the_whole_in_it(seed: u64, start in 0_u32..60, length in 0_u32..60) {
            let network = Topology::SmallWorld { agents: 60, neighbors: 6, rewire: 0.3 }.build(seed).unwrap();
            let weights = (0..network.links()).map(|link| link as f64).collect();
            let weighted =
                Adjacency::from_parts(network.offsets().to_vec(), network.columns().to_vec(), Some(weights)).unwrap();
            let order = NodeOrder::hilbert(crate::positions(60, seed));
            for network in [network, weighted] {
                let whole = network.reordered(&order);
                let part = Part::from_stream(&whole, start..start + length).unwrap();
                prop_assert_eq!(part.clone().rows_as_before(&order), Part::of(&whole, part.range()));
            }
        }
    }

    #[test]
    fn a_part_without_weights_gets_those_that_it_counts_with() {
        let ring = Topology::Ring { agents: 9, neighbors: 2 }.stream(0).unwrap();
        let part = Part::from_stream(&ring, 3..6).unwrap();
        let weighted = part.clone().weighted();
        assert_eq!(weighted.adjacency().weights(), Some(&[1.0; 6][..]));
        assert_eq!((rows(&weighted), weighted.outside()), (rows(&part), part.outside()));
        assert_eq!(weighted.clone().weighted(), weighted);
    }

    #[test]
    fn a_leader_is_heard_by_all_and_hears_nobody() {
        let ring = Topology::Ring { agents: 9, neighbors: 2 }.stream(0).unwrap();
        let part = |range| Part::from_stream(&ring, range).unwrap().led_by(0).unwrap();
        assert_eq!(rows(&part(0..3)), [vec![], vec![0, 2], vec![1, 3, 0]]);
        assert_eq!(rows(&part(6..9)), [vec![5, 7, 0], vec![6, 8, 0], vec![0, 7]]);
        assert_eq!(part(3..6).outside(), [0, 2, 6]);
    }

    #[test]
    fn rows_of_a_network_that_is_there_keep_their_order_and_weights() {
        let network =
            Adjacency::from_parts(vec![0, 0, 3, 4], vec![2, 0, 1, 0], Some(vec![0.5, 1.5, 2.5, 3.5])).unwrap();
        let part = Part::of(&network, 1..2);
        assert_eq!(part.outside(), [0, 2]);
        assert_eq!(part.adjacency().neighbors(0), [2, 1, 0]);
        assert_eq!(part.adjacency().weights_of(0), Some(&[0.5, 1.5, 2.5][..]));
    }

    #[test]
    fn a_range_that_reaches_too_far_ends_with_the_network() {
        let ring = Topology::Ring { agents: 10, neighbors: 2 }.stream(0).unwrap();
        assert_eq!(Part::from_stream(&ring, 8..99).unwrap().range(), 8..10);
        assert_eq!(Part::from_stream(&ring, 20..30).unwrap().range(), 10..10);
    }

    #[test]
    fn duplicates_and_self_links_of_the_rows_are_counted() {
        struct Loops;
        impl LinkStream for Loops {
            fn nodes(&self) -> usize {
                4
            }
            fn for_each_link(&self, visit: impl FnMut(Link)) {
                [(0, 0), (0, 1), (0, 1), (2, 2), (2, 3), (2, 3), (2, 3)]
                    .map(|(a, b)| Link::new(a, b))
                    .into_iter()
                    .for_each(visit);
            }
        }
        let part = Part::from_stream(&Loops, 2..4).unwrap();
        assert_eq!((part.duplicates(), part.self_links()), (2, 1));
        assert_eq!(part.adjacency().weights(), Some(&[3.0][..]));
    }
}
