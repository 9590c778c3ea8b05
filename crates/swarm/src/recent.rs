//! What happened lately: lists that a long life does not let grow.

/// Entries that are kept.
const MOST: usize = 1_000;

/// Adds an entry and forgets the oldest where there are too many.
pub(crate) fn remember<T>(list: &mut Vec<T>, entry: T) {
    if list.len() == MOST {
        list.remove(0);
    }
    list.push(entry);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut list = Vec::new();
        (0..1_500).for_each(|entry| remember(&mut list, entry));
        assert_eq!((list.len(), list[0], list[999]), (1_000, 500, 1_499));
    }
}
