//! A dial of all phases: petals as long as many fireflies are there, and the mean phasor in the middle. Flashes are at
//! the top, and phases turn clockwise.

use std::f32::consts::TAU;

use bevy::{
    asset::RenderAssetUsages,
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat},
    sprite::Anchor,
};
use lampyrid::prelude::*;

use super::LIGHT;
use crate::{Frame, flash, layout};

const PETALS: usize = 72;
const MIDDLE: Vec2 = Vec2::new((layout::LEFT + layout::RIGHT) / 2.0, 152.0);
/// Where petals begin, and how long they may be \[px\].
const RADIUS: f32 = 42.0;
const LONGEST: f32 = 36.0;

/// One of the sectors of the circle, by its place from phase 0 on.
#[derive(Component)]
struct Petal(usize);

/// R e^{iψ}.
#[derive(Component)]
struct Needle;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Startup, lay_out).add_systems(Update, turn.in_set(Frame::Show));
}

fn lay_out(mut commands: Commands, mut images: ResMut<Assets<Image>>) {
    let streak = images.add(streak());
    let middle = layout::at(MIDDLE.x, MIDDLE.y).extend(2.0);
    for petal in 0..PETALS {
        let turned = Quat::from_rotation_z(-phase_of(petal));
        let place = Transform::from_translation(middle + turned * Vec3::Y * RADIUS).with_rotation(turned);
        commands.spawn((Sprite::from_image(streak.clone()), Anchor::BOTTOM_CENTER, place, Petal(petal)));
    }
    let needle = Sprite { color: LIGHT, ..Sprite::from_image(streak) };
    commands.spawn((needle, Anchor::BOTTOM_CENTER, Transform::from_translation(middle), Needle));
}

/// White, and clear at its sides: a turned rectangle would have jagged ones. It looks half as wide as it is.
fn streak() -> Image {
    let size = Extent3d { width: 4, ..default() };
    let texels = [0, u8::MAX, u8::MAX, 0].map(|alpha| [u8::MAX, u8::MAX, u8::MAX, alpha]);
    let usage = RenderAssetUsages::RENDER_WORLD;
    Image::new(size, TextureDimension::D2, texels.concat(), TextureFormat::Rgba8UnormSrgb, usage)
}

/// Petals are lit as a firefly of their phase would be, but never dark.
fn turn(
    fireflies: Query<&Phase>,
    mut petals: Query<(&Petal, &mut Sprite), Without<Needle>>,
    needle: Single<(&mut Sprite, &mut Transform), With<Needle>>,
    mut coherence: SwarmCoherence,
) -> Result {
    let shares = shares(fireflies.iter().map(|phase| phase.0));
    for (petal, mut sprite) in &mut petals {
        let [red, green, blue] = flash::colour(0.15 + 0.85 * flash::brightness(phase_of(petal.0)));
        sprite.color = Color::linear_rgb(red, green, blue);
        sprite.custom_size = Some(Vec2::new(5.6, length(shares[petal.0])));
    }
    let order = coherence.read()?;
    let (mut sprite, mut place) = needle.into_inner();
    sprite.custom_size = Some(Vec2::new(4.6, (RADIUS - 4.0) * order.r as f32));
    place.rotation = Quat::from_rotation_z(-order.psi as f32);
    Ok(())
}

/// The phase \[rad\] in the middle of a petal.
fn phase_of(petal: usize) -> f32 {
    TAU * (petal as f32 + 0.5) / PETALS as f32
}

/// How many phases there are in each sector, in parts of an even share; 0 for no phases.
fn shares(phases: impl Iterator<Item = f64>) -> [f32; PETALS] {
    let (mut counts, mut all) = ([0.0_f32; PETALS], 0.0_f32);
    for phase in phases {
        let turn = (phase / std::f64::consts::TAU).rem_euclid(1.0);
        counts[(turn * PETALS as f64) as usize % PETALS] += 1.0;
        all += 1.0;
    }
    counts.map(|count| count * PETALS as f32 / all.max(1.0))
}

/// Length \[px\] of a petal: in proportion to small shares, and never beyond the longest.
fn length(share: f32) -> f32 {
    LONGEST * (1.0 - (-share / 4.0).exp()).max(0.03)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_counted_in_their_sectors() {
        let phases = (0..PETALS).map(|petal| f64::from(phase_of(petal)));
        assert_eq!(shares(phases), [1.0; PETALS]);
        let together = shares([-1e-9, std::f64::consts::TAU - 1e-9].into_iter());
        assert_eq!(together[PETALS - 1], PETALS as f32);
        assert_eq!(shares(std::iter::empty()), [0.0; PETALS]);
    }

    #[test]
    fn the_more_phases_the_longer_the_petal() {
        assert!(length(0.0) < length(1.0) && length(1.0) < length(10.0));
        assert!(length(PETALS as f32) <= LONGEST);
    }
}
