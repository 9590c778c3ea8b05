//! Explicit integrators with a fixed step, written one stage at a time.
//!
//! A step of Δt runs the coupling law once per stage. Before the last stage, [`predict`] moves
//! the phases to where the next stage wants them; after it, [`displacement`] holds the coupling's
//! share of the whole step, d_i = ∫ K H_i dt, and [`rotate`] moves the phases from where they
//! began. Natural frequencies are constant within a step, so their share is exactly ω Δt.

use crate::level::at_every_level;
use crate::wrap::wrap_near;

/// A fixed-step integrator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Integrator {
    /// Explicit Euler, order 1: one evaluation of the coupling per step.
    #[default]
    Euler,
    /// Heun's trapezoidal rule, order 2: two evaluations (Heun 1900). With additive noise it
    /// solves the Itô and the Stratonovich equation alike.
    Heun,
    /// The classical Runge–Kutta method, order 4: four evaluations (Kutta 1901).
    Rk4,
}

/// One stage: its weight in the step, and how far ahead the next one looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// b: the share of this stage's rates in the displacement of the step.
    pub weight: f64,
    /// a: the next stage starts at θ + a Δt (ω + rate); `None` after the last stage.
    pub next: Option<f64>,
}

const fn stage(weight: f64, next: Option<f64>) -> Stage {
    Stage { weight, next }
}

impl Integrator {
    /// The stages of a step, in order. Weights sum to 1.
    #[must_use]
    pub const fn stages(self) -> &'static [Stage] {
        const EULER: [Stage; 1] = [stage(1.0, None)];
        const HEUN: [Stage; 2] = [stage(0.5, Some(1.0)), stage(0.5, None)];
        const RK4: [Stage; 4] = [
            stage(1.0 / 6.0, Some(0.5)),
            stage(1.0 / 3.0, Some(0.5)),
            stage(1.0 / 3.0, Some(1.0)),
            stage(1.0 / 6.0, None),
        ];
        match self {
            Self::Euler => &EULER,
            Self::Heun => &HEUN,
            Self::Rk4 => &RK4,
        }
    }

    /// The power of Δt with which the error over a fixed time shrinks, without noise.
    #[must_use]
    pub const fn order(self) -> u32 {
        match self {
            Self::Euler => 1,
            Self::Heun => 2,
            Self::Rk4 => 4,
        }
    }
}

/// θ + (ω Δt + d) of one agent, wrapped into [0, 2π).
#[inline(always)]
pub(crate) fn rotated(phase: f64, frequency: f64, displacement: f64, dt: f64) -> f64 {
    wrap_near(phase + (frequency * dt + displacement))
}

at_every_level! {
    /// Multiplies values by factors, element by element: per-agent coupling scales κ_i.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn multiply(values: &mut [f64], factors: &[f64]) {
        assert_eq!(values.len(), factors.len(), "one factor per value");
        for (value, factor) in values.iter_mut().zip(factors) {
            *value *= factor;
        }
    }

    /// Adds terms to values, element by element.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn add(values: &mut [f64], terms: &[f64]) {
        assert_eq!(values.len(), terms.len(), "one term per value");
        for (value, term) in values.iter_mut().zip(terms) {
            *value += term;
        }
    }

    /// `sums += weight · rates`: what the stages so far contribute to the step.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn accumulate(sums: &mut [f64], rates: &[f64], weight: f64) {
        assert_eq!(sums.len(), rates.len(), "one sum per rate");
        for (sum, rate) in sums.iter_mut().zip(rates) {
            *sum += weight * rate;
        }
    }

    /// Turns the rates of the last stage \[rad/s\] into the coupling's displacement of the whole
    /// step \[rad\]: `rates = Δt (sums + weight · rates)`.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn displacement(rates: &mut [f64], sums: &[f64], weight: f64, dt: f64) {
        assert_eq!(sums.len(), rates.len(), "one sum per rate");
        for (rate, sum) in rates.iter_mut().zip(sums) {
            *rate = dt * (sum + weight * *rate);
        }
    }

    /// `values *= factor`; with Δt, the displacement \[rad\] of a step of one stage.
    pub fn scale(values: &mut [f64], factor: f64) {
        for value in values.iter_mut() {
            *value *= factor;
        }
    }

    /// θ ← θ + (ω Δt + d), wrapped into [0, 2π): phases \[rad\], natural frequencies \[rad/s\],
    /// displacements \[rad\], step \[s\]. NaN stays NaN.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn rotate(phases: &mut [f64], frequencies: &[f64], displacements: &[f64], dt: f64) {
        assert_eq!(phases.len(), frequencies.len(), "one frequency per phase");
        assert_eq!(phases.len(), displacements.len(), "one displacement per phase");
        for ((phase, frequency), displacement) in phases.iter_mut().zip(frequencies).zip(displacements) {
            *phase = rotated(*phase, *frequency, *displacement, dt);
        }
    }

    /// θ̇ = ω + d/Δt \[rad/s\]: how fast a step of Δt \[s\] turned each phase, from its natural
    /// frequency and the displacement \[rad\] of the step.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn velocities(velocities: &mut [f64], frequencies: &[f64], displacements: &[f64], dt: f64) {
        assert_eq!(velocities.len(), frequencies.len(), "one frequency per velocity");
        assert_eq!(velocities.len(), displacements.len(), "one displacement per velocity");
        for ((velocity, frequency), displacement) in velocities.iter_mut().zip(frequencies).zip(displacements) {
            *velocity = frequency + displacement / dt;
        }
    }

    /// Where the next stage evaluates the coupling: θ = θ₀ + a Δt (ω + rate), wrapped.
    ///
    /// `starts` are the phases θ₀ at the beginning of the step; `ahead` is a Δt \[s\].
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn predict(phases: &mut [f64], starts: &[f64], frequencies: &[f64], rates: &[f64], ahead: f64) {
        assert_eq!(phases.len(), starts.len(), "one start per phase");
        assert_eq!(phases.len(), frequencies.len(), "one frequency per phase");
        assert_eq!(phases.len(), rates.len(), "one rate per phase");
        for (((phase, start), frequency), rate) in phases.iter_mut().zip(starts).zip(frequencies).zip(rates) {
            *phase = wrap_near(start + ahead * (frequency + rate));
        }
    }
}
