//! R as a bar and over the last half minute, and the sliders of the coupling.

use std::collections::VecDeque;

use bevy::{prelude::*, sprite::Anchor};
use lampyrid::prelude::*;

use super::{AMBER, TRACK, rectangle};
use crate::{
    Frame,
    action::Setting,
    layout::{self, LEFT, RIGHT},
};

const WIDTH: f32 = RIGHT - LEFT;
const BAR: f32 = 269.0;
const THICK: f32 = 8.0;
const SLIDERS: [Slider; 2] =
    [Slider { setting: Setting::Strength, top: 359.0 }, Slider { setting: Setting::Lag, top: 402.0 }];
const KNOB: Vec2 = Vec2::new(8.0, 16.0);
/// Where the columns of the history stand, and how high that of R = 1 is.
const FLOOR: f32 = 316.0;
const CEILING: f32 = 34.0;
const COLUMNS: usize = 136;
/// Simulated seconds from one column to the next.
const EVERY: f64 = 0.25;

/// A setting's slider, and how far from the window's upper border it is.
#[derive(Component, Clone, Copy, Debug)]
pub(crate) struct Slider {
    pub(crate) setting: Setting,
    pub(crate) top: f32,
}

/// As long as R is large.
#[derive(Component)]
struct Bar;

/// As high as R was so many samples ago.
#[derive(Component)]
struct Column(usize);

/// R at every quarter of a simulated second, the latest first.
#[derive(Resource, Debug, Default)]
struct History {
    samples: VecDeque<f32>,
    quarters: u64,
}

impl History {
    /// Keeps R if a quarter of a second has begun since it last did. Says whether it did.
    fn keep(&mut self, seconds: f64, r: f32) -> bool {
        let quarters = (seconds / EVERY) as u64;
        let due = quarters > self.quarters;
        if due {
            self.quarters = quarters;
            self.samples.truncate(COLUMNS - 1);
            self.samples.push_front(r);
        }
        due
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<History>();
    app.add_systems(Startup, lay_out).add_systems(Update, (show_coherence, slide).in_set(Frame::Show));
}

fn lay_out(mut commands: Commands) {
    commands.spawn(rectangle(LEFT, BAR, 2.0, Vec2::new(WIDTH, THICK), TRACK));
    commands.spawn((rectangle(LEFT, BAR, 3.0, Vec2::ZERO, AMBER), Bar));
    commands.spawn(rectangle(LEFT, FLOOR + 0.5, 2.0, Vec2::new(WIDTH, 1.0), TRACK));
    let step = WIDTH / COLUMNS as f32;
    for column in 0..COLUMNS {
        let place = layout::at(RIGHT - step * (column + 1) as f32, FLOOR).extend(3.0);
        let sprite = Sprite::from_color(AMBER.with_alpha(0.5), Vec2::ZERO);
        commands.spawn((sprite, Anchor::BOTTOM_LEFT, Transform::from_translation(place), Column(column)));
    }
    for slider in SLIDERS {
        commands.spawn(rectangle(LEFT, slider.top, 2.0, Vec2::new(WIDTH, 4.0), TRACK));
        commands.spawn((rectangle(LEFT, slider.top, 3.0, KNOB, AMBER), slider));
    }
}

fn show_coherence(
    mut bar: Single<&mut Sprite, (With<Bar>, Without<Column>)>,
    mut columns: Query<(&Column, &mut Sprite), Without<Bar>>,
    mut history: ResMut<History>,
    clock: Res<SwarmClock>,
    mut coherence: SwarmCoherence,
) -> Result {
    let r = coherence.read()?.r as f32;
    bar.custom_size = Some(Vec2::new(WIDTH * r, THICK));
    if history.keep(clock.seconds(), r) {
        for (column, mut sprite) in &mut columns {
            let height = history.samples.get(column.0).map_or(0.0, |r| CEILING * r);
            sprite.custom_size = Some(Vec2::new(WIDTH / COLUMNS as f32, height));
        }
    }
    Ok(())
}

/// Knobs are in the middle of where they point.
fn slide(mut knobs: Query<(&Slider, &mut Transform)>, coupling: Res<Coupling>) {
    for (slider, mut place) in &mut knobs {
        let part = slider.setting.of(&coupling) / slider.setting.most();
        place.translation.x = layout::at(layout::along(part) - KNOB.x / 2.0, slider.top).x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_keeps_a_sample_a_quarter_of_a_second_and_forgets_the_oldest() {
        let mut history = History::default();
        assert!(!history.keep(0.1, 0.5), "nothing has passed yet");
        assert!(history.keep(0.25, 0.6) && !history.keep(0.3, 0.7) && history.keep(0.5, 0.8));
        assert_eq!(history.samples, [0.8, 0.6]);
        for quarter in 3..1000 {
            history.keep(f64::from(quarter) * EVERY, 0.9);
        }
        assert_eq!(history.samples.len(), COLUMNS);
    }
}
