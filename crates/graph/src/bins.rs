//! Things gathered by the row they go to.

/// Things on their way to rows all over a network. Stored one by one, nearly every one of them
/// would miss the caches and the address tables of the processor; here those for nearby rows wait
/// until there is a binful, whose rows then fit. The order within a row is kept.
pub(crate) struct Bins<T, F> {
    bins: Vec<Vec<T>>,
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
/// So many rows stay in the caches by themselves: no bins are needed.
const FEW: usize = 1 << 17;

impl<T, F: FnMut(T)> Bins<T, F> {
    /// Bins for things that go to one of `rows` rows, to be handed to `store`.
    pub(crate) fn new(rows: usize, store: F) -> Self {
        let shift = rows.div_ceil(BINS).next_power_of_two().max(ROWS).ilog2();
        let count = if rows <= FEW { 0 } else { rows.div_ceil(1 << shift) };
        Self { bins: (0..count).map(|_| Vec::with_capacity(FULL)).collect(), shift, store }
    }

    /// Adds what goes to `row`, which is one of the rows.
    #[inline]
    pub(crate) fn add(&mut self, row: u32, thing: T) {
        if self.bins.is_empty() {
            return (self.store)(thing);
        }
        let bin = &mut self.bins[(row >> self.shift) as usize];
        bin.push(thing);
        if bin.len() == FULL {
            bin.drain(..).for_each(&mut self.store);
        }
    }

    /// Hands over what is left.
    pub(crate) fn finish(mut self) {
        self.bins.iter_mut().for_each(|bin| bin.drain(..).for_each(&mut self.store));
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
            let mut bins = Bins::new(rows as usize, |thing| stored.push(thing));
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
