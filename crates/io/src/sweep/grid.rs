//! All combinations of values, without any of them being stored.

use super::axis::Axis;
use super::error::SweepError;

/// The points of a sweep: every value of each key with every value of the others.
///
/// Points are numbered from 0, the last key turning over fastest, and made from their number when they are asked for.
///
/// ```
/// use lampyrid_io::sweep::{Axis, Grid};
///
/// let grid = Grid::new(vec![Axis::parse("coupling.strength=0:4:0.1")?, Axis::parse("network.rewire=0.01,0.1")?])?;
/// assert_eq!(grid.points(), 82);
/// assert_eq!(grid.values(3).unwrap(), ["0.1", "0.1"]);
/// # Ok::<(), lampyrid_io::sweep::SweepError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    axes: Vec<Axis>,
    points: u64,
}

/// Most points, and most runs: they are numbered, and these numbers stand in JSON.
const MOST: u64 = 1 << 53;

impl Grid {
    /// The grid over these keys; of none, a single point.
    ///
    /// # Errors
    ///
    /// When two of them are of one key, and for more than 2^53 points.
    pub fn new(axes: Vec<Axis>) -> Result<Self, SweepError> {
        for (place, axis) in axes.iter().enumerate() {
            if let Some(other) = axes[..place].iter().find(|other| other.concerns(axis.key())) {
                return Err(SweepError::VariedTwice { key: axis.key().to_owned(), other: other.key().to_owned() });
            }
        }
        let points = axes.iter().try_fold(1_u64, |points, axis| points.checked_mul(axis.count()));
        let points = points.filter(|&points| points <= MOST).ok_or(SweepError::Uncountable)?;
        Ok(Self { axes, points })
    }

    /// The keys and their values.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many points there are.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.points
    }

    /// How many runs there are if each point is run so often.
    ///
    /// # Errors
    ///
    /// For more than 2^53 runs.
    pub fn runs(&self, replicates: u64) -> Result<u64, SweepError> {
        self.points.checked_mul(replicates).filter(|&runs| runs <= MOST).ok_or(SweepError::Uncountable)
    }

    /// The values at a point, in the order of the keys; none beyond the last point.
    #[must_use]
    pub fn values(&self, point: u64) -> Option<Vec<String>> {
        if point >= self.points {
            return None;
        }
        let mut rest = point;
        let mut values: Vec<String> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            values.push(axis.value(rest % axis.count())?);
            rest /= axis.count();
        }
        values.reverse();
        Some(values)
    }
}

/// One run of a sweep.
///
/// Runs are numbered replicate by replicate: each point is run once before any is run a second time, so that what was
/// done when a sweep was cut off is spread evenly over the points.
///
/// ```
/// use lampyrid_io::sweep::RunId;
///
/// let runs: Vec<(u64, u64)> = (0..4).map(|number| RunId::nth(number, 3)).map(|run| (run.point, run.replicate)).collect();
/// assert_eq!(runs, [(0, 0), (1, 0), (2, 0), (0, 1)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId {
    /// The point of the grid.
    pub point: u64,
    /// Which of the runs at that point, counted from 0.
    pub replicate: u64,
}

impl RunId {
    /// The run of this number, in the order in which runs are begun, of a grid with so many points.
    ///
    /// # Panics
    ///
    /// Without points.
    #[must_use]
    pub fn nth(number: u64, points: u64) -> Self {
        Self { point: number % points, replicate: number / points }
    }

    /// Its number; see [`nth`](Self::nth).
    #[must_use]
    pub fn number(self, points: u64) -> u64 {
        self.replicate * points + self.point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(arguments: &[&str]) -> Result<Grid, SweepError> {
        Grid::new(arguments.iter().map(|argument| Axis::parse(argument).unwrap()).collect())
    }

    #[test]
    fn the_last_key_turns_over_fastest_and_every_combination_comes_once() {
        let grid = grid(&["a=1,2", "b=x,y,z", "c=0:1:1"]).unwrap();
        let all: Vec<String> = (0..grid.points()).map(|point| grid.values(point).unwrap().join(" ")).collect();
        assert_eq!(all[..4], ["1 x 0", "1 x 1", "1 y 0", "1 y 1"]);
        assert_eq!(all[11], "2 z 1");
        let mut sorted = all.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((all.len(), sorted.len(), grid.values(12)), (12, 12, None));
    }

    #[test]
    fn a_grid_of_any_size_takes_no_memory_and_what_cannot_be_counted_is_refused() {
        let large = grid(&["a=0:1:1e-9", "b=0:1:1e-6"]).unwrap();
        assert_eq!(large.points(), 1_000_000_001 * 1_000_001);
        assert_eq!(large.values(large.points() - 1).unwrap(), ["1", "1"]);
        assert!(matches!(large.runs(1_000_000), Err(SweepError::Uncountable)));
        assert!(matches!(grid(&["a=0:1:1e-9", "b=0:1:1e-9"]), Err(SweepError::Uncountable)));
    }

    #[test]
    fn one_key_cannot_be_varied_twice_nor_a_table_and_what_is_in_it() {
        for two in [["a.b=1,2", "a.b=3"], ["a.b=1", "a={}"], ["a={}", "a.b=1"]] {
            assert!(matches!(grid(&two), Err(SweepError::VariedTwice { .. })), "{two:?}");
        }
    }

    #[test]
    fn runs_are_numbered_and_found_by_their_number() {
        for number in 0..100 {
            assert_eq!(RunId::nth(number, 7).number(7), number);
        }
    }
}
