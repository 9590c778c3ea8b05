//! Which colour means what: bars beside the axes.

use std::f64::consts::TAU;

use kuva::render::color::Color;
use kuva::render::render::{Primitive, TextAnchor};

use super::color::{INK, phase_color, value_color};
use super::figure::Figure;
use super::frame::{LABEL, TICK};

const WIDTH: f64 = 18.0;

/// The colours of all phases, from 0 at the bottom to 2π at the top.
pub(super) fn phase_bar(figure: &mut Figure, (left, top, bottom): (f64, f64, f64)) {
    bar(figure, (left, top, bottom), |part| phase_color(TAU * part));
    let quarters = ["0", "π/2", "π", "3π/2", "2π"].into_iter().enumerate();
    ticks(figure, (left, top, bottom), quarters.map(|(quarter, name)| (0.25 * quarter as f64, name.to_owned())));
    figure.text((left + 66.0, top - 14.0), TextAnchor::End, LABEL, INK, "phase θ (rad)");
}

/// The colours of values from 0 at the bottom to 1 at the top.
pub(super) fn value_bar(figure: &mut Figure, (left, top, bottom): (f64, f64, f64), name: &str) {
    bar(figure, (left, top, bottom), value_color);
    let tenths = (0..=5).map(|tick| 0.2 * f64::from(tick));
    ticks(figure, (left, top, bottom), tenths.map(|value| (value, format!("{value:.1}"))));
    figure.text((left + 66.0, top - 14.0), TextAnchor::End, LABEL, INK, name);
}

fn bar(figure: &mut Figure, (left, top, bottom): (f64, f64, f64), color: impl Fn(f64) -> [u8; 3]) {
    const STEPS: usize = 128;
    let height = bottom - top;
    for step in 0..STEPS {
        let [red, green, blue] = color((step as f64 + 0.5) / STEPS as f64);
        figure.add(Primitive::Rect {
            x: left,
            y: bottom - height * (step + 1) as f64 / STEPS as f64,
            width: WIDTH,
            // A pixel of overlap hides the seams between steps.
            height: height / STEPS as f64 + if step == 0 { 0.0 } else { 1.0 },
            fill: Color::Rgb(red, green, blue),
            stroke: None,
            stroke_width: None,
            opacity: None,
        });
    }
}

fn ticks(figure: &mut Figure, (left, top, bottom): (f64, f64, f64), ticks: impl Iterator<Item = (f64, String)>) {
    for (part, name) in ticks {
        let y = bottom - (bottom - top) * part;
        figure.line((left + WIDTH, y), (left + WIDTH + 5.0, y), INK, 1.0, None);
        figure.text((left + WIDTH + 9.0, y + 4.5), TextAnchor::Start, TICK, INK, &name);
    }
}
