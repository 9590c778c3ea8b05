//! Components and settings for serde.
//!
//! What is read has passed the check that a step would make, so that a wrong file is refused where
//! it is read. Numbers are plain numbers, lists plain lists; links name entities of the world that
//! they were written in (scenes map them, see `bevy_world_serialization`).

use bevy_ecs::entity::Entity;
use lampyrid_kernel::{Integrator, Normalization};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::{settings::finite, *};

/// Components that are one finite number.
macro_rules! numbers {
    ($($type:ident: $name:literal,)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = f64::deserialize(deserializer)?;
                finite($name, value).map_err(D::Error::custom)?;
                Ok(Self(value))
            }
        }
    )*};
}

numbers! {
    Phase: "phase",
    Frequency: "frequency",
    Energy: "energy",
    CouplingScale: "coupling scale",
    Drive: "drive",
    Gain: "gain",
    Effort: "effort",
    Velocity: "velocity",
    Offset: "offset",
}

/// Records that have a `check` of their own. Shared with our other crates, which bring serde's traits into scope;
/// no part of the public interface.
#[doc(hidden)]
#[macro_export]
macro_rules! checked_records {
    ($($type:ident as $name:literal { $($(#[$how:meta])? $field:ident: $of:ty),* })*) => {$(
        const _: () = {
            #[derive(Serialize, Deserialize)]
            #[serde(remote = $name, rename = $name, deny_unknown_fields)]
            struct Fields { $($(#[$how])? $field: $of),* }

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

checked_records! {
    Coupling as "Coupling" {
        strength: f64,
        phase_lag: f64,
        #[serde(with = "NormalizationName")] normalization: Normalization,
        all_to_all: bool,
        phasors: PhasorPrecision,
        noise: f64
    }
    TimeStep as "TimeStep" { seconds: f64, #[serde(with = "IntegratorName")] integrator: Integrator }
    EnergyRule as "EnergyRule" { capacity: f64, cost_per_radian: f64, recovery: f64 }
    SwarmClock as "SwarmClock" { steps: u64, since: (u64, f64), dt: f64 }
    MemoryBudget as "MemoryBudget" {
        total: Option<u64>, per_agent: Option<u64>, policy: MemoryPolicy, every: f64
    }
    PhaseNudge as "PhaseNudge" { gain: f64 }
    FrequencyLock as "FrequencyLock" { gain: f64, rate: f64 }
    Pulse as "Pulse" { strength: f64, curvature: f64, refractory: f64 }
    EnergyAware as "EnergyAware" { gain: f64, reserve: f64 }
    Desync as "Desync" { rate: f64 }
    Adaptive as "Adaptive" { gain: f64, rate: f64, reserve: f64, every: f64 }
    Goal as "Goal" { pattern: Pattern, target: f64, tolerance: f64, hold: f64, deadline: f64 }
    Disruption as "Disruption" { kind: DisruptionKind, fraction: f64, at: f64, until: Option<f64>, seed: u64 }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Normalization")]
enum NormalizationName {
    Degree,
    Sum,
    Size,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Integrator")]
enum IntegratorName {
    Euler,
    Heun,
    Rk4,
}

impl Serialize for AgentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AgentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            u64::MAX => Err(D::Error::custom("agent ids end at u64::MAX - 1")),
            id => Ok(Self::new(id)),
        }
    }
}

impl Serialize for Neighbors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for Neighbors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Entity>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Serialize for Weights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_slice())
    }
}

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let weights = Vec::<f64>::deserialize(deserializer)?;
        weights.iter().try_for_each(|&weight| finite("weight", weight)).map_err(D::Error::custom)?;
        Ok(weights.into_iter().collect())
    }
}

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|link| (link.with, link.weight)))
    }
}

impl<'de> Deserialize<'de> for Links {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let links = Vec::<(Entity, f64)>::deserialize(deserializer)?;
        links.iter().try_for_each(|link| finite("weight", link.1)).map_err(D::Error::custom)?;
        Ok(links.into_iter().map(|(with, weight)| Link { with, weight }).collect())
    }
}

/// The phase after the step before, if there was one.
impl Serialize for Fires {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.last.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fires {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let last = Option::<f64>::deserialize(deserializer)?;
        last.map_or(Ok(()), |last| finite("phase", last)).map_err(D::Error::custom)?;
        Ok(Self { last })
    }
}

#[cfg(test)]
mod tests;
