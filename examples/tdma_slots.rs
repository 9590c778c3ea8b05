//! Sixty radios in a building share one channel. Two that transmit at once collide wherever a third hears both, so a
//! radio must keep clear of its neighbours' neighbours, whom it cannot hear: the hidden ones. DESYNC (Degesys et al.
//! 2007) spreads those who hear each other; radios that pass on when their neighbours transmit spread two hops far.
//! Prints how much of the air time is lost to collisions; draws `runs/tdma_slots.png`.
//!
//!     cargo run --release --example tdma_slots

mod common;

use std::f64::consts::TAU;

use common::draw;
use lampyrid::{
    prelude::*,
    swarm::{Desync, Rule, adopt, read_phases},
};

const RADIOS: usize = 60;
/// A packet's part of the turn: as long as the most crowded could all have one.
const PACKETS: usize = 30;
const SECONDS: u64 = 120;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let radio = Topology::Geometric { agents: RADIOS, radius: 0.2, periodic: false }.build(8)?;
    let reach = two_hops(&radio)?;
    let crowd = (0..RADIOS).map(|node| reach.degree(node) + 1).max().unwrap_or(1);
    println!("{} links; the most crowded radio has {} others within two hops\n", radio.links() / 2, crowd - 1);

    let random: Vec<f64> = (0..RADIOS as u64).map(|id| PhaseDistribution::Uniform.draw(8, id)).collect();
    // A coordinator that knows all: each radio in turn gets the first slot that is free within two hops.
    let mut slots: Vec<usize> = Vec::new();
    for node in 0..RADIOS {
        let is_free =
            |slot: &usize| !reach.neighbors(node).iter().any(|&other| slots.get(other as usize) == Some(slot));
        slots.push((0..).find(is_free).unwrap_or(0));
    }
    let central: Vec<f64> = slots.iter().map(|slot| TAU * *slot as f64 / PACKETS as f64).collect();

    println!("{:<26} {:>12}   of packets lost", "", "");
    println!("{:<26} {:>10.1} %", "random times", 100.0 * lost(&reach, &random));
    let mut lines = Vec::new();
    for (name, heard) in [("desync with neighbours", &radio), ("desync with two hops", &reach)] {
        let course = desync(heard, &reach, &random)?;
        println!("{name:<26} {:>10.1} %", course.last().map_or(0.0, |(_, lost)| *lost));
        lines.push((name, course));
    }
    println!("{:<26} {:>10.1} %", "central slots", 100.0 * lost(&reach, &central));
    let lines: Vec<(&str, &[(f64, f64)])> = lines.iter().map(|(name, course)| (*name, course.as_slice())).collect();
    let note = "60 radios; a packet takes a thirtieth of a turn";
    draw("tdma_slots", ["Keeping clear of hidden radios", note], ["time t (s)", "packets lost (%)"], &lines)
}

/// Everybody within two hops.
fn two_hops(radio: &Adjacency) -> Result<Adjacency, Box<dyn std::error::Error>> {
    let (mut offsets, mut columns) = (vec![0], Vec::new());
    for node in 0..radio.nodes() {
        let near = radio.neighbors(node);
        let mut row: Vec<u32> =
            near.iter().flat_map(|&next| radio.neighbors(next as usize)).chain(near).copied().collect();
        row.sort_unstable();
        row.dedup();
        columns.extend(row.into_iter().filter(|&other| other as usize != node));
        offsets.push(u32::try_from(columns.len())?);
    }
    Ok(Adjacency::from_parts(offsets, columns, None)?)
}

/// The part of packets that overlap with one of another radio within two hops.
fn lost(reach: &Adjacency, phases: &[f64]) -> f64 {
    let width = TAU / PACKETS as f64;
    let overlap = |a: f64, b: f64| {
        let gap = (a - b).rem_euclid(TAU);
        gap.min(TAU - gap) < 0.999_999 * width
    };
    let collides =
        |&node: &usize| reach.neighbors(node).iter().any(|&other| overlap(phases[node], phases[other as usize]));
    (0..RADIOS).filter(collides).count() as f64 / RADIOS as f64
}

fn desync(heard: &Adjacency, reach: &Adjacency, start: &[f64]) -> Result<Vec<(f64, f64)>, Box<dyn std::error::Error>> {
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(TimeStep { seconds: 0.02, integrator: Integrator::Euler });
    SwarmSpawner::new(heard).phases(start).frequencies(&[TAU; RADIOS]).spawn(&mut world)?;
    adopt(&mut world, &Rule::Desync(Desync::default()))?;
    let mut phases = start.to_vec();
    let mut course = vec![(0.0, 100.0 * lost(reach, &phases))];
    for second in 1..=SECONDS {
        advance(&mut world, 50)?;
        read_phases(&mut world, &mut phases);
        course.push((second as f64, 100.0 * lost(reach, &phases)));
    }
    Ok(course)
}
