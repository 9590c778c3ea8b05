//! What is where in the window, in pixels of its original size: the meadow on the left, a panel on the right.

use bevy::prelude::*;

use crate::meadow::Place;

pub(crate) const WIDTH: f32 = 960.0;
pub(crate) const HEIGHT: f32 = 640.0;
/// The night sky, and the panel before it.
pub(crate) const NIGHT: Color = Color::srgb(0.043, 0.051, 0.082);
pub(crate) const PANEL: Color = Color::srgb(0.066, 0.078, 0.118);

/// Room around the meadow.
const MARGIN: f32 = 10.0;
const SIDE: f32 = HEIGHT - 2.0 * MARGIN;
/// Where the panel begins, and where what is in it begins and ends.
pub(crate) const PANEL_LEFT: f32 = HEIGHT;
pub(crate) const LEFT: f32 = PANEL_LEFT + 24.0;
pub(crate) const RIGHT: f32 = WIDTH - 24.0;

/// A point so far from the window's left and upper border, where Bevy draws it: y goes up from the middle.
pub(crate) fn at(left: f32, top: f32) -> Vec2 {
    Vec2::new(left - WIDTH / 2.0, HEIGHT / 2.0 - top)
}

/// Where a place on the meadow is drawn.
pub(crate) fn on_meadow(Place([x, y]): Place) -> Vec2 {
    at(MARGIN + SIDE * x as f32, MARGIN + SIDE * y as f32)
}

/// The place on the meadow that is drawn there, if any is.
pub(crate) fn place_at(point: Vec2) -> Option<Place> {
    let from = on_meadow(Place([0.0; 2]));
    let [x, y] = [point.x - from.x, from.y - point.y].map(|along| f64::from(along / SIDE));
    let inside = |along: f64| (0.0..=1.0).contains(&along);
    (inside(x) && inside(y)).then_some(Place([x, y]))
}

/// Where between the panel's margins a part of a whole is.
pub(crate) fn along(part: f64) -> f32 {
    LEFT + (RIGHT - LEFT) * part as f32
}

/// Which part of a slider so far from the top is meant by a point: anything from 0 to 1 if it is on or near the slider.
pub(crate) fn part_at(point: Vec2, top: f32) -> Option<f64> {
    const NEAR: f32 = 10.0;
    let from = at(LEFT, top);
    let part = (point.x - from.x) / (RIGHT - LEFT);
    let near = (point.y - from.y).abs() <= NEAR && (-NEAR..=RIGHT - LEFT + NEAR).contains(&(point.x - from.x));
    near.then_some(f64::from(part.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_where_it_is_drawn() {
        for place in [[0.001, 0.001], [0.999, 0.999], [0.25, 0.75]] {
            let Place(found) = place_at(on_meadow(Place(place))).expect("it is on the meadow");
            assert!((found[0] - place[0]).abs() < 1e-6 && (found[1] - place[1]).abs() < 1e-6);
        }
        assert!(place_at(at(PANEL_LEFT + 1.0, 100.0)).is_none(), "the panel is no meadow");
    }

    #[test]
    fn the_meadow_ends_before_the_panel_begins() {
        assert!(on_meadow(Place([1.0, 0.0])).x < at(PANEL_LEFT, 0.0).x);
        assert!(on_meadow(Place([0.0, 0.0])).y < at(0.0, 0.0).y);
    }

    #[test]
    fn a_slider_is_hit_only_near_it_and_ends_at_its_ends() {
        assert_eq!(part_at(at(along(0.5), 300.0), 300.0), Some(0.5));
        assert_eq!(part_at(at(RIGHT + 5.0, 305.0), 300.0), Some(1.0));
        assert_eq!(part_at(at(LEFT, 320.0), 300.0), None);
        assert_eq!(part_at(at(LEFT - 20.0, 300.0), 300.0), None);
    }
}
