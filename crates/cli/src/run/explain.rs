//! `lampyrid run --explain`: what a run would do and cost, without running it.

use std::{
    fmt::Write as _,
    io::Write as _,
    time::{Duration, Instant},
};

use lampyrid::{
    graph::{
        Adjacency, Topology,
        properties::{CriticalCoupling, DividedBy, critical_coupling},
    },
    io::scenario::{Frequencies, NetworkScenario, Normalization, Scenario},
    swarm::{SwarmPlan, SwarmSpawner, Workers, World, advance, install_swarm},
};
use serde::Serialize;

use super::{
    budget, convert,
    figures::{bytes, grouped, seconds},
    goal, prepare,
};
use crate::{error::Failure, exit_code};

/// What is told, and the keys of `--json`.
#[derive(Debug, Serialize)]
struct Explanation {
    agents: u64,
    /// Directed; expected ones of networks that are too large to be made for this.
    links: u64,
    links_are_counted: bool,
    steps: u64,
    /// Whether it may end earlier, when its goal is attained.
    ends_at_goal: bool,
    simulated_seconds: f64,
    memory: Memory,
    stepping: Cost,
    critical_coupling: Option<Critical>,
    /// Why the goal may be out of reach.
    concerns: Vec<String>,
    /// What could not be looked at.
    unknown: Vec<&'static str>,
    output: Output,
    scenario: Scenario,
}

#[derive(Debug, Serialize)]
struct Memory {
    estimated_bytes: u64,
    bytes_per_agent: Option<f64>,
    budget_bytes: Option<u64>,
    /// Whether a run would be refused, with exit code 4.
    is_refused: bool,
}

/// What the steps take on one thread.
#[derive(Debug, Serialize)]
struct Cost {
    seconds: f64,
    nanoseconds_per_agent_step: f64,
    basis: &'static str,
}

/// The coupling from which on the swarm does not stay incoherent.
#[derive(Debug, Serialize)]
struct Critical {
    strength: f64,
    present: f64,
    /// Of the oscillators in the mean field, in the long run, by theory.
    #[serde(rename = "R", skip_serializing_if = "Option::is_none")]
    r: Option<f64>,
    source: &'static str,
}

#[derive(Debug, Serialize)]
struct Output {
    directory: String,
    is_occupied: bool,
}

/// Networks of up to so many links are made, and looked at.
const MOST_LINKS: f64 = 20_000.0;

/// Times that links may be gone through for the critical coupling of a network, links in all.
const WORK: usize = 1_000_000;

/// Where the time that steps take is from.
const BASIS: &str = "the fastest of some steps of a small swarm, measured just now on one thread; a swarm that outgrows \
the caches takes up to three times as long, and rows and pictures come on top";

/// Explains a scenario; returns the exit code.
pub(crate) fn explain(scenario: &Scenario, threads: usize, strict: bool, json: bool) -> Result<u8, Failure> {
    let found = Explanation::of(scenario, threads, strict)?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&found).unwrap_or_default())?;
    } else {
        out.write_all(found.text().as_bytes())?;
    }
    out.flush()?;
    Ok(if found.memory.is_refused { exit_code::MEMORY } else { exit_code::DONE })
}

impl Explanation {
    fn of(scenario: &Scenario, threads: usize, strict: bool) -> Result<Self, Failure> {
        let expected = expected_links(scenario);
        let (network, order) = match expected {
            Some(links) if links > MOST_LINKS => (None, None),
            _ => {
                let (network, order) = prepare::coupled_network(scenario, strict)?;
                (Some(network), order)
            }
        };
        let agents = match (&network, scenario.network.agents()) {
            (Some(network), _) => network.nodes(),
            (None, agents) => agents.unwrap_or(0),
        };
        let links = network.as_ref().map_or(expected.unwrap_or(0.0) as u64, |network| network.links() as u64);
        let plan = network.as_deref().map_or(SwarmPlan::new(agents as u64, links), SwarmPlan::of_graph);
        let estimate = budget::estimate(scenario, plan, threads);
        let memory = Memory {
            estimated_bytes: estimate.total(),
            bytes_per_agent: estimate.per_agent(),
            budget_bytes: scenario.memory.budget,
            is_refused: budget::is_refused(scenario, &estimate),
        };
        let each = nanoseconds(scenario, agents, links)?;
        let steps = scenario.steps();
        let stepping = Cost {
            seconds: each * 1e-9 * agents as f64 * steps as f64,
            nanoseconds_per_agent_step: each,
            basis: BASIS,
        };
        let mut unknown = Vec::new();
        let (mut concerns, mut critical) = (Vec::new(), mean_field(scenario));
        match &network {
            Some(network) if network.links() as f64 <= MOST_LINKS => {
                let everybody = prepare::Whose::all(agents, order.as_ref());
                let frequencies = prepare::frequencies(scenario, &everybody, &mut |_| {})?;
                concerns = goal::warnings(scenario, network, &frequencies);
                critical = critical.or_else(|| locking(scenario, network, &frequencies));
            }
            _ => unknown
                .push("whether so large a network lets a goal be reached; `lampyrid run` says so before it begins"),
        }
        let directory = scenario.output.dir.display().to_string();
        Ok(Self {
            agents: agents as u64,
            links,
            links_are_counted: network.is_some(),
            steps,
            ends_at_goal: scenario.ends_at_goal(),
            simulated_seconds: steps as f64 * scenario.time.step,
            memory,
            stepping,
            critical_coupling: critical,
            concerns,
            unknown,
            output: Output { directory, is_occupied: scenario.output.dir.join("run.json").exists() },
            scenario: scenario.clone(),
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut row = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<16}{value}");
        };
        let about = if self.links_are_counted { "" } else { "about " };
        row("agents", format!("{} with {about}{} directed links", grouped(self.agents), grouped(self.links)));
        let until = if self.ends_at_goal { "until the goal is attained, at most " } else { "" };
        let (steps, step) = (grouped(self.steps), self.scenario.time.step);
        row("simulates", format!("{until}{} s: {steps} steps of {}", self.simulated_seconds, seconds(step)));
        row("takes about", format!("{} of stepping", seconds(self.stepping.seconds)));
        row(
            "",
            format!(
                "({:.2} ns per agent and step on one thread, measured just now; up to",
                self.stepping.nanoseconds_per_agent_step
            ),
        );
        row("", "three times as long where a swarm outgrows the caches; rows and pictures on top)".to_owned());
        let budget =
            self.memory.budget_bytes.map_or("no budget".to_owned(), |budget| format!("budget {}", bytes(budget)));
        let per_agent = self.memory.bytes_per_agent.map_or(String::new(), |bytes| format!(" ({bytes:.0} B per agent)"));
        row("holds about", format!("{}{per_agent}, {budget}", bytes(self.memory.estimated_bytes)));
        if self.memory.is_refused {
            row("", "more than there is for it: the run would be refused, with exit code 4".to_owned());
        }
        if let Some(critical) = &self.critical_coupling {
            let Critical { strength, present, source, r } = critical;
            let is_enough = if present >= strength { "above" } else { "below" };
            row("coupling", format!("{present} rad/s, {is_enough} the critical {strength:.4} rad/s ({source})"));
            if let Some(r) = r {
                row("", format!("R comes to {r:.3} in a swarm without end"));
            }
        }
        match (&self.scenario.goal, self.concerns.as_slice()) {
            (None, _) => row("goal", "none".to_owned()),
            (Some(_), []) if self.unknown.is_empty() => row("goal", "nothing speaks against it".to_owned()),
            (Some(_), concerns) => concerns.iter().for_each(|concern| row("goal", format!("warning: {concern}"))),
        }
        self.unknown.iter().for_each(|what| row("unknown", (*what).to_owned()));
        let occupied = if self.output.is_occupied { ", which holds a run already: needs --force" } else { "" };
        row("results into", format!("{}{occupied}", self.output.directory));
        let _ = write!(text, "\nThe scenario with every default:\n\n{}", self.scenario.to_toml());
        text
    }
}

/// Directed links to be expected of a network that is made; none of one that is read.
fn expected_links(scenario: &Scenario) -> Option<f64> {
    let NetworkScenario::Generated(network) = &scenario.network else { return None };
    Some(if scenario.coupling.all_to_all { 0.0 } else { network.topology().expected_links() })
}

/// Where the mean field of drawn frequencies begins to agree.
fn mean_field(scenario: &Scenario) -> Option<Critical> {
    let Frequencies::Drawn { distribution, .. } = &scenario.frequencies else { return None };
    let (present, noise) = (scenario.coupling.strength, scenario.coupling.noise);
    if !scenario.coupling.all_to_all || scenario.coupling.phase_lag != 0.0 {
        return None;
    }
    let law = convert::frequency_distribution(*distribution);
    let strength = law.critical_coupling(noise);
    let is_lorentzian = matches!(law, lampyrid::kernel::draw::FrequencyDistribution::Lorentzian { .. });
    // Ott & Antonsen 2008.
    let r = (is_lorentzian && noise == 0.0).then(|| (1.0 - strength / present).max(0.0).sqrt());
    Some(Critical { strength, present, r, source: "Kuramoto 1975; with noise Sakaguchi 1988" })
}

/// Where a network is estimated to lock.
fn locking(scenario: &Scenario, network: &Adjacency, frequencies: &[f64]) -> Option<Critical> {
    let divided_by = match scenario.coupling.normalization {
        Normalization::Degree => DividedBy::Degree,
        Normalization::Sum => DividedBy::One,
        Normalization::Size => DividedBy::Nodes,
    };
    if scenario.coupling.all_to_all || network.links() == 0 {
        return None;
    }
    let most = (WORK / network.links()).clamp(20, 2_000);
    let found = critical_coupling(network, frequencies, divided_by, most).filter(CriticalCoupling::is_settled)?;
    let (strength, present) = (found.strength, scenario.coupling.strength);
    Some(Critical {
        strength, present, r: None, source: "estimate of Dörfler, Chertkov & Bullo 2013, for all to lock"
    })
}

/// What a step takes per agent [ns] in a ring with as many links each, on one thread, measured for a few milliseconds.
fn nanoseconds(scenario: &Scenario, agents: usize, links: u64) -> Result<f64, Failure> {
    const AGENTS: usize = 1_000;
    const STEPS: u64 = 5;
    const LONG_ENOUGH: Duration = Duration::from_millis(4);
    let stopped = |error| Failure::Swarm { steps: 0, error };
    // Of more links each the time grows in proportion.
    let mean = links as f64 / agents.max(1) as f64;
    let neighbors = (mean / 2.0).round().clamp(0.0, 32.0) as usize * 2;
    let ring = Topology::Ring { agents: AGENTS, neighbors }.build(scenario.seed)?;
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(convert::coupling(&scenario.coupling));
    world.insert_resource(convert::time_step(&scenario.time));
    world.insert_resource(Workers::with_threads(1));
    let phases: Vec<f64> = (0..AGENTS).map(|agent| agent as f64 * 0.01).collect();
    SwarmSpawner::new(&ring).phases(&phases).spawn(&mut world).map_err(stopped)?;
    advance(&mut world, 3).map_err(stopped)?;
    let (began, mut fastest) = (Instant::now(), f64::INFINITY);
    while began.elapsed() < LONG_ENOUGH {
        let turn = Instant::now();
        advance(&mut world, STEPS).map_err(stopped)?;
        fastest = turn.elapsed().as_secs_f64().min(fastest);
    }
    let each = fastest * 1e9 / (STEPS as f64 * AGENTS as f64);
    Ok(each * (mean / neighbors.max(1) as f64).max(1.0))
}
