//! The door through which saved swarms come.

use std::path::Path;

use lampyrid::{
    checkpoint::{read_part, read_swarm},
    graph::Members,
    io::Checkpoint,
    prelude::*,
    swarm::{PartState, SwarmState},
};

use crate::doors::{Door, check_message};

pub(crate) const CHECKPOINT: Door = Door { name: "checkpoint", open: checkpoint };

/// As it is, and with checksums that match, without which hardly anything that is made up would be looked at.
fn checkpoint(bytes: &[u8]) {
    resume(bytes);
    resume(&with_checksums(bytes));
}

/// Larger swarms are not built here: what they take is no longer a matter of the reader, but of the memory budget.
const MOST_AGENTS: usize = 500;

fn resume(bytes: &[u8]) {
    let read = || Checkpoint::read(bytes, bytes.len() as u64, Path::new("door.lampyrid"));
    if let Ok(part) = read().and_then(|mut file| read_part(&mut file)) {
        resume_part(&part);
    }
    let state = match read().and_then(|mut file| read_swarm(&mut file)) {
        Ok(state) => state,
        Err(error) => return check_message(&error.to_string()),
    };
    if state.agents() > MOST_AGENTS {
        return;
    }
    let mut world = World::new();
    world.insert_resource(Workers::with_threads(1));
    if state.restore(&mut world).is_ok() {
        // Whatever it was, it is one that can be saved and, unless it stops with an error, goes on.
        let _ = advance(&mut world, 2);
        assert!(SwarmState::capture(&mut world).is_ok());
    }
}

/// All of it, a half, and every third agent.
fn resume_part(part: &PartState) {
    let own = part.own();
    if own.len() > MOST_AGENTS {
        return;
    }
    let half = Members::listed(own.iter().take(own.len() / 2).collect());
    let third = Members::listed(own.iter().step_by(3).collect());
    for own in [own.clone(), half, third] {
        let mut world = World::new();
        world.insert_resource(Workers::with_threads(1));
        let Ok(part) = part.clone().among(&own) else { continue };
        if let Ok(restored) = PartState::restore(&[part], &own, |_| 0, &mut world) {
            assert_eq!(restored.agents.len(), own.len());
            let _ = advance(&mut world, 2);
        }
    }
    let _ = SwarmState::join(std::slice::from_ref(part));
}

/// The same bytes with every checksum put right, as far as they are sections at all.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    const HEADER: usize = 28;
    const SECTION: usize = 56;
    let mut bytes = bytes.to_vec();
    let (mut start, mut end) = (0, HEADER);
    while let Some(covered) = bytes.get(start..end) {
        let checksum = crc(covered).to_le_bytes();
        let Some(place) = bytes.get_mut(end..end.saturating_add(4)) else { break };
        place.copy_from_slice(&checksum);
        start = end + 4;
        let length = bytes.get(start + SECTION - 8..start + SECTION).and_then(|length| length.first_chunk());
        let length = length.map_or(usize::MAX, |length| u64::from_le_bytes(*length) as usize);
        end = (start + SECTION).saturating_add(length);
    }
    bytes
}

/// CRC-32 as of ISO 3309, a byte at a time.
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    !bytes.iter().fold(u32::MAX, |crc, &byte| TABLE[(crc as u8 ^ byte) as usize] ^ (crc >> 8))
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}
