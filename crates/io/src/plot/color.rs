//! Colours.

use std::f64::consts::TAU;
use std::sync::OnceLock;

use kuva::plot::ColorMap;

/// Colours for lines, told apart by the colour-blind too (Okabe & Ito 2008): blue, vermilion, green, purple, orange,
/// light blue.
pub(super) const LINES: [&str; 6] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
/// Text and axes.
pub(super) const INK: &str = "#222222";
/// Text that explains.
pub(super) const MUTED: &str = "#5f5f5f";
/// Lines that only guide the eye.
pub(super) const GRID: &str = "#e3e3e3";

/// Steps in which the cyclic map is tabulated.
const STEPS: usize = 256;

/// The colour of a phase in rad: light at 0, orange at a quarter turn, dark at half a turn, blue at three quarters.
///
/// An ellipse in the plane of lightness and the blue–orange direction of the Oklab space (Ottosson 2020), run through
/// at even speed: equal steps of phase look equally far apart, there is no seam at 2π, and neither blindness to red
/// nor to green mixes any two phases up. A phase that is not finite is grey.
#[must_use]
pub fn phase_color(phase: f64) -> [u8; 3] {
    tint_color(tint(phase))
}

/// The 256th of a turn that a phase in rad is nearest to, which is as finely as colours tell; 256 if it is not finite.
pub(super) fn tint(phase: f64) -> u16 {
    /// Added to a number it leaves the nearest whole one in the last bits, where `round` would be a call.
    const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;
    let steps = phase * (STEPS as f64 / TAU);
    if steps.abs() < (1_u64 << 51) as f64 {
        return ((steps + WHOLE).to_bits() % STEPS as u64) as u16;
    }
    if !phase.is_finite() {
        return STEPS as u16;
    }
    steps.rem_euclid(STEPS as f64).round() as u16 % STEPS as u16
}

pub(super) fn tint_color(tint: u16) -> [u8; 3] {
    static TABLE: OnceLock<Vec<[u8; 3]>> = OnceLock::new();
    TABLE.get_or_init(tabulate).get(usize::from(tint)).copied().unwrap_or([128; 3])
}

/// The phase of a tint, in rad; NaN for those that are none.
pub(super) fn tint_phase(tint: u16) -> f64 {
    if usize::from(tint) < STEPS { TAU * f64::from(tint) / STEPS as f64 } else { f64::NAN }
}

/// The colour of a value from 0, dark blue, to 1, yellow: the map viridis (van der Walt & Smith 2015, CC0), of even
/// steps in lightness and told apart by the colour-blind.
pub(super) fn value_color(value: f64) -> [u8; 3] {
    let (red, green, blue) = ColorMap::Viridis.map_rgb(value.clamp(0.0, 1.0)).unwrap_or((128, 128, 128));
    [red, green, blue]
}

/// The colours at even distances along the ellipse.
fn tabulate() -> Vec<[u8; 3]> {
    const FINE: usize = 4096;
    let angle = |i: usize| TAU * i as f64 / FINE as f64;
    let mut lengths = vec![0.0];
    for i in 0..FINE {
        let (from, to) = (ellipse(angle(i)), ellipse(angle(i + 1)));
        let distance = from.iter().zip(to).map(|(from, to)| (to - from).powi(2)).sum::<f64>().sqrt();
        lengths.push(lengths[i] + distance);
    }
    let steps = (0..STEPS).map(|step| {
        let length = lengths[FINE] * step as f64 / STEPS as f64;
        srgb(ellipse(angle(lengths.partition_point(|reached| *reached < length))))
    });
    steps.collect()
}

/// Oklab coordinates (L, a, b) of the cyclic map.
fn ellipse(angle: f64) -> [f64; 3] {
    /// From dark but not black to light but not white.
    const LIGHTNESS: (f64, f64) = (0.60, 0.33);
    /// As colourful as blue and orange can both be at medium lightness.
    const CHROMA: f64 = 0.135;
    /// Direction of orange; blue is opposite.
    const HUE: f64 = 60.0;
    let (sin, cos) = HUE.to_radians().sin_cos();
    let chroma = CHROMA * angle.sin();
    [LIGHTNESS.0 + LIGHTNESS.1 * angle.cos(), chroma * cos, chroma * sin]
}

/// Ottosson (2020), "A perceptual color space for image processing": Oklab to sRGB.
fn srgb([lightness, a, b]: [f64; 3]) -> [u8; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    linear.map(|value| {
        let value = value.clamp(0.0, 1.0);
        // IEC 61966-2-1.
        let encoded = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (encoded * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(from: [u8; 3], to: [u8; 3]) -> f64 {
        let squares = from.iter().zip(to).map(|(from, to)| (f64::from(*from) - f64::from(to)).powi(2));
        squares.sum::<f64>().sqrt()
    }

    #[test]
    fn the_map_of_phases_has_no_seam() {
        assert_eq!(phase_color(0.0), phase_color(TAU));
        assert_eq!(phase_color(-1.0), phase_color(TAU - 1.0));
        for step in 0..STEPS {
            let phase = TAU * step as f64 / STEPS as f64;
            assert!(distance(phase_color(phase), phase_color(phase + TAU / STEPS as f64)) < 8.0, "{phase}");
        }
    }

    #[test]
    fn phases_a_quarter_turn_apart_look_far_apart() {
        for step in 0..64 {
            let phase = TAU * f64::from(step) / 64.0;
            assert!(distance(phase_color(phase), phase_color(phase + TAU / 4.0)) > 60.0, "{phase}");
        }
    }

    #[test]
    fn the_map_runs_through_light_orange_dark_and_blue() {
        let [light, orange, dark, blue] = [0.0, 0.25, 0.5, 0.75].map(|turn| phase_color(turn * TAU));
        assert!(light.iter().all(|value| *value > 200), "{light:?}");
        assert!(orange[0] > 150 && orange[2] < 100, "{orange:?}");
        assert!(dark.iter().all(|value| *value < 90), "{dark:?}");
        assert!(blue[2] > 150 && blue[0] < 100, "{blue:?}");
    }

    #[test]
    fn a_tint_is_the_nearest_one_whatever_the_turns() {
        for step in 0..STEPS {
            for (turns, off) in [(0.0, 0.4), (1.0, -0.4), (-3.0, 0.3), (1e6, -0.3)] {
                let phase = TAU * (turns + (step as f64 + off) / STEPS as f64);
                assert_eq!(usize::from(tint(phase)), step, "{phase}");
            }
        }
        for huge in [1e15, -1e15, 1e300, f64::MAX] {
            assert!(usize::from(tint(huge)) < STEPS, "{huge}");
        }
    }

    #[test]
    fn a_phase_that_is_no_number_is_grey() {
        assert_eq!(phase_color(f64::NAN), [128; 3]);
    }
}
