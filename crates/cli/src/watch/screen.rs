//! How it is drawn: panes by the room there is, each in a file of its own.

mod circle;
mod curve;
mod help;
mod phases;
mod words;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    widgets::{Block, BorderType},
};

use super::{
    look::{Look, Tone},
    view::View,
};

/// The smallest screen that anything can be made out on.
const SMALLEST: (u16, u16) = (40, 12);

/// Draws everything.
pub(super) fn draw(view: &View, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        words::too_small(SMALLEST, view.look, area, frame.buffer_mut());
    } else {
        let panes = Panes::of(area);
        words::title(view, panes.title, frame.buffer_mut());
        words::verdict(view, panes.verdict, frame.buffer_mut());
        words::keys(view, panes.keys, frame.buffer_mut());
        curve::draw(view, panes.curve, frame.buffer_mut());
        if let Some(area) = panes.circle {
            circle::draw(view, area, frame.buffer_mut());
        }
        match (panes.raster, panes.histogram) {
            (Some(raster), Some(histogram)) => {
                phases::raster(view, raster, frame.buffer_mut());
                phases::histogram(view, histogram, frame.buffer_mut());
            }
            (None, Some(area)) if view.shows_raster => phases::raster(view, area, frame.buffer_mut()),
            (None, Some(area)) => phases::histogram(view, area, frame.buffer_mut()),
            (_, None) => {}
        }
        if let Some(area) = panes.figures {
            words::figures(view, area, frame.buffer_mut());
        }
        if let Some(area) = panes.events {
            words::events(view, area, frame.buffer_mut());
        }
        if view.shows_help {
            help::draw(view.look, area, frame.buffer_mut());
        }
    }
    view.look.translate(frame.buffer_mut());
}

/// Where everything is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Panes {
    title: Rect,
    verdict: Rect,
    keys: Rect,
    curve: Rect,
    circle: Option<Rect>,
    histogram: Option<Rect>,
    raster: Option<Rect>,
    figures: Option<Rect>,
    events: Option<Rect>,
}

impl Panes {
    /// More of them the more room there is.
    fn of(area: Rect) -> Self {
        let [title, verdict, body, keys] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)])
                .areas(area);
        let bare = Self {
            title,
            verdict,
            keys,
            curve: body,
            circle: None,
            histogram: None,
            raster: None,
            figures: None,
            events: None,
        };
        match (area.width, area.height) {
            (170.., 44..) => bare.in_three_columns(body),
            (100.., 34..) => bare.with_raster(body),
            (72.., 20..) => bare.in_quarters(body),
            (_, 18..) => {
                let [curve, histogram] = Layout::vertical([Constraint::Fill(3), Constraint::Fill(2)]).areas(body);
                Self { curve, histogram: Some(histogram), ..bare }
            }
            _ => bare,
        }
    }

    fn in_quarters(self, body: Rect) -> Self {
        let [left, right] = columns(body, 3, 2);
        let [curve, histogram, events] = rows(left, [9, 6, 5]);
        let [circle, figures] = rows(right, [12, 9]);
        let (circle, histogram) = (Some(circle), Some(histogram));
        Self { curve, circle, histogram, figures: Some(figures), events: Some(events), ..self }
    }

    fn with_raster(self, body: Rect) -> Self {
        let [left, right] = columns(body, 5, 3);
        let [curve, raster, histogram] = rows(left, [5, 5, 3]);
        let [circle, figures, events] = rows(right, [6, 4, 3]);
        let (circle, histogram, raster) = (Some(circle), Some(histogram), Some(raster));
        Self { curve, circle, histogram, raster, figures: Some(figures), events: Some(events), ..self }
    }

    fn in_three_columns(self, body: Rect) -> Self {
        let [left, middle, right] =
            Layout::horizontal([Constraint::Fill(5), Constraint::Fill(4), Constraint::Fill(3)]).areas(body);
        let [curve, raster] = rows(left, [1, 1]);
        let [circle, histogram] = rows(middle, [3, 2]);
        let [figures, events] = rows(right, [2, 3]);
        let (circle, histogram, raster) = (Some(circle), Some(histogram), Some(raster));
        Self { curve, circle, histogram, raster, figures: Some(figures), events: Some(events), ..self }
    }
}

fn columns(area: Rect, left: u16, right: u16) -> [Rect; 2] {
    Layout::horizontal([Constraint::Fill(left), Constraint::Fill(right)]).areas(area)
}

fn rows<const N: usize>(area: Rect, shares: [u16; N]) -> [Rect; N] {
    Layout::vertical(shares.map(Constraint::Fill)).areas(area)
}

/// The frame of a pane.
fn framed(title: &str, look: Look) -> Block<'_> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(look.style(Tone::Faint))
        .title_style(look.style(Tone::Strong))
        .title(title)
}

#[cfg(test)]
mod tests;
