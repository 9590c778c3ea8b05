//! About where somebody is.

use super::{Metric, Point};

/// Somebody, and about where: in single precision, a quarter of a line of memory.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(16))]
pub struct Place {
    pub(super) at: [f32; 3],
    pub(super) agent: u32,
}

impl Place {
    /// An agent at a place, counted from where coordinates are small.
    #[must_use]
    #[inline]
    pub fn new(at: Point, agent: u32) -> Self {
        Self { at: at.map(|x| x as f32), agent }
    }

    /// Gives the agent there another number.
    #[inline]
    pub fn renumber(&mut self, agent: u32) {
        self.agent = agent;
    }

    /// Whose place it is.
    #[must_use]
    #[inline]
    pub fn agent(&self) -> u32 {
        self.agent
    }

    /// More than single precision takes from or adds to the distance between this place and another, besides
    /// [`RELATIVE`] of it.
    ///
    /// Coordinates are rounded by 2⁻²⁴ of them, and those of the other are no larger than these and the distance, or
    /// than a period.
    #[inline(always)]
    pub(super) fn blur(&self, metric: &Metric) -> f64 {
        let largest = |axis: usize| {
            let period = metric.period[axis];
            if period < f64::INFINITY { period } else { f64::from(self.at[axis].abs()) }
        };
        let largest = largest(0).max(largest(1)).max(largest(2));
        if largest < LARGE { largest / f64::from(1 << 21) + f64::from(f32::MIN_POSITIVE) } else { f64::INFINITY }
    }
}

/// What part of a distance single precision takes from it or adds to it at most, besides the blur.
pub(super) const RELATIVE: f64 = 1.0 / (1 << 20) as f64;

/// Beyond, differences of coordinates may not be numbers of single precision.
const LARGE: f64 = 1e30;
