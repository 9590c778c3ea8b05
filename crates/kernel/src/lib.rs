//! The numeric kernels of Lampyrid: slices in, slices out.
//!
//! Nothing here knows an entity, a file, a clock or a thread. Every function is a plain
//! transformation of `f64` slices, so a caller can run it on any block of agents in any order and
//! on any thread: the bits that come out are the same. Symbols follow the usual ones of the
//! Kuramoto literature: phase θ \[rad\], natural frequency ω \[rad/s\], coupling strength
//! K \[rad/s\], phase lag α \[rad\], time step Δt \[s\].
//!
//! | module | what it computes |
//! |---|---|
//! | [`phasor`] | `(cos θ, sin θ)` for whole slices, without a branch and without the platform's libm |
//! | [`coupling`] | each agent's rate `K H_i`, from its neighbours or from the mean field |
//! | [`integrate`] | Euler, Heun and classical Runge–Kutta steps, stage by stage |
//! | [`answer`] | other answers to neighbours than sine coupling: pulses, desynchronisation, thrift |
//! | [`energy`] | what a coupling displacement costs and how an agent recovers |
//! | [`noise`] | white noise that is a function of (seed, agent, step, stream) |
//! | [`nearest`] | which of a few candidates are nearest to an agent |
//! | [`draw`] | seeded initial phases and natural frequencies, random or as exact quantiles |
//! | [`exact`] | sums whose bits do not depend on the order of their terms |
//! | [`wrap`] | angles into [0, 2π) |
//! | [`level`] | which x86 instruction level the slice loops run at |
//!
//! # Same bits everywhere
//!
//! The slice loops are compiled for the x86-64 baseline, AVX2 and AVX-512 and picked at run time.
//! They use additions, multiplications, divisions and comparisons only (never fused
//! multiply-add), all of which IEEE 754 rounds in one way, so every level returns the same bits.
//! What needs logarithms or square roots takes them from `libm`, not from the platform. Without
//! the feature `std`, which is on by default, a processor is not asked what it has, and the
//! baseline is used.

#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]
#![expect(clippy::excessive_precision, reason = "published coefficients are given with all their printed digits")]

#[cfg(feature = "std")]
extern crate std;

pub mod answer;
pub mod coupling;
pub mod draw;
pub mod energy;
pub mod exact;
pub mod integrate;
pub mod level;
pub mod nearest;
pub mod noise;
pub mod phasor;
mod turn;
pub mod wrap;

pub use coupling::{Normalization, SineCoupling};
pub use exact::ExactSum;
pub use integrate::Integrator;
pub use level::Level;
pub use phasor::{Phasor, SinglePhasor};
