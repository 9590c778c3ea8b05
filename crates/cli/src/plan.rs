//! `lampyrid plan`: what a scenario would take on a cluster, from what its parts take on this machine.

mod calibration;
mod network;

use std::{
    fmt::Write as _,
    io::Write as _,
    num::NonZero,
    path::{Path, PathBuf},
};

use clap::Args;
use lampyrid::{
    distributed::{Burden, Cluster, Forecast, Telling},
    graph::Topology,
    io::scenario::{NetworkScenario, Scenario},
    swarm::SwarmPlan,
};
use serde::Serialize;

pub(crate) use calibration::{Calibration, calibrate};
pub(crate) use network::NetworkError;

use self::network::Network;
use crate::{
    error::Failure,
    exit_code,
    run::{
        budget, convert,
        figures::{bytes, grouped, seconds},
        goal, overridden,
    },
};

const EXAMPLES: &str = "One rank per node, with a thread per core. Formulas are in docs/plan.md.

Examples:
  lampyrid plan big.toml --nodes 1000 --cores 64 --network hdr200
  lampyrid bench --calibrate > here.json
  lampyrid plan big.toml --nodes 16 --network 30e-6,5e-6,2.8e9 --calibration here.json";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PlanArguments {
    /// The scenario, a TOML file, whose network is made and not read.
    pub scenario: Option<PathBuf>,
    /// Override a key of the scenario, e.g. network.agents=1000000000; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Nodes of the cluster.
    #[arg(long, value_name = "N", default_value = "1")]
    pub nodes: NonZero<u32>,
    /// Cores of a node [default: those of this machine].
    #[arg(long, value_name = "N")]
    pub cores: Option<NonZero<u16>>,
    /// What connects them: hdr200, 25gbe, or LATENCY,OVERHEAD,BANDWIDTH in s, s per message and bytes/s.
    #[arg(long, value_name = "NETWORK", default_value = "hdr200")]
    pub network: String,
    /// What `lampyrid bench --calibrate` printed on a node, instead of measuring on this machine.
    #[arg(long, value_name = "FILE")]
    pub calibration: Option<PathBuf>,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, that object).
    #[arg(long, short)]
    pub quiet: bool,
}

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error("{}: {reason}; --calibration takes what `lampyrid bench --calibrate` printed", .path.display())]
    Calibration { path: PathBuf, reason: String },
    #[error(
        "a network that is read from a file cannot be planned for: plan for a generated one like it (network.kind)"
    )]
    FromFile,
    #[error("{nodes} nodes cannot share {agents} agents, since each needs one at least; plan for fewer nodes")]
    TooManyNodes { nodes: u32, agents: usize },
    #[error("nothing could be measured: {0}")]
    Measurement(#[from] lampyrid::distributed::DistributedError),
}

/// What is told, and the keys of `--json`.
#[derive(Debug, Serialize)]
struct Plan {
    agents: usize,
    nodes: u32,
    cores: u16,
    share: Share,
    step: Parts,
    weak_efficiency: f64,
    strong_efficiency: f64,
    steps: u64,
    seconds: f64,
    network: Network,
    calibration: Calibration,
}

/// What each node has, on the mean.
#[derive(Debug, Serialize)]
struct Share {
    agents: f64,
    links_per_agent: f64,
    memory_bytes: u64,
    /// Agents of other nodes that it hears.
    halo: f64,
    /// Whether there is a formula for it, or it is the most that so many links can make of it.
    halo_is_exact: bool,
    partners: f64,
    bytes_per_step: f64,
}

/// What a step takes \[s\].
#[derive(Debug, Serialize)]
struct Parts {
    total: f64,
    compute: f64,
    pack: f64,
    exchange: f64,
    reduce: f64,
    wait: f64,
}

impl From<Forecast> for Parts {
    fn from(forecast: Forecast) -> Self {
        let Forecast { compute, pack, exchange, reduce, wait } = forecast;
        Self { total: forecast.step(), compute, pack, exchange, reduce, wait }
    }
}

/// Agents that are measured with at most: a million per core is beyond any cache.
const MOST_MEASURED: f64 = 1e6;
pub(crate) const LEAST_MEASURED: f64 = 1e3;

pub(crate) fn plan(arguments: &PlanArguments) -> Result<u8, Failure> {
    let scenario = overridden(arguments.scenario.as_deref(), &arguments.set, &[])?;
    let network = Network::parse(&arguments.network).map_err(PlanError::from)?;
    let topology = topology(&scenario)?;
    let cores = arguments.cores.map_or_else(here, NonZero::get);
    let nodes = arguments.nodes.get();
    if nodes as usize > topology.agents() {
        return Err(PlanError::TooManyNodes { nodes, agents: topology.agents() }.into());
    }
    let calibration = match &arguments.calibration {
        Some(path) => read(path)?,
        None => {
            let share = topology.agents() as f64 / f64::from(nodes) / f64::from(cores);
            calibrate(share.clamp(LEAST_MEASURED, MOST_MEASURED) as usize).map_err(PlanError::from)?
        }
    };
    let found = Plan::of(&scenario, &topology, (nodes, cores), network, calibration);
    let text = match (arguments.json, arguments.quiet) {
        (true, _) => serde_json::to_string_pretty(&found).unwrap_or_default() + "\n",
        (false, true) => String::new(),
        (false, false) => found.text(),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(exit_code::DONE)
}

fn here() -> u16 {
    u16::try_from(lampyrid_bench::machine::cores()).unwrap_or(u16::MAX)
}

fn topology(scenario: &Scenario) -> Result<Topology, PlanError> {
    match &scenario.network {
        NetworkScenario::Generated(network) => Ok(network.topology()),
        _ => Err(PlanError::FromFile),
    }
}

fn read(path: &Path) -> Result<Calibration, PlanError> {
    let wrong = |reason: String| PlanError::Calibration { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// What nodes tell each other in a step, and how often they add up.
pub(crate) struct Rounds {
    pub(crate) telling: Telling,
    pub(crate) sums: f64,
}

impl Rounds {
    pub(crate) fn of(scenario: &Scenario, agents: usize) -> Self {
        let stages = convert::time_step(&scenario.time).integrator.stages().len();
        let phasors = convert::coupling(&scenario.coupling).phasors;
        let telling = Telling { stages, phasors, strategies: !goal::rules(scenario, agents).is_empty() };
        // Once a row, and in a mean field at every stage.
        let in_stages = if scenario.coupling.all_to_all { stages as f64 } else { 0.0 };
        Self { telling, sums: 1.0 / scenario.record.every as f64 + in_stages }
    }
}

impl Plan {
    fn of(
        scenario: &Scenario,
        topology: &Topology,
        (nodes, cores): (u32, u16),
        network: Network,
        calibration: Calibration,
    ) -> Self {
        let cluster = Cluster {
            nodes: nodes as usize,
            cores: cores.into(),
            costs: calibration.costs.into(),
            interconnect: network.into(),
        };
        let all_to_all = scenario.coupling.all_to_all;
        let burden = Burden::of(topology, all_to_all, cluster.nodes);
        let Rounds { telling, sums } = Rounds::of(scenario, topology.agents());
        let forecast = cluster.forecast(&burden, telling, sums);
        let alone = cluster.alone(topology, all_to_all, telling, sums);
        let links = burden.agents * burden.links;
        let own = SwarmPlan::new(burden.agents as u64, links as u64);
        let ghosts = SwarmPlan::new(burden.halo as u64, 0);
        let memory: u64 = [own, ghosts].map(|part| budget::estimate(scenario, part, cores.into()).total()).iter().sum();
        Self {
            agents: topology.agents(),
            nodes,
            cores,
            share: Share {
                agents: burden.agents,
                links_per_agent: burden.links,
                memory_bytes: memory,
                halo: burden.halo,
                halo_is_exact: burden.is_exact,
                partners: burden.partners,
                bytes_per_step: lampyrid::distributed::predicted_bytes(burden.halo, 1, telling),
            },
            weak_efficiency: forecast.weak_efficiency(),
            strong_efficiency: forecast.strong_efficiency(&alone, cluster.nodes),
            steps: scenario.steps(),
            seconds: forecast.step() * scenario.steps() as f64,
            step: forecast.into(),
            network,
            calibration,
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut row = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<16}{value}");
        };
        let Self { share, step, nodes, cores, .. } = self;
        let whole = |number: f64| grouped(number.round() as u64);
        row(
            "agents",
            format!("{} on {} nodes of {cores} cores", grouped(self.agents as u64), grouped((*nodes).into())),
        );
        row("a node has", format!("{} agents of {:.3} links each", whole(share.agents), share.links_per_agent));
        row("and holds", bytes(share.memory_bytes));
        let at_most = if share.halo_is_exact { "" } else { "at most " };
        let heard = format!("{at_most}{} agents of {} other nodes", whole(share.halo), whole(share.partners));
        row("it hears", format!("{heard}, {} a step", bytes(share.bytes_per_step as u64)));
        row("a step takes", seconds(step.total));
        for (what, took) in [
            ("computing", step.compute),
            ("packing", step.pack),
            ("exchanging", step.exchange),
            ("adding up", step.reduce),
            ("waiting for the slowest", step.wait),
        ] {
            row("", format!("{:>5.1} %  {what}, {}", 100.0 * took / step.total, seconds(took)));
        }
        row(
            "efficiency",
            format!("{:.0} % weak, {:.0} % strong", 100.0 * self.weak_efficiency, 100.0 * self.strong_efficiency),
        );
        row("all steps", format!("{} for {} of them, at most", seconds(self.seconds), grouped(self.steps)));
        row("network", self.network.text());
        row("a core takes", self.calibration.text());
        text
    }
}
