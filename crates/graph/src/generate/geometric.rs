//! Nodes at random places in the unit square, linked when near (Gilbert 1961).

use alloc::{vec, vec::Vec};
use core::ops::Range;

use crate::bins::Bins;
use crate::draw::{Draws, Purpose, unit};
use crate::{Link, LinkStream};

/// The places of the nodes of [`Topology::Geometric`](crate::Topology::Geometric) in the unit
/// square, in node order.
pub fn positions(agents: usize, seed: u64) -> impl ExactSizeIterator<Item = [f64; 2]> {
    let draws = Draws::new(seed, Purpose::Position);
    (0..agents).map(move |node| draws.bits(node as u64, 0).map(unit))
}

/// Looks for neighbours in the cells around a node's own; cells are at least `radius` wide and
/// hold a node or two on average.
#[derive(Clone, Debug)]
pub(crate) struct Geometric {
    pub(crate) agents: u32,
    pub(crate) radius: f64,
    /// Whether opposite borders are joined.
    pub(crate) periodic: bool,
    pub(crate) seed: u64,
}

/// Nodes by cell: those of cell c are `nodes[starts[c]..starts[c + 1]]`.
struct Cells {
    side: usize,
    starts: Vec<u32>,
    nodes: Vec<(u32, [f64; 2])>,
}

impl Geometric {
    fn cells(&self) -> Cells {
        let side = libm::floor(1.0 / self.radius).min(libm::sqrt(f64::from(self.agents))).max(1.0) as usize;
        let cell = |[x, y]: [f64; 2]| {
            let along = |x: f64| ((x * side as f64) as usize).min(side - 1);
            (along(y) * side + along(x)) as u32
        };
        let places = || positions(self.agents as usize, self.seed);
        let mut starts = vec![0_u32; side * side + 1];
        let mut counting = Bins::new(side * side, 0, |cell: u32| starts[cell as usize + 1] += 1);
        places().for_each(|place| counting.add(cell(place), cell(place)));
        counting.finish();
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut nodes = vec![(0, [0.0; 2]); self.agents as usize];
        let mut cursors = starts.clone();
        let mut filing = Bins::new(side * side, (0, [0.0; 2]), |(node, place)| {
            let cursor = &mut cursors[cell(place) as usize];
            nodes[*cursor as usize] = (node, place);
            *cursor += 1;
        });
        places().zip(0..).for_each(|(place, node)| filing.add(cell(place), (node, place)));
        filing.finish();
        Cells { side, starts, nodes }
    }

    fn near(&self, a: [f64; 2], b: [f64; 2]) -> bool {
        let along = |i: usize| {
            let apart = (a[i] - b[i]).abs();
            if self.periodic { apart.min(1.0 - apart) } else { apart }
        };
        let (x, y) = (along(0), along(1));
        x * x + y * y <= self.radius * self.radius
    }

    /// The cells along one axis that may hold neighbours: up to three, each once.
    fn around(&self, cell: usize, side: usize) -> impl Iterator<Item = usize> + use<> {
        let (before, after) = if self.periodic {
            ((cell + side - 1) % side, (cell + 1) % side)
        } else {
            (cell.saturating_sub(1), (cell + 1).min(side - 1))
        };
        let after = (after != cell && after != before).then_some(after);
        [Some(cell), (before != cell).then_some(before), after].into_iter().flatten()
    }
}

impl LinkStream for Geometric {
    fn nodes(&self) -> usize {
        self.agents as usize
    }

    fn for_each_link(&self, visit: impl FnMut(Link)) {
        self.for_each_link_into(0..self.agents, visit);
    }

    fn for_each_link_into(&self, rows: Range<u32>, mut visit: impl FnMut(Link)) {
        let cells = self.cells();
        for y in 0..cells.side {
            for x in 0..cells.side {
                for &(receiver, own) in cells.of(x, y).iter().filter(|node| rows.contains(&node.0)) {
                    for y in self.around(y, cells.side) {
                        for x in self.around(x, cells.side) {
                            let others =
                                cells.of(x, y).iter().filter(|node| node.0 != receiver && self.near(own, node.1));
                            others.for_each(|&(sender, _)| visit(Link::new(receiver, sender)));
                        }
                    }
                }
            }
        }
    }
}

impl Cells {
    fn of(&self, x: usize, y: usize) -> &[(u32, [f64; 2])] {
        let cell = y * self.side + x;
        &self.nodes[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}
