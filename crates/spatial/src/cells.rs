//! Cells of equal size: who is about where.
//!
//! All agents are sorted into cells anew at every refresh, which takes two passes over them. A tree
//! adapts better to places that are crowded here and empty there, but building one takes twenty times
//! as long, and asking it fifty times; see the bench `refresh`.

use std::ops::Range;

use crate::space::{Columns, Point, Space};

/// Agents by cell. Cells come row by row along x, rows by y, layers by z; so the agents of
/// neighbouring cells of a row lie in one piece.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    axes: [Axis; 3],
    /// By cell: where its agents begin; and where those of the last one end.
    starts: Vec<u32>,
    /// Their coordinates, cell after cell.
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    /// Who they are.
    agents: Vec<u32>,
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
    cells: usize,
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
        (((x - self.low) * self.density) as usize).min(self.cells - 1)
    }

    /// The cells that hold every place within `reach` of `x`.
    fn around(&self, x: f64, reach: f64) -> Stretch {
        let all = Stretch { first: 0, count: self.cells };
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
    pub(crate) fn sort(&mut self, points: &[Point], space: &Space, side: f64) -> usize {
        self.cut(points, space, side);
        self.starts.clear();
        self.starts.resize(self.number() + 1, 0);
        self.cell_of.clear();
        let [x, y, z] = self.axes;
        self.cell_of.extend(points.iter().map(|point| {
            let cell = (z.cell(point[2]) * y.cells + y.cell(point[1])) * x.cells + x.cell(point[0]);
            cell as u32
        }));
        self.cell_of.iter().for_each(|&cell| self.starts[cell as usize] += 1);
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        for column in [&mut self.x, &mut self.y, &mut self.z] {
            column.resize(points.len(), 0.0);
        }
        self.agents.resize(points.len(), 0);
        let mut off = 0;
        // From the last to the first, which turns the ends of the cells into their beginnings and leaves
        // the agents of a cell in their order.
        for (agent, (&cell, point)) in self.cell_of.iter().zip(points).enumerate().rev() {
            let place = &mut self.starts[cell as usize];
            *place -= 1;
            let place = *place as usize;
            [self.x[place], self.y[place], self.z[place]] = *point;
            self.agents[place] = agent as u32;
            off += place.abs_diff(agent);
        }
        off / points.len().max(1)
    }

    /// Agents in the order of their cells.
    pub(crate) fn agents(&self) -> &[u32] {
        &self.agents
    }

    /// Gives the agents the numbers that they have in the order of their cells.
    pub(crate) fn number_in_order(&mut self) {
        self.agents.iter_mut().zip(0..).for_each(|(agent, number)| *agent = number);
    }

    /// No distance between two agents is larger.
    pub(crate) fn diameter(&self) -> f64 {
        self.diameter
    }

    /// How long the shortest side of a cell is; infinite if there is but one cell.
    pub(crate) fn side(&self) -> f64 {
        let sides = self.axes.iter().filter(|axis| axis.cells > 1).map(|axis| 1.0 / axis.density);
        sides.fold(f64::INFINITY, f64::min)
    }

    fn number(&self) -> usize {
        self.axes.iter().map(|axis| axis.cells).product()
    }

    /// Chooses how the axes are cut.
    fn cut(&mut self, points: &[Point], space: &Space, side: f64) {
        let spans = std::array::from_fn(|axis| Span::of(points, space, axis));
        self.diameter = spans.iter().map(|span: &Span| span.widest * span.widest).sum::<f64>().sqrt() * (1.0 + 1e-12);
        let largest = spans.iter().fold(0.0, |largest: f64, span| largest.max(span.largest));
        self.margin = 64.0 * f64::EPSILON * largest;
        let side = wide_enough(&spans, side, points.len());
        self.axes = std::array::from_fn(|axis| {
            let Span { low, length, .. } = spans[axis];
            let cells = (length / side) as usize;
            let cells = cells.max(1);
            let density = if cells > 1 { cells as f64 / length } else { 0.0 };
            Axis { low, density, cells, period: space.period(axis) }
        });
    }

    /// Goes through stretches of agents that hold all those within `reach` of a point.
    fn each_stretch(&self, point: Point, reach: f64, mut visit: impl FnMut(Range<usize>)) {
        let reach = reach * (1.0 + 1e-12) + self.margin;
        let [x, y, z]: [Stretch; 3] = std::array::from_fn(|axis| self.axes[axis].around(point[axis], reach));
        let [columns, rows, layers] = self.axes.map(|axis| axis.cells);
        let before_end = x.count.min(columns - x.first);
        let mut layer = z.first;
        for _ in 0..z.count {
            let mut row = y.first;
            for _ in 0..y.count {
                let start = (layer * rows + row) * columns;
                let mut visit_cells = |first: usize, count: usize| {
                    visit(self.starts[first] as usize..self.starts[first + count] as usize);
                };
                visit_cells(start + x.first, before_end);
                if before_end < x.count {
                    visit_cells(start, x.count - before_end);
                }
                row = if row + 1 == rows { 0 } else { row + 1 };
            }
            layer = if layer + 1 == layers { 0 } else { layer + 1 };
        }
    }

    /// How many agents are no farther from a point than the root of `limit`.
    pub(crate) fn count_within(&self, point: Point, limit: f64, space: &Space) -> usize {
        let mut count = 0;
        self.each_stretch(point, limit.sqrt(), |places| {
            let [x, y, z] = [&self.x, &self.y, &self.z].map(|column| &column[places.clone()]);
            count += space.count_within(point, limit, Columns { x, y, z });
        });
        count
    }

    /// Goes through the agents that are no farther from a point than the root of `limit`, with the
    /// squares of their distances.
    pub(crate) fn each_within(&self, point: Point, limit: f64, space: &Space, mut visit: impl FnMut(f64, u32)) {
        self.each_stretch(point, limit.sqrt(), |places| {
            for place in places {
                let squared = space.squared_distance(point, [self.x[place], self.y[place], self.z[place]]);
                if squared <= limit {
                    visit(squared, self.agents[place]);
                }
            }
        });
    }
}

/// What part of an axis agents are on.
#[derive(Clone, Copy, Debug)]
struct Span {
    low: f64,
    length: f64,
    /// The largest distance along it.
    widest: f64,
    /// The largest number that coordinates and reaches are added to.
    largest: f64,
}

/// Agents that are asked where about most of them are.
const SAMPLE: usize = 256;

impl Span {
    fn of(points: &[Point], space: &Space, axis: usize) -> Self {
        let period = space.period(axis);
        if period.is_finite() {
            return Self { low: 0.0, length: period, widest: period / 2.0, largest: period };
        }
        let coordinates = || points.iter().map(|point| point[axis]);
        let (min, max) = coordinates().fold((f64::MAX, f64::MIN), |(min, max), x| (x.min(min), x.max(max)));
        if points.is_empty() {
            return Self { low: 0.0, length: 0.0, widest: 0.0, largest: 0.0 };
        }
        let (low, high) = most(points, axis);
        let (low, high) = (low.max(min), high.min(max));
        Self { low, length: high - low, widest: max - min, largest: min.abs().max(max.abs()) }
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

/// The least side not below `side` that leaves the number of cells in proportion to the agents.
fn wide_enough(spans: &[Span; 3], side: f64, agents: usize) -> f64 {
    let most = (CELLS_PER_AGENT * agents + 64) as f64;
    let cells = |side: f64| spans.iter().map(|span| (span.length / side).floor().max(1.0)).product::<f64>();
    let longest = spans.iter().fold(0.0, |longest: f64, span| longest.max(span.length));
    if !longest.is_finite() || !(longest > 0.0) {
        return f64::INFINITY;
    }
    let mut side = if side > 0.0 { side } else { longest / most };
    while cells(side) > most {
        side *= 1.25;
    }
    side
}
