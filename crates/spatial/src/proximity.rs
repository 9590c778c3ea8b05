//! The setting: who is near.

use bevy_ecs::resource::Resource;
use lampyrid_swarm::SwarmError;

#[cfg(feature = "reflect")]
use crate::reflect::*;
use crate::{reach::Reach, space::Space};

/// Who is near: how far agents listen, in what space, and how often they look around.
///
/// Removed from the world, it stops the swarm with an error.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct Proximity {
    /// How far agents listen that have no [`Reach`] of their own.
    pub reach: Reach,
    /// By axis: after which length space repeats itself, > 0; infinite for an open axis. Along a periodic
    /// axis distances are those to the nearest image, and positions may lie anywhere.
    pub period: [f64; 3],
    /// Simulated seconds from one refresh of the neighbours to the next; 0: before every step. In
    /// between, agents go on hearing those they heard, and newcomers nobody.
    pub every: f64,
}

impl Default for Proximity {
    /// The eight nearest in open space, before every step.
    fn default() -> Self {
        Self { reach: Reach::default(), period: [f64::INFINITY; 3], every: 0.0 }
    }
}

impl Proximity {
    /// This reach in open space, before every step.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self { reach, ..Self::default() }
    }

    /// Whether agents can go by it.
    ///
    /// # Errors
    ///
    /// [`SwarmError::OutOfRange`] naming what lies outside.
    pub fn check(&self) -> Result<(), SwarmError> {
        self.reach.check()?;
        Space::new(self.period)?;
        if self.every >= 0.0 && self.every.is_finite() {
            Ok(())
        } else {
            let allowed = "a finite number of seconds, at least 0";
            Err(SwarmError::OutOfRange { name: "time between refreshes", value: self.every, allowed })
        }
    }

    /// Whether a refresh is due, given when the last one was \[s\].
    pub(crate) fn is_due(&self, last: f64, now: f64) -> bool {
        self.every == 0.0 || (last / self.every).floor() != (now / self.every).floor()
    }
}
