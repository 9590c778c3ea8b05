//! Files that runs have in common: networks are read once and shared.

use std::{path::PathBuf, sync::Arc};

use lampyrid::{
    io::{
        self, Quantity,
        scenario::{Frequencies, NetworkScenario, Phases, Scenario},
        sweep::SweepInput,
    },
    measure::PhaseHasher,
    swarm::{MemoryEstimate, SwarmPlan},
};

use crate::{
    error::Failure,
    run::{
        budget,
        prepare::{self, Network},
    },
};

#[derive(Default)]
pub(super) struct Inputs {
    networks: Vec<Shared>,
    /// Files of phases and frequencies, for how many agents, and a hash of what is in them.
    vectors: Vec<(PathBuf, usize, String)>,
}

struct Shared {
    from: NetworkScenario,
    network: Arc<Network>,
    plan: SwarmPlan,
}

impl Inputs {
    /// Reads what a scenario names, unless it is known already.
    pub(super) fn read(&mut self, scenario: &Scenario) -> Result<(), Failure> {
        if !matches!(scenario.network, NetworkScenario::Generated(_)) && self.shared(scenario).is_none() {
            let network = Arc::new(prepare::network(scenario, false)?);
            let plan = SwarmPlan::of_graph(&network.adjacency);
            self.networks.push(Shared { from: scenario.network.clone(), network, plan });
        }
        let shared = self.shared(scenario).map(|shared| shared.network.adjacency.nodes());
        let agents = scenario.network.agents().or(shared).unwrap_or_default();
        if let Phases::File { file } = &scenario.phases {
            self.read_vector(file, agents, Quantity::Phase)?;
        }
        if let Frequencies::File { file } = &scenario.frequencies {
            self.read_vector(file, agents, Quantity::Frequency)?;
        }
        Ok(())
    }

    fn read_vector(&mut self, file: &PathBuf, agents: usize, quantity: Quantity) -> Result<(), Failure> {
        if !self.vectors.iter().any(|(known, count, _)| known == file && *count == agents) {
            let mut hasher = PhaseHasher::default();
            io::read_vector(file, agents, quantity)?.into_iter().for_each(|value| hasher.add(value));
            self.vectors.push((file.clone(), agents, hasher.finish()));
        }
        Ok(())
    }

    fn shared(&self, scenario: &Scenario) -> Option<&Shared> {
        self.networks.iter().find(|shared| shared.from == scenario.network)
    }

    /// The network of a run: shared if it is from a file, else made for this run.
    pub(super) fn network(&self, scenario: &Scenario) -> Result<Arc<Network>, Failure> {
        match self.shared(scenario) {
            Some(shared) => Ok(shared.network.clone()),
            None => Ok(Arc::new(prepare::network(scenario, false)?)),
        }
    }

    /// What a run is going to take, as far as that is known before its network is made.
    pub(super) fn estimate(&self, scenario: &Scenario) -> Option<MemoryEstimate> {
        let shared = || {
            let shared = self.shared(scenario)?;
            let agents = shared.network.adjacency.nodes() as u64;
            let plan = if scenario.coupling.all_to_all { SwarmPlan::new(agents, 0) } else { shared.plan };
            Some(budget::estimate(scenario, plan, 1))
        };
        budget::foreseen(scenario, 1).or_else(shared)
    }

    /// All files, and hashes of what was in them.
    pub(super) fn found(&self) -> Vec<SweepInput> {
        let networks = self.networks.iter().filter_map(|shared| shared.network.file.clone());
        let vectors = self.vectors.iter().map(|(file, _, hash)| (file.to_string_lossy().into_owned(), hash.clone()));
        networks.chain(vectors).map(|(file, hash)| SweepInput { file, hash }).collect()
    }
}
