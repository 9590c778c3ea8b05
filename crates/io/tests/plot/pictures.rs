//! Curves, rasters and circles, of any data.

use std::f64::consts::TAU;

use lampyrid_io::plot::{
    Axis, CircleSnapshot, Curve, CurveStyle, Curves, PhaseRaster, PlotError, PlotOptions, SeriesView, curves,
    order_parameter, phase_circles, phase_raster,
};
use lampyrid_measure::OrderParameter;
use proptest::prelude::*;

use crate::support::{check, has, texts};

fn rising() -> Vec<(f64, f64)> {
    (0..=200).map(|i| (0.1 * f64::from(i), f64::from(i) / 250.0)).collect()
}

#[test]
fn coherence_is_drawn_from_zero_to_one_over_all_of_the_time() {
    let figure =
        order_parameter(&SeriesView { r: &rising(), ..SeriesView::default() }, &PlotOptions::default()).unwrap();
    check(&figure, (760.0, 440.0));
    for text in ["Coherence over time", "time t (s)", "coherence R", "R = 0.800 at t = 20 s"] {
        assert!(has(&figure, text), "{text}: {:?}", texts(&figure));
    }
    let ticks: Vec<_> = texts(&figure).into_iter().filter(|text| text.parse::<f64>().is_ok()).collect();
    assert_eq!(ticks, ["0", "5", "10", "15", "20", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
}

#[test]
fn further_quantities_are_named_and_the_axis_reaches_down_to_them() {
    let negative: Vec<_> = rising().iter().map(|(time, r)| (*time, -r)).collect();
    let view = SeriesView { r: &rising(), further: &[("link coherence", &negative)], ..SeriesView::default() };
    let figure = order_parameter(&view, &PlotOptions::default()).unwrap();
    check(&figure, (760.0, 440.0));
    assert!(has(&figure, "R") && has(&figure, "link coherence") && has(&figure, "\u{2212}0.5"));
}

#[test]
fn an_empty_series_says_that_there_is_no_data() {
    let figure = order_parameter(&SeriesView::default(), &PlotOptions::default()).unwrap();
    check(&figure, (760.0, 440.0));
    assert!(has(&figure, "no data"));
}

#[test]
fn a_single_row_is_a_point() {
    let figure =
        order_parameter(&SeriesView { r: &[(0.0, 0.25)], ..SeriesView::default() }, &PlotOptions::default()).unwrap();
    check(&figure, (760.0, 440.0));
    assert_eq!(figure.svg().matches("<circle").count(), 1);
    assert!(has(&figure, "R = 0.250 at t = 0 s"));
}

#[test]
fn a_constant_coherence_and_one_a_hair_above_one_keep_the_axis() {
    for r in [0.0, 0.5, 1.0, 1.0 + 1e-15] {
        let figure =
            order_parameter(&SeriesView { r: &[(0.0, r), (1.0, r)], ..SeriesView::default() }, &PlotOptions::default())
                .unwrap();
        check(&figure, (760.0, 440.0));
        assert!(has(&figure, "0.0") && has(&figure, "1.0") && !has(&figure, "1.2"), "{r}");
    }
}

#[test]
fn what_is_no_number_is_refused_with_its_place() {
    let series = [(0.0, 0.5), (1.0, f64::NAN)];
    let error =
        order_parameter(&SeriesView { r: &series, ..SeriesView::default() }, &PlotOptions::default()).unwrap_err();
    assert!(matches!(&error, PlotError::NotFinite { quantity, index: 1, .. } if quantity == "coherence R"), "{error}");
    let series = [(f64::INFINITY, 0.5)];
    let error =
        order_parameter(&SeriesView { r: &series, ..SeriesView::default() }, &PlotOptions::default()).unwrap_err();
    assert!(matches!(&error, PlotError::NotFinite { quantity, index: 0, .. } if quantity == "time t (s)"), "{error}");
}

#[test]
fn a_title_of_ones_own_takes_the_place_of_the_usual_and_cannot_break_the_picture() {
    let title = "a < b & \"c\" costs $5\u{7}";
    let options = PlotOptions { title: Some(title.to_owned()), ..PlotOptions::default() };
    let figure = order_parameter(&SeriesView { r: &rising(), ..SeriesView::default() }, &options).unwrap();
    check(&figure, (760.0, 440.0));
    assert!(has(&figure, "a &lt; b &amp; &quot;c&quot; costs $5 "), "{:?}", texts(&figure));
    assert!(!has(&figure, "Coherence over time"));
}

#[test]
fn a_raster_has_a_cell_for_each_agent_a_bar_of_phases_and_its_size_in_words() {
    let mut raster = PhaseRaster::new(1000);
    for step in 0..3000 {
        let phases: Vec<f64> = (0..1000).map(|agent| f64::from(step * agent) * 1e-4).collect();
        raster.push(0.01 * f64::from(step), &phases).unwrap();
    }
    let figure = phase_raster(&raster, &PlotOptions::default()).unwrap();
    check(&figure, (760.0, 440.0));
    for text in
        ["Phases over time", "200 of 1000 agents, evenly spaced", "agent", "phase θ (rad)", "0", "π", "2π", "800"]
    {
        assert!(has(&figure, text), "{text}: {:?}", texts(&figure));
    }
    let svg = figure.svg();
    assert_eq!(svg.matches("<image ").count(), 1);
    assert!(svg.len() < 1_000_000, "{} bytes", svg.len());
}

#[test]
fn rasters_of_nothing_of_one_agent_and_of_one_instant_are_drawn() {
    let options = PlotOptions::default();
    for agents in [0, 1, 2] {
        let mut raster = PhaseRaster::new(agents);
        let figure = phase_raster(&raster, &options).unwrap();
        check(&figure, (760.0, 440.0));
        assert!(has(&figure, "no data"));
        raster.push(5.0, &vec![1.0; agents]).unwrap();
        check(&phase_raster(&raster, &options).unwrap(), (760.0, 440.0));
    }
}

#[test]
fn circles_carry_time_and_coherence() {
    let phases: Vec<f64> = (0..500).map(|agent| TAU * f64::from(agent) / 500.0).collect();
    let snapshots = [
        CircleSnapshot::new(0.0, &phases, OrderParameter { r: 0.0, psi: 0.0 }).unwrap(),
        CircleSnapshot::new(12.5, &phases, OrderParameter { r: 0.04, psi: 3.0 }).unwrap(),
        CircleSnapshot::new(25.0, &[1.0; 500], OrderParameter { r: 1.0, psi: 1.0 }).unwrap(),
    ];
    let figure = phase_circles(&snapshots, &PlotOptions::flat()).unwrap();
    check(&figure, (760.0, 330.0));
    for text in [
        "t = 0 s,  R = 0.000",
        "t = 12.5 s,  R = 0.040",
        "t = 25 s,  R = 1.000",
        "200 of 500 agents and the mean vector of all",
    ] {
        assert!(has(&figure, text), "{text}: {:?}", texts(&figure));
    }
    assert_eq!(texts(&figure).iter().filter(|text| *text == "π/2").count(), 3);
    let nothing = phase_circles(&[], &PlotOptions::flat()).unwrap();
    check(&nothing, (760.0, 330.0));
    assert!(has(&nothing, "no data"));
}

#[test]
fn curves_keep_to_the_range_given_and_name_what_they_show() {
    let theory: Vec<(f64, f64)> =
        (100..=300).map(|i| (0.01 * f64::from(i), (1.0 - 100.0 / f64::from(i)).sqrt())).collect();
    let simulated = [(0.5, 0.02), (2.0, 0.7), (9.0, 0.9)];
    let picture = Curves {
        title: "Onset of synchrony",
        note: "10,000 oscillators",
        x: Axis { label: "coupling strength K (rad/s)", range: Some((0.0, 3.0)) },
        y: Axis { label: "coherence R", range: Some((0.0, 1.0)) },
        curves: &[
            Curve { name: "theory", points: &theory, style: CurveStyle::Theory },
            Curve { name: "simulated", points: &simulated, style: CurveStyle::Points },
        ],
    };
    let figure = curves(&picture, &PlotOptions::default()).unwrap();
    check(&figure, (760.0, 440.0));
    for text in
        ["Onset of synchrony", "10,000 oscillators", "theory", "simulated", "3.0", "coupling strength K (rad/s)"]
    {
        assert!(has(&figure, text), "{text}: {:?}", texts(&figure));
    }
    // Two of the three points, and the sample in the legend.
    assert_eq!(figure.svg().matches("<circle").count(), 3);
}

#[test]
fn a_range_upside_down_is_refused() {
    let picture = Curves { x: Axis { label: "K", range: Some((2.0, 1.0)) }, ..Curves::default() };
    let error = curves(&picture, &PlotOptions::default()).unwrap_err();
    assert_eq!(error, PlotError::EmptyRange { axis: "K".to_owned(), low: 2.0, high: 1.0 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn finite_data_of_any_size_are_drawn_or_refused_but_never_panic(
        points in proptest::collection::vec((any::<i32>(), -300..300_i32, any::<i32>(), -300..300_i32), 0..8),
        style in 0..5_usize,
    ) {
        let number = |mantissa: i32, exponent: i32| f64::from(mantissa) * 10_f64.powi(exponent);
        let points: Vec<_> = points.into_iter().map(|(x, a, y, b)| (number(x, a), number(y, b))).collect();
        let style = [
            CurveStyle::Line, CurveStyle::Points, CurveStyle::Theory, CurveStyle::Cloud, CurveStyle::LineAndPoints,
        ][style];
        let curve = [Curve { name: "data", points: &points, style }];
        let picture = Curves { title: "any", curves: &curve, ..Curves::default() };
        if let Ok(figure) = curves(&picture, &PlotOptions::default()) {
            let svg = figure.svg();
            prop_assert!(svg.len() < 1_000_000);
        }
    }
}
