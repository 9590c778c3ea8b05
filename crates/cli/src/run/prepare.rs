//! From a scenario to a world with its swarm.

use std::sync::Arc;

use lampyrid::{
    graph::{Adjacency, properties},
    io::{
        self, NetworkRecord, NodeNames, Quantity, ReadOptions,
        scenario::{Frequencies, NetworkScenario, Phases, Scenario},
    },
    swarm::{MemoryEstimate, SwarmSeed, SwarmSpawner, Workers, World, install_swarm, with_pacemaker},
};

use super::{budget, convert, goal, metrics};
use crate::error::Failure;

/// A swarm at its beginning, and what is known of its network.
pub(crate) struct Prepared {
    pub world: World,
    pub agents: usize,
    /// Directed links.
    pub links: usize,
    pub names: Option<NodeNames>,
    pub network: NetworkRecord,
    /// Kept only for those columns of the series that look at links.
    pub adjacency: Option<Arc<Adjacency>>,
    /// Why its goal may be out of reach.
    pub warnings: Vec<String>,
    /// What the swarm was expected to take.
    pub estimate: MemoryEstimate,
}

pub(crate) fn prepare(scenario: &Scenario, threads: usize, strict: bool) -> Result<Prepared, Failure> {
    budget::check_topology(scenario, threads)?;
    let Network { adjacency, names, record } = network(scenario, strict)?;
    let agents = adjacency.nodes();
    let adjacency = match scenario.goal {
        Some(goal) if goal.pacemaker => with_pacemaker(&adjacency)?,
        _ => adjacency,
    };
    // The mean field needs no links; measures of the network may want them all the same.
    let adjacency = Arc::new(adjacency);
    let coupled = match scenario.coupling.all_to_all {
        true => Arc::new(Adjacency::without_links(agents)?),
        false => adjacency.clone(),
    };
    let links = coupled.links();
    let estimate = budget::check_network(scenario, &coupled, threads)?;
    let phases = phases(scenario, agents)?;
    let frequencies = frequencies(scenario, agents)?;
    let warnings = goal::warnings(scenario, &coupled, &frequencies);

    let stopped = |error| Failure::Swarm { steps: 0, error };
    let mut world = World::new();
    install_swarm(&mut world);
    metrics::install(&mut world);
    budget::install(scenario, &mut world).map_err(stopped)?;
    world.insert_resource(convert::coupling(&scenario.coupling));
    world.insert_resource(convert::time_step(&scenario.time));
    world.insert_resource(SwarmSeed(scenario.seed));
    world.insert_resource(Workers::with_threads(threads));
    let mut spawner = SwarmSpawner::shared(coupled).phases(&phases).frequencies(&frequencies);
    if let Some(rule) = goal::energy(scenario) {
        world.insert_resource(rule);
        spawner = spawner.energy(rule.capacity);
    }
    spawner.spawn(&mut world).map_err(stopped)?;
    goal::install(scenario, agents, &mut world).map_err(stopped)?;
    let adjacency = (!scenario.record.columns.is_empty()).then_some(adjacency);
    Ok(Prepared { world, agents, links, names, network: record, adjacency, warnings, estimate })
}

struct Network {
    adjacency: Adjacency,
    names: Option<NodeNames>,
    record: NetworkRecord,
}

fn network(scenario: &Scenario, strict: bool) -> Result<Network, Failure> {
    let options = |direction| ReadOptions { direction, strict, format: None };
    match &scenario.network {
        NetworkScenario::File { file, direction } => Ok(read(io::read_network(file, &options(*direction))?)),
        NetworkScenario::Builtin { builtin, direction } => {
            let network = io::read_network_bytes(builtin.name(), builtin.bytes(), &options(*direction))?;
            Ok(read(network))
        }
        // A complete network, which is what the mean field is, has too many links to be made for nothing.
        NetworkScenario::Generated(network) if scenario.coupling.all_to_all => {
            Ok(made(Adjacency::without_links(network.agents())?))
        }
        NetworkScenario::Generated(network) => Ok(made(network.topology().build(scenario.seed)?)),
        other => unreachable!("{other:?} is a source that this program does not list"),
    }
}

fn made(adjacency: Adjacency) -> Network {
    let record = NetworkRecord {
        format: None,
        directed: false,
        weighted: adjacency.weights().is_some(),
        duplicates: 0,
        self_links: 0,
        isolated: properties::isolated(&adjacency) as u64,
    };
    Network { adjacency, names: None, record }
}

fn read(network: io::Network) -> Network {
    let record = NetworkRecord {
        format: Some(network.format.to_string()),
        directed: network.directed,
        weighted: network.adjacency.weights().is_some(),
        duplicates: network.duplicates as u64,
        self_links: network.self_links as u64,
        isolated: properties::isolated(&network.adjacency) as u64,
    };
    Network { adjacency: network.adjacency, names: network.names, record }
}

fn phases(scenario: &Scenario, agents: usize) -> Result<Vec<f64>, Failure> {
    Ok(match &scenario.phases {
        Phases::File { file } => io::read_vector(file, agents, Quantity::Phase)?,
        Phases::Drawn(law) => {
            let law = convert::phase_distribution(*law);
            (0..agents).map(|agent| law.draw(scenario.seed, agent as u64)).collect()
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}

fn frequencies(scenario: &Scenario, agents: usize) -> Result<Vec<f64>, Failure> {
    Ok(match &scenario.frequencies {
        Frequencies::File { file } => io::read_vector(file, agents, Quantity::Frequency)?,
        Frequencies::Drawn { distribution, sampling } => {
            convert::frequencies(*distribution, *sampling, scenario.seed, agents)
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}
