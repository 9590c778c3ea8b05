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
/// So many rows stay in the caches by themselves: no bins are needed.
const FEW: usize = 1 << 17;

impl<T, F: FnMut(T)> Bins<T, F> {
    /// Bins for things that go to one of `rows` rows, to be handed to `store`.
    pub(crate) fn new(rows: usize, store: F) -> Self {
        let shift = rows.div_ceil(BINS).next_power_of_two().ilog2();
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
