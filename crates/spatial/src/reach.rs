//! How far an agent listens.

use bevy_ecs::component::Component;
use lampyrid_swarm::SwarmError;

#[cfg(feature = "reflect")]
use crate::reflect::*;

/// Whom an agent listens to: the nearest so many others, within so far.
///
/// In [`Proximity`](crate::Proximity) it holds for all agents; as a component, for one. Where two are
/// equally far away, the one with the smaller id is nearer.
///
/// ```
/// use lampyrid_spatial::Reach;
///
/// assert_eq!(Reach::nearest(8), Reach { count: 8, radius: f64::INFINITY });
/// assert_eq!(Reach::within(2.5), Reach { count: usize::MAX, radius: 2.5 });
/// let both = Reach { count: 8, radius: 2.5 };
/// # assert!(both.check().is_ok());
/// ```
#[derive(Component, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Component, Default))]
#[component(summary_tick)]
pub struct Reach {
    /// Most others that are heard; where there are fewer, all of them.
    pub count: usize,
    /// Largest distance at which another is heard, in the unit of [`Position`](crate::Position), ≥ 0;
    /// may be infinite.
    pub radius: f64,
}

impl Default for Reach {
    /// The eight nearest.
    fn default() -> Self {
        Self::nearest(8)
    }
}

impl Reach {
    /// The `count` nearest, however far away.
    #[must_use]
    pub const fn nearest(count: usize) -> Self {
        Self { count, radius: f64::INFINITY }
    }

    /// All no farther away than `radius`.
    #[must_use]
    pub const fn within(radius: f64) -> Self {
        Self { count: usize::MAX, radius }
    }

    /// Whether an agent can listen so far.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] for a radius below 0 or NaN.
    pub fn check(&self) -> Result<(), SwarmError> {
        if self.radius >= 0.0 {
            Ok(())
        } else {
            Err(SwarmError::OutOfRange { name: "radius of the reach", value: self.radius, allowed: "at least 0" })
        }
    }
}
