//! From a scenario to a world with its swarm.

use std::sync::Arc;

use lampyrid::{
    distributed::{Locality, local_order},
    graph::{Adjacency, Members, NodeOrder, properties},
    io::{
        self, Checkpoint, Direction, NetworkRecord, NodeNames, Quantity, ReadOptions,
        scenario::{Frequencies, NetworkScenario, Numbering, Phases, Scenario},
    },
    swarm::{SwarmSeed, SwarmSpawner, SwarmState, Workers, World, install_swarm, keep_chronicle, with_pacemaker},
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
    /// How nodes came to be numbered, where that was asked for.
    pub numbering: Option<Numbering>,
    /// Kept only for those columns of the series that look at links, and for the picture of it.
    pub adjacency: Option<Arc<Adjacency>>,
    /// Why its goal may be out of reach.
    pub warnings: Vec<String>,
    /// Bytes that the swarm was expected to take.
    pub estimated_bytes: u64,
    /// The file of the network and the checksum of what was in it; none if it was made.
    pub network_file: Option<(String, String)>,
}

pub(crate) fn prepare(scenario: &Scenario, threads: usize, strict: bool) -> Result<Prepared, Failure> {
    budget::check_topology(scenario, threads)?;
    // Before what is left for the swarm is looked at: each thread sets addresses aside.
    let workers = Workers::with_threads(threads);
    let network = network(scenario, strict)?;
    let beginning = Beginning::of(scenario, &network, threads)?;
    let to_come = beginning.estimated_bytes.saturating_sub(budget::graph_bytes(&beginning.coupled));
    budget::check_addresses(scenario, beginning.agents as u64, to_come)?;
    let warnings = goal::warnings(scenario, &beginning.coupled, &beginning.frequencies);
    let Beginning { agents, links, estimated_bytes, .. } = beginning;
    let mut world = World::new();
    install_swarm(&mut world);
    keep_chronicle(&mut world);
    metrics::install(&mut world);
    let adjacency = keeps_network(scenario, agents).then(|| beginning.adjacency.clone());
    let Network { adjacency: as_made, names, record: network, file: network_file, numbering, .. } = network;
    // With a pacemaker it is not what agents are coupled by, and of no use any more.
    drop(as_made);
    beginning.settle(scenario, workers, &mut world)?;
    Ok(Prepared { world, agents, links, names, network, numbering, adjacency, warnings, estimated_bytes, network_file })
}

/// Where a swarm begins, before it is in a world.
pub(crate) struct Beginning {
    pub agents: usize,
    /// Directed links that the agents are coupled by.
    pub links: usize,
    pub estimated_bytes: u64,
    /// The network with its pacemaker.
    adjacency: Arc<Adjacency>,
    /// What agents are coupled by; the mean field needs no links, measures of the network may want them all the same.
    coupled: Arc<Adjacency>,
    phases: Vec<f64>,
    frequencies: Vec<f64>,
}

impl Beginning {
    pub(crate) fn of(scenario: &Scenario, network: &Network, threads: usize) -> Result<Self, Failure> {
        let agents = network.adjacency.nodes();
        let adjacency = listened(scenario, &network.adjacency)?;
        let coupled = match scenario.coupling.all_to_all {
            true => Arc::new(Adjacency::without_links(agents)?),
            false => adjacency.clone(),
        };
        let links = coupled.links();
        let estimated_bytes = budget::check_network(scenario, &coupled, threads)?.total();
        let everybody = Whose::all(agents, network.order.as_ref());
        let phases = phases(scenario, &everybody, &mut |_| {})?;
        let frequencies = frequencies(scenario, &everybody, &mut |_| {})?;
        Ok(Self { agents, links, estimated_bytes, adjacency, coupled, phases, frequencies })
    }

    /// Gives a world that has a swarm the settings and agents of the scenario.
    pub(crate) fn settle(self, scenario: &Scenario, workers: Workers, world: &mut World) -> Result<(), Failure> {
        let stopped = |error| Failure::Swarm { steps: 0, error };
        budget::install(scenario, world).map_err(stopped)?;
        world.insert_resource(convert::coupling(&scenario.coupling));
        world.insert_resource(convert::time_step(&scenario.time));
        world.insert_resource(SwarmSeed(scenario.seed));
        world.insert_resource(workers);
        let mut spawner = SwarmSpawner::shared(self.coupled).phases(self.phases).frequencies(self.frequencies);
        if let Some(rule) = goal::energy(scenario) {
            world.insert_resource(rule);
            spawner = spawner.energy(rule.capacity);
        }
        spawner.spawn(world).map_err(stopped)?;
        goal::install(scenario, self.agents, world).map_err(stopped)
    }
}

/// The swarm of a checkpoint. Its network is read or made again only where names or measures of links need it.
pub(super) fn resumed(
    scenario: &Scenario,
    run: &RunState,
    state: SwarmState,
    threads: usize,
    checkpoint: &Checkpoint,
) -> Result<Prepared, Failure> {
    let agents = usize::try_from(run.agents).map_err(|_| checkpoint.unfit("it has too many agents"))?;
    let mut world = World::new();
    install_swarm(&mut world);
    keep_chronicle(&mut world);
    metrics::install(&mut world);
    world.insert_resource(Workers::with_threads(threads));
    state.restore(&mut world).map_err(|error| checkpoint.unfit(error.to_string()))?;
    let is_made = matches!(scenario.network, NetworkScenario::Generated(_));
    let (mut names, mut numbering, mut adjacency) = (None, None, None);
    if !is_made || keeps_network(scenario, agents) {
        let network = network_again(scenario, run, checkpoint)?;
        (names, numbering) = (network.names, network.numbering);
        adjacency = Some(listened(scenario, &network.adjacency)?);
    }
    let adjacency = adjacency.filter(|_| keeps_network(scenario, agents));
    let RunState { links, network, warnings, estimated_bytes, network_file, .. } = run;
    Ok(Prepared {
        world,
        agents,
        links: usize::try_from(*links).unwrap_or(usize::MAX),
        names,
        network: network.clone(),
        numbering,
        adjacency,
        warnings: warnings.clone(),
        estimated_bytes: *estimated_bytes,
        network_file: network_file.clone(),
    })
}

/// The network of a run that was saved, from where it was.
fn network_again(scenario: &Scenario, run: &RunState, checkpoint: &Checkpoint) -> Result<Network, Failure> {
    let network = network(&from_where_it_was(scenario, run), false)?;
    check_unchanged(network.adjacency.nodes(), network.file.as_ref(), run, checkpoint)?;
    Ok(network)
}

/// The scenario of a run that was saved, which finds the file of its network from anywhere.
pub(super) fn from_where_it_was(scenario: &Scenario, run: &RunState) -> Scenario {
    let mut found = scenario.clone();
    if let (NetworkScenario::File { file, .. }, Some((path, _))) = (&mut found.network, &run.network_file) {
        *file = path.into();
    }
    found
}

/// Refuses a network of so many nodes, from a file with such contents, if it is not the one that a run began with.
pub(super) fn check_unchanged(
    nodes: usize,
    file: Option<&(String, String)>,
    run: &RunState,
    checkpoint: &Checkpoint,
) -> Result<(), Failure> {
    let checksum = |file: Option<&(String, String)>| file.map(|(_, checksum)| checksum.clone());
    if nodes as u64 == run.agents && checksum(file) == checksum(run.network_file.as_ref()) {
        return Ok(());
    }
    let path = run.network_file.as_ref().map_or("the network", |(path, _)| path);
    Err(checkpoint.unfit(format!("{path} has changed since the run began; put it back as it was")).into())
}

fn keeps_network(scenario: &Scenario, agents: usize) -> bool {
    !scenario.record.columns.is_empty() || draws_network(scenario, agents)
}

/// Whether a run ends with a picture of its network.
pub(super) fn draws_network(scenario: &Scenario, agents: usize) -> bool {
    let record = &scenario.record;
    let is_drawn = record.report || record.pictures.contains(&io::Picture::Network);
    is_drawn && io::network_is_drawable(scenario, agents)
}

/// The network of a run with so many agents, read or made once more for its picture; none if it has too many. A file that
/// has moved since, or is another now, costs no more than the picture.
pub(crate) fn network_to_draw(scenario: &Scenario, agents: usize) -> Option<Arc<Adjacency>> {
    let again = || listened(scenario, &network(scenario, false)?.adjacency);
    let network = io::network_is_drawable(scenario, agents).then(again)?.ok()?;
    Some(network).filter(|network| network.nodes() == agents)
}

/// The network that agents are coupled along, without a swarm on it, and the nodes that they were.
pub(super) fn coupled_network(
    scenario: &Scenario,
    strict: bool,
) -> Result<(Arc<Adjacency>, Option<NodeOrder>), Failure> {
    let Network { adjacency, order, .. } = network(scenario, strict)?;
    let network = listened(scenario, &adjacency)?;
    let is_linked = !scenario.coupling.all_to_all;
    Ok((if is_linked { network } else { Arc::new(Adjacency::without_links(network.nodes())?) }, order))
}

/// A network with the pacemaker that everybody listens to, if there is one.
fn listened(scenario: &Scenario, adjacency: &Arc<Adjacency>) -> Result<Arc<Adjacency>, Failure> {
    match scenario.goal {
        Some(goal) if goal.pacemaker => Ok(Arc::new(with_pacemaker(adjacency)?)),
        _ => Ok(adjacency.clone()),
    }
}

/// The file of a network as it is found from anywhere, and the checksum of what was in it; none if it is not from a file.
pub(super) fn file_of(scenario: &Scenario, checksum: u64) -> Option<(String, String)> {
    let NetworkScenario::File { file, .. } = &scenario.network else { return None };
    let path = std::path::absolute(file).unwrap_or_else(|_| file.clone());
    Some((path.to_string_lossy().into_owned(), format!("{checksum:016x}")))
}

/// A network as it was read or made.
pub(crate) struct Network {
    pub adjacency: Arc<Adjacency>,
    pub(super) names: Option<NodeNames>,
    pub(super) record: NetworkRecord,
    /// How its nodes came to be numbered, where that was asked for.
    pub(super) numbering: Option<Numbering>,
    /// The nodes that agents were, where they are numbered anew.
    pub(super) order: Option<NodeOrder>,
    /// Its file and the checksum of what was in it.
    pub file: Option<(String, String)>,
}

pub(crate) fn network(scenario: &Scenario, strict: bool) -> Result<Network, Failure> {
    match &scenario.network {
        NetworkScenario::File { file, direction, numbering } => {
            let network = io::read_network(file, &options(*direction, strict))?;
            let file = file_of(scenario, network.checksum);
            Ok(Network { file, ..numbered(read(network), *numbering)? })
        }
        NetworkScenario::Builtin { builtin, direction, numbering } => {
            let network = io::read_network_bytes(builtin.name(), builtin.bytes(), &options(*direction, strict))?;
            numbered(read(network), *numbering)
        }
        // A complete network, which is what the mean field is, has too many links to be made for nothing.
        NetworkScenario::Generated(network) if scenario.coupling.all_to_all => {
            Ok(made_whole(Adjacency::without_links(network.agents())?))
        }
        NetworkScenario::Generated(network) => Ok(made_whole(network.topology().build(scenario.seed)?)),
        other => unreachable!("{other:?} is a source that this program does not list"),
    }
}

pub(super) fn options(direction: Direction, strict: bool) -> ReadOptions {
    ReadOptions { direction, strict, format: None }
}

fn made_whole(adjacency: Adjacency) -> Network {
    let record = made(&adjacency);
    Network { record, adjacency: Arc::new(adjacency), names: None, numbering: None, order: None, file: None }
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
    let (adjacency, names) = (Arc::new(network.adjacency), network.names);
    Network { adjacency, names, record, numbering: None, order: None, file: None }
}

/// A scenario asks for METIS, and the program has none.
#[derive(Debug, thiserror::Error)]
#[error(
    "this program was built without METIS, which network.numbering asks for: build it with --features metis, or say \
     numbering = \"cuthill_mckee\""
)]
pub(crate) struct NoMetis;

/// The order in which the nodes of a network are numbered if that is asked for; none if they are better off as they are.
pub(super) fn order_of(network: &Adjacency, numbering: Numbering) -> Result<Option<NodeOrder>, Failure> {
    let by = match numbering {
        Numbering::AsStored => return Ok(None),
        Numbering::CuthillMcKee => Locality::CuthillMcKee,
        #[cfg(feature = "metis")]
        Numbering::Metis => Locality::Metis,
        #[cfg(not(feature = "metis"))]
        Numbering::Metis => return Err(NoMetis.into()),
    };
    Ok(local_order(network, by))
}

/// How nodes came to be numbered, where they were asked to be, and whether an order was found.
pub(super) fn found_numbering(asked: Numbering, order: Option<&NodeOrder>) -> Option<Numbering> {
    let is_asked = asked != Numbering::AsStored;
    is_asked.then_some(if order.is_some() { asked } else { Numbering::AsStored })
}

/// The names of nodes in an order: those that they have, or the numbers that they had.
pub(super) fn names_in(order: &NodeOrder, names: Option<&NodeNames>) -> NodeNames {
    let name = |&node: &u32| match names {
        Some(names) => names[node as usize].to_owned(),
        None => node.to_string(),
    };
    order.nodes().iter().map(name).collect()
}

/// The network with its nodes numbered as asked for.
fn numbered(network: Network, asked: Numbering) -> Result<Network, Failure> {
    let order = order_of(&network.adjacency, asked)?;
    let numbering = found_numbering(asked, order.as_ref());
    let Some(order) = order else { return Ok(Network { numbering, ..network }) };
    let names = Some(names_in(&order, network.names.as_ref()));
    let adjacency = Arc::new(network.adjacency.reordered(&order));
    Ok(Network { adjacency, names, numbering, order: Some(order), ..network })
}

/// Agents whose numbers are asked for: of so many, those with these ids, and the nodes that all were if they were others.
pub(super) struct Whose<'a> {
    pub(super) agents: usize,
    pub(super) own: Members,
    pub(super) order: Option<&'a NodeOrder>,
}

impl<'a> Whose<'a> {
    /// Those of all agents.
    pub(super) fn all(agents: usize, order: Option<&'a NodeOrder>) -> Self {
        // More than can be named there are in no network.
        Whose { agents, own: (0..u32::try_from(agents).unwrap_or(u32::MAX)).into(), order }
    }

    /// Theirs, of the numbers of all nodes.
    fn of(&self, values: Vec<f64>) -> Vec<f64> {
        let node = |id: u32| self.order.map_or(id, |order| order.nodes()[id as usize]);
        self.own.iter().map(|id| values[node(id) as usize]).collect()
    }
}

/// Initial phases; `seen` is shown the whole file, if they are of one.
pub(super) fn phases(
    scenario: &Scenario,
    whose: &Whose<'_>,
    seen: &mut dyn FnMut(&[f64]),
) -> Result<Vec<f64>, Failure> {
    Ok(match &scenario.phases {
        Phases::File { file } => {
            let all = io::read_vector(file, whose.agents, Quantity::Phase)?;
            seen(&all);
            whose.of(all)
        }
        Phases::Drawn(law) => {
            let law = convert::phase_distribution(*law);
            whose.own.iter().map(|agent| law.draw(scenario.seed, agent.into())).collect()
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}

/// Natural frequencies, likewise.
pub(super) fn frequencies(
    scenario: &Scenario,
    whose: &Whose<'_>,
    seen: &mut dyn FnMut(&[f64]),
) -> Result<Vec<f64>, Failure> {
    Ok(match &scenario.frequencies {
        Frequencies::File { file } => {
            let all = io::read_vector(file, whose.agents, Quantity::Frequency)?;
            seen(&all);
            whose.of(all)
        }
        Frequencies::Drawn { distribution, sampling } => {
            let own = whose.own.iter().map(|agent| agent as usize);
            convert::frequencies(*distribution, *sampling, scenario.seed, own, whose.agents)
        }
        other => unreachable!("{other:?} is a source that this program does not list"),
    })
}
