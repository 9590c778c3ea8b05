//! Things gathered by the row they go to.

use alloc::{vec, vec::Vec};

/// Things on their way to rows all over a network. Stored one by one, nearly every one of them
/// would miss the caches and the address tables of the processor; here those for nearby rows wait
/// until there is a binful, whose rows then fit. The order within a row is kept.
pub(crate) struct Bins<T, F> {
    /// `FULL` places for each bin.
    places: Vec<T>,
    /// How many places of each bin are taken.
    taken: Vec<usize>,
    /// log₂ of the rows that share a bin.
    shift: u32,
    store: F,
}

/// Things in a full bin.
const FULL: usize = 512;
/// Largest number of bins.
const BINS: usize = 256;
/// Smallest number of rows that share a bin, which keeps the bins to a few bytes per row.
const ROWS: usize = 1 << 13;

impl<T: Copy, F: FnMut(T)> Bins<T, F> {
    /// Bins for things that go to one of `rows` rows, to be handed to `store`. Any thing will do to
    /// fill the `blank` places.
    pub(crate) fn new(rows: usize, blank: T, store: F) -> Self {
        let shift = rows.div_ceil(BINS).next_power_of_two().max(ROWS).ilog2();
        let bins = rows.div_ceil(1 << shift);
        Self { places: vec![blank; bins * FULL], taken: vec![0; bins], shift, store }
    }

    /// Adds what goes to `row`, which is one of the rows.
    #[inline]
    pub(crate) fn add(&mut self, row: u32, thing: T) {
        let bin = (row >> self.shift) as usize;
        let taken = self.taken[bin];
        self.places[bin * FULL + taken] = thing;
        self.taken[bin] = taken + 1;
        if taken + 1 == FULL {
            self.empty(bin);
        }
    }

    /// Hands over what is in a bin. Kept out of `add`, which is small enough to be inlined into the
    /// generators then.
    #[cold]
    #[inline(never)]
    fn empty(&mut self, bin: usize) {
        let taken = core::mem::take(&mut self.taken[bin]);
        self.places[bin * FULL..][..taken].iter().copied().for_each(&mut self.store);
    }

    /// Hands over what is left.
    pub(crate) fn finish(mut self) {
        (0..self.taken.len()).for_each(|bin| self.empty(bin));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_handed_over_once_and_in_order_within_its_row() {
        for rows in [10_u32, 1 << 17, 300_000] {
            // Few enough rows that those of a binful are met again and again.
            let row = |i: u32| (i.wrapping_mul(2_654_435_761) % rows) & !0x7ff;
            let mut stored = Vec::new();
            let mut bins = Bins::new(rows as usize, (0, 0), |thing| stored.push(thing));
            let things: Vec<(u32, u32)> = (0..200_000).map(|i| (row(i), i)).collect();
            things.iter().for_each(|thing| bins.add(thing.0, *thing));
            bins.finish();
            // Sorting is stable, so that rows show the order in which they were served.
            let by_row = |mut things: Vec<(u32, u32)>| {
                things.sort_by_key(|thing| thing.0);
                things
            };
            assert_eq!(by_row(stored), by_row(things), "{rows} rows");
        }
    }
}
