//! What `bevy_remote` takes of Bevy's developer tools: one type, for its method `schedule.graph`.
//!
//! The real crate brings widgets, text, sprites and sound with it, and needs the headers of ALSA to
//! be built; a host without a window or a loudspeaker does without. Here that one method answers
//! that it is not available. An app that has the whole of Bevy leaves out the line in `Cargo.toml`
//! which puts this crate in its place.

#![forbid(unsafe_code)]

/// Schedules as data.
pub mod schedule_data {
    /// Schedules as data that can be serialized.
    pub mod serde {
        use bevy_ecs::{component::Components, schedule::Schedule};
        use serde::{Deserialize, Serialize};

        /// A schedule that cannot be had.
        #[derive(Serialize, Deserialize, Debug, Clone)]
        pub enum ScheduleData {}

        impl ScheduleData {
            /// Never a schedule.
            ///
            /// # Errors
            ///
            /// Always: why there is none.
            pub fn from_schedule<M>(_: &Schedule, _: &Components, _: Option<&M>) -> Result<Self, &'static str> {
                Err("this host is built without Bevy's developer tools")
            }
        }
    }
}
