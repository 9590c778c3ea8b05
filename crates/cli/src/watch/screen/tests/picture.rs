//! A frame as an SVG picture, for the documentation.

use std::fmt::Write;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

/// A cell [px].
const CELL: (f64, f64) = (8.0, 16.0);

/// Dots of a Braille sign, by the bits of its code: column and row.
const DOTS: [(u32, u32); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];

/// Draws every cell: blocks and dots as shapes, so that no font decides what they look like, the rest as text.
pub(super) fn svg(buffer: &Buffer, label: &str) -> String {
    let (width, height) = (f64::from(buffer.area.width) * CELL.0, f64::from(buffer.area.height) * CELL.1);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#101418\"/>\n\
         <g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"13\">\n"
    );
    for (row, cells) in buffer.content.chunks(usize::from(buffer.area.width)).enumerate() {
        let y = row as f64 * CELL.1;
        for (column, cell) in cells.iter().enumerate() {
            draw(&mut text, cell, column as f64 * CELL.0, y);
        }
    }
    text.push_str("</g>\n</svg>\n");
    text
}

fn draw(text: &mut String, cell: &Cell, x: f64, y: f64) {
    let sign = cell.symbol().chars().next().unwrap_or(' ');
    let colour = rgb(cell.fg, "#c9d1d9");
    let mut rect = |from: f64, part: f64, fill: &str| {
        let (y, height) = (y + from * CELL.1, part * CELL.1);
        let _ = writeln!(text, "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{height}\" fill=\"{fill}\"/>", CELL.0);
    };
    if cell.bg != Color::Reset {
        rect(0.0, 1.0, &rgb(cell.bg, "#101418"));
    }
    match sign {
        ' ' => {}
        '▀' => rect(0.0, 0.5, &colour),
        '▁'..='█' => {
            let part = f64::from(u32::from(sign) - 0x2580) / 8.0;
            rect(1.0 - part, part, &colour);
        }
        '\u{2800}'..='\u{28ff}' => {
            let bits = u32::from(sign) & 0xff;
            for (_, (column, row)) in DOTS.iter().enumerate().filter(|(bit, _)| (bits >> bit) & 1 == 1) {
                let (x, y) = (x + 2.0 + 4.0 * f64::from(*column), y + 2.0 + 4.0 * f64::from(*row));
                let _ = writeln!(text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"1.3\" fill=\"{colour}\"/>");
            }
        }
        _ => {
            let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
            let (y, sign) = (y + 12.0, escaped(sign));
            let _ = writeln!(text, "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\"{weight}>{sign}</text>");
        }
    }
}

fn escaped(sign: char) -> String {
    match sign {
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        other => other.to_string(),
    }
}

/// Of the cube of 6×6×6 colours that terminals have in common, and what else the view uses.
fn rgb(colour: Color, usual: &str) -> String {
    match colour {
        Color::Indexed(index @ 16..=231) => {
            let level = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let place = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(place / 36), level(place / 6 % 6), level(place % 6))
        }
        Color::DarkGray => "#6e7681".to_owned(),
        _ => usual.to_owned(),
    }
}
