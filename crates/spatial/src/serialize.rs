//! Components and settings for serde: what is read has passed the check that a step would make.
//!
//! An open axis and a boundless radius are infinite numbers: formats without a word for them, as JSON is,
//! cannot hold them.

use lampyrid_swarm::{SwarmError, checked_records};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{Position, Proximity, Reach};

impl Position {
    fn check(&self) -> Result<(), SwarmError> {
        let wrong = self.0.iter().find(|x| !x.is_finite());
        wrong.map_or(Ok(()), |&value| Err(SwarmError::NotFinite { name: "position", value }))
    }
}

checked_records! {
    Reach as "Reach" { count: usize, radius: f64 }
    Proximity as "Proximity" { reach: Reach, period: [f64; 3], every: f64 }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Self(Deserialize::deserialize(deserializer)?);
        value.check().map_err(D::Error::custom)?;
        Ok(value)
    }
}
