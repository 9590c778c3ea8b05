//! Choosing among ways by what came of them.

/// The upper confidence bound of a way that succeeded with this mean, in [0, 1], in so many of all tries:
/// mean + √(c ln all / tries), UCB1 of Auer, Cesa-Bianchi & Fischer (2002) with c = 2. Infinite for a way never tried.
#[must_use]
pub fn upper_confidence_bound(mean: f64, tries: u32, all: u32, c: f64) -> f64 {
    if tries == 0 { f64::INFINITY } else { mean + libm::sqrt(c * libm::log(f64::from(all)) / f64::from(tries)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_falls_with_tries_and_rises_with_success() {
        assert!(upper_confidence_bound(0.5, 1, 10, 2.0) > upper_confidence_bound(0.5, 5, 10, 2.0));
        assert!(upper_confidence_bound(0.6, 5, 10, 2.0) > upper_confidence_bound(0.5, 5, 10, 2.0));
        assert_eq!(upper_confidence_bound(0.5, 0, 10, 2.0), f64::INFINITY);
        assert!((upper_confidence_bound(0.25, 2, 8, 2.0) - (0.25 + 8.0_f64.ln().sqrt())).abs() < 1e-15);
    }
}
