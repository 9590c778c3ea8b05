//! One fuzz target for each of the doors in `tests/support/doors.rs`, where the promises are that are held to here.

#[path = "../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../tests/support/doors.rs"]
mod doors;

use counting_allocator::{Count, Counting};
use doors::{DOORS, MOST_MEMORY};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Shows bytes to a door.
///
/// # Panics
///
/// When a promise is broken, or more memory is taken than any of them may.
pub fn show(door: &str, bytes: &[u8]) {
    let door = DOORS.iter().find(|known| known.name == door).expect("a door");
    let peak = Count::peak_of(|| (door.open)(bytes));
    assert!(peak <= MOST_MEMORY, "{peak} bytes for {} of input", bytes.len());
}
