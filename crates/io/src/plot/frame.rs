//! Title, axes, ticks and grid: what a picture stands in.

use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::Arc;

use kuva::plot::LinePlot;
use kuva::render::layout::{Layout, TickFormat};
use kuva::render::plots::Plot;
use kuva::render::render::{TextAnchor, render_multiple};
use kuva::render::theme::Theme;

use super::color::{GRID, INK, MUTED};
use super::error::PlotError;
use super::figure::{Figure, PlotOptions};

/// Sizes of text, in pixels.
pub(super) const TITLE: u32 = 17;
pub(super) const LABEL: u32 = 14;
pub(super) const TICK: u32 = 13;

/// An axis: what it shows, from where to where, with a tick at every multiple of a step.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) label: String,
    pub(super) low: f64,
    pub(super) high: f64,
    step: f64,
    /// Whether ticks are written as multiples of π.
    in_pi: bool,
}

impl Scale {
    /// An axis from `low` to `high` exactly.
    pub(super) fn exact(label: &str, low: f64, high: f64) -> Result<Self, PlotError> {
        if !(low < high && (high - low).is_finite()) {
            return Err(PlotError::EmptyRange { axis: label.to_owned(), low, high });
        }
        Ok(Self { label: label.to_owned(), low, high, step: nice_step(high - low), in_pi: false })
    }

    /// Angles in rad from −π to π, a tick at each quarter turn.
    pub(super) fn half_turns(label: &str) -> Self {
        Self { label: label.to_owned(), low: -PI, high: PI, step: FRAC_PI_2, in_pi: true }
    }

    /// The same axis with ticks at whole numbers alone.
    pub(super) fn in_whole_steps(self) -> Self {
        Self { step: self.step.max(1.0), ..self }
    }

    /// An axis that holds all `values`, from tick to tick.
    pub(super) fn around(label: &str, values: impl Iterator<Item = f64>) -> Result<Self, PlotError> {
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return Self::exact(label, 0.0, 1.0);
        }
        // A single value stands in the middle.
        let margin = if low < high { 0.0 } else { 0.5_f64.max(0.1 * low.abs()) };
        let tight = Self::exact(label, low - margin, high + margin)?;
        let step = tight.step;
        Self::exact(label, (tight.low / step).floor() * step, (tight.high / step).ceil() * step)
    }

    /// A tick as it is written.
    fn written(&self, value: f64) -> String {
        if self.in_pi {
            let quarters = ["\u{2212}π", "\u{2212}π/2", "0", "π/2", "π"];
            let quarter = (value / FRAC_PI_2).round() as i32 + 2;
            return usize::try_from(quarter)
                .ok()
                .and_then(|at| quarters.get(at))
                .map_or(String::new(), |&at| at.into());
        }
        let largest = self.low.abs().max(self.high.abs());
        let value = if value.abs() < 1e-9 * self.step { 0.0 } else { value };
        let text = if self.step < 1e-4 || largest >= 1e7 {
            let digits = (largest / self.step).log10().ceil().clamp(0.0, 15.0) as usize;
            let text = format!("{value:.digits$e}");
            match text.split_once('e') {
                Some((mantissa, exponent)) if mantissa.contains('.') => {
                    format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
                }
                _ => text,
            }
        } else {
            // Half a unit of rounding decides between 0.1 and 0.10000000000000001.
            let decimals = (-(self.step * 1.000_001).log10().floor()).max(0.0) as usize;
            format!("{value:.decimals$}")
        };
        text.replace('-', "\u{2212}")
    }

    /// Pixels that the longest tick label takes, about.
    fn label_width(&self) -> f64 {
        let ends = [self.low, self.high, self.low + self.step];
        ends.into_iter().map(|value| text_width(&self.written(value), TICK)).fold(0.0, f64::max)
    }
}

/// Pixels that a text takes, about: widths of letters in DejaVu Sans, rounded up by kind.
pub(super) fn text_width(text: &str, size: u32) -> f64 {
    let widths = text.chars().map(|letter| match letter {
        'i' | 'j' | 'l' | 'I' | ' ' | '.' | ',' | ':' | '|' | '\'' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 0.41,
        'm' | 'w' | 'M' | 'W' | '\u{2212}' | '=' => 0.9,
        letter if letter.is_uppercase() => 0.7,
        _ => 0.61,
    });
    f64::from(size) * widths.sum::<f64>()
}

/// 1, 2 or 5 times a power of ten, of which three to six fit into `span`.
fn nice_step(span: f64) -> f64 {
    let rough = span / 6.0;
    let power = 10.0_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough * 0.999_999).unwrap_or(10.0);
    // A span of the smallest numbers leaves no step.
    (factor * power).max(f64::MIN_POSITIVE)
}

/// Where in a figure the axes are, in pixels.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Frame {
    /// Axes below a head of title and note, with `margin_right` pixels left free beside them.
    pub(super) fn new(options: &PlotOptions, x: Scale, y: Scale, margin_right: f64) -> Self {
        Self {
            left: (y.label_width() + 24.0).round(),
            right: (options.width - margin_right).round(),
            top: 84.0,
            bottom: (options.height - 56.0).round(),
            x,
            y,
        }
    }

    /// Draws axes and grid with `plots` in them, then the labels.
    pub(super) fn draw(&self, figure: &mut Figure, options: &PlotOptions, plots: Vec<Plot>) {
        let theme = Theme {
            axis_color: INK.to_owned(),
            tick_color: INK.to_owned(),
            text_color: INK.to_owned(),
            grid_color: GRID.to_owned(),
            ..Theme::light()
        };
        let written = |scale: &Scale| {
            let scale = scale.clone();
            TickFormat::Custom(Arc::new(move |value| scale.written(value)))
        };
        let layout = Layout::new((self.x.low, self.x.high), (self.y.low, self.y.high))
            .with_width(options.width.round())
            .with_height(options.height.round())
            .with_force_margins(self.left, options.width.round() - self.right)
            .with_force_margins_y(self.top, options.height.round() - self.bottom)
            .with_x_axis_min(self.x.low)
            .with_x_axis_max(self.x.high)
            .with_y_axis_min(self.y.low)
            .with_y_axis_max(self.y.high)
            .with_x_tick_step(self.x.step)
            .with_y_tick_step(self.y.step)
            .with_x_tick_format(written(&self.x))
            .with_y_tick_format(written(&self.y))
            .with_tick_size(TICK)
            .with_theme(theme);
        // Without anything to draw there would be no axes either.
        let plots = if plots.is_empty() { vec![LinePlot::new().into()] } else { plots };
        figure.add_scene(render_multiple(plots, layout));
        let middle = (self.left + self.right) / 2.0;
        figure.text((middle, self.bottom + 46.0), TextAnchor::Middle, LABEL, INK, &self.x.label);
        // Above the axis instead of along it: nobody has to tilt their head, and the PNG renderer smears tilted text.
        figure.text((12.0, self.top - 14.0), TextAnchor::Start, LABEL, INK, &self.y.label);
    }

    /// Whether a point is within the axes.
    pub(super) fn holds(&self, (x, y): (f64, f64)) -> bool {
        (self.x.low..=self.x.high).contains(&x) && (self.y.low..=self.y.high).contains(&y)
    }

    /// Where a point is, in pixels.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let across = (x - self.x.low) / (self.x.high - self.x.low);
        let up = (y - self.y.low) / (self.y.high - self.y.low);
        (self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top))
    }
}

/// Writes a title and, below it, a note.
pub(super) fn head(figure: &mut Figure, title: &str, note: &str) {
    figure.name(title);
    figure.text((12.0, 26.0), TextAnchor::Start, TITLE, INK, title);
    figure.text((12.0, 46.0), TextAnchor::Start, TICK, MUTED, note);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_one_two_or_five_times_a_power_of_ten() {
        let cases = [(1.0, 0.2), (10.0, 2.0), (12.0, 2.0), (40.0, 10.0), (0.3, 0.05), (7e-5, 2e-5), (3e8, 5e7)];
        for (span, step) in cases {
            assert!((nice_step(span) / step - 1.0).abs() < 1e-9, "{span}: {}", nice_step(span));
        }
    }

    #[test]
    fn a_range_holds_its_values_from_tick_to_tick() {
        let scale = Scale::around("x", [0.13, 4.9].into_iter()).unwrap();
        assert_eq!((scale.low, scale.high), (0.0, 5.0));
        let scale = Scale::around("x", [3.0].into_iter()).unwrap();
        assert!(scale.low < 3.0 && scale.high > 3.0);
        let scale = Scale::around("x", std::iter::empty()).unwrap();
        assert_eq!((scale.low, scale.high), (0.0, 1.0));
    }

    #[test]
    fn a_range_without_extent_is_refused() {
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (-1e308, 1e308)] {
            assert!(matches!(Scale::exact("x", low, high), Err(PlotError::EmptyRange { .. })), "{low} {high}");
        }
    }

    #[test]
    fn ticks_are_written_with_the_decimals_of_their_step() {
        let written = |low, high, value| Scale::exact("x", low, high).unwrap().written(value);
        assert_eq!(written(0.0, 1.0, 0.30000000000000004), "0.3");
        assert_eq!(written(0.0, 40.0, 15.0), "15");
        assert_eq!(written(-0.5, 0.5, -0.2), "\u{2212}0.2");
        assert_eq!(written(-0.5, 0.5, -1e-17), "0.0");
        assert_eq!(written(0.0, 5e-6, 1.5e-6), "1.5e\u{2212}6");
        assert_eq!(written(0.0, 1e9, 2e8), "2e8");
    }
}
