//! All that is said in words and numbers.

use ratatui::{
    buffer::Buffer,
    layout::{Alignment, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Paragraph, Widget, Wrap},
};

use super::{Look, Tone, View, framed};
use crate::{
    events::Event,
    live::{Aim, Happening, Pace, Snapshot, State, What},
    run::figures::{bytes, grouped, si},
};

/// What is watched on the left, how it runs on the right.
pub(super) fn title(view: &View, area: Rect, buffer: &mut Buffer) {
    let (seen, look) = (view.seen(), view.look);
    let pace = match seen.pace {
        Pace::Times(speed) => format!("×{speed}"),
        Pace::FlatOut => "flat out".to_owned(),
    };
    let state = match seen.state {
        State::Running => format!("▶ {pace}"),
        State::Paused => "paused".to_owned(),
        State::Finished => "finished, space goes on".to_owned(),
        State::Stopped { .. } => "stopped".to_owned(),
    };
    let end = seen.end.filter(|_| seen.steps > 0).map(|end| seen.time / seen.steps as f64 * end as f64);
    let time = end.map_or(format!("{:.2} s", seen.time), |end| format!("{:.2} of {end:.0} s", seen.time));
    let right = format!("{state}  {time} ");
    let parts = [
        " lampyrid".to_owned(),
        format!(" {}", seen.network),
        format!(" · {} agents", grouped(seen.agents)),
        format!(" · {} links", grouped(seen.links)),
        format!(" · seed {}", seen.seed),
    ];
    let room = usize::from(area.width).saturating_sub(right.chars().count() + 1);
    let mut left = String::new();
    for part in parts {
        if left.chars().count() + part.chars().count() > room {
            break;
        }
        left.push_str(&part);
    }
    buffer.set_string(area.x, area.y, left, look.style(Tone::Strong));
    let tone = match seen.state {
        State::Running => Tone::Good,
        State::Paused | State::Finished => Tone::Strong,
        State::Stopped { .. } => Tone::Bad,
    };
    let x = area.right().saturating_sub(right.chars().count() as u16);
    buffer.set_string(x, area.y, right, look.style(tone));
}

/// How it gets on towards its goal, with the numbers behind it.
pub(super) fn verdict(view: &View, area: Rect, buffer: &mut Buffer) {
    let (seen, look) = (view.seen(), view.look);
    let line = match (&seen.state, &seen.goal) {
        (State::Stopped { reason }, _) => Line::from(Span::styled(format!(" {reason}"), look.style(Tone::Bad))),
        (_, None) => Line::from(vec![
            Span::styled(format!(" R {:.3}", seen.r), look.style(Tone::Order)),
            Span::raw("  no goal; g asks for one"),
        ]),
        (_, Some(goal)) => {
            let tone = match goal.aim {
                Aim::Converged => Tone::Good,
                Aim::NotYet => Tone::Goal,
                Aim::Lost | Aim::Late => Tone::Bad,
            };
            let mut spans = vec![
                Span::styled(format!(" {}", goal.pattern), look.style(Tone::Strong)),
                Span::styled(format!(" {}", goal.aim.name()), look.style(tone)),
            ];
            // The figures first: they are what narrow screens must not cut off.
            for (place, figure) in goal.figures.iter().enumerate() {
                spans.push(Span::raw(format!("{}{figure}", if place == 0 { ": " } else { " · " })));
            }
            spans.push(Span::raw(format!(" · {}", goal.words)));
            Line::from(spans)
        }
    };
    line.render(area, buffer);
}

/// The keys, as far as there is room, the most important ones first.
pub(super) fn keys(view: &View, area: Rect, buffer: &mut Buffer) {
    const KEYS: [(&str, &str); 13] = [
        ("?", "help"),
        ("q", "quit"),
        ("space", "pause"),
        ("1-6", "disrupt"),
        ("g", "goal"),
        ("s", "strategy"),
        ("+-", "speed"),
        (".", "step"),
        ("f", "flat out"),
        ("n", "size"),
        ("e", "seed"),
        ("r", "reset"),
        ("w", "save"),
    ];
    let look = view.look;
    let mut x = area.x + 1;
    for (key, what) in KEYS {
        let width = (key.len() + what.len() + 3) as u16;
        if x + width > area.right() + 2 {
            break;
        }
        buffer.set_string(x, area.y, key, look.style(Tone::Strong));
        buffer.set_string(x + key.len() as u16 + 1, area.y, what, look.style(Tone::Faint));
        x += width;
    }
}

/// Strategies, energy, cost: what matters most, where there is no room for all.
pub(super) fn figures(view: &View, area: Rect, buffer: &mut Buffer) {
    let block = framed(" swarm ", view.look);
    let mut rows = rows_of(view.seen());
    while rows.len() > usize::from(block.inner(area).height) {
        let Some(last) = (0..rows.len()).max_by_key(|&place| (rows[place].rank, place)) else { break };
        rows.remove(last);
    }
    let faint = view.look.style(Tone::Faint);
    let line = |row: Row| Line::from(vec![Span::styled(format!("{:<9}", row.name), faint), Span::raw(row.value)]);
    Paragraph::new(rows.into_iter().map(line).collect::<Vec<_>>()).block(block).render(area, buffer);
}

/// A line of figures.
struct Row {
    name: &'static str,
    value: String,
    /// The lower, the longer it stays as room gets scarce.
    rank: u8,
}

fn rows_of(seen: &Snapshot) -> Vec<Row> {
    let percent = |part: f64| format!("{:.0} %", 100.0 * part);
    let mut rows = Vec::new();
    let mut row = |rank, name, value| rows.push(Row { name, value, rank });
    let mut shares = seen.strategies.clone();
    shares.sort_by_key(|share| std::cmp::Reverse(share.agents));
    for (place, share) in (0..).zip(shares.iter().take(4)) {
        let (name, part) = (if place == 0 { "strategy" } else { "" }, share.agents as f64 / seen.agents.max(1) as f64);
        row(place, name, format!("{} {}", share.name, percent(part)));
    }
    if let Some(energy) = &seen.energy {
        row(0, "energy", format!("{} left, {} empty", percent(energy.mean), percent(energy.empty)));
        row(1, "spent", format!("{}, {} refused", si(energy.spent), si(energy.refused)));
    }
    let figures = &seen.figures;
    row(0, "speed", format!("{} agent-steps/s", si(figures.agent_steps_per_second)));
    row(3, "", format!("{} steps/s", si(figures.steps_per_second)));
    row(
        0,
        "memory",
        figures.resident_bytes.map_or("unknown".to_owned(), |resident| format!("{} in all", bytes(resident))),
    );
    if let Some(per_agent) = figures.bytes_per_agent {
        let swarm = |budget| format!(", {} of {}", bytes((per_agent * seen.agents as f64) as u64), bytes(budget));
        row(2, "", format!("{per_agent:.0} B per agent{}", figures.budget_bytes.map_or(String::new(), swarm)));
    }
    row(1, "mean ω", format!("{:.3} rad/s", seen.frequency));
    rows
}

/// What happened last.
pub(super) fn events(view: &View, area: Rect, buffer: &mut Buffer) {
    let (seen, look) = (view.seen(), view.look);
    let block = framed(" events ", look);
    let inner = block.inner(area);
    block.render(area, buffer);
    let mut lines = Vec::new();
    for one in seen.events.iter().rev() {
        if lines.len() >= usize::from(inner.height) {
            break;
        }
        lines.push(event_line(one, look));
    }
    lines.reverse();
    Paragraph::new(lines).render(inner, buffer);
}

fn event_line(one: &Happening, look: Look) -> Line<'static> {
    let (time, text, style) = told(one, look);
    Line::from(vec![Span::styled(format!("{time:>7.2} s "), look.style(Tone::Faint)), Span::styled(text, style)])
}

fn told(one: &Happening, look: Look) -> (f64, String, Style) {
    let event = match &one.what {
        What::Note { time, note, is_refusal } => {
            let tone = if *is_refusal { Tone::Bad } else { Tone::Plain };
            return (*time, note.clone(), look.style(tone));
        }
        What::Event(event) => event,
    };
    let (time, text, tone) = match event {
        Event::Disruption { time, kind, fraction, hit } => {
            let whom = if *kind == "cut_links" { "links" } else { "agents" };
            (time, format!("{kind}: {} {whom} ({:.0} %)", grouped(*hit), 100.0 * fraction), Tone::Bad)
        }
        Event::Attained { time, since } => (time, format!("goal attained, met since {since:.2} s"), Tone::Good),
        Event::Lost { time, distance } => (time, format!("goal lost, distance {distance:.3}"), Tone::Bad),
        Event::Recovery { time, after } => (time, format!("recovered in {after:.2} s"), Tone::Good),
        Event::Strategy { time, strategy } => (time, format!("supervisor chose {strategy}"), Tone::Goal),
        Event::Checkpoint { time, path, .. } => (time, format!("saved: lampyrid resume {path}"), Tone::Plain),
        Event::Started { time, .. } | Event::Progress { time, .. } | Event::Finished { time, .. } => {
            (time, String::new(), Tone::Plain)
        }
    };
    (*time, text, look.style(tone))
}

/// What to do about a screen on which nothing can be made out.
pub(super) fn too_small((width, height): (u16, u16), look: Look, area: Rect, buffer: &mut Buffer) {
    let text = format!("needs at least {width}×{height}");
    Paragraph::new(text)
        .style(look.style(Tone::Strong))
        .alignment(Alignment::Left)
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}
