//! The panel: how well the fireflies agree, what they are told, and the keys.

mod dial;
mod gauges;

use bevy::{prelude::*, sprite::Anchor};
use lampyrid::{
    prelude::*,
    swarm::{SwarmGoal, Verdict},
};

use crate::{
    Frame,
    action::HELP,
    layout::{self, LEFT},
    meadow::{FIREFLIES, NEIGHBORS},
};
pub(crate) use gauges::Slider;

const LIGHT: Color = Color::srgb(0.84, 0.86, 0.92);
const DIM: Color = Color::srgb(0.50, 0.54, 0.63);
const AMBER: Color = Color::srgb(1.0, 0.76, 0.33);
const TRACK: Color = Color::srgb(0.13, 0.15, 0.21);

/// What happened last.
#[derive(Resource, Clone, Debug, Default)]
pub(crate) struct News(pub(crate) String);

/// A line of text that follows the swarm.
#[derive(Component, Clone, Copy, Debug)]
enum Line {
    Time,
    Coherence,
    Strength,
    Lag,
    Goal,
    Sight,
    News,
}

pub(crate) fn plugin(app: &mut App) {
    app.init_resource::<News>();
    app.add_systems(Startup, write).add_systems(Update, tell.in_set(Frame::Show));
    app.add_plugins((dial::plugin, gauges::plugin));
}

fn write(mut commands: Commands) {
    let size = Vec2::new(layout::WIDTH - layout::PANEL_LEFT, layout::HEIGHT);
    commands.spawn(rectangle(layout::PANEL_LEFT, layout::HEIGHT / 2.0, 1.0, size, layout::PANEL));
    commands.spawn(text(LEFT, 18.0, 22.0, AMBER, format!("{} fireflies", thousands(FIREFLIES))));
    for (line, top, colour) in [
        (Line::Time, 48.0, DIM),
        (Line::Coherence, 242.0, LIGHT),
        (Line::Strength, 333.0, LIGHT),
        (Line::Lag, 376.0, LIGHT),
        (Line::Goal, 420.0, LIGHT),
        (Line::Sight, 439.0, LIGHT),
        (Line::News, 458.0, AMBER),
    ] {
        commands.spawn((text(LEFT, top, 14.0, colour, String::new()), line));
    }
    for (place, (keys, effect)) in HELP.iter().enumerate() {
        let top = 486.0 + 16.0 * place as f32;
        commands.spawn(text(LEFT, top, 13.0, AMBER, (*keys).into()));
        commands.spawn(text(LEFT + 90.0, top, 13.0, DIM, (*effect).into()));
    }
}

/// A rectangle that begins there on the left, half of it above and half below.
fn rectangle(left: f32, top: f32, layer: f32, size: Vec2, colour: Color) -> (Sprite, Anchor, Transform) {
    let place = Transform::from_translation(layout::at(left, top).extend(layer));
    (Sprite::from_color(colour, size), Anchor::CENTER_LEFT, place)
}

fn text(left: f32, top: f32, size: f32, colour: Color, text: String) -> impl Bundle {
    let place = Transform::from_translation(layout::at(left, top).extend(4.0));
    let font = TextFont::from_font_size(FontSize::Px(size));
    (Text2d(text), font, TextColor(colour), Anchor::TOP_LEFT, TextLayout::no_wrap(), place)
}

fn tell(
    mut lines: Query<(&Line, &mut Text2d)>,
    (clock, time): (Res<SwarmClock>, Res<Time<Virtual>>),
    (coupling, goal, news): (Res<Coupling>, Res<SwarmGoal>, Res<News>),
    mut coherence: SwarmCoherence,
) -> Result {
    let order = coherence.read()?;
    for (line, mut text) in &mut lines {
        let told = match line {
            Line::Time if time.is_paused() => format!("t = {:.1} s, paused", clock.seconds()),
            Line::Time => format!("t = {:.1} s", clock.seconds()),
            Line::Coherence => format!("coherence R = {:.3}", order.r),
            Line::Strength => format!("coupling K = {:.1} rad/s", coupling.strength),
            Line::Lag => format!("lag = {:.1} rad", coupling.phase_lag),
            Line::Goal => {
                let pattern = goal.goal().pattern.name().replace('_', " ");
                format!("goal: {pattern}, {}", progress(&goal.verdict(), goal.distance()))
            }
            Line::Sight if coupling.all_to_all => "each sees all".into(),
            Line::Sight => format!("each sees some {NEIGHBORS} neighbours"),
            Line::News => news.0.clone(),
        };
        if text.0 != told {
            text.0 = told;
        }
    }
    Ok(())
}

/// How the swarm gets on, in a few words.
fn progress(verdict: &Verdict, distance: f64) -> String {
    match verdict {
        Verdict::Attained { .. } => "attained".into(),
        Verdict::Holding { .. } => "nearly".into(),
        _ => format!("{distance:.2} away"),
    }
}

/// A count with a comma before every three digits.
fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut parts: Vec<&str> = digits.as_bytes().rchunks(3).filter_map(|part| str::from_utf8(part).ok()).collect();
    parts.reverse();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_that_is_attained_is_no_distance_away() {
        assert_eq!(progress(&Verdict::Attained { since: 1.0 }, 0.0), "attained");
        assert_eq!(progress(&Verdict::Unknown, 0.456), "0.46 away");
    }

    #[test]
    fn commas_part_thousands() {
        assert_eq!(thousands(10_000), "10,000");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
