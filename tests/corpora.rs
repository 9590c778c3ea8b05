//! Saved swarms are read again from what fuzzing found worth keeping, and from the worst that may come at once.

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/doors.rs"]
mod doors;
#[path = "support/saved_swarm.rs"]
mod saved_swarm;

use std::path::Path;

use counting_allocator::Counting;
use doors::{LARGE, corpus, show_all};
use saved_swarm::CHECKPOINT;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn checkpoints_keep_their_promises_with_all_that_fuzzing_found() {
    show_all(&CHECKPOINT, corpus(&CHECKPOINT, Path::new(env!("CARGO_MANIFEST_DIR"))));
}

/// What a section begins with: a name, that it holds bytes, and how many.
fn section(number: usize, length: u64) -> [u8; 56] {
    let mut head = [0; 56];
    let name = format!("s{number}");
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[40] = 1;
    head[48..].copy_from_slice(&length.to_le_bytes());
    head
}

/// A checkpoint of sections of bytes, whose checksums are put right at the door.
fn container(sections: impl IntoIterator<Item = (usize, Vec<u8>)>) -> Vec<u8> {
    let mut bytes = [b"\x8bLAMPYR\n", &1_u32.to_le_bytes()[..], &0x0a0b_0c0d_u32.to_le_bytes(), &[0; 16]].concat();
    for (number, contents) in sections {
        bytes.extend_from_slice(&section(number, contents.len() as u64));
        bytes.extend_from_slice(&contents);
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

#[test]
fn checkpoints_keep_their_promises_with_the_worst_that_a_mebibyte_can_be() {
    let stated = [&container([])[..32], &section(0, u64::MAX / 2)].concat();
    let worst = [
        ("empty sections", container((0..17_000).map(|number| (number, Vec::new())))),
        ("one section", container([(0, vec![7; LARGE - 1000])])),
        ("a stated length", stated),
    ];
    show_all(&CHECKPOINT, worst.map(|(name, bytes)| (name.to_owned(), bytes)).to_vec());
}
