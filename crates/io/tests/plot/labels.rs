//! What is written on the pictures: axes, ranges, units and names.

use lampyrid_graph::Adjacency;
use lampyrid_io::plot::{
    Figure, PlotError, PlotOptions, SeriesView, effective_frequencies, network_drawing, order_parameter,
    phase_portrait, sweep_curves, sweep_map,
};

use crate::{
    samples::{SAMPLES, disturbed, marks, onset, rotations, small_world},
    support::{check, has, texts},
};

fn sample(name: &str) -> Figure {
    let (_, draw) = SAMPLES.into_iter().find(|(known, _)| *known == name).unwrap();
    draw(&PlotOptions::default()).unwrap()
}

fn ticks(figure: &Figure) -> Vec<f64> {
    texts(figure).iter().filter_map(|text| text.replace('\u{2212}', "-").parse().ok()).collect()
}

fn has_all(figure: &Figure, expected: &[&str]) {
    for text in expected {
        assert!(has(figure, text), "{text}: {:?}", texts(figure));
    }
}

#[test]
fn every_kind_of_picture_is_sound_described_and_of_bounded_size() {
    for (name, draw) in SAMPLES {
        let figure = draw(&PlotOptions::default()).unwrap();
        let height = match name {
            "phase_circles" => 330.0,
            "network" => 620.0,
            _ => 440.0,
        };
        check(&figure, (760.0, height));
        assert!(figure.svg().len() < 300_000, "{name}: {} bytes", figure.svg().len());
        assert!(figure.description().len() > 60, "{name}: {}", figure.description());
    }
}

#[test]
fn goals_disruptions_and_recoveries_are_named_with_their_numbers() {
    let figure = sample("order_parameter");
    has_all(&figure, &["time t (s)", "coherence R", "scramble (18)", "silence (12)", "2.26 s", "0 s"]);
    assert!(texts(&figure).iter().any(|text| text.ends_with("green: the goal, R ≥ 0.9")));
    let said = figure.description();
    assert!(said.contains("At 15 s: scramble (18)") && said.contains("Recovered 2.26 s after 15 s"), "{said}");

    let (r, far) = (disturbed(), marks());
    let view = SeriesView { r: &r[..100], goal: Some((0.0, 0.05)), disruptions: &far, ..SeriesView::default() };
    let figure = order_parameter(&view, &PlotOptions::default()).unwrap();
    assert!(texts(&figure).iter().any(|text| text.ends_with("R ≤ 0.05")));
    assert!(!has(&figure, "scramble (18)"), "it is beyond the axis");
}

#[test]
fn frequencies_have_their_units_and_heavy_tails_leave_the_middle_its_room() {
    let (recorder, coherence) = rotations();
    let figure = effective_frequencies(&recorder, &PlotOptions::default()).unwrap();
    has_all(&figure, &["natural frequency ω (rad/s)", "mean observed frequency Ω (rad/s)", "locked", "drifting"]);
    let [_, note] = [0, 1].map(|place| texts(&figure)[place].clone());
    assert!(note.starts_with("300 agents, ") && note.contains("means over 32 to 64 s"), "{note}");
    assert!(ticks(&figure).iter().all(|tick| tick.abs() < 20.0), "{:?}", ticks(&figure));
    // Those below K R are locked, as theory has it: (2/π) arctan(K R/γ) of all.
    let locked: usize = note.split(' ').nth(2).unwrap().parse().unwrap();
    let expected = 300.0 * 2.0 / std::f64::consts::PI * (2.0 * 0.5_f64.sqrt() / 0.5).atan();
    assert!((locked as f64 - expected).abs() < 6.0, "{locked} of {expected}");

    let figure = phase_portrait(&recorder, coherence, None, &PlotOptions::default()).unwrap();
    has_all(&figure, &["\u{2212}π", "\u{2212}π/2", "0", "π/2", "π", "natural frequency ω (rad/s)"]);
    assert!(!has(&figure, "locked in theory") && has(&sample("phase_portrait"), "locked in theory"));
}

#[test]
fn networks_tell_their_size_and_those_too_large_are_refused() {
    let figure = sample("network");
    has_all(&figure, &["60 agents, 120 links, at t = 2 s", "phase θ (rad)", "2π"]);
    assert_eq!(figure.svg().matches("<circle").count(), 60);
    let options = PlotOptions::tall();
    let large = Adjacency::without_links(501).unwrap();
    let error = network_drawing(&large, &vec![0.0; 501], 0.0, &options).unwrap_err();
    assert!(matches!(error, PlotError::TooManyAgents { agents: 501, most: 500 }), "{error}");
    assert!(network_drawing(&small_world(), &[0.0], 0.0, &options).is_err());
    for agents in [0, 1, 2, 500] {
        let none = Adjacency::without_links(agents).unwrap();
        check(&network_drawing(&none, &vec![f64::NAN; agents], 0.0, &options).unwrap(), (760.0, 620.0));
    }
}

#[test]
fn a_dense_network_is_drawn_in_part_and_says_so() {
    let complete = lampyrid_graph::Topology::Complete { agents: 300 }.build(1).unwrap();
    let figure = network_drawing(&complete, &vec![1.0; 300], 0.0, &PlotOptions::tall()).unwrap();
    assert!(texts(&figure)[1].contains(" of 44850 links"), "{:?}", texts(&figure));
    assert!(figure.svg().len() < 300_000, "{}", figure.svg().len());
}

#[test]
fn energy_and_strategies_are_named_and_told_in_figures() {
    let figure = sample("energy");
    has_all(&figure, &["time t (s)", "energy of all agents (units)", "spent", "recovered", "refused"]);
    assert!(texts(&figure)[1].starts_with("by t = 20 s: 397.3 spent, 238.4 recovered, 40.0 refused"));
    let figure = sample("strategies");
    has_all(&figure, &["time t (s)", "share of agents", "nudge", "lock", "save", "0.0", "1.0"]);
    assert!(texts(&figure)[1].contains("save 20 %"));
}

#[test]
fn sweeps_have_the_unit_of_their_key_the_line_of_theory_and_the_number_of_runs() {
    let figure = sample("sweep_curves");
    has_all(&figure, &["coupling strength K (rad/s)", "mean R", "theory, \u{221a}(1 \u{2212} 2γ/K)", "4", "1.0"]);
    assert!(has(&figure, "17 points, each the mean of 8 runs, with its standard error"));
    // Nothing is known of the theory of another key.
    let mut other = onset(&[0.0]);
    other.keys = vec!["network.rewire".to_owned()];
    let figure = sweep_curves(&other, Some(0.5), &PlotOptions::default()).unwrap();
    assert!(has(&figure, "share of links rewired") && !texts(&figure).iter().any(|text| text.contains("theory")));
    has_all(&sample("sweep_lines"), &["noise 0", "noise 0.5", "noise 1"]);
}

#[test]
fn maps_have_both_keys_and_a_bar_of_values() {
    let figure = sample("sweep_map");
    has_all(&figure, &["coupling strength K (rad/s)", "noise intensity D (rad²/s)", "mean R", "0.75", "0.0", "1.0"]);
    let error = sweep_map(&onset(&[0.0]), &PlotOptions::default()).unwrap_err();
    assert!(error.to_string().contains("two varied keys"), "{error}");
}

#[test]
fn text_stands_out_from_its_ground() {
    // WCAG 2.2, 1.4.3: 4.5 for text.
    let luminance = |color: &str| {
        let part = |at: usize| f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        let linear = |value: f64| if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5))
    };
    for (name, _) in SAMPLES.iter().filter(|(name, _)| *name != "sweep_map") {
        let svg = sample(name).svg();
        for element in svg.split("<text ").skip(1) {
            let head = &element[..element.find('>').unwrap()];
            let color = head.split("fill=\"").nth(1).map_or("#222222", |rest| &rest[..rest.find('"').unwrap()]);
            assert!(color.starts_with('#') && color.len() == 7, "{name}: {color}");
            let contrast = 1.05 / (luminance(color) + 0.05);
            assert!(contrast >= 4.5, "{name}: {color} has {contrast:.2}");
        }
    }
}
