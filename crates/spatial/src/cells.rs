//! Cells of equal size: who is about where.
//!
//! To sort all agents into cells takes two passes over them, and until they have flown a good part of a
//! cell it need not be done again: whoever asks looks as much farther. A tree adapts better to places that
//! are crowded here and empty there, but takes many times as long to be built and asked; see the bench
//! `refresh`.

use std::ops::Range;

use lampyrid_kernel::nearest::{PADDING, Place, find_within};

use crate::{
    nearest::Outlook,
    space::{Point, Space},
};

/// Agents by cell, where they were when they were sorted. Cells come row by row along x, so that the agents of
/// neighbouring cells of a row lie in one piece; and rows bundle by bundle, so that those of rows side by side are
/// close in memory, whether along y or z.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    axes: [Axis; 3],
    /// By y and, slower, z: where a row comes.
    rows: Vec<u32>,
    /// By cell: where its agents begin; and where those of the last one end.
    starts: Vec<u32>,
    /// The agents, cell after cell, and padding.
    places: Vec<Place>,
    /// Which cell each agent is in.
    cell_of: Vec<u32>,
    /// No distance between two agents is larger.
    diameter: f64,
    /// How much larger than asked for a search is, to be above what rounding does to coordinates.
    margin: f64,
}

/// How an axis is cut. Coordinates below and above the cut part belong to its first and last cell.
#[derive(Clone, Copy, Debug, Default)]
struct Axis {
    low: f64,
    /// Cells per length.
    density: f64,
    /// Length of a cell.
    side: f64,
    cells: usize,
    /// The number of the last one.
    last: f64,
    /// Infinite if open.
    period: f64,
}

/// Some agents of a row of cells: cells from `first` on, `count` of them, around the end of a periodic
/// axis.
#[derive(Clone, Copy)]
struct Stretch {
    first: usize,
    count: usize,
}

impl Axis {
    /// Never falls with x, which is all that a search relies on.
    fn cell(&self, x: f64) -> usize {
        // Added to 2^52, a number shows its nearest integer in its last bits, in fewer instructions than a cast.
        const INTEGERS: f64 = (1_u64 << 52) as f64;
        let place = ((x - self.low) * self.density - 0.5).max(0.0).min(self.last) + INTEGERS;
        place.to_bits() as u32 as usize
    }

    /// The cells that hold every place within `reach` of `x`.
    fn around(&self, x: f64, reach: f64) -> Stretch {
        let all = Stretch { first: 0, count: self.cells };
        if self.cells == 1 {
            return all;
        }
        let (mut low, mut high) = (x - reach, x + reach);
        let wraps = low < 0.0 || high >= self.period;
        if self.period.is_infinite() || !wraps {
            let first = self.cell(low);
            return Stretch { first, count: self.cell(high) - first + 1 };
        }
        if 2.0 * reach >= self.period {
            return all;
        }
        low += if low < 0.0 { self.period } else { 0.0 };
        high -= if high >= self.period { self.period } else { 0.0 };
        let (first, last) = (self.cell(low), self.cell(high));
        if last >= first { all } else { Stretch { first, count: last + self.cells - first + 1 } }
    }
}

impl Cells {
    /// Sorts agents into cells of about this side. Returns by how many places on average an agent lies
    /// off where it would in the order of the cells.
    pub(crate) fn sort(&mut self, points: &[Point], space: &Space, side: f64, margin: f64) -> usize {
        self.cut(points, space, side);
        self.bundle_rows();
        self.margin = margin;
        self.starts.clear();
        self.starts.resize(self.number() + 1, 0);
        self.cell_of.clear();
        let [x, y, z] = self.axes;
        self.cell_of.extend(points.iter().map(|point| {
            let row = self.rows[z.cell(point[2]) * y.cells + y.cell(point[1])];
            row * x.cells as u32 + x.cell(point[0]) as u32
        }));
        self.cell_of.iter().for_each(|&cell| self.starts[cell as usize] += 1);
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        self.places.resize(points.len() + PADDING, Place::default());
        let mut off = 0;
        // From the last to the first, which turns the ends of the cells into their beginnings and leaves
        // the agents of a cell in their order.
        for (agent, (&cell, point)) in self.cell_of.iter().zip(points).enumerate().rev() {
            let place = &mut self.starts[cell as usize];
            *place -= 1;
            let place = *place as usize;
            self.places[place] = Place::new(self.counted_from_low(*point), agent as u32);
            off += place.abs_diff(agent);
        }
        off / points.len().max(1)
    }

    /// Agents in the order of their cells.
    pub(crate) fn agents(&self) -> impl Iterator<Item = u32> {
        self.places[..self.cell_of.len()].iter().map(Place::agent)
    }

    /// Gives the agents the numbers that they have in the order of their cells.
    pub(crate) fn number_in_order(&mut self) {
        self.places.iter_mut().zip(0..).for_each(|(place, number)| place.renumber(number));
    }

    /// No distance between two agents is larger.
    pub(crate) fn diameter(&self) -> f64 {
        self.diameter
    }

    /// How long the side of a cell is that neither is short nor the only one of its axis; infinite if
    /// there is none.
    pub(crate) fn side(&self) -> f64 {
        let [x, y, z] = self.axes.map(|axis| if axis.cells > 1 { axis.side } else { f64::INFINITY });
        (SHORTER * x).min(y).min(z)
    }

    fn number(&self) -> usize {
        self.axes.iter().map(|axis| axis.cells).product()
    }

    /// Chooses how the axes are cut.
    fn cut(&mut self, points: &[Point], space: &Space, side: f64) {
        let spans = std::array::from_fn(|axis| Span::of(points, space, axis));
        self.diameter = spans.iter().map(|span: &Span| span.widest * span.widest).sum::<f64>().sqrt() * (1.0 + 1e-12);
        let side = wide_enough(&spans, side, points.len());
        self.axes = std::array::from_fn(|axis| {
            let Span { low, length, .. } = spans[axis];
            // Cells are shorter along x: rows end closer to what is searched for, and are as few.
            let side = if axis == 0 { side / SHORTER } else { side };
            let cells = ((length / side) as usize).max(1);
            let density = if cells > 1 { cells as f64 / length } else { 0.0 };
            let period = space.period(axis);
            Axis { low, density, side: length / cells as f64, cells, last: (cells - 1) as f64, period }
        });
    }

    /// Where the first cells begin: 0 along periodic axes.
    pub(crate) fn low(&self) -> Point {
        self.axes.map(|axis| axis.low)
    }

    /// Where a point is, counted from there, so that coordinates are small.
    fn counted_from_low(&self, point: Point) -> Point {
        std::array::from_fn(|axis| point[axis] - self.axes[axis].low)
    }

    /// Chooses where rows come.
    fn bundle_rows(&mut self) {
        let [_, rows, layers] = self.axes.map(|axis| axis.cells);
        self.rows.resize(rows * layers, 0);
        let sides = |cells: usize| (0..cells).step_by(BUNDLE).map(move |first| first..cells.min(first + BUNDLE));
        let bundles = sides(layers).flat_map(|z| sides(rows).map(move |y| (y, z.clone())));
        let in_order = bundles.flat_map(|(y, z)| z.flat_map(move |z| y.clone().map(move |y| z * rows + y)));
        (0..).zip(in_order).for_each(|(place, row)| self.rows[row] = place);
    }

    /// Finds all agents that were no farther from a point than that when they were sorted.
    pub(crate) fn find_within(&self, point: Point, reach: f64, outlook: &Outlook<'_>, found: &mut Found) {
        let reach = reach * (1.0 + 1e-12) + self.margin;
        self.note_ranges(std::array::from_fn(|axis| self.axes[axis].around(point[axis], reach)), &mut found.ranges);
        found.make_room();
        let point = self.counted_from_low(point);
        let Found { ranges, agents, length } = found;
        *length = find_within(outlook.level, &outlook.metric, &self.places, ranges, point, reach, agents);
    }

    /// Notes the places of all agents in some cells.
    fn note_ranges(&self, [x, y, z]: [Stretch; 3], ranges: &mut Vec<Range<u32>>) {
        let [columns, rows, layers] = self.axes.map(|axis| axis.cells);
        let before_end = x.count.min(columns - x.first);
        ranges.clear();
        let mut layer = z.first;
        for _ in 0..z.count {
            let mut row = y.first;
            for _ in 0..y.count {
                let start = self.rows[layer * rows + row] as usize * columns;
                ranges.push(self.range(start + x.first, before_end));
                if before_end < x.count {
                    ranges.push(self.range(start, x.count - before_end));
                }
                row = if row + 1 == rows { 0 } else { row + 1 };
            }
            layer = if layer + 1 == layers { 0 } else { layer + 1 };
        }
    }

    fn range(&self, first: usize, cells: usize) -> Range<u32> {
        self.starts[first]..self.starts[first + cells]
    }
}

/// Rows in each direction that lie together.
const BUNDLE: usize = 4;

/// Agents found, in no order.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Where they were looked for.
    ranges: Vec<Range<u32>>,
    /// Behind those found anything may be.
    agents: Vec<u32>,
    length: usize,
}

impl Found {
    fn make_room(&mut self) {
        let most = self.ranges.iter().map(ExactSizeIterator::len).sum();
        if self.agents.len() < most {
            self.agents.resize(2 * most, 0);
        }
    }

    pub(crate) fn agents(&self) -> &[u32] {
        &self.agents[..self.length]
    }

    /// Takes an agent out, if it is among them.
    pub(crate) fn take_out(&mut self, agent: u32) {
        if let Some(place) = self.agents().iter().position(|&other| other == agent) {
            self.length -= 1;
            self.agents[place] = self.agents[self.length];
        }
    }
}

/// What part of an axis agents are on.
#[derive(Clone, Copy, Debug)]
struct Span {
    low: f64,
    length: f64,
    /// The largest distance along it.
    widest: f64,
}

/// Agents that are asked where about most of them are.
const SAMPLE: usize = 256;

impl Span {
    fn of(points: &[Point], space: &Space, axis: usize) -> Self {
        let period = space.period(axis);
        if period.is_finite() {
            return Self { low: 0.0, length: period, widest: period / 2.0 };
        }
        let coordinates = || points.iter().map(|point| point[axis]);
        let (min, max) = coordinates().fold((f64::MAX, f64::MIN), |(min, max), x| (x.min(min), x.max(max)));
        if points.is_empty() {
            return Self { low: 0.0, length: 0.0, widest: 0.0 };
        }
        let (low, high) = most(points, axis);
        let (low, high) = (low.max(min), high.min(max));
        Self { low, length: high - low, widest: max - min }
    }
}

/// Where nearly all agents are: a few far away from all others shall not make everybody's cells wide.
fn most(points: &[Point], axis: usize) -> (f64, f64) {
    let mut sample = [0.0; SAMPLE];
    let count = points.len().min(SAMPLE);
    let sample = &mut sample[..count];
    sample.iter_mut().enumerate().for_each(|(i, x)| *x = points[i * points.len() / count][axis]);
    sample.sort_unstable_by(f64::total_cmp);
    let (low, high) = (sample[count / 32], sample[count - 1 - count / 32]);
    let beyond = (high - low) / 8.0;
    (low - beyond, high + beyond)
}

/// Cells per agent that there may be: empty ones cost memory and time, too.
const CELLS_PER_AGENT: usize = 2;

/// How much shorter cells are along x than along y and z.
const SHORTER: f64 = 4.0;

/// The least side not below `side` that leaves the number of cells in proportion to the agents.
fn wide_enough(spans: &[Span; 3], side: f64, agents: usize) -> f64 {
    let most = (CELLS_PER_AGENT * agents + 64) as f64;
    let cells = |side: f64| {
        let [x, y, z] = [0, 1, 2].map(|axis| spans[axis].length / side);
        (SHORTER * x).floor().max(1.0) * y.floor().max(1.0) * z.floor().max(1.0)
    };
    let longest = spans.iter().fold(0.0, |longest: f64, span| longest.max(span.length));
    if !longest.is_finite() || longest <= 0.0 {
        return f64::INFINITY;
    }
    let mut side = if side > 0.0 { side } else { longest / most };
    while cells(side) > most {
        side *= 1.25;
    }
    side
}
