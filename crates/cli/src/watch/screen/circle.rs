//! The phases on the circle, and their mean.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Color,
    widgets::{
        Widget,
        canvas::{Canvas, Circle, Line, Points},
    },
};

use super::{Look, Tone, View, framed};

/// Within which part of the radius agents are drawn: one behind the other by their ids, so that a crowd looks like one.
const RING: (f64, f64) = (0.82, 1.0);

/// Draws the sampled agents where their phases are, and the mean vector R e^iψ.
pub(super) fn draw(view: &View, area: Rect, buffer: &mut Buffer) {
    let (seen, look) = (view.seen(), view.look);
    let title = format!(" circle: R {:.3} at ψ {:.2} rad ", seen.r, seen.psi);
    let block = framed(&title, look);
    let inner = block.inner(area);
    // A cell is about twice as high as it is wide.
    let ratio = f64::from(inner.width) / (2.0 * f64::from(inner.height.max(1)));
    let (x, y) = if ratio > 1.0 { (1.08 * ratio, 1.08) } else { (1.08, 1.08 / ratio.max(0.01)) };
    let plain = |tone| look.style(tone).fg.unwrap_or(Color::Reset);
    let hues = by_hue(&seen.sample.ids, &seen.sample.phases);
    let (sin, cos) = seen.psi.sin_cos();
    Canvas::default()
        .block(block)
        .marker(look.marker())
        .x_bounds([-x, x])
        .y_bounds([-y, y])
        .paint(|context| {
            context.draw(&Circle { x: 0.0, y: 0.0, radius: RING.0 - 0.06, color: plain(Tone::Faint) });
            for (hue, coords) in hues.iter().enumerate() {
                context.draw(&Points { coords, color: look.colour(hue).unwrap_or(Color::Reset) });
            }
            context.layer();
            let (end, color) = (seen.r * (RING.0 - 0.06), plain(Tone::Order));
            context.draw(&Line { x1: 0.0, y1: 0.0, x2: end * cos, y2: end * sin, color });
            context.draw(&Circle { x: end * cos, y: end * sin, radius: 0.04, color });
        })
        .render(area, buffer);
}

fn by_hue(ids: &[u64], phases: &[f32]) -> [Vec<(f64, f64)>; Look::HUES] {
    /// Of the golden ratio: one after the other, agents fall where there is most room.
    const TURN: f64 = 0.618_033_988_749_894_9;
    let mut hues = [const { Vec::new() }; Look::HUES];
    for (&id, &phase) in ids.iter().zip(phases) {
        let radius = RING.0 + (RING.1 - RING.0) * (id as f64 * TURN).fract();
        let (sin, cos) = f64::from(phase).sin_cos();
        hues[Look::hue(phase)].push((radius * cos, radius * sin));
    }
    hues
}
