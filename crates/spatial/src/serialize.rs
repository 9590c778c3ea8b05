//! Components and settings for serde: what is read has passed the check that a step would make.
//!
//! An open axis and a boundless radius are infinite numbers: formats without a word for them, as JSON is,
//! cannot hold them.

use lampyrid_swarm::SwarmError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{Position, Proximity, Reach};

impl Position {
    fn check(&self) -> Result<(), SwarmError> {
        let wrong = self.0.iter().find(|x| !x.is_finite());
        wrong.map_or(Ok(()), |&value| Err(SwarmError::NotFinite { name: "position", value }))
    }
}

/// Types that have a `check` of their own, written down as a record of these fields.
macro_rules! checked {
    ($($type:ident as $name:literal { $($field:ident: $of:ty),* })*) => {$(
        const _: () = {
            #[derive(Serialize, Deserialize)]
            #[serde(remote = $name, rename = $name, deny_unknown_fields)]
            struct Fields { $($field: $of),* }

            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    Fields::serialize(self, serializer)
                }
            }

            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = Fields::deserialize(deserializer)?;
                    value.check().map_err(D::Error::custom)?;
                    Ok(value)
                }
            }
        };
    )*};
}

checked! {
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
