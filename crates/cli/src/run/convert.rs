//! From the words of a scenario to the types that act on them.

use lampyrid::{
    io::scenario::{self, Sampling},
    kernel::draw,
    swarm,
};

pub(crate) fn phase_distribution(law: scenario::PhaseDistribution) -> draw::PhaseDistribution {
    match law {
        scenario::PhaseDistribution::Uniform => draw::PhaseDistribution::Uniform,
        scenario::PhaseDistribution::VonMises { mean, concentration } => {
            draw::PhaseDistribution::VonMises { mean, concentration }
        }
        scenario::PhaseDistribution::Equal { value } => draw::PhaseDistribution::Equal { value },
        other => unreachable!("{other:?} is a distribution that this program does not list"),
    }
}

pub(crate) fn frequency_distribution(law: scenario::FrequencyDistribution) -> draw::FrequencyDistribution {
    match law {
        scenario::FrequencyDistribution::Normal { mean, std } => draw::FrequencyDistribution::Normal { mean, std },
        scenario::FrequencyDistribution::Lorentzian { center, half_width } => {
            draw::FrequencyDistribution::Lorentzian { center, half_width }
        }
        scenario::FrequencyDistribution::Uniform { low, high } => draw::FrequencyDistribution::Uniform { low, high },
        scenario::FrequencyDistribution::Equal { value } => draw::FrequencyDistribution::Equal { value },
        other => unreachable!("{other:?} is a distribution that this program does not list"),
    }
}

/// The frequencies of some of so many agents.
pub(crate) fn frequencies(
    law: scenario::FrequencyDistribution,
    sampling: Sampling,
    seed: u64,
    which: impl Iterator<Item = usize>,
    agents: usize,
) -> Vec<f64> {
    let law = frequency_distribution(law);
    which
        .map(|agent| match sampling {
            Sampling::Random => law.draw(seed, agent as u64),
            Sampling::Quantiles => law.exact(agent, agents),
        })
        .collect()
}

pub(crate) fn coupling(coupling: &scenario::Coupling) -> swarm::Coupling {
    swarm::Coupling {
        strength: coupling.strength,
        phase_lag: coupling.phase_lag,
        normalization: match coupling.normalization {
            scenario::Normalization::Degree => swarm::Normalization::Degree,
            scenario::Normalization::Sum => swarm::Normalization::Sum,
            scenario::Normalization::Size => swarm::Normalization::Size,
        },
        all_to_all: coupling.all_to_all,
        phasors: match coupling.phasors {
            scenario::PhasorPrecision::Double => swarm::PhasorPrecision::Double,
            scenario::PhasorPrecision::Single => swarm::PhasorPrecision::Single,
            scenario::PhasorPrecision::SingleAngle => swarm::PhasorPrecision::SingleAngle,
        },
        noise: coupling.noise,
    }
}

pub(crate) fn time_step(time: &scenario::Time) -> swarm::TimeStep {
    swarm::TimeStep {
        seconds: time.step,
        integrator: match time.integrator {
            scenario::Integrator::Euler => swarm::Integrator::Euler,
            scenario::Integrator::Heun => swarm::Integrator::Heun,
            scenario::Integrator::Rk4 => swarm::Integrator::Rk4,
        },
    }
}
