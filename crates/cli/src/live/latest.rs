//! Where the newest of a row of values lies.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// The latest value, of which the writer fills a copy while readers hold the other: neither waits for the other longer
/// than a pointer takes to be exchanged, and values that nobody fetched in time are gone.
#[derive(Debug)]
pub(crate) struct Latest<T> {
    slot: Mutex<Slot<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Slot<T> {
    value: Arc<T>,
    /// How many were published.
    version: u64,
    is_over: bool,
}

/// There will be no newer value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Over;

impl<T> Latest<T> {
    pub(crate) fn new(value: T) -> Self {
        let slot = Slot { value: Arc::new(value), version: 0, is_over: false };
        Self { slot: Mutex::new(slot), changed: Condvar::new() }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Slot<T>> {
        // Nothing in here is ever half done.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a value in place of the one before, which is returned: once no reader holds it, it can be filled anew.
    pub(crate) fn publish(&self, value: Arc<T>) -> Arc<T> {
        let mut slot = self.slot();
        slot.version += 1;
        let before = std::mem::replace(&mut slot.value, value);
        drop(slot);
        self.changed.notify_all();
        before
    }

    /// Says that nothing is going to be published any more.
    pub(crate) fn end(&self) {
        self.slot().is_over = true;
        self.changed.notify_all();
    }

    /// The latest value.
    pub(crate) fn get(&self) -> Arc<T> {
        self.slot().value.clone()
    }

    /// The latest value and its version if that is not the version known already; waits for it, but no longer than
    /// `patience`.
    pub(crate) fn newer(&self, known: u64, patience: Duration) -> Result<Option<(u64, Arc<T>)>, Over> {
        let waiting = |slot: &mut Slot<T>| slot.version == known && !slot.is_over;
        let waited = self.changed.wait_timeout_while(self.slot(), patience, waiting);
        let (slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match slot.version == known {
            false => Ok(Some((slot.version, slot.value.clone()))),
            true if slot.is_over => Err(Over),
            true => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_the_newest_value_once_and_those_before_it_never() {
        let latest = Latest::new(0);
        assert_eq!(latest.newer(0, Duration::ZERO), Ok(None));
        latest.publish(Arc::new(1));
        latest.publish(Arc::new(2));
        assert_eq!(latest.newer(0, Duration::ZERO), Ok(Some((2, Arc::new(2)))));
        assert_eq!(latest.newer(2, Duration::ZERO), Ok(None));
    }

    #[test]
    fn a_value_that_a_reader_holds_stays_as_it_is_and_one_that_nobody_holds_can_be_filled_anew() {
        let latest = Latest::new(0);
        let held = latest.get();
        let mut first = latest.publish(Arc::new(1));
        let mut second = latest.publish(Arc::new(2));
        assert_eq!((Arc::get_mut(&mut first), Arc::get_mut(&mut second)), (None, Some(&mut 1)));
        assert_eq!(*held, 0);
    }

    #[test]
    fn the_last_value_is_seen_before_the_end_is() {
        let latest = Latest::new(0);
        latest.publish(Arc::new(1));
        latest.end();
        assert_eq!(latest.newer(0, Duration::MAX), Ok(Some((1, Arc::new(1)))));
        assert_eq!(latest.newer(1, Duration::MAX), Err(Over));
    }
}
