//! With or without colours, and with or without more than ASCII.

use std::f32::consts::TAU;

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
    symbols::Marker,
};

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub colour: bool,
    pub unicode: bool,
}

/// What something means, for its colour. Never by colour alone: words and shapes say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// Frames, axes, what is rarely looked at.
    Faint,
    Strong,
    /// Of the order parameter.
    Order,
    /// Of the goal.
    Goal,
    Good,
    Bad,
}

/// A wheel of hues whose lightness turns with them, from yellow over red, violet and blue to green: told apart by
/// whoever sees no red or no green too. Of the 256 colours that terminals have in common.
const WHEEL: [u8; 12] = [220, 214, 208, 203, 169, 133, 97, 61, 32, 38, 72, 148];

/// Shades by which phases are told without colours: full at 0, empty at π.
const SHADES: [&str; 5] = [" ", "░", "▒", "▓", "█"];

impl Look {
    /// As the environment says: no colours with `NO_COLOR`, no more than ASCII in a locale without UTF-8.
    pub(super) fn of_the_terminal(ascii: bool) -> Self {
        let is_set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(is_set);
        let locale = locale.map(|locale| locale.to_string_lossy().to_lowercase());
        let is_utf8 = locale.is_some_and(|locale| locale.contains("utf-8") || locale.contains("utf8"));
        Self { colour: is_set("NO_COLOR").is_none(), unicode: is_utf8 && !ascii }
    }

    pub(super) fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        if !self.colour {
            return match tone {
                Tone::Strong | Tone::Good | Tone::Bad => plain.add_modifier(Modifier::BOLD),
                Tone::Plain | Tone::Faint | Tone::Order | Tone::Goal => plain,
            };
        }
        match tone {
            Tone::Plain => plain,
            Tone::Faint => plain.fg(Color::DarkGray),
            Tone::Strong => plain.add_modifier(Modifier::BOLD),
            Tone::Order => plain.fg(Color::Indexed(38)),
            Tone::Goal => plain.fg(Color::Indexed(214)),
            Tone::Good => plain.fg(Color::Indexed(72)).add_modifier(Modifier::BOLD),
            Tone::Bad => plain.fg(Color::Indexed(203)).add_modifier(Modifier::BOLD),
        }
    }

    /// Parts of the circle that have a colour of their own.
    pub(super) const HUES: usize = WHEEL.len();

    /// The part of the circle that a phase [rad] is in.
    pub(super) fn hue(phase: f32) -> usize {
        ((phase.rem_euclid(TAU) * (Self::HUES as f32 / TAU)) as usize).min(Self::HUES - 1)
    }

    /// The colour of a part of the circle; none without colours.
    pub(super) fn colour(self, hue: usize) -> Option<Color> {
        self.colour.then(|| Color::Indexed(WHEEL[hue % Self::HUES]))
    }

    /// The shade of a part of the circle.
    pub(super) fn shade(hue: usize) -> &'static str {
        let middle = (hue as f32 + 0.5) * TAU / Self::HUES as f32;
        let part = 0.5 * (1.0 + middle.cos());
        SHADES[((part * SHADES.len() as f32) as usize).min(SHADES.len() - 1)]
    }

    /// What lines and points are drawn with.
    pub(super) fn marker(self) -> Marker {
        if self.unicode { Marker::Braille } else { Marker::Dot }
    }

    /// Puts an ASCII sign in place of all that is none, where the terminal shows no other.
    pub(super) fn translate(self, buffer: &mut Buffer) {
        if self.unicode {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let sign = cell.symbol().chars().next().map_or(' ', ascii);
                cell.set_char(sign);
            }
        }
    }
}

/// The sign that looks most like it.
fn ascii(sign: char) -> char {
    match sign {
        '─' | '━' | '–' | '—' | '┄' | '╌' => '-',
        '│' | '┃' | '┆' | '╎' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╭' | '╮' | '╰' | '╯' => '+',
        '█' | '▓' | '▇' | '▆' => '#',
        '▒' | '▅' | '▄' => '=',
        '░' | '▃' | '▂' => '-',
        '▁' => '_',
        '▀' => '"',
        '•' | '●' => '*',
        '▶' => '>',
        '×' => 'x',
        '·' => '.',
        '≥' => '>',
        '≤' => '<',
        'ψ' => 'y',
        'ω' => 'w',
        'π' => 'p',
        '…' => '~',
        '↑' => '^',
        '\u{2800}' => ' ',
        '\u{2801}'..='\u{28ff}' => {
            if (u32::from(sign) & 0xff).count_ones() > 3 {
                '#'
            } else {
                '.'
            }
        }
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_circle_has_hues_and_shades_that_meet() {
        assert_eq!((Look::hue(0.0), Look::hue(TAU), Look::hue(-0.01)), (0, 0, Look::HUES - 1));
        assert_eq!((Look::shade(0), Look::shade(Look::HUES - 1)), ("█", "█"));
        assert_eq!(Look::shade(Look::HUES / 2), " ");
    }

    #[test]
    fn nothing_but_ascii_is_left_where_nothing_else_is_shown() {
        let mut buffer = Buffer::with_lines(["┌R ≥ 0.9 ψ─┐", "⣿⠁▓▂ ▶ ×1 ü"]);
        Look { colour: true, unicode: false }.translate(&mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(text.is_ascii(), "{text}");
        assert_eq!(text.trim_end(), "+R > 0.9 y-+#.#- > x1 ?");
    }
}
