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
//! # How lists stay exact
//!
//! No agent is asked more than it takes to be sure. Four questions come one after the other:
//!
//! 1. *Has anything happened?* An agent remembers its certificate: the gap between the farthest that it
//!    hears and the next one. Two agents come nearer to each other, or farther apart, by no more than both
//!    fly; so until all may have flown a quarter of that gap, it hears the same, and nothing is done.
//! 2. *Who of those at my border?* Otherwise it glances at up to eight that were near the border between whom
//!    it hears and whom it does not. As long as none of the others can have come there, who is heard is
//!    decided among these. A glance goes by single precision, and is trusted only where that is sure.
//! 3. *Who of those I know?* Otherwise it looks where its candidates are now: up to 32 others that were
//!    nearest when it last looked around. All others were beyond a horizon then; as long as they cannot
//!    have come nearer than those it finds, the nearest candidates are the nearest of all. Candidates are in
//!    the order of ids, by which ties are broken.
//! 4. *Who is around?* Otherwise, and at once if its candidates have probably become too old, it searches the
//!    cells around it, as far as the farthest of those that it heard, and a little farther to have candidates
//!    for a while.
//!
//! What all have flown is a sum over refreshes of the longest way of any agent; each refresh adds a margin
//! of 64 ε times the largest coordinate, more than all rounding that it stands for. Tests compare every list
//! with all pairs at every step, through leaps, ties, crowds at one place, and steps of the last bit.
//!
//! # What it costs
//!
//! A step in which 10⁵ agents move and hear their eight nearest anew, on one thread, in plain steps of the
//! same swarm at rest: Euler's, the cheapest there are, and those of four stages (2026-11-26, 2-core AMD EPYC,
//! AVX2, nothing else running, medians of 41 rounds, three runs; `benches/README.md` has more). The floor, in
//! steps of Euler's, is a plain step and what cannot be left out: to fly, read positions, measure eight
//! distances and write lists that change, on plain arrays. A firefly that flies 1 m/s among others 2 m apart
//! flies 0.8 % of the spacing in a step of 1/64 s.
//!
//! | box, spacing flown per step | lists that change | steps of Euler's | of Runge and Kutta's | floor |
//! |---|---:|---:|---:|---:|
//! | square, 1 % | 5.6 % | 9.4 | 3.1 | 4.1 |
//! | cube, 1 % | 8.7 % | 13.2 | 4.4 | 4.7 |
//! | square, 10 % | 46 % | 23 | 7.2 | 7.7 |
//! | cube, 10 % | 63 % | 42 | 12.1 | 9.5 |
//!
//! What is dear: many that come and go (each time everybody searches), leaps (likewise), lists of more than
//! 32 (which have no candidates), and places a hundred times as crowded as the typical one (agents there
//! look at as many more). In a step that [`advance`](lampyrid_swarm::advance) takes, the schedule of the
//! step runs, also if nothing moves.

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

mod cells;
mod flight;
mod follow;
mod nearest;
mod plugin;
mod position;
mod proximity;
mod reach;
#[cfg(feature = "reflect")]
mod reflect;
mod search;
#[cfg(feature = "serialize")]
mod serialize;
mod space;
#[cfg(feature = "transform")]
mod transform;

pub use plugin::{SpatialPlugin, SpatialSystems, install_spatial};
pub use position::Position;
pub use proximity::Proximity;
pub use reach::Reach;
#[cfg(feature = "reflect")]
pub use reflect::register_types;
#[cfg(feature = "transform")]
pub use transform::SpatialTransformPlugin;
