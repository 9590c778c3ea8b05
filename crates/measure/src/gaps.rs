//! How evenly phases are spread over the circle.

use alloc::vec::Vec;
use core::f64::consts::TAU;

/// The smallest and largest phase of one arc of the circle.
#[derive(Clone, Copy, Debug)]
struct Arc {
    first: f64,
    last: f64,
}

const NOBODY: Arc = Arc { first: f64::INFINITY, last: f64::NEG_INFINITY };

/// Finds the largest gap between neighbouring phases on the circle, keeping its memory for the next
/// time.
///
/// It takes time linear in the number of phases, not that of sorting: the circle is cut into as many
/// equal arcs as there are phases, and since no largest gap is narrower than an arc, it lies between
/// the last phase of one arc and the first of the next that has any.
///
/// ```
/// use lampyrid_measure::GapFinder;
/// let gap = GapFinder::default().largest(&[0.5, 1.0, 4.0]);
/// assert_eq!(gap, 3.0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct GapFinder {
    arcs: Vec<Arc>,
}

impl GapFinder {
    /// The largest gap \[rad\] between phases in [0, 2π): 2π for one phase or none, 2π/N at least.
    /// Phases outside [0, 2π) count as its ends, NaN not at all.
    pub fn largest(&mut self, phases: &[f64]) -> f64 {
        self.arcs.clear();
        self.arcs.resize(phases.len(), NOBODY);
        let scale = phases.len() as f64 / TAU;
        for &phase in phases {
            let place = ((phase * scale) as usize).min(phases.len() - 1);
            let arc = &mut self.arcs[place];
            arc.first = arc.first.min(phase);
            arc.last = arc.last.max(phase);
        }
        let mut held = self.arcs.iter().filter(|arc| arc.first <= arc.last);
        let first = match held.next() {
            Some(&first) if phases.len() > 1 => first,
            _ => return TAU,
        };
        let mut before = first;
        let mut largest: f64 = 0.0;
        for arc in held {
            largest = largest.max(arc.first - before.last);
            before = *arc;
        }
        largest.max(first.first + TAU - before.last)
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.arcs.capacity() * size_of::<Arc>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by_sorting(phases: &[f64]) -> f64 {
        let mut sorted = phases.to_vec();
        sorted.sort_by(f64::total_cmp);
        let around = sorted[0] + TAU - sorted[sorted.len() - 1];
        sorted.array_windows().map(|[a, b]| b - a).fold(around, f64::max)
    }

    #[test]
    fn nobody_and_one_alone_leave_the_whole_circle() {
        assert_eq!(GapFinder::default().largest(&[]), TAU);
        assert_eq!(GapFinder::default().largest(&[3.0]), TAU);
    }

    #[test]
    fn evenly_spread_phases_have_the_smallest_largest_gap() {
        let phases: Vec<f64> = (0..50).map(|i| TAU * f64::from(i) / 50.0).collect();
        assert!((GapFinder::default().largest(&phases) - TAU / 50.0).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn the_largest_gap_is_that_of_sorted_phases(
            phases in prop::collection::vec(0.0..TAU, 2..200),
            spread in prop::sample::select(vec![1.0, 0.1, 1e-3]),
        ) {
            let phases: Vec<f64> = phases.iter().map(|phase| phase * spread).collect();
            let mut finder = GapFinder::default();
            prop_assert_eq!(finder.largest(&phases[..1]), TAU);
            prop_assert_eq!(finder.largest(&phases), by_sorting(&phases));
        }
    }
}
