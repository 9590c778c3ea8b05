//! One picture of each kind, of made-up data that look like real ones.

use std::f64::consts::{PI, TAU};

use lampyrid_graph::{Adjacency, Topology};
use lampyrid_io::{
    plot::{
        Axis, CircleSnapshot, Curve, CurveStyle, Curves, DisruptionMark, Figure, LedgerRecorder, MeanField,
        PhaseRaster, PlotError, PlotOptions, RotationRecorder, SeriesView, ShareRecorder, curves,
        effective_frequencies, energy_ledger, network_drawing, order_parameter, phase_circles, phase_portrait,
        phase_raster, strategy_shares, sweep_curves, sweep_map,
    },
    sweep::{SweepPoint, SweepTable},
};
use lampyrid_measure::OrderParameter;

/// A number in [0, 1) that looks random.
pub(crate) fn noise(i: usize) -> f64 {
    (i as f64 * 0.754_877_666_246_692_7 + 0.5).fract()
}

/// Quantiles of a Lorentzian of half-width 0.5 around 0.
pub(crate) fn lorentzian(agents: usize) -> Vec<f64> {
    (0..agents).map(|i| 0.5 * (PI * ((i as f64 + 0.5) / agents as f64 - 0.5)).tan()).collect()
}

const AGENTS: usize = 60;

/// Agents that come into phase within some ten seconds.
fn phases(time: f64) -> Vec<f64> {
    (0..AGENTS).map(|i| TAU * noise(i) * (-0.35 * time).exp() + 1.3 * time).map(|phase| phase.rem_euclid(TAU)).collect()
}

fn coherence(phases: &[f64]) -> OrderParameter {
    lampyrid_measure::order_parameter(phases).unwrap()
}

fn times(end: f64, steps: u32) -> impl Iterator<Item = f64> {
    (0..=steps).map(move |step| end * f64::from(step) / f64::from(steps))
}

/// R that rises, is disturbed twice and recovers.
pub(crate) fn disturbed() -> Vec<(f64, f64)> {
    let r = |time: f64| {
        let dip = |at: f64, depth: f64| if time < at { 0.0 } else { depth * (-(time - at) / 1.5).exp() };
        (1.0 - 0.9 * (-time / 3.0).exp() - dip(15.0, 0.45) - dip(28.0, 0.3)).clamp(0.0, 1.0)
    };
    times(40.0, 400).map(|time| (time, r(time))).collect()
}

pub(crate) fn marks() -> Vec<DisruptionMark> {
    vec![
        DisruptionMark { at: 15.0, until: None, name: "scramble (18)".to_owned() },
        DisruptionMark { at: 28.0, until: Some(31.0), name: "silence (12)".to_owned() },
    ]
}

fn with_goal(options: &PlotOptions) -> Result<Figure, PlotError> {
    let (r, disruptions) = (disturbed(), marks());
    let view = SeriesView {
        r: &r,
        goal: Some((0.9, 1.0)),
        disruptions: &disruptions,
        recoveries: &[(15.0, 17.26), (31.0, 31.0)],
        ..SeriesView::default()
    };
    order_parameter(&view, options)
}

fn raster(options: &PlotOptions) -> Result<Figure, PlotError> {
    let mut raster = PhaseRaster::new(AGENTS);
    times(12.0, 240).try_for_each(|time| raster.push(time, &phases(time)))?;
    phase_raster(&raster, options)
}

fn circles(options: &PlotOptions) -> Result<Figure, PlotError> {
    let snapshot = |time: f64| CircleSnapshot::new(time, &phases(time), coherence(&phases(time)));
    let snapshots = [0.0, 3.0, 12.0].into_iter().map(snapshot).collect::<Result<Vec<_>, _>>()?;
    phase_circles(&snapshots, &PlotOptions { height: 330.0, ..options.clone() })
}

/// Rotations as in a mean field of K = 2 rad/s that has come to R = √(1 − 1/2): locked up to K R, drifting beyond.
pub(crate) fn rotations() -> (RotationRecorder, OrderParameter) {
    let (natural, pull) = (lorentzian(300), 2.0 * 0.5_f64.sqrt());
    let mut recorder = RotationRecorder::new(&natural);
    for time in times(64.0, 256) {
        let phase = |(i, omega): (usize, &f64)| match omega.abs() < pull {
            true => 0.7 + (omega / pull).asin(),
            false => TAU * noise(i) + omega.signum() * (omega * omega - pull * pull).sqrt() * time,
        };
        let phases: Vec<f64> = natural.iter().enumerate().map(|pair| phase(pair).rem_euclid(TAU)).collect();
        recorder.push(time, &phases).unwrap();
    }
    (recorder, OrderParameter { r: 0.5_f64.sqrt(), psi: 0.7 })
}

fn portrait(options: &PlotOptions) -> Result<Figure, PlotError> {
    let (recorder, coherence) = rotations();
    phase_portrait(&recorder, coherence, Some(MeanField { strength: 2.0, lag: 0.0 }), options)
}

pub(crate) fn small_world() -> Adjacency {
    Topology::SmallWorld { agents: AGENTS, neighbors: 4, rewire: 0.1 }.build(7).unwrap()
}

fn network(options: &PlotOptions) -> Result<Figure, PlotError> {
    network_drawing(&small_world(), &phases(2.0), 2.0, &PlotOptions { height: 620.0, ..options.clone() })
}

fn energy(options: &PlotOptions) -> Result<Figure, PlotError> {
    let mut ledger = LedgerRecorder::default();
    for time in times(20.0, 100) {
        let spent = 400.0 * (1.0 - (-time / 4.0).exp());
        ledger.push(time, [spent, 0.6 * spent, 40.0 * (time / 20.0).powi(2)])?;
    }
    energy_ledger(&ledger, options)
}

fn strategies(options: &PlotOptions) -> Result<Figure, PlotError> {
    let mut recorder = ShareRecorder::new(&["nudge", "lock", "save"]);
    for time in times(20.0, 40) {
        let (nudge, save) = ((-time / 5.0).exp(), 0.2 * (time / 20.0));
        recorder.push(time, &[nudge * (1.0 - save), (1.0 - nudge) * (1.0 - save), save])?;
    }
    strategy_shares(&recorder, options)
}

/// R of mean fields of Lorentzian frequencies of half-width 0.5 rad/s, and of noisier ones.
pub(crate) fn onset(noises: &[f64]) -> SweepTable {
    let mut points = Vec::new();
    for noise in noises {
        for step in 0..=16 {
            let strength = 0.25 * f64::from(step);
            let square = 1.0 - 2.0 * (0.5 + noise) / strength.max(1e-9);
            let scatter = 0.02 + if square.abs() < 0.3 { 0.05 } else { 0.0 };
            points.push(SweepPoint {
                values: vec![strength.to_string(), noise.to_string()],
                r: Some(square.max(0.0).sqrt().max(0.03)),
                r_standard_error: Some(scatter),
                runs: 8,
                ..SweepPoint::default()
            });
        }
    }
    let keys = vec!["coupling.strength".to_owned(), "coupling.noise".to_owned()];
    let mut table = SweepTable { keys, points };
    if noises.len() == 1 {
        table.keys.pop();
        table.points.iter_mut().for_each(|point| point.values.truncate(1));
    }
    table
}

fn two_lines(options: &PlotOptions) -> Result<Figure, PlotError> {
    let line: Vec<(f64, f64)> = times(10.0, 50).map(|x| (x, (0.3 * x).sin())).collect();
    let points: Vec<(f64, f64)> =
        times(10.0, 10).map(|x| (x, (0.3 * x).sin() + 0.2 * noise(x as usize) - 0.1)).collect();
    let picture = Curves {
        title: "Lines and points",
        note: "made up",
        x: Axis { label: "x (s)", range: None },
        y: Axis { label: "y (rad/s)", range: None },
        curves: &[
            Curve { name: "theory", points: &line, style: CurveStyle::Theory },
            Curve { name: "measured", points: &points, style: CurveStyle::Points },
        ],
    };
    curves(&picture, options)
}

type Draw = fn(&PlotOptions) -> Result<Figure, PlotError>;

/// Every kind of picture by name.
pub(crate) const SAMPLES: [(&str, Draw); 12] = [
    ("order_parameter", with_goal),
    ("phase_raster", raster),
    ("phase_circles", circles),
    ("phase_portrait", portrait),
    ("effective_frequencies", |options| effective_frequencies(&rotations().0, options)),
    ("network", network),
    ("energy", energy),
    ("strategies", strategies),
    ("sweep_curves", |options| sweep_curves(&onset(&[0.0]), Some(0.5), options)),
    ("sweep_lines", |options| sweep_curves(&onset(&[0.0, 0.5, 1.0]), None, options)),
    ("sweep_map", |options| sweep_map(&onset(&[0.0, 0.25, 0.5, 0.75, 1.0]), options)),
    ("curves", two_lines),
];
