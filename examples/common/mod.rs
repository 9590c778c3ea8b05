//! What several examples do alike: note who fires when, and draw curves.

#![allow(dead_code, reason = "each example uses its part")]

use std::error::Error;

use lampyrid::{
    io::plot::{Axis, Curve, CurveStyle, Curves, PlotOptions, curves},
    prelude::*,
    swarm::read_phases,
};

/// Lets a swarm run for so many simulated seconds, step by step, and returns the times at which phases passed 2π,
/// in order: when agents act.
pub(crate) fn firings(world: &mut World, seconds: f64) -> Result<Vec<f64>, SwarmError> {
    let dt = world.resource::<TimeStep>().seconds;
    let (mut before, mut now, mut times) = (Vec::new(), Vec::new(), Vec::new());
    read_phases(world, &mut before);
    for _ in 0..(seconds / dt).round() as u64 {
        advance(world, 1)?;
        read_phases(world, &mut now);
        let time = world.resource::<SwarmClock>().seconds();
        for (from, to) in before.iter().zip(&now).filter(|(from, to)| *to + std::f64::consts::PI < **from) {
            let (left, past) = (std::f64::consts::TAU - from, to);
            times.push(time - dt * past / (left + past));
        }
        std::mem::swap(&mut before, &mut now);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// How many act in each bin of `width` seconds from `start` to `end`.
pub(crate) fn load(times: &[f64], start: f64, end: f64, width: f64) -> Vec<f64> {
    let mut bins = vec![0.0; ((end - start) / width).round() as usize];
    for time in times.iter().filter(|time| **time >= start) {
        if let Some(bin) = bins.get_mut(((time - start) / width) as usize) {
            *bin += 1.0;
        }
    }
    bins
}

/// The largest load over the mean.
pub(crate) fn peak_to_mean(load: &[f64]) -> f64 {
    let mean = load.iter().sum::<f64>() / load.len() as f64;
    load.iter().fold(0.0, |most: f64, one| most.max(*one)) / mean
}

/// Draws lines into `runs/NAME.svg` and `.png`.
pub(crate) fn draw(
    name: &str,
    [title, note]: [&str; 2],
    [x, y]: [&str; 2],
    lines: &[(&str, &[(f64, f64)])],
) -> Result<(), Box<dyn Error>> {
    let lines: Vec<Curve<'_>> =
        lines.iter().map(|&(name, points)| Curve { name, points, style: CurveStyle::Line }).collect();
    let (x, y) = (Axis { label: x, range: None }, Axis { label: y, range: None });
    let figure = curves(&Curves { title, note, x, y, curves: &lines }, &PlotOptions::default())?;
    std::fs::create_dir_all("runs")?;
    std::fs::write(format!("runs/{name}.svg"), figure.svg())?;
    std::fs::write(format!("runs/{name}.png"), figure.png()?)?;
    println!("\ndrawn in runs/{name}.svg and .png");
    Ok(())
}
