//! Simulated time.

#[cfg(feature = "reflect")]
use crate::reflect::*;
#[cfg(feature = "serialize")]
use crate::{error::SwarmError, settings::at_least_zero};
use bevy_ecs::resource::Resource;

/// How many steps were taken and how much simulated time has passed.
///
/// The time is a product, not a running sum: after n steps of Δt it is n Δt to the last bit,
/// however large n is. Nothing ever reads the wall clock.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "reflect", derive(Reflect), reflect(Resource, Default))]
pub struct SwarmClock {
    pub(crate) steps: u64,
    /// Where the present Δt began to hold, so that it can change mid-run.
    pub(crate) since: (u64, f64),
    pub(crate) dt: f64,
}

impl SwarmClock {
    /// Steps taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Simulated seconds passed.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let (step, seconds) = self.since;
        // Whoever sets the steps back from outside finds the time at which the present Δt began.
        seconds + self.steps.saturating_sub(step) as f64 * self.dt
    }

    /// Whether it is one that a swarm could have come to.
    #[cfg(feature = "serialize")]
    pub(crate) fn check(&self) -> Result<(), SwarmError> {
        let (step, seconds) = self.since;
        at_least_zero("time at which the present time step began", seconds)?;
        at_least_zero("time step of the clock", self.dt)?;
        if step > self.steps {
            let (name, allowed) = ("number of steps", "at least that at which the present time step began");
            return Err(SwarmError::OutOfRange { name, value: self.steps as f64, allowed });
        }
        Ok(())
    }

    pub(crate) fn advance(&mut self, dt: f64) {
        if dt != self.dt {
            self.since = (self.steps, self.seconds());
            self.dt = dt;
        }
        self.steps += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_steps_of_a_tenth_take_exactly_as_long_as_their_product() {
        let mut clock = SwarmClock::default();
        (0..1_000_000).for_each(|_| clock.advance(0.1));
        assert_eq!((clock.steps(), clock.seconds()), (1_000_000, 1_000_000.0 * 0.1));
    }

    #[test]
    fn a_step_that_changes_mid_run_counts_from_its_change() {
        let mut clock = SwarmClock::default();
        (0..10).for_each(|_| clock.advance(0.5));
        (0..4).for_each(|_| clock.advance(0.25));
        assert_eq!(clock.seconds(), 6.0);
    }
}
