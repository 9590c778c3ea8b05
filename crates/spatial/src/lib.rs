//! Swarms whose agents listen to whoever is near: neighbours from positions, kept up to date as
//! agents move.
//!
//! Give agents a [`Position`], say in [`Proximity`] who is near, and add [`SpatialPlugin`] to an app (or
//! call [`install_spatial`] on a bare world). Before every step, [`Neighbors`](lampyrid_swarm::Neighbors) follow:
//!
//! ```
//! use lampyrid_spatial::{Position, Proximity, Reach, install_spatial};
//! use lampyrid_swarm::*;
//!
//! let mut world = World::new();
//! install_spatial(&mut world);
//! world.insert_resource(Proximity::new(Reach::nearest(1)));
//! let agents = [0.0, 1.0, 3.0].map(|x| world.spawn((Phase(x), Position::new_2d(x, 0.0))).id());
//!
//! advance(&mut world, 1)?;
//! assert_eq!(world.get::<Neighbors>(agents[2]), Some(&Neighbors::from([agents[1]])));
//!
//! world.get_mut::<Position>(agents[0]).unwrap().0 = [3.5, 0.0, 0.0];
//! advance(&mut world, 1)?;
//! assert_eq!(world.get::<Neighbors>(agents[2]), Some(&Neighbors::from([agents[0]])));
//! # Ok::<(), SwarmError>(())
//! ```
//!
//! # What is kept
//!
//! - **Exactly** the nearest, at every refresh: those with the smallest (distance, id), distances compared by
//!   their squares in `f64`. Lists are in the order of ids, so that who is nearer than whom among
//!   those heard changes nothing, and a list changes only when somebody enters or leaves it.
//! - **Reproducible**: lists are a function of positions and ids, whatever the order of spawning, the tables
//!   of the agents or the number of threads.
//! - **Others are left alone**: agents without a position keep the links that they have, and are not heard by
//!   those with one. To hear is one-sided: the nearest to an agent may have others nearer to them.
//!   Agents within one radius of each other hear each other.
//! - **Nothing moved, nothing done**: only whether a position was written is looked at.
//!
//! A spatial agent cannot have [`Weights`](lampyrid_swarm::Weights) unless its number of neighbours never
//! changes: the step refuses weights that do not fit.
//!
//! # What it costs
//!
//! `benches/README.md` of the project has figures. Agents are sorted into cells of a size by how far most of
//! them have to look.
//! Where some places are a hundred times as crowded as the typical one, agents there look at as many
//! more. In a step that [`advance`](lampyrid_swarm::advance) takes, the schedule of the step runs, also if
//! nothing moves.

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

mod cells;
mod follow;
mod nearest;
mod plugin;
mod position;
mod proximity;
mod reach;
mod space;
#[cfg(feature = "transform")]
mod transform;

pub use plugin::{SpatialPlugin, SpatialSystems, install_spatial};
pub use position::Position;
pub use proximity::Proximity;
pub use reach::Reach;
#[cfg(feature = "transform")]
pub use transform::SpatialTransformPlugin;
