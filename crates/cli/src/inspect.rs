//! `lampyrid inspect`: what a network file holds.

use std::{fmt::Write as _, io::Write as _};

use lampyrid::{
    graph::properties::{self, Clustering, Components, CriticalCoupling, DegreeStatistics, DividedBy},
    io::{Network, ReadOptions, read_network},
    kernel::draw::FrequencyDistribution,
};
use serde::Serialize;

use crate::{arguments::InspectArguments, error::Failure, exit_code};

/// Everything that is printed, and the keys of `--json`.
#[derive(Serialize)]
struct Properties {
    format: String,
    nodes: usize,
    /// Directed links: an undirected one counts twice.
    links: usize,
    /// Whether the file states one-way links.
    directed: bool,
    /// Whether every link has its return of the same weight.
    symmetric: bool,
    weighted: bool,
    named: bool,
    duplicates: usize,
    self_links: usize,
    in_degree: Degrees,
    out_degree: Degrees,
    isolated: usize,
    components: usize,
    largest_component: usize,
    average_clustering: f64,
    transitivity: f64,
    /// Second smallest eigenvalue of the Laplacian, or an upper bound of it.
    algebraic_connectivity: Option<f64>,
    /// Whether it lies within a thousandth of an eigenvalue.
    algebraic_connectivity_settled: bool,
    /// Coupling strength from which on oscillators of frequencies with a standard deviation of 1 rad/s are estimated
    /// to lock, by what the sum over neighbours is divided by.
    critical_coupling: Critical,
}

/// The seed of scenarios that name none.
const SEED: u64 = 42;

/// None for networks with one-way links or weights that are not positive, and where it would take too long.
#[derive(Serialize)]
struct Critical {
    degree: Option<f64>,
    sum: Option<f64>,
}

/// Links that may be gone through for each of the last three figures: a second or two.
const WORK: usize = 400_000_000;

#[derive(Serialize)]
struct Degrees {
    min: usize,
    mean: f64,
    max: usize,
    std: f64,
}

pub(crate) fn inspect(arguments: &InspectArguments) -> Result<u8, Failure> {
    let options = ReadOptions { direction: arguments.direction.into(), strict: arguments.strict, format: None };
    let properties = Properties::of(&read_network(&arguments.network, &options)?);
    let text = match (arguments.json, arguments.quiet) {
        (true, _) => properties.json(),
        (false, true) => String::new(),
        (false, false) => properties.table(),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(exit_code::DONE)
}

impl Properties {
    fn of(network: &Network) -> Self {
        let graph = &network.adjacency;
        let components: Components = properties::components(graph);
        let Clustering { average_local, transitivity } = properties::clustering(graph);
        let most = (WORK / graph.links().max(1)).clamp(100, 20_000);
        let connectivity = properties::algebraic_connectivity(graph, most);
        let law = FrequencyDistribution::Normal { mean: 0.0, std: 1.0 };
        let frequencies: Vec<f64> = (0..graph.nodes() as u64).map(|node| law.draw(SEED, node)).collect();
        let critical = |by| {
            let found = properties::critical_coupling(graph, &frequencies, by, most);
            found.filter(CriticalCoupling::is_settled).map(|found| found.strength)
        };
        Self {
            format: network.format.to_string(),
            nodes: graph.nodes(),
            links: graph.links(),
            directed: network.directed,
            symmetric: properties::is_symmetric(graph),
            weighted: graph.weights().is_some(),
            named: network.names.is_some(),
            duplicates: network.duplicates,
            self_links: network.self_links,
            in_degree: properties::degree_statistics(graph).into(),
            out_degree: properties::listener_statistics(graph).into(),
            isolated: properties::isolated(graph),
            components: components.count(),
            largest_component: components.largest(),
            average_clustering: average_local,
            transitivity,
            algebraic_connectivity: connectivity.map(|found| found.value),
            algebraic_connectivity_settled: connectivity.is_some_and(|found| found.is_settled),
            critical_coupling: Critical { degree: critical(DividedBy::Degree), sum: critical(DividedBy::One) },
        }
    }

    fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn table(&self) -> String {
        let yes = |flag| if flag { "yes" } else { "no" };
        let mut text = String::new();
        let mut row = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<22}{value}");
        };
        row("format", self.format.clone());
        row("nodes", self.nodes.to_string());
        row("directed links", self.links.to_string());
        row("directed", format!("{} (symmetric: {})", yes(self.directed), yes(self.symmetric)));
        row("weighted", yes(self.weighted).to_owned());
        row("named nodes", yes(self.named).to_owned());
        row("duplicates merged", self.duplicates.to_string());
        row("self-links dropped", self.self_links.to_string());
        row("in-degree", self.in_degree.to_string());
        row("out-degree", self.out_degree.to_string());
        row("isolated nodes", self.isolated.to_string());
        row("components", format!("{} (largest: {} nodes)", self.components, self.largest_component));
        row("average clustering", format!("{:.6}", self.average_clustering));
        row("transitivity", format!("{:.6}", self.transitivity));
        let connectivity =
            self.algebraic_connectivity.map_or("unknown for weights that are not positive".to_owned(), |value| {
                format!("{}{value:.4e}", if self.algebraic_connectivity_settled { "" } else { "at most " })
            });
        row("alg. connectivity", connectivity);
        let estimate = |value: Option<f64>| value.map_or("unknown".to_owned(), |value| format!("{value:.3}"));
        let Critical { degree, sum } = &self.critical_coupling;
        let (degree, sum) = (estimate(*degree), estimate(*sum));
        row("critical coupling", format!("{degree} rad/s by degree, {sum} rad/s by sum"));
        text.push_str(
            "(the strength K from which on frequencies are estimated to lock that are normal with a standard\n",
        );
        text.push_str("deviation of 1 rad/s, drawn with seed 42; twice as different ones need twice as much)\n");
        if self.components > 1 {
            let _ = writeln!(
                text,
                "warning: a swarm on this network agrees on no phase, for its {} parts do not hear each other",
                self.components
            );
        }
        text
    }
}

impl From<DegreeStatistics> for Degrees {
    fn from(degrees: DegreeStatistics) -> Self {
        let DegreeStatistics { min, max, mean, variance } = degrees;
        Self { min, mean, max, std: variance.sqrt() }
    }
}

impl std::fmt::Display for Degrees {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}, mean {:.4}, standard deviation {:.4}", self.min, self.max, self.mean, self.std)
    }
}
