//! The coupling law: how fast an agent's neighbours turn its phase.
//!
//! Kuramoto (1975), with the phase lag of Sakaguchi & Kuramoto (1986):
//!
//! ```text
//! rate_i = K H_i        H_i = (1/n_i) Σ_j w_ij sin(θ_j − θ_i − α)
//! ```
//!
//! One cosine and one sine per agent are enough, since
//! sin(θ_j − θ_i − α) = s_j cos(θ_i + α) − c_j sin(θ_i + α): the sums (Σ w c_j, Σ w s_j) are the
//! agent's *local field*.

use lampyrid_graph::Adjacency;

use crate::{
    Level, Phasor,
    integrate::rotated,
    level::{Neighborhood, at_every_level},
};

/// What the sum over an agent's neighbours is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalization {
    /// The number of its neighbours, n_i = |N(i)|, weighted or not.
    #[default]
    Degree,
    /// Nothing: n_i = 1.
    Sum,
    /// The number of agents: n_i = N.
    Size,
}

/// The sine coupling of one swarm, ready for the kernels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SineCoupling {
    strength: f64,
    lag: Phasor,
    normalization: Normalization,
}

impl SineCoupling {
    /// Coupling strength K \[rad/s\], phase lag α \[rad\] and normalisation. Neither number is
    /// checked; a NaN gives NaN rates.
    #[must_use]
    pub fn new(strength: f64, phase_lag: f64, normalization: Normalization) -> Self {
        Self { strength, lag: Phasor::from_angle(phase_lag), normalization }
    }

    /// What the mean phasor of the swarm pulls with: K R e^{i(ψ − α)}.
    #[inline(always)]
    fn pull(&self, mean: Phasor) -> Phasor {
        mean.turned_back_by(self.lag).times(self.strength)
    }

    /// Whether no phase of another agent can move any agent: K = 0.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.strength == 0.0
    }
}

/// Writes `K H_i` \[rad/s\] of the rows `first .. first + rates.len()` of an adjacency.
///
/// `phasors` holds (cos θ, sin θ) of every node. An agent without neighbours gets 0. Neighbours
/// are summed in the order of their row, even and odd places apart.
///
/// # Panics
///
/// If `phasors` has another length than the adjacency has nodes, or the rows reach beyond it.
pub fn network_rates(
    level: Level,
    coupling: &SineCoupling,
    adjacency: &Adjacency,
    phasors: &[Phasor],
    first: usize,
    rates: &mut [f64],
) {
    let neighborhood = Neighborhood::new(adjacency, phasors);
    if neighborhood.weighted() {
        weighted_rates(level, coupling, neighborhood, first, rates);
    } else {
        unweighted_rates(level, coupling, neighborhood, first, rates);
    }
}

at_every_level! {
    fn unweighted_rates(coupling: &SineCoupling, neighborhood: Neighborhood<'_>, first: usize, rates: &mut [f64]) {
        rows::<false>(coupling, neighborhood, first, rates);
    }

    fn weighted_rates(coupling: &SineCoupling, neighborhood: Neighborhood<'_>, first: usize, rates: &mut [f64]) {
        rows::<true>(coupling, neighborhood, first, rates);
    }

    /// Writes `K R sin(ψ − θ_i − α)` \[rad/s\] for each phasor of a block: all-to-all coupling by
    /// the mean phasor R e^{iψ} of the whole swarm (Kuramoto 1975).
    ///
    /// The agent itself is part of the mean, so the sum contains its own term sin(−α).
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn mean_field_rates(coupling: &SineCoupling, mean: Phasor, phasors: &[Phasor], rates: &mut [f64]) {
        assert_eq!(phasors.len(), rates.len(), "one rate per phasor");
        let pull = coupling.pull(mean);
        for (rate, phasor) in rates.iter_mut().zip(phasors) {
            *rate = sine_to(pull, *phasor);
        }
    }

    /// A whole Euler step of a block under the mean field: what [`mean_field_rates`],
    /// [`scale`](crate::integrate::scale) and [`rotate`](crate::integrate::rotate) do one after
    /// the other, to the bit, in one pass. All-to-all coupling does so little for each agent that
    /// storing its rates in between is a fifth of the work.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn mean_field_euler(
        coupling: &SineCoupling,
        mean: Phasor,
        phasors: &[Phasor],
        phases: &mut [f64],
        frequencies: &[f64],
        dt: f64,
    ) {
        assert_eq!(phases.len(), phasors.len(), "one phasor per phase");
        assert_eq!(phases.len(), frequencies.len(), "one frequency per phase");
        let pull = coupling.pull(mean);
        for ((phase, phasor), frequency) in phases.iter_mut().zip(phasors).zip(frequencies) {
            *phase = rotated(*phase, *frequency, sine_to(pull, *phasor) * dt, dt);
        }
    }
}

/// Im(field · conj(own)): Σ sin(θ_j − θ_i) when `field` is Σ e^{iθ_j} and `own` is e^{iθ_i}.
#[inline(always)]
fn sine_to(field: Phasor, own: Phasor) -> f64 {
    field.sin * own.cos - field.cos * own.sin
}

#[inline(always)]
fn rows<const WEIGHTED: bool>(
    coupling: &SineCoupling,
    neighborhood: Neighborhood<'_>,
    first: usize,
    rates: &mut [f64],
) {
    let nodes = neighborhood.nodes();
    let common = match coupling.normalization {
        Normalization::Degree => None,
        Normalization::Sum => Some(coupling.strength),
        Normalization::Size => Some(coupling.strength / nodes as f64),
    };
    for (row, rate) in (first..).zip(rates) {
        let (degree, field) = neighborhood.field::<WEIGHTED>(row);
        let own = neighborhood.phasor(row).turned_by(coupling.lag);
        let gain = common.unwrap_or(coupling.strength / degree.max(1) as f64);
        *rate = gain * sine_to(field, own);
    }
}
