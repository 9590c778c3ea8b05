//! The columns of a run of agents, side by side, cut without copying.

use std::ops::Range;

/// What integrating some consecutive agents of one table reads and writes.
pub(super) struct Columns<'a> {
    /// Place of the first in the index.
    pub(super) first: usize,
    pub(super) phases: &'a mut [f64],
    pub(super) frequencies: &'a [f64],
    pub(super) ids: &'a [u64],
    pub(super) energies: Option<&'a mut [f64]>,
    pub(super) scales: Option<&'a [f64]>,
    pub(super) drives: Option<&'a [f64]>,
    pub(super) gains: Option<&'a [f64]>,
    pub(super) efforts: Option<&'a [f64]>,
    pub(super) velocities: Option<&'a mut [f64]>,
    /// Whether their energy is frozen.
    pub(super) frozen: bool,
    /// The number of their community; 0 for those of none.
    pub(super) community: usize,
    /// Phases at the beginning of the step, and rates so far; empty for one-stage integrators.
    pub(super) starts: &'a mut [f64],
    pub(super) sums: &'a mut [f64],
    /// In which order to compute the rows of the network; empty where they are taken as they lie.
    pub(super) visits: &'a [u16],
    /// Of own phases, in a mean field; elsewhere empty.
    pub(super) cosines: &'a mut [f64],
    pub(super) sines: &'a mut [f64],
}

impl<'a> Columns<'a> {
    /// The columns, in pieces of at most `size` agents, of those at these places, which ascend, or of all others.
    pub(super) fn pieces(
        mut self,
        places: &'a [Range<usize>],
        are_inside: bool,
        size: usize,
    ) -> impl Iterator<Item = Columns<'a>> {
        std::iter::from_fn(move || {
            loop {
                let next = places.get(places.partition_point(|places| places.end <= self.first));
                let (is_inside, end) = match next {
                    Some(places) if places.start <= self.first => (true, places.end),
                    next => (false, next.map_or(usize::MAX, |places| places.start)),
                };
                let agents = end - self.first;
                if is_inside == are_inside {
                    return self.take_front(agents.min(size));
                }
                self.take_front(agents)?;
            }
        })
    }

    /// Cuts off the first agents, at most `size`, unless there are none left.
    #[inline]
    pub(super) fn take_front(&mut self, size: usize) -> Option<Columns<'a>> {
        let size = size.min(self.phases.len());
        let first = self.first;
        self.first += size;
        (size > 0).then(|| Columns {
            first,
            phases: cut_mut(&mut self.phases, size),
            frequencies: cut(&mut self.frequencies, size),
            ids: cut(&mut self.ids, size),
            energies: self.energies.as_mut().map(|all| cut_mut(all, size)),
            scales: self.scales.as_mut().map(|all| cut(all, size)),
            drives: self.drives.as_mut().map(|all| cut(all, size)),
            gains: self.gains.as_mut().map(|all| cut(all, size)),
            efforts: self.efforts.as_mut().map(|all| cut(all, size)),
            velocities: self.velocities.as_mut().map(|all| cut_mut(all, size)),
            frozen: self.frozen,
            community: self.community,
            starts: cut_mut(&mut self.starts, size),
            sums: cut_mut(&mut self.sums, size),
            visits: cut(&mut self.visits, size),
            cosines: cut_mut(&mut self.cosines, size),
            sines: cut_mut(&mut self.sines, size),
        })
    }
}

/// The first elements, cut off; none of a column that is not there.
#[inline]
fn cut<'a, T>(column: &mut &'a [T], size: usize) -> &'a [T] {
    column.split_off(..size).unwrap_or_default()
}

#[inline]
fn cut_mut<'a, T>(column: &mut &'a mut [T], size: usize) -> &'a mut [T] {
    column.split_off_mut(..size).unwrap_or_default()
}
