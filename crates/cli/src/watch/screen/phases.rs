//! How phases are spread: now, as a histogram; over time, as a raster.

use ratatui::{buffer::Buffer, layout::Rect, style::Style, widgets::Widget};

use super::{Look, Tone, View, curve, framed};
use crate::{live::Snapshot, watch::view::Raster};

/// Eighths of a cell, from below.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Draws how many agents are in which part of the circle.
pub(super) fn histogram(view: &View, area: Rect, buffer: &mut Buffer) {
    let (seen, look) = (view.seen(), view.look);
    let block = framed(" agents by phase ", look);
    let inner = block.inner(area);
    block.render(area, buffer);
    if inner.height < 2 || inner.width < 16 {
        return;
    }
    // With fewer agents than parts there would be nothing but gaps.
    let bins = regrouped(&seen.histogram, usize::from(inner.width).min(seen.agents as usize / 4));
    let most = bins.iter().copied().max().unwrap_or(0).max(1);
    let (height, width) = (usize::from(inner.height) - 1, usize::from(inner.width));
    for column in 0..width {
        let bin = column * bins.len() / width;
        let eighths = (bins[bin] * height as u64 * 8).div_ceil(most) as usize;
        let style = hue_style(look, bin * Look::HUES / bins.len());
        for row in 0..height {
            let filled = eighths.saturating_sub(8 * row).min(8);
            let place = (inner.x + column as u16, inner.y + (height - 1 - row) as u16);
            buffer[place].set_symbol(EIGHTHS[filled]).set_style(style);
        }
    }
    let axis = inner.y + inner.height - 1;
    let wide = inner.width;
    let faint = look.style(Tone::Faint);
    for (x, text) in [(0, "0"), (wide / 2, "π"), (wide - 2, "2π")] {
        buffer.set_string(inner.x + x, axis, text, faint);
    }
    let text = format!("most {most}");
    if usize::from(wide) > 4 * text.len() {
        buffer.set_string(inner.x + wide / 8, axis, text, faint);
    }
}

/// The counts in as many equal parts as have room, a divisor of all.
fn regrouped(counts: &[u32], room: usize) -> Vec<u64> {
    let parts = [64, 32, 16].into_iter().find(|parts| *parts <= room).unwrap_or(16);
    counts.chunks(Snapshot::BINS / parts).map(|chunk| chunk.iter().map(|&count| u64::from(count)).sum()).collect()
}

/// Draws the phases of some agents, one below the other, over the time that the curve shows.
pub(super) fn raster(view: &View, area: Rect, buffer: &mut Buffer) {
    let look = view.look;
    let title = if look.colour { " phases of agents over time " } else { " phases over time: full at 0, empty at π " };
    let block = framed(title, look);
    let inner = block.inner(area);
    block.render(area, buffer);
    let (from, to) = curve::span(view);
    // With colours a cell holds two agents, one above the other.
    let per_cell = if look.colour { 2 } else { 1 };
    let rows = usize::from(inner.height) * per_cell;
    for x in 0..inner.width {
        let time = from + (to - from) * (f64::from(x) + 0.5) / f64::from(inner.width);
        let Some(column) = view.raster.at(time) else { continue };
        let hue = |row: usize| usize::from(column[row * Raster::ROWS / rows.max(1)]);
        for y in 0..inner.height {
            let cell = &mut buffer[(inner.x + x, inner.y + y)];
            let row = usize::from(y) * per_cell;
            match (look.colour(hue(row)), look.colour(hue(row + per_cell - 1))) {
                (Some(above), Some(below)) => cell.set_symbol("▀").set_style(Style::new().fg(above).bg(below)),
                _ => cell.set_symbol(Look::shade(hue(row))),
            };
        }
    }
}

fn hue_style(look: Look, hue: usize) -> Style {
    look.colour(hue).map_or(Style::new(), |colour| Style::new().fg(colour))
}
