//! From the words of a scenario to the types that act on them.

use lampyrid::{
    graph::Topology,
    io::scenario::{self, Blocks, Density, GeneratedNetwork, Reach, Sampling},
    kernel::draw,
    swarm,
};

pub(crate) fn topology(network: &GeneratedNetwork) -> Topology {
    match network.clone() {
        GeneratedNetwork::Complete { agents } => Topology::Complete { agents },
        GeneratedNetwork::Ring { agents, neighbors } => Topology::Ring { agents, neighbors },
        GeneratedNetwork::Lattice { width, height, periodic } => Topology::Lattice { width, height, periodic },
        GeneratedNetwork::Star { agents } => Topology::Star { agents },
        GeneratedNetwork::Random { agents, density } => match density {
            Density::Probability(probability) => Topology::Random { agents, probability },
            Density::Neighbors(mean) => {
                Topology::Random { agents, probability: (mean / (agents.max(2) - 1) as f64).min(1.0) }
            }
            Density::Links(links) => Topology::RandomLinks { agents, links: links as usize },
        },
        GeneratedNetwork::SmallWorld { agents, neighbors, rewire } => {
            Topology::SmallWorld { agents, neighbors, rewire }
        }
        GeneratedNetwork::ScaleFree { agents, attach } => Topology::ScaleFree { agents, attach },
        GeneratedNetwork::Modular { blocks, within, between } => {
            Topology::Modular { sizes: sizes(&blocks), within, between }
        }
        GeneratedNetwork::Geometric { agents, reach, periodic } => {
            let radius = match reach {
                Reach::Radius(radius) => radius,
                // A disc of radius r holds N π r² agents on average.
                Reach::Neighbors(mean) => (mean / (std::f64::consts::PI * agents as f64)).sqrt(),
            };
            Topology::Geometric { agents, radius, periodic }
        }
        other => unreachable!("{other:?} is a kind that this program does not list"),
    }
}

fn sizes(blocks: &Blocks) -> Vec<usize> {
    match blocks {
        Blocks::Sizes { sizes } => sizes.clone(),
        &Blocks::Equal { agents, blocks } => {
            (0..blocks).map(|block| agents / blocks + usize::from(block < agents % blocks)).collect()
        }
    }
}

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

/// The frequency of every agent.
pub(crate) fn frequencies(
    law: scenario::FrequencyDistribution,
    sampling: Sampling,
    seed: u64,
    agents: usize,
) -> Vec<f64> {
    let law = match law {
        scenario::FrequencyDistribution::Normal { mean, std } => draw::FrequencyDistribution::Normal { mean, std },
        scenario::FrequencyDistribution::Lorentzian { center, half_width } => {
            draw::FrequencyDistribution::Lorentzian { center, half_width }
        }
        scenario::FrequencyDistribution::Uniform { low, high } => draw::FrequencyDistribution::Uniform { low, high },
        scenario::FrequencyDistribution::Equal { value } => draw::FrequencyDistribution::Equal { value },
        other => unreachable!("{other:?} is a distribution that this program does not list"),
    };
    (0..agents)
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
