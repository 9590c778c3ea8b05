//! Saved swarms are read again from what fuzzing found worth keeping, and from the worst that may come at once.

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/doors.rs"]
mod doors;
#[path = "support/saved_swarm.rs"]
mod saved_swarm;

use std::path::Path;

use lampyrid::{
    checkpoint::write_part,
    io::CheckpointWriter,
    prelude::*,
    swarm::{Disruption, DisruptionKind, Goal, Pattern, SwarmState, install_disruptions, install_goal},
};

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

/// A part of a swarm that has lost agents and links, with lists of agents' own and something to reach.
fn part() -> Vec<u8> {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(EnergyRule { capacity: 3.0, cost_per_radian: 2.0, recovery: 0.4 });
    let ring = Topology::Ring { agents: 40, neighbors: 4 }.build(1).unwrap();
    SwarmSpawner::new(&ring).energy(3.0).spawn(&mut world).unwrap();
    install_goal(&mut world, Goal::new(Pattern::Locked { frequency: 1.0 }), None).unwrap();
    let all = |kind, at, until| Disruption { kind, fraction: 0.3, at, until, seed: 2 };
    let planned = vec![all(DisruptionKind::Remove, 0.01, None), all(DisruptionKind::CutLinks, 0.02, Some(9.0))];
    install_disruptions(&mut world, planned).unwrap();
    advance(&mut world, 30).unwrap();
    let part = SwarmState::capture(&mut world).unwrap().into_part().unwrap();
    let mut bytes = Vec::new();
    let mut file = CheckpointWriter::new(&mut bytes).unwrap();
    write_part(&part, &mut file).unwrap();
    file.finish().unwrap();
    bytes
}

#[test]
fn parts_of_swarms_keep_their_promises_wherever_they_are_altered() {
    let whole = part();
    let altered = |place: usize| {
        let mut bytes = whole.clone();
        // Low bits make numbers that are nearly right, high ones such as lead nowhere.
        bytes[place] ^= [1, 2, 0x80][place % 3];
        (format!("byte {place}"), bytes)
    };
    show_all(&CHECKPOINT, (0..whole.len()).map(altered).collect());
}
