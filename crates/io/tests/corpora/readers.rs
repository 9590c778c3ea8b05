//! The doors of this crate, and what each promises.

use std::path::Path;

use lampyrid_graph::{Adjacency, Part};
use lampyrid_io::{
    BlockRef, Checkpoint, CheckpointWriter, Direction, FilePosition, InputError, Network, NetworkFormat, NetworkSurvey,
    Quantity, ReadOptions,
    plot::{
        CircleSnapshot, CurveRecorder, PhaseRaster, PlotOptions, SeriesView, order_parameter, phase_circles,
        phase_raster,
    },
    read_network_bytes, read_vector_bytes,
    scenario::{Scenario, ScenarioBuilder, ScenarioError},
    survey_network_bytes,
};

use crate::doors::{Door, check_message};

pub(crate) const DOORS: [Door; 6] = [
    Door { name: "scenario", open: scenario },
    Door { name: "matrix_market", open: matrix_market },
    Door { name: "edge_list", open: edge_list },
    Door { name: "graphml", open: graphml },
    Door { name: "vector", open: vector },
    Door { name: "recorded", open: recorded },
];

/// The longest scenario that is read from a file.
const LONGEST_FILE: usize = 128 << 10;

/// A scenario and, each after a zero byte, what `--set` says of it; not more of that than anybody types.
fn scenario(bytes: &[u8]) {
    let mut parts = bytes.split(|&byte| byte == 0).map_while(|part| str::from_utf8(part).ok()).take(500);
    let Some(text) = parts.next() else { return };
    let builder = ScenarioBuilder::from_text(text, "door.toml");
    let built = parts.fold(builder, |builder, set| builder?.set(set)).and_then(|builder| {
        builder.requested_preset()?;
        builder.build()
    });
    match built {
        Err(error) => check_scenario_error(&error),
        // Of no file: with all defaults written out it may be longer than any text that is read.
        Ok(_) if bytes.len() > LONGEST_FILE => {}
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
        let options = ReadOptions { direction, strict, format: Some(format) };
        let found = read_network_bytes(name, bytes, &options);
        match &found {
            Ok(network) => {
                check_network(network);
                check_parts(network, &survey_network_bytes(name, bytes, &options).expect("a file that was read"));
            }
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

/// Both halves are what is cut out of the whole.
fn check_parts(network: &Network, survey: &NetworkSurvey<'_>) {
    let adjacency = &network.adjacency;
    let (nodes, middle) = (adjacency.nodes() as u32, adjacency.nodes() as u32 / 2);
    let [below, above] = [0..middle, middle..nodes].map(|own| survey.part(own, None).expect("a part of what was read"));
    assert_eq!(below.duplicates + above.duplicates, network.duplicates);
    assert_eq!(below.self_links + above.self_links, network.self_links);
    for part in [below.part, above.part] {
        let part = if adjacency.weights().is_some() { part.weighted() } else { part };
        let expected = Part::of(adjacency, part.range());
        assert_eq!((part.adjacency(), part.outside()), (expected.adjacency(), expected.outside()));
    }
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

/// What a checkpoint knows of pictures and files: read back, gone on with and drawn.
fn recorded(bytes: &[u8]) {
    type Recorded = (Vec<CurveRecorder>, PhaseRaster, Vec<CircleSnapshot>, FilePosition);
    let mut file = Vec::new();
    let mut writer = CheckpointWriter::new(&mut file).expect("memory takes it");
    writer.block("recorded", BlockRef::Bytes(bytes)).expect("memory takes it");
    writer.finish().expect("memory takes it");
    let mut file = Checkpoint::read(&file[..], file.len() as u64, Path::new("door.lampyrid")).expect("it is whole");
    let (mut curves, mut raster, circles, _) = match file.record::<Recorded>("recorded") {
        Ok(recorded) => recorded,
        Err(error) => return check_message(&error.to_string()),
    };
    let options = PlotOptions::default();
    let _ = phase_circles(&circles, &options);
    for curve in &mut curves {
        let last = curve.points().last().map_or(0.0, |point| point.0);
        let _ = curve.push(last, 0.5);
        let _ = order_parameter(&SeriesView { r: &curve.points(), ..SeriesView::default() }, &options);
    }
    if raster.is_of(raster.shown().len()) {
        let last = raster.times().last().copied().unwrap_or(0.0);
        let _ = raster.push(last + 1.0, &vec![0.5; raster.shown().len()]);
        let _ = phase_raster(&raster, &options);
    }
}
