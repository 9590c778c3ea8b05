//! The floor under a step: its arithmetic on plain arrays, without entities, tables, change
//! detection, schedules, checks or threads.
//!
//! The floor calls the same kernels on blocks of the same size as the ECS step, so that the ratio
//! of the two is the price of the ECS and of nothing else, and their phases agree to the bit.

use lampyrid::{
    graph::Adjacency,
    kernel::{
        ExactSum, Level, Normalization, Phasor, SineCoupling,
        coupling::{Network, by_degree, fetching_pays, mean_field_euler, network_rates, order_pays},
        integrate::{rotate, scale},
        phasor::{Phasors, sin_cos, sin_cos_and_sum},
    },
};

use crate::swarms::{DT, Start, small_world};

/// Agents per call of a kernel.
const BLOCK: usize = 1024;

/// What coupling is by default: K = 1 rad/s, no lag, sums divided by the number of neighbours.
fn coupling() -> SineCoupling {
    SineCoupling::new(1.0, 0.0, Normalization::Degree)
}

/// Euler steps of an agent-by-agent network.
pub struct NetworkFloor {
    graph: Adjacency,
    start: Start,
    phasors: Vec<Phasor>,
    visits: Vec<u16>,
    fetch_ahead: bool,
}

impl NetworkFloor {
    /// The arrays of so many agents, at the start of the case `network`.
    #[must_use]
    pub fn new(agents: usize) -> Self {
        let graph = small_world(agents);
        let mut visits = vec![0; if order_pays(agents) { agents } else { 0 }];
        for (block, visits) in visits.chunks_mut(BLOCK).enumerate() {
            by_degree(graph.rows(), block * BLOCK, visits);
        }
        let fetch_ahead = fetching_pays(graph.rows());
        Self { graph, start: Start::of(agents), phasors: vec![Phasor::ZERO; agents], visits, fetch_ahead }
    }

    /// Directed links.
    #[must_use]
    pub fn links(&self) -> usize {
        self.graph.links()
    }

    /// The phases \[rad\] it has come to.
    #[must_use]
    pub fn phases(&self) -> &[f64] {
        &self.start.phases
    }

    /// Takes a step.
    pub fn step(&mut self) {
        let (level, coupling) = (Level::detect(), coupling());
        let Start { phases, frequencies } = &mut self.start;
        for (phases, phasors) in phases.chunks(BLOCK).zip(self.phasors.chunks_mut(BLOCK)) {
            sin_cos(level, phases, phasors);
        }
        let mut rates = [0.0; BLOCK];
        let network = Network {
            rows: self.graph.rows(),
            phasors: Phasors::Double(&self.phasors),
            agents: phases.len(),
            fetch_ahead: self.fetch_ahead,
        };
        let blocks = phases.chunks_mut(BLOCK).zip(frequencies.chunks(BLOCK));
        for (block, (phases, frequencies)) in blocks.enumerate() {
            let rates = &mut rates[..phases.len()];
            let first = block * BLOCK;
            let visits = self.visits.get(first..first + rates.len()).unwrap_or_default();
            network_rates(level, &coupling, network, first, visits, rates);
            scale(level, rates, DT);
            rotate(level, phases, frequencies, rates, DT);
        }
    }
}

/// Euler steps under the mean field.
pub struct MeanFieldFloor {
    start: Start,
    cosines: Vec<f64>,
    sines: Vec<f64>,
}

impl MeanFieldFloor {
    /// The arrays of so many agents, at the start of the case `mean_field`.
    #[must_use]
    pub fn new(agents: usize) -> Self {
        Self { start: Start::of(agents), cosines: vec![0.0; agents], sines: vec![0.0; agents] }
    }

    /// The phases \[rad\] it has come to.
    #[must_use]
    pub fn phases(&self) -> &[f64] {
        &self.start.phases
    }

    /// Takes a step.
    pub fn step(&mut self) {
        let (level, coupling) = (Level::detect(), coupling());
        let Start { phases, frequencies } = &mut self.start;
        let (cosines, sines) = (&mut self.cosines, &mut self.sines);
        let mut sum = ExactSum::default();
        let blocks = phases.chunks(BLOCK).zip(cosines.chunks_mut(BLOCK)).zip(sines.chunks_mut(BLOCK));
        for ((phases, cosines), sines) in blocks {
            sin_cos_and_sum(level, phases, cosines, sines, &mut sum);
        }
        let mean = sum.mean();
        let columns = cosines.chunks(BLOCK).zip(sines.chunks(BLOCK));
        let blocks = phases.chunks_mut(BLOCK).zip(frequencies.chunks(BLOCK)).zip(columns);
        for ((phases, frequencies), (cosines, sines)) in blocks {
            mean_field_euler(level, &coupling, mean, cosines, sines, phases, frequencies, DT);
        }
    }
}
