//! All keys, over everything else.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
    widgets::{Clear, Paragraph, Widget},
};

use super::{Look, Tone, framed};
use crate::watch::keys::HELP;

/// Draws the help in the middle, in two columns where there is room for them.
pub(super) fn draw(look: Look, area: Rect, buffer: &mut Buffer) {
    let line = |(keys, what): &(&'static str, &'static str)| {
        let name = Span::styled(format!(" {keys:>7}  "), look.style(Tone::Strong));
        Line::from(vec![name, Span::raw(*what)])
    };
    let lines: Vec<Line<'_>> = HELP.iter().map(line).collect();
    let (room, wide) = (usize::from(area.height).saturating_sub(2), area.width >= 100);
    let columns = if lines.len() <= room || !wide { 1 } else { 2 };
    let rows = lines.len().div_ceil(columns).min(room);
    let width = lines.iter().map(Line::width).max().unwrap_or(0) + 1;
    let whole = centred(area, (columns * width + 2) as u16, (rows + 2) as u16);
    Clear.render(whole, buffer);
    let block = framed(" keys; scripts know them too ", look);
    let inner = block.inner(whole);
    block.render(whole, buffer);
    for (column, lines) in lines.chunks(rows.max(1)).take(columns).enumerate() {
        let x = inner.x + (column * width) as u16;
        let part = Rect { x, width: inner.right().saturating_sub(x), ..inner };
        Paragraph::new(lines.to_vec()).render(part, buffer);
    }
}

fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
