//! One fuzz target for each of the doors that the tests called `corpora` know, held to the same promises.

#[path = "../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../tests/support/doors.rs"]
mod doors;
#[path = "../../crates/io/tests/corpora/readers.rs"]
mod readers;
#[cfg(feature = "swarm")]
#[path = "../../tests/support/saved_swarm.rs"]
mod saved_swarm;

use counting_allocator::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Shows bytes to a door.
///
/// # Panics
///
/// When a promise is broken.
pub fn show(door: &str, bytes: &[u8]) {
    #[cfg(feature = "swarm")]
    if door == saved_swarm::CHECKPOINT.name {
        return saved_swarm::CHECKPOINT.show(bytes);
    }
    readers::DOORS.iter().find(|known| known.name == door).expect("a door").show(bytes);
}
