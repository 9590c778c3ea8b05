//! How bright a firefly is at a phase, and of what colour.

use std::f32::consts::TAU;

/// How long \[rad\] after it has come full circle a firefly is brightest.
const PEAK: f32 = 0.4;
/// What is left of it in the dark.
const EMBER: f32 = 0.012;

/// Brightness in [0, 1] at a phase \[rad\]: it lights up as the phase comes full circle, and fades more slowly, as
/// x e^(1 − x) does.
pub(crate) fn brightness(phase: f32) -> f32 {
    let since = phase.rem_euclid(TAU) / PEAK;
    EMBER + (1.0 - EMBER) * since * (1.0 - since).exp()
}

/// Linear red, green and blue of a brightness: a red ember, then amber, then a pale yellow.
pub(crate) fn colour(brightness: f32) -> [f32; 3] {
    [brightness, brightness * (0.33 + 0.37 * brightness), brightness * (0.04 + 0.2 * brightness * brightness)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flash_begins_as_the_phase_comes_full_circle_and_is_over_before_the_next() {
        assert_eq!(brightness(0.0), EMBER);
        assert!((brightness(PEAK) - 1.0).abs() < 1e-6);
        assert!(brightness(TAU - 1e-3) < 1.01 * EMBER);
        assert!(brightness(0.5 * PEAK) > brightness(2.0 * PEAK).min(0.7));
    }

    #[test]
    fn brightness_is_periodic_and_bounded() {
        for step in 0..1000 {
            let phase = step as f32 * 0.0123;
            assert!((brightness(phase) - brightness(phase + TAU)).abs() < 1e-4);
            assert!((0.0..=1.0).contains(&brightness(phase)));
        }
    }

    #[test]
    fn the_brighter_the_paler() {
        let saturation = |[red, _, blue]: [f32; 3]| 1.0 - blue / red;
        assert!(saturation(colour(0.1)) > saturation(colour(0.5)));
        assert!(saturation(colour(0.5)) > saturation(colour(1.0)));
        assert_eq!(colour(0.0), [0.0; 3]);
    }
}
