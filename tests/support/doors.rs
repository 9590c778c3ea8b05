//! The doors through which bytes come in that somebody else wrote, and what each promises whatever it is shown: what
//! the bytes hold, or an error that names a place in them, and never a panic.
//!
//! `fuzz/` shows them what a fuzzer makes up, `tests/corpora.rs` what was worth keeping of that; both watch how much
//! memory is taken meanwhile. A promise that is broken is a panic here.

use std::path::Path;

use lampyrid::{
    checkpoint::read_swarm,
    graph::Adjacency,
    io::{
        Checkpoint, CheckpointError, CheckpointWriter, Direction, FilePosition, InputError, Network, NetworkFormat,
        Quantity, ReadOptions,
        plot::{
            CircleSnapshot, CurveRecorder, PhaseRaster, PlotOptions, SeriesView, order_parameter, phase_circles,
            phase_raster,
        },
        read_network_bytes, read_vector_bytes,
        scenario::{Scenario, ScenarioBuilder, ScenarioError},
    },
    prelude::*,
    swarm::SwarmState,
};

/// A door by its name, which is also that of its fuzz target and of its corpus.
pub(crate) struct Door {
    pub(crate) name: &'static str,
    pub(crate) open: fn(&[u8]),
}

pub(crate) const DOORS: [Door; 7] = [
    Door { name: "scenario", open: scenario },
    Door { name: "matrix_market", open: matrix_market },
    Door { name: "edge_list", open: edge_list },
    Door { name: "graphml", open: graphml },
    Door { name: "vector", open: vector },
    Door { name: "checkpoint", open: checkpoint },
    Door { name: "recorded", open: recorded },
];

/// The most bytes on the heap at a time, for at most a mebibyte of input.
pub(crate) const MOST_MEMORY: i64 = 64 << 20;

/// A message is one line that a terminal can show, however long the words that it quotes.
fn check_message(message: &str) {
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.len() < 4000, "{} bytes: {message:.400}", message.len());
}

/// A scenario and, each after a zero byte, what `--set` says of it.
fn scenario(bytes: &[u8]) {
    let mut parts = bytes.split(|&byte| byte == 0).map_while(|part| str::from_utf8(part).ok());
    let Some(text) = parts.next() else { return };
    let builder = ScenarioBuilder::from_text(text, "door.toml");
    let built = parts.fold(builder, |builder, set| builder?.set(set)).and_then(|builder| {
        builder.requested_preset()?;
        builder.build()
    });
    match built {
        Err(error) => check_scenario_error(&error),
        Ok(scenario) => {
            let again = Scenario::parse(&scenario.to_toml(), "again.toml");
            assert_eq!(again.as_ref().ok(), Some(&scenario), "{again:?}");
            assert_eq!(again.unwrap_or(scenario.clone()).fingerprint(), scenario.fingerprint());
        }
    }
}

fn check_scenario_error(error: &ScenarioError) {
    check_message(&error.to_string());
    let text = error.source_text();
    assert!(text.get(error.span()).is_some(), "{:?} of {} bytes: {error}", error.span(), text.len());
    let line = text.split('\n').nth(error.line() - 1).expect("a line of the text");
    assert!((1..=line.chars().count() + 1).contains(&error.column()), "{error}");
}

fn matrix_market(bytes: &[u8]) {
    network("door.mtx", bytes, NetworkFormat::MatrixMarket);
}

/// What separates columns depends on the name.
fn edge_list(bytes: &[u8]) {
    network("door.csv", bytes, NetworkFormat::EdgeList);
    network("door.txt", bytes, NetworkFormat::EdgeList);
}

fn graphml(bytes: &[u8]) {
    network("door.graphml", bytes, NetworkFormat::GraphMl);
}

fn network(name: &str, bytes: &[u8], format: NetworkFormat) {
    let read = |direction, strict| {
        let found = read_network_bytes(name, bytes, &ReadOptions { direction, strict, format: Some(format) });
        match &found {
            Ok(network) => check_network(network),
            Err(error) => check_input_error(error, bytes),
        }
        found.is_ok()
    };
    let is_sound = read(Direction::AsStored, false);
    // Sums of weights may be too large in one direction only.
    if is_sound {
        read(Direction::Reversed, true);
        read(Direction::Both, false);
    }
}

fn check_network(network: &Network) {
    let adjacency = &network.adjacency;
    let weights = adjacency.weights().map(<[f64]>::to_vec);
    let again = Adjacency::from_parts(adjacency.offsets().to_vec(), adjacency.columns().to_vec(), weights);
    assert_eq!(again.as_ref(), Ok(adjacency));
    let rows = (0..adjacency.nodes()).map(|node| (node as u32, adjacency.neighbors(node)));
    for (node, row) in rows {
        assert!(row.is_sorted_by(|a, b| a < b) && !row.contains(&node), "{node} hears {row:?}");
    }
    assert!(network.names.as_ref().is_none_or(|names| names.len() == adjacency.nodes()));
}

fn check_input_error(error: &InputError, bytes: &[u8]) {
    check_message(&error.to_string());
    let Some(place) = error.place() else { return };
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 2;
    let longest = bytes.split(|&byte| byte == b'\n').map(<[u8]>::len).max().unwrap_or(0) + 1;
    assert!((1..=lines as u64).contains(&place.line), "{error} of {lines} lines");
    assert!((1..=longest as u64).contains(&place.column), "{error} of {longest} columns");
}

fn vector(bytes: &[u8]) {
    let read = |expected| read_vector_bytes("door.csv", bytes, expected, Quantity::Phase);
    let found = match read(3) {
        Err(InputError::LengthMismatch { found, .. }) => {
            let all = read(found).expect("as many as there are");
            assert_eq!(all.len(), found);
            all
        }
        Err(error) => return check_input_error(&error, bytes),
        Ok(three) => three,
    };
    assert!(found.iter().all(|value| value.is_finite()));
}

/// As it is, and with checksums that match, without which hardly anything that is made up would be looked at.
fn checkpoint(bytes: &[u8]) {
    resume(bytes);
    resume(&with_checksums(bytes));
}

/// Larger swarms are not built here: what they take is no longer a matter of the reader, but of the memory budget.
const MOST_AGENTS: usize = 500;

fn resume(bytes: &[u8]) {
    let file = Checkpoint::read(bytes, bytes.len() as u64, Path::new("door.lampyrid"));
    let state = match file.and_then(|mut file| read_swarm(&mut file)) {
        Ok(state) => state,
        Err(error) => return check_checkpoint_error(&error),
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

fn check_checkpoint_error(error: &CheckpointError) {
    check_message(&error.to_string());
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

/// What a checkpoint knows of pictures and files: read back, gone on with and drawn.
fn recorded(bytes: &[u8]) {
    type Recorded = (Vec<CurveRecorder>, PhaseRaster, Vec<CircleSnapshot>, FilePosition);
    let mut file = Vec::new();
    let mut writer = CheckpointWriter::new(&mut file).expect("memory takes it");
    writer.block("recorded", lampyrid::io::BlockRef::Bytes(bytes)).expect("memory takes it");
    writer.finish().expect("memory takes it");
    let mut file = Checkpoint::read(&file[..], file.len() as u64, Path::new("door.lampyrid")).expect("it is whole");
    let (mut curves, mut raster, circles, _) = match file.record::<Recorded>("recorded") {
        Ok(recorded) => recorded,
        Err(error) => return check_checkpoint_error(&error),
    };
    let options = PlotOptions::default();
    let _ = phase_circles(&circles, &options);
    for curve in &mut curves {
        let last = curve.points().last().map_or(0.0, |point| point.0);
        let _ = curve.push(last, 0.5);
        let _ = order_parameter(&SeriesView { r: &curve.points(), further: &[] }, &options);
    }
    if raster.is_of(raster.shown().len()) {
        let last = raster.times().last().copied().unwrap_or(0.0);
        let _ = raster.push(last + 1.0, &vec![0.5; raster.shown().len()]);
        let _ = phase_raster(&raster, &options);
    }
}
