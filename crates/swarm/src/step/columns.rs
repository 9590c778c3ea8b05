//! The columns of a run of agents, side by side, cut without copying.

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
    /// The columns in pieces of at most `size` agents.
    pub(super) fn chunks(self, size: usize) -> impl Iterator<Item = Columns<'a>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let columns = rest.take()?;
            if columns.phases.len() <= size {
                return (!columns.phases.is_empty()).then_some(columns);
            }
            let (head, tail) = columns.split_at(size);
            rest = Some(tail);
            Some(head)
        })
    }

    fn split_at(self, middle: usize) -> (Self, Self) {
        let (phases, later_phases) = self.phases.split_at_mut(middle);
        let (frequencies, later_frequencies) = self.frequencies.split_at(middle);
        let (ids, later_ids) = self.ids.split_at(middle);
        let (energies, later_energies) = self.energies.map(|all| all.split_at_mut(middle)).unzip();
        let (scales, later_scales) = self.scales.map(|all| all.split_at(middle)).unzip();
        let (drives, later_drives) = self.drives.map(|all| all.split_at(middle)).unzip();
        let kept = middle.min(self.starts.len());
        let (starts, later_starts) = self.starts.split_at_mut(kept);
        let (sums, later_sums) = self.sums.split_at_mut(kept);
        let (visits, later_visits) = self.visits.split_at(middle.min(self.visits.len()));
        let published = middle.min(self.cosines.len());
        let (cosines, later_cosines) = self.cosines.split_at_mut(published);
        let (sines, later_sines) = self.sines.split_at_mut(published);
        (
            Self {
                first: self.first,
                phases,
                frequencies,
                ids,
                energies,
                scales,
                drives,
                starts,
                sums,
                visits,
                cosines,
                sines,
            },
            Self {
                first: self.first + middle,
                phases: later_phases,
                frequencies: later_frequencies,
                ids: later_ids,
                energies: later_energies,
                scales: later_scales,
                drives: later_drives,
                starts: later_starts,
                sums: later_sums,
                visits: later_visits,
                cosines: later_cosines,
                sines: later_sines,
            },
        )
    }
}
