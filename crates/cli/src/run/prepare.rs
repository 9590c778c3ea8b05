//! From a scenario to a world with its swarm.

use std::{path::Path, sync::Arc};

use lampyrid::{
    graph::{Adjacency, properties},
    io::{
        self, Checkpoint, NetworkRecord, NodeNames, Quantity, ReadOptions,
        scenario::{Frequencies, NetworkScenario, Phases, Scenario},
    },
    measure::PhaseHasher,
    swarm::{SwarmSeed, SwarmSpawner, SwarmState, Workers, World, install_swarm, with_pacemaker},
};

use super::{budget, checkpoint::RunState, convert, goal, metrics};
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
    /// Bytes that the swarm was expected to take.
    pub estimated_bytes: u64,
    /// The file of the network and the hash of what was in it; none if it was made.
    pub network_file: Option<(String, String)>,
}

pub(crate) fn prepare(scenario: &Scenario, threads: usize, strict: bool) -> Result<Prepared, Failure> {
    budget::check_topology(scenario, threads)?;
    let Network { adjacency, names, record, file } = network(scenario, strict)?;
    let agents = adjacency.nodes();
    // The mean field needs no links; measures of the network may want them all the same.
    let adjacency = Arc::new(listened(scenario, adjacency)?);
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
    let estimated_bytes = estimate.total();
    let network_file = file;
    Ok(Prepared { world, agents, links, names, network: record, adjacency, warnings, estimated_bytes, network_file })
}

/// The swarm of a checkpoint. Its network is read or made again only where names or measures of links need it.
pub(crate) fn resumed(
    scenario: &Scenario,
    run: &RunState,
    state: SwarmState,
    threads: usize,
    checkpoint: &Checkpoint,
) -> Result<Prepared, Failure> {
    let agents = usize::try_from(run.agents).map_err(|_| checkpoint.unfit("it has too many agents"))?;
    let mut world = World::new();
    install_swarm(&mut world);
    metrics::install(&mut world);
    world.insert_resource(Workers::with_threads(threads));
    state.restore(&mut world).map_err(|error| checkpoint.unfit(error.to_string()))?;
    let is_made = matches!(scenario.network, NetworkScenario::Generated(_));
    let (mut names, mut adjacency) = (None, None);
    if !is_made || !scenario.record.columns.is_empty() {
        let mut from_where_it_was = scenario.clone();
        if let (NetworkScenario::File { file, .. }, Some((path, _))) =
            (&mut from_where_it_was.network, &run.network_file)
        {
            *file = path.into();
        }
        let network = network(&from_where_it_was, false)?;
        let hash = |file: &Option<(String, String)>| file.as_ref().map(|(_, hash)| hash.clone());
        if network.adjacency.nodes() != agents || hash(&network.file) != hash(&run.network_file) {
            let path = run.network_file.as_ref().map_or("the network", |(path, _)| path);
            return Err(checkpoint
                .unfit(format!("{path} has changed since the run began; put it back as it was"))
                .into());
        }
        names = network.names;
        adjacency = Some(Arc::new(listened(scenario, network.adjacency)?));
    }
    let adjacency = adjacency.filter(|_| !scenario.record.columns.is_empty());
    let RunState { links, network, warnings, estimated_bytes, network_file, .. } = run;
    Ok(Prepared {
        world,
        agents,
        links: usize::try_from(*links).unwrap_or(usize::MAX),
        names,
        network: network.clone(),
        adjacency,
        warnings: warnings.clone(),
        estimated_bytes: *estimated_bytes,
        network_file: network_file.clone(),
    })
}

/// A network with the pacemaker that everybody listens to, if there is one.
fn listened(scenario: &Scenario, adjacency: Adjacency) -> Result<Adjacency, Failure> {
    match scenario.goal {
        Some(goal) if goal.pacemaker => Ok(with_pacemaker(&adjacency)?),
        _ => Ok(adjacency),
    }
}

/// The file of a network as it is found from anywhere, and a hash of the network.
fn file_of(path: &Path, adjacency: &Adjacency) -> (String, String) {
    let mut hasher = PhaseHasher::default();
    let links = adjacency.offsets().iter().chain(adjacency.columns());
    links.for_each(|&place| hasher.add(f64::from(place)));
    adjacency.weights().into_iter().flatten().for_each(|&weight| hasher.add(weight));
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    (path.to_string_lossy().into_owned(), hasher.finish())
}

pub(super) struct Network {
    pub(super) adjacency: Adjacency,
    pub(super) names: Option<NodeNames>,
    pub(super) record: NetworkRecord,
    pub(super) file: Option<(String, String)>,
}

pub(super) fn network(scenario: &Scenario, strict: bool) -> Result<Network, Failure> {
    let options = |direction| ReadOptions { direction, strict, format: None };
    match &scenario.network {
        NetworkScenario::File { file, direction } => {
            let network = read(io::read_network(file, &options(*direction))?);
            Ok(Network { file: Some(file_of(file, &network.adjacency)), ..network })
        }
        NetworkScenario::Builtin { builtin, direction } => {
            let network = io::read_network_bytes(builtin.name(), builtin.bytes(), &options(*direction))?;
            Ok(read(network))
        }
        // A complete network, which is what the mean field is, has too many links to be made for nothing.
        NetworkScenario::Generated(network) if scenario.coupling.all_to_all => {
            Ok(made_whole(Adjacency::without_links(network.agents())?))
        }
        NetworkScenario::Generated(network) => Ok(made_whole(network.topology().build(scenario.seed)?)),
        other => unreachable!("{other:?} is a source that this program does not list"),
    }
}

fn made_whole(adjacency: Adjacency) -> Network {
    Network { record: made(&adjacency), adjacency, names: None, file: None }
}

/// The record of a network, or of a part of one, that was made.
pub(super) fn made(adjacency: &Adjacency) -> NetworkRecord {
    NetworkRecord {
        format: None,
        directed: false,
        weighted: adjacency.weights().is_some(),
        duplicates: 0,
        self_links: 0,
        isolated: properties::isolated(adjacency) as u64,
    }
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
    Network { adjacency: network.adjacency, names: network.names, record, file: None }
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
            convert::frequencies(*distribution, *sampling, scenario.seed, 0..agents, agents)
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}
