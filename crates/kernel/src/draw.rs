//! Initial phases and natural frequencies, and the seeds of runs that are repeated.
//!
//! Every distribution of frequencies is given by its quantile function, so that a swarm can take
//! either random draws (a function of seed and agent id) or the exact quantiles
//! p_i = (i + ½)/N. Quantiles are what comparisons with theory want: nothing is clipped, and the
//! sample has the distribution's shape to within 1/N.

use core::f64::consts::{PI, TAU};

use crate::noise::{Stream, bits, normal_quantile, unit};
use crate::wrap::wrap;

/// A distribution of natural frequencies \[rad/s\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FrequencyDistribution {
    /// Every agent the same.
    Equal {
        /// The common value.
        value: f64,
    },
    /// Gaussian.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
    /// Lorentzian (Cauchy): g(ω) = (γ/π) / ((ω − ω₀)² + γ²).
    Lorentzian {
        /// Centre ω₀.
        center: f64,
        /// Half width at half maximum γ.
        half_width: f64,
    },
    /// Uniform on [low, high).
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

impl FrequencyDistribution {
    /// The frequency below which the fraction `p` in (0, 1) of the distribution lies.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Equal { value } => value,
            Self::Normal { mean, std } => mean + std * normal_quantile(p),
            Self::Lorentzian { center, half_width } => center + half_width * libm::tan(PI * (p - 0.5)),
            Self::Uniform { low, high } => low + (high - low) * p,
        }
    }

    /// The random frequency of agent `id`, a function of (seed, id).
    #[must_use]
    pub fn draw(&self, seed: u64, id: u64) -> f64 {
        self.quantile(unit(bits(seed, Stream::Frequencies, id, 0)[0]))
    }

    /// The exact quantile (i + ½)/N of agent i of N.
    #[must_use]
    pub fn exact(&self, index: usize, count: usize) -> f64 {
        self.quantile((index as f64 + 0.5) / count as f64)
    }

    /// The coupling strength K \[rad/s\] from which on infinitely many oscillators of these frequencies, coupled all to
    /// all, do not stay incoherent, with white noise of intensity D ≥ 0 \[rad²/s\] on their phases:
    /// 2 / ∫ D g(ω₀ + ω) / (D² + ω²) dω (Sakaguchi 1988), which without noise is 2 / (π g(ω₀)) (Kuramoto 1975).
    ///
    /// ```
    /// use lampyrid_kernel::draw::FrequencyDistribution;
    ///
    /// let lorentzian = FrequencyDistribution::Lorentzian { center: 1.0, half_width: 0.5 };
    /// assert_eq!(lorentzian.critical_coupling(0.1), 2.0 * (0.5 + 0.1));
    /// ```
    #[must_use]
    pub fn critical_coupling(&self, noise: f64) -> f64 {
        match *self {
            Self::Lorentzian { half_width, .. } => 2.0 * (half_width + noise),
            Self::Normal { std, .. } if std > 0.0 => {
                2.0 * std * libm::sqrt(2.0 / PI) / scaled_erfc(noise / (std * core::f64::consts::SQRT_2))
            }
            Self::Uniform { low, high } if high > low => {
                let half = 0.5 * (high - low);
                2.0 * half / libm::atan2(half, noise)
            }
            Self::Equal { .. } | Self::Normal { .. } | Self::Uniform { .. } => 2.0 * noise,
        }
    }
}

/// exp(x²) erfc(x) for x ≥ 0.
fn scaled_erfc(x: f64) -> f64 {
    // From here on the first two terms of the asymptotic series are exact to 1e-6, and below it nothing overflows.
    if x > 25.0 {
        return (1.0 - 0.5 / (x * x)) / (x * libm::sqrt(PI));
    }
    libm::exp(x * x) * libm::erfc(x)
}

/// A distribution of initial phases \[rad\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PhaseDistribution {
    /// Every agent the same.
    Equal {
        /// The common value.
        value: f64,
    },
    /// Uniform on the circle.
    Uniform,
    /// Von Mises: g(θ) ∝ exp(κ cos(θ − μ)).
    VonMises {
        /// Mean direction μ.
        mean: f64,
        /// Concentration κ ≥ 0; 0 is uniform.
        concentration: f64,
    },
}

impl PhaseDistribution {
    /// The random phase of agent `id` in [0, 2π), a function of (seed, id).
    #[must_use]
    pub fn draw(&self, seed: u64, id: u64) -> f64 {
        match *self {
            Self::Equal { value } => wrap(value),
            Self::Uniform => TAU * unit(bits(seed, Stream::InitialPhases, id, 0)[0]),
            Self::VonMises { mean, concentration } => wrap(mean + von_mises(seed, id, concentration)),
        }
    }
}

/// The seed of repetition `replicate` of a run that is repeated with other chances: a whole number
/// below 2⁶³, a function of (seed, replicate).
#[must_use]
pub fn replicate_seed(seed: u64, replicate: u64) -> u64 {
    bits(seed, Stream::Replicate, replicate, 0)[0] >> 1
}

/// Rejection from a wrapped Cauchy (Best & Fisher 1979).
fn von_mises(seed: u64, id: u64, concentration: f64) -> f64 {
    // Below this the rejection constants lose their digits and the law is uniform to 1e-6.
    if concentration < 1e-6 {
        return TAU * unit(bits(seed, Stream::InitialPhases, id, 0)[0]) - PI;
    }
    let tau = 1.0 + libm::sqrt(1.0 + 4.0 * concentration * concentration);
    let rho = (tau - libm::sqrt(2.0 * tau)) / (2.0 * concentration);
    let r = (1.0 + rho * rho) / (2.0 * rho);
    let mut attempt = 0;
    loop {
        let [first, second] = bits(seed, Stream::InitialPhases, id, attempt).map(unit);
        let [side, _] = bits(seed, Stream::InitialPhases, id, attempt + 1);
        let z = libm::cos(PI * first);
        let f = (1.0 + r * z) / (r + z);
        let c = concentration * (r - f);
        if c * (2.0 - c) > second || libm::log(c / second) + 1.0 >= c {
            let angle = libm::acos(f.clamp(-1.0, 1.0));
            return if side & 1 == 0 { angle } else { -angle };
        }
        attempt += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn seeds_of_replicates_are_all_different_and_scenarios_can_hold_them() {
        let mut seeds: Vec<u64> =
            (0..3).flat_map(|seed| (0..10_000).map(move |one| replicate_seed(seed, one))).collect();
        assert!(seeds.iter().all(|&seed| seed <= i64::MAX as u64));
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 30_000);
    }

    #[test]
    fn lorentzian_quantiles_keep_their_tails() {
        let lorentzian = FrequencyDistribution::Lorentzian { center: 1.0, half_width: 0.5 };
        assert_eq!(lorentzian.quantile(0.5), 1.0);
        assert!((lorentzian.quantile(0.75) - 1.5).abs() < 1e-15);
        // The outermost of 10 000: γ cot(π / 20 000), about 3183 γ from the centre.
        let outermost = lorentzian.exact(9999, 10_000) - 1.0;
        assert!((outermost / (0.5 / libm::tan(PI / 20_000.0)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn critical_couplings_are_those_of_the_integral() {
        let laws = [
            FrequencyDistribution::Lorentzian { center: 1.0, half_width: 0.3 },
            FrequencyDistribution::Normal { mean: 1.0, std: 0.5 },
            FrequencyDistribution::Uniform { low: -1.0, high: 3.0 },
        ];
        for law in laws {
            let center = law.quantile(0.5);
            for noise in [0.2, 3.0, 40.0] {
                // Over quantiles the integral of g is a mean.
                let count = 200_000;
                let sum: f64 =
                    (0..count).map(|i| law.exact(i, count) - center).map(|w| noise / (noise * noise + w * w)).sum();
                let expected = 2.0 / (sum / count as f64);
                let found = law.critical_coupling(noise);
                assert!((found / expected - 1.0).abs() < 1e-4, "{law:?} {noise}: {found} {expected}");
            }
        }
        let normal = FrequencyDistribution::Normal { mean: 0.0, std: 1.0 };
        assert!((normal.critical_coupling(0.0) - libm::sqrt(8.0 / PI)).abs() < 1e-15);
        assert!((normal.critical_coupling(36.0) / normal.critical_coupling(35.0) - 36.0 / 35.0).abs() < 1e-3);
        assert_eq!(FrequencyDistribution::Equal { value: 2.0 }.critical_coupling(0.5), 1.0);
    }

    #[test]
    fn draws_follow_their_quantile_function() {
        let laws = [
            FrequencyDistribution::Normal { mean: 2.0, std: 0.3 },
            FrequencyDistribution::Lorentzian { center: -1.0, half_width: 0.2 },
            FrequencyDistribution::Uniform { low: -1.0, high: 3.0 },
        ];
        for law in laws {
            let count = 40_000;
            let mut draws: Vec<f64> = (0..count).map(|id| law.draw(3, id)).collect();
            draws.sort_by(f64::total_cmp);
            for (p, place) in [(0.1, 4_000), (0.5, 20_000), (0.9, 36_000)] {
                // The fraction below the p-quantile scatters by √(p(1−p)/count) ≤ 0.0025.
                let below = draws.partition_point(|x| *x < law.quantile(p));
                assert!(below.abs_diff(place) < 400, "{law:?}: {below} below the {p} quantile");
            }
        }
    }

    #[test]
    fn uniform_phases_fill_the_circle_and_have_no_direction() {
        let count = 40_000;
        let phases: Vec<f64> = (0..count).map(|id| PhaseDistribution::Uniform.draw(9, id)).collect();
        assert!(phases.iter().all(|phase| (0.0..TAU).contains(phase)));
        for harmonic in [1.0, 2.0, 3.0] {
            let (c, s) =
                phases.iter().fold((0.0, 0.0), |(c, s), x| (c + (harmonic * x).cos(), s + (harmonic * x).sin()));
            // |Σ e^{imθ}|²/N is exponential with mean 1 for a uniform law.
            assert!((c * c + s * s) / (count as f64) < 12.0, "harmonic {harmonic}");
        }
    }

    #[test]
    fn von_mises_phases_have_the_bessel_ratio_as_their_order_parameter() {
        // I₁(κ)/I₀(κ) at κ = 2: 0.6977746579 (Abramowitz & Stegun 1964, table 9.8).
        let law = PhaseDistribution::VonMises { mean: 5.0, concentration: 2.0 };
        let count = 40_000;
        let (c, s) = (0..count).map(|id| law.draw(1, id)).fold((0.0, 0.0), |(c, s), x| (c + x.cos(), s + x.sin()));
        let r = c.hypot(s) / count as f64;
        assert!((r - 0.697_774_657_9).abs() < 0.01, "R = {r}");
        assert!((wrap(s.atan2(c)) - 5.0).abs() < 0.02);
    }
}
